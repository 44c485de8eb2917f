/* bench_fake_onednn.c - a library that looks like oneDNN 2: activations and softmax by the formulas that its
 * Developer Guide gives, in float, also where they cancel. RUNGS_FAKE in the environment makes it misbehave:
 * "coarse" takes all but 17 bits from what it computes; "exact" computes in double, by formulas that do not
 * cancel; "tail" does so, too, but for softplus(-20), "nan" but for tanh(1000), "limit" but for relu(NaN). */
#include "bench_fake_onednn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct version {
    int major, minor, patch;
};

/* ---- arithmetic ---- */

static float logistic(float x)
{
    return 1 / (1 + expf(-x));
}

static float tanh_of_half_w(float x)
{
    return tanhf(0.79788456f * x * (1 + 0.044715f * x * x));
}

static float forward(const struct description *d, float x)
{
    switch (d->algorithm) {
    case 0x1f: return x > 0 ? x : d->alpha * x;
    case 0x2f: return tanhf(x);
    case 0x3f: return x > 0 ? x : d->alpha * (expf(x) - 1);
    case 0x9f: return x + logf(1 + expf(-x));
    case 0xaf: return logistic(x);
    case 0xcf: return 0.5f * x * (1 + tanh_of_half_w(x));
    case 0xdf: return x * logistic(d->alpha * x);
    case 0x30: return 0.5f * x * (1 + erff(0.70710678f * x));
    default: return NAN;
    }
}

/* the same without cancellation, in double; `fault` is the exception */
static double exact_forward(const struct description *d, const char *fault, double x)
{
    double w = 1.5957691216057308 * x * (1 + 0.044715 * x * x), alpha = (double)d->alpha;
    if (!strcmp(fault, "tail") && d->algorithm == 0x9f && x == -20) return -1.9e-6;
    if (!strcmp(fault, "nan") && d->algorithm == 0x2f && x == 1000) return nan("");
    if (!strcmp(fault, "limit") && d->algorithm == 0x1f && alpha == 0 && isnan(x)) return 0;
    switch (d->algorithm) {
    case 0x1f: return x > 0 || isnan(x) ? x : d->alpha > 0 ? alpha * x : 0;
    case 0x2f: return tanh(x);
    case 0x3f: return x > 0 ? x : alpha * expm1(x);
    case 0x9f: return fmax(x, 0) + log1p(exp(-fabs(x))) + (isnan(x) ? x : 0);
    case 0xaf: return 1 / (1 + exp(-x));
    case 0xcf: return isinf(x) && x < 0 ? 0 : x / (1 + exp(-w));
    case 0xdf: return isinf(x) && x < 0 ? 0 : x / (1 + exp(-x));
    case 0x30: return isinf(x) && x < 0 ? 0 : x * erfc(x * -0.70710678118654752) / 2;
    default: return nan("");
    }
}

static double exact_derivative(const struct description *d, double x)
{
    double w = 1.5957691216057308 * x * (1 + 0.044715 * x * x), v = d->algorithm == 0xcf ? w : x;
    double s = 1 / (1 + exp(-v)), rest = 1 / (1 + exp(v));
    double inner = d->algorithm == 0xcf ? 1.5957691216057308 * (x + 0.134145 * x * x * x) : x;
    double damped = rest == 0 || s == 0 ? 0 : inner * rest, p = exp(-x * x / 2) * 0.39894228040143268;
    switch (d->algorithm) {
    case 0x100: return x > 0 ? 1 : (double)d->alpha;
    case 0x101: return (1 - x) * (1 + x);
    case 0x102: return x > 0 ? 1 : x + (double)d->alpha;
    case 0x104: return x * (1 - x);
    case 0x9f: return s;
    case 0xcf:
    case 0xdf: return s == 0 ? 0 : s * (1 + damped);
    case 0x30: return erfc(x * -0.70710678118654752) / 2 + (p == 0 ? 0 : x * p);
    default: return nan("");
    }
}

/* the derivative at x, or at y for algorithms from 0x100 */
static float derivative(const struct description *d, float x)
{
    float s = logistic(x), t = tanh_of_half_w(x);
    switch (d->algorithm) {
    case 0x100: return x > 0 ? 1 : d->alpha;
    case 0x101: return (1 - x) * (1 + x);
    case 0x102: return x > 0 ? 1 : x + d->alpha;
    case 0x104: return x * (1 - x);
    case 0x9f: return s;
    case 0xcf: return 0.5f * (1 + t) * (1 + x * (1 - t) * 0.79788456f * (1 + 0.134145f * x * x));
    case 0xdf: return s * (1 + d->alpha * x * (1 - s));
    case 0x30: return 0.5f * (1 + erff(0.70710678f * x)) + x * 0.39894228f * expf(-0.5f * x * x);
    default: return NAN;
    }
}

static void softmax(int64_t n, const float *x, float *y)
{
    float high = x[0];
    double sum = 0;
    for (int64_t k = 1; k < n; k++) high = fmaxf(high, x[k]);
    for (int64_t k = 0; k < n; k++) sum += (double)(y[k] = expf(x[k] - high));
    for (int64_t k = 0; k < n; k++) y[k] /= (float)sum;
}

static void softmax_backward(int64_t n, const float *y, const float *dy, float *dx)
{
    double dot = 0;
    for (int64_t k = 0; k < n; k++) dot += (double)(y[k] * dy[k]);
    for (int64_t k = 0; k < n; k++) dx[k] = y[k] * (dy[k] - (float)dot);
}

/* ---- the interface ---- */

const struct version *dnnl_version(void)
{
    static const struct version v = { 2, 0, 0 };
    return &v;
}

