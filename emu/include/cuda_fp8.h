/* cuda_fp8.h - __nv_fp8_e4m3, __nv_fp8_e5m2, their pairs and fours, and conversions, in software. */
#ifndef EMU_CUDA_FP8_H
#define EMU_CUDA_FP8_H

#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "emu/eight_bits.h"

typedef unsigned char __nv_fp8_storage_t;
typedef unsigned short __nv_fp8x2_storage_t;
typedef unsigned int __nv_fp8x4_storage_t;
enum __nv_saturation_t { __NV_NOSAT, __NV_SATFINITE };
enum __nv_fp8_interpretation_t { __NV_E4M3, __NV_E5M2 };

/* ---- functions ---- */

inline __nv_fp8_storage_t __nv_cvt_double_to_fp8(double x, __nv_saturation_t saturate,
                                                 __nv_fp8_interpretation_t kind)
{
    return kind == __NV_E4M3 ? emu::encode_eight<emu::E4m3Format>(x, saturate == __NV_SATFINITE)
                             : emu::encode_eight<emu::E5m2Format>(x, saturate == __NV_SATFINITE);
}
inline __nv_fp8_storage_t __nv_cvt_float_to_fp8(float x, __nv_saturation_t saturate,
                                                __nv_fp8_interpretation_t kind)
{
    return __nv_cvt_double_to_fp8((double)x, saturate, kind);
}
inline __nv_fp8_storage_t __nv_cvt_halfraw_to_fp8(__half_raw x, __nv_saturation_t saturate,
                                                  __nv_fp8_interpretation_t kind)
{
    return __nv_cvt_float_to_fp8(__half(x), saturate, kind);
}
inline __nv_fp8_storage_t __nv_cvt_bfloat16raw_to_fp8(__nv_bfloat16_raw x, __nv_saturation_t saturate,
                                                      __nv_fp8_interpretation_t kind)
{
    return __nv_cvt_float_to_fp8(__nv_bfloat16(x), saturate, kind);
}
inline __half_raw __nv_cvt_fp8_to_halfraw(__nv_fp8_storage_t x, __nv_fp8_interpretation_t kind)
{
    return __half(kind == __NV_E4M3 ? emu::decode_eight<emu::E4m3Format>(x)
                                    : emu::decode_eight<emu::E5m2Format>(x));
}

/* The first of a pair is in the lower byte. */
inline __nv_fp8x2_storage_t __nv_cvt_double2_to_fp8x2(double2 x, __nv_saturation_t saturate,
                                                      __nv_fp8_interpretation_t kind)
{
    return (__nv_fp8x2_storage_t)(__nv_cvt_double_to_fp8(x.x, saturate, kind) |
                                  __nv_cvt_double_to_fp8(x.y, saturate, kind) << 8);
}
inline __nv_fp8x2_storage_t __nv_cvt_float2_to_fp8x2(float2 x, __nv_saturation_t saturate,
                                                     __nv_fp8_interpretation_t kind)
{
    return __nv_cvt_double2_to_fp8x2({ (double)x.x, (double)x.y }, saturate, kind);
}
inline __nv_fp8x2_storage_t __nv_cvt_halfraw2_to_fp8x2(__half2_raw x, __nv_saturation_t saturate,
                                                       __nv_fp8_interpretation_t kind)
{
    return __nv_cvt_float2_to_fp8x2(__half22float2(__half2(x)), saturate, kind);
}
inline __nv_fp8x2_storage_t __nv_cvt_bfloat16raw2_to_fp8x2(__nv_bfloat162_raw x, __nv_saturation_t saturate,
                                                           __nv_fp8_interpretation_t kind)
{
    return __nv_cvt_float2_to_fp8x2(__bfloat1622float2(__nv_bfloat162(x)), saturate, kind);
}
inline __half2_raw __nv_cvt_fp8x2_to_halfraw2(__nv_fp8x2_storage_t x, __nv_fp8_interpretation_t kind)
{
    return { __nv_cvt_fp8_to_halfraw((__nv_fp8_storage_t)(x & 0xff), kind).x,
             __nv_cvt_fp8_to_halfraw((__nv_fp8_storage_t)(x >> 8), kind).x };
}

/* ---- types: they saturate ---- */

