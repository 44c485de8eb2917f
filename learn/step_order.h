/* step_order.h - what exercise 1.5 gives to the student: the parts of a training step, which are the
 * reference's; and how 20 steps of a network are compared with it. */
#ifndef RUNGS_STEP_ORDER_H
#define RUNGS_STEP_ORDER_H

typedef void train_fn(int N, int IN, int HID, int OUT, const double *x, const double *t, double *w1,
                      double *w2, double lr);

void step_order(int N, int IN, int HID, int OUT, const double *x, const double *t, double *w1, double *w2,
                double lr);
int step_order_entry(struct channel *c, void (*student)(void));

enum {
    STEP_BEGIN,
    STEP_DONE,
    STEP_DENSE,
    STEP_DW,
    STEP_DX,
    STEP_RELU,
    STEP_RELU_BACK,
    STEP_LOSS_BACK,
    STEP_DESCEND
};
enum { STEP_NUMBERS = 64, STEP_COUNT = 20 }; /* the most of one array; steps */

static struct channel *step_channel;

/* Three arrays, of which the last is written: sizes, and how many numbers each has */
static inline void step_ask(int which, const int size[3], const double *a, size_t in_a, const double *b,
                            size_t in_b, double *to, size_t in_to)
{
    struct channel *c = step_channel;
    channel_begin(c, which);
    memcpy(c->size, size, 3 * sizeof *size);
    channel_put(c, a, in_a * sizeof *a);
    channel_put(c, b, in_b * sizeof *b);
    channel_put(c, to, in_to * sizeof *to);
    c->ask(c);
    channel_get(c, 2, to);
}

static inline void dense(int N, int IN, int OUT, const double *x, const double *w, double *y)
{
    const size_t n = (size_t)N, in = (size_t)IN, out = (size_t)OUT;
    step_ask(STEP_DENSE, (const int[]){ N, IN, OUT }, x, n * in, w, out * in, y, n * out);
}

static inline void dense_dw(int N, int IN, int OUT, const double *x, const double *dy, double *dw)
{
    const size_t n = (size_t)N, in = (size_t)IN, out = (size_t)OUT;
    step_ask(STEP_DW, (const int[]){ N, IN, OUT }, x, n * in, dy, n * out, dw, out * in);
}

static inline void dense_dx(int N, int IN, int OUT, const double *w, const double *dy, double *dx)
{
    const size_t n = (size_t)N, in = (size_t)IN, out = (size_t)OUT;
    step_ask(STEP_DX, (const int[]){ N, IN, OUT }, w, out * in, dy, n * out, dx, n * in);
}

static inline void relu(int n, const double *z, double *a)
{
    step_ask(STEP_RELU, (const int[]){ n, 0, 0 }, z, (size_t)n, z, 0, a, (size_t)n);
}

static inline void relu_back(int n, const double *a, const double *da, double *dz)
{
    step_ask(STEP_RELU_BACK, (const int[]){ n, 0, 0 }, a, (size_t)n, da, (size_t)n, dz, (size_t)n);
}

static inline void loss_back(int n, const double *y, const double *t, double *dy)
{
    step_ask(STEP_LOSS_BACK, (const int[]){ n, 0, 0 }, y, (size_t)n, t, (size_t)n, dy, (size_t)n);
}

static inline void descend(int n, const double *dw, double *w, double lr)
{
    step_channel->scalar[0] = lr;
    step_ask(STEP_DESCEND, (const int[]){ n, 0, 0 }, dw, (size_t)n, dw, 0, w, (size_t)n);
}

int step_order_entry(struct channel *c, void (*student)(void))
{
    double array[4][STEP_NUMBERS] = { { 0 } }; /* x, t, w1, w2 */
    step_channel = c;
    channel_begin(c, STEP_BEGIN);
    for (int k = 0; k < 4; k++) channel_put(c, array[k], sizeof array[k]);
    c->ask(c);
    for (int k = 0; k < 4; k++) channel_get(c, k, array[k]);
    const int N = c->size[0], IN = c->size[1], HID = c->size[2], OUT = c->size[3];
    const double lr = c->scalar[0];
    for (int step = 0; step < STEP_COUNT; step++) {
        ((train_fn *)student)(N, IN, HID, OUT, array[0], array[1], array[2], array[3], lr);
        channel_begin(c, STEP_DONE);
        for (int k = 2; k < 4; k++) channel_put(c, array[k], sizeof array[k]);
        c->ask(c);
        if (c->size[0]) return 1;
    }
    return 0;
}

#endif
