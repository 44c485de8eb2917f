/* bf16_operands.h - both operands of a product in scratch memory as bf16, with lines along k on 16 bytes:
 * then every size and every layout is one and the same product for what comes next. Four bytes are read and
 * two written for each element, once; a product reads each element many times. */
#ifndef RUNGS_CUDA_BF16_OPERANDS_H
#define RUNGS_CUDA_BF16_OPERANDS_H

#include <cuda_bf16.h>

#include "product.h"
#include "scratch.h"

struct bf16_operands {
    __nv_bfloat16 *a,
        *b;       /* (M,K) and (N,K), on 256 bytes; what lies between K and pitch is not meant to be read */
    size_t pitch; /* elements from line to line, a multiple of 8 */
};

/* start the conversion of one operand */
void line_to_bf16(const operand<ALONG_K> &from, size_t pitch, __nv_bfloat16 *to);
void line_to_bf16(const operand<ACROSS_K> &from, size_t pitch, __nv_bfloat16 *to);

/* false if the device has no room, which the next synchronise() reports */
template <class P> bool to_bf16(const P &p, bf16_operands *out)
{
    size_t pitch = ((size_t)p.K + 7) / 8 * 8, a_elements = ((size_t)p.M * pitch + 127) / 128 * 128;
    __nv_bfloat16 *a = static_cast<__nv_bfloat16 *>(scratch((a_elements + (size_t)p.N * pitch) * sizeof *a));
    if (!a) return false;
    *out = { a, a + a_elements, pitch };
    line_to_bf16(p.a, pitch, out->a);
    line_to_bf16(p.b, pitch, out->b);
    return true;
}

#endif
