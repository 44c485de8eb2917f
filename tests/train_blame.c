/* train_blame.c - a number that is not finite is found where it came from, and nowhere else: train_blame,
 * or on the CUDA device that RUNGS_CUDA names: train_blame cuda. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../reference/philox.h"
#include "../train/blame.h"
#include "../train/on_device.h"
#include "network_made.h"

enum { N = 4, IN = 6 };

static int failed;
static float x[N * IN];
static const int label[N] = { 1, 0, 3, 2 };
static struct network net;
static const struct device *device; /* NULL: the CPU */

static void make(const char *level)
{
    static struct netfile file;
    char error[ERROR_TEXT];
    made_netfile(&file, "input 6\ndense 5\nrelu\ndense 7\ntanh\ndense 4\nloss softmax_xent\n"
                        "optimizer sgd lr=1\ndata mnist\n");
    if (!network_make(&net, &file, N, level, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
    network_init(&net, 3);
    if (device && !network_on(&net, device, level, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
}

/* the parameter of that name and layer */
static float *parameter(const char *name, int layer)
{
    for (int k = 0; k < net.tensors; k++) {
        const struct tensor *t = &net.tensor[k];
        if (t->home == HOME_PARAM && t->layer == layer && !strcmp(t->name, name)) return net.data[k];
    }
    printf("FAIL: there is no %s of layer %d\n", name, layer);
    exit(1);
}

static void expect(const char *level, const char *says)
{
    char text[ERROR_TEXT];
    int found = network_blame(&net, N, x, label, text), ok = !strcmp(text, says) && found == (*says != '\0');
    printf("%s  %s: '%s'\n", ok ? "ok  " : "FAIL", level, text);
    if (!ok) printf("      expected: '%s'\n", says);
    failed |= !ok;
    network_free(&net);
}

static void check(const char *level)
{
    make(level);
    expect(level, "");
    make(level);
    parameter("w", 2)[3] = nanf("");
    expect(level, "w of layer 2 (dense)");
    make(level);
    parameter("b", 4)[3] = HUGE_VALF; /* the last of the biases */
    expect(level, "b of layer 4 (dense)");
    make(level);
    parameter("w", 4)[0] = parameter("b", 0)[0] = nanf(""); /* the first of two */
    expect(level, "b of layer 0 (dense)");
    make(level);
    for (int k = 0; k < 28; k++) parameter("w", 4)[k] = 3e38f, parameter("w", 4)[k] *= k % 2 ? 1 : -1;
    for (int k = 0; k < 7; k++) parameter("b", 2)[k] = k % 2 ? 9 : -9; /* tanh is 1 or -1: sums overflow */
    expect(level, "the output of layer 4 (dense)");
    make(level);
    x[N * IN - 1] = HUGE_VALF;
    expect(level, "the input");
    x[N * IN - 1] = 0;
}

static const struct device_module *whole;

/* A device's operation that gives a NaN where the CPU's does not: only the device's numbers show it. */
static int gives_nan(void *to, const void *from, size_t bytes)
{
    const int fine = whole->download(to, from, bytes);
    *(float *)to = nanf("");
    return fine;
}

static void check_device(const char *level)
{
    static struct device_module module;
    static struct device faulty;
    const struct device *right = device;
    whole = device->module;
    module = *whole;
    module.download = gives_nan;
    faulty = *device;
    faulty.module = &module;
    device = &faulty;
    make(level);
    expect(level, "the output of layer 1 (relu)"); /* one operation with the dense layer before */
    device = right;
}

int main(int argc, char **argv)
{
    char reason[DEVICE_ERROR];
    if (argc == 2 && !strcmp(argv[1], "cuda") && !(device = device_open(NULL, reason))) {
        printf("skipped: %s\n", reason);
        return 77;
    }
    philox_uniform(1, 0, N * IN, -1, 1, x);
    check("naive");
    check("best");
    if (device) check_device("best");
    return failed;
}
