/* shared.c - what is used more than once must collect its gradient from every use: a recurrent net, an
 * embedding, attention, a residual connection. */
#include <string.h>

#include "units.h"

/* ---- rnn: h[t] = tanh(w h[t-1] + u x[t]), T steps, h[0] given; the last h is the output ---- */

enum { T = 4, D = 3 };
enum { W = 1, U = 2, H0 = 4 };

enum {
    right,
    last_step_only,
    first_step_skipped,
    overwritten,
    w_of_next_h,
    u_shifted,
    w_transposed,
    derivative_missing,
    h0_zero,
    h0_one_step_short,
    h0_derivative_missing
};

static void states(const gc_tensor *in, double h[T + 1][D])
{
    const double *w = in[0].data, *u = in[1].data, *x = in[3].data;
    memcpy(h[0], in[2].data, sizeof h[0]);
    for (int t = 0; t < T; t++)
        for (int j = 0; j < D; j++) {
            double a = 0;
            for (int i = 0; i < D; i++) a += w[j * D + i] * h[t][i] + u[j * D + i] * x[t * D + i];
            h[t + 1][j] = tanh(a);
        }
}

static int rnn_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    double h[T + 1][D];
    (void)ctx;
    states(in, h);
    memcpy(out[0].data, h[T], sizeof h[T]);
    return 0;
}

/* dh of step t+1 becomes dh of step t; dw and du take their share */
static void step_back(int m, int t, const double *w, const double *x, double h[T + 1][D], double *dh,
                      double *dw, double *du)
{
    double da[D], before[D] = { 0 };
    for (int j = 0; j < D; j++) {
        double derivative = m == derivative_missing && t > 0 ? 1 : 1 - h[t + 1][j] * h[t + 1][j];
        da[j] = dh[j] * derivative;
        for (int i = 0; i < D; i++) {
            double dw_share = da[j] * h[m == w_of_next_h ? t + 1 : t][i];
            double du_share = da[j] * x[(m == u_shifted ? (t + 1) % T : t) * D + i];
            if ((m == last_step_only && t < T - 1) || (m == first_step_skipped && t == 0))
                dw_share = du_share = 0;
            dw[j * D + i] = m == overwritten ? dw_share : dw[j * D + i] + dw_share;
            du[j * D + i] = m == overwritten ? du_share : du[j * D + i] + du_share;
            before[i] += (m == h0_derivative_missing && t == 0 ? dh[j] : da[j]) *
                         w[m == w_transposed ? i * D + j : j * D + i];
        }
    }
    if (m != h0_one_step_short || t > 0) memcpy(dh, before, sizeof before);
}

static int rnn_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    double h[T + 1][D], dh[D];
    (void)out;
    states(in, h);
    memcpy(dh, dout[0].data, sizeof dh);
    memset(din[0].data, 0, D * D * sizeof(double));
    memset(din[1].data, 0, D * D * sizeof(double));
    for (int t = T - 1; t >= 0; t--) step_back(m, t, in[0].data, in[3].data, h, dh, din[0].data, din[1].data);
    for (int j = 0; j < D; j++) ((double *)din[2].data)[j] = m == h0_zero ? 0 : dh[j];
    return 0;
}

/* small enough that tanh does not saturate four times in a row */
static int rnn_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    static const int length[] = { D * D, D * D, D, T * D };
    uint64_t k = 0;
    (void)ctx;
    seed += 1000 * (uint64_t)point;
    for (int t = 0; t < 4; t++)
        for (int i = 0; i < length[t]; i++) ((double *)in[t].data)[i] = 0.7 * zoo_normal(seed, k++);
    return 0;
}

static void rnn_build(struct zoo_problem *z)
{
    zoo_input(z, "w", GC_GRAD, ZOO_DIMS(D, D));
    zoo_input(z, "u", GC_GRAD, ZOO_DIMS(D, D));
    zoo_input(z, "h0", GC_GRAD, ZOO_DIMS(D));
    zoo_input(z, "x", 0, ZOO_DIMS(T, D));
    zoo_output(z, "h", ZOO_DIMS(D));
    z->p.fill = rnn_fill;
    z->p.forward = rnn_forward;
    z->p.backward = rnn_backward;
}

/* ---- embedding: y[k] = table[index[k]]; indices repeat ---- */

enum { ROWS = 5, WIDTH = 3, TOKENS = 7 };
enum { TABLE = 1 };

enum { repeats_overwritten = 100, padding_row_too, mean_of_repeats, index_off_by_one, last_token_skipped };

