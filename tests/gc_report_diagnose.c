/* gc_report_diagnose.c - each pattern of the diagnosis is named when it is there, over twenty draws and six
 * decades of scale, and nothing is named when it is not: a wrong diagnosis is worse than none. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gradcheck/diagnose.h"
#include "gc_report_made.h"

enum { MOST = 20000 };

struct draw {
    gc_result *r;
    gc_tensor_result *t;
    size_t n;
    unsigned stream;
    double a[MOST], num[MOST], x[MOST], y[MOST], dy[MOST], ones[MOST], other[MOST];
};

/* a starts as a right gradient; a break makes it wrong */
typedef void (*breaking)(struct draw *d);

#define BREAK(name) static void name(struct draw *d)
#define EACH(i)     for (size_t i = 0; i < d->n; i++)
#define BREAK_EACH(name, ...) \
    BREAK(name)               \
    {                         \
        EACH(i)               \
        {                     \
            __VA_ARGS__;      \
        }                     \
    }
#define COLUMNS   (d->t->dim[d->t->nd - 1])
#define ROW(i)    ((i) / COLUMNS)
#define COLUMN(i) ((i) % COLUMNS)
#define NOISE(i)  (made_number(d->stream + 900, i))

/* ---- what ---- */

BREAK_EACH(minus, d->a[i] *= -1)
BREAK_EACH(twice, d->a[i] *= 2)
BREAK_EACH(half, d->a[i] /= 2)
BREAK_EACH(times_64, d->a[i] *= 64)
BREAK_EACH(over_64, d->a[i] /= 64)
BREAK_EACH(times_root_64, d->a[i] *= 8)
BREAK_EACH(times_numel, d->a[i] *= (double)d->n)
BREAK_EACH(times_keep, d->a[i] *= 0.8)
BREAK_EACH(over_keep, d->a[i] /= 0.7)
BREAK_EACH(times_1_37, d->a[i] *= 1.37)
BREAK_EACH(slightly, d->a[i] *= 1.0001)
BREAK_EACH(nothing, d->a[i] = 0)
BREAK(a_nan)
{
    d->a[d->n / 2] = (double)NAN;
}
BREAK_EACH(all_nan, d->a[i] = (double)NAN)
BREAK_EACH(masked_forward, if (i % 7 == 1 || i % 5 == 2) d->num[i] = 0)
BREAK_EACH(sign_lost, d->a[i] = fabs(d->a[i]))
BREAK_EACH(size_times_3, d->a[i] = 3 * fabs(d->a[i]))
BREAK_EACH(square, d->a[i] *= 2.5 * d->a[i] / d->t->scale)
BREAK_EACH(offset, d->a[i] += 0.25 * d->t->scale)
BREAK_EACH(decay_added, d->a[i] += 0.01 * d->t->scale * d->x[i])
BREAK_EACH(decay_missing, d->a[i] -= 1e-4 * d->t->scale * d->x[i])
BREAK_EACH(l1_added, d->a[i] += 0.02 * d->t->scale * (d->x[i] > 0 ? 1 : -1))
BREAK_EACH(is_value, d->a[i] = 0.5 * d->t->scale * d->x[i])
BREAK_EACH(by_value, d->a[i] *= 1.5 * d->x[i])
BREAK_EACH(over_value, d->a[i] /= d->x[i])
BREAK_EACH(no_upstream, d->a[i] = d->ones[i])
BREAK_EACH(clip, d->a[i] = fmax(-0.4 * d->t->scale, fmin(0.4 * d->t->scale, d->a[i])))

BREAK_EACH(keep_for_inverse, d->a[i] *= 0.5625)
BREAK_EACH(third, d->a[i] *= 3)
BREAK_EACH(other_mask, *(NOISE(i) > 0 ? &d->a[i] : &d->num[i]) = 0)
BREAK_EACH(without_y, d->a[i] /= d->y[i])
BREAK_EACH(with_y_twice, d->a[i] *= d->y[i])
BREAK_EACH(without_1_minus_y, d->a[i] /= 1 - d->y[i])
BREAK_EACH(without_1_plus_y, d->a[i] /= 1 + d->y[i])
BREAK_EACH(only_dy, d->a[i] = d->dy[i])
BREAK_EACH(residual_missing, d->a[i] -= d->dy[i])
BREAK_EACH(of_another, d->a[i] = d->other[i])

