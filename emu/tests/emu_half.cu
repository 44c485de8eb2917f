/* emu_half.cu - 16-bit numbers: all 65536 values to float, several million floats to 16 bits, against
 * a slow and obvious oracle; and against NVIDIA's own header where it is installed
 * (emu_half_peer.cpp). Then arithmetic. */
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cmath>
#include "emu_half_peer.h"
#include "emu_test.h"

/* ---- the oracle: the nearest of all values, found among neighbours by their definition ---- */

template <class Format> static double value_of(unsigned bits)
{
    int fraction = bits & ((1 << Format::FRACTION) - 1), field = (bits & 0x7fff) >> Format::FRACTION;
    int implied = field ? 1 << Format::FRACTION : 0;
    double size = std::ldexp(implied + fraction, (field ? field - 1 : 0) + Format::LEAST - Format::FRACTION);
    return bits & 0x8000 ? -size : size;
}

template <class Format> static double *all_values()
{
    static double values[Format::INFINITE + 1];
    for (unsigned bits = 0; bits <= Format::INFINITE; bits++) values[bits] = value_of<Format>(bits);
    return values;
}

/* by bisection among the finite values, then the nearer neighbour, then the even one */
template <class Format> static unsigned nearest(float value)
{
    if (std::isnan(value)) return 0x7fff;
    unsigned sign = std::signbit(value) ? 0x8000 : 0, low = 0, high = Format::INFINITE;
    double size = std::fabs(value);
    static double *const values = all_values<Format>();
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;
        (values[middle] <= size ? low : high) = middle;
    }
    /* the value of INFINITE is where the next power of two would be: the right neighbour for rounding */
    double below = size - values[low], above = values[high] - size;
    return sign | (below < above || (below == above && low % 2 == 0) ? low : high);
}

static bool same_float(float a, float b)
{
    return __float_as_uint(a) == __float_as_uint(b) || (std::isnan(a) && std::isnan(b));
}

/* ---- conversions ---- */

template <class Format> static void check_decoding(const char *type)
{
    int wrong = 0;
    for (unsigned bits = 0; bits < 65536; bits++) {
        float seen = emu::MiniFloat<Format>::of_bits((uint16_t)bits);
        unsigned size = bits & 0x7fff;
        bool right = size > Format::INFINITE    ? std::isnan(seen)
                     : size == Format::INFINITE ? std::isinf(seen) && std::signbit(seen) == (bits >> 15)
                                                : same_float(seen, (float)value_of<Format>(bits));
        wrong += !right;
    }
    EXPECT(wrong == 0, "%s to float: %d wrong", type, wrong);
}

struct Encoded {
    unsigned fast, slow, oracle;
};

template <class Format> static Encoded encode_all(float value)
{
    return { emu::encode_fast(value, Format()), emu::encode<Format>(value, emu::Rounding::nearest),
             nearest<Format>(value) };
}

/* floats that matter: every value of the format, the middles between neighbours, one bit to
 * both sides; and others */
template <class F> static void for_floats(F visit)
{
    for (unsigned bits = 0; bits < 65536; bits++) {
        float around[] = { emu::decode((uint16_t)bits, emu::HalfFormat()),
                           emu::decode((uint16_t)bits, emu::Bfloat16Format()) };
        for (float x : around)
            for (int step = -1; step <= 1; step++)
                for (unsigned middle : { 0u, 0x1000u, 0x8000u })
                    visit(__uint_as_float(__float_as_uint(x) + middle + step));
    }
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32; bits += 50021) visit(__uint_as_float((unsigned)bits));
}

static void check_encoding()
{
    int wrong = 0, count = 0;
    for_floats([&](float x) {
        Encoded hf = encode_all<emu::HalfFormat>(x), bf = encode_all<emu::Bfloat16Format>(x);
        wrong += hf.fast != hf.oracle || hf.slow != hf.oracle;
        wrong += bf.fast != bf.oracle || bf.slow != bf.oracle;
        count++;
    });
    EXPECT(wrong == 0, "%d of %d floats wrong", wrong, count);
}

/* rounding down is the largest value not above, and so on */
template <class Format> static void check_directions(const char *type)
{
    typedef emu::MiniFloat<Format> T;
    int wrong = 0;
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32; bits += 100003) {
        float x = __uint_as_float((unsigned)bits);
        if (!std::isfinite(x)) continue;
        auto rounded = [&](emu::Rounding how) { return (float)T::of_bits(emu::encode<Format>(x, how)); };
        float down = rounded(emu::Rounding::down), up = rounded(emu::Rounding::up),
              zero = rounded(emu::Rounding::zero);
        float near = rounded(emu::Rounding::nearest);
        wrong += !(down <= x && x <= up) || zero != (x > 0 ? down : up) || (near != down && near != up);
        wrong += std::isfinite(down) && std::isfinite(up) && down != up && T(down).bits + 1 != T(up).bits &&
                 T(up).bits + 1 != T(down).bits && down != 0 && up != 0;
    }
    EXPECT(wrong == 0, "%s in other directions: %d wrong", type, wrong);
}

