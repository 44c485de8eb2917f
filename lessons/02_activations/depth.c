/* depth.c - the experiment of lesson 2: one variable, the activation, everything else fixed. CSV on stdout.
 *
 * 64 images of Fashion-MNIST go through 1 to 20 hidden layers of 64 neurons, then to 10
 * classes and the cross-entropy:
 *
 *   x (N,784) -> z_1 (N,HID) -> a_1 = f(z_1) -> z_2 -> ... -> a_d -> logits (N,10) -> loss
 *
 * No training: the question is what is left at the first layer of the gradient that enters the last hidden
 * one. The number is |dL/dz_1| / |dL/dz_d|, both (N,HID), the median of five seeds. Weights are uniform with
 * variance 2 / IN (He and others, 2015), biases 0, the same for every activation. Without the data it says
 * how to get them, and ends with 77.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../spread.h"
#include "../../reference/philox.h"
#include "../../train/data.h"
#include "functions.h"

enum { N = 64, IN = 784, HID = 64, CLASSES = DATA_CLASSES, DEEPEST = 20, SEEDS = 5 };

static double x[N * IN], w_first[HID * IN], w[DEEPEST + 1][HID * HID], w_head[CLASSES * HID];
static const double zeros[HID];
static double z[DEEPEST + 1][N * HID], a[DEEPEST + 1][N * HID]; /* layer 1 is z[1] */
static int label[N];

enum { LOADED, BROKEN, NOT_HERE = 77 };

static int load_images(void)
{
    static float pixels[N * IN];
    const struct data_set *set = data_find("fashion-mnist");
    char error[ERROR_TEXT], path[DATA_PATH];
    int order[N], here = data_where(set, path, error);
    struct dataset data;
    if (!here || !data_load(set, &data, error)) {
        fprintf(stderr, "lesson 2 depth: %s\n", error);
        return here ? BROKEN : NOT_HERE;
    }
    for (int n = 0; n < N; n++) order[n] = n;
    data_gather(&data, &data.train, N, order, pixels, label);
    for (int k = 0; k < N * IN; k++) x[k] = (double)pixels[k];
    data_free(&data);
    return LOADED;
}

/* uniform with variance 2 / inputs */
static void start_weights(int seed, int stream, int count, int inputs, double *weight)
{
    static float random[HID * IN];
    philox_uniform((uint64_t)seed, (uint64_t)stream, (size_t)count, -1, 1, random);
    for (int k = 0; k < count; k++) weight[k] = sqrt(6.0 / inputs) * (double)random[k];
}

/* the deepest network; a shallower one is its first layers */
static void start(int seed)
{
    start_weights(seed, 0, HID * IN, IN, w_first);
    start_weights(seed, 1, CLASSES * HID, HID, w_head);
    for (int l = 2; l <= DEEPEST; l++) start_weights(seed, l, HID * HID, HID, w[l]);
}

static void forward(const struct function *f)
{
    dense_forward_f64(N, IN, HID, x, w_first, zeros, z[1]);
    for (int l = 1; l <= DEEPEST; l++) {
        if (l > 1) dense_forward_f64(N, HID, HID, a[l - 1], w[l], zeros, z[l]);
        f->forward(N * HID, z[l], a[l]);
    }
}

static double norm(const double *v)
{
    double sum = 0;
    for (int k = 0; k < N * HID; k++) sum += v[k] * v[k];
    return sqrt(sum);
}

/* |dL/dz_1| / |dL/dz_depth| of the network with so many hidden layers */
static double kept(const struct function *f, int depth)
{
    static double logits[N * CLASSES], p[N * CLASSES], dlogits[N * CLASSES], da[N * HID], dz[N * HID];
    const double one = 1;
    double loss, last = 0;
    dense_forward_f64(N, HID, CLASSES, a[depth], w_head, zeros, logits);
    softmax_xent_forward_f64(N, CLASSES, logits, label, p, &loss);
    softmax_xent_backward_f64(N, CLASSES, p, label, &one, dlogits);
    dense_backward_dx_f64(N, HID, CLASSES, w_head, dlogits, da);
    for (int l = depth; l > 0; l--) {
        f->backward(N * HID, f->at_y ? a[l] : z[l], da, dz);
        if (l == depth) last = norm(dz);
        if (l > 1) dense_backward_dx_f64(N, HID, HID, w[l], dz, da);
    }
    return norm(dz) / last;
}

int main(void)
{
    static double ratio[FUNCTIONS][DEEPEST + 1][SEEDS];
    int code = load_images();
    if (code != LOADED) return code;
    for (int s = 0; s < SEEDS; s++) {
        start(s + 1);
        for (int i = 0; i < FUNCTIONS; i++) {
            forward(&functions[i]);
            for (int d = 1; d <= DEEPEST; d++) ratio[i][d][s] = kept(&functions[i], d);
        }
    }
    printf("layers");
    for (int i = 0; i < FUNCTIONS; i++) printf(",%s", functions[i].name);
    for (int d = 1; d <= DEEPEST; d++) {
        printf("\n%d", d);
        for (int i = 0; i < FUNCTIONS; i++) {
            spread_sort(SEEDS, ratio[i][d]);
            printf(",%.3g", ratio[i][d][SEEDS / 2]);
        }
    }
    putchar('\n');
    return 0;
}
