/* peer_product.c - dense layers with a library's matrix product. */
#include "peer_library.h"

#include <stdint.h>
#include <string.h>

/* ---- two interfaces ---- */

typedef void cblas_sgemm_fn(int order, int ta, int tb, int M, int N, int K, float alpha, const float *A,
                            int lda, const float *B, int ldb, float beta, float *C, int ldc);
typedef int dnnl_sgemm_fn(char ta, char tb, int64_t M, int64_t N, int64_t K, float alpha, const float *A,
                          int64_t lda, const float *B, int64_t ldb, float beta, float *C, int64_t ldc);

enum { ROW_MAJOR = 101, AS_IS = 111, TRANSPOSED = 112 }; /* of the CBLAS interface */

void peer_product_cblas(any_fn *gemm, int ta, int tb, int M, int N, int K, const float *A, int lda,
                        const float *B, int ldb, float beta, float *C, int ldc)
{
    ((cblas_sgemm_fn *)gemm)(ROW_MAJOR, ta ? TRANSPOSED : AS_IS, tb ? TRANSPOSED : AS_IS, M, N, K, 1, A, lda,
                             B, ldb, beta, C, ldc);
}

void peer_product_dnnl(any_fn *gemm, int ta, int tb, int M, int N, int K, const float *A, int lda,
                       const float *B, int ldb, float beta, float *C, int ldc)
{
    ((dnnl_sgemm_fn *)gemm)(ta ? 'T' : 'N', tb ? 'T' : 'N', M, N, K, 1, A, lda, B, ldb, beta, C, ldc);
}

/* ---- the operations ---- */

/* y (N,OUT) = x w^T + b. Laying the bias out first and adding the product to it saves a pass over y. */
static void forward(const struct peer *p, const struct peer_op *o, const int *s, void *const *buf)
{
    const float *x = buf[0], *w = buf[1], *b = buf[2];
    float *y = buf[3];
    int N = s[0], IN = s[1], OUT = s[2];
    (void)o;
    for (int n = 0; n < N; n++) memcpy(y + (size_t)n * OUT, b, (size_t)OUT * sizeof *y);
    p->product(p->gemm, 0, 1, N, OUT, IN, x, IN, w, IN, 1, y, OUT);
}

/* dx (N,IN) = dy w */
static void times_w(const struct peer *p, const int *s, const float *w, const float *dy, float *dx)
{
    int N = s[0], IN = s[1], OUT = s[2];
    p->product(p->gemm, 0, 0, N, IN, OUT, dy, OUT, w, IN, 0, dx, IN);
}

static void backward_dx(const struct peer *p, const struct peer_op *o, const int *s, void *const *buf)
{
    (void)o;
    times_w(p, s, buf[0], buf[1], buf[2]);
}

/* dw (OUT,IN) = dy^T x,  db = column sums of dy */
static void backward_dw(const struct peer *p, const struct peer_op *o, const int *s, void *const *buf)
{
    const float *x = buf[0], *dy = buf[1];
    float *dw = buf[2], *db = buf[3];
    int N = s[0], IN = s[1], OUT = s[2];
    (void)o;
    p->product(p->gemm, 1, 0, OUT, IN, N, dy, OUT, x, IN, 0, dw, IN);
    memset(db, 0, (size_t)OUT * sizeof *db);
    for (int n = 0; n < N; n++) {
        const float *row = dy + (size_t)n * OUT;
        for (int k = 0; k < OUT; k++) db[k] += row[k];
    }
}

static void relu_forward(const struct peer *p, const struct peer_op *o, const int *s, void *const *buf)
{
    float *y = buf[3];
    forward(p, o, s, buf);
    for (size_t i = 0, n = (size_t)s[0] * (size_t)s[2]; i < n; i++) y[i] = y[i] > 0 ? y[i] : 0;
}

static void relu_backward_dx(const struct peer *p, const struct peer_op *o, const int *s, void *const *buf)
{
    const float *a = buf[0];
    float *dz = buf[3];
    (void)o;
    times_w(p, s, buf[1], buf[2], dz);
    for (size_t i = 0, n = (size_t)s[0] * (size_t)s[1]; i < n; i++) dz[i] = a[i] > 0 ? dz[i] : 0;
}

const struct peer_op peer_products[PRODUCTS + 1] = {
    { .op = "dense_forward", .call = forward },
    { .op = "dense_backward_dx", .call = backward_dx },
    { .op = "dense_backward_dw", .call = backward_dw },
    { .op = "dense_relu_forward", .call = relu_forward },
    { .op = "dense_relu_backward_dx", .call = relu_backward_dx },
    { 0 },
};
