/* clothes.h - the network of lesson 4's experiments on real data: 5120 images of Fashion-MNIST, a 784-64-10
 * perceptron with ReLU, batches of 64, 5 epochs at a constant rate; 2000 other images to test.
 *
 * All arithmetic is in float on portable rungs, so that every x86 computes the same bits;
 * tests/lesson_minutes.sh repeats what takes minutes. Without the data a program says how to get them, and
 * ends with 77.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER     float
#define STEP(name) name##_f32
#include "optimizers.h"

#include "../../base/memory.h"
#include "../../reference/philox.h"
#include "../../train/data.h"
#include "../../train/network.h"

enum { TRAIN = 5120, TEST = 2000, BATCH = 64, EPOCHS = 5, SEEDS = 5, MOST = 256 };
enum { STEPS = EPOCHS * ((TRAIN + BATCH - 1) / BATCH) };
enum { LOADED, BROKEN, NOT_HERE = 77 };

#ifndef HIDDEN /* a program may have other hidden layers */
#define HIDDEN "dense 64\nrelu\n"
#endif

static const char net_text[] =
    "rungs-network 1\ninput 1x28x28\n" HIDDEN "dense 10\nloss softmax_xent\n"
    "data fashion-mnist\ninit he_uniform\noptimizer sgd lr=0.1\nbatch 64\nepochs 5\n"
    "seed 1\n";
static struct dataset clothes;
static struct network net;
static float *state[STATES], *x;
static int label[MOST];

static int load_clothes(const char *program)
{
    struct netfile file;
    const struct data_set *set = data_find("fashion-mnist");
    char error[ERROR_TEXT], path[DATA_PATH];
    int here = data_where(set, path, error);
    if (!here || !data_load(set, &clothes, error) ||
        !netfile_parse(&file, "clothes.h", net_text, strlen(net_text), error) ||
        !network_make(&net, &file, MOST, "03_packed", error)) {
        fprintf(stderr, "lesson 4 %s: %s\n", program, error);
        return here ? BROKEN : NOT_HERE;
    }
    for (int s = 0; s < STATES; s++) state[s] = memory_need(net.params, sizeof *state[s]);
    x = memory_need((size_t)MOST * (size_t)clothes.features, sizeof *x);
    return LOADED;
}

static void leave_clothes(void)
{
    for (int s = 0; s < STATES; s++) free(state[s]);
    free(x);
    network_free(&net);
    data_free(&clothes);
}

static void begin(uint64_t seed)
{
    network_init(&net, seed);
    for (int s = 0; s < STATES; s++) memset(state[s], 0, net.params * sizeof *state[s]);
}

/* the gradient of the batch of step t = 1, 2, ...; the images in a new order in every epoch */
static float gradient(uint64_t seed, int t)
{
    static int order[TRAIN];
    const int each = STEPS / EPOCHS, at = (t - 1) % each * BATCH, n = TRAIN - at < BATCH ? TRAIN - at : BATCH;
    if (at == 0) philox_shuffle(seed, 16 + (uint64_t)((t - 1) / each), TRAIN, order);
    data_gather(&clothes, &clothes.train, n, order + at, x, label);
    float loss = network_forward(&net, n, x, label);
    network_backward(&net, n);
    return loss;
}

struct result {
    double loss, right; /* mean cross-entropy, share that is right */
};

/* of the first n images of a split */
static inline struct result measure(const struct split *split, int n)
{
    struct result r = { 0, 0 };
    for (int at = 0; at < n; at += MOST) {
        int order[MOST], here = n - at < MOST ? n - at : MOST;
        for (int k = 0; k < here; k++) order[k] = at + k;
        data_gather(&clothes, split, here, order, x, label);
        r.loss += (double)network_forward(&net, here, x, label) * here / n;
        for (int k = 0; k < here; k++) r.right += (network_guess(&net, k) == label[k]) / (double)n;
    }
    return r;
}
