/* train_memory.c - the memory of networks: no two tensors that are in use at the same time overlap, sharing
 * makes a network as small as counted by hand, the bits do not depend on it, and a step of training
 * allocates nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../reference/philox.h"
#include "../train/trainer.h"
#include "data_made.h"
#include "network_made.h"

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

#define REST "loss softmax_xent\noptimizer sgd lr=0.1\ndata mnist\nbatch 16\n"
static const char *const networks[] = {
    "input 7\ndense 10\n" REST,
    "input 1x7x7\ndense 19\nrelu\ndense 11\nrelu\ndense 10\n" REST,
    "input 49\nrelu\ndense 19\nrelu\nrelu\ndense 10\nrelu\n" REST,
    "input 1x7x7\nmaxpool 3\ndense 33\ndropout p=0.2\nrelu\ndropout\ndense 10\n" REST,
    "input 49\ngelu\ndense 19\ntanh\nsilu\ndense 31\nleaky_relu\nsoftplus\ndense 10\nelu\n" REST,
};

static void make(struct network *net, struct netfile *file, const char *lines, int batch)
{
    char error[ERROR_TEXT];
    made_netfile(file, lines);
    if (network_make(net, file, batch, "naive", error)) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

/* ---- places ---- */

/* the first and last call that has tensor t among its arguments, found anew; what is guessed from is read
 * after the last */
static void life(const struct network *net, int t, int *first, int *last)
{
    *first = *last = -1;
    for (int k = 0; k < net->calls; k++)
        for (int a = 0; a < net->call[k].op->narg; a++)
            if (net->call[k].tensor[a] == t) {
                if (*first < 0) *first = k;
                *last = k;
            }
    if (t == net->guess) *last = net->calls;
}

/* Does call k write b over a, and may it? */
static int may_overwrite(const struct network *net, int k, int a, int b)
{
    const struct call *c = &net->call[k];
    const int *over = c->op->over;
    return over[0] != over[1] && c->tensor[over[0]] == b && c->tensor[over[1]] == a &&
           net->tensor[a].at == net->tensor[b].at;
}

/* how many pairs are in each other's way, or stand out of the arena */
static int clashes(const struct network *net)
{
    int n = 0;
    for (int a = 0; a < net->tensors; a++) {
        const struct tensor *x = &net->tensor[a];
        int x0, x1, y0, y1;
        if (x->home != HOME_ARENA) continue;
        life(net, a, &x0, &x1);
        n += x->at + x->elements > net->arena_elements;
        for (int b = 0; b < net->tensors; b++) {
            const struct tensor *y = &net->tensor[b];
            if (a == b || y->home != HOME_ARENA || y->at >= x->at + x->elements ||
                x->at >= y->at + y->elements)
                continue;
            life(net, b, &y0, &y1);
            if (x0 <= y0 && y0 <= x1 && !(y0 == x1 && may_overwrite(net, y0, a, b))) n++;
        }
    }
    return n;
}

static void check_places(const char *lines)
{
    static struct netfile file;
    static struct network net;
    make(&net, &file, lines, 33);
    expect(!clashes(&net), "two tensors in use overlap");
    expect(net.arena_elements >= arena_least(&net) && net.arena_elements <= arena_unshared(&net),
           "the arena is between what is in use at once and what it were without sharing");
    int noticed = 0; /* any tensor in another place that is in use */
    for (int t = 0; t < net.tensors; t++) {
        size_t at = net.tensor[t].at;
        if (net.tensor[t].home != HOME_ARENA || t == net.guess) continue;
        net.tensor[t].at = net.tensor[net.guess].at;
        noticed += clashes(&net) > 0;
        net.tensor[t].at = at;
    }
    expect(noticed > 0, "an overlap went unnoticed");
    network_free(&net);
}

/* Eight layers of 1000 with tanh, whose outputs are written over its inputs: going back, at most the eight
 * outputs are needed and one gradient, or seven and two; beside these p and dz of the loss. Apart from each
 * other they are 8 + 8 + 16 of 64000. */
static void check_counted(void)
{
    enum { WIDE = 64 * 1000, CLASSES = 64 * 10 };
    static struct netfile file;
    static struct network net;
    char lines[1024];
    size_t used = (size_t)sprintf(lines, "input 100\n");
    for (int l = 0; l < 8; l++) used += (size_t)sprintf(lines + used, "dense 1000\ntanh\n");
    sprintf(lines + used, "dense 10\n" REST);
    make(&net, &file, lines, 64);
    printf("eight layers of 1000: %zu floats, %zu without sharing\n", net.arena_elements,
           arena_unshared(&net));
    expect(net.arena_elements == 9 * WIDE + 2 * CLASSES, "it takes nine arrays of 64000, p and dz");
    expect(arena_unshared(&net) == 32 * WIDE + 3 * CLASSES, "without sharing it would be 32, z, p and dz");
    network_free(&net);
}

/* ---- the same bits ---- */

