/* dense.c - y (N,OUT) = x (N,IN) w (OUT,IN)^T + b (OUT), and what goes wrong in its three gradients. */
#include <complex.h>
#include <string.h>

#include "units.h"

enum { N = 5, IN = 7, OUT = 3 };
enum { X = 1, W = 2, B = 4 }; /* the inputs as bits */

enum {
    right,
    dw_mean,
    dw_half,
    dw_transposed,
    dw_first_row,
    dw_last_row_skipped,
    dw_sign,
    dw_last_element_zero,
    dw_next_row,
    dw_times_n,
    dw_of_y,
    dw_overwritten,
    dx_transposed,
    dx_first_output,
    dx_last_output_skipped,
    dx_no_tail,
    dx_wrong_stride,
    dx_rows_swapped,
    dx_next_row,
    dx_zero,
    dx_accumulates_across_rows,
    db_mean,
    db_first_row,
    db_last_row,
    db_zero,
    db_of_y,
    db_reversed,
    upstream_ignored,
    upstream_twice,
    dw_one_part_in_1e3,
    db_one_part_in_1e4,
    dx_one_part_in_1e5,
    dw_two_swapped,
    dw_one_element,
    dw_decay_not_in_forward,
    dx_nan,
    dx_and_dw_twice
};

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data, *w = in[1].data, *b = in[2].data;
    double *y = out[0].data;
    (void)ctx;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            double sum = b[o];
            for (int i = 0; i < IN; i++) sum += x[n * IN + i] * w[o * IN + i];
            y[n * OUT + o] = sum;
        }
    return 0;
}

static int forward_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double complex *x = in[0].data, *w = in[1].data, *b = in[2].data;
    double complex *y = out[0].data;
    (void)ctx;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            double complex sum = b[o];
            for (int i = 0; i < IN; i++) sum += x[n * IN + i] * w[o * IN + i];
            y[n * OUT + o] = sum;
        }
    return 0;
}

static void backward_dx(int m, const double *w, const double *dy, double *dx)
{
    int outs = m == dx_first_output ? 1 : m == dx_last_output_skipped ? OUT - 1 : OUT;
    int ins = m == dx_no_tail ? IN / 4 * 4 : IN;
    int stride = m == dx_wrong_stride ? OUT : IN;
    double sum = 0;
    memset(dx, 0, N * IN * sizeof *dx);
    for (int n = 0; n < N; n++)
        for (int i = 0; i < ins; i++) {
            int from = m == dx_rows_swapped && n < 2 ? 1 - n : m == dx_next_row ? (n + 1) % N : n;
            if (m != dx_accumulates_across_rows || n == 0) sum = 0;
            for (int o = 0; o < outs; o++)
                sum += dy[from * OUT + o] * (m == dx_transposed ? w[i * OUT + o] : w[o * stride + i]);
            dx[n * IN + i] = m == dx_zero ? 0 : sum;
        }
    if (m == dx_nan) dx[N * IN - 1] = zoo_nan();
    for (int k = 0; k < N * IN; k++)
        dx[k] *= m == dx_one_part_in_1e5 ? 1 + 1e-5 : m == dx_and_dw_twice ? 2 : 1;
}

static void backward_dw(int m, const double *x, const double *w, const double *y, const double *dy,
                        double *dw)
{
    int rows = m == dw_first_row ? 1 : m == dw_last_row_skipped ? N - 1 : N;
    double factor = m == dw_mean              ? 1.0 / N
                    : m == dw_half            ? 0.5
                    : m == dw_times_n         ? N
                    : m == dw_sign            ? -1
                    : m == dw_one_part_in_1e3 ? 1 + 1e-3
                    : m == dx_and_dw_twice    ? 2
                                              : 1;
    const double *d = m == dw_of_y ? y : dy;
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN; i++) {
            double sum = 0;
            for (int n = 0; n < rows; n++) {
                int from = m == dw_next_row ? (n + 1) % N : n;
                double term = d[n * OUT + o] * x[from * IN + i];
                sum = m == dw_overwritten ? term : sum + term;
            }
            dw[m == dw_transposed ? i * OUT + o : o * IN + i] =
                sum * factor + (m == dw_decay_not_in_forward ? 1e-3 * w[o * IN + i] : 0);
        }
    if (m == dw_last_element_zero) dw[OUT * IN - 1] = 0;
    if (m == dw_one_element) dw[OUT * IN / 2] *= 1.01;
    if (m == dw_two_swapped) {
        double kept = dw[3];
        dw[3] = dw[4];
        dw[4] = kept;
    }
}

