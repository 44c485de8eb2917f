/* peer_sleef_tile.h - what a program writes that has SLEEF: loops over vectors; included once for each width.
 *
 * The file that includes it defines SLEEF_TABLE (the table's name) after the words of
 * vec_avx2.h or vec_avx512.h.
 */
#include "peer_sleef.h"

#include <math.h>

typedef vec sleef_fn(vec);

#define SLEEF(function, x) (((sleef_fn *)f[function])(x))

/* ---- y = f(x) ---- */

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

/* erfc(-x / sqrt(2)) / 2 */
VEC vec normal_of(any_fn *const *f, vec x)
{
    return vec_mul(vec_set1(0.5f), SLEEF(SLEEF_ERFC, vec_mul(x, vec_set1(-0.70710678f))));
}

VEC vec gelu_of(any_fn *const *f, vec x)
{
    return vec_mul(x, normal_of(f, x));
}

/* w = sqrt(8/pi) (x + 0.044715 x^3) */
VEC vec gelu_w(vec x)
{
    return vec_mul(vec_mul(x, vec_set1(1.5957691f)),
                   vec_fma(vec_mul(x, x), vec_set1(0.044715f), vec_set1(1)));
}

/* x / (1 + exp(-w)) */
VEC vec gelu_tanh_of(any_fn *const *f, vec x)
{
    return vec_div(x, vec_add(vec_set1(1), SLEEF(SLEEF_EXP, vec_sub(vec_zero(), gelu_w(x)))));
}

/* ---- y = f(x) and *s = f'(x) ---- */

/* s = 1 / (1 + exp(-x)) and *rest = 1 - s without a subtraction; *e = exp(-|x|) */
VEC vec sigmoid_and_rest(any_fn *const *f, vec x, vec *rest, vec *e)
{
    *e = SLEEF(SLEEF_EXP, vec_negative(x));
    vec large = vec_div(vec_set1(1), vec_add(vec_set1(1), *e)), small = vec_mul(*e, large);
    *rest = vec_if_positive(x, small, large);
    return vec_if_positive(x, large, small);
}

VEC vec sigmoid_and_derivative(any_fn *const *f, vec x, vec *s)
{
    vec y = sigmoid_of(f, x);
    *s = vec_mul(y, vec_sub(vec_set1(1), y));
    return y;
}

VEC vec tanh_and_derivative(any_fn *const *f, vec x, vec *s)
{
    vec y = tanh_of(f, x), one = vec_set1(1);
    *s = vec_mul(vec_sub(one, y), vec_add(one, y));
    return y;
}

VEC vec elu_and_derivative(any_fn *const *f, vec x, vec *s)
{
    vec y = elu_of(f, x), one = vec_set1(1);
    *s = vec_if_positive(x, one, vec_add(y, one));
    return y;
}

VEC vec softplus_and_derivative(any_fn *const *f, vec x, vec *s)
{
    vec rest, e;
    *s = sigmoid_and_rest(f, x, &rest, &e);
    return vec_add(vec_relu(x), SLEEF(SLEEF_LOG1P, e));
}

/* s (1 + x (1 - s)) */
VEC vec silu_and_derivative(any_fn *const *f, vec x, vec *s)
{
    vec rest, e, sigmoid = sigmoid_and_rest(f, x, &rest, &e);
    *s = vec_mul(sigmoid, vec_fma(x, rest, vec_set1(1)));
    return vec_mul(x, sigmoid);
}

/* P + x p, P the normal distribution, p its density */
VEC vec gelu_and_derivative(any_fn *const *f, vec x, vec *s)
{
    vec P = normal_of(f, x), p = SLEEF(SLEEF_EXP, vec_mul(vec_mul(x, x), vec_set1(-0.5f)));
    *s = vec_fma(vec_mul(x, vec_set1(0.39894228f)), p, P);
    return vec_mul(x, P);
}

/* s + x s (1 - s) dw/dx */
VEC vec gelu_tanh_and_derivative(any_fn *const *f, vec x, vec *s)
{
    vec rest, e, sigmoid = sigmoid_and_rest(f, gelu_w(x), &rest, &e);
    vec derivative = vec_mul(vec_set1(1.5957691f), vec_fma(vec_mul(x, x), vec_set1(0.134145f), vec_set1(1)));
    *s = vec_fma(vec_mul(vec_mul(x, derivative), sigmoid), rest, sigmoid);
    return vec_mul(x, sigmoid);
}

