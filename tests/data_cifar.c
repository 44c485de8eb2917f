/* data_cifar.c - CIFAR's files and archives, and sets of colours: what is right is read, from memory, plain
 * and packed, and from the archive; every wrong one is refused with a sentence, and leaves nothing behind.
 *
 *     data_cifar SCRATCH_FOLDER
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/exit_code.h"
#include "../base/memory.h"
#include "../train/cifar.h"
#include "../train/fetch.h"
#include "data_made.h"
#include "tar_made.h"

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

/* 1 if it is read with the pixels and labels of the bytes; 0 if it is refused with the word, and nothing
 * left */
static int reads(const char *what, int label_bytes, int classes, const unsigned char *bytes, size_t n,
                 const char *word)
{
    struct source s;
    struct cifar c;
    char error[ERROR_TEXT] = "";
    const size_t each = (size_t)label_bytes + CIFAR_PIXELS;
    source_memory(&s, "it", bytes, n);
    int ok = cifar_read(&s, NULL, "it", label_bytes, classes, &c, error);
    if (!ok) {
        expect(word && one_sentence(error, word) && !c.n && !c.image && !c.label, what, error);
        return 0;
    }
    int same = c.n == (int)(n / each);
    for (int k = 0; same && k < c.n; k++)
        same = c.label[k] == bytes[(size_t)k * each + each - CIFAR_PIXELS - 1] &&
               !memcmp(c.image + (size_t)k * CIFAR_PIXELS, bytes + (size_t)(k + 1) * each - CIFAR_PIXELS,
                       CIFAR_PIXELS);
    expect(same, what, "other images or labels");
    cifar_free(&c);
    return 1;
}

static void check_files(void)
{
    size_t n;
    unsigned char *ten = made_cifar(1, 40, 10, 3, &n);
    expect(reads("CIFAR-10", 1, 10, ten, n, NULL), "CIFAR-10", "refused");
    expect(!reads("nothing", 1, 10, ten, 0, "is empty"), "nothing", "read");
    expect(!reads("a label alone", 1, 10, ten, 1, "ends inside of image 0"), "a label alone", "read");
    expect(!reads("a byte less", 1, 10, ten, n - 1, "ends inside of image 39"), "a byte less", "read");
    expect(!reads("a byte more than 39", 1, 10, ten, n - CIFAR_PIXELS, "ends inside of image 39"),
           "a byte more", "read");
    expect(!reads("records of the other kind", 2, 100, ten, n, "ends inside of image 39"), "the other kind",
           "read");
    ten[39 * (CIFAR_PIXELS + 1)] = 10;
    expect(!reads("label 10", 1, 10, ten, n, "label 39 is 10"), "label 10", "read");
    ten[0] = 255;
    expect(!reads("label 255", 1, 10, ten, n, "label 0 is 255"), "label 255", "read");
    free(ten);
    unsigned char *hundred = made_cifar(2, 7, 100, 95, &n);
    expect(reads("CIFAR-100", 2, 100, hundred, n, NULL), "CIFAR-100", "refused");
    hundred[0] = 255; /* the coarse label is not read */
    expect(reads("any coarse label", 2, 100, hundred, n, NULL), "any coarse label", "refused");
    hundred[1] = 100;
    expect(!reads("label 100", 2, 100, hundred, n, "label 0 is 100"), "label 100", "read");
    free(hundred);
}

/* ---- archives ---- */

static int load(const char *name, char *error)
{
    struct dataset data;
    *error = '\0';
    int ok = data_load_folder(data_find(name), folder, &data, error);
    if (ok)
        data_free(&data);
    else
        expect(!data.set && !data.train.image && !data.test.label, "a refused set leaves nothing", error);
    return ok;
}

static void put_archive(const struct tar_made *t)
{
    char path[500];
    snprintf(path, sizeof path, "%s/cifar-10-binary.tar.gz", folder);
    made_file(path, t->bytes, t->n);
}

static void refuse_archive(const char *what, const struct tar_made *t, const char *word)
{
    char error[ERROR_TEXT];
    put_archive(t);
    int ok = load("cifar10", error);
    expect(!ok && one_sentence(error, word), what, ok ? "it was read" : error);
}

