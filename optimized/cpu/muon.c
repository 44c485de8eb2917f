/* muon.c - the CPU ladder of Muon: the iteration, and the step with it.
 *
 *   x, y, dw, w, m (rows,cols), row-major; X is the same matrix seen from its short side, (k,n) with k <= n
 *
 *   A (k,k) = X X^T        B (k,k) = a I + b A + c A A        X (k,n) = B X
 *
 * Nothing is transposed for a tall matrix: gemm.h's strides say which way X lies. Nearly all the time goes
 * into the three products, so that their ladder (dense.c) is this one's, and each rung here is its best rung.
 */
#include "../op.h"
#include "../../base/memory.h"
#include "../../reference/muon.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "../workspace.h"
#include "gemm.h"
#include "ladders.h"

struct side { /* element (i,l) of X lies at i * row + l * col */
    int k, n;
    ptrdiff_t row, col;
};

static struct side short_side(int rows, int cols)
{
    if (rows > cols) return (struct side){ cols, rows, 1, cols };
    return (struct side){ rows, cols, cols, 1 };
}

struct way {
    void (*product)(const struct gemm *g);
    int half;  /* A and A A: only what is on and below the diagonal */
    int pairs; /* of these, two panels per piece of work            */
};

struct iteration {
    const struct way *way;
    struct side side;
    int coefficients;
    uint64_t steps;
};

/* ---- products with a symmetric result ---- */

enum { PANEL = 128, TILE = 16 }; /* rows of a panel; TILE x TILE floats and their mirror image stay in L1 */

static int least(int a, int b)
{
    return a < b ? a : b;
}

struct gram {
    const struct way *way;
    struct side side;
    const float *x;
    float *c;
    int panels;
};

/* rows i..i+h of c (k,k) = x (k,n) x^T, columns 0..width */
static void rows_of_gram(const struct gram *m, int i, int h, int width)
{
    struct side s = m->side;
    struct gemm g = { .M = h, .N = width, .K = s.n, .a = m->x + i * s.row, .a_row = s.row, .a_col = s.col };
    g.b = m->x, g.b_row = s.col, g.b_col = s.row;
    g.c = m->c + (ptrdiff_t)i * s.k, g.c_row = s.k, g.c_col = 1;
    m->way->product(&g);
}

static void mirror_tile(int k, float *c, int i, int j)
{
    for (int r = i; r < least(i + TILE, k); r++)
        for (int q = j; q < least(j + TILE, r); q++)
            c[(size_t)q * (size_t)k + (size_t)r] = c[(size_t)r * (size_t)k + (size_t)q];
}

/* rows PANEL p and following up to the diagonal, and their mirror image above it */
static void panel_of_gram(const struct gram *m, int p)
{
    int i = p * PANEL, end = least(i + PANEL, m->side.k);
    rows_of_gram(m, i, end - i, end);
    for (int r = i; r < end; r += TILE)
        for (int j = 0; j <= r; j += TILE) mirror_tile(m->side.k, m->c, r, j);
}

/* The first and the last panel take as long together as the second and the last but one. */
static void pair_of_panels(int pair, void *arg)
{
    const struct gram *m = arg;
    int last = m->panels - 1 - pair;
    panel_of_gram(m, last);
    if (pair < last) panel_of_gram(m, pair);
}

/* c (k,k) = x (k,n) x^T */
static void gram(const struct way *way, struct side s, const float *x, float *c)
{
    struct gram m = { way, s, x, c, (s.k + PANEL - 1) / PANEL };
    if (!way->half) {
        rows_of_gram(&m, 0, s.k, s.k);
    } else if (way->pairs && m.panels > 1 && team_present() <= (m.panels + 1) / 2) {
        team_run((m.panels + 1) / 2, pair_of_panels, &m);
    } else {
        for (int p = 0; p < m.panels; p++) panel_of_gram(&m, p);
    }
}

/* ---- the iteration ---- */

/* y = b (k,k) x on the short side; b is symmetric, so that a tall x may have it on its right */
static void apply(const struct way *way, struct side s, const float *b, const float *x, float *y)
{
    struct gemm g = { .M = s.k, .N = s.n, .K = s.k, .a = b, .a_row = s.k, .a_col = 1 };
    g.b = x, g.b_row = s.n, g.b_col = 1, g.c = y, g.c_row = s.n, g.c_col = 1;
    if (s.row == 1) {
        g.M = s.n, g.N = s.k;
        g.a = x, g.b = b, g.b_row = g.c_row = s.k;
    }
    way->product(&g);
}

