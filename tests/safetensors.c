/* safetensors.c - what is written is read right by a second reader, which knows the format and not our code;
 * every wrong file is refused with a sentence that says what is wrong. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../export/foreign.h"
#include "../export/safetensors.h"
#include "network_made.h"

static int failed, refusals;

static void expect(int ok, const char *what, const char *error)
{
    if (ok) return;
    failed = 1;
    printf("FAIL: %s (%s)\n", what, error);
}

/* ---- a second reader ---- */

/* Where the tensor's entry says that its numbers are, and how many; NULL if it has no such entry. The header
 * is text whose order of keys is ours, so sscanf reads it. */
static const float *entry(const unsigned char *file, size_t n, const char *name, const char *shape,
                          size_t *elements)
{
    uint64_t header = 0, from, to;
    char key[100], found[40] = "", dtype[8] = "";
    for (int b = 7; b >= 0; b--) header = header << 8 | file[b];
    if (header % 8 || header > n - 8 || file[8] != '{') return NULL;
    char *text = malloc(header + 1);
    if (!text) exit(1);
    memcpy(text, file + 8, header);
    text[header] = '\0';
    snprintf(key, sizeof key, "\"%s\":{", name);
    const char *at = strstr(text, key);
    unsigned long long offset[2] = { 0 };
    int got = at ? sscanf(at + strlen(key),
                          "\"dtype\":\"%7[A-Z0-9]\",\"shape\":[%39[0-9,]],\"data_offsets\":[%llu,%llu]}",
                          dtype, found, &offset[0], &offset[1])
                 : 0;
    free(text);
    from = offset[0], to = offset[1];
    if (got != 4 || strcmp(dtype, "F32") || strcmp(found, shape) || from > to || to > n - 8 - header)
        return NULL;
    *elements = (size_t)(to - from) / 4;
    return (const float *)(const void *)(file + 8 + header + from);
}

/* 1 if the file has the tensor with those numbers, bit by bit */
static int has(const unsigned char *file, size_t n, const char *name, const char *shape, const float *x,
               size_t count)
{
    size_t elements;
    const float *found = entry(file, n, name, shape, &elements);
    return found && elements == count && !memcmp(found, x, 4 * count);
}

static const char lines[] =
    "input 1x6x6\nconv out=4 kernel=3 groups=1\nbatchnorm\nrelu\nconv out=6 kernel=2 groups=2\nmaxpool 2\n"
    "dense 10\nloss softmax_xent\ndata mnist\noptimizer sgd lr=1\n";

static void write_all(struct snapshot *s, char **bytes, size_t *n)
{
    char error[ERROR_TEXT] = "";
    FILE *out = open_memstream(bytes, n);
    if (!out) exit(1);
    expect(safetensors_write(out, s, error), "writing", error);
    fclose(out);
}

static void test_written(void)
{
    static struct netfile file;
    static struct trainer t;
    static struct snapshot s;
    struct dataset data = made_data(20, 10, 6);
    char error[ERROR_TEXT] = "", *bytes = NULL, *again = NULL;
    size_t n, m;
    made_netfile(&file, lines);
    expect(trainer_make(&t, &data, &file, "naive", error) && snapshot_make(&s, &t, 3, error), "a network",
           error);
    for (size_t k = 0; k < t.net.buffered; k++) t.net.buffer[k] = 0.25f + (float)k;
    write_all(&s, &bytes, &n);
    write_all(&s, &again, &m);
    expect(n == m && !memcmp(bytes, again, n), "two files of one network differ", "");
    const unsigned char *b = (const unsigned char *)bytes;
    const float *w = t.net.param, *buffer = t.net.buffer, scale = 1 / 45.0f;
    expect(has(b, n, "input.mean", "1,6,6", data.mean, 36) && has(b, n, "input.scale", "1,1,1", &scale, 1),
           "the input", "");
    expect(has(b, n, "conv0.w", "4,1,3,3", w, 36) && has(b, n, "conv0.b", "4", w + 36, 4), "conv0", "");
    expect(has(b, n, "batchnorm1.gamma", "4", w + 40, 4) && has(b, n, "batchnorm1.beta", "4", w + 44, 4),
           "batchnorm1", "");
    expect(has(b, n, "batchnorm1.running_mean", "4", buffer, 4) &&
               has(b, n, "batchnorm1.running_var", "4", buffer + 4, 4),
           "its buffers", "");
    expect(has(b, n, "conv3.w", "6,2,2,2", w + 48, 48) && has(b, n, "conv3.b", "6", w + 96, 6), "conv3", "");
    expect(has(b, n, "dense5.w", "10,6", w + 102, 60) && has(b, n, "dense5.b", "10", w + 162, 10), "dense5",
           "");
    expect(
        strstr(
            bytes + 8,
            "{\"__metadata__\":{\"rungs\":\"1\",\"epoch\":\"3\",\"network\":\"rungs-network 1\\u000ainput 1x6x6") ==
            bytes + 8,
        "the metadata", bytes + 8);
    /* wrong versions: another name, shape or number is none of it */
    expect(!has(b, n, "conv0.w", "1,4,3,3", w, 36) && !has(b, n, "conv0.x", "4,1,3,3", w, 36) &&
               !has(b, n, "conv0.w", "4,1,3,3", w + 1, 36),
           "a wrong tensor passes", "");
    snapshot_free(&s);
    t.net.param[7] = NAN;
    expect(!snapshot_make(&s, &t, 3, error) && strstr(error, "conv0.w is NaN"), "a NaN", error);
    free(bytes);
    free(again);
    trainer_free(&t);
    data_free(&data);
}

