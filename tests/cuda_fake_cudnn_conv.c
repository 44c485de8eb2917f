/* cuda_fake_cudnn_conv.c - a library that looks like cuDNN to optimized/cuda/backend/peer_cudnn_conv.h, on
 * the CPU: convolution of what was described, refused unless every argument is what cuDNN's API reference
 * asks for. */
#include <stddef.h>
#include <string.h>

enum { SUCCESS, BAD_PARAM = 2000 };
enum { NONE, TENSOR, FILTER, CONVOLUTION, MOST = 8 };
enum { FORWARD, DATA, WEIGHTS };
enum { DEFAULT_MATH, FMA_MATH = 3 };
enum { PRECOMPUTED = 1, WINOGRAD_OF_FORWARD = 6, FOURIER_OF_FORWARD = 4, BYTES = 64 };

static int handles;
static struct described {
    int kind, n, c, h, w;                                   /* of a tensor, of a filter k, c, r, s */
    int pad_h, pad_w, stride, dilation, mode, math, groups; /* of a convolution */
} all[MOST];

struct tried { /* cudnnConvolutionFwdAlgoPerf_t */
    int algorithm, status;
    float time;
    size_t memory;
    int determinism, math, reserved[3];
};

#define PROTOTYPE(function) \
    int function;           \
    int function

PROTOTYPE(fake_alive(void)) /* handles and descriptors that nobody gave back */
{
    int n = handles;
    for (int i = 0; i < MOST; i++) n += all[i].kind != NONE;
    return n;
}

PROTOTYPE(cudnnCreate(void **handle))
{
    *handle = &handles;
    handles++;
    return SUCCESS;
}

PROTOTYPE(cudnnDestroy(void *handle))
{
    handles--;
    return handle == &handles ? SUCCESS : BAD_PARAM;
}

static int make(void **out, int kind)
{
    for (int i = 0; i < MOST; i++)
        if (all[i].kind == NONE) {
            all[i] = (struct described){ .kind = kind };
            *out = &all[i];
            return SUCCESS;
        }
    return BAD_PARAM;
}

static struct described *as(void *what, int kind)
{
    struct described *d = what;
    return d && d->kind == kind ? d : NULL;
}

static int forget(void *what, int kind)
{
    struct described *d = as(what, kind);
    if (d) d->kind = NONE;
    return d ? SUCCESS : BAD_PARAM;
}

#define MADE_AND_FORGOTTEN(create, destroy, kind) \
    PROTOTYPE(create(void **out))                 \
    {                                             \
        return make(out, kind);                   \
    }                                             \
    PROTOTYPE(destroy(void *what))                \
    {                                             \
        return forget(what, kind);                \
    }
MADE_AND_FORGOTTEN(cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor, TENSOR)
MADE_AND_FORGOTTEN(cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor, FILTER)
MADE_AND_FORGOTTEN(cudnnCreateConvolutionDescriptor, cudnnDestroyConvolutionDescriptor, CONVOLUTION)

static int set_4d(struct described *d, int format, int type, int n, int c, int h, int w)
{
    if (!d || format || type || n < 1 || c < 1 || h < 1 || w < 1) return BAD_PARAM;
    d->n = n, d->c = c, d->h = h, d->w = w;
    return SUCCESS;
}

PROTOTYPE(cudnnSetTensor4dDescriptor(void *tensor, int format, int type, int n, int c, int h, int w))
{
    return set_4d(as(tensor, TENSOR), format, type, n, c, h, w);
}

PROTOTYPE(cudnnSetFilter4dDescriptor(void *filter, int type, int format, int k, int c, int h, int w))
{
    return set_4d(as(filter, FILTER), format, type, k, c, h, w);
}

/* correlation is 1 */
PROTOTYPE(cudnnSetConvolution2dDescriptor(void *how, int pad_h, int pad_w, int u, int v, int dilation_h,
                                          int dilation_w, int mode, int type))
{
    struct described *d = as(how, CONVOLUTION);
    if (!d || u != v || dilation_h != dilation_w || mode != 1 || type) return BAD_PARAM;
    d->pad_h = pad_h, d->pad_w = pad_w, d->stride = u, d->dilation = dilation_h;
    return SUCCESS;
}