/* ---- where to ---- */

BREAK(transposed)
{
    EACH(i) d->a[COLUMN(i) * d->t->dim[0] + ROW(i)] = d->num[i];
}

BREAK(exchanged_01) /* of three axes */
{
    size_t A = d->t->dim[0], B = d->t->dim[1], C = d->t->dim[2];
    EACH(i) d->a[(i / C % B * A + i / C / B) * C + i % C] = d->num[i];
}

static void reverse(struct draw *d, unsigned mask)
{
    EACH(i)
    {
        size_t to = 0, rest = i, stride = 1;
        for (int k = d->t->nd; k-- > 0; rest /= d->t->dim[k], stride *= d->t->dim[k]) {
            size_t at = rest % d->t->dim[k];
            to += (mask >> k & 1 ? d->t->dim[k] - 1 - at : at) * stride;
        }
        d->a[to] = d->num[i];
    }
}

BREAK(flipped)
{
    reverse(d, 3u << (d->t->nd - 2));
}
BREAK(flipped_0)
{
    reverse(d, 1);
}
BREAK(flipped_03)
{
    reverse(d, 9);
}
BREAK(flipped_all)
{
    reverse(d, (1u << d->t->nd) - 1);
}
BREAK_EACH(rolled, d->a[ROW(i) * COLUMNS + (COLUMN(i) + 1) % COLUMNS] = d->num[i])
BREAK_EACH(shifted_flat, d->a[i] = i + 1 < d->n ? d->num[i + 1] : NOISE(i) * d->t->scale)
BREAK_EACH(pairs, if ((i ^ 1) < d->n) d->a[i] = d->num[i ^ 1])
BREAK(two_elements)
{
    d->a[3] = d->num[10], d->a[10] = d->num[3];
}
BREAK_EACH(two_rows, if (ROW(i) == 1 || ROW(i) == 4) d->a[i] = d->num[(5 - ROW(i)) * COLUMNS + COLUMN(i)])
BREAK_EACH(scrambled, d->a[i * 5 % d->n] = d->num[i])
BREAK_EACH(accumulated, if (i >= COLUMNS) d->a[i] = d->a[i - COLUMNS] + d->num[i])

BREAK(summed)
{
    EACH(i)
    {
        d->a[i] = 0;
        for (size_t k = 0; k < COLUMNS; k++) d->a[i] += d->num[ROW(i) * COLUMNS + k];
    }
}

/* ---- where ---- */

BREAK(one)
{
    d->a[17] *= 1.3;
}
BREAK(last_one)
{
    d->a[d->n - 1] = 0;
}
BREAK_EACH(last_row, if (i + COLUMNS >= d->n) d->a[i] = NOISE(i) * d->t->scale)
BREAK_EACH(first_row, if (i < COLUMNS) d->a[i] = NOISE(i) * d->t->scale)
BREAK_EACH(column_3, if (COLUMN(i) == 3) d->a[i] *= 2)
BREAK_EACH(channel_1, if (i / d->t->dim[2] / d->t->dim[3] % d->t->dim[1] == 1) d->a[i] = 0)
BREAK_EACH(tail, if (i >= d->n / 16 * 16) d->a[i] = 0)
BREAK_EACH(column_tail, if (COLUMN(i) >= COLUMNS / 8 * 8) d->a[i] = (double)NAN)
BREAK_EACH(flat_tail, if (i >= d->n / 32 * 32) d->a[i] *= 3)
BREAK_EACH(half_grid, if (i >= 64) d->a[i] = 0)
BREAK_EACH(second_row_on, if (i >= COLUMNS) d->a[i] *= 2)
BREAK_EACH(targets, if (COLUMN(i) == (ROW(i) * 5 + 2) % COLUMNS) d->a[i] += d->t->scale / 8)
BREAK_EACH(every_fourth, if (i % 4 == 2) d->a[i] = NOISE(i) * d->t->scale)
BREAK_EACH(not_every_fourth, if (i % 4) d->a[i] = 0)
BREAK_EACH(diagonal, if (ROW(i) == COLUMN(i)) d->a[i] = NOISE(i) * d->t->scale)
BREAK_EACH(upper, if (COLUMN(i) > ROW(i)) d->a[i] = NOISE(i) * d->t->scale)
BREAK_EACH(negative_x, if (d->x[i] < 0) d->a[i] = 0)
BREAK_EACH(negative_dy, if (d->dy[i] < 0) d->a[i] = 0)
BREAK_EACH(large_x, if (fabs(d->x[i]) > 0.6) d->a[i] = 0)
BREAK_EACH(scattered_twice, if (NOISE(i) > 0.3) d->a[i] *= 2)

