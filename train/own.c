/* own.c - see own.h. */
#include "own.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "arrays.h"
#include "image_folder.h"
#include "table.h"

enum { TESTED = 6 }; /* one of so many examples tests */

/* Which examples test is drawn from a stream of its own, the same for every seed of a training. */
static const uint64_t SEED = 0, STREAM = 3ull << 33;

/* ---- sets ---- */

struct own {
    struct data_set set;
    char path[DATA_PATH];
    struct classes classes; /* whose names the set has */
    struct own *next;
};

/* A set of that path; results name it until the program ends, and so long it lives. */
static struct own *own_of(const char *path)
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
    return own;
}

static int classes_of(const struct split *s, int most)
{
    for (int k = 0; k < s->n; k++)
        if (s->label[k] >= most) most = s->label[k] + 1;
    return most;
}

/* ---- from what was read to a data set ---- */

/* draws the examples that test, if none were read */
static int draw_test(const char *path, struct own_read *r, char *error)
{
    struct split *all = &r->train.split;
    const int n = all->n, test = (n + TESTED - 1) / TESTED, features = shape_features(r->train.shape);
    if (r->test.split.n) return 1;
    if (n < 2)
        return error_set(error, "%s has one example; one to train on and one to test with are the least",
                         path);
    int *order = memory_need((size_t)n, sizeof *order);
    philox_shuffle(SEED, STREAM, n, order);
    struct split part[2] = { split_make(test, features, all->real != NULL),
                             split_make(n - test, features, all->real != NULL) };
    for (int k = 0; k < n; k++)
        split_copy(&part[k >= test], k >= test ? k - test : k, all, order[k], features);
    free(order);
    split_free(all);
    *all = part[1];
    r->test.split = part[0];
    r->test.shape = r->train.shape;
    return 1;
}

static int check_alike(const char *path, const struct own_read *r, char *error)
{
    char train[EXTENTS_TEXT], test[EXTENTS_TEXT];
    if (!memcmp(&r->train.shape, &r->test.shape, sizeof r->train.shape)) return 1;
    return error_set(error, "%s: an example to train on is %s, one to test with is %s", path,
                     shape_text(r->train.shape, train), shape_text(r->test.shape, test));
}

/* Both parts are bytes, or both are real. */
static void make_alike(struct own_read *r)
{
    const int features = shape_features(r->train.shape);
    struct split *part[] = { &r->train.split, &r->test.split };
    if (!part[0]->real == !part[1]->real) return;
    struct split *bytes = part[part[0]->real != NULL], real = split_make(bytes->n, features, 1);
    for (int k = 0; k < bytes->n; k++) split_copy(&real, k, bytes, k, features);
    split_free(bytes);
    *bytes = real;
}

/* A row is an image of the network's input if that has as many numbers. */
static void shape_data(struct dataset *data, struct shape input, struct shape example)
{
    if (!example.rows && input.rows && input.channels <= DATA_CHANNELS &&
        shape_features(input) == shape_features(example))
        example = input;
    data->features = shape_features(example);
    data->channels = example.rows ? example.channels : 1;
    data->rows = example.rows ? example.rows : 1;
    data->cols = example.rows ? example.cols : data->features;
}

static void name_classes(struct own *own, struct own_read *r)
{
    unsigned char to[CLASSES_MOST];
    struct split *part[] = { &r->train.split, &r->test.split };
    own->set.classes = classes_of(part[1], classes_of(part[0], 1));
    if (r->classes.kind != CLASSES_NAMES) return;
    classes_sort(&r->classes, to);
    for (int p = 0; p < 2; p++)
        for (int k = 0; k < part[p]->n; k++) part[p]->label[k] = to[part[p]->label[k]];
    own->classes = r->classes;
    r->classes = (struct classes){ 0 };
    own->set.classes = own->classes.n;
    own->set.names = own->classes.name;
}

/* ---- tables ---- */

static int read_table(const char *path, const char *label, struct classes *classes, struct examples *e,
                      char *error)
{
    struct table t;
    if (!table_read_file(path, label, classes, &t, error)) return 0;
    e->split = (struct split){ .n = t.n, .image = t.x, .label = t.label, .real = t.real };
    e->shape = (struct shape){ t.features, 0, 0 };
    return 1;
}

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