PROTOTYPE(cudnnSetConvolutionMathType(void *how, int math))
{
    struct described *d = as(how, CONVOLUTION);
    if (!d || (math != DEFAULT_MATH && math != FMA_MATH)) return BAD_PARAM;
    d->math = math;
    return SUCCESS;
}

PROTOTYPE(cudnnSetConvolutionGroupCount(void *how, int groups))
{
    struct described *d = as(how, CONVOLUTION);
    if (d) d->groups = groups;
    return d ? SUCCESS : BAD_PARAM;
}

/* ---- x, w and y of a direction, where they fit together ---- */

struct problem {
    const struct described *x, *w, *y, *how;
};

static int has_results(int extent, int pad, int window, int stride, int dilation)
{
    return (extent + 2 * pad - dilation * (window - 1) - 1) / stride + 1;
}

static int understood(int direction, void *a, void *b, void *how, void *c, struct problem *p)
{
    *p = (struct problem){ as(direction == DATA ? c : a, TENSOR),
                           as(direction == FORWARD ? b
                              : direction == DATA  ? a
                                                   : c,
                              FILTER),
                           as(direction == FORWARD ? c : b, TENSOR), as(how, CONVOLUTION) };
    const struct described *x = p->x, *w = p->w, *y = p->y, *h = p->how;
    return x && w && y && h && x->n == y->n && x->c == w->c * h->groups && y->c == w->n &&
           y->h == has_results(x->h, h->pad_h, w->h, h->stride, h->dilation) &&
           y->w == has_results(x->w, h->pad_w, w->w, h->stride, h->dilation);
}

/* The fastest is none of what the formula says, the next of fewer digits where that is allowed */
static int find(void *handle, int direction, const struct problem *p, int wanted, int *found, struct tried *t)
{
    if (handle != &handles || wanted < 4) return BAD_PARAM;
    const struct tried answers[] = {
        { FOURIER_OF_FORWARD, SUCCESS, 1, 0, 1, p->how->math, { 0 } },
        { WINOGRAD_OF_FORWARD, SUCCESS, 2, 0, 1, p->how->math, { 0 } },
        { 0, BAD_PARAM, -1, 0, 1, p->how->math, { 0 } },
        { PRECOMPUTED, SUCCESS, 3, BYTES, 1, p->how->math, { 0 } },
    };
    *found = direction == FORWARD ? 4 : 1;
    memcpy(t, direction == FORWARD ? answers : answers + 3, (size_t)*found * sizeof *t);
    return SUCCESS;
}

struct call {
    int direction, algorithm;
    const void *alpha, *beta, *room;
    size_t bytes;
};

static int asked_well(const void *handle, const struct call *c)
{
    const int memory = c->algorithm == PRECOMPUTED;
    return handle == &handles && handles == 1 && *(const float *)c->alpha == 1 &&
           *(const float *)c->beta == 0 &&
           (memory || (c->direction == FORWARD && c->algorithm == WINOGRAD_OF_FORWARD)) &&
           c->bytes == (memory ? BYTES : 0) && !c->room == !memory;
}

static size_t at(const struct described *d, int n, int c, int h, int w)
{
    return (((size_t)n * (size_t)d->c + (size_t)c) * (size_t)d->h + (size_t)h) * (size_t)d->w + (size_t)w;
}

static size_t numbers(const struct described *d)
{
    return at(d, d->n, 0, 0, 0);
}

