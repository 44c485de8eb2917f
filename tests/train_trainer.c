/* train_trainer.c - epochs, batches and going on from a checkpoint, on made-up data; with every height
 * there is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { TRAIN = 203, TEST = 301, SIDE = 7, FEATURES = SIDE * SIDE, BATCH = 16 }; /* 203 = 12 * 16 + 11 */

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

static const struct netfile *network(void)
{
    static struct netfile file;
    made_netfile(&file,
                 "input 1x7x7\ndense 19\nrelu\ndense 11\nrelu\ndense 10\nloss softmax_xent\ndata mnist\n"
                 "optimizer sgd lr=0.1\nbatch 16\nepochs 4\nseed 7\n");
    return &file;
}

/* everything that a resumed run must bring back: the optimizer's state, the step's number, the place in the
 * schedule */
static const struct netfile *network_of_all(void)
{
    static struct netfile file;
    made_netfile(&file,
                 "input 1x7x7\nmaxpool 2\ndense 19\nrelu\ndropout p=0.3\ndense 11\ngelu\ndropout\ndense 10\n"
                 "loss softmax_xent\ndata mnist\noptimizer adam lr=0.01\nschedule cosine\nbatch 16\n"
                 "epochs 4\nseed 7\n");
    return &file;
}

/* a rate that follows the loss: almost every epoch of this one is a bad one */
static const struct netfile *network_on_plateau(void)
{
    static struct netfile file;
    made_netfile(&file, "input 49\ndense 10\nloss softmax_xent\ndata mnist\noptimizer sgd lr=0.01\n"
                        "schedule plateau patience=0 factor=0.5 threshold=0.9\nbatch 16\nepochs 9\nseed 7\n");
    return &file;
}

