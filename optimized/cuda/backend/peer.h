/* peer.h - cuBLAS and cuBLASLt behind one function each, opened at run time. Where there are none, and in the
 * emulator, peer_open says so and the products must not be called.
 *
 * RUNGS_CUBLAS_LIBRARY and RUNGS_CUBLASLT_LIBRARY name other files than libcublas.so and libcublasLt.so of
 * the CUDA version that this was built with.
 */
#ifndef RUNGS_CUDA_PEER_H
#define RUNGS_CUDA_PEER_H

#include <cuda_runtime.h>

/* What an element is in memory, and how the library may multiply */
enum peer_precision {
    PEER_F32,  /* float, products of floats                             */
    PEER_TF32, /* float, products of what TF32 keeps of it              */
    PEER_BF16  /* bf16 operands, float sums and results                 */
};

/* A column-major product: C (m,n) = op(A) (m,k) * op(B) (k,n); op transposes if ta or tb;
 * ld: from column to column */
struct peer_product {
    enum peer_precision precision;
    bool ta, tb;
    int m, n, k;
    const void *A, *B;
    int lda, ldb;
    float *C;
    int ldc;
    const float *bias; /* cuBLASLt: bias[i] is added to row i; nullptr: none */
    bool relu;         /* cuBLASLt, with a bias: and then negative elements become 0 */
};

#if !defined __CUDAEMU__ && __has_include(<cublas_v2.h>) && __has_include(<cublasLt.h>)
#include "peer_cublas.h"
#else
inline bool peer_open()
{
    return false;
}
inline void peer_cublas(const peer_product &)
{
}
inline void peer_cublaslt(const peer_product &)
{
}
inline void peer_close()
{
}
#endif

#endif
