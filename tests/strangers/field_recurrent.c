/* field_recurrent.c - cells in time and filters in space, by nested loops: RNN, GRU, LSTM,
 * convolution, pooling, residual. */
#include "stranger.h"

static double in(int k)
{
    return cos(2.3 * k + 0.4) - 0.1 * (k % 3);
}

static double sig(double z)
{
    return 1 / (1 + exp(-z));
}

/* ---- rnn: h = tanh(W h + U x + b), 3 units, 5 steps; x = W (3,3), U (3), b (3) ---- */

enum { truncated = 1, w_from_new_state, w_not_transposed_back };

enum { H = 3, STEPS = 5 };

static double rnn_run(const double *p, double h[STEPS + 1][H])
{
    double s = 0;
    memset(h[0], 0, sizeof h[0]);
    for (int t = 0; t < STEPS; t++)
        for (int i = 0; i < H; i++) {
            double a = p[9 + i] * in(t) + p[12 + i];
            for (int j = 0; j < H; j++) a += p[3 * i + j] * h[t][j];
            h[t + 1][i] = tanh(a);
        }
    for (int i = 0; i < H; i++) s += in(10 + i) * h[STEPS][i];
    return s * s + s;
}

static double rnn_loss(const double *p, size_t n, void *ctx)
{
    double h[STEPS + 1][H];
    (void)n, (void)ctx;
    return rnn_run(p, h);
}

static void rnn_grad(const double *p, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double h[STEPS + 1][H], dh[H], s = 0;
    memset(g, 0, n * sizeof *g);
    rnn_run(p, h);
    for (int i = 0; i < H; i++) s += in(10 + i) * h[STEPS][i];
    for (int i = 0; i < H; i++) dh[i] = (2 * s + 1) * in(10 + i);
    for (int t = STEPS - 1; t >= (bug == truncated ? STEPS - 2 : 0); t--) {
        double da[H], before[H] = { 0 };
        for (int i = 0; i < H; i++) {
            da[i] = dh[i] * (1 - h[t + 1][i] * h[t + 1][i]);
            g[9 + i] += da[i] * in(t);
            g[12 + i] += da[i];
            for (int j = 0; j < H; j++) {
                g[3 * i + j] += da[i] * h[bug == w_from_new_state ? t + 1 : t][j];
                before[j] += da[i] * p[bug == w_not_transposed_back ? 3 * j + i : 3 * i + j];
            }
        }
        memcpy(dh, before, sizeof dh);
    }
}

UNIT(rnn, 15, -1, 1, 0)

/* ---- gru: one unit, 4 steps; x = (w, u, b) for reset, update, candidate ---- */

enum { gates_exchanged = 10, reset_path_missing, carry_forgotten };

static double gru_run(const double *p, double *g, int bug)
{
    double h[5] = { 0.2 }, r[4], z[4], c[4], dh;
    for (int t = 0; t < 4; t++) {
        r[t] = sig(p[0] * in(t) + p[1] * h[t] + p[2]);
        z[t] = sig(p[3] * in(t) + p[4] * h[t] + p[5]);
        c[t] = tanh(p[6] * in(t) + p[7] * r[t] * h[t] + p[8]);
        h[t + 1] = (1 - z[t]) * h[t] + z[t] * c[t];
    }
    if (!g) return h[4] * h[4] + 0.3 * h[4];
    dh = 2 * h[4] + 0.3;
    for (int k = 0; k < 9; k++) g[k] = 0;
    for (int t = 3; t >= 0; t--) {
        double mix = bug == gates_exchanged ? 1 - z[t] : z[t];
        double dc = dh * mix * (1 - c[t] * c[t]);
        double dz = dh * (c[t] - h[t]) * z[t] * (1 - z[t]);
        double dr = dc * p[7] * h[t] * r[t] * (1 - r[t]);
        if (bug == reset_path_missing) dr = 0;
        g[0] += dr * in(t), g[1] += dr * h[t], g[2] += dr;
        g[3] += dz * in(t), g[4] += dz * h[t], g[5] += dz;
        g[6] += dc * in(t), g[7] += dc * r[t] * h[t], g[8] += dc;
        dh = (bug == carry_forgotten ? 0 : dh * (1 - mix)) + dc * p[7] * r[t] + dz * p[4] + dr * p[1];
    }
    return 0;
}