namespace emu
{

template <__nv_fp8_interpretation_t kind> struct Eight {
    __nv_fp8_storage_t __x;

    Eight() = default;
    template <class N, class = std::enable_if_t<std::is_arithmetic_v<N>>>
    explicit Eight(N value) : __x(__nv_cvt_double_to_fp8((double)value, __NV_SATFINITE, kind))
    {
    }
    explicit Eight(__half value) : Eight((float)value)
    {
    }
    explicit Eight(__nv_bfloat16 value) : Eight((float)value)
    {
    }
    explicit operator __half() const
    {
        return __half(__nv_cvt_fp8_to_halfraw(__x, kind));
    }
    explicit operator __nv_bfloat16() const
    {
        return __nv_bfloat16((float)*this);
    }
    explicit operator float() const
    {
        return (float)__half(__nv_cvt_fp8_to_halfraw(__x, kind));
    }
    explicit operator double() const
    {
        return (double)(float)*this;
    }
    explicit operator bool() const
    {
        return (__x & 0x7f) != 0;
    }
    template <class I, class = std::enable_if_t<std::is_integral_v<I> && !std::is_same_v<I, bool>>>
    explicit operator I() const
    {
        return saturated<I>(std::trunc((float)*this));
    }
};

template <__nv_fp8_interpretation_t kind> struct alignas(2) Eight2 {
    __nv_fp8x2_storage_t __x;

    Eight2() = default;
    explicit Eight2(float2 value) : __x(__nv_cvt_float2_to_fp8x2(value, __NV_SATFINITE, kind))
    {
    }
    explicit Eight2(double2 value) : __x(__nv_cvt_double2_to_fp8x2(value, __NV_SATFINITE, kind))
    {
    }
    explicit Eight2(__half2 value) : Eight2(__half22float2(value))
    {
    }
    explicit Eight2(__nv_bfloat162 value) : Eight2(__bfloat1622float2(value))
    {
    }
    explicit operator __half2() const
    {
        return __half2(__nv_cvt_fp8x2_to_halfraw2(__x, kind));
    }
    explicit operator float2() const
    {
        return __half22float2((__half2) * this);
    }
};

template <__nv_fp8_interpretation_t kind> struct alignas(4) Eight4 {
    __nv_fp8x4_storage_t __x;

    Eight4() = default;
    explicit Eight4(double4 value) : __x(of({ value.x, value.y }, { value.z, value.w }))
    {
    }
    explicit Eight4(float4 value)
        : Eight4(double4{ (double)value.x, (double)value.y, (double)value.z, (double)value.w })
    {
    }
    explicit Eight4(__half2 low, __half2 high) : Eight4(__half22float2(low), __half22float2(high))
    {
    }
    explicit Eight4(__nv_bfloat162 low, __nv_bfloat162 high)
        : Eight4(__bfloat1622float2(low), __bfloat1622float2(high))
    {
    }
    explicit operator float4() const
    {
        const float2 low = __half22float2(half_of(__x & 0xffff)), high = __half22float2(half_of(__x >> 16));
        return { low.x, low.y, high.x, high.y };
    }

  private:
    explicit Eight4(float2 low, float2 high) : Eight4(float4{ low.x, low.y, high.x, high.y })
    {
    }
    static __half2 half_of(unsigned pair)
    {
        return __half2(__nv_cvt_fp8x2_to_halfraw2((__nv_fp8x2_storage_t)pair, kind));
    }
    static unsigned of(double2 low, double2 high)
    {
        return __nv_cvt_double2_to_fp8x2(low, __NV_SATFINITE, kind) |
               (unsigned)__nv_cvt_double2_to_fp8x2(high, __NV_SATFINITE, kind) << 16;
    }
};

} // namespace emu

typedef emu::Eight<__NV_E4M3> __nv_fp8_e4m3;
typedef emu::Eight2<__NV_E4M3> __nv_fp8x2_e4m3;
typedef emu::Eight4<__NV_E4M3> __nv_fp8x4_e4m3;
typedef emu::Eight<__NV_E5M2> __nv_fp8_e5m2;
typedef emu::Eight2<__NV_E5M2> __nv_fp8x2_e5m2;
typedef emu::Eight4<__NV_E5M2> __nv_fp8x4_e5m2;

#endif