static int read_tables(const char *train, const char *test, const char *label, struct own_read *r,
                       char *error)
{
    if (!read_table(train, label, &r->classes, &r->train, error) ||
        !read_table(test, label, &r->classes, &r->test, error))
        return 0;
    const int trained = shape_features(r->train.shape), tested = shape_features(r->test.shape);
    return trained == tested ||
           error_set(error, "%s has %d numbers in a line, and %s has %d", train, trained, test, tested);
}

/* ---- what is at the path ---- */

static int ends_with(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n >= m && !strcmp(path + n - m, ending);
}

static int check_label(const char *path, const char *label, char *error)
{
    return !strcmp(label, "first") ||
           error_set(error, "%s is no table: label=%.80s names the column of a table's classes", path, label);
}

static int read_file(const char *path, const char *label, struct own_read *r, char *error)
{
    if (ends_with(path, ".npz")) return check_label(path, label, error) && arrays_load_npz(path, r, error);
    if (ends_with(path, ".npy"))
        return error_set(error, "%s has no labels beside it; the folder with it and y.npy, as x.npy, is data",
                         path);
    return read_table(path, label, &r->classes, &r->train, error);
}

static int read_folder(const char *folder, const char *label, struct own_read *r, char *error)
{
    char train[DATA_PATH], test[DATA_PATH];
    int has_train = file_in(folder, "train.csv", train), has_test = file_in(folder, "test.csv", test);
    if (has_train && has_test) return read_tables(train, test, label, r, error);
    if (has_train || has_test)
        return error_set(error, "%s lacks the file %s (plain or .gz)", folder,
                         has_train ? "test.csv" : "train.csv");
    if (!check_label(folder, label, error)) return 0;
    return (arrays_are_in(folder) ? arrays_load_folder : image_folder_load)(folder, r, error);
}

/* tables come first */
static int has_idx(const struct data_set *set, const char *folder)
{
    char path[DATA_PATH];
    if (file_in(folder, "train.csv", path) || file_in(folder, "test.csv", path)) return 0;
    for (int f = 0; f < data_count_files(set); f++)
        if (data_file_in(set, folder, f, path)) return 1;
    return 0;
}

/* A folder in which there is nothing of all that */
static int check_folder(const char *folder, char *error)
{
    char path[DATA_PATH];
    if (file_in(folder, "train.csv", path) || file_in(folder, "test.csv", path) || arrays_are_in(folder) ||
        image_folder_is(folder))
        return 1;
    return error_set(error,
                     "%s holds no data: neither train.csv and test.csv, nor x.npy and y.npy, nor an IDX set "
                     "(train-images-idx3-ubyte ...), nor a folder of images for each class",
                     folder);
}

/* ---- the whole ---- */

static int finish(struct own *own, struct own_read *r, struct shape input, struct dataset *data, char *error)
{
    if (!draw_test(own->path, r, error) || !check_alike(own->path, r, error)) return 0;
    make_alike(r);
    name_classes(own, r);
    shape_data(data, input, r->train.shape);
    data->train = r->train.split;
    data->test = r->test.split;
    data_measure(data);
    return 1;
}

static int load(struct own *own, int is_folder, const char *label, struct shape input, struct dataset *data,
                char *error)
{
    struct own_read r = { 0 };
    if (is_folder && has_idx(&own->set, own->path)) {
        if (!check_label(own->path, label, error)) return 0;
        if (!data_load_folder(&own->set, own->path, data, error)) return 0;
        own->set.classes = classes_of(&data->test, classes_of(&data->train, 1));
        return 1;
    }
    if (is_folder && !check_folder(own->path, error)) return 0;
    data->set = &own->set;
    if ((is_folder ? read_folder : read_file)(own->path, label, &r, error) &&
        finish(own, &r, input, data, error))
        return 1;
    error_one_line(error); /* names of files may have anything in them */
    split_free(&r.train.split);
    split_free(&r.test.split);
    classes_free(&r.classes);
    *data = (struct dataset){ 0 };
    return 0;
}

int own_load(const char *path, const char *label, struct shape input, struct dataset *data, char *error)
{
    struct stat about;
    *data = (struct dataset){ 0 };
    if (strlen(path) >= DATA_PATH / 2) return error_set(error, "the path of the data is too long");
    if (stat(path, &about)) return error_set(error, "cannot read the data %s: %s", path, strerror(errno));
    return load(own_of(path), S_ISDIR(about.st_mode), label, input, data, error);
}
