/* dense_wrong.c - wrong versions of a dense layer: x (N,IN), w (OUT,IN), b (OUT), y (N,OUT); see
 * mistakes.h. */
#include "../reference/real.h"
#include "wrong.h"

/* ---- y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT) ---- */

static real dot(int n, const real *x, const real *w, int step)
{
    real sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * w[(size_t)i * (size_t)step];
    return sum;
}

void REF(forward_without_bias)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    (void)b;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++)
            y[(size_t)n * OUT + o] = dot(IN, x + (size_t)n * IN, w + (size_t)o * IN, 1);
}

void REF(forward_transposed)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[(size_t)n * OUT + o] = b[o] + dot(IN, x + (size_t)n * IN, w + o, OUT);
}

void REF(forward_adds)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++)
            y[(size_t)n * OUT + o] += b[o] + dot(IN, x + (size_t)n * IN, w + (size_t)o * IN, 1);
}

void REF(forward_first_bias)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++)
            y[(size_t)n * OUT + o] = b[0] + dot(IN, x + (size_t)n * IN, w + (size_t)o * IN, 1);
}

void REF(forward_last_input)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++)
            y[(size_t)n * OUT + o] = b[o] + dot(IN - 1, x + (size_t)n * IN, w + (size_t)o * IN, 1);
}

void REF(forward_first_row)(int N, int IN, int OUT, const real *x, const real *w, const real *b, real *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[(size_t)n * OUT + o] = b[o] + dot(IN, x, w + (size_t)o * IN, 1);
}

/* ---- dw (OUT,IN) = dy (N,OUT)^T * x (N,IN), db (OUT) = column sums of dy ---- */

/* scale times the right gradients */
static void dw_times(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db, real scale)
{
    for (int o = 0; o < OUT; o++) {
        real sum = 0;
        for (int n = 0; n < N; n++) sum += dy[(size_t)n * OUT + o];
        db[o] = scale * sum;
        for (int i = 0; i < IN; i++) {
            sum = 0;
            for (int n = 0; n < N; n++) sum += dy[(size_t)n * OUT + o] * x[(size_t)n * IN + i];
            dw[(size_t)o * IN + i] = scale * sum;
        }
    }
}

void REF(dw_averaged)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    dw_times(N, IN, OUT, x, dy, dw, db, (real)1 / N);
}

void REF(dw_doubled)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    dw_times(N, IN, OUT, x, dy, dw, db, 2);
}

void REF(dw_negative)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    dw_times(N, IN, OUT, x, dy, dw, db, 1);
    for (size_t k = 0; k < (size_t)OUT * IN; k++) dw[k] = -dw[k];
}

void REF(dw_transposed)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    dw_times(N, IN, OUT, x, dy, dw, db, 1);
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN; i++) {
            real sum = 0;
            for (int n = 0; n < N; n++) sum += dy[(size_t)n * OUT + o] * x[(size_t)n * IN + i];
            dw[(size_t)i * OUT + o] = sum;
        }
}

void REF(dw_no_upstream)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    (void)dy;
    for (int o = 0; o < OUT; o++) {
        db[o] = N;
        for (int i = 0; i < IN; i++) {
            real sum = 0;
            for (int n = 0; n < N; n++) sum += x[(size_t)n * IN + i];
            dw[(size_t)o * IN + i] = sum;
        }
    }
}

void REF(dw_last_example)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    dw_times(N, IN, OUT, x, dy, dw, db, 1);
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN; i++)
            dw[(size_t)o * IN + i] = dy[(size_t)(N - 1) * OUT + o] * x[(size_t)(N - 1) * IN + i];
}

void REF(dw_adds)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    for (int o = 0; o < OUT; o++) {
        db[o] = 0;
        for (int n = 0; n < N; n++) {
            db[o] += dy[(size_t)n * OUT + o];
            for (int i = 0; i < IN; i++)
                dw[(size_t)o * IN + i] += dy[(size_t)n * OUT + o] * x[(size_t)n * IN + i];
        }
    }
}

void REF(dw_no_db)(int N, int IN, int OUT, const real *x, const real *dy, real *dw, real *db)
{
    dw_times(N, IN, OUT, x, dy, dw, db, 1);
    for (int o = 0; o < OUT; o++) db[o] = dy[o];
}

/* ---- dx (N,IN) = dy (N,OUT) * w (OUT,IN) ---- */

static void dx_times(int N, int IN, int OUT, const real *w, const real *dy, real *dx, real scale)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++)
            dx[(size_t)n * IN + i] = scale * dot(OUT, dy + (size_t)n * OUT, w + i, IN);
}

void REF(dx_transposed)(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++)
            dx[(size_t)n * IN + i] = dot(OUT, dy + (size_t)n * OUT, w + (size_t)i * OUT, 1);
}

void REF(dx_averaged)(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    dx_times(N, IN, OUT, w, dy, dx, (real)1 / N);
}

void REF(dx_negative)(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    dx_times(N, IN, OUT, w, dy, dx, -1);
}

void REF(dx_no_upstream)(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    (void)dy;
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            real sum = 0;
            for (int o = 0; o < OUT; o++) sum += w[(size_t)o * IN + i];
            dx[(size_t)n * IN + i] = sum;
        }
}

void REF(dx_last_neuron)(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++)
            dx[(size_t)n * IN + i] = dy[(size_t)n * OUT + OUT - 1] * w[(size_t)(OUT - 1) * IN + i];
}

void REF(dx_adds)(int N, int IN, int OUT, const real *w, const real *dy, real *dx)
{
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) dx[(size_t)n * IN + i] += dot(OUT, dy + (size_t)n * OUT, w + i, IN);
}
