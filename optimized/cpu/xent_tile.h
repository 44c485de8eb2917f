/* xent_tile.h - cross-entropy of rows in vectors; included once for each width. dz may be z.
 *
 * The file that includes it defines XENT_VECTOR (the table's name) after the words of
 * vec_avx2.h or vec_avx512.h.
 */
#include "xent_vector.h"

#include <string.h>

#include "exp_portable.h"
#include "vec_row.h"

/* What a row's loss and gradient are made of. w is 1, or the soft label t.
 *
 * Of the sum of exp, 1 is left out: of the label's, which is 1 where it holds the maximum, and then what is
 * left is the sum over the others, with all its digits. So exp is u in log(1 + u), and 1 + u is the whole
 * sum. */
struct sums {
    float high, exp;    /* the maximum, and the sum of exp(z - high) */
    float rest, weight; /* the sums of w (high - z) and of w         */
    int less;           /* 1 once a 1 has been left out              */
};

enum what { PLAIN, SMOOTHED, SOFT }; /* rest and weight are wanted if not PLAIN */

/* how many logits are in a block of a row of C: see xent_vector.h */
static inline int xent_block(int C)
{
    int block = XENT_BLOCK;
    if (C > XENT_LARGE)
        while (block / 16 < C / block) block += 16;
    return block;
}

/* ---- online: maximum and sum in one pass (Milakov and Gimelshein, Online normalizer calculation for
 * softmax, arXiv:1805.02867), a block at a time: where a block raises the maximum, the sum so far is
 * scaled down to it ---- */

/* for a higher maximum: the sums so far brought down to it */
KERNEL static inline void raise(struct sums *s, float high)
{
    if (!(high > s->high)) return;
    if (s->high > -INFINITY) {
        float down = exp_polynomial(s->high - high);
        s->exp = s->less ? s->exp * down + (down - 1) : s->exp * down;
        s->rest += s->weight * (high - s->high);
    }
    s->high = high;
}

/* One vector of z, the first n lanes of it; e = exp(z - high). Of its sum, `less` is left out. */
VEC vec take(const float *z, const float *t, int n, enum what what, vec high, vec less, vec *exp, vec *rest,
             vec *weight)
{
    int all = n == WIDTH;
    vec d = vec_sub(all ? vec_load(z) : vec_load_first(z, n), high), e = vec_exp_down(d);
    *exp = vec_add(*exp, vec_sub(all ? e : vec_first_or(n, e, vec_zero()), less));
    if (what == SMOOTHED) *rest = vec_sub(*rest, all ? d : vec_first_or(n, d, vec_zero()));
    if (what == SOFT) {
        vec w = all ? vec_load(t) : vec_load_first(t, n);
        *rest = vec_sub(*rest, vec_mul(w, d));
        *weight = vec_add(*weight, w);
    }
    return e;
}

/* Adds a block to the sums, less 1 for logit `label` if that is in it; the exp of its logits go to e if that
 * is not NULL. The whole vector with the label comes first, then what is before and behind it: in the loops
 * nothing asks for it. Two chains of sums, see largest. */
VEC void add_block(int n, const float *z, const float *t, enum what what, int label, struct sums *s, float *e)
{
    vec high = vec_set1(s->high), zero = vec_zero(), exp[2] = { zero, zero }, rest[2] = { zero, zero },
        weight[2] = { zero, zero };
    const int whole = n / WIDTH * WIDTH, here = what != SOFT && label >= 0 && label < whole;
    const int alone = here ? label / WIDTH * WIDTH : whole;
    if (what != SOFT && (whole == WIDTH || here)) {
        int at = whole == WIDTH ? 0 : alone;
        vec x =
            take(z + at, t + at, WIDTH, what, high, vec_one_at(label - at), &exp[1], &rest[1], &weight[1]);
        if (e) vec_store(e + at, x);
    }
    if (what == SOFT || whole > WIDTH)
        for (int part = 0; part < (what == SOFT ? 1 : 2); part++) {
            int c = part ? alone + WIDTH : 0, end = part ? whole : alone;
            for (; c + 2 * WIDTH <= end; c += 2 * WIDTH)
                for (int k = 0; k < 2; k++) {
                    int at = c + k * WIDTH;
                    vec x = take(z + at, t + at, WIDTH, what, high, zero, &exp[k], &rest[k], &weight[k]);
                    if (e) vec_store(e + at, x);
                }
            if (c + WIDTH <= end) {
                vec x = take(z + c, t + c, WIDTH, what, high, zero, &exp[0], &rest[0], &weight[0]);
                if (e) vec_store(e + c, x);
            }
        }
    if (whole < n) {
        vec less = what == SOFT ? zero : vec_one_at(label - whole);
        vec x = take(z + whole, t + whole, n - whole, what, high, less, &exp[1], &rest[1], &weight[1]);
        if (e) vec_store_first(e + whole, n - whole, x);
    }
    s->exp += vec_sum(vec_add(exp[0], exp[1]));
    if (what != SOFT && label >= 0 && label < n) s->less = 1;
    if (what != PLAIN) s->rest += vec_sum(vec_add(rest[0], rest[1]));
    s->weight += what == SOFT ? vec_sum(vec_add(weight[0], weight[1])) : (float)n;
}

