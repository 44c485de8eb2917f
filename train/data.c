/* data.c - finding and reading data sets; see data.h. */
#include "data.h"

#include <stdio.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/memory.h"
#include "idx.h"

const char *const data_files[DATA_FILES] = { "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                             "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte" };

const struct data_set data_sets[] = {
    {
        .name = "fashion-mnist",
        .about = "70000 pictures of clothes, 28x28, 10 classes (Xiao, Rasul, Vollgraf, 2017; MIT licence)",
        .folders = { "$RUNGS_DATA/fashion-mnist", "/usr/share/datasets/fashion-mnist", "$EXTRA/fashion-mnist",
                     "$RUNGS_HOME/fashion-mnist" },
        .to_get = "on Debian `apt install dataset-fashion-mnist`, elsewhere `rungs data get fashion-mnist`",
        .mirrors = { "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                     "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/" },
        .sha256 = { "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34" },
        .class_name = { "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
                        "Bag", "Ankle boot" },
    },
    {
        .name = "mnist",
        .about = "70000 handwritten digits, 28x28, 10 classes (LeCun, Cortes, Burges; CC BY-SA 3.0)",
        .folders = { "$RUNGS_DATA/mnist", "$RUNGS_DATA", "$EXTRA/mnist", "$RUNGS_HOME/mnist" },
        .to_get = "`rungs data get mnist` downloads it",
        .mirrors = { "https://ossci-datasets.s3.amazonaws.com/mnist/",
                     "https://storage.googleapis.com/cvdf-datasets/mnist/",
                     "http://yann.lecun.com/exdb/mnist/" },
        .sha256 = { "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2" },
        .class_name = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" },
    },
    { 0 },
};

const struct data_set *data_find(const char *name)
{
    for (const struct data_set *set = data_sets; set->name; set++)
        if (!strcmp(set->name, name)) return set;
    return NULL;
}

/* ---- where ---- */

static int join(char path[DATA_PATH], const char *folder, const char *rest)
{
    int n = snprintf(path, DATA_PATH, "%s%s", folder, rest);
    return n > 0 && n < DATA_PATH;
}

int data_home(char path[DATA_PATH])
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (xdg && *xdg) return join(path, xdg, "/rungs");
    return home && *home && join(path, home, "/.local/share/rungs");
}

int data_folder(const char *pattern, char path[DATA_PATH])
{
    char kept[DATA_PATH];
    const char *slash = strchr(pattern, '/'), *rest = slash ? slash : "";
    size_t n = slash ? (size_t)(slash - pattern) : strlen(pattern);
    if (*pattern != '$') return join(path, pattern, "");
    if (!strncmp(pattern, "$EXTRA", n)) return *RUNGS_DATA_FOLDER && join(path, RUNGS_DATA_FOLDER, rest);
    if (!strncmp(pattern, "$RUNGS_HOME", n)) return data_home(kept) && join(path, kept, rest);
    const char *value = getenv("RUNGS_DATA");
    return value && *value && join(path, value, rest);
}

int data_file_in(const char *folder, int file, char path[DATA_PATH])
{
    static const char *const ending[] = { "", ".gz" };
    for (int e = 0; e < 2; e++) {
        int n = snprintf(path, DATA_PATH, "%s/%s%s", folder, data_files[file], ending[e]);
        if (n > 0 && n < DATA_PATH && !access(path, F_OK)) return 1;
    }
    return 0;
}

int data_where(const struct data_set *set, char path[DATA_PATH], char *why)
{
    char file[DATA_PATH];
    for (const char *const *folder = set->folders; *folder; folder++) {
        int found = 0;
        if (!data_folder(*folder, path)) continue;
        while (found < DATA_FILES && data_file_in(path, found, file)) found++;
        if (found == DATA_FILES) return 1;
    }
    return error_set(why, "the data set %s is not on this machine: %s", set->name, set->to_get);
}

/* ---- reading ---- */

static int read_split(const char *folder, int images_file, struct split *split, int size[3], char *why)
{
    char images_path[DATA_PATH], labels_path[DATA_PATH];
    struct idx images = { 0 }, labels = { 0 };
    int ok = 0;
    for (int f = images_file; f < images_file + 2; f++)
        if (!data_file_in(folder, f, f == images_file ? images_path : labels_path))
            return error_set(why, "%s lacks the file %s (plain or .gz)", folder, data_files[f]);
    if (!idx_read_file(images_path, IDX_IMAGES, &images, why) ||
        !idx_read_file(labels_path, IDX_LABELS, &labels, why) ||
        !idx_labels_below(&labels, DATA_CLASSES, labels_path, why))
        goto done;
    if (images.size[0] != labels.size[0]) {
        error_set(why, "%s has %d images but %s has %d labels", images_path, images.size[0], labels_path,
                  labels.size[0]);
        goto done;
    }
    memcpy(size, images.size, sizeof images.size);
    *split = (struct split){ .n = images.size[0], .image = images.data, .label = labels.data };
    images.data = labels.data = NULL;
    ok = 1;
done:
    idx_free(&images);
    idx_free(&labels);
    return ok;
}

/* Whole numbers until the end, so the result is the same everywhere. With S_i and Q_i the sums of pixel i and of its
 * square over n images, its variance is Q_i / n - (S_i / n)^2. */
static void measure(struct dataset *data)
{
    size_t features = (size_t)data->features;
    uint64_t *sum = memory_need(features, sizeof *sum), squares = 0;
    double n = data->train.n, variance = 0;
    const unsigned char *pixel = data->train.image;
    for (int k = 0; k < data->train.n; k++)
        for (size_t i = 0; i < features; i++, pixel++) {
            sum[i] += *pixel;
            squares += (uint64_t)*pixel * *pixel;
        }
    data->mean = memory_need(features, sizeof *data->mean);
    for (size_t i = 0; i < features; i++) {
        double mean = (double)sum[i] / n;
        data->mean[i] = (float)mean;
        variance -= mean * mean;
    }
    variance = (variance + (double)squares / n) / (double)features;
    data->deviation = variance > 0 ? (float)sqrt(variance) : 1; /* all images alike: nothing to scale */
    free(sum);
}

int data_load_folder(const struct data_set *set, const char *folder, struct dataset *data, char *why)
{
    int train[3], test[3];
    *data = (struct dataset){ .set = set };
    if (!read_split(folder, TRAIN_IMAGES, &data->train, train, why) ||
        !read_split(folder, TEST_IMAGES, &data->test, test, why))
        goto refuse;
    if (train[1] != test[1] || train[2] != test[2]) {
        error_set(why, "%s: the images to train on are %dx%d, those to test with %dx%d", folder, train[1],
                  train[2], test[1], test[2]);
        goto refuse;
    }
    data->rows = train[1];
    data->cols = train[2];
    data->features = data->rows * data->cols;
    measure(data);
    return 1;
refuse:
    data_free(data);
    return 0;
}

int data_load(const struct data_set *set, struct dataset *data, char *why)
{
    char folder[DATA_PATH];
    *data = (struct dataset){ 0 };
    return data_where(set, folder, why) && data_load_folder(set, folder, data, why);
}

void data_free(struct dataset *data)
{
    free(data->mean);
    free(data->train.image);
    free(data->train.label);
    free(data->test.image);
    free(data->test.label);
    *data = (struct dataset){ 0 };
}

void data_gather(const struct dataset *data, const struct split *split, int n, const int *order, float *x,
                 int *label)
{
    float scale = 1 / data->deviation;
    for (int k = 0; k < n; k++) {
        const unsigned char *pixel = split->image + (size_t)order[k] * (size_t)data->features;
        for (int i = 0; i < data->features; i++) *x++ = ((float)pixel[i] - data->mean[i]) * scale;
        label[k] = split->label[order[k]];
    }
}
