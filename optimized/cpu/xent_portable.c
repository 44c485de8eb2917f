/* xent_portable.c - cross-entropy of rows in plain C, of which the compiler makes vectors;
 * see xent.c. dz may be z. */
#include "xent_vector.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "exp_portable.h"

enum { LANES = 16 };
#include "lanes.h"

/* The maximum, the sum of exp(z - high), and the sums of w (high - z) and of w: 1, or the soft label t.
 *
 * Of the sum, 1 is left out: of the label's exp, which is 1 where it holds the maximum, and then what is left
 * is the sum over the others, with all its digits. So exp is u in log(1 + u), and 1 + u is the whole sum. */
struct sums {
    float high, exp, rest, weight;
    float others; /* the weight but for the largest logit's, if that was left out */
    int less;     /* 1 once a 1 has been left out                                 */
};

/* for a higher maximum: the sums so far brought down to it */
static void raise(struct sums *s, float high)
{
    if (!(high > s->high)) return;
    if (s->high > -INFINITY) {
        float down = exp_polynomial(s->high - high);
        s->exp = s->less ? s->exp * down + (down - 1) : s->exp * down;
        s->rest += s->weight * (high - s->high);
    }
    s->high = high;
}

/* n <= XENT_BLOCK logits; of logit `less`, if it is one of them, exp less 1 is added, and no t */
static void add_block(int n, const float *z, const float *t, float smoothing, int less, struct sums *s)
{
    float block[XENT_BLOCK];
    const float high = s->high;
    const int here = less >= 0 && less < n;
    if (here && n < LANES) { /* in a short row nothing waits for a number to be changed in memory */
        for (int c = 0; c < n; c++) block[c] = exp_polynomial(z[c] - high) - (float)(c == less);
    } else {
        for (int c = 0; c < n; c++) block[c] = exp_polynomial(z[c] - high);
        if (here) block[less] -= 1;
    }
    if (here) s->less = 1;
    s->exp += sum(n, block);
    if (t) {
        for (int c = 0; c < n; c++) block[c] = t[c] * (high - z[c]);
        s->rest += sum(n, block);
    } else if (smoothing > 0) {
        for (int c = 0; c < n; c++) block[c] = high - z[c];
        s->rest += sum(n, block);
    }
    if (t && here) {
        memcpy(block, t, (size_t)n * sizeof *block);
        block[less] = 0;
        t = block;
    }
    s->weight += t ? sum(n, t) : (float)n;
}

/* what is wanted of a row: a constant in each kernel, into which all below is inlined */
enum { LOSS = 1, GRADIENT = 2, ONLINE = 4 };
#define INLINED static inline __attribute__((always_inline))

INLINED struct sums sums_of(int C, const float *z, const float *t, float smoothing, int less, int wants)
{
    struct sums s = { .high = -INFINITY };
    if (!(wants & ONLINE)) s.high = largest(C, z);
    for (int c = 0, n; c < C; c += n) {
        n = C - c < XENT_BLOCK ? C - c : XENT_BLOCK;
        if (wants & ONLINE) raise(&s, largest(n, z + c));
        add_block(n, z + c, t ? t + c : NULL, smoothing, less - c, &s);
    }
    return s;
}
/* Soft labels: a largest logit that has more than half of the sum hides the others there, and its t, if that
 * is more than half of all, the other t. Then both sums are taken again without it. Returns which it is, or
 * -1. */
static int leave_out_top(int C, const float *z, const float *t, struct sums *s)
{
    int top = 0;
    if (!(s->exp < 1 && s->weight < 2 * largest(C, t))) return -1;
    while (z[top] < s->high) top++;
    struct sums others = { .high = s->high };
    for (int c = 0, n; c < C; c += n) {
        n = C - c < XENT_BLOCK ? C - c : XENT_BLOCK;
        add_block(n, z + c, t + c, 0, top - c, &others);
    }
    s->exp = others.exp;
    s->others = others.weight;
    return top;
}

