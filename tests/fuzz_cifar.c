/* fuzz_cifar.c - libFuzzer's target for the readers of tar archives and of CIFAR's files. The input's first
 * byte chooses what it is: a file of CIFAR-10 or CIFAR-100, an archive, or an archive whose headers get
 * right sums first (which no mutation would find). Whatever the bytes, what is handed out is what the file
 * has at its place, or there is a sentence and nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../train/cifar.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { BLOCK = 512, SIZE = 124, SUM = 148 };

static void must(int holds)
{
    if (!holds) abort();
}

static void read_file(const uint8_t *bytes, size_t n, int label_bytes)
{
    struct source s;
    struct cifar c;
    char error[ERROR_TEXT] = "";
    const size_t each = (size_t)label_bytes + CIFAR_PIXELS;
    source_memory(&s, "input", bytes, n);
    if (!cifar_read(&s, NULL, "input", label_bytes, 10, &c, error)) {
        must(*error && !strchr(error, '\n') && !c.n && !c.image && !c.label);
        return;
    }
    must(c.n > 0 && (size_t)c.n * each == n);
    for (size_t k = 0; k < (size_t)c.n; k++) {
        must(c.label[k] < 10 && c.label[k] == bytes[(k + 1) * each - CIFAR_PIXELS - 1]);
        must(!memcmp(c.image + k * CIFAR_PIXELS, bytes + (k + 1) * each - CIFAR_PIXELS, CIFAR_PIXELS));
    }
    cifar_free(&c);
}

/* Members whose names begin with c are read as images, every other one in pieces, and some not at all. */
static void read_archive(const uint8_t *bytes, size_t n)
{
    struct source s;
    struct tar_member m = { 0 };
    char error[ERROR_TEXT] = "";
    int more, members = 0;
    source_memory(&s, "input", bytes, n);
    while ((more = tar_next(&s, &m, error)) > 0) {
        unsigned char piece[700];
        const uint8_t *data = s.at;
        struct cifar c = { 0 };
        must(!m.read && strlen(m.name) < TAR_NAME && (size_t)(s.at - bytes) <= n);
        if (*m.name == 'c') {
            if (cifar_read(&s, &m, m.name, 1, 10, &c, error))
                must((size_t)c.n * (1 + CIFAR_PIXELS) == m.size);
            cifar_free(&c);
        } else if (members % 2) {
            for (size_t got, at = 0; (got = tar_read(&s, &m, piece, sizeof piece)); at += got)
                must(at + got <= m.size && !memcmp(piece, data + at, got));
        }
        must(m.read <= m.size && m.read == (size_t)(s.at - data));
        members++;
    }
    must(more ? *error && !strchr(error, '\n') : !s.left);
}

/* as tar_next would walk it */
static void repair(uint8_t *bytes, size_t n)
{
    for (size_t at = 0; at + BLOCK <= n;) {
        unsigned sum = 0;
        size_t size = 0;
        for (size_t k = 0; k < BLOCK; k++) sum += k < SUM || k >= SUM + 8 ? bytes[at + k] : 0;
        if (!sum) return; /* the end */
        sum += 8 * ' ';
        for (size_t k = 6; k--; sum /= 8) bytes[at + SUM + k] = (uint8_t)('0' + sum % 8);
        bytes[at + SUM + 6] = bytes[at + SUM + 7] = '\0';
        for (size_t k = at + SIZE; k < at + SIZE + 11 && bytes[k] >= '0' && bytes[k] <= '7'; k++)
            size = size * 8 + (size_t)(bytes[k] - '0');
        at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!n) return 0;
    const int kind = bytes[0] % 4;
    uint8_t *copy = malloc(n); /* of exactly that size: a byte beyond it is found */
    must(copy != NULL);
    memcpy(copy, bytes + 1, n - 1);
    if (kind == 3) repair(copy, n - 1);
    if (kind < 2)
        read_file(copy, n - 1, kind + 1);
    else
        read_archive(copy, n - 1);
    free(copy);
    return 0;
}
