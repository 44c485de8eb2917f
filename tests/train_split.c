/* train_split.c - data are divided so that each image is in one part, whatever the seed; early stopping ends
 * where it is counted to end, keeps the best parameters, and goes on from a checkpoint as if never stopped.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { TRAIN = 203, TEST = 301, SIDE = 5, FEATURES = SIDE * SIDE, MOST = 12 };

static int failed;

static void report(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

static void must(int ok, const char *error)
{
    if (ok) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

static const struct netfile *file_with(const char *lines)
{
    static struct netfile file;
    char text[512];
    snprintf(text, sizeof text,
             "input 25\ndense 20\nrelu\ndense 10\nloss softmax_xent\ndata mnist\nbatch 16\nseed 7\n%s\n",
             lines);
    made_netfile(&file, text);
    return &file;
}

/* ---- parts ---- */

struct image { /* and its label */
    unsigned char byte[FEATURES + 1];
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct image));
}

static int add(struct image *all, int n, const struct split *s)
{
    for (int k = 0; k < s->n; k++) {
        memcpy(all[n + k].byte, s->image + (size_t)k * FEATURES, FEATURES);
        all[n + k].byte[FEATURES] = s->label[k];
    }
    return n + s->n;
}

/* all images of the parts, sorted */
static int all_of(const struct dataset *d, int with_test, struct image *all)
{
    int n = add(all, add(all, 0, &d->train), &d->validation);
    if (with_test) n = add(all, n, &d->test);
    qsort(all, (size_t)n, sizeof *all, compare);
    return n;
}

static int has_the_same_images(const struct dataset *a, const struct dataset *b, int with_test)
{
    static struct image x[TRAIN + TEST], y[TRAIN + TEST];
    int n = all_of(a, with_test, x),
        same = n == all_of(b, with_test, y) && !memcmp(x, y, (size_t)n * sizeof *x);
    for (int k = 1; k < n; k++) same = same && compare(&x[k - 1], &x[k]); /* no two alike, to be told apart */
    return same;
}

static int same_split(const struct split *a, const struct split *b)
{
    return a->n == b->n && !memcmp(a->label, b->label, (size_t)a->n) &&
           !memcmp(a->image, b->image, (size_t)a->n * FEATURES);
}

static double mean_of_pixel(const struct split *s, int pixel)
{
    double sum = 0;
    for (int k = 0; k < s->n; k++) sum += s->image[k * FEATURES + pixel];
    return sum / s->n;
}

static void check_parts(void)
{
    struct dataset whole = made_data(TRAIN, TEST, SIDE), d = made_data(TRAIN, TEST, SIDE);
    char error[ERROR_TEXT];
    must(split_data(&d, file_with("optimizer sgd lr=1\nsplit parts"), error), error);
    report(d.train.n == 302 && d.validation.n == 101 && d.test.n == 101, "60/20/20 of 504 images");
    report(has_the_same_images(&d, &whole, 1), "each image is in one part");
    report(!same_split(&d.train, &whole.train) && memcmp(d.train.label, whole.train.label, 40),
           "drawn at random");
    report(fabs((double)d.mean[7] - mean_of_pixel(&d.train, 7)) < 1e-5 &&
               fabs(mean_of_pixel(&d.test, 7) - mean_of_pixel(&d.train, 7)) > 1e-3,
           "the mean is that of the images to train on alone");
    memcpy(d.train.image, d.test.image, FEATURES); /* one that is in two parts */
    report(!has_the_same_images(&d, &whole, 1), "an image in two parts is noticed");
    data_free(&d), data_free(&whole);
}