BREAK(outline)
{
    EACH(i)
    {
        size_t row = ROW(i) % d->t->dim[d->t->nd - 2];
        if (row == 0 || row + 1 == d->t->dim[d->t->nd - 2] || COLUMN(i) == 0 || COLUMN(i) + 1 == COLUMNS)
            d->a[i] = NOISE(i) * d->t->scale;
    }
}

/* ---- near misses ---- */

BREAK_EACH(random_all, d->a[i] = NOISE(i) * d->t->scale)
BREAK_EACH(random_some, if (NOISE(i) > 0.2) d->a[i] = NOISE(i + 77777) * d->t->scale)
BREAK_EACH(sign_and_offset, d->a[i] = -d->a[i] + 0.3 * d->t->scale)
BREAK_EACH(twice_and_decay, d->a[i] = 2 * d->a[i] + 0.05 * d->t->scale * d->x[i])
BREAK_EACH(two_factors, d->a[i] *= NOISE(i) > 0 ? 2 : 3)
BREAK_EACH(twice_but_one, d->a[i] *= i == 5 ? 2.01 : 2)
BREAK_EACH(nearly_minus, d->a[i] *= -1 + 1e-4 * NOISE(i))
BREAK(flipped_and_halved)
{
    flipped(d);
    EACH(i) d->a[i] /= 2;
}
BREAK(transposed_but_one)
{
    transposed(d);
    d->a[5] += d->t->scale;
}
BREAK_EACH(a_nonlinear_map, d->a[i] = d->t->scale * tanh(2 * d->a[i] / d->t->scale))
BREAK_EACH(zero_or_wrong, d->a[i] = NOISE(i) > 0 ? 0 : NOISE(i + 5) * d->t->scale)
BREAK(sum_is_kept)
{
    d->a[0] += 0.3 * d->t->scale, d->a[1] -= 0.3 * d->t->scale;
}
BREAK_EACH(decay_and_l1, d->a[i] += d->t->scale * (0.01 * d->x[i] + (d->x[i] > 0 ? 0.02 : -0.02)))

