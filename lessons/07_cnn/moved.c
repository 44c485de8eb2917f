/* moved.c - the experiment of lesson 7: one variable, by how many pixels the test images are moved. CSV on
 * stdout.
 *
 * Two networks learn the same 2,000 images of clothes, 28 x 28: one of dense layers, one that begins with
 * two convolutions, with fewer parameters. Both then see 2,000 others, moved to the right by 0 to 4 pixels,
 * zeros behind them. The numbers are shares of wrong guesses, means over three seeds; low and high are the
 * lowest and the highest of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/memory.h"
#include "../../train/trainer.h"

enum { SHOWN = 2000, SIDE = 28, PIXELS = SIDE * SIDE, FARTHEST = 4, SEEDS = 3, NOT_HERE = 77 };

static const char *const networks[] = {
    "rungs-network 1\ninput 1x28x28\ndense 128\nrelu\ndense 10\n",
    "rungs-network 1\ninput 1x28x28\nconv out=16 kernel=3\nrelu\nmaxpool 2\nconv out=32 kernel=3\nrelu\nmaxpool 2\n"
    "dense 64\nrelu\ndense 10\n",
};
enum { NETWORKS = sizeof networks / sizeof *networks };

static void end(const char *error)
{
    fprintf(stderr, "lesson 7 moved: %s\n", error);
    exit(1);
}

static struct split some(const struct split *all)
{
    struct split s = split_make(SHOWN, PIXELS, 0);
    memcpy(s.image, all->image, (size_t)SHOWN * PIXELS);
    memcpy(s.label, all->label, SHOWN);
    return s;
}

/* every image by one more pixel to the right */
static void move(struct split *s)
{
    for (int row = 0; row < SHOWN * SIDE; row++) {
        unsigned char *p = s->image + (size_t)row * SIDE;
        memmove(p + 1, p, SIDE - 1);
        p[0] = 0;
    }
}

struct course {
    double mean[FARTHEST + 1], low[FARTHEST + 1], high[FARTHEST + 1];
};

static struct course follow(const struct dataset *data, const char *layers)
{
    struct course c = { 0 };
    for (int seed = 1; seed <= SEEDS; seed++) {
        char text[600], error[ERROR_TEXT];
        struct netfile file;
        struct trainer t;
        struct train_step step;
        struct dataset shown = *data;
        snprintf(
            text, sizeof text,
            "%sloss softmax_xent\ndata fashion-mnist\ninit he_uniform\noptimizer adam lr=1e-3\nbatch 50\n"
            "epochs 15\nseed %d\n",
            layers, seed);
        if (!netfile_parse(&file, "moved", text, strlen(text), error)) end(error);
        if (!trainer_make(&t, data, &file, "best", error)) end(error);
        while (t.epoch < 15) trainer_step(&t, &step);
        shown.test = some(&data->test);
        t.data = &shown;
        for (int k = 0; k <= FARTHEST; k++) {
            struct train_test r = trainer_test(&t);
            double wrong = 1 - (double)r.right / r.n;
            c.mean[k] += wrong / SEEDS;
            c.low[k] = seed == 1 || wrong < c.low[k] ? wrong : c.low[k];
            c.high[k] = wrong > c.high[k] ? wrong : c.high[k];
            move(&shown.test);
        }
        t.data = data;
        free(shown.test.image), free(shown.test.label);
        trainer_free(&t);
    }
    return c;
}

int main(void)
{
    const struct data_set *set = data_find("fashion-mnist");
    char error[ERROR_TEXT], path[DATA_PATH];
    struct dataset data;
    struct course course[NETWORKS];
    if (!data_where(set, path, error)) {
        fprintf(stderr, "lesson 7 moved: %s\n", error);
        return NOT_HERE;
    }
    if (!data_load(set, &data, error)) end(error);
    const int whole[2] = { data.train.n, data.test.n };
    data.train.n = data.test.n = SHOWN;
    for (int k = 0; k < NETWORKS; k++) course[k] = follow(&data, networks[k]);
    puts("pixels,low_dense,dense,high_dense,low_conv,conv,high_conv");
    for (int k = 0; k <= FARTHEST; k++)
        printf("%d,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n", k, course[0].low[k], course[0].mean[k],
               course[0].high[k], course[1].low[k], course[1].mean[k], course[1].high[k]);
    data.train.n = whole[0], data.test.n = whole[1];
    data_free(&data);
    return 0;
}
