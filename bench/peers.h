/* peers.h - what the rungs are measured against: the libraries OpenBLAS, BLIS, oneDNN and SLEEF, and the
 * frameworks PyTorch and JAX, which run in processes of their own (peer_frameworks.c). So does oneDNN 3,
 * which counts as a framework here, and races what nets of images are made of beside version 2.
 *
 * They are opened at run time, each in a name space of its own, because OpenBLAS and BLIS define the same
 * symbols. A library is asked for what it offers: a matrix product, functions of vectors, or whole
 * operations. What remains of an operation (the bias, the column sums, the loop over the vectors, the labels'
 * terms of a loss) is done here by plain loops, as a program that uses the library would do it.
 */
#ifndef RUNGS_PEERS_H
#define RUNGS_PEERS_H

#include "../optimized/op.h"
#include "results/row.h"

/* C (M,N) = A' (M,K) * B' (K,N) + beta C, row-major; A' is A, or its transpose if
 * ta; ld: elements in a row */
typedef void peer_gemm_fn(any_fn *gemm, int ta, int tb, int M, int N, int K, const float *A, int lda,
                          const float *B, int ldb, float beta, float *C, int ldc);

enum { PEER_TABLES = 3 };

struct peer {
    const char *name; /* "openblas": the key in tables, CSV files and charts                          */
    const char *path; /* of its shared library; NULL if there is none, and of a framework             */
    int open;         /* it can be called                                                             */
    char pick[160];   /* the version and the kernel choice; or why it is not open; "" if nobody asked */
    const struct peer_op *knows[PEER_TABLES]; /* what it can do: each up to a row without a name; or NULL */
    peer_gemm_fn *product;                    /* NULL if it multiplies no matrices */
    any_fn *gemm;
    void (*set_threads)(int threads);
    char lost[160]; /* of a framework whose process died, hung or answered nonsense: which; "": all is well */
};

struct check_case;

/* One operation as it is done with a library */
struct peer_op {
    const char *op; /* "gelu_forward" */
    /* like op->call: buf has op->narg entries in the order of op->arg */
    void (*call)(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf);
    /* of a framework: seconds that so many calls take, by its own clock, on the arrays of the last call, from
     * where they began; NaN if it is lost. NULL: `call` is timed. */
    double (*batch)(const struct peer *p, const struct peer_op *o, long calls);
    const char *how; /* the library's functions that do it; NULL: the matrix product */
    /* A library may follow a formula that subtracts where floats should not, and be right for all that.
     * Then this is the formula, and the sum of its terms' absolute values for one element of the two
     * inputs: see peer_case. NULL: the operation's own error bound holds. What that costs in exactness,
     * rows say: see special.h. */
    const char *formula;
    double (*terms)(double x, double dy);
    /* or, where an element's terms depend on more, those of every element of output a; they are 0 before */
    void (*all_terms)(const struct check_case *c, int a, double *terms);
    /* Of a peer that draws random numbers: 1 if the outputs in buf are a right draw, else 0 and a sentence.
     * NULL: the outputs are compared with the oracle's. */
    int (*judge)(const struct check_case *c, void *const *buf, char *error, size_t room);
    /* NULL, or why it cannot do the operation at these sizes */
    const char *(*lacks)(const struct op *op, const int *size);
    const void *detail; /* for `call` */
};

/* The environment variables RUNGS_OPENBLAS_LIBRARY, RUNGS_BLIS_LIBRARY, RUNGS_ONEDNN_LIBRARY and
 * RUNGS_SLEEF_LIBRARY name other builds of the libraries than those found at configure time.
 *
 * RUNGS_PEER_PYTHON names the Python that has the frameworks, and the package onednn; else it is python3.
 *
 * Opens those libraries and frameworks that are there and know one of the n operations. OpenBLAS and BLIS are
 * opened with the kernels that fit this CPU (peer_kernels.h), so with the same in every run; each choice
 * first multiplies two matrices in a child process, so that one that crashes, hangs or is wrong is not taken.
 * The others choose by themselves. To be called before any of their threads are started and at most once.
 * Returns PEERS entries in the order of peer_names, open or not. */
const struct peer *peers_open(const struct op *const *op, int n);

/* The same without the frameworks, whose start takes seconds. Either is called, not both. */
const struct peer *peers_open_libraries(const struct op *const *op, int n);

/* Ends the frameworks' processes. */
void peers_close(void);

/* How the peer does the operation; NULL if it is not open, is lost, or cannot */
const struct peer_op *peer_find(const struct peer *peer, const struct op *op);

/* The problem as this peer is checked: errors of the operation's bound and, where the library follows a
 * formula of its own, of PEER_ROUNDINGS roundings of each of its terms (2^-24 of the term; Higham, Accuracy
 * and Stability of Numerical Algorithms, 2nd ed., section 3.1). NULL if it is checked like a rung. To be
 * freed by check_case_rebound_free. */
enum { PEER_ROUNDINGS = 8 };
struct check_case *peer_case(const struct peer_op *o, const struct check_case *c);

/* What a row of results records of a peer: its version, kernel choice and functions, and a formula whose
 * roundings are allowed for. text must hold 256 bytes. */
void peer_note(const struct peer *peer, const struct peer_op *o, char *text);

#endif