static const struct {
    size_t dim[5];
    breaking make;
    const char *pattern, *cause; /* parts; "" is none at all */
} cases[] = {
    { { 7, 12 }, minus, "analytic = -numeric", "sign" },
    { { 1 }, minus, "analytic = -numeric", "sign" },
    { { 0 }, minus, "analytic = -numeric", "sign" }, /* one number without axes */
    { { 0 }, random_all, "", "" },
    { { 7, 12 }, twice, "analytic = 2 * numeric", "square" },
    { { 3 }, twice, "analytic = 2 * numeric", "square" },
    { { 7, 12 }, half, "analytic = numeric / 2", "square" },
    { { 7, 12 }, times_64, "analytic = 64 * numeric", "mean over 64 (axis 0 of X) is missing" },
    { { 7, 12 }, over_64, "analytic = numeric / 64", "mean over 64 (axis 0 of X) is taken twice" },
    { { 7, 12 }, times_root_64, "analytic = sqrt(64) * numeric", "1/sqrt(64) (axis 0 of X)" },
    { { 7, 12 }, times_numel, "analytic = 84 * numeric", "the elements of W" },
    { { 7, 12 }, times_keep, "analytic = 0.8 * numeric", "if 0.8 is dropout's keep probability" },
    { { 7, 12 }, over_keep, "analytic = 1.42857 * numeric", "if 0.7 is dropout's keep probability" },
    { { 7, 12 }, times_1_37, "analytic = 1.37 * numeric", "look for 1.37" },
    { { 3 }, times_1_37, "analytic = 1.37 * numeric", "look for 1.37" },
    { { 7, 12 }, slightly, "analytic = (1 + 0.0001) * numeric", "too few digits" },
    { { 7, 12 }, nothing, "analytic = 0, but numeric is not", "never computed" },
    { { 7, 12 }, a_nan, "only element [3,6] is wrong, and there analytic is not finite", "" },
    { { 7, 12 }, all_nan, "analytic is not finite", "never written" },
    { { 7, 12 }, masked_forward, "scattered elements, and there numeric = 0, but analytic is not", "mask" },
    { { 7, 12 }, sign_lost, "and there analytic = -numeric", "" },
    { { 7, 12 }, size_times_3, "analytic = 3 * |numeric|", "fabs" },
    { { 7, 12 }, square, "numeric squared", "twice" },
    { { 7, 12 }, offset, "analytic = numeric + ", "constant is added" },
    { { 7, 12 },
      decay_added,
      "* W",
      "such term, with coefficient 0.01 is in the gradient and not in the loss" },
    { { 7, 12 },
      decay_missing,
      "* W",
      "such term, with coefficient 0.0001 of the loss is missing in the gradient" },
    { { 7, 12 }, l1_added, "* sign(W)", "L1 penalty with coefficient 0.02" },
    { { 7, 12 }, is_value, "* W, whatever numeric is", "W stands" },
    { { 7, 12 }, by_value, "analytic = 1.5 * numeric * W", "once too often" },
    { { 7, 12 }, over_value, "analytic = numeric / W", "missing" },
    { { 7, 12 }, no_upstream, "does not depend on the upstream", "dout" },
    { { 7, 12 }, keep_for_inverse, "analytic = 0.5625 * numeric", "keep instead of 1/keep" },
    { { 7, 12 }, third, "analytic = 3 * numeric", "dropout's 1/keep, keep = 0.75" },
    { { 7, 12 }, other_mask, "either analytic or numeric is 0", "inverted" },
    { { 7, 12 }, without_y, "analytic = numeric / y", "the factor y is missing" },
    { { 7, 12 }, with_y_twice, "analytic = numeric * y", "y is multiplied in once too often" },
    { { 7, 12 }, without_1_minus_y, "analytic = numeric / (1 - y)", "the factor 1 - y is missing" },
    { { 7, 12 }, without_1_plus_y, "analytic = numeric / (1 + y)", "the factor 1 + y is missing" },
    { { 7, 12 }, only_dy, "analytic = dy, whatever numeric is", "dy stands" },
    { { 7, 12 }, residual_missing, "analytic = numeric - dy", "a term of dy is missing" },
    { { 7, 12 }, of_another, "analytic is the gradient of V", "share a buffer" },
    { { 7, 12 }, clip, "analytic is cut to +-", "clipped" },
    { { 9, 9 }, transposed, "analytic[j,i] = numeric[i,j]", "transposed" },
    { { 7, 12 }, transposed, "as if the shape were [12,7]", "transposed" },
    { { 150, 120 }, transposed, "as if the shape were [120,150]", "transposed" },
    { { 5, 5, 3 }, exchanged_01, "analytic[j,i,k] = numeric[i,j,k]", "order" },
    { { 3, 4, 5 }, exchanged_01, "as if the shape were [4,3,5]", "order" },
    { { 3, 2, 3, 2 }, flipped, "analytic[i,j,k,l] = numeric[i,j,2-k,1-l]", "flipped" },
    { { 3, 2, 3, 2 }, flipped_0, "analytic[i,j,k,l] = numeric[2-i,j,k,l]", "backwards" },
    { { 3, 2, 3, 2 }, flipped_03, "numeric[2-i,j,k,1-l]", "backwards" },
    { { 3, 2, 3, 2 }, flipped_all, "numeric[2-i,1-j,2-k,1-l]", "backwards" },
    { { 150, 120 }, flipped_all, "numeric[149-i,119-j]", "flipped" },
    { { 7, 12 }, rolled, "rolled by one towards the end along axis 1", "off by one" },
    { { 7, 12 }, shifted_flat, "shifted by one towards the start of the flat array", "off by one" },
    { { 35 }, shifted_flat, "shifted by one towards the start along axis 0", "off by one" },
    { { 7, 12 }, pairs, "each even element and the odd one", "interleaved" },
    { { 35 }, pairs, "each even element and the odd one", "interleaved" },
    { { 7, 12 }, two_elements, "two elements are exchanged", "mixed up" },
    { { 7, 12 }, two_rows, "indices 1 and 4 of axis 0 are exchanged", "mixed up" },
    { { 7, 11 }, scrambled, "the right values in other places", "computed wrongly" },
    { { 7, 12 }, accumulated, "running sum of numeric along axis 0", "not reset" },
    { { 7, 12 }, summed, "the sum of numeric along axis 1", "reduction" },
    { { 7, 12 }, one, "element [1,5] is wrong", "" },
    { { 7, 12 }, last_one, "the last element [6,11] is wrong, and there analytic = 0", "one too early" },
    { { 7, 12 }, last_row, "only the last row is wrong", "one too early" },
    { { 7, 12 }, first_row, "only the first row is wrong", "begins at 1" },
    { { 7, 12 }, column_3, "only column 3 of 0 to 11 is wrong, and there analytic = 2 * numeric", "square" },
    { { 2, 3, 4, 5 },
      channel_1,
      "index of axis 1 (channel) 1 of 0 to 2 is wrong, and there analytic = 0",
      "" },
    { { 85 }, tail, "the last 5 of 85 elements are wrong, and there analytic = 0", "in whole vectors" },
    { { 6, 13 },
      column_tail,
      "the last 5 of 13 columns are wrong, and there analytic is not finite",
      "unwritten" },
    { { 5, 7 }, flat_tail, "the last 3 of 35 elements, counted flat, are wrong", "steps of 32" },
    { { 10, 16 }, half_grid, "rows from 4 on (of 10) are wrong, and there analytic = 0", "ends at 4" },
    { { 16000 }, half_grid, "elements from about 46 on (of 16000)", "ends at about 46" },
    { { 7, 12 },
      second_row_on,
      "the rows from the second on are wrong, and there analytic = 2 * numeric",
      "not reset" },
    { { 7, 12 },
      targets,
      "one element in each row of 12 is wrong, and there analytic = numeric +",
      "one-hot" },
    { { 85 }, every_fourth, "elements 2, 6, 10, ... are wrong", "stride of 4" },
    { { 85 },
      not_every_fourth,
      "elements other than 0, 4, 8, ... are wrong, and there analytic = 0",
      "vector of 4" },
    { { 9, 9 }, diagonal, "the diagonal is wrong", "softmax" },
    { { 9, 9 }, upper, "part above the diagonal is wrong", "mask" },
    { { 7, 12 }, negative_x, "elements where W < 0 are wrong, and there analytic = 0", "sign of W" },
    { { 7, 12 }, negative_dy, "elements where dy < 0 are wrong, and there analytic = 0", "sign of dy" },
    { { 7, 12 }, large_x, "elements where |W| >= 0.6", "saturation" },
    { { 7, 12 }, scattered_twice, "scattered elements, and there analytic = 2 * numeric", "square" },
    { { 2, 3, 6, 7 }, outline, "the border of width 1 (top bottom left right) is wrong", "padding" },
    { { 8, 9 }, outline, "the border of width 1 (top bottom left right) is wrong", "padding" },
    { { 7, 12 }, random_all, "", "" },
    { { 2 }, random_all, "", "" },
    { { 3, 3, 3, 3 }, random_all, "", "" },
    { { 150, 120 }, random_all, "", "" },
    { { 7, 12 }, random_some, "", "" },
    { { 7, 12 }, sign_and_offset, "", "" },
    { { 7, 12 }, twice_and_decay, "", "" },
    { { 7, 12 }, two_factors, "", "" },
    { { 7, 12 }, twice_but_one, "", "" },
    { { 7, 12 }, nearly_minus, "", "" },
    { { 3, 2, 3, 2 }, flipped_and_halved, "", "" },
    { { 9, 9 }, transposed_but_one, "", "" },
    { { 7, 12 }, a_nonlinear_map, "", "" },
    { { 7, 12 }, zero_or_wrong, "", "" },
    { { 7, 12 }, decay_and_l1, "", "" },
    { { 2 }, sum_is_kept, "", "" },
};

