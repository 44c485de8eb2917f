/* own_data.c - a user's own data: files that this program writes byte by byte, read and compared with the
 * numbers that were put in. Each comparison is shown numbers in a wrong order, which it must refuse. */
#include <ftw.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../train/own.h"
#include "../train/picture.h"
#include "../train/table.h"
#include "own_made.h"

static const char *scratch;
static int failed;

static void report(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

/* the sentence must have these words, and be one line */
static void refused(int ok, const char *error, const char *words)
{
    report(!ok && strstr(error, words) && !strchr(error, '\n'), ok ? words : error);
}

/* ---- arrays ---- */

enum { TRAIN = 12, TEST = 5, CHANNELS = 3, ROWS = 4, COLS = 2, FEATURES = CHANNELS * ROWS * COLS };

/* of channel c, row y, column x of example k; the examples to test with come behind those to train on */
static double number_at(int k, int c, int y, int x)
{
    return (k * 53 + c * 31 + y * 7 + x * 3) % 256;
}

static int label_of(int k)
{
    return (k * 5 + 2) % 7;
}

/* appends a number as that type, least significant byte first */
static void add_typed(struct made *m, const char *type, double number)
{
    const int bytes = type[1] - '0';
    uint64_t bits = type[0] == 'f' ? 0 : (uint64_t)(int64_t)number;
    if (type[0] == 'f' && bytes == 8) memcpy(&bits, &number, sizeof bits);
    if (type[0] == 'f' && bytes == 4) {
        const float f = (float)number;
        uint32_t low;
        memcpy(&low, &f, sizeof low);
        bits = low;
    }
    for (int b = 0; b < bytes; b++) made_add(m, &(unsigned char){ (unsigned char)(bits >> 8 * b) }, 1);
}

struct kind { /* of arrays */
    const char *type, *label_type;
    int dims;      /* 2: N,D; 3: N,H,W, and channels are rows; 4 */
    double factor; /* of all numbers */
    int is_packed; /* in an archive: 0, 1; -1: files */
    const char *of[4];
};

static void add_array(struct made *m, const struct kind *k, int from, int n)
{
    char header[200], shape[80];
    snprintf(shape, sizeof shape, k->dims == 2 ? "%d, 24" : k->dims == 3 ? "%d, 12, 2" : "%d, 3, 4, 2", n);
    snprintf(header, sizeof header, "{'descr': '<%s', 'fortran_order': False, 'shape': (%s), }", k->type,
             shape);
    made_npy(m, 1, header);
    for (int e = from; e < from + n; e++)
        for (int i = 0; i < FEATURES; i++)
            add_typed(m, k->type, number_at(e, i / 8, i / 2 % 4, i % 2) * k->factor);
}

static void add_labels(struct made *m, const struct kind *k, int from, int n)
{
    char header[200];
    snprintf(header, sizeof header, "{'descr': '<%s', 'fortran_order': False, 'shape': (%d,), }",
             k->label_type, n);
    made_npy(m, 1, header);
    for (int e = from; e < from + n; e++) add_typed(m, k->label_type, label_of(e));
}

/* writes them; path gets where they are */
static void write_arrays(const struct kind *k, char path[300])
{
    struct made part[4] = { { 0 } }, archive = { 0 };
    char name[4][40];
    const char *names[4] = { name[0], name[1], name[2], name[3] };
    for (int p = 0; p < 4; p++) {
        const int from = p < 2 ? 0 : TRAIN, n = p < 2 ? TRAIN : TEST;
        (p % 2 ? add_labels : add_array)(&part[p], k, from, n);
        snprintf(name[p], sizeof name[p], "%s.npy", k->of[p]);
    }
    snprintf(path, 300, "%s/arrays of %s%s", scratch, k->type, k->is_packed < 0 ? "" : ".npz");
    if (k->is_packed >= 0) {
        made_zip(&archive, 4, names, part, k->is_packed);
        made_write(&archive, "", path + 1);
    }
    for (int p = 0; p < 4; p++) {
        char file[500];
        snprintf(file, sizeof file, "%s/%s", path + 1, name[p]);
        if (k->is_packed < 0)
            made_write(&part[p], "", file);
        else
            free(part[p].bytes);
    }
}

/* 1 if the split has the examples from `from` on. wrong: 1, rows and columns are exchanged; 2, channels are
 * looked for behind them; 3, labels are off by one example */
static int is_right(const struct split *s, int from, int n, double factor, int wrong)
{
    int ok = s->n == n;
    for (int k = 0; ok && k < n; k++) {
        float x[FEATURES];
        split_numbers(s, FEATURES, k, x);
        ok = s->label[k] == label_of(from + k + (wrong == 3));
        for (int c = 0; c < CHANNELS; c++)
            for (int y = 0; y < ROWS; y++)
                for (int i = 0; i < COLS; i++) {
                    const int at = wrong == 1   ? (c * COLS + i) * ROWS + y
                                   : wrong == 2 ? (y * COLS + i) * CHANNELS + c
                                                : (c * ROWS + y) * COLS + i;
                    ok = ok && x[at] == (float)(number_at(from + k, c, y, i) * factor);
                }
    }
    return ok;
}

static void check_arrays(void)
{
    static const struct kind kinds[] = {
        { "u1", "i8", 4, 1, 0, { "x_train", "y_train", "x_test", "y_test" } },
        { "i2", "u1", 4, -3, 1, { "x_train", "y_train", "x_test", "y_test" } },
        { "f4", "i4", 4, 1 / 256.0, 1, { "X_train", "y_train", "X_test", "y_test" } },
        { "f8", "u2", 2, 0.1, 0, { "train_images", "train_labels", "test_images", "test_labels" } },
        { "i8", "i1", 3, 1, -1, { "x_train", "y_train", "x_test", "y_test" } },
        { "u4", "u8", 2, 3, -1, { "X_train", "y_train", "X_test", "y_test" } },
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const struct kind *kind = &kinds[k];
        const int is_real = kind->factor != 1;
        struct shape input = { CHANNELS, ROWS, COLS };
        struct dataset d;
        char path[300], error[ERROR_TEXT] = "", what[400];
        write_arrays(kind, path);
        const int ok = own_load(path, "first", input, &d, error);
        snprintf(what, sizeof what, "%s: %s", path, error);
        report(ok && is_right(&d.train, 0, TRAIN, kind->factor, 0) &&
                   is_right(&d.test, TRAIN, TEST, kind->factor, 0) && d.features == FEATURES &&
                   d.channels == (kind->dims == 3 ? 1 : 3) && d.rows == (kind->dims == 3 ? 12 : ROWS) &&
                   d.cols == COLS && !d.train.real == !is_real && !d.test.real == !is_real &&
                   d.set->classes == 7,
               what);
        for (int wrong = 1; ok && wrong <= 3; wrong++)
            report(!is_right(&d.train, 0, TRAIN, kind->factor, wrong),
                   "  numbers in a wrong order are noticed");
        if (ok) data_free(&d);
    }
}

/* x and y of these headers, with zeros behind them, in a folder */
static void refuse_arrays(const char *x, size_t x_bytes, const char *y, size_t y_bytes, const char *words)
{
    struct made a = { 0 }, b = { 0 };
    struct dataset d;
    char error[ERROR_TEXT] = "", path[300], zeros[512] = { 0 };
    made_npy(&a, 1, x), made_add(&a, zeros, x_bytes);
    made_npy(&b, 1, y), made_add(&b, zeros, y_bytes);
    made_write(&a, scratch, "wrong arrays/x.npy");
    made_write(&b, scratch, "wrong arrays/y.npy");
    snprintf(path, sizeof path, "%s/wrong arrays", scratch);
    const int ok = own_load(path, "first", (struct shape){ 4, 0, 0 }, &d, error);
    refused(ok, error, words);
}

#define HEADER(type, shape) "{'descr': '" type "', 'fortran_order': False, 'shape': (" shape "), }"

static void check_wrong_arrays(void)
{
    refuse_arrays(HEADER("|u1", "3,"), 3, HEADER("<i4", "3,"), 12, "x has the shape (3");
    refuse_arrays(HEADER("|u1", "3, 1, 1, 1, 2"), 6, HEADER("<i4", "3,"), 12,
                  "examples are N,H,W or N,C,H,W or N,D");
    refuse_arrays(HEADER("|u1", "3, 4, 4, 2"), 96, HEADER("<i4", "3,"), 12,
                  "4 channels; at most 3 are read: x.transpose(0, 3, 1, 2)");
    refuse_arrays(HEADER("|u1", "3, 0"), 0, HEADER("<i4", "3,"), 12,
                  "is empty or too large: its shape is (3, 0)");
    refuse_arrays(HEADER("|u1", "3, 2"), 6, HEADER("<f4", "3,"), 12,
                  "labels are whole numbers: y.astype(int)");
    refuse_arrays(HEADER("|u1", "3, 2"), 6, HEADER("<i4", "3, 2"), 24, "of one-hot rows, y.argmax(1)");
    refuse_arrays(HEADER("|u1", "3, 2"), 6, HEADER("<i4", "2,"), 8,
                  "y has 2 labels, and there are 3 examples");
    refuse_arrays(HEADER("|u1", "3, 2"), 5, HEADER("<i4", "3,"), 12, "is cut off");
    struct made a = { 0 }, b = { 0 };
    struct dataset d;
    char error[ERROR_TEXT] = "", path[300];
    made_npy(&a, 1, HEADER("<f4", "2, 1"));
    add_typed(&a, "f4", 1), add_typed(&a, "f4", (double)NAN);
    made_npy(&b, 1, HEADER("<i2", "2,"));
    add_typed(&b, "i2", 1), add_typed(&b, "i2", -1);
    made_write(&a, scratch, "nan/x.npy");
    made_write(&b, scratch, "nan/y.npy");
    snprintf(path, sizeof path, "%s/nan", scratch);
    refused(own_load(path, "first", (struct shape){ 1, 0, 0 }, &d, error), error,
            "x: example 1 has a number that is NaN");
    made_npy(&a, 1, HEADER("<f4", "2, 1"));
    add_typed(&a, "f4", 1), add_typed(&a, "f4", 2);
    made_write(&a, scratch, "nan/x.npy");
    refused(own_load(path, "first", (struct shape){ 1, 0, 0 }, &d, error), error,
            "y: label 1 is -1; classes are");
    refused(own_load(path, "last", (struct shape){ 1, 0, 0 }, &d, error), error, "is no table: label=last");
    snprintf(path, sizeof path, "%s/nan/x.npy", scratch);
    refused(own_load(path, "first", (struct shape){ 1, 0, 0 }, &d, error), error, "has no labels beside it");
}

/* ---- tables ---- */

static const struct {
    const char *label, *text;
    int n, features;
    double number[8];
    int labels[4];
    const char *name; /* of class 0, if they have names */
} tables[] = {
    { "first", "7,0,255\n3,1,2\n", 2, 2, { 0, 255, 1, 2 }, { 7, 3 }, NULL },
    { "first", "c,a,b\r\n7, 0.5 ,-1e3\r\n\r\n3,+1.25,.5", 2, 2, { 0.5, -1000, 1.25, 0.5 }, { 7, 3 }, NULL },
    { "last",
      "5.1,3.5,setosa\n4.9,3,virginica\n6,2,setosa\n",
      3,
      2,
      { 5.1, 3.5, 4.9, 3, 6, 2 },
      { 0, 1, 0 },
      "setosa" },
    { "kind", "a,kind,b\n1,zebra,2\n3,ape,4\n", 2, 2, { 1, 2, 3, 4 }, { 1, 0 }, "ape" },
    { "the, kind",
      "\xef\xbb\xbf\"the, kind\",\"say \"\"a\"\"\"\n\"x\ny\",\"1\"\nb,2\n",
      2,
      1,
      { 1, 2 },
      { 1, 0 },
      "b" },
    { "first", "label,0,1\n7,1,2\n", 1, 2, { 1, 2 }, { 7 }, NULL },
    { "first", "7.0,1,2\n", 1, 2, { 1, 2 }, { 7 }, NULL },
    { "last", "1,last,5\n3,4,5\n", 1, 2, { 3, 5 }, { 4 }, NULL }, /* a column of that name comes first */
    { "first", "2,1,300\n2,3,4\n", 2, 2, { 1, 300, 3, 4 }, { 2, 2 }, NULL },
};

/* moved: compares with the numbers one place on, which is wrong */
static int is_table(size_t row, const struct table *t, const struct classes *classes, int moved)
{
    unsigned char to[CLASSES_MOST];
    struct classes sorted = *classes;
    classes_sort(&sorted, to);
    int ok = t->n == tables[row].n && t->features == tables[row].features;
    for (int k = 0; ok && k < t->n * t->features; k++)
        ok = (t->real ? t->real[k] : (float)t->x[k]) == (float)tables[row].number[k + moved];
    for (int k = 0; ok && k < t->n; k++) ok = to[t->label[k]] == tables[row].labels[k];
    return ok && (tables[row].name ? classes->n && !strcmp(sorted.name[0], tables[row].name) : !classes->n);
}

static int read_text(const char *text, size_t n, const char *label, struct classes *classes, struct table *t,
                     char *error)
{
    struct source s;
    source_memory(&s, "it", text, n);
    return table_read(&s, label, classes, t, error);
}

static void check_tables(void)
{
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
        struct classes classes = { 0 };
        struct table t;
        char error[ERROR_TEXT] = "", what[200];
        int ok = read_text(tables[k].text, strlen(tables[k].text), tables[k].label, &classes, &t, error);
        snprintf(what, sizeof what, "table %zu: %.120s", k, error);
        report(ok && is_table(k, &t, &classes, 0) && !is_table(k, &t, &classes, 1), what);
        table_free(&t);
        classes_free(&classes);
    }
}