static double gru_loss(const double *p, size_t n, void *ctx)
{
    (void)n, (void)ctx;
    return gru_run(p, NULL, 0);
}

static void gru_grad(const double *p, size_t n, double *g, void *ctx)
{
    (void)n;
    gru_run(p, g, BUG(ctx));
}

UNIT(gru, 9, -1.5, 1.5, 0)

/* ---- lstm: one unit, 4 steps, a struct per step; x = (w, u, b) for input, forget, output, candidate
 * ---- */

typedef struct {
    double i, f, o, c, cell, h;
} Cell;

enum { cell_carry_missing = 20, tanh_of_cell_slope, forget_uses_new_cell };

static void lstm_run(const double *p, Cell *s)
{
    s[0] = (Cell){ .h = 0.1, .cell = 0.4 };
    for (int t = 1; t <= 4; t++) {
        s[t].i = sig(p[0] * in(t) + p[1] * s[t - 1].h + p[2]);
        s[t].f = sig(p[3] * in(t) + p[4] * s[t - 1].h + p[5]);
        s[t].o = sig(p[6] * in(t) + p[7] * s[t - 1].h + p[8]);
        s[t].c = tanh(p[9] * in(t) + p[10] * s[t - 1].h + p[11]);
        s[t].cell = s[t].f * s[t - 1].cell + s[t].i * s[t].c;
        s[t].h = s[t].o * tanh(s[t].cell);
    }
}

static double lstm_loss(const double *p, size_t n, void *ctx)
{
    Cell s[5];
    (void)n, (void)ctx;
    lstm_run(p, s);
    return exp(s[4].h) + 0.5 * s[2].h;
}

static void lstm_grad(const double *p, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    Cell s[5];
    lstm_run(p, s);
    double dh = exp(s[4].h), dcell = 0;
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int t = 4; t >= 1; t--) {
        double th = tanh(s[t].cell), d[4];
        if (t == 2) dh += 0.5;
        dcell += dh * s[t].o * (bug == tanh_of_cell_slope ? 1 : 1 - th * th);
        d[0] = dcell * s[t].c * s[t].i * (1 - s[t].i);
        d[1] = dcell * s[bug == forget_uses_new_cell ? t : t - 1].cell * s[t].f * (1 - s[t].f);
        d[2] = dh * th * s[t].o * (1 - s[t].o);
        d[3] = dcell * s[t].i * (1 - s[t].c * s[t].c);
        dh = 0;
        for (int k = 0; k < 4; k++) {
            g[3 * k] += d[k] * in(t), g[3 * k + 1] += d[k] * s[t - 1].h, g[3 * k + 2] += d[k];
            dh += d[k] * p[3 * k + 1];
        }
        dcell = bug == cell_carry_missing ? 0 : dcell * s[t].f;
    }
}

UNIT(lstm, 12, -1.5, 1.5, 0)

/* ---- conv: image (5,5), kernel (3,3), zero padding 1, stride 2; x = image, kernel; loss = sum
 * softplus ---- */

enum { padding_wraps = 30, kernel_flipped, stride_ignored, border_left_out };

static double pixel(const double *x, int r, int c)
{
    return r < 0 || r > 4 || c < 0 || c > 4 ? 0 : x[5 * r + c];
}

static double conv_out(const double *x, int r, int c)
{
    double a = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) a += x[25 + 3 * i + j] * pixel(x, 2 * r + i - 1, 2 * c + j - 1);
    return a;
}

static double conv_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)n, (void)ctx;
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++) s += (1 + in(3 * r + c)) * log(1 + exp(conv_out(x, r, c)));
    return s;
}

static void conv_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx), stride = bug == stride_ignored ? 1 : 2;
    memset(g, 0, n * sizeof *g);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++) {
            double d = (1 + in(3 * r + c)) * sig(conv_out(x, r, c));
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++) {
                    int y = stride * r + i - 1, z = stride * c + j - 1;
                    if (bug == padding_wraps) y = (y + 5) % 5, z = (z + 5) % 5;
                    if (y < 0 || y > 4 || z < 0 || z > 4) continue;
                    if (bug == border_left_out && (y == 0 || z == 0)) continue;
                    int k = bug == kernel_flipped ? 3 * (2 - i) + 2 - j : 3 * i + j;
                    g[5 * y + z] += d * x[25 + k];
                    g[25 + 3 * i + j] += d * x[5 * y + z];
                }
        }
}