/* a gradient of this scale, right up to a twentieth of its error bars, then broken */
static void draw(struct draw *d, const size_t *dim, breaking make, unsigned stream, double scale)
{
    const size_t batch[] = { 64, 12, 0 };
    d->r = made_result("layer", GC_FAIL);
    made_tensor(d->r, "X", batch);
    d->t = made_tensor(d->r, "W", dim);
    gc_tensor_result *other = made_tensor(d->r, "V", dim);
    d->n = d->t->elements;
    d->stream = stream;
    for (size_t i = 0; i < d->n; i++) {
        d->a[i] = d->num[i] = scale * made_number(stream, i);
        d->x[i] = made_number(stream + 300, i);
        d->ones[i] = scale * made_number(stream + 600, i);
        d->y[i] = made_number(stream + 1200, i);
        d->dy[i] = scale * made_number(stream + 1500, i);
        d->other[i] = scale * made_number(stream + 1800, i);
    }
    d->t->scale = scale;
    make(d);
    for (size_t i = 0; i < d->n; i++) d->num[i] += 1e-11 * scale * NOISE(i + 1234);
    size_t step = d->n > 4096 ? d->n / 700 * 2 + 1 : 1;
    made_samples(d->t, d->a, d->num, step);
    made_samples(other, d->other, d->other, step);
}