static void check_wrong_tables(void)
{
    static const char *const wrong[][3] = {
        { "first", "1,2\n3,nan\n", "line 2, column 2: 'nan' must be a finite number" },
        { "first", "1,2\n3,1e39\n", "line 2, column 2: '1e39' must be a finite number" },
        { "first", "1,2\n3,0x10\n", "'0x10' must be a finite number" },
        { "first", "1,2\n3,\n", "line 2, column 2: '' must be a finite number" },
        { "first", "1,2\n,3\n", "line 2, column 1: '' must be a class" },
        { "first", "1,2\n256,3\n",
          "line 2, column 1: '256' must be a whole number from 0 to 255, or a name" },
        { "first", "1,2\n1.5,3\n", "'1.5' must be a whole number from 0 to 255" },
        { "last", "1,2,a\n1,2,3\n4,5,b\n",
          "line 3, column 3: 'b' is a name, and the classes before it are numbers" },
        { "last", "1,2,3\n1,2,a\n", "line 2, column 3: 'a' is a name" },
        { "kind", "a,b\n1,2\n", "line 1: there is no column 'kind'; label=last" },
        { "first", "1,\"2\n3,4\n", "the quote of the field in line 1 is not closed" },
        { "first", "1,\"2\"3\n", "line 1: '3' behind a quoted field" },
        { "last", "a,b,c\n1,2\n", "line 2: 1 numbers beside the class, and 2 in line 1" },
        { "first", "1,2\n3,\"a\nb\"\n", "line 2, column 2: 'a?b' must be a finite number" },
        { "first", "1,2\n1,2,3\n", "line 2: 2 numbers beside the class, and 1 in line 1" },
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        struct classes classes = { 0 };
        struct table t;
        char error[ERROR_TEXT] = "";
        const int ok = read_text(wrong[k][1], strlen(wrong[k][1]), wrong[k][0], &classes, &t, error);
        refused(ok, error, wrong[k][2]);
        classes_free(&classes);
    }
    struct made m = { 0 };
    struct classes classes = { 0 };
    struct table t;
    char error[ERROR_TEXT] = "", line[32];
    for (int k = 0; k < 257; k++) snprintf(line, sizeof line, "name%d,1\n", k), made_text(&m, line);
    refused(read_text((char *)m.bytes, m.n, "first", &classes, &t, error), error,
            "line 257, column 1: 'name256' is one class more");
    classes_free(&classes);
    free(m.bytes);
}

