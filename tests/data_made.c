/* data_made.c - made-up IDX files and data sets; see data_made.h. */
#include "data_made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../train/cifar.h"
#include "../train/data.h"

static unsigned char *put(unsigned char *at, int x)
{
    for (int k = 3; k >= 0; k--) *at++ = (unsigned char)((uint32_t)x >> 8 * k);
    return at;
}

static int class_of(uint64_t seed, int k)
{
    return (int)(philox_word(seed, 0, (uint64_t)k) % DATA_CLASSES);
}

unsigned char *made_idx(int rank, int count, int rows, int cols, uint64_t seed, size_t *bytes)
{
    size_t each = rank == 1 ? 1 : (size_t)rows * (size_t)cols;
    *bytes = 4 + 4 * (size_t)rank + (size_t)count * each;
    unsigned char *file = memory_need(*bytes, 1), *at = file;
    at = put(at, 0x800 + rank);
    at = put(at, count);
    if (rank == 3) at = put(put(at, rows), cols);
    for (int k = 0; k < count; k++) {
        int class = class_of(seed, k);
        if (rank == 1) *at++ = (unsigned char)class;
        for (size_t i = 0; rank == 3 && i < each; i++) {
            uint32_t noise = philox_word(seed, 1 + (uint64_t)k, i) % 90;
            *at++ = (unsigned char)((i % DATA_CLASSES == (size_t) class ? 140 : 0) + (int)noise);
        }
    }
    return file;
}

static void done(int ok, const char *path)
{
    if (ok) return;
    printf("FAIL: cannot write %s\n", path);
    exit(1);
}

void made_file(const char *path, const unsigned char *bytes, size_t n)
{
    const char *dot = strrchr(path, '.');
    if (dot && !strcmp(dot, ".gz")) {
        gzFile gz = gzopen(path, "wb");
        done(gz && (!n || gzwrite(gz, bytes, (unsigned)n) == (int)n), path);
        done(gzclose(gz) == Z_OK, path);
        return;
    }
    FILE *file = fopen(path, "wb");
    done(file && fwrite(bytes, 1, n, file) == n, path);
    done(!fclose(file), path);
}

void made_set(const char *folder, int train, int test, int rows, int cols)
{
    char path[DATA_PATH];
    mkdir(folder, 0777);
    for (int f = 0; f < 4; f++) {
        int is_train = f < TEST_IMAGES, rank = f % 2 ? 1 : 3;
        size_t n;
        unsigned char *bytes = made_idx(rank, is_train ? train : test, rows, cols, is_train ? 1 : 2, &n);
        snprintf(path, sizeof path, "%s/%s%s", folder, data_sets[0].file[f], is_train ? ".gz" : "");
        made_file(path, bytes, n);
        free(bytes);
    }
}

unsigned char *made_cifar(int label_bytes, int count, int classes, uint64_t seed, size_t *bytes)
{
    *bytes = (size_t)count * ((size_t)label_bytes + CIFAR_PIXELS);
    unsigned char *file = memory_need(*bytes, 1), *at = file;
    for (int k = 0; k < count; k++) {
        int class = (int)((seed + (uint64_t)k) % (uint64_t)classes);
        if (label_bytes == 2) *at++ = (unsigned char)(class / 5);
        *at++ = (unsigned char)class;
        for (int i = 0; i < CIFAR_PIXELS; i++) {
            int bright = i / 64 % classes == class ? 140 : 20 * (i / (CIFAR_SIDE * CIFAR_SIDE));
            *at++ = (unsigned char)(bright + (int)(philox_word(seed, 1 + (uint64_t)k, (uint64_t)i) % 90));
        }
    }
    return file;
}

void made_cifar_set(const struct data_set *set, const char *folder, int train, int test)
{
    char path[DATA_PATH];
    const int last = data_count_files(set) - 1;
    mkdir(folder, 0777);
    for (int f = 0; f <= last; f++) {
        size_t n;
        unsigned char *bytes =
            made_cifar(set->cifar_labels, f < last ? train : test, set->classes, (uint64_t)f, &n);
        snprintf(path, sizeof path, "%s/%s%s", folder, set->file[f], f < last ? ".gz" : "");
        made_file(path, bytes, n);
        free(bytes);
    }
}
