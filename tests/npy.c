/* npy.c - arrays of every type and order are read from .npy files and ZIP archives with the numbers that they
 * were made of; every wrong file is refused with a sentence that says what is wrong, and leaves nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../train/npy.h"
#include "../train/zip.h"
#include "npy_made.h"

static int failed, refusals;

static void expect(int ok, const char *what, const char *error)
{
    if (ok) return;
    failed = 1;
    printf("FAIL: %s (%s)\n", what, error);
}

/* ---- right arrays ---- */

struct right {
    const char *header;
    int version;
    size_t bytes;
    unsigned char data[32];
    int elements;
    double number[6];
};

static const struct right rights[] = {
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
      1,
      8,
      { 0, 0, 128, 63, 0, 0, 0, 192 },
      2,
      { 1, -2 } },
    { "{\"shape\":(2 , ) ,\"descr\":\">f4\",\"fortran_order\":False}",
      2,
      8,
      { 63, 128, 0, 0, 192, 0, 0, 0 },
      2,
      { 1, -2 } },
    { "{'descr': '<f8', 'fortran_order': False, 'shape': (), }",
      3,
      8,
      { 0, 0, 0, 0, 0, 0, 248, 63 },
      1,
      { 1.5 } },
    { "{'descr': '<f2', 'fortran_order': False, 'shape': (3, 2), }",
      1,
      12,
      { 0, 60, 1, 0, 255, 123, 0, 192, 0, 128, 0, 4 },
      6,
      { 1, 1.0 / (1 << 24), 65504, -2, -0.0, 1.0 / (1 << 14) } },
    { "{'descr': '|u1', 'fortran_order': False, 'shape': (3L,), }", 1, 3, { 0, 1, 255 }, 3, { 0, 1, 255 } },
    { "{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }", 1, 2, { 128, 127 }, 2, { -128, 127 } },
    { "{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", 1, 2, { 0, 1 }, 2, { 0, 1 } },
    { "{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }", 1, 4, { 255, 254, 1, 0 }, 2, { -2, 256 } },
    { "{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }",
      1,
      4,
      { 0, 0, 0, 128 },
      1,
      { 2147483648.0 } },
    { "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
      1,
      8,
      { 254, 255, 255, 255, 255, 255, 255, 255 },
      1,
      { -2 } },
    { "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
      1,
      6,
      { 1, 4, 2, 5, 3, 6 },
      6,
      { 1, 2, 3, 4, 5, 6 } },
    { "{'descr': '>u2', 'fortran_order': True, 'shape': (1, 2, 2), }",
      1,
      8,
      { 0, 1, 0, 3, 0, 2, 0, 4 },
      4,
      { 1, 2, 3, 4 } },
    { "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 3), }", 1, 0, { 0 }, 0, { 0 } },
};

static int reads(const struct right *r, const unsigned char *bytes, size_t n)
{
    struct source s;
    struct npy a;
    char error[ERROR_TEXT] = "";
    source_memory(&s, "it.npy", bytes, n);
    int ok = npy_read(&s, &a, error) && a.elements == (size_t)r->elements;
    for (int k = 0; ok && k < r->elements; k++) ok = npy_number(&a, (size_t)k) == r->number[k];
    expect(ok, r->header, error);
    npy_free(&a);
    return ok;
}

static void test_rights(void)
{
    for (size_t k = 0; k < sizeof rights / sizeof *rights; k++) {
        struct made m = { 0 };
        made_npy(&m, rights[k].version, rights[k].header);
        made_add(&m, rights[k].data, rights[k].bytes);
        reads(&rights[k], m.bytes, m.n);
        free(m.bytes);
    }
}

/* ---- wrong ones ---- */

static void refused(const unsigned char *bytes, size_t n, const char *word)
{
    struct source s;
    struct npy a;
    char error[ERROR_TEXT] = "";
    source_memory(&s, "it.npy", bytes, n);
    expect(!npy_read(&s, &a, error) && strstr(error, word) && strstr(error, "it.npy") &&
               !strchr(error, '\n') && !a.data,
           word, error);
    refusals++;
}