/* ---- pictures ---- */

/* what each image file holds: these pixels, as planes */
static const unsigned char grey[2 * 3] = { 0, 17, 34, 51, 238, 255 }, /* multiples of 17, of 4 bits */
    colours[3 * 2 * 3] = { 0, 51, 102, 153, 204, 255, 255, 204, 153, 102, 51, 0, 0, 0, 255, 255, 51, 51 };

/* pixels stand together: red, green, blue */
static void interleave(unsigned char *to)
{
    for (int i = 0; i < 6; i++)
        for (int c = 0; c < 3; c++) to[3 * i + c] = colours[6 * c + i];
}

static int is_picture(const struct made *m, const unsigned char *want, int channels, char *error)
{
    struct picture p;
    unsigned char turned[18];
    if (!picture_read("it", m->bytes, m->n, &p, error)) return 0;
    int ok =
        p.channels == channels && p.rows == 2 && p.cols == 3 && !memcmp(p.pixel, want, 6 * (size_t)channels);
    if (channels == 3) { /* an order that would be wrong */
        interleave(turned);
        ok = ok && memcmp(p.pixel, turned, sizeof turned) != 0;
    }
    picture_free(&p);
    return ok;
}

static void check_picture(struct made *m, const unsigned char *want, int channels, const char *what)
{
    char error[ERROR_TEXT] = "", all[800];
    const int ok = is_picture(m, want, channels, error);
    snprintf(all, sizeof all, "%s: %s", what, error);
    report(ok, all);
    unsigned char other[18];
    memcpy(other, want, 6 * (size_t)channels);
    other[5] ^= 1;
    report(!is_picture(m, other, channels, error), "  another pixel is noticed");
    free(m->bytes);
    *m = (struct made){ 0 };
}