static void check_peer()
{
#ifdef HAVE_NVIDIA_HEADERS
    int wrong = 0;
    for (unsigned bits = 0; bits < 65536; bits++) {
        __half hf = __ushort_as_half((unsigned short)bits);
        __nv_bfloat16 bf = __ushort_as_bfloat16((unsigned short)bits);
        wrong += __float_as_uint(hf) != peer_from_half((unsigned short)bits);
        wrong += !same_float(bf, __uint_as_float(peer_from_bfloat16((unsigned short)bits)));
    }
    EXPECT(wrong == 0, "to float: %d differ from NVIDIA's", wrong);
    wrong = 0;
    for_floats([&](float x) {
        wrong += __half_as_ushort(__float2half_rn(x)) != peer_to_half(x);
        wrong += __bfloat16_as_ushort(__float2bfloat16_rn(x)) != peer_to_bfloat16(x);
    });
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32; bits += 100003) {
        float x = __uint_as_float((unsigned)bits);
        double y = x * 1.0000000001;
        wrong += __half_as_ushort(__float2half_rz(x)) != peer_to_half_directed(x, 'z');
        wrong += __half_as_ushort(__float2half_rd(x)) != peer_to_half_directed(x, 'd');
        wrong += __half_as_ushort(__float2half_ru(x)) != peer_to_half_directed(x, 'u');
        wrong += __half_as_ushort(__double2half(y)) != peer_double_to_half(y);
        wrong += __bfloat16_as_ushort(__double2bfloat16(y)) != peer_double_to_bfloat16(y);
    }
    EXPECT(wrong == 0, "to 16 bits: %d differ from NVIDIA's", wrong);
#endif
}

/* ---- arithmetic ---- */

static void check_arithmetic()
{
    half a = 1.5f, b = 0.25, c = 3;
    EXPECT(a + b == half(1.75f) && a * b == half(0.375f) && c / a == half(2.0f) && a - c == half(-1.5f),
           "operators");
    EXPECT(half(2048.0f) + half(1.0f) == half(2048.0f) && half(2050.0f) + half(1.0f) == half(2052.0f),
           "ties to even");
    a += b;
    EXPECT((float)a == 1.75f && -a == half(-1.75f) && a > b && a != b && b <= a, "comparisons");
    EXPECT(__hisinf(half(70000.0f)) == 1 && __hisnan(half(NAN)), "overflow, NaN");
    half2 p = __floats2half2_rn(1, 2), q = __half2half2(half(3.0f));
    EXPECT(__low2float(p * q) == 3 && __high2float(__hadd2(p, q)) == 5, "pairs");
    EXPECT(__half22float2(__hfma2(p, q, q)).y == 9 && __low2float(__lowhigh2highlow(p)) == 2, "pairs");
    EXPECT(__heq(a, a) && !__heq(half(NAN), a) && __hequ(half(NAN), a) && __hbge2(q, p), "named comparisons");
    EXPECT(__hmax(half(NAN), a) == a && __hisnan(__hmax_nan(half(NAN), a)), "maxima and NaN");
    EXPECT(__half2int_rn(half(2.5f)) == 2 && __half2int_rz(half(-2.5f)) == -2 &&
               __half2int_ru(half(2.1f)) == 3,
           "ints");
    EXPECT((float)__int2half_rz(2049) == 2048 && (float)__int2half_ru(2049) == 2050, "from ints");
    EXPECT((float)__ull2bfloat16_rn(0x8080000000000001ull) == 0x1.02p63f, "one bit decides a tie");
    EXPECT(__hmul_sat(c, c) == half(1.0f) && __hfma_relu(c, half(-1.0f), b) == half(0.0f), "clamped");
    /* 2 + 1.5 * 2^-9 - 3 * 2^-19 is below a tie; a product that is rounded first makes
     * it one, which goes up. */
    half e = 1.0f + 3 * 0x1p-10f, f = 1.0f - 0x1p-9f, g = 1.0f + 0x1p-9f;
    EXPECT((float)__hfma(e, f, g) == 2.0f + 0x1p-9f && (float)(e * f + g) == 2.0f + 0x1p-8f,
           "fma is rounded once");
    __nv_bfloat16 x = 1.0f + 0x1p-7f, y = 1.5f, tiny = 0x1p-100f; /* x*y is a tie, and goes up */
    EXPECT((float)__hfma(x, y, tiny) == 1.5f + 0x1p-6f && (float)__hfma(x, y, -tiny) == 1.5f + 0x1p-7f,
           "what lies far below a tie decides it");
}

__global__ void on_device(half *h, __nv_bfloat162 *b, half2 *sum)
{
    int i = threadIdx.x;
    h[i] = __hadd(h[i], __shfl_xor_sync(0xffffffff, h[i], 1));
    b[i] = __hmul2(b[i], b[i]);
    atomicAdd(sum, __floats2half2_rn(1, 0.5f));
}

static void check_device()
{
    std::vector<half> h;
    std::vector<__nv_bfloat162> b;
    for (int i = 0; i < 32; i++) {
        h.push_back((float)i);
        b.push_back(__floats2bfloat162_rn((float)i, 0.5f));
    }
    half *dh = to_device(h);
    __nv_bfloat162 *db = to_device(b);
    half2 *ds = to_device(std::vector<half2>{ __floats2half2_rn(0, 0) });
    on_device<<<1, 32>>>(dh, db, ds);
    std::vector<half> h2 = to_host(dh, 32);
    std::vector<__nv_bfloat162> b2 = to_host(db, 32);
    half2 sum = to_host(ds, 1)[0];
    for (int i = 0; i < 32; i++) {
        EXPECT((float)h2[i] == i + (i ^ 1), "half through a shuffle");
        EXPECT((float)b2[i].x == (float)__nv_bfloat16((float)(i * i)) && (float)b2[i].y == 0.25f,
               "bfloat162");
    }
    EXPECT((float)sum.x == 32 && (float)sum.y == 16, "atomicAdd of half2");
    CUDA(cudaFree(dh));
    CUDA(cudaFree(db));
    CUDA(cudaFree(ds));
}

int main()
{
    check_decoding<emu::HalfFormat>("half");
    check_decoding<emu::Bfloat16Format>("bfloat16");
    check_encoding();
    check_directions<emu::HalfFormat>("half");
    check_directions<emu::Bfloat16Format>("bfloat16");
    check_peer();
    check_arithmetic();
    check_device();
    return finish();
}