static void test_wrongs(void)
{
    static const struct {
        const char *header, *word;
        int version;
    } wrongs[] = {
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "is cut off", 1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "goes on after", 1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "version 4", 4 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "version 0", 0 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "a wrong 'more'", 1 },
        { "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "a wrong 'descr'", 1 },
        { "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }", "a wrong 'fortran_order'", 1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "its shape is none", 1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2", "its shape is none", 1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': [2], }", "its shape is none", 1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2), }", "its shape is none",
          1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "its shape is none",
          1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999, 999999999), }",
          "which no memory holds", 1 },
        { "{'descr': '<f4', 'fortran_order': False, }", "is no dictionary of", 1 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x", "is no dictionary of", 1 },
        { "{'descr': '<f4' 'fortran_order': False, 'shape': (2,), }", "is no dictionary", 1 },
        { "no dictionary", "is no dictionary", 1 },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
          "structures with several fields", 1 },
        { "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "Python objects", 1 },
        { "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "complex numbers", 1 },
        { "{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }", "holds texts", 1 },
        { "{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "dtype <f16", 1 },
        { "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,), }", "no numbers", 1 },
    };
    for (size_t k = 0; k < sizeof wrongs / sizeof *wrongs; k++) {
        struct made m = { 0 };
        made_npy(&m, wrongs[k].version, wrongs[k].header);
        made_add(&m, "\0\0\0\0\0\0\0\0", 8);
        refused(m.bytes, m.n, wrongs[k].word);
        free(m.bytes);
    }
    refused((const unsigned char *)"", 0, "is not a .npy file");
    refused((const unsigned char *)"\x93NUMPX\1\0\1\0 ", 11, "is not a .npy file");
    refused((const unsigned char *)"\x93NUMPY\1\0\200\0{}", 12, "header is cut off");
    refused((const unsigned char *)"\x93NUMPY\2\0\1\0\1\0 ", 13, "claims a header of 65537 bytes");
    refused((const unsigned char *)"\x93NUMPY\1\0\3\0{\0}", 13, "header is cut off");
}

/* ---- archives ---- */

static const char *const names[] = { "a.npy", "b.npy", "a.npy" };
static struct made member[3];
static char called[2]; /* the first letters of what is_whole read */

/* 1 if the archive is read and its members are those, else 0 and a sentence */
static int is_whole(const struct made *m, char *error)
{
    struct source s;
    struct zip z;
    int ok;
    source_memory(&s, "it.npz", m->bytes, m->n);
    if (!zip_read(&s, &z, error)) return 0;
    ok = z.members == 2;
    for (int k = 0; k < 2 && ok; k++) {
        size_t n;
        unsigned char *bytes = zip_member(&z, k, &n, error);
        called[k] = z.member[k].name[0];
        ok = bytes && n == member[k].n && !memcmp(bytes, member[k].bytes, n);
        free(bytes);
    }
    zip_free(&z);
    return ok;
}

/* the archive with byte `at`, from the end if it is below 0, changed: its sentence must have the word */
static void spoiled(int is_deflated, long at, int to, const char *word)
{
    struct made m = { 0 };
    char error[ERROR_TEXT] = "";
    made_zip(&m, 2, names, member, is_deflated);
    m.bytes[at < 0 ? (long)m.n + at : at] = (unsigned char)to;
    expect(!is_whole(&m, error) && strstr(error, word) && strstr(error, "it.npz"), word, error);
    refusals++;
    free(m.bytes);
}

/* Every prefix, and every change of a byte, must leave a sentence or the right bytes: only the time, version
 * and the like may change freely. */
static void test_spoiled(int is_deflated)
{
    struct made whole = { 0 };
    char error[ERROR_TEXT] = "";
    made_zip(&whole, 2, names, member, is_deflated);
    expect(is_whole(&whole, error) && called[0] == 'a' && called[1] == 'b', "an archive", error);
    for (size_t n = 0; n < whole.n; n++) {
        struct made part = { whole.bytes, n };
        expect(!is_whole(&part, error), "a cut archive", "");
    }
    for (size_t k = 0; k < whole.n; k++) {
        whole.bytes[k] ^= 0x55;
        *error = '\0';
        expect(is_whole(&whole, error) || *error, "a changed byte leaves no sentence", "");
        whole.bytes[k] ^= 0x55;
    }
    free(whole.bytes);
}

static void test_archives(void)
{
    /* an entry with its name; the end */
    enum { DIRECTORY = 46 + 5, BEHIND = 22 };
    struct made twice = { 0 };
    char error[ERROR_TEXT] = "";
    for (int k = 0; k < 2; k++) {
        char text[300];
        made_npy(&member[k], 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (200,), }");
        memset(text, 'x' + k, sizeof text);
        made_add(&member[k], text, 200);
    }
    member[2] = member[0];
    test_spoiled(0);
    test_spoiled(1);
    const long first = -(BEHIND + 2 * DIRECTORY);
    spoiled(0, 60, 'z', "checksum does not fit");
    spoiled(1, 80, 0xff, "checksum does not fit");
    spoiled(0, first + 8, 1, "is encrypted");
    spoiled(0, first + 10, 12, "numpy.savez");
    spoiled(0, first + 24, 1, "not as long as");
    spoiled(1, first + 26, 0xff, "not as long as");
    spoiled(0, first + 42, 9, "not where its directory");
    spoiled(0, first + 46, 1, "is no text");
    spoiled(0, first + 28, 0, "has 0 bytes");
    spoiled(0, -BEHIND + 16, 0xff, "not where its end says");
    spoiled(0, -BEHIND, 0, "is no ZIP archive");
    made_zip(&twice, 3, names, member, 0);
    expect(!is_whole(&twice, error) && strstr(error, "two members called a.npy"), "a name twice", error);
    free(twice.bytes);
    for (int k = 0; k < 2; k++) free(member[k].bytes);
}

int main(void)
{
    test_rights();
    test_wrongs();
    test_archives();
    printf("%zu arrays read, %d wrong files refused\n", sizeof rights / sizeof *rights, refusals);
    return failed;
}
