/* xent_tile.h - cross-entropy of rows in vectors; included once for each width. dz may be z.
 *
 * The file that includes it defines XENT_VECTOR (the table's name) after the words of vec_avx2.h or vec_avx512.h.
 */
#include "xent_vector.h"

#include <string.h>

#include "exp_portable.h"
#include "softmax_row.h"

/* What a row's loss and gradient are made of. w is 1, or the soft label t. */
struct sums {
    float high, exp;    /* the maximum, and the sum of exp(z - high) */
    float rest, weight; /* the sums of w (high - z) and of w         */
};

enum what { PLAIN, SMOOTHED, SOFT }; /* rest and weight are wanted if not PLAIN */

/* ---- online: maximum and sum in one pass (Milakov and Gimelshein, Online normalizer calculation for softmax,
 * arXiv:1805.02867), a block at a time: where a block raises the maximum, the sum so far is scaled down to it ---- */

/* for a higher maximum: the sums so far brought down to it */
KERNEL static inline void raise(struct sums *s, float high)
{
    if (!(high > s->high)) return;
    if (s->exp > 0) s->exp *= exp_polynomial(s->high - high), s->rest += s->weight * (high - s->high);
    s->high = high;
}

/* one vector of z, the first n lanes of it; e = exp(z - high) */
VEC vec take(const float *z, const float *t, int n, enum what what, vec high, vec *exp, vec *rest,
             vec *weight)
{
    int all = n == WIDTH;
    vec d = vec_sub(all ? vec_load(z) : vec_load_first(z, n), high), e = vec_exp_down(d);
    *exp = vec_add(*exp, all ? e : vec_first_or(n, e, vec_zero()));
    if (what == SMOOTHED) *rest = vec_sub(*rest, all ? d : vec_first_or(n, d, vec_zero()));
    if (what == SOFT) {
        vec w = all ? vec_load(t) : vec_load_first(t, n);
        *rest = vec_sub(*rest, vec_mul(w, d));
        *weight = vec_add(*weight, w);
    }
    return e;
}

/* Adds a block to the sums; the exp of its logits go to e if that is not NULL. Two chains of sums, see largest. */
VEC void add_block(int n, const float *z, const float *t, enum what what, struct sums *s, float *e)
{
    vec high = vec_set1(s->high), zero = vec_zero(), exp[2] = { zero, zero }, rest[2] = { zero, zero },
        weight[2] = { zero, zero };
    int c = 0;
    for (; c + 2 * WIDTH <= n; c += 2 * WIDTH)
        for (int k = 0; k < 2; k++) {
            int at = c + k * WIDTH;
            vec x = take(z + at, t + at, WIDTH, what, high, &exp[k], &rest[k], &weight[k]);
            if (e) vec_store(e + at, x);
        }
    if (c + WIDTH <= n) {
        vec x = take(z + c, t + c, WIDTH, what, high, &exp[0], &rest[0], &weight[0]);
        if (e) vec_store(e + c, x);
        c += WIDTH;
    }
    if (c < n) {
        vec x = take(z + c, t + c, n - c, what, high, &exp[1], &rest[1], &weight[1]);
        if (e) vec_store_first(e + c, n - c, x);
    }
    s->exp += vec_sum(vec_add(exp[0], exp[1]));
    if (what != PLAIN) s->rest += vec_sum(vec_add(rest[0], rest[1]));
    s->weight += what == SOFT ? vec_sum(vec_add(weight[0], weight[1])) : (float)n;
}

VEC int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Of a whole row. The exp of its logits go to e, relative to high_of[] of their block, if e is not NULL. */
VEC struct sums sums_of(int C, const float *z, const float *t, enum what what, float *e, float *high_of)
{
    struct sums s = { -INFINITY, 0, 0, 0 };
    int block = xent_block(C);
    for (int at = 0, b = 0, n; at < C; at += n, b++) {
        n = smaller(C - at, block);
        raise(&s, largest(n, z + at));
        if (e) high_of[b] = s.high;
        add_block(n, z + at, t + at, what, &s, e ? e + at : NULL);
    }
    return s;
}

