/* errata.c - what the articles print about backpropagation: each formula's value as
 * printed, and the true one.
 *
 * The truth is what the library's forward routines compute, or the complex step of the loss through them.
 *
 *   hand     the network of the section "By hand" with a sigmoid at its output too: 2-2-1, t = 1
 *   worked   the worked example of article 003, section 4.2: x = (1, 0), layers of 3, all
 *            weights and biases 1, t = 0
 *
 * Both have the loss 1/2 sum (a - t)^2 of articles 001 to 004.
 */
#include <complex.h>
#undef I
#include <math.h>
#include "../../reference/reference.h"
#include "../errata.h"

enum { LAYERS = 3, WIDTH = 3 };

/* Layer l reads in[l], which layer l - 1 wrote. Numbers only, so that an element is known by its place. */
struct net {
    double _Complex in[LAYERS + 1][WIDTH], w[LAYERS][WIDTH * WIDTH], b[LAYERS][WIDTH], z[LAYERS][WIDTH];
    double _Complex t[WIDTH], L;
};

static const int hand_size[] = { 2, 2, 1, 0 }, worked_size[] = { 2, 3, 3, 3 };
static struct net hand = { .in = { { 2, -1 } },
                           .w = { { 0.5, 1.5, 1, -0.25 }, { 1.5, -0.75 } },
                           .b = { { -0.5, -0.25 }, { 0.5 } },
                           .t = { 1 } };
