/* data_idx.c - right files are read, plain and packed; every wrong one is refused with one sentence that names what
 * is wrong with it, and leaves nothing behind.
 *
 *     data_idx SCRATCH_FOLDER
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../train/data.h"
#include "../train/idx.h"
#include "data_made.h"

static int failed, refusals;
static char folder[400];

static void expect(int ok, const char *what, const char *why)
{
    if (ok) return;
    failed = 1;
    printf("FAIL: %s (%s)\n", what, why);
}

static int one_sentence(const char *why, const char *word)
{
    refusals++;
    return *why && !strchr(why, '\n') && strstr(why, word);
}

/* ---- one file ---- */

struct wrong {
    const char *what;
    int rank;               /* asked for; the file has 6 entries, of 5x4 pixels if it holds images */
    size_t at, bytes;       /* what is changed...                                                  */
    unsigned char value[4]; /* ...to what                                                          */
    int grow;               /* bytes to add at the end, or to cut off                              */
    const char *word;       /* that the sentence must have                                         */
};

static const struct wrong wrongs[] = {
    { "empty", 3, 0, 0, { 0 }, -136, "holds only 0 bytes" },
    { "three bytes", 3, 0, 0, { 0 }, -133, "holds only 3 bytes" },
    { "a text file", 3, 0, 4, { 'P', 'K', 3, 4 }, 0, "no IDX file" },
    { "bytes swapped", 3, 0, 4, { 3, 8, 0, 0 }, 0, "no IDX file" },
    { "the second byte", 3, 1, 1, { 1 }, 0, "no IDX file" },
    { "floats", 3, 2, 1, { 13 }, 0, "type 0d" },
    { "type 0", 3, 2, 1, { 0 }, 0, "type 00" },
    { "labels for images", 1, 0, 0, { 0 }, 0, "has 3 dimensions" },
    { "rank 0", 3, 3, 1, { 0 }, 0, "has 0 dimensions" },
    { "rank 1", 3, 3, 1, { 1 }, 0, "has 1 dimensions" },
    { "rank 255", 3, 3, 1, { 255 }, 0, "has 255 dimensions" },
    { "header cut off", 3, 0, 0, { 0 }, -121, "ends inside its header" },
    { "no images", 3, 4, 4, { 0 }, 0, "dimension 1 has size 0" },
    { "no rows", 3, 8, 4, { 0 }, 0, "dimension 2 has size 0" },
    { "no columns", 3, 12, 4, { 0 }, 0, "dimension 3 has size 0" },
    { "2^32 - 1 images", 3, 4, 4, { 255, 255, 255, 255 }, 0, "claims more than" },
    { "2^31 rows", 3, 8, 4, { 128 }, 0, "claims more than" },
    { "2^30 columns", 3, 12, 4, { 64 }, 0, "claims more than" },
    { "2^26 - 1 images", 3, 4, 4, { 3, 255, 255, 255 }, 0, "claims more than" },
    { "2^24 images", 3, 4, 4, { 1 }, 0, "is cut off" },
    { "one image more", 3, 4, 4, { 0, 0, 0, 7 }, 0, "is cut off" },
    { "one image less", 3, 4, 4, { 0, 0, 0, 5 }, 0, "goes on after" },
    { "one row more", 3, 8, 4, { 0, 0, 0, 6 }, 0, "is cut off" },
    { "the last byte missing", 3, 0, 0, { 0 }, -1, "is cut off" },
    { "no data", 3, 0, 0, { 0 }, -120, "is cut off" },
    { "a byte too many", 3, 0, 0, { 0 }, 1, "goes on after" },
};

/* all ways to read the same bytes: from memory, from a plain file, from a packed file; 1 if all read it */
static int read_all_ways(const char *what, int rank, const unsigned char *bytes, size_t n, const char *word)
{
    int read = 0;
    for (int way = 0; way < 3; way++) {
        char path[500], why[ERROR_TEXT] = "";
        struct source s;
        struct idx idx;
        int ok;
        snprintf(path, sizeof path, "%s/one%s", folder, way == 2 ? ".gz" : "");
        if (way == 0) {
            source_memory(&s, path, bytes, n);
            ok = idx_read(&s, rank, &idx, why);
        } else {
            made_file(path, bytes, n);
            ok = idx_read_file(path, rank, &idx, why);
            unlink(path);
        }
        if (ok) {
            size_t header = 4 + 4 * (size_t)rank;
            expect(idx.elements == n - header && !memcmp(idx.data, bytes + header, n - header), what,
                   "other data");
            read++;
        } else if (word) {
            expect(one_sentence(why, word) && strstr(why, path) && !idx.data && !idx.elements, what, why);
        }
        idx_free(&idx);
    }
    return read;
}