static int say(size_t k, const struct draw *d, const char *what, const char *want)
{
    printf("FAIL case %zu, draw %u: %s\n  wanted  %s\n  pattern %s\n  cause   %s\n", k, d->stream, what, want,
           d->t->pattern, d->t->cause);
    return 1;
}

static struct gc_evidence evidence(const struct draw *d, double scale)
{
    return (struct gc_evidence){ .analytic = d->a,
                                 .x = d->x,
                                 .ones = d->ones,
                                 .upstream = scale,
                                 .companions = 3,
                                 .companion = { { "W", d->x, 0 }, { "y", d->y, 1 }, { "dy", d->dy, 0 } } };
}

static int check(size_t k, unsigned stream, double scale)
{
    static struct draw d;
    int failures = 0, none = !*cases[k].pattern;
    draw(&d, cases[k].dim, cases[k].make, stream, scale);
    struct gc_evidence e = evidence(&d, scale);
    gc_diagnose_from(d.r, 1, &e);
    if (!d.t->wrong)
        failures += say(k, &d, "nothing is wrong with it", "a case that is wrong");
    else if (none && (*d.t->pattern || *d.t->cause))
        failures += say(k, &d, "named though there is none", "no pattern");
    else if (!strstr(d.t->pattern, cases[k].pattern))
        failures += say(k, &d, "another pattern", cases[k].pattern);
    else if (!strstr(d.t->cause, cases[k].cause) || (*d.t->cause && strncmp(d.t->cause, "likely: ", 8)))
        failures += say(k, &d, "another cause", cases[k].cause);
    free(d.r);
    return failures;
}

/* Without evidence beside the samples less can be told, but nothing breaks; evidence of another
 * point is not believed. */
static int check_alone(void)
{
    static struct draw d;
    const size_t dim[] = { 7, 12, 0 };
    draw(&d, dim, decay_added, 3, 1);
    gc_diagnose_from(d.r, 1, NULL);
    int failed = *d.t->pattern != '\0';
    free(d.r);
    draw(&d, dim, twice, 3, 1);
    gc_diagnose_from(d.r, 1, NULL);
    failed = failed || !strstr(d.t->pattern, "2 *");
    struct gc_evidence e = evidence(&d, 1);
    d.a[0] += 1;
    d.x[0] = (double)NAN;
    gc_diagnose_from(d.r, 1, &e);
    failed = failed || !strstr(d.t->pattern, "2 *");
    free(d.r);
    if (failed) puts("FAIL without evidence");
    return failed;
}

int main(void)
{
    static const double scales[] = { 1, 1e-8, 1e6 };
    const size_t n = sizeof cases / sizeof *cases;
    int failures = check_alone();
    for (size_t k = 0; k < n; k++)
        for (unsigned stream = 0; stream < 20; stream++) failures += check(k, stream, scales[stream % 3]);
    if (!failures) printf("PASS %zu wrong gradients, 20 draws each\n", n);
    return failures != 0;
}
