/* dense.c - the CPU ladder of the dense layer: forward, backward dx, backward dw + db.
 *
 *   x (N,IN)   w (OUT,IN)   b (OUT)   y, dy (N,OUT)   all row-major, any size >= 1
 *
 * All three are matrix products that differ in which operand is transposed:
 *   y = x w^T + b            dx = dy w            dw = dy^T x,  db = column sums of dy
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "ladders.h"

/* ---- 01_order: the same sums in another order. ----
 * Naive forward adds into one number, and each add waits about four cycles for the one before. Sixteen
 * partial sums do not wait for each other, and the compiler can keep them in vectors. */
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

/* Naive dx walks down a column of w, one cache line for each number. With i innermost it walks along rows. */
static void backward_dx_order(int N, int IN, int OUT, const float *w, const float *dy, float *dx)
{
    for (int n = 0; n < N; n++) {
        float *dxn = dx + (size_t)n * IN;
        for (int i = 0; i < IN; i++) dxn[i] = 0;
        for (int o = 0; o < OUT; o++) axpy(IN, dy[(size_t)n * OUT + o], w + (size_t)o * IN, dxn);
    }
}

/* Likewise: dw[o] and x[n] are walked along their rows. */
static void backward_dw_order(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)
{
    for (int o = 0; o < OUT; o++) {
        float *dwo = dw + (size_t)o * IN;
        for (int i = 0; i < IN; i++) dwo[i] = 0;
        for (int n = 0; n < N; n++) axpy(IN, dy[(size_t)n * OUT + o], x + (size_t)n * IN, dwo);
    }
    for (int o = 0; o < OUT; o++) db[o] = 0;
    for (int n = 0; n < N; n++) axpy(OUT, 1, dy + (size_t)n * OUT, db);
}

/* ---- the ladders ---- */

const struct rung dense_forward_cpu[] = {
    { "00_naive", RUN(dense_forward, dense_forward_f32), NEED_NONE, "the reference, in float" },
    { "01_order", RUN(dense_forward, forward_order), NEED_NONE, "sixteen partial sums that do not wait for each other" },
    { 0 },
};

const struct rung dense_backward_dx_cpu[] = {
    { "00_naive", RUN(dense_backward_dx, dense_backward_dx_f32), NEED_NONE, "the reference, in float" },
    { "01_order", RUN(dense_backward_dx, backward_dx_order), NEED_NONE, "rows of w instead of columns" },
    { 0 },
};

const struct rung dense_backward_dw_cpu[] = {
    { "00_naive", RUN(dense_backward_dw, dense_backward_dw_f32), NEED_NONE, "the reference, in float" },
    { "01_order", RUN(dense_backward_dw, backward_dw_order), NEED_NONE, "rows of x instead of columns" },
    { 0 },
};
