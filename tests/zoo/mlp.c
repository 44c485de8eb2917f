/* mlp.c - a whole network, x -> tanh -> softmax cross-entropy, as a list of parameters w1 b1 w2 b2: mistakes
 * that show only when layers are put together. With a complex forward. */
#include <complex.h>
#include <string.h>

#include "units.h"

enum { N = 4, IN = 5, HIDDEN = 6, OUT = 3 };
enum { W1 = 1, B1 = 2, W2 = 4, B2 = 8 };

enum {
    right,
    hidden_derivative_missing,
    hidden_derivative_at_a,
    hidden_derivative_at_input,
    w2_transposed,
    w2_sign,
    db1_not_summed,
    dw1_of_h,
    dw1_zero,
    dw1_last_column,
    dw2_of_a,
    dw2_first_row,
    db2_missing,
    db2_twice,
    mean_missing,
    everything_twice,
    label_off_by_one,
    layers_share_db,
    dw1_one_part_in_1e3,
    db1_one_part_in_1e4,
    dw2_one_part_in_1e5,
    dw1_one_part_in_1e6,
    db2_one_element,
    stale_hidden
};

struct net { /* what one pass computes */
    double a[N * HIDDEN], h[N * HIDDEN], p[N * OUT];
};

static const double *data(const gc_tensor *t, int i)
{
    return t[i].data;
}

static void pass(const gc_tensor *in, struct net *net)
{
    const double *w1 = data(in, 0), *b1 = data(in, 1), *w2 = data(in, 2), *b2 = data(in, 3), *x = data(in, 4);
    for (int n = 0; n < N; n++) {
        double sum = 0;
        for (int j = 0; j < HIDDEN; j++) {
            double a = b1[j];
            for (int i = 0; i < IN; i++) a += x[n * IN + i] * w1[j * IN + i];
            net->a[n * HIDDEN + j] = a;
            net->h[n * HIDDEN + j] = tanh(a);
        }
        for (int o = 0; o < OUT; o++) {
            double z = b2[o];
            for (int j = 0; j < HIDDEN; j++) z += net->h[n * HIDDEN + j] * w2[o * HIDDEN + j];
            sum += net->p[n * OUT + o] = exp(z);
        }
        for (int o = 0; o < OUT; o++) net->p[n * OUT + o] /= sum;
    }
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const int32_t *label = in[5].data;
    double loss = 0;
    struct net net;
    (void)ctx;
    pass(in, &net);
    for (int n = 0; n < N; n++) loss -= log(net.p[n * OUT + label[n]]) / N;
    *(double *)out[0].data = loss;
    return 0;
}

static int forward_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double complex *w1 = in[0].data, *b1 = in[1].data, *w2 = in[2].data, *b2 = in[3].data,
                         *x = in[4].data;
    const int32_t *label = in[5].data;
    double complex loss = 0;
    (void)ctx;
    for (int n = 0; n < N; n++) {
        double complex h[HIDDEN], sum = 0, own = 0;
        for (int j = 0; j < HIDDEN; j++) {
            double complex a = b1[j];
            for (int i = 0; i < IN; i++) a += x[n * IN + i] * w1[j * IN + i];
            h[j] = ctanh(a);
        }
        for (int o = 0; o < OUT; o++) {
            double complex z = b2[o];
            for (int j = 0; j < HIDDEN; j++) z += h[j] * w2[o * HIDDEN + j];
            sum += cexp(z);
            if (o == label[n]) own = z;
        }
        loss += (clog(sum) - own) / N;
    }
    *(double complex *)out[0].data = loss;
    return 0;
}

static void backward_out(int m, const struct net *net, const int32_t *label, double up, double *dz)
{
    for (int k = 0; k < N * OUT; k++) {
        int n = k / OUT, target = m == label_off_by_one ? (label[n] + 1) % OUT : label[n];
        dz[k] = up / (m == mean_missing ? 1 : N) * (net->p[k] - (k % OUT == target));
    }
}

static double hidden_derivative(int m, const struct net *net, int k)
{
    double h = net->h[k], a = net->a[k];
    switch (m) {
    case hidden_derivative_missing: return 1;
    case hidden_derivative_at_a: return 1 - a * a;
    case hidden_derivative_at_input: return 1 - tanh(h) * tanh(h);
    case stale_hidden: return 1 - net->h[k % HIDDEN] * net->h[k % HIDDEN];
    default: return 1 - h * h;
    }
}

static void backward_hidden(int m, const struct net *net, const double *w2, const double *dz, double *da)
{
    for (int k = 0; k < N * HIDDEN; k++) {
        int n = k / HIDDEN, j = k % HIDDEN;
        double sum = 0;
        for (int o = 0; o < OUT; o++)
            sum += dz[n * OUT + o] * w2[m == w2_transposed ? j * OUT + o : o * HIDDEN + j];
        da[k] = (m == w2_sign ? -sum : sum) * hidden_derivative(m, net, k);
    }
}

/* dw (outs,ins) = d' x, db (outs) = sum of d over the batch */
static void parameters(int ins, int outs, const double *d, const double *x, double *dw, double *db)
{
    memset(dw, 0, (size_t)outs * (size_t)ins * sizeof *dw);
    memset(db, 0, (size_t)outs * sizeof *db);
    for (int n = 0; n < N; n++)
        for (int o = 0; o < outs; o++) {
            db[o] += d[n * outs + o];
            for (int i = 0; i < ins; i++) dw[o * ins + i] += d[n * outs + o] * x[n * ins + i];
        }
}

static void times(double *g, int n, double factor)
{
    for (int k = 0; k < n; k++) g[k] *= factor;
}

