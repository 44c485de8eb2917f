/* dense.c - the CPU ladder of the dense layer: forward, backward dx, backward dw + db.
 *
 *   x (N,IN)   w (OUT,IN)   b (OUT)   y, dy (N,OUT)   all row-major, any size >= 1
 *
 * All three are matrix products that differ in which operand is transposed:
 *   y = x w^T + b            dx = dy w            dw = dy^T x,  db = column sums of dy
 * The same number is the same idea in all three ladders; dx and dw have no bias, so no rung 06.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "gemm.h"
#include "ladders.h"
#include "products.h"

/* ---- 01_order: the same sums in another order. ----
 * Naive forward adds into one number, and each add waits about four cycles for the one before. Sixteen
 * partial sums do not wait for each other, and the compiler keeps them in vectors. Prediction (lesson 1): 7.2
 * to 8.8 x forward, a factor of 4 from the latency of an add to its throughput, and 2 from vectors of four;
 * at least 8 x for dx and dw. */

enum { LANES = 16 };

static float dot_lanes(int n, const float *a, const float *b)
{
    float lane[LANES] = { 0 }, sum = 0;
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) lane[l] += a[i + l] * b[i + l];
    for (int l = 0; l < LANES; l++) sum += lane[l];
    for (; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void forward_order(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++)
            y[(size_t)n * OUT + o] = b[o] + dot_lanes(IN, x + (size_t)n * IN, w + (size_t)o * IN);
}

/* y (n) += a x (n) */
static void axpy(int n, float a, const float *x, float *y)
{
    for (int i = 0; i < n; i++) y[i] += a * x[i];
}

/* Naive dx walks down a column of w, a cache line for each number. With i innermost it walks along rows of w,
 * and no sum waits for another. */
static void dx_order(int N, int IN, int OUT, const float *w, const float *dy, float *dx)
{
    for (int n = 0; n < N; n++) {
        float *dxn = dx + (size_t)n * IN;
        for (int i = 0; i < IN; i++) dxn[i] = 0;
        for (int o = 0; o < OUT; o++) axpy(IN, dy[(size_t)n * OUT + o], w + (size_t)o * IN, dxn);
    }
}

/* db (OUT) = column sums of dy (N,OUT) */
static void column_sums(int N, int OUT, const float *dy, float *db)
{
    for (int o = 0; o < OUT; o++) db[o] = 0;
    for (int n = 0; n < N; n++) axpy(OUT, 1, dy + (size_t)n * OUT, db);
}

/* Likewise: along the rows of x. */
static void dw_order(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)
{
    for (int o = 0; o < OUT; o++) {
        float *dwo = dw + (size_t)o * IN;
        for (int i = 0; i < IN; i++) dwo[i] = 0;
        for (int n = 0; n < N; n++) axpy(IN, dy[(size_t)n * OUT + o], x + (size_t)n * IN, dwo);
    }
    column_sums(N, OUT, dy, db);
}

/* ---- 02_tile: sums in registers, each load used several times. ----
 * Rung 01 loads two numbers (or loads one and stores one) for every multiply-add, and the load units are the
 * limit. A tile of sums kept in registers shares its loads: 2 x 4 sums of forward need 6 loads for 8
 * multiply-adds, 4 x 8 sums of dx need 6 for 8 and store nothing on the way. Prediction (lesson 1): 2 to 3 x.
 */

typedef float quad __attribute__((vector_size(16), aligned(4))); /* four floats, any alignment */

static quad quad_at(const float *p)
{
    return *(const quad *)p;
}

/* y[n..n+1][o..o+3] */
static void forward_2x4(int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    quad acc[2][4] = { 0 };
    int i = 0;
    for (; i + 4 <= IN; i += 4)
        for (int o = 0; o < 4; o++) {
            quad wi = quad_at(w + (size_t)o * IN + i);
            acc[0][o] += quad_at(x + i) * wi;
            acc[1][o] += quad_at(x + IN + i) * wi;
        }
    for (int n = 0; n < 2; n++)
        for (int o = 0; o < 4; o++) {
            quad s = acc[n][o];
            float sum = b[o] + ((s[0] + s[1]) + (s[2] + s[3]));
            for (int k = i; k < IN; k++) sum += x[(size_t)n * IN + k] * w[(size_t)o * IN + k];
            y[(size_t)n * OUT + o] = sum;
        }
}

static void forward_tile(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    int N2 = N / 2 * 2, OUT4 = OUT / 4 * 4;
    for (int n = 0; n < N; n += n < N2 ? 2 : 1)
        for (int o = 0; o < OUT; o += n < N2 && o < OUT4 ? 4 : 1) {
            const float *xn = x + (size_t)n * IN, *wo = w + (size_t)o * IN;
            float *yno = y + (size_t)n * OUT + o;
            if (n < N2 && o < OUT4) {
                forward_2x4(IN, OUT, xn, wo, b + o, yno);
            } else {
                yno[0] = b[o] + dot_lanes(IN, xn, wo);
                if (n < N2) yno[OUT] = b[o] + dot_lanes(IN, xn + IN, wo);
            }
        }
}