/* log of the sum, and what it is multiplied with or added to */
VEC float loss_of(const struct sums *s, int C, enum what what, float at_label, float smoothing)
{
    float log = log_portable(s->exp);
    if (what == SOFT) return s->weight * log + s->rest;
    float loss = log + (1 - smoothing) * (s->high - at_label);
    return what == SMOOTHED ? loss + smoothing * s->rest / (float)C : loss;
}

/* ---- the gradient of some logits: f exp(z - high) - q, q being up t for soft labels; exp may be in dz already ---- */

VEC void gradient(int n, const float *z, const float *t, enum what what, int in_dz, float high, float f,
                  float up, float q, float *dz)
{
    vec factor = vec_set1(f), top = vec_set1(high), minus_up = vec_set1(-up), minus_q = vec_set1(-q);
    int c = 0;
    for (; c + WIDTH <= n; c += WIDTH) {
        vec e = in_dz ? vec_load(dz + c) : vec_exp_down(vec_sub(vec_load(z + c), top));
        vec_store(dz + c, vec_fma(e, factor, what == SOFT ? vec_mul(minus_up, vec_load(t + c)) : minus_q));
    }
    if (c < n) {
        vec e =
            in_dz ? vec_load_first(dz + c, n - c) : vec_exp_down(vec_sub(vec_load_first(z + c, n - c), top));
        vec minus = what == SOFT ? vec_mul(minus_up, vec_load_first(t + c, n - c)) : minus_q;
        vec_store_first(dz + c, n - c, vec_fma(e, factor, minus));
    }
}

/* ---- rows ---- */

enum { LOSS = 1, GRADIENT = 2, FUSED = 4 };

VEC double row(const struct xent_job *job, int n, enum what what, int wants)
{
    const int C = job->C, label = what == SOFT ? 0 : job->label[n], block = xent_block(C);
    const size_t at = (size_t)n * (size_t)C;
    const float *z = job->z + at, *t = what == SOFT ? job->t + at : z;
    float *dz = wants & GRADIENT ? job->dz + at : NULL, high_of[XENT_BLOCKS], loss = 0;
    const int in_dz = wants & FUSED && C <= block * XENT_BLOCKS;
    if (label >= 0) {
        float at_label = z[label], smoothing = what == SMOOTHED ? job->smoothing : 0;
        struct sums s = sums_of(C, z, t, what, in_dz ? dz : NULL, high_of);
        if (wants & LOSS) loss = loss_of(&s, C, what, at_label, smoothing);
        if (wants & GRADIENT) {
            float up = job->dloss ? job->dloss[n] : job->up, f = (what == SOFT ? up * s.weight : up) / s.exp;
            float q = smoothing * up / (float)C;
            for (int k = 0, b = 0, m; k < C; k += m, b++) {
                m = in_dz ? smaller(C - k, block) : C;
                float g = in_dz && high_of[b] < s.high ? f * exp_polynomial(high_of[b] - s.high) : f;
                gradient(m, z + k, t + k, what, in_dz, s.high, g, up, q, dz + k);
            }
            if (what != SOFT) dz[label] -= (1 - smoothing) * up;
        }
    } else if (wants & GRADIENT) {
        memset(dz, 0, (size_t)C * sizeof *dz);
    }
    if (wants & LOSS && job->loss) job->loss[n] = loss;
    return (double)loss;
}

VEC double rows_of(const struct xent_job *job, int first, int rows, enum what what, int wants)
{
    double total = 0;
    for (int n = first; n < first + rows; n++) total += row(job, n, what, wants);
    return total;
}

#define ROWS_FUNCTION(name, each, wants)                                        \
    KERNEL static double name(const struct xent_job *job, int first, int rows)  \
    {                                                                           \
        if (job->t) return each(job, first, rows, SOFT, wants);                 \
        if (job->smoothing > 0) return each(job, first, rows, SMOOTHED, wants); \
        return each(job, first, rows, PLAIN, wants);                            \
    }
ROWS_FUNCTION(online_forward, rows_of, LOSS)
ROWS_FUNCTION(online_backward, rows_of, GRADIENT)
ROWS_FUNCTION(online_both, rows_of, LOSS | GRADIENT)
ROWS_FUNCTION(fused_backward, rows_of, GRADIENT | FUSED)
ROWS_FUNCTION(fused_both, rows_of, LOSS | GRADIENT | FUSED)

/* ---- across: WIDTH rows side by side, a row a lane, for rows that are shorter than a vector. Nothing is summed across
 * lanes, and one log serves WIDTH rows. The rows are transposed on the way in and out. ---- */

