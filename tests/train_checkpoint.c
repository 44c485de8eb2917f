/* train_checkpoint.c - a checkpoint comes back bit for bit, and every other file is
 * refused with one sentence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../train/checkpoint.h"
#include "network_made.h"

enum { HEADER = 60 };

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

/* 1 if these bytes are refused with a sentence of one line and nothing is left behind */
static int refused(const unsigned char *bytes, size_t n)
{
    struct source s;
    static struct checkpoint c;
    char error[ERROR_TEXT] = "";
    source_memory(&s, "it", bytes, n);
    if (checkpoint_read(&s, &c, error)) {
        checkpoint_free(&c);
        return 0;
    }
    return *error && !strchr(error, '\n') && !c.param && !c.file.lines;
}

static unsigned char *bytes_of(const char *path, size_t *n)
{
    struct source s;
    char error[ERROR_TEXT];
    unsigned char *bytes = memory_need(1 << 16, 1);
    if (!source_open(&s, path, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
    *n = source_read(&s, bytes, 1 << 16);
    source_close(&s);
    return bytes;
}

static void fix_crc(unsigned char *bytes, size_t n)
{
    uint32_t crc = (uint32_t)crc32_z(0, bytes, n - 4);
    for (int k = 0; k < 4; k++) bytes[n - 4 + (size_t)k] = (unsigned char)(crc >> 8 * k);
}

/* packed by gzip it can be read, too, but not if it lost some of its last bytes */
static void check_packed(const char *folder, const unsigned char *good, size_t n)
{
    char path[600], error[640];
    static struct checkpoint c;
    snprintf(path, sizeof path, "%s/packed.gz", folder);
    gzFile gz = gzopen(path, "wb");
    expect(gz && gzwrite(gz, good, (unsigned)n) == (int)n && gzclose(gz) == Z_OK, "no packed checkpoint");
    expect(checkpoint_read_file(path, &c, error), error);
    checkpoint_free(&c);
    struct stat about;
    for (int cut = 1; cut <= 9 && !stat(path, &about); cut++)
        expect(!truncate(path, about.st_size - 1) && !checkpoint_read_file(path, &c, error) &&
                   strstr(error, "ends too early"),
               "a packed checkpoint that lost its end");
    unlink(path);
}

/* what a hostile writer changes, with the checksum made right again; text is where the network's text begins,
 * and params where the numbers do */
static void check_hostile(const unsigned char *good, size_t n, size_t text, size_t params)
{
    const struct {
        const char *what;
        size_t at, bytes;
        unsigned char value[4];
    } lie[] = {
        { "version 0", 8, 4, { 0 } },
        { "version 1", 8, 4, { 1 } },
        { "version 5", 8, 4, { 5 } },
        { "version 3, which has fewer numbers", 8, 4, { 3 } },
        { "version 2, which has no numbers", 8, 4, { 2 } },
        { "a loss below 0", params - 8 * CHECKPOINT_NUMBERS + 7, 1, { 128 } },
        { "a loss that is NaN", params - 8 * CHECKPOINT_NUMBERS + 6, 2, { 248, 127 } },
        { "no text", 12, 4, { 0 } },
        { "a text of a byte more", 12, 1, { good[12] + 1u } },
        { "a text of a byte less", 12, 1, { good[12] - 1u } },
        { "a text of 2^32 - 1", 12, 4, { 255, 255, 255, 255 } },
        { "options of 1024", 16, 4, { 0, 4 } },
        { "a byte of options less", 16, 1, { good[16] - 1u } },
        { "2^31 epochs", 20, 4, { 0, 0, 0, 128 } },
        { "one state array", 24, 4, { 1 } },
        { "2^32 - 1 state arrays", 24, 4, { 255, 255, 255, 255 } },
        { "no parameters", 28, 4, { 0 } },
        { "one parameter more", 28, 1, { good[28] + 1u } },
        { "2^31 parameters", 28, 4, { 0, 0, 0, 128 } },
        { "a name with a line end", 32, 1, { '\n' } },
        { "letters after a name's end", 54, 1, { 'x' } },
        { "a name without an end", 55, 1, { 'x' } },
        { "a number in a buffer", 56, 1, { 1 } },
        { "2^32 - 1 numbers in buffers", 56, 4, { 255, 255, 255, 255 } },
        { "another first line", text, 1, { 'R' } },
        { "a byte 0 in the text", text + 20, 1, { 0 } },
        { "options that are no text", params - 8 * CHECKPOINT_NUMBERS - 2, 1, { 7 } },
        { "a parameter NaN", params, 4, { 0, 0, 192, 127 } },
        { "a parameter infinite", params + 4, 4, { 0, 0, 128, 127 } },
    };
    unsigned char *bytes = memory_need(n, 1);
    memcpy(bytes, good, n);
    fix_crc(bytes, n);
    expect(!refused(bytes, n) && !memcmp(bytes, good, n), "the checksum is that of zlib's crc32");
    for (size_t k = 0; k < sizeof lie / sizeof *lie; k++) {
        memcpy(bytes, good, n);
        memcpy(bytes + lie[k].at, lie[k].value, lie[k].bytes);
        fix_crc(bytes, n);
        expect(refused(bytes, n), lie[k].what);
    }
    free(bytes);
}

/* A file of version 3 has only the first of the numbers, which begin at that byte. */
static void check_version_3(const unsigned char *good, size_t n, size_t numbers)
{
    const size_t kept = numbers + 8 * CHECKPOINT_NUMBERS_3,
                 gone = 8 * CHECKPOINT_NUMBERS - 8 * CHECKPOINT_NUMBERS_3;
    unsigned char *bytes = memory_need(n, 1);
    static struct checkpoint c;
    struct source s;
    char error[ERROR_TEXT] = "";
    memcpy(bytes, good, kept);
    memcpy(bytes + kept, good + kept + gone, n - kept - gone);
    bytes[8] = 3;
    fix_crc(bytes, n - gone);
    source_memory(&s, "version 3", bytes, n - gone);
    expect(checkpoint_read(&s, &c, error) && c.has_numbers, error);
    for (int k = 0; k < CHECKPOINT_NUMBERS; k++)
        expect(k < CHECKPOINT_NUMBERS_3 ? c.number[k] > 0 : c.number[k] == 0, "a number of version 3");
    expect(!memcmp(c.param, bytes + kept, 4 * c.params), "the parameters of version 3");
    checkpoint_free(&c);
    free(bytes);
}

/* A file of version 2 is the same without the last field of the header, and without the numbers,
 * which begin at that byte. */
static void check_older(const unsigned char *good, size_t n, size_t numbers)
{
    const size_t left = n - 8 * CHECKPOINT_NUMBERS - 4, header = HEADER - 4;
    unsigned char *bytes = memory_need(n, 1);
    static struct checkpoint c;
    struct source s;
    char error[ERROR_TEXT] = "";
    memcpy(bytes, good, header);
    memcpy(bytes + header, good + HEADER, numbers - HEADER);
    numbers -= 4;
    memcpy(bytes + numbers, good + numbers + 4 + 8 * CHECKPOINT_NUMBERS, left - numbers);
    bytes[8] = 2;
    fix_crc(bytes, left);
    source_memory(&s, "older", bytes, left);
    expect(checkpoint_read(&s, &c, error) && !c.has_numbers && c.epoch == 9, error);
    size_t at = numbers;
    for (size_t k = 0; k < c.params; k++, at += 4)
        expect(!memcmp(&c.param[k], bytes + at, 4), "a parameter of an older file");
    checkpoint_free(&c);
    free(bytes);
}

static void check_damage(const unsigned char *good, size_t n)
{
    unsigned char *bytes = memory_need(n + 1, 1);
    memcpy(bytes, good, n);
    for (size_t k = 0; k < n; k++) expect(refused(bytes, k), "a file cut off was accepted");
    expect(refused(bytes, n + 1), "a file with a byte too many was accepted");
    for (size_t bit = 0; bit < 8 * n; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        expect(refused(bytes, n), "a file with a flipped bit was accepted");
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    expect(!refused(bytes, n), "the undamaged file was refused");
    free(bytes);
}

/* a checkpoint that cannot be written leaves what was there, and no other file */
static void check_write_failures(const char *folder, const struct checkpoint *c)
{
    char error[ERROR_TEXT] = "", path[600];
    snprintf(path, sizeof path, "%s/no/such/folder/x.ckpt", folder);
    expect(!checkpoint_write(path, c, error) && *error, "a missing folder was written to");
    expect(!checkpoint_write(folder, c, error), "a folder was written over");
    expect(!checkpoint_write("/dev/full", c, error) && !checkpoint_write("", c, error),
           "a full device took it");
    snprintf(path, sizeof path, "%s/diverged.ckpt", folder);
    static struct checkpoint bad;
    bad = *c;
    bad.param = memory_need(c->params, sizeof(float));
    memset(bad.param, 255, sizeof(float)); /* a NaN */
    expect(!checkpoint_write(path, &bad, error) && access(path, F_OK), "a parameter that is NaN was saved");
    free(bad.param);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_checkpoint SCRATCH_FOLDER\n");
        return 64;
    }
    char path[600], error[ERROR_TEXT] = "";
    static struct checkpoint c, back;
    static const int size[] = { 5, 4, 3 };
    char text[NETFILE_BYTES], text_back[NETFILE_BYTES];
    made_mlp(&c.file, 2, size);
    strcpy(c.options, "hidden 4\nseed 1\n");
    strcpy(c.rung, "01_order");
    c.epoch = 9;
    for (int k = 0; k < CHECKPOINT_NUMBERS; k++) c.number[k] = k ? 0.1 * k : HUGE_VAL;
    size_t params = c.params = 4 * 6 + 3 * 5, n;
    c.param = memory_need(params, sizeof *c.param);
    philox_uniform(1, 0, params, -1, 1, c.param);
    mkdir(argv[1], 0777);
    snprintf(path, sizeof path, "%s/a.ckpt", argv[1]);
    expect(checkpoint_write(path, &c, error) && checkpoint_write(path, &c, error), error);
    expect(checkpoint_read_file(path, &back, error), error);
    if (failed) return 1;
    expect(!memcmp(back.param, c.param, params * sizeof *c.param), "the parameters come back");
    size_t length = netfile_text(&c.file, text);
    expect(netfile_text(&back.file, text_back) == length && !memcmp(text, text_back, length) &&
               back.epoch == c.epoch && !strcmp(back.options, c.options) && !strcmp(back.rung, c.rung) &&
               back.params == params && !back.states,
           "the network and its settings come back");
    expect(back.has_numbers && !memcmp(back.number, c.number, sizeof c.number), "the numbers come back");
    checkpoint_free(&back);

    unsigned char *good = bytes_of(path, &n);
    size_t numbers = HEADER + length + strlen(c.options) + 8 * CHECKPOINT_NUMBERS;
    expect(n == numbers + 4 * params + 4, "the file is as long as its description says");
    check_damage(good, n);
    check_older(good, n, numbers - 8 * CHECKPOINT_NUMBERS);
    check_version_3(good, n, numbers - 8 * CHECKPOINT_NUMBERS);
    check_hostile(good, n, HEADER, numbers);
    check_packed(argv[1], good, n);
    check_write_failures(argv[1], &c);
    unlink(path);
    expect(!rmdir(argv[1]), "nothing is left in the folder");
    printf("%zu bytes: written, read back, and refused after each of %zu changes\n", n, 9 * n + 1);
    free(good);
    free(c.param);
    return failed;
}
