/* own.c - see own.h. */
#include "own.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "table.h"

enum { TESTED = 6, CLASSES_MOST = 256 }; /* one of so many examples tests */

/* Which lines test is drawn from a stream of its own, the same for every seed of a training. */
static const uint64_t SEED = 0, STREAM = 3ull << 33;

/* ---- sets ---- */

struct own {
    struct data_set set;
    char path[DATA_PATH];
    struct own *next;
};

/* A set of that path; results name it until the program ends, and so long it lives. */
static struct data_set *set_of(const char *path)
{
    static struct own *all;
    struct own *own = memory_need(1, sizeof *own);
    snprintf(own->path, sizeof own->path, "%s", path);
    own->set = (struct data_set){ .name = own->path,
                                  .about = "data of the user",
                                  .to_get = "it is the user's own",
                                  .file = { "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                            "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" },
                                  .is_own = 1,
                                  .classes = CLASSES_MOST };
    own->next = all;
    all = own;
    return &own->set;
}

static int classes_of(const struct split *s, int most)
{
    for (int k = 0; k < s->n; k++)
        if (s->label[k] >= most) most = s->label[k] + 1;
    return most;
}

/* ---- tables ---- */

static struct split part_of(const struct table *t, const int *order, int n)
{
    const size_t features = (size_t)t->features;
    struct split part = split_make(n, t->features, 0);
    for (int k = 0; k < n; k++) {
        memcpy(part.image + (size_t)k * features, t->x + (size_t)order[k] * features, features);
        part.label[k] = t->label[order[k]];
    }
    return part;
}

static void shape_examples(struct dataset *data, struct shape input, int features)
{
    data->channels = data->rows = 1;
    data->cols = features;
    if (!input.rows || input.channels > DATA_CHANNELS || shape_features(input) != features) return;
    data->channels = input.channels, data->rows = input.rows, data->cols = input.cols;
}

static int load_table(const char *path, struct shape input, struct dataset *data, char *error)
{
    struct table t;
    if (!table_read_file(path, &t, error)) return 0;
    const int test = (t.n + TESTED - 1) / TESTED;
    int ok = t.n > 1 ||
             error_set(error, "%s has one example; one to train on and one to test with are the least", path);
    if (ok) {
        int *order = memory_need((size_t)t.n, sizeof *order);
        philox_shuffle(SEED, STREAM, t.n, order);
        data->test = part_of(&t, order, test);
        data->train = part_of(&t, order + test, t.n - test);
        shape_examples(data, input, t.features);
        free(order);
    }
    table_free(&t);
    return ok;
}

/* ---- folders ---- */

/* "FOLDER/NAME" or "FOLDER/NAME.gz"; 0 if neither is there */
static int file_in(const char *folder, const char *name, char path[DATA_PATH])
{
    struct stat about;
    for (int gz = 0; gz < 2; gz++) {
        int n = snprintf(path, DATA_PATH, "%s/%s%s", folder, name, gz ? ".gz" : "");
        if (n > 0 && n < DATA_PATH && !stat(path, &about)) return 1;
    }
    return 0;
}

static int load_tables(const char *train_path, const char *test_path, struct shape input,
                       struct dataset *data, char *error)
{
    struct table train, test;
    if (!table_read_file(train_path, &train, error)) return 0;
    if (!table_read_file(test_path, &test, error)) {
        table_free(&train);
        return 0;
    }
    data->train = (struct split){ .n = train.n, .image = train.x, .label = train.label };
    data->test = (struct split){ .n = test.n, .image = test.x, .label = test.label };
    shape_examples(data, input, train.features);
    if (train.features == test.features) return 1;
    return error_set(error, "%s has %d numbers in a line, and %s has %d", train_path, train.features,
                     test_path, test.features);
}

static int load_folder(const char *folder, struct shape input, struct dataset *data, char *error)
{
    char train[DATA_PATH], test[DATA_PATH];
    int has_train = file_in(folder, "train.csv", train), has_test = file_in(folder, "test.csv", test);
    if (has_train && has_test) return load_tables(train, test, input, data, error);
    if (has_train || has_test)
        return error_set(error, "%s lacks the file %s (plain or .gz)", folder,
                         has_train ? "test.csv" : "train.csv");
    return data_load_folder(data->set, folder, data, error);
}

/* ---- the whole ---- */

int own_load(const char *path, struct shape input, struct dataset *data, char *error)
{
    struct stat about;
    *data = (struct dataset){ 0 };
    if (strlen(path) >= DATA_PATH / 2) return error_set(error, "the path of the data is too long");
    if (stat(path, &about)) return error_set(error, "cannot read the data %s: %s", path, strerror(errno));
    struct data_set *set = set_of(path);
    data->set = set;
    if (!(S_ISDIR(about.st_mode) ? load_folder : load_table)(path, input, data, error)) {
        data_free(data);
        return 0;
    }
    data->features = data->channels * data->rows * data->cols;
    set->classes = classes_of(&data->test, classes_of(&data->train, 1));
    data_measure(data);
    return 1;
}