/* c (M,N) = A (M,K) * b (K,N), with A[i][k] = a[i * a_row + k * a_col]: dx and dw both have this form */
static void product_tile(int M, int N, int K, const float *a, ptrdiff_t a_row, ptrdiff_t a_col,
                         const float *b, float *c)
{
    for (int i = 0; i < M; i += 4)
        for (int j = 0; j < N; j += 8) {
            const float *ai = a + i * a_row, *bj = b + j;
            if (i + 4 <= M && j + 8 <= N) {
                quad acc[4][2] = { 0 };
                for (int k = 0; k < K; k++) {
                    quad b0 = quad_at(bj + (ptrdiff_t)k * N), b1 = quad_at(bj + (ptrdiff_t)k * N + 4);
                    for (int r = 0; r < 4; r++) {
                        float ar = ai[r * a_row + k * a_col];
                        acc[r][0] += ar * b0;
                        acc[r][1] += ar * b1;
                    }
                }
                for (int r = 0; r < 4; r++) {
                    *(quad *)(c + (ptrdiff_t)(i + r) * N + j) = acc[r][0];
                    *(quad *)(c + (ptrdiff_t)(i + r) * N + j + 4) = acc[r][1];
                }
            } else {
                for (int r = 0; r < 4 && i + r < M; r++)
                    for (int q = 0; q < 8 && j + q < N; q++) {
                        float sum = 0;
                        for (int k = 0; k < K; k++)
                            sum += ai[r * a_row + k * a_col] * bj[(ptrdiff_t)k * N + q];
                        c[(ptrdiff_t)(i + r) * N + j + q] = sum;
                    }
            }
        }
}

static void dx_tile(int N, int IN, int OUT, const float *w, const float *dy, float *dx)
{
    product_tile(N, IN, OUT, dy, OUT, 1, w, dx);
}

static void dw_tile(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)
{
    product_tile(OUT, IN, N, dy, 1, OUT, x, dw);
    column_sums(N, OUT, dy, db);
}

/* ---- 03_packed, 04_avx2, 05_avx512: blocks that fit the caches, packed in the order they are read (gemm.c).
 * ---- A large product reads each operand hundreds of times; blocks of A stay in L2 and panels of B in L1
 * meanwhile, and packing makes every read sequential. Rungs 04 and 05 change the micro-kernel only: eight,
 * then sixteen fused multiply-adds per instruction where rung 03 has four multiplies and four adds.
 * Prediction (lesson 1): 1 to 1.2 x for small layers, at least 1.5 x for large ones, where the speed no
 * longer falls with size; then 2 to 4 x from 03 to 04, and 1.2 to 2 x from 04 to 05. */

static void forward_by(const struct gemm_kernel *kernel, int N, int IN, int OUT, const float *x,
                       const float *w, const float *b, float *y)
{
    struct gemm g = forward_product(N, IN, OUT, x, w, NULL, y);
    gemm_run(kernel, &g);
    for (int n = 0; n < N; n++) axpy(OUT, 1, b, y + (size_t)n * OUT);
}

static void dx_by(const struct gemm_kernel *kernel, int N, int IN, int OUT, const float *w, const float *dy,
                  float *dx)
{
    struct gemm g = dx_product(N, IN, OUT, w, dy, dx);
    gemm_run(kernel, &g);
}

static void dw_by(const struct gemm_kernel *kernel, int N, int IN, int OUT, const float *x, const float *dy,
                  float *dw, float *db)
{
    struct gemm g = dw_product(N, IN, OUT, x, dy, dw);
    gemm_run(kernel, &g);
    column_sums(N, OUT, dy, db);
}

