/* products.c - which way for which shape; see products.h. */
#include "products.h"

#include <string.h>

#include "../rung.h"
#include "small.h"

struct gemm forward_product(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    return (struct gemm){ .M = N,
                          .N = OUT,
                          .K = IN,
                          .a = x,
                          .a_row = IN,
                          .a_col = 1,
                          .b = w,
                          .b_row = 1,
                          .b_col = IN,
                          .c = y,
                          .c_row = OUT,
                          .c_col = 1,
                          .bias = b };
}

struct gemm dx_product(int N, int IN, int OUT, const float *w, const float *dy, float *dx)
{
    return (struct gemm){ .M = N,
                          .N = IN,
                          .K = OUT,
                          .a = dy,
                          .a_row = OUT,
                          .a_col = 1,
                          .b = w,
                          .b_row = IN,
                          .b_col = 1,
                          .c = dx,
                          .c_row = IN,
                          .c_col = 1 };
}

struct gemm dw_product(int N, int IN, int OUT, const float *x, const float *dy, float *dw)
{
    return (struct gemm){ .M = OUT,
                          .N = IN,
                          .K = N,
                          .a = dy,
                          .a_row = 1,
                          .a_col = OUT,
                          .b = x,
                          .b_row = IN,
                          .b_col = 1,
                          .c = dw,
                          .c_row = IN,
                          .c_col = 1 };
}

/* y^T (OUT,N) = w (OUT,IN) * x^T (IN,N): the same numbers, but now it is x that gets packed */
static struct gemm forward_transposed(int N, int IN, int OUT, const float *x, const float *w, const float *b,
                                      float *y)
{
    return (struct gemm){ .M = OUT,
                          .N = N,
                          .K = IN,
                          .a = w,
                          .a_row = IN,
                          .a_col = 1,
                          .b = x,
                          .b_row = 1,
                          .b_col = IN,
                          .c = y,
                          .c_row = 1,
                          .c_col = OUT,
                          .bias = b,
                          .bias_rows = 1 };
}

static dot_forward_fn *dot_best(void)
{
#if defined __x86_64__
    unsigned isa = rung_isa();
    if (isa & NEED_AVX512) return dot_forward_avx512;
    if (isa & NEED_AVX2) return dot_forward_avx2;
#endif
    return NULL;
}

void forward_any(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y, int relu)
{
    enum { FEW = 12, SHORT = 32, THIN = 256, L2_FLOATS = 1 << 18 };
    dot_forward_fn *dot = dot_best();
    if (dot && (N < FEW || OUT < FEW) && IN >= SHORT) {
        dot(N, IN, OUT, x, w, b, y, relu);
        return;
    }
    /* few examples and a w that L2 cannot hold: w is best read once, as it lies, past a packed x */
    int read_w_once = N <= THIN && 2 * N <= OUT && (size_t)IN * (size_t)OUT > L2_FLOATS;
    struct gemm g =
        read_w_once ? forward_transposed(N, IN, OUT, x, w, b, y) : forward_product(N, IN, OUT, x, w, b, y);
    g.relu = relu;
    product_any(&g);
}

enum { TINY_FLOATS = 4096 }; /* of b: all of it stays in L1 */

/* too little work for blocks and threads */
static int is_tiny(const struct gemm_kernel *kernel, const struct gemm *g)
{
    return g->c_col == 1 && !g->bias_rows && g->N >= kernel->width && g->M <= 256 &&
           (size_t)g->K * (size_t)g->N <= TINY_FLOATS;
}

/* columns [j, j + columns) of C, straight from the operands; columns is a whole number of vectors */
static void tiny_columns(const struct gemm_kernel *kernel, const struct gemm *g, int j, int columns)
{
    for (int i = 0, rows; i < g->M; i += rows) {
        ptrdiff_t at = i * g->c_row + j;
        struct tile_edges e = { .start = g->bias ? g->bias + j : NULL,
                                .relu = g->relu,
                                .mask = g->mask ? g->mask + at : NULL,
                                .mask_row = g->c_row };
        rows = gemm_panel_rows(g->M - i, kernel->mr);
        gemm_tile_of(kernel, rows, columns)(g->K, g->a + i * g->a_row, g->a_row, g->a_col, g->b + j, g->b_row,
                                            g->c + at, g->c_row, &e);
    }
}

/* b (K,N) with its rows along memory */
static void tiny_product(const struct gemm_kernel *kernel, const struct gemm *g)
{
    int width = kernel->width, whole = g->N / width * width;
    for (int j = 0; j < whole; j += kernel->nr)
        tiny_columns(kernel, g, j, whole - j < kernel->nr ? whole - j : kernel->nr);
    /* the rest: one more vector that ends with the last column; what it computes again comes out the same */
    if (whole < g->N) tiny_columns(kernel, g, g->N - width, width);
}

void product_any(const struct gemm *g)
{
    const struct gemm_kernel *kernel = gemm_best();
    if (is_tiny(kernel, g) && g->b_col == 1) {
        tiny_product(kernel, g);
    } else if (is_tiny(kernel, g) && kernel->pack_transposed && g->N % 8 == 0 && g->K % 4 == 0) {
        float b[TINY_FLOATS];
        struct gemm packed = *g;
        kernel->pack_transposed(g->K, g->N, g->b, g->b_col, b);
        packed.b = b;
        packed.b_row = g->N;
        packed.b_col = 1;
        tiny_product(kernel, &packed);
    } else {
        gemm_threads(kernel, g);
    }
}
