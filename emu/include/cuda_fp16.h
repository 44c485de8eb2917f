/* cuda_fp16.h - half and half2, in software. */
#ifndef EMU_CUDA_FP16_H
#define EMU_CUDA_FP16_H

#include "cuda_runtime.h"
#include "emu/mini_functions.h"

typedef emu::MiniFloat<emu::HalfFormat> __half;
typedef emu::MiniFloat2<emu::HalfFormat> __half2;
typedef __half half, __nv_half, nv_half;
typedef __half2 half2, __nv_half2, nv_half2;

EMU_MINI_FUNCTIONS(__half, __half2)
EMU_MINI_CONVERSIONS(__half, __half2, half, halves, half2)

#define CUDART_INF_FP16        __ushort_as_half(0x7c00)
#define CUDART_NAN_FP16        __ushort_as_half(0x7fff)
#define CUDART_MAX_NORMAL_FP16 __ushort_as_half(0x7bff)
#define CUDART_MIN_DENORM_FP16 __ushort_as_half(0x0001)
#define CUDART_ZERO_FP16       __ushort_as_half(0x0000)
#define CUDART_NEG_ZERO_FP16   __ushort_as_half(0x8000)
#define CUDART_ONE_FP16        __ushort_as_half(0x3c00)

#endif