#define BY_KERNEL(name)                                                                                  \
    static void forward_##name(int N, int IN, int OUT, const float *x, const float *w, const float *b,   \
                               float *y)                                                                 \
    {                                                                                                    \
        forward_by(&gemm_##name, N, IN, OUT, x, w, b, y);                                                \
    }                                                                                                    \
    static void dx_##name(int N, int IN, int OUT, const float *w, const float *dy, float *dx)            \
    {                                                                                                    \
        dx_by(&gemm_##name, N, IN, OUT, w, dy, dx);                                                      \
    }                                                                                                    \
    static void dw_##name(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db) \
    {                                                                                                    \
        dw_by(&gemm_##name, N, IN, OUT, x, dy, dw, db);                                                  \
    }
BY_KERNEL(portable)
#if defined __x86_64__
BY_KERNEL(avx2)
BY_KERNEL(avx512)
#endif

/* ---- 06_epilogue: the bias is added while the tile is still in registers. ----
 * Rung 05 writes y, reads it again to add b and writes it again: three passes over y where one will do.
 * Prediction (lesson 1): 1 to 1.1 x where IN is large, 1 to 1.2 x where it is small. From here on the kernel
 * is the best of this machine. */
static void forward_epilogue(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    struct gemm g = forward_product(N, IN, OUT, x, w, b, y);
    gemm_run(gemm_best(), &g);
}

/* ---- 07_threads: the output is cut into one block per thread. ----
 * Prediction (lesson 1): 1.8 to 2.2 x on two cores, once the work is over about 10 us per thread. */
static void forward_threads(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    struct gemm g = forward_product(N, IN, OUT, x, w, b, y);
    gemm_threads(gemm_best(), &g);
}

static void dx_threads(int N, int IN, int OUT, const float *w, const float *dy, float *dx)
{
    struct gemm g = dx_product(N, IN, OUT, w, dy, dx);
    gemm_threads(gemm_best(), &g);
}

static void dw_threads(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)
{
    struct gemm g = dw_product(N, IN, OUT, x, dy, dw);
    gemm_threads(gemm_best(), &g);
    column_sums(N, OUT, dy, db);
}

/* ---- 08_small: small and thin shapes their own way (products.c). ----
 * Packing is paid back by reuse, and a batch of 64 reuses w little: forward then packs x and reads w as it
 * lies. Very small products skip the blocks altogether, and few outputs are dot products. Prediction (lesson
 * 1): 0.95 to 1.05 x on large shapes, 1 to 1.2 x at batch 64, at least 2 x for ten outputs. */
static void forward_small(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    forward_any(N, IN, OUT, x, w, b, y, 0);
}

static void dx_small(int N, int IN, int OUT, const float *w, const float *dy, float *dx)
{
    struct gemm g = dx_product(N, IN, OUT, w, dy, dx);
    product_any(&g);
}

static void dw_small(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)
{
    struct gemm g = dw_product(N, IN, OUT, x, dy, dw);
    product_any(&g);
    column_sums(N, OUT, dy, db);
}

/* ---- the ladders ---- */

#if defined __x86_64__
#define X86_RUNGS(op, f)                                                                                     \
    { "04_avx2", RUN(op, f##_avx2), NEED_AVX2, "eight fused multiply-adds per instruction, a 6 x 16 tile" }, \
        { "05_avx512", RUN(op, f##_avx512), NEED_AVX512, "sixteen per instruction, a 6 x 64 tile" },
#else
#define X86_RUNGS(op, f)
#endif

const struct rung dense_forward_cpu[] = {
    { "00_naive", RUN(dense_forward, dense_forward_f32), NEED_NONE, "the reference, in float" },
    { "01_order", RUN(dense_forward, forward_order), NEED_NONE,
      "sixteen partial sums that do not wait for each other" },
    { "02_tile", RUN(dense_forward, forward_tile), NEED_NONE,
      "2 x 4 outputs in registers share their loads" },
    { "03_packed", RUN(dense_forward, forward_portable), NEED_NONE, "blocks that fit the caches, packed" },
    X86_RUNGS(dense_forward, forward){ "06_epilogue", RUN(dense_forward, forward_epilogue), NEED_NONE,
                                       "the bias is added before a tile is stored" },
    { "07_threads", RUN(dense_forward, forward_threads), NEED_NONE, "one block of y per thread" },
    { "08_small", RUN(dense_forward, forward_small), NEED_NONE, "small and thin shapes without packing w" },
    { 0 },
};

const struct rung dense_backward_dx_cpu[] = {
    { "00_naive", RUN(dense_backward_dx, dense_backward_dx_f32), NEED_NONE, "the reference, in float" },
    { "01_order", RUN(dense_backward_dx, dx_order), NEED_NONE,
      "along rows of w instead of down its columns" },
    { "02_tile", RUN(dense_backward_dx, dx_tile), NEED_NONE, "4 x 8 outputs in registers share their loads" },
    { "03_packed", RUN(dense_backward_dx, dx_portable), NEED_NONE, "blocks that fit the caches, packed" },
    X86_RUNGS(dense_backward_dx, dx){ "07_threads", RUN(dense_backward_dx, dx_threads), NEED_NONE,
                                      "one block of dx per thread" },
    { "08_small", RUN(dense_backward_dx, dx_small), NEED_NONE, "small shapes without blocks and packing" },
    { 0 },
};

const struct rung dense_backward_dw_cpu[] = {
    { "00_naive", RUN(dense_backward_dw, dense_backward_dw_f32), NEED_NONE, "the reference, in float" },
    { "01_order", RUN(dense_backward_dw, dw_order), NEED_NONE,
      "along rows of x instead of down its columns" },
    { "02_tile", RUN(dense_backward_dw, dw_tile), NEED_NONE, "4 x 8 outputs in registers share their loads" },
    { "03_packed", RUN(dense_backward_dw, dw_portable), NEED_NONE, "blocks that fit the caches, packed" },
    X86_RUNGS(dense_backward_dw, dw){ "07_threads", RUN(dense_backward_dw, dw_threads), NEED_NONE,
                                      "one block of dw per thread" },
    { "08_small", RUN(dense_backward_dw, dw_small), NEED_NONE, "small shapes without blocks and packing" },
    { 0 },
};