static void gradient(int C, const float *z, const float *t, float high, float f, float up, float q, float *dz)
{
    if (t)
        for (int c = 0; c < C; c++) dz[c] = exp_polynomial(z[c] - high) * f - up * t[c];
    else
        for (int c = 0; c < C; c++) dz[c] = exp_polynomial(z[c] - high) * f - q;
}

INLINED float row_of_label(const struct xent_job *job, int n, int wants)
{
    const int C = job->C, label = job->label[n];
    const size_t at = (size_t)n * (size_t)C;
    const float *z = job->z + at, e = job->smoothing, of_label = label < 0 ? 0 : z[label];
    if (label < 0) {
        if (wants & GRADIENT) memset(job->dz + at, 0, (size_t)C * sizeof *job->dz);
        return 0;
    }
    struct sums s = sums_of(C, z, NULL, e, label, wants);
    if (wants & GRADIENT) {
        float *dz = job->dz + at, up = job->dloss ? job->dloss[n] : job->up, f = up / (1 + s.exp);
        gradient(C, z, NULL, s.high, f, 0, e * up / (float)C, dz);
        /* where the label holds the maximum, p - 1 is minus the share of the others */
        dz[label] = of_label < s.high ? dz[label] - (1 - e) * up : (e - e / (float)C) * up - f * s.exp;
    }
    if (!(wants & LOSS)) return 0;
    return log1p_portable(s.exp) + (1 - e) * (s.high - of_label) + e * s.rest / (float)C;
}

INLINED float row_of_soft(const struct xent_job *job, int n, int wants)
{
    const int C = job->C;
    const size_t at = (size_t)n * (size_t)C;
    const float *z = job->z + at, *t = job->t + at;
    struct sums s = sums_of(C, z, t, 0, -1, wants);
    s.exp -= 1;
    int top = leave_out_top(C, z, t, &s);
    if (wants & GRADIENT) {
        float *dz = job->dz + at, up = job->dloss ? job->dloss[n] : job->up, f = up * s.weight / (1 + s.exp);
        gradient(C, z, t, s.high, f, up, 0, dz);
        if (top >= 0) dz[top] = up * s.others - f * s.exp;
    }
    return wants & LOSS ? s.weight * log1p_portable(s.exp) + s.rest : 0;
}

INLINED float row(const struct xent_job *job, int n, int wants)
{
    return job->t ? row_of_soft(job, n, wants) : row_of_label(job, n, wants);
}

INLINED double rows_of(const struct xent_job *job, int first, int rows, int wants)
{
    double total = 0;
    for (int n = first; n < first + rows; n++) {
        float loss = row(job, n, wants);
        if (wants & LOSS && job->loss) job->loss[n] = loss;
        total += (double)loss;
    }
    return total;
}

/* clang-format off */
static double polynomial_forward(const struct xent_job *job, int first, int rows) { return rows_of(job, first, rows, LOSS); }
static double polynomial_backward(const struct xent_job *job, int first, int rows) { return rows_of(job, first, rows, GRADIENT); }
static double polynomial_both(const struct xent_job *job, int first, int rows) { return rows_of(job, first, rows, LOSS | GRADIENT); }
static double online_forward(const struct xent_job *job, int first, int rows) { return rows_of(job, first, rows, LOSS | ONLINE); }
static double online_backward(const struct xent_job *job, int first, int rows) { return rows_of(job, first, rows, GRADIENT | ONLINE); }
static double online_both(const struct xent_job *job, int first, int rows) { return rows_of(job, first, rows, LOSS | GRADIENT | ONLINE); }
/* clang-format on */

const struct xent_kernels xent_polynomial = { polynomial_forward, polynomial_backward, polynomial_both };

/* without wide vectors there is nothing to gain from the other ways */
#define ONLINE_KERNELS                               \
    {                                                \
        online_forward, online_backward, online_both \
    }
const struct xent_vector xent_portable = { ONLINE_KERNELS, ONLINE_KERNELS, ONLINE_KERNELS };