static void check_files(void)
{
    size_t n;
    unsigned char *right = made_idx(3, 6, 5, 4, 1, &n), *bytes = malloc(n + 1);
    expect(bytes && n == 136, "the right file is 136 bytes long", "it is not");
    expect(read_all_ways("the right images", 3, right, n, NULL) == 3, "the right images", "not read");
    for (size_t k = 0; k < sizeof wrongs / sizeof *wrongs; k++) {
        const struct wrong *w = &wrongs[k];
        memcpy(bytes, right, n);
        bytes[n] = 0;
        memcpy(bytes + w->at, w->value, w->bytes);
        int read = read_all_ways(w->what, w->rank, bytes, n + (size_t)w->grow, w->word);
        expect(!read, w->what, "it was read");
    }
    free(right);
    right = made_idx(1, 6, 1, 1, 1, &n);
    expect(read_all_ways("the right labels", 1, right, n, NULL) == 3, "the right labels", "not read");
    expect(!read_all_ways("images for labels", 3, right, n, "has 1 dimensions"), "images for labels", "read");
    free(right);
    free(bytes);
}

static void refuse_path(const char *what, const char *path, const char *word)
{
    struct idx idx;
    char why[ERROR_TEXT] = "";
    int read = idx_read_file(path, 3, &idx, why);
    expect(!read && one_sentence(why, word) && !idx.data, what, why);
    idx_free(&idx);
}

/* gzip's own troubles, and things that are no files */
static void check_packing(void)
{
    char path[500], why[ERROR_TEXT];
    size_t n, packed;
    unsigned char *right = made_idx(3, 600, 5, 4, 1, &n), *gz = malloc(n);
    snprintf(path, sizeof path, "%s/packed.gz", folder);
    made_file(path, right, n);
    FILE *file = fopen(path, "rb");
    packed = gz && file ? fread(gz, 1, n, file) : 0;
    if (file) fclose(file);
    expect(packed > 1000, "the packed file has some bytes", path);
    char plain[500];
    snprintf(plain, sizeof plain, "%s/plain", folder); /* its bytes, not its name, say that it is packed */
    for (size_t cut = 2; cut < packed; cut = cut < 30 || cut + 30 > packed ? cut + 1 : cut + 97) {
        made_file(plain, gz, cut);
        refuse_path("a gzip file cut off", plain, "");
    }
    made_file(plain, gz, packed);
    struct idx idx;
    expect(idx_read_file(plain, 3, &idx, why), "a packed file of another name is read", why);
    idx_free(&idx);
    gz[packed - 5] ^= 1; /* the checksum */
    made_file(plain, gz, packed);
    refuse_path("a gzip file with a wrong checksum", plain, "damaged");
    gz[packed - 5] ^= 1;
    gz[packed / 2] ^= 255;
    made_file(plain, gz, packed);
    refuse_path("a gzip file with a changed byte", plain, "");
    unlink(plain);
    unlink(path);

    refuse_path("a folder", folder, "is a folder");
    refuse_path("a device", "/dev/zero", "no regular file");
    refuse_path("nothing", path, "No such file");
    made_file(plain, right, n);
    chmod(plain, 0);
    if (access(plain, R_OK))
        refuse_path("a file that may not be read", plain, "Permission denied"); /* root may */
    unlink(plain);
    mkfifo(plain, 0666);
    refuse_path("a pipe", plain, "no regular file");
    unlink(plain);
    free(right);
    free(gz);
}

/* ---- a whole set ---- */

static int load(char *why)
{
    struct dataset data;
    *why = '\0';
    int ok = data_load_folder(&data_sets[0], folder, &data, why);
    if (ok)
        data_free(&data);
    else
        expect(!data.set && !data.train.image && !data.test.label, "a refused set leaves nothing", why);
    return ok;
}

/* puts another file in place of one of the four, and tells how the set is then refused */
static void refuse_with(const char *what, int file, int rank, int count, int rows, int cols, int label,
                        const char *word)
{
    char path[500], why[ERROR_TEXT];
    size_t n;
    unsigned char *bytes = made_idx(rank, count, rows, cols, 3, &n);
    if (label) bytes[n - 1] = (unsigned char)label;
    made_set(folder, 30, 20, 5, 4);
    snprintf(path, sizeof path, "%s/%s%s", folder, data_files[file], file < TEST_IMAGES ? ".gz" : "");
    made_file(path, bytes, n);
    expect(!load(why) && one_sentence(why, word), what, why);
    free(bytes);
}