VEC int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Of a whole row. The exp of its logits go to e, relative to high_of[] of their block, if e is not NULL. */
VEC struct sums sums_of(int C, const float *z, const float *t, enum what what, int label, float *e,
                        float *high_of)
{
    struct sums s = { .high = -INFINITY };
    int block = xent_block(C);
    for (int at = 0, b = 0, n; at < C; at += n, b++) {
        n = smaller(C - at, block);
        raise(&s, largest(n, z + at));
        if (e) high_of[b] = s.high;
        add_block(n, z + at, t + at, what, label - at, &s, e ? e + at : NULL);
    }
    if (what == SOFT) s.exp -= 1;
    return s;
}

/* log of the sum, and what it is multiplied with or added to */
VEC float loss_of(const struct sums *s, int C, enum what what, float at_label, float smoothing)
{
    float log = log1p_portable(s->exp);
    if (what == SOFT) return s->weight * log + s->rest;
    float loss = log + (1 - smoothing) * (s->high - at_label);
    return what == SMOOTHED ? loss + smoothing * s->rest / (float)C : loss;
}

/* ---- soft labels: a largest logit that has more than half of the sum hides the others there, and its t, if
 * that is more than half of all, the other t. Then both sums are taken again without it. ---- */

struct others {
    int top;           /* which logit it is, or -1     */
    float exp, weight; /* the sums of exp and of t without it */
};

/* exp of n <= WIDTH logits from c on, relative to high: from e, which holds them relative to another maximum,
 * or from z */
VEC vec exp_of(const float *z, const float *e, int n, float high, float down)
{
    const float *from = e ? e : z;
    vec x = n == WIDTH ? vec_load(from) : vec_load_first(from, n);
    x = e ? vec_mul(x, vec_set1(down)) : vec_exp_down(vec_sub(x, vec_set1(high)));
    return n == WIDTH ? x : vec_first_or(n, x, vec_zero());
}

KERNEL static __attribute__((noinline)) struct others
without_top(int C, const float *z, const float *t, const float *e, const float *high_of, float high)
{
    vec one = vec_set1(1), exp = vec_zero(), weight = exp;
    int top = -1, block = e ? xent_block(C) : C;
    for (int at = 0, b = 0, n; at < C; at += n, b++) {
        n = smaller(C - at, block);
        float down = e && high_of[b] < high ? exp_polynomial(high_of[b] - high) : 1;
        for (int c = at, m; c < at + n; c += m) {
            m = smaller(at + n - c, WIDTH);
            vec x = exp_of(z + c, e ? e + c : NULL, m, high, down), below = vec_sub(one, x);
            vec w = m == WIDTH ? vec_load(t + c) : vec_load_first(t + c, m);
            exp = vec_add(exp, vec_if_positive(below, x, vec_zero()));
            weight = vec_add(weight, vec_if_positive(below, w, vec_zero()));
        }
        for (int c = at; down >= 1 && top < 0 && c < at + n; c++)
            if (e ? e[c] >= 1 : z[c] >= high) top = c;
    }
    return (struct others){ top, vec_sum(exp), vec_sum(weight) };
}

/* ---- the gradient of some logits: f exp(z - high) - q, q being up t for soft labels; exp
 * may be in dz already ---- */

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

/* The label's own: p - q. Where it holds the maximum, 1 - p is the share of the others: exp is the sum over
 * them. spread = smoothing up, rounded as it is in q: then the one class of C = 1 has a gradient of exactly
 * 0, also where the compiler fuses products with sums. */
VEC float at_label_of(const struct sums *s, float at_label, float p, float f, float up, float spread, float q,
                      float smoothing)
{
    const float either[] = { p - (1 - smoothing) * up, spread - q - f * s->exp }; /* no branch to guess */
    return either[at_label >= s->high];
}