/* mistakes made on finished gradients */
static void spoil(int m, const double *da, double *dw1, double *db1, double *dw2, double *db2)
{
    int n1 = HIDDEN * IN, n2 = OUT * HIDDEN;
    if (m == everything_twice)
        times(dw1, n1, 2), times(db1, HIDDEN, 2), times(dw2, n2, 2), times(db2, OUT, 2);
    if (m == dw1_zero) times(dw1, n1, 0);
    if (m == dw1_one_part_in_1e3) times(dw1, n1, 1 + 1e-3);
    if (m == dw1_one_part_in_1e6) times(dw1, n1, 1 + 1e-6);
    if (m == db1_one_part_in_1e4) times(db1, HIDDEN, 1 + 1e-4);
    if (m == dw2_one_part_in_1e5) times(dw2, n2, 1 + 1e-5);
    if (m == db2_missing) times(db2, OUT, 0);
    if (m == db2_twice) times(db2, OUT, 2);
    if (m == db2_one_element) db2[1] *= 1.001;
    if (m == db1_not_summed) memcpy(db1, da, HIDDEN * sizeof *db1);
    if (m == layers_share_db) memcpy(db1, db2, OUT * sizeof *db1);
    for (int j = 0; j < HIDDEN && m == dw1_last_column; j++) dw1[j * IN + IN - 1] = 0;
    for (int o = 0; o < OUT && m == dw2_first_row; o++)
        if (o > 0) times(dw2 + o * HIDDEN, HIDDEN, 0);
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    double dz[N * OUT], da[N * HIDDEN];
    struct net net;
    (void)out;
    pass(in, &net);
    backward_out(m, &net, in[5].data, *data(dout, 0), dz);
    backward_hidden(m, &net, data(in, 2), dz, da);
    parameters(HIDDEN, OUT, dz, m == dw2_of_a ? net.a : net.h, din[2].data, din[3].data);
    parameters(IN, HIDDEN, da, m == dw1_of_h ? net.h : data(in, 4), din[0].data, din[1].data);
    spoil(m, da, din[0].data, din[1].data, din[2].data, din[3].data);
    return 0;
}

static int fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    static const int length[] = { HIDDEN * IN, HIDDEN, OUT * HIDDEN, OUT, N * IN };
    int32_t *label = in[5].data;
    uint64_t k = 0;
    (void)ctx;
    seed += 1000 * (uint64_t)point;
    for (int t = 0; t < 5; t++)
        for (int i = 0; i < length[t]; i++) ((double *)in[t].data)[i] = 0.7 * zoo_normal(seed, k++);
    for (int n = 0; n < N; n++) label[n] = (int)(OUT * zoo_unit(seed, 4 * k++));
    return 0;
}

static void build(struct zoo_problem *z)
{
    zoo_input(z, "w1", GC_GRAD, ZOO_DIMS(HIDDEN, IN));
    zoo_input(z, "b1", GC_GRAD, ZOO_DIMS(HIDDEN));
    zoo_input(z, "w2", GC_GRAD, ZOO_DIMS(OUT, HIDDEN));
    zoo_input(z, "b2", GC_GRAD, ZOO_DIMS(OUT));
    zoo_input(z, "x", 0, ZOO_DIMS(N, IN));
    zoo_input(z, "label", 0, ZOO_DIMS(N))->dt = GC_I32;
    zoo_output(z, "loss", 0, NULL);
    z->p.fill = fill;
    z->p.forward = forward;
    z->p.forward_complex = forward_complex;
    z->p.backward = backward;
}

#define WRONG(name, tensors, words) ZOO_WRONG("mlp", name, tensors, words)

static const struct zoo_case rows[] = {
    ZOO_RIGHT("mlp"),
    WRONG(hidden_derivative_missing, W1 | B1, "tanh is not differentiated"),
    WRONG(hidden_derivative_at_a, W1 | B1, "1 - a^2: the value before tanh for the one after"),
    WRONG(hidden_derivative_at_input, W1 | B1, "1 - tanh(h)^2: tanh applied twice"),
    WRONG(stale_hidden, W1 | B1, "the first example's activations for all"),
    WRONG(w2_transposed, W1 | B1, "w2 read as (HIDDEN,OUT) on the way back"),
    WRONG(w2_sign, W1 | B1, "the sign lost between the layers"),
    WRONG(db1_not_summed, B1, "db1 of the first example alone"),
    WRONG(dw1_of_h, W1, "dw1 from the activations instead of the inputs"),
    WRONG(dw1_zero, W1, "the first layer is frozen"),
    WRONG(dw1_last_column, W1, "the last column of dw1 left at zero"),
    WRONG(dw2_of_a, W2, "dw2 from the values before tanh"),
    WRONG(dw2_first_row, W2, "only the first row of dw2"),
    WRONG(db2_missing, B2, "no db2 at all"),
    WRONG(db2_twice, B2, "db2 added twice"),
    WRONG(mean_missing, W1 | B1 | W2 | B2, "1/N missing everywhere"),
    WRONG(everything_twice, W1 | B1 | W2 | B2, "all gradients doubled"),
    WRONG(label_off_by_one, W1 | B1 | W2 | B2, "labels counted from 1"),
    WRONG(layers_share_db, B1, "db2 written over the start of db1"),
    WRONG(dw1_one_part_in_1e3, W1, "dw1 too large by 1e-3"),
    WRONG(db1_one_part_in_1e4, B1, "db1 too large by 1e-4"),
    WRONG(dw2_one_part_in_1e5, W2, "dw2 too large by 1e-5"),
    WRONG(dw1_one_part_in_1e6, W1, "dw1 too large by 1e-6"),
    WRONG(db2_one_element, B2, "one element of db2 wrong by 1e-3"),
};

const struct zoo_table zoo_mlp = ZOO_TABLE(rows);