static void check_sets(void)
{
    char path[DATA_PATH], why[ERROR_TEXT];
    struct dataset data;
    made_set(folder, 30, 20, 5, 4);
    expect(data_load_folder(&data_sets[0], folder, &data, why), "the right set is read", why);
    expect(data.train.n == 30 && data.test.n == 20 && data.rows == 5 && data.cols == 4 && data.features == 20,
           "sizes of the set", "wrong");
    float x[2 * 20];
    int label[2], order[2] = { 7, 29 };
    data_gather(&data, &data.train, 2, order, x, label);
    double variance = 0, mean_of_3 = 0; /* the definition, in two passes */
    for (int i = 0; i < 20; i++) {
        double mean = 0;
        for (int k = 0; k < 30; k++) mean += data.train.image[k * 20 + i] / 30.0;
        for (int k = 0; k < 30; k++) {
            double off = data.train.image[k * 20 + i] - mean;
            variance += off * off / 600;
        }
        if (i == 3) mean_of_3 = mean;
    }
    double pixel = (data.train.image[29 * 20 + 3] - mean_of_3) / sqrt(variance), got = (double)x[20 + 3];
    expect(label[0] == data.train.label[7] && label[1] == data.train.label[29], "labels are gathered",
           "wrong");
    /* float rounds the mean, the deviation, a difference and a product, each by 2^-24 of 255 / deviation at most */
    expect(fabs(got - pixel) <= 4 * 0x1p-24 * 255 / sqrt(variance), "pixels are centred and scaled", "wrong");
    data_free(&data);

    refuse_with("a label 10", TRAIN_LABELS, 1, 30, 1, 1, 10, "label 29 is 10");
    refuse_with("a label 255", TEST_LABELS, 1, 20, 1, 1, 255, "label 19 is 255");
    refuse_with("a label too many", TRAIN_LABELS, 1, 31, 1, 1, 0, "31 labels");
    refuse_with("a label too few", TEST_LABELS, 1, 19, 1, 1, 0, "19 labels");
    refuse_with("other image sizes", TEST_IMAGES, 3, 20, 4, 5, 0, "4x5");
    refuse_with("labels where images should be", TRAIN_IMAGES, 1, 30, 1, 1, 0, "has 1 dimensions");
    made_set(folder, 30, 20, 5, 4);
    for (int f = 0; f < DATA_FILES; f++) {
        made_set(folder, 30, 20, 5, 4);
        expect(data_file_in(folder, f, path) && !unlink(path) && !load(why) &&
                   one_sentence(why, data_files[f]),
               "a missing file", why);
    }
    made_set(folder, 30, 20, 5, 4);
    expect(load(why), "the set was right all the time", why);
    for (int f = 0; f < DATA_FILES; f++)
        if (data_file_in(folder, f, path)) unlink(path);
}

/* where sets are looked for */
static void check_search(void)
{
    char path[DATA_PATH], why[ERROR_TEXT] = "", below[500];
    snprintf(below, sizeof below, "%s/mnist", folder);
    setenv("RUNGS_DATA", folder, 1);
    made_set(below, 3, 2, 1, 1);
    expect(data_where(data_find("mnist"), path, why) && !strcmp(path, below), "$RUNGS_DATA/mnist is found",
           path);
    for (int f = 0; f < DATA_FILES; f++)
        if (data_file_in(below, f, path)) unlink(path);
    rmdir(below);
    made_set(folder, 3, 2, 1, 1);
    expect(data_where(data_find("mnist"), path, why) && !strcmp(path, folder), "$RUNGS_DATA itself is found",
           path);
    for (int f = 0; f < DATA_FILES; f++)
        if (data_file_in(folder, f, path)) unlink(path);
    struct data_set nowhere = *data_find("mnist");
    nowhere.folders[1] = NULL;
    expect(!data_where(&nowhere, path, why) && one_sentence(why, "rungs data get mnist"), "a missing set",
           why);
    setenv("XDG_DATA_HOME", "/x", 1);
    expect(data_home(path) && !strcmp(path, "/x/rungs"), "$XDG_DATA_HOME", path);
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "/h", 1);
    expect(data_home(path) && !strcmp(path, "/h/.local/share/rungs"), "~/.local/share", path);
    unsetenv("HOME");
    expect(!data_home(path), "no home at all", path);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: data_idx SCRATCH_FOLDER\n");
        return 64;
    }
    snprintf(folder, sizeof folder, "%s", argv[1]);
    mkdir(folder, 0777);
    check_files();
    check_packing();
    check_sets();
    check_search();
    expect(!rmdir(folder), "nothing is left in the folder", folder);
    printf("right files are read; %d wrong ones were refused, each with its sentence\n", refusals);
    return failed;
}
