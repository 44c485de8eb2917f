/* gc_contract_layer.c - see gc_contract_layer.h. */
#include "gc_contract_layer.h"

#include <complex.h>
#undef I
#include <math.h>
#include <stdint.h>
#include <string.h>

#define is(m) (*which == (m))

/* ---- y = x W^T + b, in the tensors' type ---- */

static double get(const gc_tensor *t, int i)
{
    return t->dt == GC_F32 ? (double)((const float *)t->data)[i] : ((const double *)t->data)[i];
}

static void set(gc_tensor *t, int i, double value)
{
    if (t->dt == GC_F32)
        ((float *)t->data)[i] = (float)value;
    else
        ((double *)t->data)[i] = value;
}

/* a b in the precision of the tensor, or in bf16 */
static double product(const enum mistake *which, gc_dtype dt, double a, double b)
{
    float low = (float)a;
    uint32_t bits;
    if (is(low_precision) && dt == GC_F32) {
        memcpy(&bits, &low, sizeof bits);
        bits = (bits + 0x8000) & 0xffff0000;
        memcpy(&low, &bits, sizeof bits);
        a = (double)low;
    }
    return dt == GC_F32 ? (double)((float)a * (float)b) : a * b;
}

static double rounded(gc_dtype dt, double x)
{
    return dt == GC_F32 ? (double)(float)x : x;
}

static int dense_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const enum mistake *which = ctx;
    gc_dtype dt = out->dt;
    int zeros = 1;
    for (int i = 0; i < OUT * IN; i++) zeros &= fabs(get(&in[1], i)) <= 0;
    if (is(refuses_zero) && zeros) return 1;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            double sum = get(&in[2], o) * (is(both_wrong) ? 2 : 1);
            for (int i = 0; i < IN; i++) {
                double w = get(&in[1], o * IN + i);
                sum = rounded(dt,
                              sum + product(which, dt, get(&in[0], n * IN + i), is(not_linear) ? w * w : w));
            }
            set(out, n * OUT + o, sum);
        }
    return 0;
}

static int dense_oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const enum mistake *which = ctx;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            double sum = 0;
            for (int i = IN; i-- > 0;) sum += get(&in[0], n * IN + i) * get(&in[1], o * IN + i);
            set(out, n * OUT + o, is(oracle_nan) && n == 2 ? (double)NAN : sum + get(&in[2], o));
        }
    return 0;
}

static void dense_dw(const enum mistake *which, const gc_tensor *in, const gc_tensor *dout, gc_tensor *din)
{
    gc_dtype dt = dout->dt;
    for (int o = 0; o < OUT; o++) {
        double db = 0;
        for (int n = 0; n < N; n++) db = rounded(dt, db + get(dout, n * OUT + o));
        set(&din[2], o, is(both_wrong) ? 2 * db : db);
        for (int i = 0; i < IN; i++) {
            double sum = 0, w = get(&in[1], o * IN + i);
            for (int n = 0; n < N; n++) {
                int row = is(dw_next_row) ? (n + 1) % N : n;
                sum =
                    rounded(dt, sum + product(which, dt, get(&in[0], row * IN + i), get(dout, n * OUT + o)));
            }
            if (is(not_linear)) sum *= 2 * w;
            set(&din[1], o * IN + i, is(dw_one_element) && o == 1 && i == 4 ? 1.001 * sum : sum);
        }
    }
}

static int dense_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                          gc_tensor *din)
{
    const enum mistake *which = ctx;
    (void)out;
    dense_dw(which, in, dout, din);
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            double sum = 0, size = 0;
            for (int o = 0; o < OUT; o++) {
                double w = get(&in[1], o * IN + i);
                size += fabs(w * get(dout, n * OUT + o));
                sum = rounded(dout->dt, sum + product(which, dout->dt, is(not_linear) ? w * w : w,
                                                      get(dout, n * OUT + o)));
            }
            if ((is(dx_zero_row) && n == N - 1) || (is(no_tail) && i == IN - 1)) sum = 0;
            if (is(a_nan) && n == 1 && i == 2) sum = (double)NAN;
            if (is(small_element) && n * IN + i == 5) sum *= 1.001;
            if (is(beyond_rounding) && n * IN + i == 8) sum += 3e-6 * size;
            set(&din[0], n * IN + i, sum);
        }
    return 0;
}

