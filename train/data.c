/* data.c - finding and reading data sets; see data.h. */
#include "data.h"

#include <dirent.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/file.h"
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
        .elements = { 47040000, 60000, 7840000, 10000 },
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
        .elements = { 47040000, 60000, 7840000, 10000 },
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

struct name_list data_names(void)
{
    size_t n = 0;
    while (data_sets[n].name) n++;
    return (struct name_list){ &data_sets[0].name, n, sizeof *data_sets };
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

/* where the link beside the program leads; 0 if there is none */
static int beside_program(char path[DATA_PATH])
{
    char link[DATA_PATH], *real;
    if (!folder_of_program(link, sizeof link - 8)) return 0;
    strcat(link, "/data");
    real = realpath(link, NULL);
    int ok = real && join(path, real, "");
    free(real);
    return ok;
}

int data_folder(const char *pattern, char path[DATA_PATH])
{
    char kept[DATA_PATH];
    const char *slash = strchr(pattern, '/'), *rest = slash ? slash : "";
    size_t n = slash ? (size_t)(slash - pattern) : strlen(pattern);
    if (*pattern != '$') return join(path, pattern, "");
    if (!strncmp(pattern, "$EXTRA", n)) return beside_program(kept) && join(path, kept, rest);
    if (!strncmp(pattern, "$RUNGS_HOME", n)) return data_home(kept) && join(path, kept, rest);
    const char *value = getenv("RUNGS_DATA");
    return value && *value && join(path, value, rest);
}

/* 1 if there is such a file: a regular one, or, if any is set, anything */
static int is_there(const char *path, int any)
{
    struct stat about;
    return !stat(path, &about) && (any || S_ISREG(about.st_mode));
}

/* "train-images-idx3-ubyte" -> "train-images.idx3-ubyte", as some copies have it */
static void with_dot(const char *name, char *renamed, size_t room)
{
    snprintf(renamed, room, "%s", name);
    char *dash = strstr(renamed, "-idx");
    if (dash) *dash = '.';
}

int data_file_in(const char *folder, int file, char path[DATA_PATH])
{
    static const char *const ending[] = { "", ".gz" };
    char renamed[64];
    with_dot(data_files[file], renamed, sizeof renamed);
    const char *const name[] = { data_files[file], renamed };
    for (int any = 0; any < 2; any++)
        for (int k = 0; k < 4; k++) {
            int n = snprintf(path, DATA_PATH, "%s/%s%s", folder, name[k / 2], ending[k % 2]);
            if (n > 0 && n < DATA_PATH && is_there(path, any)) return 1;
        }
    return 0;
}

/* The name of something in the folder that may be that file, renamed; "" if there is nothing like it */
static void find_alike(const char *folder, int file, char *name, size_t room)
{
    const char *const split[] = { file < TEST_IMAGES ? "train" : "t10k",
                                  file < TEST_IMAGES ? "train" : "test" };
    const char *what = file % 2 ? "label" : "image";
    DIR *open = opendir(folder);
    *name = '\0';
    for (struct dirent *entry; open && !*name && (entry = readdir(open));)
        if ((strcasestr(entry->d_name, split[0]) || strcasestr(entry->d_name, split[1])) &&
            strcasestr(entry->d_name, what))
            snprintf(name, room, "%s", entry->d_name);
    if (open) closedir(open);
}

/* 0 and a sentence that names the first of the four files that the folder lacks; *found: how many it has */
static int has_all(const char *folder, int *found, char *error)
{
    char path[DATA_PATH], alike[256];
    int lacks = DATA_FILES;
    *found = 0;
    for (int f = DATA_FILES - 1; f >= 0; f--) {
        int is_here = data_file_in(folder, f, path);
        *found += is_here;
        if (!is_here) lacks = f;
    }
    if (lacks == DATA_FILES) return 1;
    find_alike(folder, lacks, alike, sizeof alike);
    if (*alike)
        return error_set(error, "%s lacks the file %s (plain or .gz); is it %s, renamed?", folder,
                         data_files[lacks], alike);
    return error_set(error, "%s lacks the file %s (plain or .gz)", folder, data_files[lacks]);
}

int data_where(const struct data_set *set, char path[DATA_PATH], char *error)
{
    char lacks[ERROR_TEXT] = "";
    for (const char *const *folder = set->folders; *folder; folder++) {
        char sentence[ERROR_TEXT];
        int found;
        if (!data_folder(*folder, path)) continue;
        if (has_all(path, &found, sentence)) return 1;
        if (found && !*lacks) memcpy(lacks, sentence, sizeof lacks);
        if (found && !strncmp(*folder, "$RUNGS_DATA", strlen("$RUNGS_DATA"))) break;
    }
    if (*lacks)
        return error_set(error, "the data set %s is incomplete: %.400s; %s", set->name, lacks, set->to_get);
    return error_set(error, "the data set %s is not on this machine: %s", set->name, set->to_get);
}

/* ---- reading ---- */

static const char *const what_is_in[DATA_FILES] = { "images to train on", "labels to train on",
                                                    "images to test with", "labels to test with" };

/* How many files have these contents, which are the set's own or not known: 1 or 0. -1 and a sentence if
 * another file is known to have them. */
static int recognize(const struct data_set *set, int file, const char *path, const struct idx *idx,
                     char *error)
{
    char sum[SHA256_TEXT] = "";
    for (const struct data_set *of = data_sets; of->name; of++) {
        for (int f = 0; f < DATA_FILES; f++) {
            if (idx->elements != of->elements[f]) continue;
            if (!*sum) idx_sha256(idx, sum);
            if (strcmp(sum, of->sha256[f]) != 0) continue;
            if (of == set && f == file) return 1;
            error_set(error, "%s holds the %s of %s (by its SHA-256), not the %s of %s", path, what_is_in[f],
                      of->name, what_is_in[file], set->name);
            return -1;
        }
    }
    return 0;
}

/* Reads one of the four files; 0 and a sentence, and idx is all zero. *known counts it if
 * its contents are known. */
static int read_file(const struct data_set *set, const char *folder, int file, struct idx *idx, int *known,
                     char *error)
{
    char path[DATA_PATH];
    int is_labels = file % 2, found;
    *idx = (struct idx){ 0 };
    if (!data_file_in(folder, file, path)) return has_all(folder, &found, error);
    if (!idx_read_file(path, is_labels ? IDX_LABELS : IDX_IMAGES, idx, error)) return 0;
    int is_known = recognize(set, file, path, idx, error);
    if (is_known >= 0 && (!is_labels || idx_labels_below(idx, DATA_CLASSES, path, error))) {
        *known += is_known;
        return 1;
    }
    idx_free(idx);
    return 0;
}

static int read_split(const struct data_set *set, const char *folder, int file, struct split *split,
                      int size[3], int *known, char *error)
{
    struct idx images, labels;
    if (!read_file(set, folder, file, &images, known, error)) return 0;
    if (!read_file(set, folder, file + 1, &labels, known, error)) {
        idx_free(&images);
        return 0;
    }
    memcpy(size, images.size, sizeof images.size);
    *split = (struct split){ .n = images.size[0], .image = images.data, .label = labels.data };
    if (images.size[0] == labels.size[0]) return 1;
    return error_set(error, "%s: there are %d %s, but %d %s", folder, images.size[0], what_is_in[file],
                     labels.size[0], what_is_in[file + 1]);
}

/* Whole numbers until the end, so the result is the same everywhere. With S_i and Q_i the sums of pixel i and
 * of its square over n images, its variance is Q_i / n - (S_i / n)^2. */
void data_measure(struct dataset *data)
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
    free(data->mean);
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

int data_load_folder(const struct data_set *set, const char *folder, struct dataset *data, char *error)
{
    int train[3], test[3];
    *data = (struct dataset){ .set = set };
    if (!read_split(set, folder, TRAIN_IMAGES, &data->train, train, &data->known, error) ||
        !read_split(set, folder, TEST_IMAGES, &data->test, test, &data->known, error))
        goto refuse;
    if (train[1] != test[1] || train[2] != test[2]) {
        error_set(error, "%s: the images to train on are %dx%d, those to test with %dx%d", folder, train[1],
                  train[2], test[1], test[2]);
        goto refuse;
    }
    if (train[1] > INT_MAX / train[2]) {
        error_set(error, "%s: images of %dx%d pixels are too large: at most %d pixels are read", folder,
                  train[1], train[2], INT_MAX);
        goto refuse;
    }
    data->rows = train[1];
    data->cols = train[2];
    data->features = data->rows * data->cols;
    data_measure(data);
    return 1;
refuse:
    data_free(data);
    return 0;
}

int data_load(const struct data_set *set, struct dataset *data, char *error)
{
    char folder[DATA_PATH];
    *data = (struct dataset){ 0 };
    return data_where(set, folder, error) && data_load_folder(set, folder, data, error);
}

char *data_note(const struct dataset *data, char *note)
{
    *note = '\0';
    if (data->known < DATA_FILES)
        snprintf(note, DATA_NOTE, "%d of the 4 files %s no known copy of %s (by SHA-256)",
                 DATA_FILES - data->known, DATA_FILES - data->known > 1 ? "are" : "is", data->set->name);
    return note;
}

void data_free(struct dataset *data)
{
    free(data->mean);
    free(data->train.image);
    free(data->train.label);
    free(data->test.image);
    free(data->test.label);
    free(data->validation.image);
    free(data->validation.label);
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