/* x[c][r] = z[r][c] for the first n of WIDTH rows */
VEC void transpose_in(int n, int C, const float *z, float x[XENT_ACROSS][WIDTH])
{
    for (int r = 0; r < n; r++)
        for (int c = 0; c < C; c++) x[c][r] = z[r * C + c];
}

/* of n <= WIDTH rows from `first` on */
VEC double group(const struct xent_job *job, int first, int n, enum what what, int wants)
{
    const int C = job->C;
    const size_t at = (size_t)first * (size_t)C;
    const float smoothing = what == SMOOTHED ? job->smoothing : 0;
    float x[XENT_ACROSS][WIDTH] = { { 0 } }, w[XENT_ACROSS][WIDTH] = { { 0 } }, of_row[WIDTH], up_of[WIDTH];
    double total = 0;
    transpose_in(n, C, job->z + at, x);
    if (what == SOFT) transpose_in(n, C, job->t + at, w);
    vec high = vec_load(x[0]), sum = vec_zero(), rest = sum, weight = sum;
    for (int c = 1; c < C; c++) high = vec_max(vec_load(x[c]), high);
    for (int r = 0; r < WIDTH; r++) {
        const int label = what == SOFT ? 0 : r < n ? job->label[first + r] : -1;
        of_row[r] = label >= 0 && r < n ? x[label][r] : 0;
        up_of[r] = label < 0 || r >= n ? 0 : job->dloss ? job->dloss[first + r] : job->up;
    }
    for (int c = 0; c < C; c++) {
        vec d = vec_sub(vec_load(x[c]), high), e = vec_exp_down(d);
        sum = vec_add(sum, e);
        if (what == SMOOTHED) rest = vec_sub(rest, d);
        if (what == SOFT)
            rest = vec_sub(rest, vec_mul(vec_load(w[c]), d)), weight = vec_add(weight, vec_load(w[c]));
        vec_store(x[c], e);
    }
    if (wants & LOSS) {
        vec log = vec_log(sum), loss = vec_fma(weight, log, rest);
        if (what != SOFT) loss = vec_fma(vec_set1(1 - smoothing), vec_sub(high, vec_load(of_row)), log);
        if (what == SMOOTHED) loss = vec_fma(vec_set1(smoothing / (float)C), rest, loss);
        vec_store(of_row, loss);
        for (int r = 0; r < n; r++) {
            float kept = what == SOFT || job->label[first + r] >= 0 ? of_row[r] : 0;
            if (job->loss) job->loss[first + r] = kept;
            total += (double)kept;
        }
    }
    if (wants & GRADIENT) {
        vec up = vec_load(up_of), f = vec_div(what == SOFT ? vec_mul(up, weight) : up, sum);
        vec minus_q = vec_mul(up, vec_set1(-smoothing / (float)C));
        for (int c = 0; c < C; c++)
            vec_store(x[c],
                      vec_fma(vec_load(x[c]), f,
                              what == SOFT ? vec_mul(vec_sub(vec_zero(), up), vec_load(w[c])) : minus_q));
        for (int r = 0; r < n; r++) {
            float *dz = job->dz + at + (size_t)r * (size_t)C;
            const int label = what == SOFT ? 0 : job->label[first + r];
            for (int c = 0; c < C; c++) dz[c] = label < 0 ? 0 : x[c][r];
            if (what != SOFT && label >= 0) dz[label] -= (1 - smoothing) * up_of[r];
        }
    }
    return total;
}

VEC double groups_of(const struct xent_job *job, int first, int rows, enum what what, int wants)
{
    double total = 0;
    for (int n = 0; n < rows; n += WIDTH)
        total += group(job, first + n, rows - n < WIDTH ? rows - n : WIDTH, what, wants);
    return total;
}

ROWS_FUNCTION(across_forward, groups_of, LOSS)
ROWS_FUNCTION(across_backward, groups_of, GRADIENT)
ROWS_FUNCTION(across_both, groups_of, LOSS | GRADIENT)

const struct xent_vector XENT_VECTOR = {
    .online = { online_forward, online_backward, online_both },
    .fused = { online_forward, fused_backward, fused_both },
    .across = { across_forward, across_backward, across_both },
};