/* ---- loops over n elements ---- */

VEC vec load(const float *p, int left)
{
    return left < WIDTH ? vec_load_first(p, left) : vec_load(p);
}

VEC void store(float *p, int left, vec x)
{
    if (left < WIDTH)
        vec_store_first(p, left, x);
    else
        vec_store(p, x);
}

#define LOOP(name)                                                             \
    KERNEL static void name(any_fn *const *f, int at, int n, void *const *buf) \
    {                                                                          \
        const float *x = buf[0];                                               \
        for (int i = at, left = n; left > 0; i += WIDTH, left -= WIDTH)
#define FORWARD(name, of)                                       \
    LOOP(name)                                                  \
    store((float *)buf[1] + i, left, of(f, load(x + i, left))); \
    }
#define WITH_DERIVATIVE(name, of)                                       \
    LOOP(name)                                                          \
    {                                                                   \
        vec s;                                                          \
        store((float *)buf[1] + i, left, of(f, load(x + i, left), &s)); \
        store((float *)buf[2] + i, left, s);                            \
    }                                                                   \
    }
#define BACKWARD(name, of)                                 \
    LOOP(name)                                             \
    {                                                      \
        vec s, dy = load((const float *)buf[1] + i, left); \
        (void)of(f, load(x + i, left), &s);                \
        store((float *)buf[2] + i, left, vec_mul(dy, s));  \
    }                                                      \
    }
#define BOTH(f) FORWARD(f##_each, f##_of) WITH_DERIVATIVE(f##_with_derivative, f##_and_derivative)

/* a backward needs no log */
VEC vec only_sigmoid(any_fn *const *f, vec x, vec *s)
{
    return *s = sigmoid_of(f, x);
}

BOTH(sigmoid)
BOTH(tanh)
BOTH(elu)
BOTH(softplus)
BOTH(silu)
BOTH(gelu)
BOTH(gelu_tanh)
BACKWARD(softplus_backward, only_sigmoid)
BACKWARD(silu_backward, silu_and_derivative)
BACKWARD(gelu_backward, gelu_and_derivative)
BACKWARD(gelu_tanh_backward, gelu_tanh_and_derivative)

/* ---- binary cross-entropy of logits: max(z, 0) - z t + log(1 + exp(-|z|)) ---- */

enum { BLOCK = 512 }; /* elements that are summed in float */

KERNEL static float sum_of_lanes(vec x)
{
    float lane[WIDTH];
    vec_store(lane, x);
    for (int i = 1; i < WIDTH; i++) lane[0] += lane[i];
    return lane[0];
}

VEC vec bce_logits_of(vec z, vec t, vec log1p_e)
{
    return vec_add(vec_sub(vec_relu(z), vec_mul(z, t)), log1p_e);
}

KERNEL static double bce_logits(any_fn *const *f, int at, int n, float share, void *const *buf)
{
    const float *z = (const float *)buf[0] + at, *t = (const float *)buf[1] + at;
    double total = 0;
    (void)share;
    for (int block = 0; block < n; block += BLOCK) {
        vec sum = vec_zero();
        for (int i = block; i < n && i < block + BLOCK; i += WIDTH) {
            vec zi = load(z + i, n - i), e = SLEEF(SLEEF_EXP, vec_negative(zi));
            vec loss = bce_logits_of(zi, load(t + i, n - i), SLEEF(SLEEF_LOG1P, e));
            sum = vec_add(sum, n - i < WIDTH ? vec_first_or(n - i, loss, vec_zero()) : loss);
        }
        total += (double)sum_of_lanes(sum);
    }
    return total;
}

KERNEL static double bce_logits_with_gradient(any_fn *const *f, int at, int n, float share, void *const *buf)
{
    const float *z = (const float *)buf[0] + at, *t = (const float *)buf[1] + at;
    float *dz = (float *)buf[3] + at;
    double total = 0;
    for (int block = 0; block < n; block += BLOCK) {
        vec sum = vec_zero();
        for (int i = block; i < n && i < block + BLOCK; i += WIDTH) {
            vec zi = load(z + i, n - i), ti = load(t + i, n - i), rest, e;
            vec s = sigmoid_and_rest(f, zi, &rest, &e);
            vec loss = bce_logits_of(zi, ti, SLEEF(SLEEF_LOG1P, e));
            store(dz + i, n - i, vec_mul(vec_set1(share), vec_sub(s, ti)));
            sum = vec_add(sum, n - i < WIDTH ? vec_first_or(n - i, loss, vec_zero()) : loss);
        }
        total += (double)sum_of_lanes(sum);
    }
    return total;
}