static void check_files(void)
{
    struct dataset whole = made_data(TRAIN, TEST, SIDE), d = made_data(TRAIN, TEST, SIDE);
    char error[ERROR_TEXT];
    must(split_data(&d, file_with("optimizer sgd lr=1"), error), error);
    report(same_split(&d.train, &whole.train) && !d.validation.n && d.mean[0] == whole.mean[0],
           "nothing is divided");
    must(split_data(&d, file_with("optimizer sgd lr=1\nsplit files validation=0.25"), error), error);
    report(d.train.n == 152 && d.validation.n == 51 && same_split(&d.test, &whole.test) &&
               has_the_same_images(&d, &whole, 0),
           "a quarter of what is trained on validates");
    data_free(&d);
    d = made_data(3, 9, SIDE);
    report(
        !split_data(&d, file_with("optimizer sgd lr=1\nsplit files validation=0.1"), error) &&
            d.train.n == 3 &&
            strstr(error, "of the 3 images of mnist, 3 would be trained on, 0 would validate, 9 would test"),
        error);
    data_free(&d), data_free(&whole);
}

static void check_same_for_all_seeds(void)
{
    struct dataset a = made_data(TRAIN, TEST, SIDE), b = made_data(TRAIN, TEST, SIDE);
    struct netfile file = *file_with("optimizer sgd lr=1\nsplit parts train=0.5");
    char error[ERROR_TEXT];
    must(split_data(&a, &file, error) && netfile_set(&file, "seed", "8", error) &&
             split_data(&b, &file, error),
         error);
    report(same_split(&a.train, &b.train) && same_split(&a.test, &b.test), "two seeds have the same parts");
    data_free(&a), data_free(&b);
}

/* ---- counting ---- */

static const struct {
    const char *early_stop;
    double loss[MOST];
    int ends, best; /* after how many epochs; 0: not within these */
} counts[] = {
    { "3", { 5, 4, 4, 4, 4, 4 }, 5, 2 },
    { "1", { 5, 4, 3, 3, 2 }, 4, 3 },
    { "2", { 5, 6, 4, 5, 3, 4, 4, 4 }, 7, 5 },
    { "2 min_delta=0.5", { 5, 4.6, 4.6, 4.6 }, 3, 1 },
    { "2 min_delta=0.5", { 5, 4.6, 4.4, 4.2, 4.1 }, 5, 3 },
    { "2", { (double)NAN, (double)NAN, 1, 1 }, 2, 0 },
    { "2", { (double)NAN, 3, (double)NAN, 2, 1, 0.5, 0.4, 0.3, 0.2 }, 0, 9 },
    { "0", { 1, 2, 3, 4, 5, 6 }, 0, 0 },
};

/* wrong: by how many epochs the patience is miscounted */
static int is_counted(size_t row, int wrong)
{
    static const struct network net = { .params = 2, .buffered = 1 };
    struct stopping s;
    char lines[80];
    float param[2] = { 0 }, buffer[1] = { 0 };
    int ends = 0, epoch = 0, ok;
    snprintf(lines, sizeof lines, "optimizer sgd lr=1\nsplit parts\nearly_stop %s", counts[row].early_stop);
    stopping_make(&s, file_with(lines), &net);
    if (s.patience) s.patience += wrong;
    while (epoch < MOST && (counts[row].loss[epoch] != 0) && !ends) {
        param[0] = param[1] = buffer[0] = (float)++epoch;
        stopping_observe(&s, counts[row].loss[epoch - 1], epoch, param, buffer);
        if (stopping_is_over(&s)) ends = epoch;
    }
    ok =
        ends == counts[row].ends && s.epoch == counts[row].best &&
        (!s.epoch || (s.param[0] == (float)s.epoch && s.param[1] == s.param[0] && s.buffer[0] == s.param[0]));
    stopping_free(&s);
    return ok;
}

static void check_counts(void)
{
    int late = 1, early = 1;
    for (size_t r = 0; r < sizeof counts / sizeof *counts; r++) {
        report(is_counted(r, 0), counts[r].early_stop);
        late = late && is_counted(r, 1);
        early = early && is_counted(r, -1);
    }
    report(!late && !early, "a patience of one epoch more or less is noticed");
}

/* ---- in a training ---- */

