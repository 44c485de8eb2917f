/* step_order.c - exercise 1.5: the parts of a training step, as the reference has them; 20 steps of three
 * networks, compared with the reference's bit for bit; and steps which are nearly right, by most of which a
 * network learns.
 */
#include "judged.h"

#include <stdio.h>

#include "../base/error.h"
#include "../reference/philox.h"
#include "../reference/reference.h"
#include "step_order.h"

/* ---- a step ---- */

struct network {
    int N, IN, HID, OUT;
};

static const struct network networks[] = { { 4, 3, 5, 2 }, { 1, 1, 1, 1 }, { 6, 7, 8, 3 } };
static const double rate = 0.05;

/* the whole training so far, in the memory that is 0 before */
struct training {
    int steps;
    double x[STEP_NUMBERS], t[STEP_NUMBERS], w1[STEP_NUMBERS], w2[STEP_NUMBERS];
};

static void fill(uint64_t seed, uint64_t stream, double *x)
{
    for (int k = 0; k < STEP_NUMBERS; k++) x[k] = philox_word(seed, stream, (uint64_t)k) * 0x1p-31 - 1;
}

static void begin(const struct network *n, uint64_t seed, struct training *s)
{
    fill(seed, 1, s->x), fill(seed, 2, s->t), fill(seed, 3, s->w1), fill(seed, 4, s->w2);
    /* one weight each: the neuron must not be dead */
    if (n->HID == 1) s->x[0] = s->w1[0] = 0.75;
}

static void train(const struct network *n, struct training *s)
{
    const int N = n->N, IN = n->IN, HID = n->HID, OUT = n->OUT;
    double z[STEP_NUMBERS], a[STEP_NUMBERS], y[STEP_NUMBERS], dy[STEP_NUMBERS], da[STEP_NUMBERS],
        dz[STEP_NUMBERS], dw[STEP_NUMBERS], dw2[STEP_NUMBERS], db[STEP_NUMBERS], one = 1;
    const double b[STEP_NUMBERS] = { 0 };
    dense_forward_f64(N, IN, HID, s->x, s->w1, b, z);
    relu_forward_f64(N * HID, z, a);
    dense_forward_f64(N, HID, OUT, a, s->w2, b, y);
    mse_backward_f64(N * OUT, y, s->t, &one, dy, REDUCE_MEAN);
    dense_backward_dw_f64(N, HID, OUT, a, dy, dw2, db);
    dense_backward_dx_f64(N, HID, OUT, s->w2, dy, da);
    relu_backward_f64(N * HID, a, da, dz);
    dense_backward_dw_f64(N, IN, HID, s->x, dz, dw, db);
    sgd_step_f64(OUT * HID, dw2, s->w2, rate);
    sgd_step_f64(HID * IN, dw, s->w1, rate);
}

/* ---- what the student's function asks for ---- */

/* 1 if n numbers of `name` are the same bits; else 0 with a sentence, if there is none yet */
static int is_same(const char *name, int step, int n, const double *own, const double *right, char *said)
{
    for (int k = 0; k < n; k++)
        if (memcmp(&own[k], &right[k], sizeof *own))
            return *said ? 0
                         : error_set(said, "after step %d %s[%d] is %.17g, and should be %.17g", step, name,
                                     k, own[k], right[k]);
    return 1;
}

static const char *serve_training(const struct version *v, struct handed *h)
{
    const struct network *n = &networks[v->variant];
    struct training *s = h->state;
    const int is_begin = h->which == STEP_BEGIN;
    if (h->arrays != (is_begin ? 4 : 2)) return "calls its parts with the wrong arrays";
    for (int k = 0; k < h->arrays; k++)
        if (h->bytes[k] != sizeof s->x) return "calls its parts with the wrong arrays";
    if (is_begin) {
        begin(n, h->seed, s);
        const double *const array[] = { s->x, s->t, s->w1, s->w2 };
        for (int k = 0; k < 4; k++) memcpy(h->array[k], array[k], sizeof s->x);
        memcpy(h->size, (const int[]){ n->N, n->IN, n->HID, n->OUT }, 4 * sizeof(int));
        h->scalar[0] = rate;
        return NULL;
    }
    train(n, s);
    s->steps++;
    h->size[0] = !is_same("w2", s->steps, n->OUT * n->HID, h->array[1], s->w2, h->said) ||
                 !is_same("w1", s->steps, n->HID * n->IN, h->array[0], s->w1, h->said);
    return NULL;
}

/* how many numbers the three arrays of a part have; 0 if the sizes are no sizes */
static int count_numbers(const struct handed *h, size_t count[3])
{
    const int *n = h->size;
    for (int k = 0; k < (h->which <= STEP_DX ? 3 : 1); k++)
        if (n[k] < 1 || n[k] > STEP_NUMBERS) return 0;
    const size_t x = (size_t)n[0] * (size_t)n[1], w = (size_t)n[1] * (size_t)n[2],
                 y = (size_t)n[0] * (size_t)n[2];
    const size_t all = (size_t)n[0], none = 0;
    const size_t counts[][3] = {
        [STEP_DENSE] = { x, w, y },
        [STEP_DW] = { x, y, w },
        [STEP_DX] = { w, y, x },
        [STEP_RELU] = { all, none, all },
        [STEP_RELU_BACK] = { all, all, all },
        [STEP_LOSS_BACK] = { all, all, all },
        [STEP_DESCEND] = { all, none, all },
    };
    memcpy(count, counts[h->which], 3 * sizeof *count);
    return 1;
}