/* ---- N rows of C numbers ---- */

/* the first numbers of a row's end; the lanes beyond hold -infinity, which is no
 * maximum and whose exp is 0 */
VEC vec load_row(const float *x, int left)
{
    return left < WIDTH ? vec_first_or(left, vec_load_first(x, left), vec_set1(-INFINITY)) : vec_load(x);
}

KERNEL static float row_maximum(int C, const float *x)
{
    vec high = vec_set1(-INFINITY);
    float lane[WIDTH];
    for (int c = 0; c < C; c += WIDTH) high = vec_max(high, load_row(x + c, C - c));
    vec_store(lane, high);
    for (int i = 1; i < WIDTH; i++) lane[0] = lane[i] > lane[0] ? lane[i] : lane[0];
    return lane[0];
}

/* the sum of y = exp(x - shift) */
KERNEL static float row_exp(any_fn *const *f, int C, const float *x, float shift, float *y)
{
    vec m = vec_set1(shift), sum = vec_zero();
    for (int c = 0; c < C; c += WIDTH) {
        vec e = SLEEF(SLEEF_EXP, vec_sub(load_row(x + c, C - c), m));
        store(y + c, C - c, e);
        sum = vec_add(sum, e);
    }
    return sum_of_lanes(sum);
}

KERNEL static float row_exp_sum(any_fn *const *f, int C, const float *x, float shift)
{
    vec m = vec_set1(shift), sum = vec_zero();
    for (int c = 0; c < C; c += WIDTH)
        sum = vec_add(sum, SLEEF(SLEEF_EXP, vec_sub(load_row(x + c, C - c), m)));
    return sum_of_lanes(sum);
}

KERNEL static void scale_row(int C, float by, float *y)
{
    vec factor = vec_set1(by);
    for (int c = 0; c < C; c += WIDTH) store(y + c, C - c, vec_mul(load(y + c, C - c), factor));
}

KERNEL static void softmax(any_fn *const *f, int N, int C, const float *x, float *y)
{
    for (int n = 0; n < N; n++, x += C, y += C) scale_row(C, 1 / row_exp(f, C, x, row_maximum(C, x), y), y);
}

/* log of the sum of exp(z - maximum), minus z[label] - maximum; a row without a label has no loss */
KERNEL static double xent(any_fn *const *f, int N, int C, const float *z, const int *label, float share,
                          float *dz)
{
    double total = 0;
    (void)share, (void)dz;
    for (int n = 0; n < N; n++, z += C) {
        if (label[n] < 0) continue;
        float high = row_maximum(C, z);
        total += (double)(logf(row_exp_sum(f, C, z, high)) - (z[label[n]] - high));
    }
    return total;
}

KERNEL static double xent_with_gradient(any_fn *const *f, int N, int C, const float *z, const int *label,
                                        float share, float *dz)
{
    double total = 0;
    for (int n = 0; n < N; n++, z += C, dz += C) {
        float high = row_maximum(C, z), sum = row_exp(f, C, z, high, dz);
        scale_row(C, label[n] < 0 ? 0 : share / sum, dz);
        if (label[n] < 0) continue;
        total += (double)(logf(sum) - (z[label[n]] - high));
        dz[label[n]] -= share;
    }
    return total;
}

const struct sleef_loops SLEEF_TABLE = {
    .each = {
#define PAIR(F, f) [F##_FORWARD] = f##_each, [F##_WITH_DERIVATIVE] = f##_with_derivative
        PAIR(SIGMOID, sigmoid),
        PAIR(TANH, tanh),
        PAIR(ELU, elu),
        PAIR(SOFTPLUS, softplus),
        PAIR(SILU, silu),
        PAIR(GELU, gelu),
        PAIR(GELU_TANH, gelu_tanh),
        [SOFTPLUS_BACKWARD] = softplus_backward,
        [SILU_BACKWARD] = silu_backward,
        [GELU_BACKWARD] = gelu_backward,
        [GELU_TANH_BACKWARD] = gelu_tanh_backward,
    },
    .softmax = softmax,
    .bce_logits = bce_logits,
    .bce_logits_with_gradient = bce_logits_with_gradient,
    .xent = xent,
    .xent_with_gradient = xent_with_gradient,
};
