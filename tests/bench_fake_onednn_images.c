/* bench_fake_onednn_images.c - convolution, pooling and reorders of the library that looks like oneDNN 2, by
 * their formulas, in any layout of the tensors; and what the other file takes of these. */
#include "bench_fake_onednn.h"

#include <stdlib.h>
#include <string.h>

enum { F32 = 3, TRAINING = 64, DIRECT = 1, MAX = 0x1ff, MEAN_INCLUDING = 0x2ff, ROLE = 255, WORKSPACE = 64 };

/* ---- what both files take ---- */

static int is(const char *variable, const char *value)
{
    const char *text = getenv(variable);
    return text && !strcmp(text, value);
}

float fake_rounded(float y)
{
    static int coarse = -1;
    unsigned bits;
    if (coarse < 0) coarse = is("RUNGS_FAKE", "coarse");
    if (!coarse) return y;
    memcpy(&bits, &y, sizeof bits);
    bits &= ~0x7fu; /* the last 7 of the 24 */
    memcpy(&y, &bits, sizeof y);
    return y;
}

int fake_copy(void **to, const void *from, size_t bytes)
{
    *to = malloc(bytes);
    if (*to) memcpy(*to, from, bytes);
    return *to == NULL;
}

float *fake_tensor(const struct tensor *t, int n, int role)
{
    for (int i = 0; i < n; i++)
        if (t[i].role == role) return *t[i].memory;
    return NULL;
}

/* ---- layouts ---- */

int dnnl_memory_desc_init_by_tag(struct description *d, int n, const int64_t *extent, int type, int tag)
{
    *d = (struct description){ .layout = { .n = n } };
    memcpy(d->layout.extent, extent, (size_t)n * sizeof *extent);
    d->layout.order = tag == 1 ? ANY : tag == 69 ? BLOCKS_OF_16 : tag == 93 ? BLOCKS_OF_8 : -1;
    return type != F32 || d->layout.order < 0 || (tag != 1 && n != 4);
}

static int64_t count(const struct layout *l)
{
    int64_t all = 1;
    for (int i = 0; i < l->n; i++) all *= l->extent[i];
    return all;
}

/* elements in memory, with those that fill the last block */
static int64_t room(const struct layout *l)
{
    int64_t all = 1;
    for (int i = 0; i < l->n; i++)
        all *= i == 1 && l->order >= BLOCKS_OF_8 ? (l->extent[i] + l->order - 1) / l->order * l->order
                                                 : l->extent[i];
    return all;
}

/* where the element with that row-major number is */
static int64_t place(const struct layout *l, int64_t number)
{
    int64_t at[5], offset = 0;
    for (int i = l->n - 1; i >= 0; i--) {
        at[i] = number % l->extent[i];
        number /= l->extent[i];
    }
    if (l->order >= BLOCKS_OF_8) {
        int64_t b = l->order, blocks = (l->extent[1] + b - 1) / b;
        return (((at[0] * blocks + at[1] / b) * l->extent[2] + at[2]) * l->extent[3] + at[3]) * b + at[1] % b;
    }
    for (int i = 0; i < l->n; i++) {
        int d = l->order == COLUMN_MAJOR ? l->n - 1 - i : i;
        offset = offset * l->extent[d] + at[d];
    }
    return offset;
}

size_t dnnl_memory_desc_get_size(const struct layout *l)
{
    return (size_t)room(l) * sizeof(float);
}

int dnnl_memory_desc_equal(const struct layout *a, const struct layout *b)
{
    return a->n == b->n && a->order == b->order &&
           !memcmp(a->extent, b->extent, (size_t)a->n * sizeof *a->extent);
}

static struct layout chosen(const struct description *d)
{
    struct layout l = d ? d->layout : (struct layout){ 0 };
    if (l.order == ANY) l.order = COLUMN_MAJOR;
    return l;
}

/* ---- descriptors ---- */

static int describe(struct description *d, enum what what, enum pass pass, int algorithm,
                    const struct description *const of[4], const int64_t *const sizes[4])
{
    int64_t *const to[] = { d->stride, d->gap, d->before, d->window };
    *d = (struct description){ .what = what, .pass = pass, .backward = pass != FORWARD };
    d->algorithm = algorithm;
    d->x = chosen(of[0]), d->w = chosen(of[1]), d->b = chosen(of[2]), d->y = chosen(of[3]);
    for (int i = 0; i < 4; i++)
        if (sizes[i]) memcpy(to[i], sizes[i], sizeof d->stride);
    d->places = d->y;
    return 0;
}