static int embedding_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *table = in[0].data;
    const int32_t *index = in[1].data;
    (void)ctx;
    for (int k = 0; k < TOKENS; k++) {
        if (index[k] < 0 || index[k] >= ROWS) return 1;
        memcpy((double *)out[0].data + k * WIDTH, table + index[k] * WIDTH, WIDTH * sizeof(double));
    }
    return 0;
}

static int embedding_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                              gc_tensor *din)
{
    int m = zoo_mistake(ctx), tokens = m == last_token_skipped ? TOKENS - 1 : TOKENS, seen[ROWS] = { 0 };
    const int32_t *index = in[1].data;
    const double *dy = dout[0].data;
    double *d = din[0].data;
    (void)out;
    memset(d, 0, ROWS * WIDTH * sizeof *d);
    for (int k = 0; k < TOKENS; k++) seen[index[k]]++;
    for (int k = 0; k < tokens; k++) {
        int row = m == index_off_by_one ? (index[k] + 1) % ROWS : index[k];
        if (m == padding_row_too && index[k] == 0) continue; /* row 0 taken for padding */
        for (int c = 0; c < WIDTH; c++) {
            double share = dy[k * WIDTH + c] / (m == mean_of_repeats ? seen[index[k]] : 1);
            d[row * WIDTH + c] = m == repeats_overwritten ? share : d[row * WIDTH + c] + share;
        }
    }
    return 0;
}

static int embedding_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    int32_t *index = in[1].data;
    (void)ctx;
    seed += 1000 * (uint64_t)point;
    for (int k = 0; k < ROWS * WIDTH; k++) ((double *)in[0].data)[k] = zoo_normal(seed, (uint64_t)k);
    for (int k = 0; k < TOKENS; k++) index[k] = (int)(ROWS * zoo_unit(seed, (uint64_t)(400 + k)));
    index[1] = 0; /* always there */
    return 0;
}

static void embedding_build(struct zoo_problem *z)
{
    zoo_input(z, "table", GC_GRAD | GC_LINEAR, ZOO_DIMS(ROWS, WIDTH));
    zoo_input(z, "index", 0, ZOO_DIMS(TOKENS))->dt = GC_I32;
    zoo_output(z, "y", ZOO_DIMS(TOKENS, WIDTH));
    z->p.fill = embedding_fill;
    z->p.forward = embedding_forward;
    z->p.backward = embedding_backward;
}

/* ---- attention: y = softmax(q k^T / sqrt(E)) v + q (a residual path); SEQ positions of width E ---- */

enum { SEQ = 3, E = 4 };
enum { Q = 1, K = 2, V = 4 };

enum {
    scale_missing = 200,
    dk_transposed,
    dv_transposed,
    softmax_sum_missing,
    residual_missing,
    residual_overwrites,
    dk_is_dq,
    dv_of_scores
};

static void attend(const gc_tensor *in, double p[SEQ][SEQ])
{
    const double *q = in[0].data, *k = in[1].data;
    for (int i = 0; i < SEQ; i++) {
        double sum = 0;
        for (int j = 0; j < SEQ; j++) {
            double s = 0;
            for (int e = 0; e < E; e++) s += q[i * E + e] * k[j * E + e];
            sum += p[i][j] = exp(s / sqrt(E));
        }
        for (int j = 0; j < SEQ; j++) p[i][j] /= sum;
    }
}

static int attention_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *q = in[0].data, *v = in[2].data;
    double *y = out[0].data, p[SEQ][SEQ];
    (void)ctx;
    attend(in, p);
    for (int i = 0; i < SEQ; i++)
        for (int e = 0; e < E; e++) {
            y[i * E + e] = q[i * E + e];
            for (int j = 0; j < SEQ; j++) y[i * E + e] += p[i][j] * v[j * E + e];
        }
    return 0;
}

/* the gradient of the scores of row i */
static void score_derivatives(int m, const double *v, const double *dy, const double *p, double *ds)
{
    double dot = 0;
    for (int j = 0; j < SEQ; j++) {
        ds[j] = 0;
        for (int e = 0; e < E; e++) ds[j] += dy[e] * v[j * E + e];
        dot += p[j] * ds[j];
    }
    for (int j = 0; j < SEQ; j++)
        ds[j] = p[j] * (ds[j] - (m == softmax_sum_missing ? 0 : dot)) / (m == scale_missing ? 1 : sqrt(E));
}

