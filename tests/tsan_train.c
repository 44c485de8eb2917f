/* tsan_train.c - training steps on two threads, under ThreadSanitizer: moving the parameters, counting the
 * right guesses and gathering the next batch go on at the same time.
 *
 *   tsan_train fine   epochs and tests of two networks, naive and with threaded rungs: no race
 *   tsan_train race   with one buffer where there must be two, the next batch is gathered over
 *                     the labels that are counted:
 *                     a data race, which must be reported
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/team.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { TRAIN = 300, TEST = 70, SIDE = 8, STEPS = 4000 };

static void begin(struct trainer *t, const struct dataset *data, const char *layers, const char *height)
{
    static struct netfile file;
    char lines[1024], error[ERROR_TEXT];
    snprintf(lines, sizeof lines, "input 1x8x8\n%sdense 10\nloss softmax_xent\ndata mnist\nbatch 128\n",
             layers);
    made_netfile(&file, lines);
    if (trainer_make(t, data, &file, height, error)) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

static void step(struct trainer *t)
{
    struct train_step step;
    if (trainer_step(t, &step)) return;
    printf("FAIL: the training diverged\n");
    exit(1);
}

/* two epochs of three steps, the last of each smaller */
static void train(const struct dataset *data, const char *layers, const char *height)
{
    struct trainer t;
    begin(&t, data, layers, height);
    while (t.epoch < 2) {
        step(&t);
        if (!t.done) trainer_test(&t);
    }
    printf("ok  %d epochs, %s\n", t.epoch, height);
    trainer_free(&t);
}

/* Two threads may do all pieces one after another, by chance: not in every step. */
static void race(const struct dataset *data)
{
    struct trainer t;
    begin(&t, data, "optimizer sgd lr=1e-6\n", "naive");
    step(&t);
    t.next_label = t.label;
    for (int k = 0; k < STEPS; k++) step(&t);
    exit(1); /* TSAN_OPTIONS: the first report ends the program */
}

int main(int argc, char **argv)
{
    struct dataset data = made_data(TRAIN, TEST, SIDE);
    team_use(2);
    if (argc == 2 && !strcmp(argv[1], "race")) race(&data);
    for (int k = 0; k < 2; k++) {
        train(&data, "dense 200\nrelu\ndense 100\nrelu\noptimizer sgd lr=0.1\n", k ? "best" : "naive");
        train(
            &data,
            "maxpool 2\ndense 60\ngelu\ndropout p=0.3\noptimizer adam lr=0.01\nschedule cosine\n"
            "clip norm=1\nweight_decay coupled=0.1 decoupled=0.1\nl1 proximal=0.01\naugment shift=1 rotate=10\n",
            k ? "best" : "naive");
    }
    data_free(&data);
    return 0;
}
