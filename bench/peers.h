/* peers.h - the libraries that the rungs are measured against: OpenBLAS, BLIS, oneDNN.
 *
 * They are opened at run time, each in a name space of its own, because OpenBLAS and BLIS define the same symbols. A
 * library offers a matrix product; the operation around it (the bias, the ReLU, the column sums) is done here by
 * plain loops over the result, as a program that uses the library would do it.
 */
#ifndef RUNGS_PEERS_H
#define RUNGS_PEERS_H

#include "../optimized/op.h"

enum { PEERS = 3 };

/* C (M,N) = A' (M,K) * B' (K,N) + beta C, row-major; A' is A, or its transpose if ta; ld: elements in a row */
typedef void peer_gemm_fn(any_fn *gemm, int ta, int tb, int M, int N, int K, const float *A, int lda,
                          const float *B, int ldb, float beta, float *C, int ldc);

struct peer {
    const char *name; /* "openblas": the key in tables, CSV files and charts                          */
    const char *path; /* of its shared library; NULL if there is none                                 */
    int open;         /* it can be called                                                             */
    char pick[160];   /* the version and the kernel choice that was fastest; or why it is not open    */
    peer_gemm_fn *product;
    any_fn *gemm;
    void (*set_threads)(int threads);
};

/* The environment variables RUNGS_OPENBLAS_LIBRARY, RUNGS_BLIS_LIBRARY and RUNGS_ONEDNN_LIBRARY name other builds of the
 * libraries than those found at configure time.
 *
 * Opens those libraries that are there, each with its fastest kernel choice for this machine: every choice multiplies
 * 512 x 512 matrices in a child process, so that one that crashes or hangs is only not chosen. To be called before any
 * OpenMP threads are started and at most once. Returns PEERS entries, open or not. */
const struct peer *peers_open(void);

/* 1 if the operation is one that peer_call knows */
int peer_can(const struct op *op);

/* Like op->call: buf has op->narg entries in the order of op->arg. */
void peer_call(const struct peer *peer, const struct op *op, const int *size, void *const *buf);

#endif