static void check_pnm(void)
{
    struct made m = { 0 };
    unsigned char pixels[18];
    made_text(&m, "P2 # a comment\n3 2\n255\n0 17 34\n51 238 255\n");
    check_picture(&m, grey, 1, "P2");
    made_text(&m, "P2\n3 2 15 0 1 2 3 14 15");
    check_picture(&m, grey, 1, "P2 of 4 bits");
    made_text(&m, "P5\n#\n3\t2\n255\n");
    made_add(&m, grey, 6);
    check_picture(&m, grey, 1, "P5");
    made_text(&m, "P5 3 2 65535\n");
    for (int i = 0; i < 6; i++) made_add(&m, (unsigned char[]){ grey[i], grey[i] }, 2);
    check_picture(&m, grey, 1, "P5 of 16 bits");
    interleave(pixels);
    made_text(&m, "P6 3 2 255 ");
    made_add(&m, pixels, 18);
    check_picture(&m, colours, 3, "P6");
    made_text(&m, "P3 3 2 5");
    for (int i = 0; i < 18; i++) made_add(&m, (char[]){ ' ', (char)('0' + pixels[i] / 51) }, 2);
    check_picture(&m, colours, 3, "P3");
}

static void refuse_picture(const char *text, size_t n, const char *words)
{
    struct picture p;
    char error[ERROR_TEXT] = "";
    refused(picture_read("it", (const unsigned char *)text, n, &p, error), error, words);
}

