/* fuzz_seeds.c - writes small right files for the fuzzers to start from: fuzz_seeds idx|checkpoint FOLDER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../train/checkpoint.h"
#include "../train/source.h"
#include "data_made.h"

static void seed(const char *folder, int number, int first, const unsigned char *bytes, size_t n)
{
    char path[600];
    unsigned char *input = malloc(n + 1);
    if (!input) exit(1);
    input[0] = (unsigned char)first;
    memcpy(input + 1, bytes, n);
    snprintf(path, sizeof path, "%s/%d", folder, number);
    made_file(path, input, n + 1);
    free(input);
}

static void seeds_idx(const char *folder)
{
    static const int shape[][3] = { { 1, 1, 1 }, { 3, 2, 5 }, { 2, 28, 28 }, { 100, 3, 3 } };
    for (int k = 0; k < 4; k++)
        for (int labels = 0; labels < 2; labels++) {
            size_t n;
            unsigned char *bytes = made_idx(labels ? 1 : 3, shape[k][0], shape[k][1], shape[k][2], 1, &n);
            seed(folder, 2 * k + labels, labels, bytes, n);
            free(bytes);
        }
}

static void seeds_checkpoint(const char *folder)
{
    float param[] = { 1, -2, 3, 0, 5, 6, 7, 8, 9, 10 };
    struct checkpoint c[] = {
        { .layers = 1,
          .size = { 2, 1 },
          .batch = 64,
          .lr = 0.1f,
          .seed = 1,
          .epoch = 3,
          .set = "mnist",
          .rung = "00_naive",
          .param = param },
        { .layers = 2,
          .size = { 1, 2, 2 },
          .batch = 1,
          .lr = 3,
          .seed = 5,
          .set = "fashion-mnist",
          .param = param },
    };
    for (int k = 0; k < 2; k++) {
        char path[600], why[ERROR_TEXT];
        unsigned char bytes[1024];
        struct source s;
        snprintf(path, sizeof path, "%s/whole", folder);
        if (!checkpoint_write(path, &c[k], why) || !source_open(&s, path, why)) exit(1);
        size_t n = source_read(&s, bytes, sizeof bytes);
        source_close(&s);
        remove(path);
        seed(folder, 2 * k, 0, bytes, n);
        seed(folder, 2 * k + 1, 1, bytes, n - 4);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: fuzz_seeds idx|checkpoint FOLDER\n");
        return 64;
    }
    mkdir(argv[2], 0777);
    if (!strcmp(argv[1], "idx"))
        seeds_idx(argv[2]);
    else
        seeds_checkpoint(argv[2]);
    return 0;
}