/* rates so high that the loss goes up and down; ends after some epochs */
static const char stops[] = "optimizer momentum lr=0.5 mu=0.95\nsplit parts\nearly_stop 3\nepochs 40";

static void check_best(const struct dataset *data)
{
    static struct trainer t;
    struct train_step step;
    char error[ERROR_TEXT];
    must(trainer_make(&t, data, file_with(stops), "naive", error), error);
    size_t bytes = t.net.params * sizeof(float);
    float *best = memory_need(t.net.params, sizeof *best);
    double lowest = HUGE_VAL;
    int best_epoch = 0;
    while (!trainer_is_finished(&t)) {
        do must(trainer_step(&t, &step), "it diverged");
        while (t.done);
        trainer_end_epoch(&t);
        if (!(t.validation.loss < lowest)) continue;
        lowest = t.validation.loss, best_epoch = t.epoch;
        memcpy(best, t.net.param, bytes);
    }
    report(t.epoch == best_epoch + 3 && t.epoch < 40, "it ends three epochs after the best");
    report(memcmp(best, t.net.param, bytes) != 0, "and the last parameters are others");
    report(trainer_take_best(&t) == best_epoch && !memcmp(best, t.net.param, bytes), "the best are taken");
    free(best);
    trainer_free(&t);
}

static void train_to(struct trainer *t, int epoch)
{
    struct train_step step;
    while (t->epoch < epoch && !trainer_is_finished(t)) must(trainer_step(t, &step), "it diverged");
}

static void check_resume(const struct dataset *data, const char *path)
{
    static struct trainer whole, part;
    static struct checkpoint read;
    char error[ERROR_TEXT];
    must(trainer_make(&whole, data, file_with(stops), "naive", error) &&
             trainer_make(&part, data, file_with(stops), "naive", error),
         error);
    train_to(&whole, 40);
    train_to(&part, whole.epoch - 1); /* two of the three epochs of patience are gone */
    struct checkpoint c = trainer_checkpoint(&part);
    must(checkpoint_write(path, &c, error) && checkpoint_read_file(path, &read, error), error);
    trainer_free(&part);
    must(trainer_make(&part, data, &read.file, "naive", error) && trainer_restore(&part, &read, error),
         error);
    train_to(&part, 40);
    size_t bytes = part.net.params * sizeof(float);
    report(part.epoch == whole.epoch && !memcmp(part.net.param, whole.net.param, bytes) &&
               !memcmp(part.stopping.param, whole.stopping.param, bytes) &&
               part.stopping.epoch == whole.stopping.epoch,
           "a resumed training ends in the same epoch, with the same best");
    must(trainer_restore(&part, &read, error), error);
    part.stopping.since = 0;
    train_to(&part, 40);
    report(part.epoch != whole.epoch, "a lost count is noticed");
    checkpoint_free(&read);
    trainer_free(&whole), trainer_free(&part);
    remove(path);
}

static void check_refusals(void)
{
    static const char *const wrong[][2] = {
        { "optimizer sgd lr=1\nearly_stop 3", "made: early_stop needs images to validate with" },
        { "optimizer sgd lr=1\nsplit parts train=0.9 validation=0.1", "leave nothing to test with" },
    };
    static struct trainer t;
    struct dataset data = made_data(TRAIN, TEST, SIDE);
    char error[ERROR_TEXT];
    for (int k = 0; k < 2; k++)
        report(!trainer_make(&t, &data, file_with(wrong[k][0]), "naive", error) && strstr(error, wrong[k][1]),
               wrong[k][1]);
    data_free(&data);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_split SCRATCH_FILE\n");
        return 64;
    }
    struct dataset data = made_data(TRAIN, TEST, SIDE);
    char error[ERROR_TEXT];
    check_parts();
    check_files();
    check_same_for_all_seeds();
    check_counts();
    must(split_data(&data, file_with(stops), error), error);
    check_best(&data);
    check_resume(&data, argv[1]);
    check_refusals();
    data_free(&data);
    return failed;
}