/* every product of a result y, a number of w and one of x: what is written gets the product of the others */
static void each_product(int direction, const struct problem *p, float *x, float *w, float *y)
{
    const struct described *h = p->how;
    for (size_t i = 0; i < numbers(p->y); i++)
        for (int c = 0; c < p->w->c; c++)
            for (int r = 0; r < p->w->h; r++)
                for (int s = 0; s < p->w->w; s++) {
                    const int q = (int)(i % (size_t)p->y->w), row = (int)(i / (size_t)p->y->w) % p->y->h;
                    const int k = (int)(i / (size_t)p->y->w) / p->y->h % p->y->c;
                    const int n = (int)(i / (size_t)p->y->w) / p->y->h / p->y->c;
                    const int line = row * h->stride + r * h->dilation - h->pad_h;
                    const int column = q * h->stride + s * h->dilation - h->pad_w;
                    if (line < 0 || line >= p->x->h || column < 0 || column >= p->x->w) continue;
                    float *a = &x[at(p->x, n, k / (p->y->c / h->groups) * p->w->c + c, line, column)];
                    float *b = &w[at(p->w, k, c, r, s)];
                    if (direction == FORWARD) y[i] += *a * *b;
                    if (direction == DATA) *a += y[i] * *b;
                    if (direction == WEIGHTS) *b += y[i] * *a;
                }
}

/* the three functions of a direction; x, w and y: which of a, b and c they are */
#define DIRECTION(name, direction, x, w, y)                                                                  \
    PROTOTYPE(cudnnFindConvolution##name##Algorithm(void *handle, void *a_is, void *b_is, void *how,         \
                                                    void *c_is, int wanted, int *found,                      \
                                                    struct tried *tried))                                    \
    {                                                                                                        \
        struct problem p;                                                                                    \
        if (!understood(direction, a_is, b_is, how, c_is, &p)) return BAD_PARAM;                             \
        return find(handle, direction, &p, wanted, found, tried);                                            \
    }                                                                                                        \
    PROTOTYPE(cudnnConvolution##name(void *handle, const void *alpha, void *a_is, const void *a, void *b_is, \
                                     const void *b, void *how, int algorithm, void *room, size_t bytes,      \
                                     const void *beta, void *c_is, void *c))                                 \
    {                                                                                                        \
        struct problem p;                                                                                    \
        const struct call call = { direction, algorithm, alpha, beta, room, bytes };                         \
        if (!understood(direction, a_is, b_is, how, c_is, &p) || !asked_well(handle, &call))                 \
            return BAD_PARAM;                                                                                \
        memset(c, 0, numbers(c_is) * sizeof(float));                                                         \
        each_product(direction, &p, (float *)x, (float *)w, (float *)y);                                     \
        return SUCCESS;                                                                                      \
    }
DIRECTION(Forward, FORWARD, a, b, c)
DIRECTION(BackwardData, DATA, c, a, b)
DIRECTION(BackwardFilter, WEIGHTS, a, c, b)

/* y = 1 bias + 1 y */
PROTOTYPE(cudnnAddTensor(void *handle, const void *alpha, void *a_is, const void *a, const void *beta,
                         void *c_is, void *c))
{
    struct described *bias = as(a_is, TENSOR), *y = as(c_is, TENSOR);
    if (handle != &handles || !bias || !y || bias->n != 1 || bias->c != y->c || bias->h * bias->w != 1 ||
        *(const float *)alpha != 1 || *(const float *)beta != 1)
        return BAD_PARAM;
    for (size_t i = 0; i < numbers(y); i++)
        ((float *)c)[i] += ((const float *)a)[i / (size_t)(y->h * y->w) % (size_t)y->c];
    return SUCCESS;
}

PROTOTYPE(cudnnConvolutionBackwardBias(void *handle, const void *alpha, void *dy_is, const void *dy,
                                       const void *beta, void *db_is, void *db))
{
    struct described *y = as(dy_is, TENSOR), *bias = as(db_is, TENSOR);
    if (handle != &handles || !y || !bias || bias->c != y->c || bias->n * bias->h * bias->w != 1 ||
        *(const float *)alpha != 1 || *(const float *)beta != 0)
        return BAD_PARAM;
    memset(db, 0, (size_t)y->c * sizeof(float));
    for (size_t i = 0; i < numbers(y); i++)
        ((float *)db)[i / (size_t)(y->h * y->w) % (size_t)y->c] += ((const float *)dy)[i];
    return SUCCESS;
}
