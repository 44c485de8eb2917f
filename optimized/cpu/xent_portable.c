/* xent_portable.c - cross-entropy of rows in plain C, of which the compiler makes vectors; see xent.c. dz may be z. */
#include "xent_vector.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "exp_portable.h"

enum { LANES = 16 };
#include "lanes.h"

/* the maximum, the sum of exp(z - high), and the sums of w (high - z) and of w: 1, or the soft label t */
struct sums {
    float high, exp, rest, weight;
};

/* for a higher maximum: the sums so far brought down to it */
static void raise(struct sums *s, float high)
{
    if (!(high > s->high)) return;
    if (s->exp > 0) s->exp *= exp_polynomial(s->high - high), s->rest += s->weight * (high - s->high);
    s->high = high;
}

/* n <= XENT_BLOCK logits */
static void add_block(int n, const float *z, const float *t, float smoothing, struct sums *s)
{
    float block[XENT_BLOCK];
    const float high = s->high;
    for (int c = 0; c < n; c++) block[c] = exp_polynomial(z[c] - high);
    s->exp += sum(n, block);
    if (t) {
        for (int c = 0; c < n; c++) block[c] = t[c] * (high - z[c]);
        s->rest += sum(n, block);
    } else if (smoothing > 0) {
        for (int c = 0; c < n; c++) block[c] = high - z[c];
        s->rest += sum(n, block);
    }
    s->weight += t ? sum(n, t) : (float)n;
}

enum { LOSS = 1, GRADIENT = 2, ONLINE = 4 };

static struct sums sums_of(int C, const float *z, const float *t, float smoothing, int wants)
{
    struct sums s = { -INFINITY, 0, 0, 0 };
    if (!(wants & ONLINE)) s.high = largest(C, z);
    for (int c = 0, n; c < C; c += n) {
        n = C - c < XENT_BLOCK ? C - c : XENT_BLOCK;
        if (wants & ONLINE) raise(&s, largest(n, z + c));
        add_block(n, z + c, t ? t + c : NULL, smoothing, &s);
    }
    return s;
}

static void gradient(int C, const float *z, const float *t, float high, float f, float up, float q, float *dz)
{
    if (t)
        for (int c = 0; c < C; c++) dz[c] = exp_polynomial(z[c] - high) * f - up * t[c];
    else
        for (int c = 0; c < C; c++) dz[c] = exp_polynomial(z[c] - high) * f - q;
}

static float row(const struct xent_job *job, int n, int wants)
{
    const int C = job->C, label = job->label ? job->label[n] : 0;
    const size_t at = (size_t)n * (size_t)C;
    const float *z = job->z + at, *t = job->t ? job->t + at : NULL;
    if (label < 0) {
        if (wants & GRADIENT) memset(job->dz + at, 0, (size_t)C * sizeof *job->dz);
        return 0;
    }
    struct sums s = sums_of(C, z, t, job->smoothing, wants);
    float e = t ? 0 : job->smoothing, log = wants & LOSS ? log_portable(s.exp) : 0, loss;
    if (t)
        loss = s.weight * log + s.rest;
    else
        loss = log + (1 - e) * (s.high - z[label]) + e * s.rest / (float)C;
    if (wants & GRADIENT) {
        float up = job->dloss ? job->dloss[n] : job->up;
        gradient(C, z, t, s.high, (t ? up * s.weight : up) / s.exp, up, e * up / (float)C, job->dz + at);
        if (!t) job->dz[at + (size_t)label] -= (1 - e) * up;
    }
    return loss;
}

static double rows_of(const struct xent_job *job, int first, int rows, int wants)
{
    double total = 0;
    for (int n = first; n < first + rows; n++) {
        float loss = row(job, n, wants);
        if (wants & LOSS && job->loss) job->loss[n] = loss;
        total += (double)loss;
    }
    return total;
}

#define ROWS_FUNCTION(name, wants)                                      \
    static double name(const struct xent_job *job, int first, int rows) \
    {                                                                   \
        return rows_of(job, first, rows, wants);                        \
    }
ROWS_FUNCTION(polynomial_forward, LOSS)
ROWS_FUNCTION(polynomial_backward, GRADIENT)
ROWS_FUNCTION(polynomial_both, LOSS | GRADIENT)
ROWS_FUNCTION(online_forward, LOSS | ONLINE)
ROWS_FUNCTION(online_backward, GRADIENT | ONLINE)
ROWS_FUNCTION(online_both, LOSS | GRADIENT | ONLINE)

const struct xent_kernels xent_polynomial = { polynomial_forward, polynomial_backward, polynomial_both };

/* without wide vectors there is nothing to gain from the other ways */
#define ONLINE_KERNELS                               \
    {                                                \
        online_forward, online_backward, online_both \
    }
const struct xent_vector xent_portable = { ONLINE_KERNELS, ONLINE_KERNELS, ONLINE_KERNELS };
