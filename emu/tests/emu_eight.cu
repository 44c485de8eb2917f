/* emu_eight.cu - cuda_fp8.h: all 256 codes against a decoder of its own, each number and each middle
 * between two against the nearest of all, and, where NVIDIA's header is, against that. */
#include <cmath>
#include <cuda_fp8.h>
#include "emu_test.h"
#ifdef HAVE_NVIDIA_HEADERS
#include "emu_eight_peer.h"
#endif

/* What a code means, from the table of the format's description: sign, exponent with its bias, fraction. */
static double meaning(int code, bool e4m3)
{
    const int fraction_bits = e4m3 ? 3 : 2, bias = e4m3 ? 7 : 15;
    const int exponent = (code & 127) >> fraction_bits, fraction = code & ((1 << fraction_bits) - 1);
    const double sign = code & 128 ? -1 : 1;
    if (e4m3 && (code & 127) == 127) return NAN;
    if (!e4m3 && exponent == 31) return fraction ? NAN : sign * INFINITY;
    double part = fraction / std::pow(2.0, fraction_bits);
    return exponent ? sign * (1 + part) * std::pow(2.0, exponent - bias)
                    : sign * part * std::pow(2.0, 1 - bias);
}

/* The finite code nearest to x, of two the even one. */
static int nearest(double x, bool e4m3)
{
    int best = std::signbit(x) ? 128 : 0;
    x = std::max(-1e6, std::min(x, 1e6));
    const int from = best;
    for (int code = from; code < from + 128; code++) {
        const double value = meaning(code, e4m3), now = std::fabs(value - x),
                     was = std::fabs(meaning(best, e4m3) - x);
        if (std::isfinite(value) && (now < was || (now == was && code % 2 == 0))) best = code;
    }
    return best;
}

static void check_value(double x, bool e4m3)
{
    const __nv_fp8_interpretation_t kind = e4m3 ? __NV_E4M3 : __NV_E5M2;
    const int saturated = __nv_cvt_double_to_fp8(x, __NV_SATFINITE, kind),
              open = __nv_cvt_double_to_fp8(x, __NV_NOSAT, kind);
    if (std::isnan(x)) {
        EXPECT(std::isnan(meaning(saturated, e4m3)) && std::isnan(meaning(open, e4m3)),
               "NaN becomes %02x, %02x", saturated, open);
        return;
    }
    const int most = e4m3 ? 0x7e : 0x7b, sign = std::signbit(x) ? 128 : 0;
    const double half_step = e4m3 ? 16 : 4096; /* beyond this rounding leaves the format */
    const bool over = std::fabs(x) > meaning(most, e4m3) + half_step ||
                      (!e4m3 && std::fabs(x) == meaning(most, e4m3) + half_step);
    const int want = nearest(x, e4m3), want_open = over ? sign | (e4m3 ? 0x7f : 0x7c) : want;
    EXPECT(saturated == want, "%a saturated is %02x, not %02x", x, saturated, want);
    EXPECT(open == want_open, "%a is %02x, not %02x", x, open, want_open);
#ifdef HAVE_NVIDIA_HEADERS
    for (int saturate = 0; saturate < 2; saturate++)
        EXPECT(peer_to_eight(x, saturate, e4m3) == (saturate ? saturated : open), "%a: NVIDIA's is %02x", x,
               peer_to_eight(x, saturate, e4m3));
#endif
}

static void check_format(bool e4m3)
{
    const __nv_fp8_interpretation_t kind = e4m3 ? __NV_E4M3 : __NV_E5M2;
    for (int code = 0; code < 256; code++) {
        const float value = __half(__nv_cvt_fp8_to_halfraw((unsigned char)code, kind)),
                    want = (float)meaning(code, e4m3);
        EXPECT(std::isnan(want) ? std::isnan(value)
                                : value == want && std::signbit(value) == std::signbit(want),
               "code %02x is %g, not %g", code, (double)value, (double)want);
#ifdef HAVE_NVIDIA_HEADERS
        EXPECT(peer_from_eight((unsigned char)code, e4m3) ==
                   __nv_cvt_fp8_to_halfraw((unsigned char)code, kind).x,
               "code %02x: NVIDIA's is %04x", code, peer_from_eight((unsigned char)code, e4m3));
#endif
        check_value((double)want, e4m3);
        const double next = meaning(code + (code % 128 < 127 ? 1 : 0), e4m3),
                     middle = ((double)want + next) / 2;
        if (!std::isfinite(middle)) continue;
        for (double x : { middle, std::nextafter(middle, 1e9), std::nextafter(middle, -1e9) })
            check_value(x, e4m3);
    }
    for (double x : { 464.0, 464.0001, 480.0, 500.0, 61439.9, 61440.0, 1e30, 1e-30, 0.0, -0.0,
                      (double)INFINITY, (double)NAN })
        for (double signed_x : { x, -x }) check_value(signed_x, e4m3);
}

template <class T, class T2, class T4> static void check_types(const char *what)
{
    T a(1.75f), b(-3), c(1e9);
    EXPECT((float)a == 1.75f && (int)b == -3 &&
               (double)c == (sizeof(T2) == 2 && (float)c < 500 ? 448 : 57344) && (bool)b,
           "%s", what);
    T from_half(__half(0.5f)), from_bfloat16(__nv_bfloat16(-2.0f));
    EXPECT((float)(__half)from_half == 0.5f && (float)(__nv_bfloat16)from_bfloat16 == -2, "%s from 16 bits",
           what);
    T2 pair(make_float2(1, -0.5f));
    EXPECT((pair.__x & 255) == T(1).__x && pair.__x >> 8 == T(-0.5).__x, "%s: order of a pair", what);
    float2 two = (float2)T2((__half2)pair);
    EXPECT(two.x == 1 && two.y == -0.5f, "%s pair", what);
    float4 four = (float4)T4(make_float4(1, 2, 3, -4));
    EXPECT(four.x == 1 && four.y == 2 && four.z == 3 && four.w == -4, "%s four", what);
    EXPECT(sizeof(T) == 1 && sizeof(T2) == 2 && sizeof(T4) == 4 && alignof(T4) == 4, "%s sizes", what);
}

__global__ void scale(const __nv_fp8_e4m3 *x, __nv_fp8_e5m2 *y)
{
    y[threadIdx.x] = __nv_fp8_e5m2((float)x[threadIdx.x] * 2);
}

int main()
{
    check_format(true);
    check_format(false);
    check_types<__nv_fp8_e4m3, __nv_fp8x2_e4m3, __nv_fp8x4_e4m3>("e4m3");
    check_types<__nv_fp8_e5m2, __nv_fp8x2_e5m2, __nv_fp8x4_e5m2>("e5m2");
    std::vector<__nv_fp8_e4m3> x(32, __nv_fp8_e4m3(1.5f));
    __nv_fp8_e4m3 *dx = to_device(x);
    __nv_fp8_e5m2 *dy = to_device(std::vector<__nv_fp8_e5m2>(32));
    scale<<<1, 32>>>(dx, dy);
    EXPECT((float)to_host(dy, 32)[31] == 3, "on the device");
    CUDA(cudaFree(dx));
    CUDA(cudaFree(dy));
    return finish();
}