#define DESCRIPTION const struct description *
#define SIZES       const int64_t *

int dnnl_dilated_convolution_forward_desc_init(struct description *d, int prop, int algorithm, DESCRIPTION x,
                                               DESCRIPTION w, DESCRIPTION b, DESCRIPTION y, SIZES stride,
                                               SIZES gap, SIZES before, SIZES after)
{
    (void)after;
    return prop != TRAINING || algorithm != DIRECT ||
           describe(d, CONVOLUTION, FORWARD, algorithm, (DESCRIPTION[]){ x, w, b, y },
                    (SIZES[]){ stride, gap, before, NULL });
}

int dnnl_dilated_convolution_backward_data_desc_init(struct description *d, int algorithm, DESCRIPTION dx,
                                                     DESCRIPTION w, DESCRIPTION dy, SIZES stride, SIZES gap,
                                                     SIZES before, SIZES after)
{
    (void)after;
    return algorithm != DIRECT ||
           describe(d, CONVOLUTION, DATA, algorithm, (DESCRIPTION[]){ dx, w, NULL, dy },
                    (SIZES[]){ stride, gap, before, NULL });
}

int dnnl_dilated_convolution_backward_weights_desc_init(struct description *d, int algorithm, DESCRIPTION x,
                                                        DESCRIPTION dw, DESCRIPTION db, DESCRIPTION dy,
                                                        SIZES stride, SIZES gap, SIZES before, SIZES after)
{
    (void)after;
    return algorithm != DIRECT ||
           describe(d, CONVOLUTION, WEIGHTS, algorithm, (DESCRIPTION[]){ x, dw, db, dy },
                    (SIZES[]){ stride, gap, before, NULL });
}

int dnnl_pooling_forward_desc_init(struct description *d, int prop, int algorithm, DESCRIPTION x,
                                   DESCRIPTION y, SIZES stride, SIZES window, SIZES before, SIZES after)
{
    (void)after;
    return prop != TRAINING || describe(d, POOLING, FORWARD, algorithm, (DESCRIPTION[]){ x, NULL, NULL, y },
                                        (SIZES[]){ stride, NULL, before, window });
}

int dnnl_pooling_backward_desc_init(struct description *d, int algorithm, DESCRIPTION dx, DESCRIPTION dy,
                                    SIZES stride, SIZES window, SIZES before, SIZES after)
{
    (void)after;
    return describe(d, POOLING, DATA, algorithm, (DESCRIPTION[]){ dx, NULL, NULL, dy },
                    (SIZES[]){ stride, NULL, before, window });
}

int dnnl_reorder_primitive_desc_create(void **pd, const struct layout *from, void *engine,
                                       const struct layout *to, void *to_engine, const void *attributes)
{
    struct description d = { .what = REORDER, .x = *from, .y = *to };
    return engine != to_engine || attributes || fake_copy(pd, &d, sizeof d);
}

const struct layout *dnnl_primitive_desc_query_md(const struct description *pd, int what, int role)
{
    if (what != ROLE) return NULL;
    switch (role) {
    case 1:
    case 129: return &pd->x;
    case 33:
    case 161: return &pd->w;
    case 41:
    case 169: return &pd->b;
    case 17:
    case 145: return &pd->y;
    case WORKSPACE: return pd->algorithm == MAX ? &pd->places : NULL;
    default: return NULL;
    }
}

/* ---- arithmetic ---- */

struct images {
    const struct description *d;
    float *x, *w, *b, *y;
    int *places;
};

static float *at(float *numbers, const struct layout *l, int64_t number)
{
    return &numbers[place(l, number)];
}