/* b (k,k) = a I + b A + c b */
static void factor(struct muon_triple p, int k, const float *A, float *b)
{
    const float of_one = (float)p.a, of_a = (float)p.b, of_square = (float)p.c;
    for (size_t e = 0, n = (size_t)k * (size_t)k; e < n; e++) b[e] = of_a * A[e] + of_square * b[e];
    for (int i = 0; i < k; i++) b[(size_t)i * (size_t)k + (size_t)i] += of_one;
}

/* Iterates in x and `other` by turns, from x on; A and B have room for k x k each. The result is in x if
 * the steps are even in number. */
static void iterate(const struct iteration *it, float *x, float *other, float *A, float *B)
{
    const struct side square = { it->side.k, it->side.k, it->side.k, 1 };
    for (uint64_t step = 0; step < it->steps; step++) {
        float *from = step % 2 ? other : x, *to = step % 2 ? x : other;
        gram(it->way, it->side, from, A);
        gram(it->way, square, A, B);
        factor(muon_triple(it->coefficients, step), it->side.k, A, B);
        apply(it->way, it->side, B, from, to);
    }
}

static float *room_for(size_t floats, int rows, int cols)
{
    float *room = workspace_floats_of_caller(floats);
    if (!room)
        memory_fail("out of memory: cannot allocate %zu bytes for Newton-Schulz of %dx%d", 4 * floats, rows,
                    cols);
    return room;
}

/* what x is multiplied by: 1 / (||x||_F + eps). Sums in double neither overflow nor stand still. */
static double inverse_norm(const struct iteration *it, size_t n, const float *x, double eps)
{
    double lane[8] = { 0 }, sum = 0;
    size_t e = 0;
    for (; e + 8 <= n; e += 8)
        for (int l = 0; l < 8; l++) lane[l] += (double)x[e + (size_t)l] * (double)x[e + (size_t)l];
    for (; e < n; e++) sum += (double)x[e] * (double)x[e];
    for (int l = 0; l < 8; l++) sum += lane[l];
    return 1 / (muon_margin(it->coefficients) * sqrt(sum) + eps);
}

static void scale(size_t n, double by, const float *x, float *y)
{
    for (size_t e = 0; e < n; e++) y[e] = (float)(by * (double)x[e]);
}

static void newton_schulz(const struct way *way, int rows, int cols, const float *x, float *y,
                          int coefficients, uint64_t steps, double eps)
{
    struct iteration it = { way, short_side(rows, cols), coefficients, steps };
    size_t n = (size_t)rows * (size_t)cols, square = (size_t)it.side.k * (size_t)it.side.k;
    float *A = room_for(2 * square + n, rows, cols), *B = A + square, *other = B + square;
    float *first = steps % 2 ? other : y; /* so that the last step writes y */
    scale(n, inverse_norm(&it, n, x, eps), x, first);
    iterate(&it, first, first == y ? other : y, A, B);
}

/* ---- the step ---- */

struct step {
    float keep, add, rate, decayed;
    uint64_t nesterov;
};

/* m = mu m + (1 - mu) dw, u likewise */
static void mean(const struct step *s, size_t n, const float *restrict dw, float *restrict m,
                 float *restrict u)
{
    if (s->nesterov)
        for (size_t e = 0; e < n; e++)
            m[e] = s->keep * m[e] + s->add * dw[e], u[e] = s->keep * m[e] + s->add * dw[e];
    else
        for (size_t e = 0; e < n; e++) u[e] = m[e] = s->keep * m[e] + s->add * dw[e];
}

static void move(const struct step *s, size_t n, const float *restrict o, float *restrict w)
{
    for (size_t e = 0; e < n; e++) w[e] = s->decayed * w[e] - s->rate * o[e];
}

#define MUON_ARGUMENTS                                                                                \
    int rows, int cols, const float *dw, float *w, float *m, double lr, double mu, uint64_t nesterov, \
        double wd, int adjust, int coefficients, uint64_t steps, double eps

static void muon_step(const struct way *way, MUON_ARGUMENTS)
{
    struct iteration it = { way, short_side(rows, cols), coefficients, steps };
    struct step s = { (float)mu, (float)(1 - mu), (float)muon_rate(rows, cols, lr, adjust),
                      (float)(1 - lr * wd), nesterov };
    size_t n = (size_t)rows * (size_t)cols, square = (size_t)it.side.k * (size_t)it.side.k;
    float *A = room_for(2 * square + 2 * n, rows, cols), *B = A + square, *u = B + square, *other = u + n;
    mean(&s, n, dw, m, u);
    scale(n, inverse_norm(&it, n, u, eps), u, u);
    iterate(&it, u, other, A, B);
    move(&s, n, steps % 2 ? other : u, w);
}

