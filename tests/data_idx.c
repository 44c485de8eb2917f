/* data_idx.c - right files are read, plain and packed; every wrong one is refused with one sentence that
 * names what is wrong with it, and leaves nothing behind.
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

enum { FILES = 4 };

static int failed, refusals;
static char folder[400];

static void expect(int ok, const char *what, const char *error)
{
    if (ok) return;
    failed = 1;
    printf("FAIL: %s (%s)\n", what, error);
}

static int one_sentence(const char *error, const char *word)
{
    refusals++;
    return *error && !strchr(error, '\n') && strstr(error, word);
}

/* ---- one file ---- */

struct wrong {
    const char *what;
    int rank;               /* asked for; the file has 6 entries, of 5x4 pixels if it holds images */
    size_t at, bytes;       /* what is changed...                                                  */
    unsigned char value[8]; /* ...to what                                                          */
    int grow;               /* bytes to add at the end, or to cut off                              */
    const char *word;       /* that the sentence must have                                         */
};

static const struct wrong wrongs[] = {
    { "empty", 3, 0, 0, { 0 }, -136, "holds only 0 bytes" },
    { "three bytes", 3, 0, 0, { 0 }, -133, "holds only 3 bytes" },
    { "a text file", 3, 0, 4, { 'P', 'K', 3, 4 }, 0, "not an IDX file" },
    { "bytes swapped", 3, 0, 4, { 3, 8, 0, 0 }, 0, "not an IDX file" },
    { "the second byte", 3, 1, 1, { 1 }, 0, "not an IDX file" },
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
    { "2^32 - 1 images", 3, 4, 4, { 255, 255, 255, 255 }, 0, "claims a dimension of 4294967295;" },
    { "2^31 rows", 3, 8, 4, { 128 }, 0, "claims a dimension of 2147483648;" },
    { "2^31 - 1 rows, 2^24 columns",
      3,
      8,
      8,
      { 127, 255, 255, 255, 1 },
      0,
      "claims 216172782013120512 bytes of data;" },
    { "2^26 - 1 images",
      3,
      4,
      4,
      { 3, 255, 255, 255 },
      0,
      "is cut off: its header promises 1342177260 bytes" },
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
        char path[500], error[ERROR_TEXT] = "";
        struct source s;
        struct idx idx;
        int ok;
        snprintf(path, sizeof path, "%s/one%s", folder, way == 2 ? ".gz" : "");
        if (way == 0) {
            source_memory(&s, path, bytes, n);
            ok = idx_read(&s, rank, &idx, error);
        } else {
            made_file(path, bytes, n);
            ok = idx_read_file(path, rank, &idx, error);
            unlink(path);
        }
        if (ok) {
            size_t header = 4 + 4 * (size_t)rank;
            expect(idx.elements == n - header && !memcmp(idx.data, bytes + header, n - header), what,
                   "other data");
            read++;
        } else if (word) {
            expect(one_sentence(error, word) && strstr(error, path) && !idx.data && !idx.elements, what,
                   error);
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
    char error[ERROR_TEXT] = "";
    int read = idx_read_file(path, 3, &idx, error);
    expect(!read && one_sentence(error, word) && !idx.data, what, error);
    idx_free(&idx);
}

/* ---- gzip ---- */

/* The bytes of a gzip file with that text, allocated */
static unsigned char *packed(const unsigned char *bytes, size_t n, size_t *size)
{
    char path[500];
    struct stat about;
    snprintf(path, sizeof path, "%s/packed.gz", folder);
    made_file(path, bytes, n);
    FILE *file = fopen(path, "rb");
    *size = file && !stat(path, &about) ? (size_t)about.st_size : 0;
    unsigned char *gz = malloc(*size + 1);
    if (!gz || !file || fread(gz, 1, *size, file) != *size || *size < 18) {
        puts("FAIL: no packed file to begin with");
        exit(1);
    }
    fclose(file);
    unlink(path);
    return gz;
}

/* 1 if a file of these bytes is read, and holds the data; 0 if it is refused with the word in its sentence */
static int read_packed(const char *what, const unsigned char *gz, size_t size, const unsigned char *right,
                       size_t n, const char *word)
{
    char path[500], error[ERROR_TEXT] = "";
    struct idx idx;
    snprintf(path, sizeof path, "%s/plain", folder); /* its bytes, not its name, say that it is packed */
    made_file(path, gz, size);
    int ok = idx_read_file(path, IDX_IMAGES, &idx, error);
    if (ok)
        expect(idx.elements == n - 16 && !memcmp(idx.data, right + 16, n - 16), what, "other data");
    else if (word)
        expect(one_sentence(error, word) && !idx.data, what, error);
    idx_free(&idx);
    unlink(path);
    return ok;
}

static void refuse_packed(const char *what, const unsigned char *gz, size_t size, const char *word)
{
    expect(!read_packed(what, gz, size, NULL, 0, word), what, "it was read");
}

/* every length from 1 on of a small file, the last of a large one */
static void check_cut(const unsigned char *gz, size_t size, size_t from)
{
    for (size_t cut = from; cut < size; cut++)
        refuse_packed("a gzip file cut off", gz, cut, cut > 1 ? "ends too early" : "");
}

/* each bit of the last eight bytes: the CRC-32 and the length */
static void check_trailer(unsigned char *gz, size_t size)
{
    for (size_t bit = 0; bit < 64; bit++) {
        gz[size - 8 + bit / 8] ^= (unsigned char)(1 << bit % 8);
        refuse_packed("a bit of the trailer", gz, size,
                      bit < 32 ? "damaged gzip file: incorrect data check"
                               : "damaged gzip file: incorrect length check");
        gz[size - 8 + bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

/* Two members are one text; behind the last there may be zeros, and nothing else. */
static void check_members(const unsigned char *right, size_t n)
{
    size_t first, second, half = n / 2;
    unsigned char *a = packed(right, half, &first), *b = packed(right + half, n - half, &second);
    unsigned char *both = calloc(first + second + 70000, 1);
    if (!both) exit(1);
    memcpy(both, a, first);
    memcpy(both + first, b, second);
    expect(read_packed("two members", both, first + second, right, n, NULL), "two members", "refused");
    check_cut(both, first + second, first + 1);
    refuse_packed("the first of two members", both, first, "is cut off");
    expect(read_packed("a zero behind", both, first + second + 1, right, n, NULL), "a zero behind",
           "refused");
    expect(read_packed("many zeros", both, first + second + 70000, right, n, NULL), "many zeros behind",
           "refused");
    both[first + second + 69999] = 1;
    refuse_packed("something behind zeros", both, first + second + 70000, "something else follows");
    both[first + second] = 'x';
    refuse_packed("something behind", both, first + second + 1, "something else follows");
    both[first + second] = 0x1f;
    refuse_packed("the first byte of a member behind", both, first + second + 1, "ends too early");
    both[first + second + 1] = 0x8c;
    refuse_packed("a member that is none behind", both, first + second + 2, "damaged");
    both[first - 1] ^= 1;
    refuse_packed("the first of two members with another length", both, first + second,
                  "incorrect length check");
    free(a);
    free(b);
    free(both);
}

static void check_gzip(void)
{
    size_t n, size;
    unsigned char *right = made_idx(3, 6, 5, 4, 1, &n), *gz = packed(right, n, &size);
    expect(read_packed("a packed file of another name", gz, size, right, n, NULL),
           "a packed file of another name", "refused");
    check_cut(gz, size, 1);
    check_trailer(gz, size);
    check_members(right, n);
    free(right);
    free(gz);
    right = made_idx(3, 9000, 28, 28, 1, &n); /* some MB packed, more than any buffer */
    gz = packed(right, n, &size);
    expect(size > 1 << 20 && read_packed("a large file", gz, size, right, n, NULL), "a large file",
           "refused");
    check_cut(gz, size, size - 9);
    gz[size / 2] ^= 255;
    refuse_packed("a gzip file with a changed byte", gz, size, "");
    free(right);
    free(gz);
}

/* things that are no files */
static void check_paths(void)
{
    char path[500], plain[500];
    size_t n;
    unsigned char *right = made_idx(3, 6, 5, 4, 1, &n);
    snprintf(path, sizeof path, "%s/none", folder);
    snprintf(plain, sizeof plain, "%s/plain", folder);
    refuse_path("a folder", folder, "is a folder");
    refuse_path("a device", "/dev/zero", "not a regular file");
    refuse_path("nothing", path, "No such file");
    made_file(plain, right, n);
    chmod(plain, 0);
    if (access(plain, R_OK))
        refuse_path("a file that may not be read", plain, "Permission denied"); /* root may */
    unlink(plain);
    mkfifo(plain, 0666);
    refuse_path("a pipe", plain, "not a regular file");
    unlink(plain);
    free(right);
}

/* ---- SHA-256: the examples of FIPS 180-4, whatever the pieces ---- */

static void check_sum(const char *text, size_t times, const char *right)
{
    char sum[SHA256_TEXT];
    for (size_t piece = 1; piece <= 130; piece += 43) {
        struct sha256 s = sha256_begin();
        size_t n = strlen(text), all = n * times;
        char *bytes = malloc(all + 1);
        if (!bytes) exit(1);
        for (size_t k = 0; k < all; k++) bytes[k] = text[k % n];
        for (size_t at = 0; at < all; at += piece)
            sha256_add(&s, bytes + at, all - at < piece ? all - at : piece);
        sha256_end(&s, sum);
        expect(!strcmp(sum, right), "SHA-256", sum);
        free(bytes);
    }
}

static void check_sums(void)
{
    check_sum("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_sum("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_sum("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check_sum("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* ---- a whole set ---- */

static int load(char *error)
{
    struct dataset data;
    *error = '\0';
    int ok = data_load_folder(&data_sets[0], folder, &data, error);
    if (ok)
        data_free(&data);
    else
        expect(!data.set && !data.train.image && !data.test.label, "a refused set leaves nothing", error);
    return ok;
}

/* puts another file in place of one of the four, and tells how the set is then refused */
static void refuse_with(const char *what, int file, int rank, int count, int rows, int cols, int label,
                        const char *word)
{
    char path[500], error[ERROR_TEXT];
    size_t n;
    unsigned char *bytes = made_idx(rank, count, rows, cols, 3, &n);
    if (label) bytes[n - 1] = (unsigned char)label;
    made_set(folder, 30, 20, 5, 4);
    snprintf(path, sizeof path, "%s/%s%s", folder, data_sets[0].file[file], file < TEST_IMAGES ? ".gz" : "");
    made_file(path, bytes, n);
    expect(!load(error) && one_sentence(error, word), what, error);
    free(bytes);
}

/* copies whose names have a dot before "idx" are found; other names are named; a folder in a
 * file's place is passed over */
static void check_names(void)
{
    static const char *const dotted[FILES] = { "train-images.idx3-ubyte.gz", "train-labels.idx1-ubyte.gz",
                                               "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte" };
    char path[DATA_PATH], renamed[DATA_PATH], error[ERROR_TEXT];
    for (int f = 0; f < FILES; f++) {
        snprintf(renamed, sizeof renamed, "%s/%s", folder, dotted[f]);
        expect(data_file_in(&data_sets[0], folder, f, path) && !rename(path, renamed) && load(error),
               "a dot before idx", error);
        expect(data_file_in(&data_sets[0], folder, f, path) && !strcmp(path, renamed), "it is that file",
               path);
        snprintf(path, sizeof path, "%s/%s", folder,
                 data_sets[0].file[f]); /* as an archive of Kaggle's has it */
        expect(!mkdir(path, 0777) && load(error), "a folder of the other name", error);
        expect(!unlink(renamed) && !load(error) && one_sentence(error, "is a folder, not a file"),
               "only a folder", error);
        rmdir(path);
        made_set(folder, 30, 20, 5, 4);
        snprintf(path, sizeof path, "%s/%s%s", folder, data_sets[0].file[f], f < TEST_IMAGES ? ".gz" : "");
        snprintf(renamed, sizeof renamed, "%s/%s (1).gz", folder, data_sets[0].file[f]);
        expect(!rename(path, renamed) && !load(error) && one_sentence(error, data_sets[0].file[f]) &&
                   strstr(error, "is it ") && strstr(error, "(1).gz, renamed?"),
               "a name like it", error);
        expect(!rename(renamed, path) && load(error), "and back", error);
    }
}

static void check_sets(void)
{
    char path[DATA_PATH], error[ERROR_TEXT];
    struct dataset data;
    made_set(folder, 30, 20, 5, 4);
    expect(data_load_folder(&data_sets[0], folder, &data, error), "the right set is read", error);
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
    /* float rounds the mean, the deviation, a difference and a product, each by 2^-24 of
     * 255 / deviation at most */
    expect(fabs(got - pixel) <= 4 * 0x1p-24 * 255 / sqrt(variance), "pixels are centred and scaled", "wrong");
    data_free(&data);

    refuse_with("a label 10", TRAIN_LABELS, 1, 30, 1, 1, 10, "label 29 is 10");
    refuse_with("a label 255", TEST_LABELS, 1, 20, 1, 1, 255, "label 19 is 255");
    refuse_with("a label too many", TRAIN_LABELS, 1, 31, 1, 1, 0, "31 labels");
    refuse_with("a label too few", TEST_LABELS, 1, 19, 1, 1, 0, "19 labels");
    refuse_with("other image sizes", TEST_IMAGES, 3, 20, 4, 5, 0, "4x5");
    refuse_with("labels where images should be", TRAIN_IMAGES, 1, 30, 1, 1, 0, "has 1 dimensions");
    made_set(folder, 30, 20, 5, 4);
    for (int f = 0; f < FILES; f++) {
        made_set(folder, 30, 20, 5, 4);
        expect(data_file_in(&data_sets[0], folder, f, path) && !unlink(path) && !load(error) &&
                   one_sentence(error, data_sets[0].file[f]),
               "a missing file", error);
    }
    made_set(folder, 30, 20, 5, 4);
    expect(load(error), "the set was right all the time", error);
    check_names();
    for (int f = 0; f < FILES; f++)
        if (data_file_in(&data_sets[0], folder, f, path)) unlink(path);
}

/* where sets are looked for */
static void check_search(void)
{
    char path[DATA_PATH], error[ERROR_TEXT] = "", below[500];
    snprintf(below, sizeof below, "%s/mnist", folder);
    setenv("RUNGS_DATA", folder, 1);
    made_set(below, 3, 2, 1, 1);
    expect(data_where(data_find("mnist"), path, error) && !strcmp(path, below), "$RUNGS_DATA/mnist is found",
           path);
    for (int f = 0; f < FILES; f++)
        if (data_file_in(&data_sets[0], below, f, path)) unlink(path);
    rmdir(below);
    made_set(folder, 3, 2, 1, 1);
    expect(data_where(data_find("mnist"), path, error) && !strcmp(path, folder),
           "$RUNGS_DATA itself is found", path);
    for (int f = 0; f < FILES; f++)
        if (data_file_in(&data_sets[0], folder, f, path)) unlink(path);
    /* three of four: the file is named, whether another folder has all of them or not */
    struct data_set here = *data_find("mnist");
    here.folders[1] = NULL;
    for (int f = 0; f < FILES; f++) {
        made_set(below, 3, 2, 1, 1);
        expect(data_file_in(&data_sets[0], below, f, path) && !unlink(path) &&
                   !data_where(&here, path, error) && one_sentence(error, data_sets[0].file[f]) &&
                   strstr(error, below) && strstr(error, "is incomplete") &&
                   strstr(error, "rungs data get mnist"),
               "an incomplete set", error);
        expect(!data_where(data_find("mnist"), path, error) && strstr(error, data_sets[0].file[f]),
               "is not passed over", error);
    }
    for (int f = 0; f < FILES; f++)
        if (data_file_in(&data_sets[0], below, f, path)) unlink(path);
    rmdir(below);
    struct data_set nowhere = *data_find("mnist");
    nowhere.folders[1] = NULL;
    expect(!data_where(&nowhere, path, error) && one_sentence(error, "rungs data get mnist"), "a missing set",
           error);
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
    check_sums();
    check_gzip();
    check_paths();
    check_sets();
    check_search();
    expect(!rmdir(folder), "nothing is left in the folder", folder);
    printf("right files are read; %d wrong ones were refused, each with its sentence\n", refusals);
    return failed;
}