/* ---- rows: the loss, the gradient, or both ---- */

/* Row n. z[label], label 0 for soft labels, is read before the gradient is written, which may be there. */
struct row {
    const float *z, *t;
    int C, label;
    float at_label, smoothing;
};

VEC struct row row_at(const struct xent_job *job, int n, enum what what)
{
    const size_t at = (size_t)n * (size_t)job->C;
    struct row r = { .z = job->z + at, .C = job->C };
    r.t = what == SOFT ? job->t + at : r.z;
    r.label = what == SOFT ? 0 : job->label[n];
    r.at_label = r.label >= 0 ? r.z[r.label] : 0;
    r.smoothing = what == SMOOTHED ? job->smoothing : 0;
    return r;
}

/* The sums of a row that has a label; its exp go to e, if that is not NULL. */
VEC struct sums sums_of_row(const struct row *r, enum what what, float *e, float *high_of,
                            struct others *others)
{
    struct sums s = sums_of(r->C, r->z, r->t, what, r->label, e, high_of);
    *others = (struct others){ -1, 0, 0 };
    if (what == SOFT && s.exp < 1 && s.weight < 2 * largest(r->C, r->t)) {
        *others = without_top(r->C, r->z, r->t, e, high_of, s.high);
        s.exp = others->exp;
    }
    return s;
}

/* dz from the sums; exp is in dz already if in_dz */
VEC void give_gradient(const struct row *r, const struct sums *s, const struct others *others, enum what what,
                       float up, int in_dz, const float *high_of, float *dz)
{
    const int C = r->C, block = xent_block(C);
    float f = (what == SOFT ? up * s->weight : up) / (1 + s->exp);
    const float spread = r->smoothing * up, q = spread / (float)C;
    for (int k = 0, b = 0, m; k < C; k += m, b++) {
        m = in_dz ? smaller(C - k, block) : C;
        float g = in_dz && high_of[b] < s->high ? f * exp_polynomial(high_of[b] - s->high) : f;
        gradient(m, r->z + k, r->t + k, what, in_dz, s->high, g, up, q, dz + k);
    }
    if (what == SOFT && others->top >= 0) dz[others->top] = up * others->weight - f * s->exp;
    if (what != SOFT)
        dz[r->label] = at_label_of(s, r->at_label, dz[r->label], f, up, spread, q, r->smoothing);
}

VEC float upstream(const struct xent_job *job, int n)
{
    return job->dloss ? job->dloss[n] : job->up;
}

/* 1 if exp of a row can be kept in dz: the maxima of its blocks then have room */
VEC int fits_in_dz(int C)
{
    return C <= xent_block(C) * XENT_BLOCKS;
}

VEC double losses(const struct xent_job *job, int first, int rows, enum what what)
{
    double total = 0;
    for (int n = first; n < first + rows; n++) {
        const struct row r = row_at(job, n, what);
        float loss = 0;
        if (r.label >= 0) {
            struct others others;
            struct sums s = sums_of_row(&r, what, NULL, NULL, &others);
            loss = loss_of(&s, r.C, what, r.at_label, r.smoothing);
        }
        if (job->loss) job->loss[n] = loss;
        total += (double)loss;
    }
    return total;
}

VEC double gradients(const struct xent_job *job, int first, int rows, enum what what, int in_dz)
{
    for (int n = first; n < first + rows; n++) {
        const struct row r = row_at(job, n, what);
        float *dz = job->dz + (size_t)n * (size_t)r.C, high_of[XENT_BLOCKS];
        if (r.label >= 0) {
            const int kept = in_dz && fits_in_dz(r.C);
            struct others others;
            struct sums s = sums_of_row(&r, what, kept ? dz : NULL, high_of, &others);
            give_gradient(&r, &s, &others, what, upstream(job, n), kept, high_of, dz);
        } else {
            memset(dz, 0, (size_t)r.C * sizeof *dz);
        }
    }
    return 0;
}

VEC double both(const struct xent_job *job, int first, int rows, enum what what, int in_dz)
{
    double total = 0;
    for (int n = first; n < first + rows; n++) {
        const struct row r = row_at(job, n, what);
        float *dz = job->dz + (size_t)n * (size_t)r.C, high_of[XENT_BLOCKS], loss = 0;
        if (r.label >= 0) {
            const int kept = in_dz && fits_in_dz(r.C);
            struct others others;
            struct sums s = sums_of_row(&r, what, kept ? dz : NULL, high_of, &others);
            loss = loss_of(&s, r.C, what, r.at_label, r.smoothing);
            give_gradient(&r, &s, &others, what, upstream(job, n), kept, high_of, dz);
        } else {
            memset(dz, 0, (size_t)r.C * sizeof *dz);
        }
        if (job->loss) job->loss[n] = loss;
        total += (double)loss;
    }
    return total;
}