/* the archive's own order of members; count: images in each */
static struct tar_made right_archive(int count)
{
    static const int order[] = { 0, 2, 3, 5, 4, 1 };
    struct tar_made t = { 0 };
    tar_add(&t, "cifar-10-batches-bin/", '5', NULL, 0);
    tar_add(&t, "cifar-10-batches-bin/batches.meta.txt", '0', (const unsigned char *)"airplane\n", 9);
    for (int k = 0; k < 6; k++) {
        char name[100];
        size_t n;
        unsigned char *bytes = made_cifar(1, count, 10, (uint64_t)order[k], &n);
        snprintf(name, sizeof name, "cifar-10-batches-bin/%s", data_find("cifar10")->file[order[k]]);
        tar_add(&t, name, '0', bytes, n);
        free(bytes);
    }
    return t;
}

static void check_archive(void)
{
    struct tar_made t = right_archive(2);
    struct dataset data;
    char error[ERROR_TEXT] = "";
    tar_end(&t);
    put_archive(&t);
    int ok = data_load_folder(data_find("cifar10"), folder, &data, error);
    expect(ok, "the right archive", error);
    if (ok) { /* batch b has the labels b and b + 1: they come in the order of the batches */
        int right = data.train.n == 10 && data.test.n == 2 && data.channels == 3 && data.rows == 32 &&
                    data.features == 3072 && data.files == 6 && !data.known;
        for (int k = 0; right && k < 10; k++) right = data.train.label[k] == k / 2 + k % 2;
        expect(right && data.test.label[0] == 5, "its images in their order", "others");
        data_free(&data);
    }
    for (size_t cut = 0; cut < t.n; cut += cut % 512 == 511 ? 1 : cut % 512 == 0 ? 100 : 411) {
        struct tar_made part = { t.bytes, cut };
        refuse_archive("an archive cut off", &part, cut ? "" : "ends too early");
    }
    free(t.bytes);
}

/* one change to a header of the right archive, whose sum is then right again */
static void refuse_header(const char *what, size_t member, size_t at, const char *value, size_t n,
                          const char *word)
{
    struct tar_made t = right_archive(1);
    size_t header = tar_header(&t, member);
    tar_end(&t);
    memcpy(t.bytes + header + at, value, n);
    tar_sum(t.bytes + header);
    refuse_archive(what, &t, word);
    free(t.bytes);
}

static void check_tricks(void)
{
    enum { NAME = 0, SIZE = 124, SUM = 148, TYPE = 156, FIRST = 2, META = 1 };
    char error[ERROR_TEXT];
    refuse_header("a size that is not a number", FIRST, SIZE, "12x4", 4, "is not an octal number");
    refuse_header("a size in binary", FIRST, SIZE, "\200\0\0\0\0\0\0\0\0\0\14\1", 12,
                  "is not an octal number");
    refuse_header("no size", FIRST, SIZE, "            ", 12, "is not an octal number");
    refuse_header("a record less", FIRST, SIZE, "00000006000", 11, "ends inside of image 0");
    refuse_header("2^33 bytes", FIRST, SIZE, "77777777777", 11, ""); /* what follows is not an image */
    refuse_header("2^33 bytes of something", META, SIZE, "77777777777", 11,
                  "not one of cifar10, and too large");
    refuse_header("a long name", META, TYPE, "L", 1, "has the type L, of an extension");
    refuse_header("a pax header", META, TYPE, "x", 1, "has the type x, of an extension");
    refuse_header("a link", FIRST, TYPE, "2", 1, "");
    refuse_header("another name", FIRST, NAME + sizeof "cifar-10-batches-bin", "x", 1,
                  "lacks the member data_batch_1.bin");
    struct tar_made t = right_archive(1);
    size_t n, header = tar_header(&t, FIRST);
    tar_end(&t);
    t.bytes[header + SUM] ^= 1;
    refuse_archive("a header with another sum", &t, "a header's sum is wrong");
    t.bytes[header + SUM] ^= 1;
    tar_byte(&t, 1);
    refuse_archive("something behind the end", &t, "something else follows");
    free(t.bytes);
    t = right_archive(1);
    unsigned char *batch = made_cifar(1, 1, 10, 0, &n);
    tar_add(&t, "data_batch_1.bin", '0', batch, n);
    tar_end(&t);
    refuse_archive("a batch twice", &t, "has two members data_batch_1.bin");
    free(t.bytes);
    free(batch);
    t = (struct tar_made){ 0 };
    tar_end(&t);
    refuse_archive("an empty archive", &t, "lacks the member data_batch_1.bin");
    free(t.bytes);
    t = (struct tar_made){ 0 };
    for (int f = 0; f < 6; f++) { /* no member's name is a path here */
        char name[100];
        snprintf(name, sizeof name, "../../../%s", data_find("cifar10")->file[f]);
        batch = made_cifar(1, 1, 10, (uint64_t)f, &n);
        tar_add(&t, name, 0, batch, n);
        free(batch);
    }
    tar_end(&t);
    put_archive(&t);
    char path[500];
    snprintf(path, sizeof path, "%s/../../../data_batch_1.bin", folder);
    expect(load("cifar10", error) && access(path, F_OK), "names that lead elsewhere are only names", error);
    free(t.bytes);
    snprintf(path, sizeof path, "%s/cifar-10-binary.tar.gz", folder);
    unlink(path);
}

