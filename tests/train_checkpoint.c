/* train_checkpoint.c - a checkpoint comes back bit for bit, and every other file is refused with one sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../train/checkpoint.h"

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
    struct checkpoint c;
    char why[ERROR_TEXT] = "";
    source_memory(&s, "it", bytes, n);
    if (checkpoint_read(&s, &c, why)) {
        checkpoint_free(&c);
        return 0;
    }
    return *why && !strchr(why, '\n') && !c.param && !c.layers;
}

static unsigned char *bytes_of(const char *path, size_t *n)
{
    struct source s;
    char why[ERROR_TEXT];
    unsigned char *bytes = memory_need(1 << 16, 1);
    if (!source_open(&s, path, why)) {
        printf("FAIL: %s\n", why);
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
    char path[600], why[640];
    struct checkpoint c;
    snprintf(path, sizeof path, "%s/packed.gz", folder);
    gzFile gz = gzopen(path, "wb");
    expect(gz && gzwrite(gz, good, (unsigned)n) == (int)n && gzclose(gz) == Z_OK, "no packed checkpoint");
    expect(checkpoint_read_file(path, &c, why), why);
    checkpoint_free(&c);
    struct stat about;
    for (int cut = 1; cut <= 9 && !stat(path, &about); cut++)
        expect(!truncate(path, about.st_size - 1) && !checkpoint_read_file(path, &c, why) &&
                   strstr(why, "ends too early"),
               "a packed checkpoint that lost its end");
    unlink(path);
}

/* what a hostile writer changes, with the checksum made right again */
static void check_hostile(const unsigned char *good, size_t n)
{
    static const struct {
        const char *what;
        size_t at, bytes;
        unsigned char value[4];
    } lie[] = {
        { "version 2", 8, 4, { 2 } },
        { "no layers", 12, 4, { 0 } },
        { "17 layers", 12, 4, { 17 } },
        { "2^32 - 1 layers", 12, 4, { 255, 255, 255, 255 } },
        { "one layer more", 12, 4, { 3 } },
        { "one layer less", 12, 4, { 1 } },
        { "no inputs", 16, 4, { 0 } },
        { "one input more", 16, 4, { 6 } },
        { "2^31 inputs", 16, 4, { 0, 0, 0, 128 } },
        { "2^20 inputs", 16, 4, { 0, 0, 16, 0 } },
        { "2^20 hidden neurons", 20, 4, { 0, 0, 16, 0 } },
        { "no batch", 84, 4, { 0 } },
        { "a batch of 2^32 - 1", 84, 4, { 255, 255, 255, 255 } },
        { "lr NaN", 88, 4, { 0, 0, 192, 127 } },
        { "lr 0", 88, 4, { 0 } },
        { "lr -1", 88, 4, { 0, 0, 128, 191 } },
        { "2^31 epochs", 100, 4, { 0, 0, 0, 128 } },
        { "a name with a line end", 104, 1, { '\n' } },
        { "letters after a name's end", 127, 1, { 'x' } },
        { "a name without an end", 151, 1, { 'x' } },
        { "a parameter NaN", 152, 4, { 0, 0, 192, 127 } },
        { "a parameter infinite", 156, 4, { 0, 0, 128, 127 } },
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
    char why[ERROR_TEXT] = "", path[600];
    snprintf(path, sizeof path, "%s/no/such/folder/x.ckpt", folder);
    expect(!checkpoint_write(path, c, why) && *why, "a missing folder was written to");
    expect(!checkpoint_write(folder, c, why), "a folder was written over");
    expect(!checkpoint_write("/dev/full", c, why) && !checkpoint_write("", c, why), "a full device took it");
    snprintf(path, sizeof path, "%s/diverged.ckpt", folder);
    struct checkpoint bad = *c;
    bad.param = memory_need(mlp_params_f32(c->layers, c->size), sizeof(float));
    memset(bad.param, 255, sizeof(float)); /* a NaN */
    expect(!checkpoint_write(path, &bad, why) && access(path, F_OK),
           "a parameter that is no number was saved");
    free(bad.param);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_checkpoint SCRATCH_FOLDER\n");
        return 64;
    }
    char path[600], why[ERROR_TEXT] = "";
    struct checkpoint c = { .layers = 2,
                            .size = { 5, 4, 3 },
                            .batch = 64,
                            .lr = 0.1f,
                            .seed = 0x123456789abcdefull,
                            .epoch = 9,
                            .set = "fashion-mnist",
                            .rung = "01_order" },
                      back;
    size_t params = mlp_params_f32(c.layers, c.size), n;
    c.param = memory_need(params, sizeof *c.param);
    philox_uniform(1, 0, params, -1, 1, c.param);
    mkdir(argv[1], 0777);
    snprintf(path, sizeof path, "%s/a.ckpt", argv[1]);
    expect(checkpoint_write(path, &c, why) && checkpoint_write(path, &c, why), why);
    expect(checkpoint_read_file(path, &back, why), why);
    if (failed) return 1;
    expect(!memcmp(back.param, c.param, params * sizeof *c.param), "the parameters come back");
    expect(back.layers == c.layers && !memcmp(back.size, c.size, sizeof c.size) && back.batch == c.batch &&
               back.lr == c.lr && back.seed == c.seed && back.epoch == c.epoch && !strcmp(back.set, c.set) &&
               !strcmp(back.rung, c.rung),
           "the settings come back");
    checkpoint_free(&back);

    unsigned char *good = bytes_of(path, &n);
    expect(n == 152 + 4 * params + 4, "the file is as long as its description says");
    check_damage(good, n);
    check_hostile(good, n);
    check_packed(argv[1], good, n);
    check_write_failures(argv[1], &c);
    unlink(path);
    expect(!rmdir(argv[1]), "nothing is left in the folder");
    printf("%zu bytes: written, read back, and refused after each of %zu changes\n", n, 9 * n + 1);
    free(good);
    free(c.param);
    return failed;
}
