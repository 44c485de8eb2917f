/* cuda_fp16.h - half and half2, in software. */
#ifndef EMU_CUDA_FP16_H
#define EMU_CUDA_FP16_H

#include "cuda_runtime.h"
#include "emu/mini_functions.h"

typedef emu::MiniFloat<emu::HalfFormat> __half;
typedef emu::MiniFloat2<emu::HalfFormat> __half2;
typedef __half half, __nv_half, nv_half;
typedef emu::MiniRaw<emu::HalfFormat> __half_raw;
typedef emu::MiniRaw2<emu::HalfFormat> __half2_raw;
typedef __half2 half2, __nv_half2, nv_half2;

EMU_MINI_FUNCTIONS(__half, __half2)
EMU_MINI_CONVERSIONS(__half, __half2, half, halves, half2)

/* The bits of a variable, as inline PTX takes them. */
#define __HALF_TO_US(variable)   (*reinterpret_cast<unsigned short *>(&(variable)))
#define __HALF2_TO_UI(variable)  (*reinterpret_cast<unsigned int *>(&(variable)))
#define __HALF_TO_CUS(variable)  (*reinterpret_cast<const unsigned short *>(&(variable)))
#define __HALF2_TO_CUI(variable) (*reinterpret_cast<const unsigned int *>(&(variable)))

#define CUDART_INF_FP16        __ushort_as_half(0x7c00)
#define CUDART_NAN_FP16        __ushort_as_half(0x7fff)
#define CUDART_MAX_NORMAL_FP16 __ushort_as_half(0x7bff)
#define CUDART_MIN_DENORM_FP16 __ushort_as_half(0x0001)
#define CUDART_ZERO_FP16       __ushort_as_half(0x0000)
#define CUDART_NEG_ZERO_FP16   __ushort_as_half(0x8000)
#define CUDART_ONE_FP16        __ushort_as_half(0x3c00)

#endif