static int attention_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                              gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const double *q = in[0].data, *k = in[1].data, *v = in[2].data, *dy = dout[0].data;
    double *dq = din[0].data, *dk = din[1].data, *dv = din[2].data, p[SEQ][SEQ], ds[SEQ][SEQ];
    (void)out;
    attend(in, p);
    for (int i = 0; i < SEQ; i++) score_derivatives(m, v, dy + i * E, p[i], ds[i]);
    for (int i = 0; i < SEQ; i++)
        for (int e = 0; e < E; e++) {
            double sum_q = 0, sum_k = 0, sum_v = 0, through = dy[i * E + e];
            for (int j = 0; j < SEQ; j++) {
                sum_q += ds[i][j] * k[j * E + e];
                sum_k += (m == dk_transposed ? ds[i][j] : ds[j][i]) * q[j * E + e];
                sum_v += (m == dv_transposed  ? p[i][j]
                          : m == dv_of_scores ? ds[j][i]
                                              : p[j][i]) *
                         dy[j * E + e];
            }
            dq[i * E + e] = m == residual_missing      ? sum_q
                            : m == residual_overwrites ? through
                                                       : sum_q + through;
            dk[i * E + e] = m == dk_is_dq ? dq[i * E + e] : sum_k;
            dv[i * E + e] = sum_v;
        }
    return 0;
}

static void attention_build(struct zoo_problem *z)
{
    zoo_input(z, "q", GC_GRAD, ZOO_DIMS(SEQ, E));
    zoo_input(z, "k", GC_GRAD, ZOO_DIMS(SEQ, E));
    zoo_input(z, "v", GC_GRAD | GC_LINEAR, ZOO_DIMS(SEQ, E));
    zoo_output(z, "y", ZOO_DIMS(SEQ, E));
    z->p.forward = attention_forward;
    z->p.backward = attention_backward;
}

#define RNN(name, tensors, words)                                 \
    {                                                             \
        "rnn", #name, words, rnn_build, name, tensors, GC_FAIL, 0 \
    }
#define EMBEDDING(name, words)                                              \
    {                                                                       \
        "embedding", #name, words, embedding_build, name, TABLE, GC_FAIL, 0 \
    }
#define ATTENTION(name, tensors, words)                                       \
    {                                                                         \
        "attention", #name, words, attention_build, name, tensors, GC_FAIL, 0 \
    }
#define ATTENTION_BREACH(name, tensors, words)                                           \
    {                                                                                    \
        "attention", #name, words, attention_build, name, tensors, GC_CONTRACT_BROKEN, 0 \
    }

static const struct zoo_case rows[] = {
    { "rnn", "right", "nothing", rnn_build, right, 0, GC_PASS, 0 },
    RNN(last_step_only, W | U, "the gradient of the last step alone: time is cut off"),
    RNN(first_step_skipped, W | U, "the first step is not counted"),
    RNN(overwritten, W | U, "= instead of += over time"),
    RNN(w_of_next_h, W, "dw pairs with the state after the step"),
    RNN(u_shifted, U, "du pairs with the next input"),
    RNN(w_transposed, W | U | H0, "w not transposed on the way back"),
    RNN(derivative_missing, W | U | H0, "tanh differentiated at the first step only"),
    RNN(h0_zero, H0, "no gradient for the initial state"),
    RNN(h0_one_step_short, H0, "the first step is not gone back for dh0"),
    RNN(h0_derivative_missing, H0, "the first step without its tanh'"),
    { "embedding", "right", "nothing", embedding_build, right, 0, GC_PASS, 0 },
    EMBEDDING(repeats_overwritten, "= instead of += where a token repeats"),
    EMBEDDING(padding_row_too, "row 0 taken for padding"),
    EMBEDDING(mean_of_repeats, "repeats averaged"),
    EMBEDDING(index_off_by_one, "the gradient lands in the next row"),
    EMBEDDING(last_token_skipped, "the last token skipped"),
    { "attention", "right", "nothing", attention_build, right, 0, GC_PASS, 0 },
    ATTENTION(scale_missing, Q | K, "1/sqrt(E) missing in the backward"),
    ATTENTION(dk_transposed, K, "the scores not transposed for dk"),
    ATTENTION(dv_transposed, V, "the weights not transposed for dv"),
    ATTENTION(softmax_sum_missing, Q | K, "the softmax's sum is missing"),
    ATTENTION(residual_missing, Q, "the residual path gets no gradient"),
    ATTENTION(residual_overwrites, Q, "the residual path's gradient alone"),
    ATTENTION(dk_is_dq, K, "dq's buffer given back as dk"),
    ATTENTION_BREACH(dv_of_scores, V, "dv from the scores' gradient"),
};

const struct zoo_table zoo_shared = ZOO_TABLE(rows);