gc_problem dense_problem(gc_dtype dt, enum mistake *which)
{
    static gc_tensor in[2][3], out[2];
    int k = dt == GC_F32, flags = GC_GRAD | GC_LINEAR;
    in[k][0] = (gc_tensor){ .name = "x", .dt = dt, .nd = 2, .dim = { N, IN }, .flags = (unsigned)flags };
    in[k][1] = (gc_tensor){ .name = "W", .dt = dt, .nd = 2, .dim = { OUT, IN }, .flags = (unsigned)flags };
    in[k][2] = (gc_tensor){ .name = "b", .dt = dt, .nd = 1, .dim = { OUT }, .flags = (unsigned)flags };
    out[k] = (gc_tensor){ .name = "y", .dt = dt, .nd = 2, .dim = { N, OUT } };
    return (gc_problem){ .name = "dense",
                         .nin = 3,
                         .nout = 1,
                         .in = in[k],
                         .out = &out[k],
                         .forward = dense_forward,
                         .backward = dense_backward,
                         .oracle = dense_oracle,
                         .ctx = which };
}

/* ---- Rosenbrock's function: sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 ---- */

static int rosenbrock(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const enum mistake *which = ctx;
    const double *x = in->data;
    double sum = 0;
    for (int i = 0; i < ROSEN - 1; i++) {
        double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        sum += is(corners)                  ? fabs(x[i] - x[i + 1])
               : is(flat) || is(flat_wrong) ? 3 * x[i] - x[i + 1]
                                            : 100 * a * a + b * b;
    }
    *(double *)out->data = sum;
    return 0;
}

static int rosenbrock_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double _Complex *x = in->data;
    double _Complex sum = 0;
    (void)ctx;
    for (int i = 0; i < ROSEN - 1; i++) {
        double _Complex a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        sum += 100 * a * a + b * b;
    }
    *(double _Complex *)out->data = sum;
    return 0;
}

static int rosenbrock_gradient(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                               gc_tensor *din)
{
    const enum mistake *which = ctx;
    const double *x = in->data, v = *(const double *)dout->data;
    double *g = din->data, first;
    (void)out;
    for (int i = 0; i < ROSEN; i++) g[i] = 0;
    for (int i = 0; i < ROSEN - 1; i++) {
        double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        int linear = is(flat) || is(flat_wrong), sign = x[i] > x[i + 1] ? 1 : -1;
        if (is(corners)) {
            g[i] += v * sign, g[i + 1] -= v * sign;
            continue;
        }
        g[i] += v * (linear ? 3 : -400 * x[i] * a * (is(one_term) && i == 1 ? 1.01 : 1) - 2 * b);
        g[i + 1] += v * (linear ? -1 : 200 * a);
    }
    for (int i = 0; i < ROSEN; i++) g[i] *= is(too_large) ? 1.0001 : is(flat_wrong) ? 1.001 : 1;
    if (is(swapped)) first = g[1], g[1] = g[2], g[2] = first;
    return 0;
}

static int rosenbrock_hessian(void *ctx, const gc_tensor *in, const gc_tensor *dout, const gc_tensor *v,
                              gc_tensor *dv)
{
    const enum mistake *which = ctx;
    const double *x = in->data, *d = v->data, up = *(const double *)dout->data;
    double *h = dv->data;
    for (int i = 0; i < ROSEN; i++) h[i] = 0;
    for (int i = 0; i < ROSEN - 1 && !is(flat); i++) {
        double across = -400 * x[i] * up * (is(hessian_sign) && i == 2 ? -1 : 1);
        h[i] += up * (1200 * x[i] * x[i] - 400 * x[i + 1] + 2) * d[i] + across * d[i + 1];
        h[i + 1] += up * 200 * d[i + 1] + across * d[i];
    }
    for (int i = 0; i < ROSEN; i++) h[i] *= is(hessian_factor) ? 1.001 : 1;
    if (is(hessian_nan)) h[3] = (double)NAN;
    return 0;
}

gc_problem rosenbrock_problem(enum mistake *which)
{
    static const gc_tensor in = { .name = "x", .dt = GC_F64, .nd = 1, .dim = { ROSEN }, .flags = GC_GRAD };
    static const gc_tensor out = { .name = "f", .dt = GC_F64 };
    return (gc_problem){ .name = "rosenbrock",
                         .nin = 1,
                         .nout = 1,
                         .in = &in,
                         .out = &out,
                         .forward = rosenbrock,
                         .backward = rosenbrock_gradient,
                         .forward_complex = rosenbrock_complex,
                         .hessian = rosenbrock_hessian,
                         .ctx = which };
}