/* ---- the download, from a folder of this machine ---- */

/* The archive as it lies in `folder`, whose sum is published here */
static void sum_of(const char *path, char sum[SHA256_TEXT])
{
    static unsigned char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    struct sha256 hash = sha256_begin();
    if (file) fclose(file);
    expect(n && n < sizeof bytes, "the archive is read", path);
    sha256_add(&hash, bytes, n);
    sha256_end(&hash, sum);
}

static void check_download(void)
{
    struct tar_made t = right_archive(1);
    struct data_set set = *data_find("cifar10");
    struct dataset data;
    char sum[SHA256_TEXT], from[500], into[500], path[600], error[ERROR_TEXT] = "";
    FILE *nowhere = fopen("/dev/null", "w");
    tar_end(&t);
    put_archive(&t);
    free(t.bytes);
    snprintf(path, sizeof path, "%s/%s", folder, set.archive);
    sum_of(path, sum);
    set.archive_sha256 = sum;
    snprintf(from, sizeof from, "file://%s", folder);
    snprintf(into, sizeof into, "%s/got", folder);
    int code = nowhere ? fetch_set(&set, from, into, nowhere, error) : EXIT_RESOURCES;
    if (strstr(error, "curl is missing")) {
        puts("no curl here: the download was not tried");
    } else {
        expect(code == EXIT_OK && data_load_folder(&set, into, &data, error) && data.train.n == 5,
               "the archive is downloaded and read", error);
        if (code == EXIT_OK) data_free(&data);
        snprintf(path, sizeof path, "%s/%s", into, set.archive);
        unlink(path);
    }
    if (nowhere) fclose(nowhere);
    expect(!rmdir(into), "the download leaves nothing else", into);
    snprintf(path, sizeof path, "%s/%s", folder, set.archive);
    unlink(path);
}

/* ---- sets ---- */

static void remove_files(const struct data_set *set)
{
    char path[DATA_PATH];
    for (int f = 0; f < data_count_files(set); f++)
        if (data_file_in(set, folder, f, path)) unlink(path);
}

static void remove_file(const struct data_set *set, int file)
{
    char path[DATA_PATH] = "";
    expect(data_file_in(set, folder, file, path) && !unlink(path), "a file to remove", path);
}

/* of channel c of the images to train on, by the definition */
static void mean_and_deviation(const struct dataset *data, int c, double *mean, double *deviation)
{
    const double n = 1024.0 * data->train.n;
    double square = 0;
    *mean = 0;
    for (int k = 0; k < data->train.n; k++)
        for (int i = 0; i < 1024; i++) *mean += data->train.image[k * CIFAR_PIXELS + c * 1024 + i] / n;
    for (int k = 0; k < data->train.n; k++)
        for (int i = 0; i < 1024; i++)
            square += pow(data->train.image[k * CIFAR_PIXELS + c * 1024 + i] - *mean, 2) / n;
    *deviation = sqrt(square);
}

static void check_channels(const struct dataset *data)
{
    float *x = memory_need(2 * CIFAR_PIXELS, sizeof *x);
    int label[2], order[2] = { 9, 4 }, right = 1, noticed = 0;
    data_gather(data, &data->train, 2, order, x, label);
    for (int c = 0; c < 3; c++) {
        double mean, deviation, of_another, its_deviation;
        mean_and_deviation(data, c, &mean, &deviation);
        mean_and_deviation(data, (c + 1) % 3, &of_another, &its_deviation);
        for (int i = 0; i < 1024; i++) {
            double pixel = data->train.image[4 * CIFAR_PIXELS + c * 1024 + i],
                   got = (double)x[CIFAR_PIXELS + c * 1024 + i];
            /* float rounds the mean, the deviation, a difference and a product */
            const double bound = 4 * 0x1p-24 * 255 / deviation;
            right = right && fabs(got - (pixel - mean) / deviation) <= bound;
            noticed += fabs(got - (pixel - of_another) / its_deviation) > bound;
        }
    }
    expect(right && label[0] == data->train.label[9] && label[1] == data->train.label[4],
           "each channel has its own mean and deviation", "wrong");
    expect(noticed > 3000, "those of another channel would be noticed", "they would not");
    free(x);
}