/* the products of every pair of numbers that a window joins, in each pass to another of the three tensors */
static void convolve(const struct images *m)
{
    const struct description *d = m->d;
    const int64_t *xe = d->x.extent, *ye = d->y.extent, *we = d->w.extent + (d->w.n == 5);
    int64_t per = we[1], kernels = d->w.n == 5 ? we[0] : ye[1];
    for (int64_t k = 0; k < count(&d->y); k++) {
        int64_t q = k % ye[3], p = k / ye[3] % ye[2], o = k / ye[3] / ye[2] % ye[1];
        int64_t n = k / ye[3] / ye[2] / ye[1];
        float *y = at(m->y, &d->y, k);
        if (d->pass == FORWARD) *y = m->b ? *at(m->b, &d->b, o) : 0;
        if (d->pass == WEIGHTS) *at(m->b, &d->b, o) += *y;
        for (int64_t t = 0; t < per * we[2] * we[3]; t++) {
            int64_t s = t % we[3], r = t / we[3] % we[2], c = t / we[3] / we[2] + o / kernels * per;
            int64_t h = p * d->stride[0] - d->before[0] + r * (d->gap[0] + 1);
            int64_t v = q * d->stride[1] - d->before[1] + s * (d->gap[1] + 1);
            if (h < 0 || h >= xe[2] || v < 0 || v >= xe[3]) continue;
            float *x = at(m->x, &d->x, ((n * xe[1] + c) * xe[2] + h) * xe[3] + v);
            float *w = at(m->w, &d->w, o * per * we[2] * we[3] + t);
            if (d->pass == FORWARD) *y += *x * *w;
            if (d->pass == DATA) *x += *y * *w;
            if (d->pass == WEIGHTS) *w += *x * *y;
        }
    }
}

/* window k: a mean, its share of a gradient, or a maximum and its place */
static void pool_one(const struct images *m, int64_t k)
{
    const struct description *d = m->d;
    const int64_t *xe = d->x.extent, *ye = d->y.extent;
    int64_t q = k % ye[3], p = k / ye[3] % ye[2], plane = k / ye[3] / ye[2], inside = 0, all, best = -1;
    float sum = 0, *y = at(m->y, &d->y, k);
    for (int pass = 0; pass < 2; pass++) {
        all = d->algorithm == MEAN_INCLUDING ? d->window[0] * d->window[1] : inside;
        for (int64_t t = 0; t < d->window[0] * d->window[1]; t++) {
            int64_t h = p * d->stride[0] - d->before[0] + t / d->window[1];
            int64_t v = q * d->stride[1] - d->before[1] + t % d->window[1];
            if (h < 0 || h >= xe[2] || v < 0 || v >= xe[3]) continue;
            float *x = at(m->x, &d->x, (plane * xe[2] + h) * xe[3] + v);
            if (pass && d->pass == DATA) *x += *y / (float)all;
            if (pass) continue;
            inside++;
            if (d->pass == FORWARD && d->algorithm != MAX) sum += *x;
            if (d->pass == FORWARD && d->algorithm == MAX && (best < 0 || *x > sum)) sum = *x, best = t;
        }
    }
    if (d->pass == FORWARD) *y = d->algorithm == MAX ? sum : sum / (float)all;
    if (d->algorithm == MAX) m->places[place(&d->places, k)] = (int)best;
}

static void zero(float *numbers, const struct layout *l)
{
    memset(numbers, 0, (size_t)room(l) * sizeof *numbers);
}

static void round_all(float *numbers, const struct layout *l)
{
    for (int64_t k = 0; k < room(l); k++) numbers[k] = fake_rounded(numbers[k]);
}

int fake_images_execute(const struct description *d, int n, const struct tensor *t)
{
    const int data = d->pass == DATA, weights = d->pass == WEIGHTS;
    struct images m = { d,
                        fake_tensor(t, n, data ? 129 : 1),
                        fake_tensor(t, n, weights ? 161 : 33),
                        fake_tensor(t, n, weights ? 169 : 41),
                        fake_tensor(t, n, d->backward ? 145 : 17),
                        (int *)fake_tensor(t, n, WORKSPACE) };
    if (!m.x || !m.y) return 1;
    if (d->what == REORDER) {
        for (int64_t k = 0; k < count(&d->x); k++) *at(m.y, &d->y, k) = *at(m.x, &d->x, k);
        return 0;
    }
    if (data) zero(m.x, &d->x);
    if (weights) zero(m.w, &d->w), zero(m.b, &d->b);
    if (d->what == CONVOLUTION) convolve(&m);
    for (int64_t k = 0; d->what == POOLING && k < count(&d->y); k++) pool_one(&m, k);
    if (weights)
        round_all(m.w, &d->w), round_all(m.b, &d->b);
    else
        round_all(data ? m.x : m.y, data ? &d->x : &d->y);
    return 0;
}