UNIT(conv, 34, -1, 1, 0)

/* ---- avgpool: 3x3 windows of a (6,6) image, then a residual block y = p + tanh(p) ---- */

enum { divided_by_four = 40, residual_missing };

static double avgpool_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)n, (void)ctx;
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) {
            double p = 0;
            for (int k = 0; k < 9; k++) p += x[6 * (r + k / 3) + c + k % 3] / 9;
            s += in(4 * r + c) * (p + tanh(2 * p));
        }
    return s;
}

static void avgpool_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) {
            double p = 0, d;
            for (int k = 0; k < 9; k++) p += x[6 * (r + k / 3) + c + k % 3] / 9;
            d = in(4 * r + c) * ((bug == residual_missing ? 0 : 1) + 2 * (1 - tanh(2 * p) * tanh(2 * p)));
            for (int k = 0; k < 9; k++)
                g[6 * (r + k / 3) + c + k % 3] += d / (bug == divided_by_four ? 4 : 9);
        }
}

UNIT(avgpool, 36, -1, 1, 0)

/* ---- glu: a gated layer in one array, halves a and b: sum c a sigmoid(b) ---- */

enum { halves_exchanged = 50 };

static double glu_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n / 2; i++) s += in((int)i) * x[i] * sig(x[n / 2 + i]);
    return s;
}

static void glu_grad(const double *x, size_t n, double *g, void *ctx)
{
    size_t half = n / 2;
    for (size_t i = 0; i < half; i++) {
        double z = sig(x[half + i]), da = in((int)i) * z, db = in((int)i) * x[i] * z * (1 - z);
        g[BUG(ctx) ? half + i : i] = da;
        g[BUG(ctx) ? i : half + i] = db;
    }
}

UNIT(glu, 14, -2, 2, 0)

ROWS = {
    RIGHT(OPEN, rnn, "back through five steps"),
    WRONG(OPEN, rnn, truncated, SUM | TERM, "only the last two of five steps"),
    WRONG(KEPT, rnn, w_from_new_state, FORMULA, "dW from the state after the step"),
    WRONG(OPEN, rnn, w_not_transposed_back, FORMULA | INDEX, "W for its transpose on the way back"),
    RIGHT(OPEN, gru, "three gates"),
    WRONG(KEPT, gru, gates_exchanged, FORMULA, "z and 1 - z are exchanged on the way back"),
    WRONG(OPEN, gru, reset_path_missing, TERM | RANGE, "the reset gate gets no gradient"),
    WRONG(OPEN, gru, carry_forgotten, TERM, "the carried state has no path back"),
    RIGHT(KEPT, lstm, "four gates, a struct per step"),
    WRONG(OPEN, lstm, cell_carry_missing, TERM, "the cell is not carried back"),
    WRONG(OPEN, lstm, tanh_of_cell_slope, CHAIN | FORMULA, "the derivative of tanh(cell) is missing"),
    WRONG(KEPT, lstm, forget_uses_new_cell, FORMULA, "the forget gate's gradient from the new cell"),
    RIGHT(OPEN, conv, "padding and stride"),
    WRONG(OPEN, conv, padding_wraps, MASK | FORMULA, "the padding wraps around on the way back"),
    WRONG(KEPT, conv, kernel_flipped, INDEX,
          "the kernel is flipped for the image's gradient: one tensor of two"),
    WRONG(OPEN, conv, stride_ignored, INDEX | FORMULA, "the stride is forgotten on the way back"),
    WRONG(OPEN, conv, border_left_out, MASK | RANGE | FORMULA, "the first row and column are left out"),
    RIGHT(KEPT, avgpool, "overlapping windows, a residual"),
    WRONG(OPEN, avgpool, divided_by_four, FACTOR | MEAN, "windows of nine divided by four"),
    WRONG(OPEN, avgpool, residual_missing, TERM, "the shortcut is missing"),
    RIGHT(KEPT, glu, "two halves of one array"),
    WRONG(OPEN, glu, halves_exchanged, INDEX, "the halves are exchanged"),
};

FIELD(recurrent)