static void check_wrong_pictures(void)
{
#define REFUSE(text, words) refuse_picture(text, sizeof(text) - 1, words)
    REFUSE("P5 3 2 255\n12345", "it is cut off");
    REFUSE("P5 3 2 255\n1234567", "it goes on behind its 6 pixels");
    REFUSE("P5 0 2 255\n", "it has no pixels");
    REFUSE("P5 3 2 0\n123456", "its maximum is 0");
    REFUSE("P5 3 2 9\n12345\x0a", "a sample is larger than the maximum, 9");
    REFUSE("P5 16777216 16777216 255\n123456", "it is cut off: its header promises 16777216x16777216");
    REFUSE("P5 99999999999 2 255\n123456", "a number is larger than 16777216");
    REFUSE("P2 3 2 255\n1 2 3 4 x 6", "a number is missing");
    REFUSE("P4 3 2\n12", "it is a P4 file");
    REFUSE("GIF89a", "it is neither a PGM, a PPM nor a PNG file");
    REFUSE("", "it is neither a PGM, a PPM nor a PNG file");
}

#ifdef RUNGS_HAVE_PNG
static void check_png(void)
{
    struct made m = { 0 };
    unsigned char pixels[18], two[12], four[4] = { 0x01, 0x20, 0x3e, 0xf0 };
    interleave(pixels);
    made_png(&m, 3, 2, 8, 0, grey, 3, NULL, 0);
    check_picture(&m, grey, 1, "PNG, grey");
    made_png(&m, 3, 2, 4, 0, four, 2, NULL, 0);
    check_picture(&m, grey, 1, "PNG, grey of 4 bits");
    for (int i = 0; i < 6; i++) two[2 * i] = two[2 * i + 1] = grey[i];
    made_png(&m, 3, 2, 16, 0, two, 6, NULL, 0);
    check_picture(&m, grey, 1, "PNG, grey of 16 bits");
    made_png(&m, 3, 2, 8, 2, pixels, 9, NULL, 0);
    check_picture(&m, colours, 3, "PNG, colour");
    made_png(&m, 3, 2, 8, 3, (const unsigned char[]){ 0, 1, 2, 3, 4, 5 }, 3, pixels, 6);
    check_picture(&m, colours, 3, "PNG, palette");
    made_png(&m, 1, 1, 8, 6, pixels, 4, NULL, 0);
    refuse_picture((char *)m.bytes, m.n, "it has transparent pixels");
    m.bytes[m.n - 14] ^= 1;
    free(m.bytes), m = (struct made){ 0 };
    made_png(&m, 3, 2, 8, 0, grey, 3, NULL, 0);
    refuse_picture((char *)m.bytes, m.n - 20, "it is a damaged PNG file: it is cut off");
    m.bytes[m.n - 18] ^= 1; /* in the pixels, or their checksum */
    refuse_picture((char *)m.bytes, m.n, "it is a damaged PNG file");
    free(m.bytes);
}
#else
static void check_png(void)
{
    refuse_picture("\x89PNG\r\n\x1a\n123", 11, "built without libpng");
}
#endif