static struct net worked = {
    .in = { { 1, 0 } },
    .w = { { 1, 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
    .b = { { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } }
};

/* Everything behind the sum z[layer], or from that sum on if `with_sum`. */
static void run(struct net *n, int layer, int with_sum)
{
    const int *size = n == &worked ? worked_size : hand_size;
    int last = n == &worked ? 3 : 2;
    for (int l = layer; l < last; l++) {
        if (l > layer || with_sum)
            dense_forward_cplx(1, size[l], size[l + 1], n->in[l], n->w[l], n->b[l], n->z[l]);
        sigmoid_forward_cplx(size[l + 1], n->z[l], n->in[l + 1]);
    }
    mse_forward_cplx(size[last], n->in[last], n->t, &n->L, REDUCE_MEAN);
    n->L *= size[last] / 2.0;
}

/* dL/d(*v), v in `n`, by complex step; what follows is computed anew as run(n, layer, with_sum) does */
static double slope(struct net *n, double _Complex *v, int layer, int with_sum)
{
    const double h = 0x1p-300;
    double _Complex kept = *v;
    *v = CMPLX(creal(kept), h);
    run(n, layer, with_sum);
    double d = cimag(n->L) / h;
    *v = kept;
    run(n, 0, 1);
    return d;
}

static double bend(double z) /* sigma'(z) */
{
    double a;
    sigmoid_forward_f64(1, &z, &a);
    return a * (1 - a);
}

/* ---- article 000 ---- */

/* 3.3 and 4.1: y = w x + b at three points, where w is 1 and b is 0 */
enum { N = 3 };
static const double at[N] = { 1, 2, 3 }, wanted[N] = { 2, 3, 5 }, yes[N] = { 0, 1, 1 }, one = 1, rate = 0.1;

/* J is the mean of the squared errors, or the cross-entropy of sigmoid(y) */
enum line_loss { SQUARES, ENTROPY };

/* dJ/dw, or dJ/db, by complex step */
static double line_slope(enum line_loss loss, int of_b)
{
    const double h = 0x1p-300;
    double _Complex in[N], y[N], p[N], J = 0, w = CMPLX(1, of_b ? 0 : h), b = CMPLX(0, of_b ? h : 0);
    for (int n = 0; n < N; n++) in[n] = at[n];
    dense_forward_cplx(N, 1, 1, in, &w, &b, y);
    sigmoid_forward_cplx(N, y, p);
    for (int n = 0; n < N; n++)
        J += loss == SQUARES ? (y[n] - wanted[n]) * (y[n] - wanted[n])
                             : -yes[n] * clog(p[n]) - (1 - yes[n]) * clog(1 - p[n]);
    return cimag(J) / N / h;
}

/* how far the library's step moves w, or b, by its own gradient of that loss */
static double line_step(enum line_loss loss, int of_b)
{
    const double w = 1, b = 0;
    double y[N], dy[N], dw, db, moved = of_b ? b : w;
    dense_forward_f64(N, 1, 1, at, &w, &b, y);
    if (loss == SQUARES)
        mse_backward_f64(N, y, wanted, &one, dy, REDUCE_MEAN);
    else
        bce_logits_backward_f64(N, y, yes, &one, dy, REDUCE_MEAN);
    dense_backward_dw_f64(N, 1, 1, at, dy, &dw, &db);
    sgd_step_f64(1, of_b ? &db : &dw, &moved, rate);
    return moved - (of_b ? b : w);
}

static void line(const char *where, const char *formula, enum line_loss loss, int of_b)
{
    errata_right(where, formula, -rate * line_slope(loss, of_b), line_step(loss, of_b));
}

static void one_weight(void)
{
    double sum_w = 0, sum_b = 0;
    for (int n = 0; n < N; n++) sum_w += (at[n] - wanted[n]) * at[n], sum_b += at[n] - wanted[n];
    line("000 3.3", "Dw = -rate dMSE/dw", SQUARES, 0);
    line("000 3.3", "Db = -rate dMSE/db", SQUARES, 1);
    line("000 3.3", "Dw = -rate dCE/dw", ENTROPY, 0);
    line("000 3.3", "Db = -rate dCE/db", ENTROPY, 1);
    line("000 4.1", "Dw = -rate dJ/dw", SQUARES, 0);
    line("000 4.1", "Db = -rate dJ/db", SQUARES, 1);
    errata_row("000 4.1", "Dw = -rate 2 (yhat_i - y_i) x_i", -rate * 2 * (at[0] - wanted[0]) * at[0],
               line_step(SQUARES, 0), -rate * 2 / N * sum_w, "i = 1 alone, no mean");
    errata_row("000 4.1", "Db = -rate 2 (yhat_i - y_i)", -rate * 2 * (at[0] - wanted[0]),
               line_step(SQUARES, 1), -rate * 2 / N * sum_b, "i = 1 alone, no mean");
}

/* da_out/dz of hidden neuron 2 */
static double output_by_hidden(void)
{
    const double h = 0x1p-300;
    struct net moved = hand;
    moved.z[0][1] += CMPLX(0, h);
    sigmoid_forward_cplx(2, moved.z[0], moved.in[1]);
    dense_forward_cplx(1, 2, 1, moved.in[1], moved.w[1], moved.b[1], moved.z[1]);
    sigmoid_forward_cplx(1, moved.z[1], moved.in[2]);
    return cimag(moved.in[2][0]) / h;
}

static void article_000(void)
{
    double z = creal(hand.z[1][0]), a = creal(hand.in[1][1]), y = creal(hand.in[2][0]), t = creal(hand.t[0]);
    double da = slope(&hand, &hand.in[2][0], 2, 1), dz = slope(&hand, &hand.z[1][0], 1, 0);
    double dw = slope(&hand, &hand.w[1][1], 1, 1), moved = creal(hand.w[1][1]);
    one_weight();
    errata_right("000 4.3", "dL/dz^l = dL/da^(l+1) da^(l+1)/dz^l", da * output_by_hidden(),
                 slope(&hand, &hand.z[0][1], 0, 0));
    errata_row("000 4.3", "dL/dz^l = dL/dz^l s'(z^l)", dz * bend(z), dz, da * bend(z), "dL/dz for dL/da");
    errata_right("000 4.3", "dJ/dw = dJ/da3 da3/dz3 dz3/dw", da * bend(z) * a, dw);
    errata_right("000 4.3", "dJ/dw = dJ/da3 s'(z3) x2, x2 being a2", da * bend(z) * a, dw);
    errata_row("000 4.3", "dJ/dw = (yhat - y) s'(z3) x2, J of 4.1", (y - t) * bend(z) * a, 2 * dw,
               2 * (y - t) * bend(z) * a, "J has no 1/2");
    sgd_step_f64(1, &dw, &moved, 0.1);
    errata_right("000 4.4", "w_new = w_old - rate dJ/dw", creal(hand.w[1][1]) - 0.1 * dw, moved);
}

/* ---- article 001, which is two texts, I and II ---- */

/* sigmoid(w2 relu(w1 x + b1) + b2) of hand's numbers, with or without the biases */
static double relu_network(int biases)
{
    struct net n = hand;
    if (!biases) n.b[0][0] = n.b[0][1] = n.b[1][0] = 0;
    dense_forward_cplx(1, 2, 2, n.in[0], n.w[0], n.b[0], n.z[0]);
    relu_forward_cplx(2, n.z[0], n.in[1]);
    dense_forward_cplx(1, 2, 1, n.in[1], n.w[1], n.b[1], n.z[1]);
    sigmoid_forward_cplx(1, n.z[1], n.in[2]);
    return creal(n.in[2][0]);
}

/* the sum z[l][o] as printed: bias and products one by one */
static double sum_of(const struct net *n, const int *size, int l, int weights_of, int bias_of)
{
    double z = creal(n->b[l][bias_of]);
    for (int i = 0; i < size[l]; i++) z += creal(n->w[l][weights_of * size[l] + i]) * creal(n->in[l][i]);
    return z;
}

static void article_001(void)
{
    double z = creal(hand.z[1][0]), y = creal(hand.in[2][0]), t = creal(hand.t[0]);
    double dz = slope(&hand, &hand.z[1][0], 1, 0), dw = slope(&hand, &hand.w[1][1], 1, 1);
    double w = creal(hand.w[1][1]), moved = w, no_biases = relu_network(0), biases = relu_network(1);
    sgd_step_f64(1, &dw, &moved, 0.1);
    errata_row("001 I 4.1", "yhat = s(W_L ReLU(... ReLU(W_1 x)))", no_biases, biases, biases, "no biases");
    errata_row("001 I 4.1", "delta_L = (y - yhat) s'(yhat)", (t - y) * bend(y), dz, (y - t) * bend(z),
               "sign; s' at yhat, not z");
    errata_right("001 I 4.1", "W_L = W_L - rate dLoss/dW", w - 0.1 * dw, moved);
    errata_right("001 II 4.1", "z = sum w_i x_i + b", sum_of(&hand, hand_size, 0, 1, 1), creal(hand.z[0][1]));
    errata_right("001 II 4.1", "w_new = w - rate dLoss/dw", w - 0.1 * dw, moved);
    errata_row("001 II 4.2", "z^l = s(W^l a^(l-1) + b^l)", y, z, sum_of(&hand, hand_size, 1, 0, 0),
               "this is a^l");
    errata_row("001 II 4.2", "delta^2 = (2 - a) a (1 - a)", (2 - y) * y * (1 - y), dz, (y - t) * y * (1 - y),
               "2 - a for a - y");
    errata_right("001 II 4.2", "W_new = W - rate dLoss/dW", w - 0.1 * dw, moved);
}

/* ---- article 002 ---- */

static void article_002(void)
{
    double z1 = creal(hand.z[0][1]), z2 = creal(hand.z[1][0]), y = creal(hand.in[2][0]), t = creal(hand.t[0]);
    double delta1 = slope(&hand, &hand.z[0][1], 0, 0), delta2 = slope(&hand, &hand.z[1][0], 1, 0);
    double dw = slope(&hand, &hand.w[1][1], 1, 1), db = slope(&hand, &hand.b[1][0], 1, 1);
    double w = creal(hand.w[1][1]), b = creal(hand.b[1][0]), moved_w = w, moved_b = b;
    sgd_step_f64(1, &dw, &moved_w, 0.1);
    sgd_step_f64(1, &db, &moved_b, 0.1);
    errata_right("002 core 1", "z = sum w_i x_i + b", sum_of(&hand, hand_size, 0, 1, 1), z1);
    errata_right("002 core 3", "delta = f'(z) (output - truth)", bend(z2) * (y - t), delta2);
    errata_right("002 1.3", "theta = theta - rate dJ/dtheta", w - 0.1 * dw, moved_w);
    errata_right("002 2.1", "z_l = sum w_li a_(l-1),i + b_l", sum_of(&hand, hand_size, 1, 0, 0), z2);
    errata_right("002 2.1", "a_l = f(z_l)", 1 / (1 + exp(-z2)), y);
    errata_row("002 2.2", "delta_l = f'(z_l) delta_(l+1)", bend(z1) * delta2, delta1, bend(z1) * w * delta2,
               "the weights between are lost");
    errata_right("002 2.2", "dJ/dw_li = a_(l-1),i delta_l", creal(hand.in[1][1]) * delta2, dw);
    errata_right("002 2.2", "dJ/db_l = delta_l", delta2, db);
    errata_right("002 2.3", "w_li = w_li - rate dJ/dw_li", w - 0.1 * dw, moved_w);
    errata_right("002 2.3", "b_l = b_l - rate dJ/db_l", b - 0.1 * db, moved_b);
}

/* ---- article 003 ---- */

/* W^T delta of the layer above, for one neuron of a layer of ones */
static double from_above(int l)
{
    double sum = 0;
    for (int o = 0; o < 3; o++) sum += creal(worked.w[l][3 * o]) * slope(&worked, &worked.z[l][o], l, 0);
    return sum;
}

static void article_003_forward(void)
{
    static const char *const sum[] = { "z_1 = 4", "z_2 = 4", "z_3 = 4" };
    static const char *const act[] = { "a_1 = s(z_1) = 1", "a_2 = s(z_2) = 1", "a_3 = s(z_3) = 1" };
    static const char *const mistake[] = { "shapes; x is not in it", "by a_1 = 1", "by a_2 = 1" };
    const double four = 4;
    double rounded, a;
    sigmoid_forward_f64(1, &four, &rounded);
    errata_right("003 4.1", "z_l = sum W_lk a_(l-1),k + b_l", sum_of(&worked, worked_size, 1, 0, 0),
                 creal(worked.z[1][0]));
    errata_right("003 4.1", "a_l = s(z_l)", 1 / (1 + exp(-creal(worked.z[1][0]))), creal(worked.in[2][0]));
    errata_row("003 4.2", "s(4) = 1", 1, rounded, 1 / (1 + exp(-4)), "0.98, and s(z) < 1 for every z");
    for (int l = 0; l < LAYERS; l++) {
        double z = sum_of(&worked, worked_size, l, 0, 0);
        sigmoid_forward_f64(1, &z, &a);
        errata_row("003 4.2", sum[l], 4, creal(worked.z[l][0]), z, mistake[l]);
        errata_row("003 4.2", act[l], 1, creal(worked.in[l + 1][0]), a, "by z, and rounded up");
    }
}

static void article_003_backward(void)
{
    double t = creal(worked.t[0]), a[LAYERS], z[LAYERS], dz[LAYERS];
    for (int l = 0; l < LAYERS; l++) {
        a[l] = creal(worked.in[l + 1][0]);
        z[l] = creal(worked.z[l][0]);
        dz[l] = slope(&worked, &worked.z[l][0], l, 0);
    }
    errata_right("003 4.1", "dz_l = dL/dz_l", from_above(2) * bend(z[1]), dz[1]);
    errata_right("003 4.1", "dW_lk = a_(l-1),k dz_l", a[0] * dz[1], slope(&worked, &worked.w[1][0], 1, 1));
    errata_right("003 4.1", "db_l = dz_l", dz[1], slope(&worked, &worked.b[1][0], 1, 1));
    errata_row("003 4.2", "dz_3 = -2 (y - a_3)", -2 * (t - a[2]), dz[2], (a[2] - t) * bend(z[2]),
               "L has 1/2; s'(z_3) is lost");
    errata_row("003 4.2", "dz_2 = -2 (a_2 - a_3)", -2 * (a[1] - a[2]), dz[1], from_above(2) * bend(z[1]),
               "activations are no targets");
    errata_row("003 4.2", "dz_1 = -2 (a_1 - a_2)", -2 * (a[0] - a[1]), dz[0], from_above(1) * bend(z[0]),
               "activations are no targets");
    errata_right("003 4.2", "dW_32 = a_2 dz_3", a[1] * dz[2], slope(&worked, &worked.w[2][0], 2, 1));
    errata_right("003 4.2", "db_32 = dz_3", dz[2], slope(&worked, &worked.b[2][0], 2, 1));
    errata_right("003 4.2", "dW_31 = a_1 dz_2", a[0] * dz[1], slope(&worked, &worked.w[1][0], 1, 1));
    errata_right("003 4.2", "db_31 = dz_2", dz[1], slope(&worked, &worked.b[1][0], 1, 1));
}

/* ---- article 004 ---- */

static void article_004(void)
{
    static const int wide_size[] = { 2, 2, 2 }; /* hand with a second output neuron */
    struct net wide = hand;
    wide.w[1][2] = -0.5, wide.w[1][3] = 2, wide.b[1][1] = 0.25;
    dense_forward_cplx(1, 2, 2, wide.in[1], wide.w[1], wide.b[1], wide.z[1]);
    static const int sizes[] = { 784, 500, 10 };
    double z = creal(hand.z[1][0]), a = creal(hand.in[1][1]), y = creal(hand.in[2][0]), t = creal(hand.t[0]);
    double dz = slope(&hand, &hand.z[1][0], 1, 0), dw = slope(&hand, &hand.w[1][1], 1, 1);
    double db = slope(&hand, &hand.b[1][0], 1, 1), has = (double)mlp_params_f64(2, sizes);
    errata_right("004 4.1", "z_ij = sum w_ik x_k + b_i", sum_of(&hand, hand_size, 0, 1, 1),
                 creal(hand.z[0][1]));
    errata_right("004 4.1", "y_j = s(z_j)", 1 / (1 + exp(-z)), y);
    errata_row("004 4.1", "dL/dw = (z - yhat) dyhat/dz dz/dw", (z - y) * bend(z) * a, dw,
               (y - t) * bend(z) * a, "z - yhat for yhat - y");
    errata_row("004 4.1", "dL/db = (z - yhat) dyhat/dz dz/db", (z - y) * bend(z), db, (y - t) * bend(z),
               "z - yhat for yhat - y");
    errata_right("004 4.2", "z_ij = sum w_ik x_k + b_i", sum_of(&hand, hand_size, 0, 1, 1),
                 creal(hand.z[0][1]));
    errata_right("004 4.2", "z_j = sum w_ij a_ij + b_j, a_ij being a_i", sum_of(&hand, hand_size, 1, 0, 0),
                 z);
    errata_right("004 4.2", "y_j = s(z_j) = 1/(1 + e^-z_j)", 1 / (1 + exp(-z)), y);
    errata_right("004 4.2", "dL/dz_j = (y_j - y*) s'(z_j)", (y - t) * bend(z), dz);
    errata_right("004 4.2", "dL/dw_ij = dL/dz_j a_ij, a_ij being a_i", dz * a, dw);
    errata_right("004 4.2", "dL/db_j = dL/dz_j", dz, db);
    errata_row("004 4.3", "z_1j = sum W_1i x_i + b_1j, j = 2", sum_of(&hand, hand_size, 0, 0, 1),
               creal(hand.z[0][1]), sum_of(&hand, hand_size, 0, 1, 1), "W has no j");
    errata_right("004 4.3", "a_1j = s(z_1j)", 1 / (1 + exp(-creal(hand.z[0][1]))), a);
    errata_row("004 4.3", "z_2j = sum W_2i a_1i + b_2j, j = 2", sum_of(&wide, wide_size, 1, 0, 1),
               creal(wide.z[1][1]), sum_of(&wide, wide_size, 1, 1, 1), "W has no j");
    errata_right("004 4.3", "a_2j = s(z_2j)", 1 / (1 + exp(-z)), y);
    errata_row("004 4.3", "784-500-10: numbers that these W, b hold", 784 + 500 + 500 + 10 + 10 + 10, has,
               785 * 500 + 501 * 10, "no j; a layer too many");
    errata_right("004 4.3", "dL/dz_3j = (y_j - y*) s'(z_3j)", (y - t) * bend(z), dz);
    errata_right("004 4.3", "dL/dW_3j = (y_j - y*) s'(z_3j) a_2j", (y - t) * bend(z) * a, dw);
    errata_right("004 4.3", "dL/db_3j = dL/dz_3j", (y - t) * bend(z), db);
}

int main(void)
{
    run(&hand, 0, 1);
    run(&worked, 0, 1);
    errata_head();
    article_000();
    article_001();
    article_002();
    article_003_forward();
    article_003_backward();
    article_004();
    return errata_end();
}