static const char *serve(const struct version *v, struct handed *h)
{
    const int *n = h->size;
    const double b[STEP_NUMBERS] = { 0 }, one = 1;
    double db[STEP_NUMBERS];
    size_t count[3];
    if (h->which == STEP_BEGIN || h->which == STEP_DONE) return serve_training(v, h);
    if (h->which < STEP_DENSE || h->which > STEP_DESCEND || h->arrays != 3 || !count_numbers(h, count))
        return "calls a part of the step with sizes that are not in 1 to 64";
    for (int k = 0; k < 3; k++)
        if (count[k] > STEP_NUMBERS || h->bytes[k] != count[k] * sizeof(double))
            return "calls a part of the step with more than 64 numbers";
    double *const p = h->array[0], *const q = h->array[1], *const to = h->array[2];
    switch (h->which) {
    case STEP_DENSE: dense_forward_f64(n[0], n[1], n[2], p, q, b, to); break;
    case STEP_DW: dense_backward_dw_f64(n[0], n[1], n[2], p, q, to, db); break;
    case STEP_DX: dense_backward_dx_f64(n[0], n[1], n[2], p, q, to); break;
    case STEP_RELU: relu_forward_f64(n[0], p, to); break;
    case STEP_RELU_BACK: relu_backward_f64(n[0], p, q, to); break;
    case STEP_LOSS_BACK: mse_backward_f64(n[0], p, q, &one, to, REDUCE_MEAN); break;
    default: sgd_step_f64(n[0], p, to, h->scalar[0]);
    }
    return NULL;
}

static const struct version trainings[] = {
    { "four examples, 3-5-2", "", 0, NULL, 0 },
    { "one example, 1-1-1", "", 0, NULL, 1 },
    { "six examples, 7-8-3", "", 0, NULL, 2 },
    { 0 },
};

/* ---- steps that are nearly right ---- */

#define STEP \
    int N, int IN, int HID, int OUT, const double *x, const double *t, double *w1, double *w2, double lr
#define ROOM                                                                                      \
    double z[STEP_NUMBERS], a[STEP_NUMBERS], y[STEP_NUMBERS], dy[STEP_NUMBERS], da[STEP_NUMBERS], \
        dz[STEP_NUMBERS], dw1[STEP_NUMBERS], dw2[STEP_NUMBERS];

static void forward_and_dw2(STEP, double *z, double *a, double *y, double *dy, double *dw2)
{
    (void)lr;
    dense(N, IN, HID, x, w1, z);
    relu(N * HID, z, a);
    dense(N, HID, OUT, a, w2, y);
    loss_back(N * OUT, y, t, dy);
    dense_dw(N, HID, OUT, a, dy, dw2);
}

static void w2_first(STEP)
{
    ROOM forward_and_dw2(N, IN, HID, OUT, x, t, w1, w2, lr, z, a, y, dy, dw2);
    descend(OUT * HID, dw2, w2, lr);
    dense_dx(N, HID, OUT, w2, dy, da);
    relu_back(N * HID, a, da, dz);
    dense_dw(N, IN, HID, x, dz, dw1);
    descend(HID * IN, dw1, w1, lr);
}

/* the second layer steps, and then the first by a gradient that is taken anew */
static void one_after_the_other(STEP)
{
    ROOM forward_and_dw2(N, IN, HID, OUT, x, t, w1, w2, lr, z, a, y, dy, dw2);
    descend(OUT * HID, dw2, w2, lr);
    forward_and_dw2(N, IN, HID, OUT, x, t, w1, w2, lr, z, a, y, dy, dw2);
    dense_dx(N, HID, OUT, w2, dy, da);
    relu_back(N * HID, a, da, dz);
    dense_dw(N, IN, HID, x, dz, dw1);
    descend(HID * IN, dw1, w1, lr);
}

static void without_mask(STEP)
{
    ROOM(void) dz;
    forward_and_dw2(N, IN, HID, OUT, x, t, w1, w2, lr, z, a, y, dy, dw2);
    dense_dx(N, HID, OUT, w2, dy, da);
    dense_dw(N, IN, HID, x, da, dw1);
    descend(OUT * HID, dw2, w2, lr);
    descend(HID * IN, dw1, w1, lr);
}

static void in_halves(STEP)
{
    ROOM forward_and_dw2(N, IN, HID, OUT, x, t, w1, w2, lr, z, a, y, dy, dw2);
    dense_dx(N, HID, OUT, w2, dy, da);
    relu_back(N * HID, a, da, dz);
    dense_dw(N, IN, HID, x, dz, dw1);
    for (int half = 0; half < 2; half++) {
        descend(OUT * HID, dw2, w2, lr / 2);
        descend(HID * IN, dw1, w1, lr / 2);
    }
}

static void first_layer_kept(STEP)
{
    ROOM(void) da, (void)dz, (void)dw1;
    forward_and_dw2(N, IN, HID, OUT, x, t, w1, w2, lr, z, a, y, dy, dw2);
    descend(OUT * HID, dw2, w2, lr);
}

#define WRONG(...) WRONG_JUDGE("step_order", __VA_ARGS__)
static const struct mistake wrong[] = {
    WRONG(w2_first, "w2 first", "w2 has already stepped when dense_dx uses it"),
    WRONG(one_after_the_other, "one after the other", "w1 steps by the gradient at the new w2"),
    WRONG(without_mask, "mask missing", "what the ReLU has stopped is sent back all the same"),
    WRONG(in_halves, "in halves", "two half steps are rounded twice"),
    WRONG(first_layer_kept, "first layer kept", "w1 never steps"),
    { 0 },
};

const struct judged judged_steps = { "learn/step_order.h", trainings, serve, step_order_entry, wrong, 1 };
