/* passes_yet_wrong.h - what exercise 7.3 hands to the student: a convolution and its gradients. */
#ifndef RUNGS_PASSES_YET_WRONG_H
#define RUNGS_PASSES_YET_WRONG_H

typedef void conv_fn(const int size[7], const double *x, const double *w, double *y);
typedef void conv_gradient_fn(const int size[7], const double *x, const double *w, const double *dy,
                              double *dx, double *dw);

int passes_yet_wrong(conv_fn *forward, conv_gradient_fn *backward);
int passes_yet_wrong_entry(struct channel *c, void (*student)(void));

enum { CONV_FORWARD, CONV_BACKWARD };

static struct channel *conv_channel;

/* the elements of x (C,H,W), w (K,C,R,S) and y (K,P,Q) */
static void conv_elements(const int size[7], size_t elements[3])
{
    const int C = size[0], H = size[1], W = size[2], K = size[3], R = size[4], S = size[5], pad = size[6];
    elements[0] = (size_t)C * (size_t)H * (size_t)W;
    elements[1] = (size_t)K * (size_t)C * (size_t)R * (size_t)S;
    elements[2] = (size_t)K * (size_t)(H + 2 * pad - R + 1) * (size_t)(W + 2 * pad - S + 1);
}

static void conv_put(int which, const int size[7], const double *x, const double *w, const double *y)
{
    struct channel *c = conv_channel;
    size_t elements[3];
    conv_elements(size, elements);
    channel_begin(c, which);
    memcpy(c->size, size, 7 * sizeof *size);
    channel_put(c, x, elements[0] * sizeof *x);
    channel_put(c, w, elements[1] * sizeof *w);
    channel_put(c, y, elements[2] * sizeof *y);
}

static void conv_forward(const int size[7], const double *x, const double *w, double *y)
{
    conv_put(CONV_FORWARD, size, x, w, y);
    conv_channel->ask(conv_channel);
    channel_get(conv_channel, 2, y);
}

static void conv_backward(const int size[7], const double *x, const double *w, const double *dy, double *dx,
                          double *dw)
{
    size_t elements[3];
    conv_elements(size, elements);
    conv_put(CONV_BACKWARD, size, x, w, dy);
    channel_put(conv_channel, dx, elements[0] * sizeof *dx);
    channel_put(conv_channel, dw, elements[1] * sizeof *dw);
    conv_channel->ask(conv_channel);
    channel_get(conv_channel, 3, dx);
    channel_get(conv_channel, 4, dw);
}

int passes_yet_wrong_entry(struct channel *c, void (*student)(void))
{
    conv_channel = c;
    return ((int (*)(conv_fn *, conv_gradient_fn *))student)(conv_forward, conv_backward);
}

#endif