static void must(int ok, const char *error)
{
    if (ok) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

static void train_to(struct trainer *t, int epoch)
{
    struct train_step step;
    while (t->epoch < epoch) must(trainer_step(t, &step), "the training diverged");
}

/* every example once an epoch, the last batch smaller, and another order in the next epoch */
static void check_epochs(const struct dataset *data)
{
    struct trainer t;
    struct train_step step;
    char error[ERROR_TEXT];
    int order[2][TRAIN];
    must(trainer_make(&t, data, network(), "naive", error), error);
    expect(trainer_steps_per_epoch(&t) == 13, "203 examples in batches of 16 are 13 steps");
    for (int e = 0; e < 2; e++) {
        int seen[TRAIN] = { 0 }, steps = 0, last = 0;
        while (t.epoch == e) {
            int at = t.done;
            trainer_step(&t, &step);
            for (int k = 0; k < step.n; k++) {
                /* the first pixel tells the example, modulo 256; x is what the network saw */
                int pixel = (int)(t.x[(size_t)k * FEATURES] * data->deviation[0] + data->mean[0] + 0.5f);
                seen[pixel]++;
                order[e][at + k] = pixel;
                expect(t.label[k] == data->train.label[pixel], "an image came with the label of another");
            }
            last = step.n;
            steps++;
        }
        expect(steps == 13 && last == 11, "the last batch of an epoch is what is left");
        for (int k = 0; k < TRAIN; k++) expect(seen[k] == 1, "an epoch sees every example once");
    }
    expect(memcmp(order[0], order[1], sizeof order[0]), "two epochs have two orders");
    trainer_free(&t);
}

static void check_test(const struct dataset *data)
{
    struct trainer t;
    char error[ERROR_TEXT];
    must(trainer_make(&t, data, network(), "naive", error), error);
    struct train_test before = trainer_test(&t);
    train_to(&t, 4);
    struct train_test after = trainer_test(&t);
    int all = 0, right = 0;
    for (int c = 0; c < DATA_CLASSES; c++)
        for (int g = 0; g < DATA_CLASSES; g++) {
            all += after.confusion[c][g];
            right += c == g ? after.confusion[c][g] : 0;
        }
    expect(all == TEST && right == after.right && after.n == TEST,
           "the confusion matrix counts every test image once");
    /* the classes are apart by construction: any training that works finds them, none that does not */
    expect(before.right < TEST / 2 && after.right > TEST * 9 / 10, "four epochs tell the ten classes apart");
    trainer_free(&t);
}

/* three epochs at once, or one, a checkpoint in a file, and two more: the same bits */
static void check_resume(const struct dataset *data, const struct netfile *file, const char *level,
                         const char *path)
{
    static struct trainer whole, first, second;
    static struct checkpoint c, read;
    char error[ERROR_TEXT];
    must(trainer_make(&whole, data, file, level, error) && trainer_make(&first, data, file, level, error),
         error);
    train_to(&whole, 3);
    train_to(&first, 1);
    c = trainer_checkpoint(&first);
    must(checkpoint_write(path, &c, error) && checkpoint_read_file(path, &read, error), error);
    must(trainer_make(&second, data, &read.file, level, error) && trainer_restore(&second, &read, error),
         error);
    train_to(&second, 3);
    size_t bytes = whole.net.params * sizeof(float);
    expect(!memcmp(whole.net.param, second.net.param, bytes),
           "a resumed run is bitwise the uninterrupted one");

    /* a wrong way to go on, which the comparison must see: in the same order again */
    must(trainer_restore(&second, &read, error), error);
    second.epoch = 0;
    train_to(&second, 2);
    expect(memcmp(whole.net.param, second.net.param, bytes),
           "going on with the order of epoch 0 went unnoticed");
    if (second.optimizer.schedule.line->choice->schedule->follows_loss) { /* nor without the losses before */
        must(trainer_restore(&second, &read, error), error);
        schedule_make(&second.optimizer.schedule, &second.file);
        train_to(&second, 3);
        expect(memcmp(whole.net.param, second.net.param, bytes), "a lost count of bad epochs went unnoticed");
    }
    if (second.optimizer.states) { /* nor without what the optimizer knew */
        must(trainer_restore(&second, &read, error), error);
        memset(second.optimizer.state[1], 0, bytes);
        train_to(&second, 3);
        expect(memcmp(whole.net.param, second.net.param, bytes),
               "a lost state of the optimizer went unnoticed");
    }
    checkpoint_free(&read);
    trainer_free(&whole), trainer_free(&first), trainer_free(&second);
}

/* a checkpoint whose file differs in any line but epochs is refused with both */
static void check_restore(struct trainer *t)
{
    static struct checkpoint changed;
    char error[ERROR_TEXT];
    static const struct {
        const char *word, *words, *says;
    } lie[] = {
        { "hidden", "19,12", "trained with 'dense 12', not with 'dense 11'" },
        { "hidden", "19", "trained with 'dense 10', not with 'dense 11'" },
        { "hidden", "19,11,10", "" },
        { "input", "49", "trained with 'input 49', not with 'input 1x7x7'" },
        { "lr", "0.2", "trained with 'optimizer sgd lr=0.2', not with 'optimizer sgd lr=0.1'" },
        { "schedule", "cosine", "trained with 'schedule cosine', not with 'schedule constant'" },
        { "batch", "17", "trained with 'batch 17', not with 'batch 16'" },
        { "seed", "8", "trained with 'seed 8', not with 'seed 7'" },
        { "data", "fashion-mnist", "trained on fashion-mnist, not on mnist" },
    };
    for (size_t k = 0; k < sizeof lie / sizeof *lie; k++) {
        changed = trainer_checkpoint(t);
        must(strcmp(lie[k].word, "hidden") ? netfile_set(&changed.file, lie[k].word, lie[k].words, error)
                                           : netfile_set_hidden(&changed.file, lie[k].words, error),
             error);
        expect(!trainer_restore(t, &changed, error) && strstr(error, lie[k].says), lie[k].words);
    }
    changed = trainer_checkpoint(t);
    must(netfile_set(&changed.file, "epochs", "9", error) && netfile_set(&changed.file, "lr", "1e-1", error),
         error);
    expect(trainer_restore(t, &changed, error), "a checkpoint with more epochs, and lr otherwise written");
}

static void check_diverged(struct trainer *t)
{
    struct train_step step;
    t->net.param[0] = 1e38f; /* the next loss is NaN */
    t->net.param[1] = -1e38f;
    for (size_t k = 2; k < t->net.params; k++) t->net.param[k] = 1e30f;
    expect(!trainer_step(t, &step), "a diverged training went on");
}

/* images or classes that the network does not fit: refused, with what would fit */
static void check_misfits(const struct dataset *data)
{
    struct netfile file = *network();
    struct trainer t;
    char error[ERROR_TEXT];
    must(netfile_set(&file, "input", "1x8x8", error), error);
    expect(!trainer_make(&t, data, &file, "naive", error) && strstr(error, "`--input 1x7x7` would fit"),
           error);
    must(netfile_set(&file, "input", "48", error), error);
    expect(!trainer_make(&t, data, &file, "naive", error) && strstr(error, "`--input 1x7x7` would fit"),
           error);
    must(netfile_set(&file, "input", "7x1x7", error), error);
    expect(!trainer_make(&t, data, &file, "naive", error) && strstr(error, "`--input 1x7x7` would fit"),
           error);
    must(netfile_set(&file, "input", "49", error), error);
    expect(trainer_make(&t, data, &file, "naive", error), "49 features are an image of 7x7, too");
    trainer_free(&t);
    file = *network();
    for (int l = 0; l < file.lines; l++)
        if (file.line[l].value[0].number == 10 && file.line[l].word->layer) file.line[l].value[0].number = 12;
    expect(!trainer_make(&t, data, &file, "naive", error) && strstr(error, "gets 12 numbers"), error);
}

/* In a test dropout does nothing, so that the network is the one without it; in training it does, and
 * otherwise in each step. */
static void check_dropout(const struct dataset *data)
{
    static struct trainer with, without;
    static struct netfile file;
    struct train_step a, b;
    char error[ERROR_TEXT];
    made_netfile(&file,
                 "input 49\ndense 19\nrelu\ndropout p=0.3\ndense 10\ndropout\nloss softmax_xent\ndata mnist\n"
                 "optimizer sgd lr=1e-9\nbatch 203\nseed 7\n");
    must(trainer_make(&with, data, &file, "naive", error), error);
    made_netfile(&file,
                 "input 49\ndense 19\nrelu\ndense 10\nloss softmax_xent\ndata mnist\noptimizer sgd lr=1e-9\n"
                 "batch 203\nseed 7\n");
    must(trainer_make(&without, data, &file, "naive", error), error);
    expect(trainer_test(&with).loss == trainer_test(&without).loss, "dropout does something in a test");
    trainer_step(&with, &a), trainer_step(&without, &b);
    expect(a.loss != b.loss, "dropout does nothing in training");
    trainer_step(&with, &b); /* all examples again, the parameters moved by nothing that shows */
    expect(a.loss - b.loss > 1e-4f || b.loss - a.loss > 1e-4f, "two steps drop the same elements");
    trainer_free(&with), trainer_free(&without);
}

/* The steps are those of Adam in the reference, with the rate of half a cosine. */
static void check_adam(const struct dataset *data)
{
    static struct trainer t;
    struct train_step step;
    char error[ERROR_TEXT];
    must(trainer_make(&t, data, network_of_all(), "naive", error), error);
    size_t n = t.net.params, bytes = n * sizeof(float);
    float *w = memory_need(n, sizeof *w), *m = memory_need(n, sizeof *m), *v = memory_need(n, sizeof *v);
    int same = 1, noticed = 0;
    memcpy(w, t.net.param, bytes);
    for (int k = 0; k < 20; k++) {
        double epoch = t.epoch + (double)t.done / TRAIN;
        double lr = 0.01 * ((1 + cos(3.14159265358979323846 * epoch / 4)) / 2);
        must(trainer_step(&t, &step), "it diverged");
        adam_step_f32((int)n, t.net.dparam, w, m, v, lr, 0.9, 0.999, 1e-8, (uint64_t)k + 1);
        same = same && !memcmp(w, t.net.param, bytes);
        noticed += k > 0 && lr < 0.01;
    }
    expect(same && noticed == 19, "Adam's steps differ from the reference's");
    free(w), free(m), free(v);
    trainer_free(&t);
}

static void check_refusals(const struct dataset *data)
{
    static struct trainer t;
    char error[ERROR_TEXT];
    must(trainer_make(&t, data, network(), "naive", error), error);
    check_restore(&t);
    check_diverged(&t);
    check_misfits(data);
    trainer_free(&t);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_trainer SCRATCH_FILE\n");
        return 64;
    }
    struct dataset data = made_data(TRAIN, TEST, SIDE);
    int levels = 0;
    check_epochs(&data);
    check_test(&data);
    check_refusals(&data);
    check_dropout(&data);
    check_adam(&data);
    for (const struct rung *r = op_find("dense_forward")->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        check_resume(&data, network(), r->name, argv[1]);
        check_resume(&data, network_of_all(), r->name, argv[1]);
        check_resume(&data, network_on_plateau(), r->name, argv[1]);
        levels++;
    }
    remove(argv[1]);
    printf("epochs, batches and tests are right; resumed bitwise at %d heights\n", levels);
    data_free(&data);
    return failed;
}