/* ---- the rungs ---- */

static void on_one_thread(const struct gemm *g)
{
    gemm_run(gemm_best(), g);
}

static void on_all_threads(const struct gemm *g)
{
    gemm_threads(gemm_best(), g);
}

/* ---- 01_packed: the dense ladder's products, in cache blocks and register tiles, on one thread ----
 * Naive computes one sum after another, and for X = B X walks down columns. Each number of A, A A and B X
 * is a sum of hundreds of products, so that all that the dense ladder gained from naive to its vectors is
 * gained here at once. Prediction (lesson 4): at least 20 x for matrices of hundreds of rows, on a machine
 * with AVX2. */
static const struct way packed = { on_one_thread, 0, 0 };

static void newton_schulz_packed(int rows, int cols, const float *x, float *y, int coefficients,
                                 uint64_t steps, double eps)
{
    newton_schulz(&packed, rows, cols, x, y, coefficients, steps, eps);
}

static void muon_step_packed(MUON_ARGUMENTS)
{
    muon_step(&packed, rows, cols, dw, w, m, lr, mu, nesterov, wd, adjust, coefficients, steps, eps);
}

/* ---- 02_half: of symmetric products the half below the diagonal, in panels of 128 rows ----
 * A and A A are symmetric: what is above the diagonal is copied. With panels of 128 of 512 rows that is 10
 * of 16 blocks. Relieves: arithmetic. At 512 x 784 the five steps take 4.2 instead of 5.5 GFLOP.
 * Prediction (lesson 4): 1.1 to 1.3 x; nothing up to 128 rows. */
static const struct way half = { on_one_thread, 1, 0 };

static void newton_schulz_half(int rows, int cols, const float *x, float *y, int coefficients, uint64_t steps,
                               double eps)
{
    newton_schulz(&half, rows, cols, x, y, coefficients, steps, eps);
}

static void muon_step_half(MUON_ARGUMENTS)
{
    muon_step(&half, rows, cols, dw, w, m, lr, mu, nesterov, wd, adjust, coefficients, steps, eps);
}

/* ---- 03_threads: the products on all threads ----
 * Symmetric products go to threads in pairs of panels, a long one and a short one, as long as there is a
 * pair for each; else every panel is cut into a block per thread, as B X is. Either way a panel's bits are
 * the same. The passes over A, B and the weights stay on one thread. Prediction (lesson 4): 1.6 to 2.2 x
 * on two cores. */
static const struct way threads = { on_all_threads, 1, 1 };

static void newton_schulz_threads(int rows, int cols, const float *x, float *y, int coefficients,
                                  uint64_t steps, double eps)
{
    newton_schulz(&threads, rows, cols, x, y, coefficients, steps, eps);
}

static void muon_step_threads(MUON_ARGUMENTS)
{
    muon_step(&threads, rows, cols, dw, w, m, lr, mu, nesterov, wd, adjust, coefficients, steps, eps);
}

/* ---- the ladders ---- */

const struct rung newton_schulz_cpu[] = {
    { "00_naive", RUN(newton_schulz, newton_schulz_f32), NEED_NONE, "the reference, in float" },
    { "01_packed", RUN(newton_schulz, newton_schulz_packed), NEED_NONE,
      "the dense ladder's products, on one thread" },
    { "02_half", RUN(newton_schulz, newton_schulz_half), NEED_NONE,
      "of symmetric products, what is below the diagonal" },
    { "03_threads", RUN(newton_schulz, newton_schulz_threads), NEED_NONE, "the products on all threads" },
    { 0 },
};

const struct rung muon_step_cpu[] = {
    { "00_naive", RUN(muon_step, muon_step_f32), NEED_NONE, "the reference, in float" },
    { "01_packed", RUN(muon_step, muon_step_packed), NEED_NONE,
      "the dense ladder's products, on one thread" },
    { "02_half", RUN(muon_step, muon_step_half), NEED_NONE,
      "of symmetric products, what is below the diagonal" },
    { "03_threads", RUN(muon_step, muon_step_threads), NEED_NONE, "the products on all threads" },
    { 0 },
};