/* ---- the kernels. `what` is a constant in each call, and so what a kind of row does not
 * need is not there. ---- */

KERNEL static double online_forward(const struct xent_job *job, int first, int rows)
{
    if (job->t) return losses(job, first, rows, SOFT);
    if (job->smoothing > 0) return losses(job, first, rows, SMOOTHED);
    return losses(job, first, rows, PLAIN);
}

KERNEL static double online_backward(const struct xent_job *job, int first, int rows)
{
    if (job->t) return gradients(job, first, rows, SOFT, 0);
    if (job->smoothing > 0) return gradients(job, first, rows, SMOOTHED, 0);
    return gradients(job, first, rows, PLAIN, 0);
}

KERNEL static double online_both(const struct xent_job *job, int first, int rows)
{
    if (job->t) return both(job, first, rows, SOFT, 0);
    if (job->smoothing > 0) return both(job, first, rows, SMOOTHED, 0);
    return both(job, first, rows, PLAIN, 0);
}

KERNEL static double fused_backward(const struct xent_job *job, int first, int rows)
{
    if (job->t) return gradients(job, first, rows, SOFT, 1);
    if (job->smoothing > 0) return gradients(job, first, rows, SMOOTHED, 1);
    return gradients(job, first, rows, PLAIN, 1);
}

KERNEL static double fused_both(const struct xent_job *job, int first, int rows)
{
    if (job->t) return both(job, first, rows, SOFT, 1);
    if (job->smoothing > 0) return both(job, first, rows, SMOOTHED, 1);
    return both(job, first, rows, PLAIN, 1);
}

/* ---- batched: WIDTH rows side by side, one row per lane, for rows that are shorter than a
 * vector. Nothing is summed across lanes, and one log serves WIDTH rows. The rows are transposed
 * on the way in and out. ---- */

/* x[c][r] = z[r][c] for the first n of WIDTH rows */
VEC void transpose_in(int n, int C, const float *z, float x[XENT_BATCHED][WIDTH])
{
    for (int r = 0; r < n; r++)
        for (int c = 0; c < C; c++) x[c][r] = z[r * C + c];
}

/* what WIDTH rows' losses and gradients are made of: one row per lane, as struct sums */
struct lanes {
    vec high, exp, rest, weight;
    vec others, is_alone; /* the weight but for the largest logits'; 1 if one logit alone is the largest */
};

/* x[c] = exp(x[c] - high) */
VEC struct lanes sums_of_lanes(int C, float x[XENT_BATCHED][WIDTH], float w[XENT_BATCHED][WIDTH],
                               enum what what, vec label)
{
    vec zero = vec_zero(), one = vec_set1(1), tops = zero;
    struct lanes s = { vec_load(x[0]), zero, zero, zero, zero, zero };
    for (int c = 1; c < C; c++) s.high = vec_max(vec_load(x[c]), s.high);
    for (int c = 0; c < C; c++) {
        vec d = vec_sub(vec_load(x[c]), s.high), e = vec_exp_down(d);
        if (what != SOFT) s.exp = vec_add(s.exp, vec_sub(e, vec_one_where_equal(label, vec_set1((float)c))));
        if (what == SMOOTHED) s.rest = vec_sub(s.rest, d);
        if (what == SOFT) {
            vec t = vec_load(w[c]), top = vec_one_where_equal(e, one);
            s.exp = vec_add(s.exp, vec_sub(e, top));
            tops = vec_add(tops, top);
            s.rest = vec_sub(s.rest, vec_mul(t, d));
            s.weight = vec_add(s.weight, t);
            s.others = vec_add(s.others, vec_sub(t, vec_mul(t, top)));
        }
        vec_store(x[c], e);
    }
    if (what == SOFT) {
        s.exp = vec_add(s.exp, vec_sub(tops, one));
        s.is_alone = vec_one_where_equal(tops, one);
    }
    return s;
}

/* One function for all three: cut into a loss and a gradient it took a tenth longer. */
enum { LOSS = 1, GRADIENT = 2 };