static void train(struct network *net, const struct netfile *file, float *param)
{
    struct optimizer optimizer;
    float x[16 * 49];
    int label[16];
    network_init(net, 5);
    optimizer_make(&optimizer, file, net, "naive");
    for (int t = 0; t < 3; t++) {
        philox_uniform(9, (uint64_t)t, 16 * (size_t)shape_features(net->layer[0].in), -1, 1, x);
        for (int k = 0; k < 16; k++) label[k] = (int)(philox_word(10, (uint64_t)t, (uint64_t)k) % 10);
        network_forward(net, 16, x, label);
        network_backward(net, 16);
        optimizer_begin(&optimizer, (struct moment){ .epochs = 1, .step = t, .steps = 1000 });
        optimizer_step(&optimizer);
    }
    memcpy(param, net->param, net->params * sizeof *param);
    optimizer_free(&optimizer);
}

/* Every tensor in memory of its own, or, if `squeezed`, all in the same. */
static void spread(struct network *net, int squeezed, float **own)
{
    for (int t = 0; t < net->tensors; t++) {
        own[t] = NULL;
        if (net->tensor[t].home != HOME_ARENA) continue;
        own[t] = memory_need(net->arena_elements, sizeof(float));
        net->data[t] = squeezed ? net->arena : own[t];
    }
}

static int same_bits(const char *lines, int squeezed)
{
    static struct netfile file;
    static struct network net;
    float *own[NETWORK_TENSORS];
    make(&net, &file, lines, 16);
    float *shared = memory_need(net.params, sizeof *shared), *apart = memory_need(net.params, sizeof *apart);
    train(&net, &file, shared);
    spread(&net, squeezed, own);
    train(&net, &file, apart);
    int same = !memcmp(shared, apart, net.params * sizeof *shared);
    for (int t = 0; t < net.tensors; t++) free(own[t]);
    free(shared), free(apart);
    network_free(&net);
    return same;
}

/* ---- no allocation: the linker leads all calls of these here (--wrap, train.cmake) ---- */

static long allocations;

void *__real_malloc(size_t n), *__real_calloc(size_t n, size_t size), *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n), *__wrap_calloc(size_t n, size_t size), *__wrap_realloc(void *p, size_t n);
int __real_posix_memalign(void **p, size_t align, size_t n),
    __wrap_posix_memalign(void **p, size_t align, size_t n);
void *__real_aligned_alloc(size_t align, size_t n), *__wrap_aligned_alloc(size_t align, size_t n);
void *__real_mmap(void *at, size_t n, int a, int b, int c, long d),
    *__wrap_mmap(void *at, size_t n, int a, int b, int c, long d);

void *__wrap_malloc(size_t n)
{
    allocations++;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    allocations++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    allocations++;
    return __real_realloc(p, n);
}

int __wrap_posix_memalign(void **p, size_t align, size_t n)
{
    allocations++;
    return __real_posix_memalign(p, align, n);
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
    allocations++;
    return __real_aligned_alloc(align, n);
}

void *__wrap_mmap(void *at, size_t n, int a, int b, int c, long d)
{
    allocations++;
    return __real_mmap(at, n, a, b, c, d);
}

static void sgd_that_allocates(int n, const float *dw, float *w, float lr)
{
    void *volatile p = malloc(1);
    free(p);
    for (int k = 0; k < n; k++) w[k] -= lr * dw[k];
}

/* Two epochs and their tests, after the first, which fills what threads keep between calls; with one
 * thread, as others may do their first piece at any time. */
static long allocations_of(const struct dataset *data, const char *level, any_fn *update)
{
    static struct netfile file;
    static struct trainer t;
    struct train_step step;
    char error[ERROR_TEXT];
    made_netfile(&file, "input 1x7x7\nmaxpool 2\ndense 19\nrelu\ndropout\ndense 11\ngelu\ndense 10\n" REST);
    if (!trainer_make(&t, data, &file, level, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
    if (update) t.optimizer.run = update;
    while (t.epoch < 1) trainer_step(&t, &step);
    trainer_test(&t);
    long before = allocations;
    while (t.epoch < 3) {
        trainer_step(&t, &step);
        if (!t.done) trainer_test(&t);
    }
    long after = allocations;
    trainer_free(&t);
    return after - before;
}

static void check_allocations(const char *folder)
{
    struct dataset data;
    char error[ERROR_TEXT];
    made_set(folder, 100, 40, 7, 7);
    if (!data_load_folder(data_find("mnist"), folder, &data, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
    team_use(1);
    expect(!allocations_of(&data, "naive", NULL), "training on naive rungs allocates");
    expect(!allocations_of(&data, "best", NULL), "training on the best rungs allocates");
    expect(allocations_of(&data, "naive", (any_fn *)sgd_that_allocates) == 14,
           "14 allocations went unnoticed");
    data_free(&data);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_memory SCRATCH_FOLDER\n");
        return 64;
    }
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        check_places(networks[k]);
        expect(same_bits(networks[k], 0), "tensors that share memory give different bits");
    }
    expect(!same_bits(networks[1], 1), "tensors all in one place went unnoticed");
    check_counted();
    check_allocations(argv[1]);
    return failed;
}
