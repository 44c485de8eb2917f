/* train_recording.c FOLDER - a recording holds the training that it is of: what is read from its files, in
 * its order, is what the trainer saw, step by step, to the last bit; another training's is told apart. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "../export/recording.h"
#include "network_made.h"

enum {
    TRAIN = 50,
    TEST = 30,
    FEATURES = 49,
    BATCH = 16,
    EPOCHS = 3,
    STEPS = EPOCHS * 4
}; /* 50 = 3 * 16 + 2 */

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

/* a file's numbers, of four bytes each, which must be n with such a header; NULL if they are not */
static void *numbers(const char *folder, const char *name, const char *shape, size_t n)
{
    char path[FILE_PATH], header[256];
    unsigned char lead[10];
    void *x = memory_need(n, 4);
    snprintf(path, sizeof path, "%s/%s.npy", folder, name);
    FILE *in = fopen(path, "rb");
    int ok = in && fread(lead, 1, sizeof lead, in) == sizeof lead && !memcmp(lead, "\x93NUMPY\x01\x00", 8);
    const size_t size = ok ? lead[8] + 256u * lead[9] : 0;
    ok = ok && size < sizeof header && (size + sizeof lead) % 64 == 0 && fread(header, 1, size, in) == size;
    if (ok) header[size] = 0;
    ok = ok && strstr(header, shape) && fread(x, 4, n, in) == n && fgetc(in) == EOF;
    if (in) fclose(in);
    if (ok) return x;
    printf("FAIL: %s is not %s of %zu numbers\n", path, shape, n);
    exit(1);
}

static struct trainer trainer_of(const struct dataset *data, const char *more)
{
    static struct netfile file;
    struct trainer t;
    char error[ERROR_TEXT], lines[600];
    snprintf(lines, sizeof lines,
             "input 1x7x7\ndense 19\nrelu\ndense 10\nloss softmax_xent\ndata mnist\noptimizer adam lr=0.01\n"
             "batch 16\nepochs 3\n%s",
             more);
    made_netfile(&file, lines);
    if (!trainer_make(&t, data, &file, "best", error)) printf("FAIL: %s\n", error), exit(1);
    return t;
}

/* Trains t with the recording's images in its order at its side; how many steps saw something else */
static int different_steps(const char *folder, struct trainer *t)
{
    float *x = numbers(folder, "x", "'<f4', 'fortran_order': False, 'shape': (50, 49), ", TRAIN * FEATURES),
          *loss = numbers(folder, "loss", "'shape': (12,), ", STEPS);
    int *label = numbers(folder, "label", "'<i4', 'fortran_order': False, 'shape': (50,), ", TRAIN),
        *order =
            numbers(folder, "order", "'<i4', 'fortran_order': False, 'shape': (3, 50), ", EPOCHS * TRAIN);
    int different = 0;
    for (int s = 0, at = 0; s < STEPS; s++) {
        struct train_step step;
        int is = !trainer_step(t, &step) || memcmp(&step.loss, &loss[s], sizeof step.loss);
        for (int k = 0; k < step.n; k++, at++)
            is |= label[order[at]] != t->label[k] ||
                  memcmp(x + order[at] * FEATURES, t->x + k * FEATURES, FEATURES * sizeof *x);
        different += is;
    }
    free(x), free(loss), free(label), free(order);
    return different;
}

static void check_start(const char *folder, const struct trainer *fresh)
{
    float *w = numbers(folder, "dense0.w", "'shape': (19, 49), ", 19 * 49),
          *b = numbers(folder, "dense2.b", "'shape': (10,), ", 10),
          *x = numbers(folder, "test_x", "'shape': (30, 49), ", TEST * FEATURES);
    int *label = numbers(folder, "test_label", "'shape': (30,), ", TEST);
    const float *param = fresh->net.param;
    expect(!memcmp(w, param, 19 * 49 * sizeof *w), "the first weights are not those of the start");
    expect(!memcmp(b, param + fresh->net.params - 10, 10 * sizeof *b),
           "the last biases are not those of the start");
    int first = 0, seen[FEATURES];
    float one[FEATURES];
    data_gather(fresh->data, &fresh->data->test, 1, &first, one, seen);
    expect(!memcmp(x, one, sizeof one) && label[0] == seen[0], "the first test image is another one");
    free(w), free(b), free(x), free(label);
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    const char *folder = argv[1];
    char error[ERROR_TEXT];
    struct dataset data = made_data(TRAIN, TEST, 7);
    struct trainer t = trainer_of(&data, "seed 7\n"), again = trainer_of(&data, "seed 7\n"),
                   other = trainer_of(&data, "seed 8\n"), moved = trainer_of(&data, "augment shift=1\n");
    struct recording r;
    struct train_step step;
    folder_remove(folder);
    expect(recording_begin(&r, folder, &t, error), error);
    if (failed) return 1;
    while (!trainer_is_finished(&t)) {
        if (!trainer_step(&t, &step)) return 1;
        recording_step(&r, step.loss);
    }
    expect(r.steps == STEPS, "not every step is recorded");
    expect(recording_write(&r, &t, error), error);
    if (failed) return 1;
    check_start(folder, &again);
    expect(different_steps(folder, &again) == 0, "the recording is of another training");
    expect(different_steps(folder, &other) == STEPS, "another seed's training passes for this one");
    recording_free(&r);
    expect(!recording_begin(&r, folder, &t, error), "a folder with files in it is written to");
    recording_free(&r);
    folder_remove(folder);
    expect(!recording_begin(&r, folder, &moved, error), "a training whose images move is recorded");
    recording_free(&r);
    if (recording_begin(&r, folder, &t, error)) recording_free(&r);
    expect(access(folder, F_OK), "a training that was not finished leaves a folder");
    trainer_free(&t), trainer_free(&again), trainer_free(&other), trainer_free(&moved);
    data_free(&data);
    if (!failed) puts("a recording is its training, bit by bit");
    return failed;
}
