/* cuda_bf16.h - __nv_bfloat16 and __nv_bfloat162, in software. */
#ifndef EMU_CUDA_BF16_H
#define EMU_CUDA_BF16_H

#include "cuda_runtime.h"
#include "emu/mini_functions.h"

typedef emu::MiniFloat<emu::Bfloat16Format> __nv_bfloat16;
typedef emu::MiniFloat2<emu::Bfloat16Format> __nv_bfloat162;
typedef emu::MiniRaw<emu::Bfloat16Format> __nv_bfloat16_raw;
typedef emu::MiniRaw2<emu::Bfloat16Format> __nv_bfloat162_raw;
typedef __nv_bfloat16 nv_bfloat16;
typedef __nv_bfloat162 nv_bfloat162;

EMU_MINI_FUNCTIONS(__nv_bfloat16, __nv_bfloat162)
EMU_MINI_CONVERSIONS(__nv_bfloat16, __nv_bfloat162, bfloat16, halves, bfloat162)

#define CUDART_INF_BF16        __ushort_as_bfloat16(0x7f80)
#define CUDART_NAN_BF16        __ushort_as_bfloat16(0x7fff)
#define CUDART_MAX_NORMAL_BF16 __ushort_as_bfloat16(0x7f7f)
#define CUDART_MIN_DENORM_BF16 __ushort_as_bfloat16(0x0001)
#define CUDART_ZERO_BF16       __ushort_as_bfloat16(0x0000)
#define CUDART_NEG_ZERO_BF16   __ushort_as_bfloat16(0x8000)
#define CUDART_ONE_BF16        __ushort_as_bfloat16(0x3f80)

#endif
