/* peer_sleef_tile.h - what a program writes that has SLEEF: loops over vectors; included once for each width.
 *
 * The file that includes it defines SLEEF_LOOPS (the table's name) after the words of vec_avx2.h or vec_avx512.h.
 */
#include "peer_sleef.h"

#include <math.h>

typedef vec sleef_fn(vec);

#define SLEEF(function, x) (((sleef_fn *)f[function])(x))

/* ---- y = f(x), each as the reference defines it ---- */

/* 1 / (1 + exp(-x)) */
VEC vec sigmoid_of(any_fn *const *f, vec x)
{
    vec one = vec_set1(1);
    return vec_div(one, vec_add(one, SLEEF(SLEEF_EXP, vec_sub(vec_zero(), x))));
}

VEC vec tanh_of(any_fn *const *f, vec x)
{
    return SLEEF(SLEEF_TANH, x);
}

/* x where x > 0, else exp(x) - 1 */
VEC vec elu_of(any_fn *const *f, vec x)
{
    return vec_if_positive(x, x, SLEEF(SLEEF_EXPM1, x));
}

/* max(0, x) + log(1 + exp(-|x|)) */
VEC vec softplus_of(any_fn *const *f, vec x)
{
    return vec_add(vec_relu(x), SLEEF(SLEEF_LOG1P, SLEEF(SLEEF_EXP, vec_negative(x))));
}

/* x / (1 + exp(-x)) */
VEC vec silu_of(any_fn *const *f, vec x)
{
    return vec_div(x, vec_add(vec_set1(1), SLEEF(SLEEF_EXP, vec_sub(vec_zero(), x))));
}

/* x/2 erfc(-x / sqrt(2)) */
VEC vec gelu_of(any_fn *const *f, vec x)
{
    return vec_mul(vec_mul(x, vec_set1(0.5f)), SLEEF(SLEEF_ERFC, vec_mul(x, vec_set1(-0.70710678f))));
}

/* x / (1 + exp(-w)), w = sqrt(8/pi) (x + 0.044715 x^3) */
VEC vec gelu_tanh_of(any_fn *const *f, vec x)
{
    vec minus_w =
        vec_mul(vec_mul(x, vec_set1(-1.5957691f)), vec_fma(vec_mul(x, x), vec_set1(0.044715f), vec_set1(1)));
    return vec_div(x, vec_add(vec_set1(1), SLEEF(SLEEF_EXP, minus_w)));
}

#define EACH(name, of)                                                                 \
    KERNEL static void name(any_fn *const *f, int n, const float *x, float *y)         \
    {                                                                                  \
        int i = 0;                                                                     \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, of(f, vec_load(x + i)));   \
        if (i < n) vec_store_first(y + i, n - i, of(f, vec_load_first(x + i, n - i))); \
    }

EACH(sigmoid_each, sigmoid_of)
EACH(tanh_each, tanh_of)
EACH(elu_each, elu_of)
EACH(softplus_each, softplus_of)
EACH(silu_each, silu_of)
EACH(gelu_each, gelu_of)
EACH(gelu_tanh_each, gelu_tanh_of)

/* ---- softmax of N rows of C numbers ---- */

/* the first numbers of a row's end; the lanes beyond hold -infinity, which is no maximum and whose exp is 0 */
VEC vec end_of_row(const float *x, int n)
{
    return vec_first_or(n, vec_load_first(x, n), vec_set1(-INFINITY));
}

KERNEL static float row_maximum(int C, const float *x)
{
    vec high = vec_set1(-INFINITY);
    float lane[WIDTH];
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) high = vec_max(high, vec_load(x + c));
    if (c < C) high = vec_max(high, end_of_row(x + c, C - c));
    vec_store(lane, high);
    for (int i = 1; i < WIDTH; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
    return lane[0];
}

/* y = exp(x - shift); returns its sum */
KERNEL static float row_exp(any_fn *const *f, int C, const float *x, float shift, float *y)
{
    vec m = vec_set1(shift), sum = vec_zero();
    float lane[WIDTH];
    int c = 0;
    for (; c + WIDTH <= C; c += WIDTH) {
        vec e = SLEEF(SLEEF_EXP, vec_sub(vec_load(x + c), m));
        vec_store(y + c, e);
        sum = vec_add(sum, e);
    }
    if (c < C) {
        vec e = SLEEF(SLEEF_EXP, vec_sub(end_of_row(x + c, C - c), m));
        vec_store_first(y + c, C - c, e);
        sum = vec_add(sum, e);
    }
    vec_store(lane, sum);
    for (int i = 1; i < WIDTH; i++) lane[0] += lane[i];
    return lane[0];
}

KERNEL static void softmax_rows(any_fn *const *f, int N, int C, const float *x, float *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) {
        vec factor = vec_set1(1 / row_exp(f, C, x, row_maximum(C, x), y));
        int c = 0;
        for (; c + WIDTH <= C; c += WIDTH) vec_store(y + c, vec_mul(vec_load(y + c), factor));
        if (c < C) vec_store_first(y + c, C - c, vec_mul(vec_load_first(y + c, C - c), factor));
    }
}

const struct sleef_loops SLEEF_LOOPS = { sigmoid_each, tanh_each, elu_each,       softplus_each,
                                         silu_each,    gelu_each, gelu_tanh_each, softmax_rows };