/* of n <= WIDTH rows from `first` on */
VEC double group(const struct xent_job *job, int first, int n, enum what what, int wants)
{
    const int C = job->C;
    const size_t at = (size_t)first * (size_t)C;
    const float smoothing = what == SMOOTHED ? job->smoothing : 0;
    float x[XENT_BATCHED][WIDTH], w[XENT_BATCHED][WIDTH], of_row[WIDTH], up_of[WIDTH], label_of[WIDTH];
    double total = 0;
    if (n < WIDTH) memset(x, 0, sizeof x), memset(w, 0, sizeof w);
    transpose_in(n, C, job->z + at, x);
    if (what == SOFT) transpose_in(n, C, job->t + at, w);
    for (int r = 0; r < WIDTH; r++) {
        const int label = what == SOFT ? 0 : r < n ? job->label[first + r] : -1;
        label_of[r] = (float)label;
        of_row[r] = label >= 0 && r < n ? x[label][r] : 0;
        up_of[r] = label < 0 || r >= n ? 0 : job->dloss ? job->dloss[first + r] : job->up;
    }
    const vec at_label = vec_load(of_row);
    const struct lanes s = sums_of_lanes(C, x, w, what, vec_load(label_of));
    const vec below = vec_sub(s.high, at_label);
    if (wants & LOSS) {
        vec log = vec_log1p(s.exp), loss = vec_fma(s.weight, log, s.rest);
        if (what != SOFT) loss = vec_fma(vec_set1(1 - smoothing), below, log);
        if (what == SMOOTHED) loss = vec_fma(vec_set1(smoothing / (float)C), s.rest, loss);
        vec_store(of_row, loss);
        for (int r = 0; r < n; r++) {
            float kept = what == SOFT || job->label[first + r] >= 0 ? of_row[r] : 0;
            if (job->loss) job->loss[first + r] = kept;
            total += (double)kept;
        }
    }
    if (wants & GRADIENT) {
        vec up = vec_load(up_of), one = vec_set1(1), sum = vec_add(one, s.exp);
        vec f = vec_div(what == SOFT ? vec_mul(up, s.weight) : up, sum), others = vec_mul(f, s.exp);
        vec q = vec_mul(up, vec_set1(smoothing / (float)C)),
            doubt = vec_set1(smoothing - smoothing / (float)C);
        if (what != SOFT) vec_store(of_row, vec_sub(vec_mul(doubt, up), others));
        for (int c = 0; c < C; c++) {
            vec e = vec_load(x[c]), minus = what == SOFT ? vec_mul(up, vec_load(w[c])) : q;
            vec dz = vec_fma(e, f, vec_sub(vec_zero(), minus));
            if (what == SOFT) { /* of what is elsewhere, as in without_top */
                vec is_top = vec_mul(s.is_alone, vec_one_where_equal(e, one));
                dz = vec_if_positive(is_top, vec_sub(vec_mul(up, s.others), others), dz);
            }
            vec_store(x[c], dz);
        }
        float far[WIDTH];
        vec_store(far, below);
        for (int r = 0; r < n; r++) {
            float *dz = job->dz + at + (size_t)r * (size_t)C;
            const int label = what == SOFT ? 0 : job->label[first + r];
            for (int c = 0; c < C; c++) dz[c] = label < 0 ? 0 : x[c][r];
            if (what != SOFT && label >= 0)
                dz[label] = far[r] > 0 ? dz[label] - (1 - smoothing) * up_of[r] : of_row[r];
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

KERNEL static double batched_forward(const struct xent_job *job, int first, int rows)
{
    if (job->t) return groups_of(job, first, rows, SOFT, LOSS);
    if (job->smoothing > 0) return groups_of(job, first, rows, SMOOTHED, LOSS);
    return groups_of(job, first, rows, PLAIN, LOSS);
}

KERNEL static double batched_backward(const struct xent_job *job, int first, int rows)
{
    if (job->t) return groups_of(job, first, rows, SOFT, GRADIENT);
    if (job->smoothing > 0) return groups_of(job, first, rows, SMOOTHED, GRADIENT);
    return groups_of(job, first, rows, PLAIN, GRADIENT);
}

KERNEL static double batched_both(const struct xent_job *job, int first, int rows)
{
    if (job->t) return groups_of(job, first, rows, SOFT, LOSS | GRADIENT);
    if (job->smoothing > 0) return groups_of(job, first, rows, SMOOTHED, LOSS | GRADIENT);
    return groups_of(job, first, rows, PLAIN, LOSS | GRADIENT);
}

const struct xent_vector XENT_VECTOR = {
    .online = { online_forward, online_backward, online_both },
    .fused = { online_forward, fused_backward, fused_both },
    .batched = { batched_forward, batched_backward, batched_both },
};