static void check_sets(void)
{
    const struct data_set *ten = data_find("cifar10"), *hundred = data_find("cifar100");
    struct dataset data;
    char error[ERROR_TEXT], path[DATA_PATH];
    made_cifar_set(ten, folder, 4, 3);
    int ok = data_load_folder(ten, folder, &data, error);
    expect(ok && data.train.n == 20 && data.test.n == 3, "six files", error);
    if (ok) check_channels(&data);
    data_free(&data);
    setenv("RUNGS_DATA", folder, 1);
    for (int f = 4; f > 0; f--) { /* 4, 3, 2, 1 batches */
        remove_file(ten, f);
        expect(load("cifar10", error), "the last batches are not there", error);
    }
    remove_file(ten, 0);
    expect(!load("cifar10", error) && one_sentence(error, "lacks the file data_batch_1.bin"), "no batch",
           error);
    made_cifar_set(ten, folder, 1, 1);
    remove_file(ten, 5);
    expect(!load("cifar10", error) && one_sentence(error, "lacks the file test_batch.bin"), "no test", error);
    made_cifar_set(ten, folder, 1, 1);
    remove_file(ten, 2);
    expect(!load("cifar10", error) && one_sentence(error, "lacks the file data_batch_3.bin"), "a gap", error);
    remove_files(ten);
    made_cifar_set(hundred, folder, 120, 3);
    ok = data_load_folder(hundred, folder, &data, error);
    expect(ok && data.train.n == 120 && data.train.label[99] == 99 && data.test.label[0] == 1, "CIFAR-100",
           error);
    data_free(&data);
    remove_files(hundred);
    unsetenv("RUNGS_DATA");
    expect(!data_file_in(ten, folder, 0, path), "nothing is left", path);
}

/* ---- EMNIST: columns first, and letters counted from 1 ---- */

static void put_letters(int file, int rank, unsigned char *bytes, size_t n)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s", folder, data_find("emnist-letters")->file[file]);
    for (size_t k = 8; rank == 1 && k < n; k++) bytes[k]++; /* labels 1 to 10 */
    made_file(path, bytes, n);
}

static void check_letters(void)
{
    const struct data_set *letters = data_find("emnist-letters");
    struct dataset data;
    char error[ERROR_TEXT];
    size_t n[2];
    unsigned char *images = made_idx(3, 6, 5, 4, 1, &n[0]), *labels = made_idx(1, 6, 1, 1, 1, &n[1]);
    unsigned char *was = made_idx(1, 6, 1, 1, 1, &n[1]);
    put_letters(TRAIN_IMAGES, 3, images, n[0]), put_letters(TEST_IMAGES, 3, images, n[0]);
    put_letters(TRAIN_LABELS, 1, labels, n[1]), put_letters(TEST_LABELS, 0, labels, n[1]);
    int ok = data_load_folder(letters, folder, &data, error);
    expect(ok && data.rows == 4 && data.cols == 5, "letters, columns first", error);
    for (int k = 0; ok && k < 6; k++)
        for (int r = 0; r < 4; r++)
            for (int c = 0; c < 5; c++)
                ok = ok && data.train.image[k * 20 + r * 5 + c] == images[16 + k * 20 + c * 4 + r];
    expect(ok && !memcmp(data.train.label, was + 8, 6), "columns become rows, and 1 becomes 0",
           "they do not");
    data_free(&data);
    put_letters(TEST_LABELS, 0, was, n[1]);
    memset(labels + 8, 0, 1);
    put_letters(TEST_LABELS, 0, labels, n[1]);
    expect(!load("emnist-letters", error) && one_sentence(error, "label 0 is 0, but the classes of"),
           "a letter 0", error);
    labels[8] = 27;
    put_letters(TEST_LABELS, 0, labels, n[1]);
    expect(!load("emnist-letters", error) && one_sentence(error, "label 0 is 27"), "a letter 27", error);
    remove_files(letters);
    free(images), free(labels), free(was);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: data_cifar SCRATCH_FOLDER\n");
        return 64;
    }
    mkdir(argv[1], 0777);
    char *whole = realpath(argv[1], NULL); /* addresses need it */
    expect(whole && strlen(whole) < sizeof folder - 100, "the scratch folder", argv[1]);
    snprintf(folder, sizeof folder, "%s", whole ? whole : argv[1]);
    free(whole);
    check_files();
    check_archive();
    check_tricks();
    check_download();
    check_sets();
    check_letters();
    expect(!rmdir(folder), "nothing is left in the folder", folder);
    printf("right files are read; %d wrong ones were refused, each with its sentence\n", refusals);
    return failed;
}