/* ---- reading ---- */

#define HALVES "\0\x3c\0\xc0"
#define FLOATS "\0\0\x80\x3f\0\0\0\xc0"

static int read_one(const char *header, const char *data, size_t n, struct foreign *f, char *error)
{
    const size_t length = strlen(header);
    unsigned char *file = malloc(8 + length + n);
    struct source s;
    if (!file) exit(1);
    for (int b = 0; b < 8; b++) file[b] = (unsigned char)((uint64_t)length >> 8 * b);
    memcpy(file + 8, header, length);
    memcpy(file + 8 + length, data, n);
    source_memory(&s, "it.st", file, 8 + length + n);
    int ok = safetensors_read(&s, f, error);
    free(file);
    return ok;
}

static void right(const char *header, const char *data, size_t n, int tensors)
{
    struct foreign f = { 0 };
    char error[ERROR_TEXT] = "";
    int ok = read_one(header, data, n, &f, error) && f.tensors == tensors;
    int k = ok ? foreign_find(&f, "a b") : -1;
    ok = ok &&
         (!tensors || (k >= 0 && f.tensor[k].array.elements == 2 && npy_number(&f.tensor[k].array, 0) == 1 &&
                       npy_number(&f.tensor[k].array, 1) == -2));
    expect(ok, header, error);
    foreign_free(&f);
}

static void wrong(const char *header, const char *word)
{
    struct foreign f = { 0 };
    char error[ERROR_TEXT] = "";
    expect(!read_one(header, FLOATS, 8, &f, error) && strstr(error, word) && strstr(error, "it.st") &&
               !strchr(error, '\n') && !f.tensors && !f.tensor,
           header, error);
    refusals++;
    foreign_free(&f);
}

#define TENSOR "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"

static void test_read(void)
{
    right("{\"a b\":" TENSOR "}", FLOATS, 8, 1);
    right(
        " { \"__metadata__\" : { \"x\\n\\u00e9\" : \"\\\"}\" } , \"a\\u0020b\" : { \"data_offsets\" : [ 0 , 4 ] , \"shape\" : [1,2] , \"dtype\" : \"F16\" } } \n ",
        HALVES, 4, 1);
    right("{\"a b\":{\"dtype\":\"BF16\",\"shape\":[2,1],\"data_offsets\":[0,4]},\"__metadata__\":{}}",
          "\x80\x3f\0\xc0", 4, 1);
    right(
        "{\"z\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]},\"e\":{\"dtype\":\"U8\",\"shape\":[0,9],\"data_offsets\":[8,8]},\"a b\":" TENSOR
        "}",
        FLOATS FLOATS, 16, 3);
    right("{}", "", 0, 0);
    wrong("", "header is no object");
    wrong("{", "a text is missing");
    wrong("{\"a\"", "a colon is missing");
    wrong("{\"a\":" TENSOR, "header is cut off");
    wrong("{\"a\":" TENSOR "}x", "goes on behind");
    wrong("{\"a\":" TENSOR ",\"a\":" TENSOR "}", "two tensors called a");
    wrong("{\"a\":" TENSOR ",\"b\":" TENSOR "}", "without gaps and overlaps");
    wrong("{}", "without gaps and overlaps");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "without gaps and overlaps");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "without gaps and overlaps");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", "without gaps and overlaps");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "no two numbers that rise");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]}}", "no two numbers that rise");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
          "other bytes than its shape needs");
    wrong("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", "type F8_E4M3");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999,999999999],\"data_offsets\":[0,8]}}",
          "fit any memory");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[999999999999999999999999],\"data_offsets\":[0,8]}}",
          "too large");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}", "too long");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "a number is missing");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", "a list is missing");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"more\":1}}", "more than dtype");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "lacks dtype, shape or data_offsets");
    wrong("{\"a\":[]}", "a tensor is no object");
    wrong("{\"a\\x\":" TENSOR "}", "wrong escape");
    wrong("{\"a\\u12\":" TENSOR "}", "wrong escape");
    wrong("{\"\\u00e9\":" TENSOR "}", "printable");
    wrong("{\"\\u0000\":" TENSOR "}", "printable");
    wrong("{\"\":" TENSOR "}", "printable");
    wrong("{\"__metadata__\":{\"a\":1}}", "a text is missing");
    wrong("{\"__metadata__\":[]}", "metadata are no object");
}

/* files shorter than they claim */
static void test_short(void)
{
    static const unsigned char file[] = { 20, 0, 0, 0, 0, 0, 0, 0, '{', '}' };
    for (size_t n = 0; n <= sizeof file; n++) {
        struct foreign f = { 0 };
        struct source s;
        char error[ERROR_TEXT] = "";
        source_memory(&s, "it.st", file, n);
        expect(!safetensors_read(&s, &f, error) && strstr(error, "shorter than its header claims"),
               "a short file", error);
        refusals++;
    }
}

int main(void)
{
    test_written();
    test_read();
    test_short();
    printf("tensors of %d layers read by a second reader, %d wrong files refused\n", 4, refusals);
    return failed;
}
