/* train_trainer.c - epochs, batches and going on from a checkpoint, on made-up data; with every height there is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../train/trainer.h"

enum { TRAIN = 203, TEST = 301, SIDE = 7, FEATURES = SIDE * SIDE, BATCH = 16 }; /* 203 = 12 * 16 + 11 */

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

/* each class has its own bright pixels; the first pixel says which example it is */
static struct split make_split(int n, uint64_t seed)
{
    struct split s = { n, memory_need((size_t)n * FEATURES, 1), memory_need((size_t)n, 1) };
    for (int k = 0; k < n; k++) {
        s.label[k] = (unsigned char)(philox_word(seed, 0, (uint64_t)k) % DATA_CLASSES);
        for (int i = 0; i < FEATURES; i++) {
            int bright = i % DATA_CLASSES == s.label[k] ? 120 : 0;
            uint32_t noise = philox_word(seed, 1 + (uint64_t)k, (uint64_t)i) % 100;
            s.image[k * FEATURES + i] = (unsigned char)(bright + (int)noise);
        }
        s.image[k * FEATURES] = (unsigned char)k;
    }
    return s;
}

static struct dataset make_data(void)
{
    struct dataset data = {
        .set = &data_sets[0], .rows = SIDE, .cols = SIDE, .features = FEATURES, .deviation = 45
    };
    data.mean = memory_need(FEATURES, sizeof *data.mean);
    for (int i = 0; i < FEATURES; i++) data.mean[i] = 62;
    data.train = make_split(TRAIN, 1);
    data.test = make_split(TEST, 2);
    return data;
}

static struct train_settings settings_at(const char *height)
{
    struct train_settings s = { .hidden_layers = 2,
                                .hidden = { 19, 11 },
                                .epochs = 4,
                                .batch = BATCH,
                                .lr = 0.1f,
                                .seed = 7,
                                .height = height };
    return s;
}

static void must(int ok, const char *why)
{
    if (ok) return;
    printf("FAIL: %s\n", why);
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
    struct train_settings s = settings_at("naive");
    char why[ERROR_TEXT];
    int order[2][TRAIN];
    must(trainer_make(&t, data, &s, why), why);
    expect(trainer_steps_per_epoch(&t) == 13, "203 examples in batches of 16 are 13 steps");
    for (int e = 0; e < 2; e++) {
        int seen[TRAIN] = { 0 }, steps = 0, last = 0;
        while (t.epoch == e) {
            int at = t.done;
            trainer_step(&t, &step);
            for (int k = 0; k < step.n; k++) {
                /* the first pixel tells the example, modulo 256; x is what the network saw */
                int pixel = (int)(t.x[(size_t)k * FEATURES] * data->deviation + data->mean[0] + 0.5f);
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
    struct train_settings s = settings_at("naive");
    char why[ERROR_TEXT];
    must(trainer_make(&t, data, &s, why), why);
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
static void check_resume(const struct dataset *data, const char *height, const char *path)
{
    struct trainer whole, first, second;
    struct checkpoint c, read;
    struct train_settings s = settings_at(height);
    char why[ERROR_TEXT];
    must(trainer_make(&whole, data, &s, why) && trainer_make(&first, data, &s, why), why);
    train_to(&whole, 3);
    train_to(&first, 1);
    c = trainer_checkpoint(&first);
    must(checkpoint_write(path, &c, why) && checkpoint_read_file(path, &read, why), why);
    struct train_settings again = train_settings_of(&read, height);
    must(trainer_make(&second, data, &again, why) && trainer_restore(&second, &read, why), why);
    train_to(&second, 3);
    size_t bytes = whole.net.params * sizeof(float);
    expect(!memcmp(whole.net.param, second.net.param, bytes),
           "a resumed run is bitwise the uninterrupted one");

    /* wrong ways to go on, which the comparison must see: in the same order again, with another seed */
    must(trainer_restore(&second, &read, why), why);
    second.epoch = 0;
    train_to(&second, 2);
    expect(memcmp(whole.net.param, second.net.param, bytes),
           "going on with the order of epoch 0 went unnoticed");
    again.seed++;
    second.settings = again;
    expect(!trainer_restore(&second, &read, why), "a checkpoint with another seed was accepted");
    checkpoint_free(&read);
    trainer_free(&whole), trainer_free(&first), trainer_free(&second);
}

static void check_refusals(const struct dataset *data)
{
    struct trainer t;
    struct train_settings s = settings_at("naive"), other = s;
    char why[ERROR_TEXT];
    must(trainer_make(&t, data, &s, why), why);
    struct checkpoint c = trainer_checkpoint(&t), changed = c;
    changed.size[1]++;
    expect(!trainer_restore(&t, &changed, why), "a checkpoint of other sizes was accepted");
    changed = c, changed.layers--;
    expect(!trainer_restore(&t, &changed, why), "a checkpoint with fewer layers was accepted");
    changed = c, changed.lr *= 2;
    expect(!trainer_restore(&t, &changed, why), "a checkpoint with another lr was accepted");
    changed = c, strcpy(changed.set, "mnist");
    expect(!trainer_restore(&t, &changed, why), "a checkpoint of another data set was accepted");
    expect(!train_parse_hidden("1,,2", &other) && !train_parse_hidden("", &other) &&
               !train_parse_hidden("-3", &other) && !train_parse_hidden("3,", &other) &&
               !train_parse_hidden("99999999999999999999", &other) &&
               !train_parse_hidden("1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", &other) && other.hidden_layers == 2 &&
               !memcmp(s.hidden, other.hidden, sizeof s.hidden),
           "a wrong --hidden was accepted");
    expect(train_parse_hidden("none", &other) && !other.hidden_layers, "none means no hidden layer");

    struct train_step step;
    t.net.param[0] = 1e38f; /* the next loss is no number */
    t.net.param[1] = -1e38f;
    for (size_t k = 2; k < t.net.params; k++) t.net.param[k] = 1e30f;
    expect(!trainer_step(&t, &step), "a diverged training went on");
    trainer_free(&t);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_trainer SCRATCH_FILE\n");
        return 64;
    }
    struct dataset data = make_data();
    int heights = 0;
    check_epochs(&data);
    check_test(&data);
    check_refusals(&data);
    for (const struct rung *r = op_find("dense_forward")->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        check_resume(&data, r->name, argv[1]);
        heights++;
    }
    remove(argv[1]);
    printf("epochs, batches and tests are right; resumed bitwise at %d heights\n", heights);
    data_free(&data);
    return failed;
}