static void backward_db(int m, const double *y, const double *dy, double *db)
{
    int first = m == db_last_row ? N - 1 : 0, rows = m == db_first_row ? 1 : N;
    double factor = m == db_mean ? 1.0 / N : m == db_zero ? 0 : m == db_one_part_in_1e4 ? 1 + 1e-4 : 1;
    const double *d = m == db_of_y ? y : dy;
    for (int o = 0; o < OUT; o++) {
        double sum = 0;
        for (int n = first; n < rows; n++) sum += d[n * OUT + o];
        db[m == db_reversed ? OUT - 1 - o : o] = sum * factor;
    }
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    double dy[N * OUT];
    memcpy(dy, dout[0].data, sizeof dy);
    for (int k = 0; k < N * OUT; k++) {
        if (m == upstream_ignored) dy[k] = 1;
        if (m == upstream_twice) dy[k] *= dy[k];
    }
    backward_dx(m, in[1].data, dy, din[0].data);
    backward_dw(m, in[0].data, in[1].data, out[0].data, dy, din[1].data);
    backward_db(m, out[0].data, dy, din[2].data);
    return 0;
}

static void build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD | GC_LINEAR, ZOO_DIMS(N, IN));
    zoo_input(z, "w", GC_GRAD | GC_LINEAR, ZOO_DIMS(OUT, IN));
    zoo_input(z, "b", GC_GRAD | GC_LINEAR, ZOO_DIMS(OUT));
    zoo_output(z, "y", ZOO_DIMS(N, OUT));
    z->p.forward = forward;
    z->p.forward_complex = forward_complex;
    z->p.backward = backward;
}

#define WRONG(name, tensors, words)  ZOO_WRONG("dense", name, tensors, words)
#define BREACH(name, tensors, words) ZOO_BREACH("dense", name, tensors, words)

static const struct zoo_case rows[] = {
    ZOO_RIGHT("dense"),
    WRONG(dw_mean, W, "dw divided by the batch size; the mean belongs to the loss"),
    WRONG(dw_half, W, "dw halved"),
    WRONG(dw_transposed, W, "dw stored as (IN,OUT)"),
    WRONG(dw_first_row, W, "dw of the first example alone"),
    WRONG(dw_last_row_skipped, W, "dw without the last example: the loop ends at N-1"),
    WRONG(dw_sign, W, "dw with the wrong sign"),
    WRONG(dw_last_element_zero, W, "the last element of dw is never written but zeroed"),
    WRONG(dw_next_row, W, "dw pairs each row of dy with the next row of x"),
    WRONG(dw_times_n, W, "dw multiplied by the batch size"),
    BREACH(dw_of_y, W, "dw from y instead of dy"),
    WRONG(dw_overwritten, W, "= instead of += over the batch"),
    WRONG(dx_transposed, X, "dx reads w as (IN,OUT)"),
    WRONG(dx_first_output, X, "dx of the first output alone"),
    WRONG(dx_last_output_skipped, X, "dx without the last output"),
    WRONG(dx_no_tail, X, "dx in fours, without the tail"),
    WRONG(dx_wrong_stride, X, "dx steps through w with OUT instead of IN"),
    WRONG(dx_rows_swapped, X, "rows 0 and 1 of dx swapped"),
    WRONG(dx_next_row, X, "each row of dx from the next row of dy"),
    WRONG(dx_zero, X, "dx is zero: the graph was cut"),
    WRONG(dx_accumulates_across_rows, X, "the sum of dx is not reset after the first row"),
    WRONG(db_mean, B, "db averaged over the batch"),
    WRONG(db_first_row, B, "db of the first example alone: no sum over the batch"),
    WRONG(db_last_row, B, "db of the last example alone"),
    WRONG(db_zero, B, "no db at all"),
    BREACH(db_of_y, B, "db from y instead of dy"),
    WRONG(db_reversed, B, "db in reverse order"),
    BREACH(upstream_ignored, X | W | B, "dy taken as 1"),
    BREACH(upstream_twice, X | W | B, "dy multiplied in twice"),
    WRONG(dw_one_part_in_1e3, W, "dw too large by 1e-3"),
    WRONG(db_one_part_in_1e4, B, "db too large by 1e-4"),
    WRONG(dx_one_part_in_1e5, X, "dx too large by 1e-5"),
    WRONG(dw_two_swapped, W, "two neighbours in dw swapped"),
    WRONG(dw_one_element, W, "one element of dw wrong by 1 %"),
    BREACH(dw_decay_not_in_forward, W, "dw holds 1e-3 w of a weight decay that the loss does not have"),
    WRONG(dx_nan, X, "one NaN in dx"),
    WRONG(dx_and_dw_twice, X | W, "dx and dw doubled"),
};

const struct zoo_table zoo_dense = ZOO_TABLE(rows);