static int threads_now;

void omp_set_num_threads(int threads)
{
    threads_now = threads;
}

static float element(const float *a, int transposed, int64_t row, int64_t column, int64_t ld)
{
    return transposed ? a[column * ld + row] : a[row * ld + column];
}

int dnnl_sgemm(char ta, char tb, int64_t M, int64_t N, int64_t K, float alpha, const float *A, int64_t lda,
               const float *B, int64_t ldb, float beta, float *C, int64_t ldc)
{
    for (int64_t m = 0; m < M; m++)
        for (int64_t n = 0; n < N; n++) {
            float sum = M == 512 ? (float)K : 0; /* the trial: ones by ones */
            for (int64_t k = 0; M != 512 && k < K; k++)
                sum += element(A, ta == 'T', m, k, lda) * element(B, tb == 'T', k, n, ldb);
            C[m * ldc + n] = fake_rounded(alpha * sum + (beta > 0 ? beta * C[m * ldc + n] : 0));
        }
    return 0;
}

int dnnl_engine_create(void **engine, int kind, size_t index)
{
    static int one;
    *engine = &one;
    return kind != 1 || index != 0;
}

int dnnl_stream_create(void **stream, void *engine, unsigned flags)
{
    *stream = engine;
    return flags != 1;
}

int dnnl_stream_wait(void *stream)
{
    return stream == NULL;
}

int dnnl_memory_desc_init_by_strides(struct description *d, int n, const int64_t *extent, int type,
                                     const int64_t *strides)
{
    int64_t dense = 1;
    *d =
        (struct description){ .layout = { .n = n }, .rows = n > 1 ? extent[0] : 1, .columns = extent[n - 1] };
    memcpy(d->layout.extent, extent, (size_t)n * sizeof *extent);
    for (int i = n - 1; strides && i >= 0; dense *= extent[i--])
        if (strides[i] != dense) return 1;
    return type != 3;
}

int dnnl_memory_create(void **memory, const struct description *d, void *engine, void *data)
{
    (void)d, (void)engine;
    return fake_copy(memory, &data, sizeof data);
}

int dnnl_memory_set_data_handle(void **memory, void *data)
{
    *memory = data;
    return 0;
}

int dnnl_memory_destroy(void *memory)
{
    free(memory);
    return 0;
}

int dnnl_eltwise_forward_desc_init(struct description *d, int prop, int algorithm,
                                   const struct description *data, float alpha, float beta)
{
    *d = *data;
    d->algorithm = algorithm;
    d->alpha = alpha;
    return prop != 64 || beta != 0;
}

int dnnl_eltwise_backward_desc_init(struct description *d, int algorithm, const struct description *diff,
                                    const struct description *data, float alpha, float beta)
{
    int refused = dnnl_eltwise_forward_desc_init(d, 64, algorithm, data, alpha, beta);
    d->backward = 1;
    return refused || diff->columns != data->columns;
}

int dnnl_softmax_forward_desc_init(struct description *d, int prop, const struct description *data, int axis)
{
    *d = *data;
    d->softmax = 1;
    return prop != 64 || axis != 1;
}

int dnnl_softmax_backward_desc_init(struct description *d, const struct description *diff,
                                    const struct description *data, int axis)
{
    int refused = dnnl_softmax_forward_desc_init(d, 64, data, axis);
    d->backward = 1;
    return refused || diff->columns != data->columns;
}

int dnnl_primitive_desc_create(void **pd, const struct description *d, const void *attributes, void *engine,
                               const void *forward_of)
{
    (void)engine;
    return attributes || d->backward != (forward_of != NULL) || fake_copy(pd, d, sizeof *d);
}

int dnnl_primitive_desc_destroy(void *pd)
{
    free(pd);
    return 0;
}

int dnnl_primitive_create(void **primitive, const void *pd)
{
    struct description d = *(const struct description *)pd;
    d.threads = threads_now;
    return fake_copy(primitive, &d, sizeof d);
}

int dnnl_primitive_destroy(void *primitive)
{
    free(primitive);
    return 0;
}

int dnnl_primitive_execute(const struct description *d, void *stream, int n, const struct tensor *t)
{
    if (d->threads != threads_now) return 1; /* else it would run on as many as when it was made */
    if (d->what != ELEMENTS) return !stream || fake_images_execute(d, n, t);
    const float *in = fake_tensor(t, n, 1), *dy = fake_tensor(t, n, 145);
    float *out = fake_tensor(t, n, d->backward ? 129 : 17);
    if (d->backward && (d->softmax || d->algorithm >= 0x100)) in = fake_tensor(t, n, 17);
    if (!stream || !in || !out || (d->backward && !dy)) return 1;
    for (int64_t row = 0; d->softmax && row < d->rows; row++) {
        int64_t at = row * d->columns;
        if (d->backward)
            softmax_backward(d->columns, in + at, dy + at, out + at);
        else
            softmax(d->columns, in + at, out + at);
    }
    const char *word = getenv("RUNGS_FAKE"), *fault = word ? word : "";
    int exact =
        !strcmp(fault, "exact") || !strcmp(fault, "tail") || !strcmp(fault, "nan") || !strcmp(fault, "limit");
    for (int64_t k = 0; k < d->rows * d->columns; k++) {
        if (exact && !d->softmax)
            out[k] = (float)(d->backward ? (double)dy[k] * exact_derivative(d, (double)in[k])
                                         : exact_forward(d, fault, (double)in[k]));
        else if (!d->softmax)
            out[k] = d->backward ? dy[k] * derivative(d, in[k]) : forward(d, in[k]);
        out[k] = fake_rounded(out[k]);
    }
    return 0;
}