/* ---- folders of images ---- */

static void put_image(const char *name, unsigned rows, unsigned cols, int channels, int value)
{
    struct made m = { 0 };
    char header[40], path[100];
    snprintf(header, sizeof header, "P%c %u %u 255\n", channels == 3 ? '6' : '5', cols, rows);
    made_text(&m, header);
    for (unsigned k = 0; k < rows * cols * (unsigned)channels; k++)
        made_add(&m, &(unsigned char){ (unsigned char)(value + (int)k) }, 1);
    snprintf(path, sizeof path, "images/%s", name);
    made_write(&m, scratch, path);
}

static int load_images(struct dataset *d, char *error)
{
    char path[300];
    snprintf(path, sizeof path, "%s/images", scratch);
    *error = '\0';
    return own_load(path, "first", (struct shape){ 1, 2, 3 }, d, error);
}

static void check_folders(void)
{
    static const char *const class[] = { "9", "10", "100" }; /* as numbers, not as texts */
    struct dataset d;
    char error[ERROR_TEXT], name[80], text[DATA_CLASS];
    for (int k = 0; k < 6; k++) {
        snprintf(name, sizeof name, "train/%s/%d.pgm", class[k % 3], k);
        put_image(name, 2, 3, 1, 10 * k);
    }
    put_image("test/100/a b.pgm", 2, 3, 1, 100);
    put_image("train/9/.hidden", 1, 1, 1, 0);
    int ok = load_images(&d, error);
    report(ok && d.train.n == 6 && d.test.n == 1 && d.rows == 2 && d.cols == 3 && d.channels == 1 &&
               d.set->classes == 3 && !strcmp(data_class(d.set, 0, text), "9") &&
               !strcmp(data_class(d.set, 1, text), "10"),
           error);
    for (int k = 0; ok && k < 6; k++) { /* class by class, in the order of the files' names */
        const int value = k / 2 * 10 + k % 2 * 30;
        ok = d.train.label[k] == k / 2 && d.train.image[6 * k] == value &&
             d.train.image[6 * k + 5] == value + 5;
    }
    report(ok && d.test.label[0] == 2 && d.test.image[0] == 100, "images of classes, in order");
    if (ok) data_free(&d);
    put_image("test/11/x.pgm", 2, 3, 1, 0);
    refused(load_images(&d, error), error, "has a class 11 that is not there to train on");
    put_image("train/11/x.pgm", 2, 4, 1, 0);
    refused(load_images(&d, error), error, "9/0.pgm is 2x3, grey, and ");
    report(strstr(error, "train/11/x.pgm is 2x4, grey") != NULL, error);
    put_image("train/11/x.pgm", 2, 3, 3, 0);
    refused(load_images(&d, error), error, "train/11/x.pgm is 2x3, colour");
    struct made m = { 0 };
    made_text(&m, "no image");
    made_write(&m, scratch, "images/train/11/x.pgm");
    refused(load_images(&d, error), error, "train/11/x.pgm is neither a PGM");
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *at)
{
    (void)about, (void)type, (void)at;
    return remove(path);
}

/* what an earlier run has left */
static void remove_all(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv)
{
    if (argc != 2 || *argv[1] != '/') {
        fprintf(stderr, "usage: own_data SCRATCH_FOLDER, as an absolute path\n");
        return 64;
    }
    scratch = argv[1];
    remove_all(scratch);
    mkdir(scratch, 0777);
    check_arrays();
    check_wrong_arrays();
    check_tables();
    check_wrong_tables();
    check_pnm();
    check_wrong_pictures();
    check_png();
    check_folders();
    return failed;
}
