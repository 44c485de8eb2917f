/* arrays.c - see arrays.h. */
#include "arrays.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/memory.h"
#include "npy.h"
#include "zip.h"

const struct array_names array_names[] = {
    { { "x_train", "y_train", "x_test", "y_test" } },
    { { "X_train", "y_train", "X_test", "y_test" } },
    { { "train_images", "train_labels", "test_images", "test_labels" } },
    { { "x", "y", NULL, NULL } },
    { { "X", "y", NULL, NULL } },
    { { "images", "labels", NULL, NULL } },
    { { NULL } },
};

/* what arrays are read from: a folder, or an archive */
struct place {
    const char *path;
    int (*has)(const struct place *p, const char *name);
    int (*read)(const struct place *p, const char *name, struct npy *a, char *error);
    struct zip zip; /* of an archive */
};

/* ---- arrays as examples ---- */

/* 1 if no extent is 0, or more than examples are counted with; else 0 and a sentence */
static int check_extents(const struct npy *a, const char *name, char *error)
{
    char text[NPY_SHAPE];
    for (int d = 0; d < a->dims; d++)
        if (!a->dim[d] || a->dim[d] > INT_MAX)
            return error_set(error, "%s is empty or too large: its shape is %s", name, npy_shape(a, text));
    return 1;
}

static int shape_examples(const struct npy *a, const char *name, struct shape *shape, char *error)
{
    char text[NPY_SHAPE];
    const size_t channels = a->dims == 4 ? a->dim[1] : 1;
    npy_shape(a, text);
    if (a->dims < 2 || a->dims > 4)
        return error_set(error, "%s has the shape %s; examples are N,H,W or N,C,H,W or N,D", name, text);
    if (!check_extents(a, name, error)) return 0;
    if (channels > DATA_CHANNELS)
        return error_set(error, "%s has the shape %s, and as N,C,H,W %zu channels; at most %d are read%s",
                         name, text, channels, DATA_CHANNELS,
                         a->dim[3] <= DATA_CHANNELS ? ": x.transpose(0, 3, 1, 2) brings them forward" : "");
    if (a->elements / a->dim[0] > EXTENTS_MOST)
        return error_set(error, "%s has the shape %s: an example has more than %d numbers", name, text,
                         EXTENTS_MOST);
    if (a->dims == 2)
        *shape = (struct shape){ (int)a->dim[1], 0, 0 };
    else
        *shape = (struct shape){ (int)channels, (int)a->dim[a->dims - 2], (int)a->dim[a->dims - 1] };
    return 1;
}

/* Bytes as they are; of other types those that are all whole and 0 to 255 become bytes. */
static int take_images(struct npy *a, const char *name, struct examples *e, char *error)
{
    if (!shape_examples(a, name, &e->shape, error)) return 0;
    e->split.n = (int)a->dim[0];
    if (a->kind == 'u' && a->size == 1) {
        e->split.image = a->data;
        a->data = NULL;
        return 1;
    }
    float *x = memory_need(a->elements, sizeof *x);
    size_t k = 0;
    for (; k < a->elements; k++) {
        x[k] = (float)npy_number(a, k);
        if (!isfinite(x[k])) break;
    }
    if (k == a->elements)
        examples_take(e, (int)a->dim[0], e->shape, x);
    else
        error_set(error, "%s: example %zu has a number that is NaN, infinite or too large for a float", name,
                  k / (a->elements / a->dim[0]));
    free(x);
    return k == a->elements;
}

static int take_labels(const struct npy *a, const char *name, struct split *s, char *error)
{
    char text[NPY_SHAPE];
    npy_shape(a, text);
    if (a->kind == 'f')
        return error_set(error, "%s holds floats; labels are whole numbers: y.astype(int)", name);
    if (a->dims < 1 || a->dims > 2 || (a->dims == 2 && a->dim[1] != 1))
        return error_set(error,
                         "%s has the shape %s; labels are one number for each example: of one-hot rows, "
                         "y.argmax(1)",
                         name, text);
    if (a->dim[0] != (size_t)s->n)
        return error_set(error, "%s has %zu labels, and there are %d examples", name, a->dim[0], s->n);
    s->label = memory_need(a->elements, 1);
    for (size_t k = 0; k < a->elements; k++) {
        const double label = npy_number(a, k);
        if (!(label >= 0 && label < CLASSES_MOST))
            return error_set(error, "%s: label %zu is %.0f; classes are counted from 0 to at most %d", name,
                             k, label, CLASSES_MOST - 1);
        s->label[k] = (unsigned char)label;
    }
    return 1;
}

/* ---- pairs ---- */

static int load_part(const struct place *p, const char *x, const char *y, struct examples *e, char *error)
{
    struct npy a;
    char name[DATA_PATH];
    snprintf(name, sizeof name, "%.*s: %s", DATA_PATH / 2, p->path, x);
    if (!p->read(p, x, &a, error)) return 0;
    int ok = take_images(&a, name, e, error);
    npy_free(&a);
    if (!ok || !p->read(p, y, &a, error)) return 0;
    snprintf(name, sizeof name, "%.*s: %s", DATA_PATH / 2, p->path, y);
    ok = take_labels(&a, name, &e->split, error);
    npy_free(&a);
    return ok;
}

static const struct array_names *names_in(const struct place *p)
{
    for (const struct array_names *names = array_names; names->of[0]; names++)
        if (p->has(p, names->of[ARRAY_X]) && p->has(p, names->of[ARRAY_Y])) return names;
    return NULL;
}

static int load(const struct place *p, struct own_read *r, char *error)
{
    const struct array_names *names = names_in(p);
    if (!names)
        return error_set(
            error, "%s has no arrays x and y, images and labels, or x_train, y_train, x_test and y_test",
            p->path);
    if (!load_part(p, names->of[ARRAY_X], names->of[ARRAY_Y], &r->train, error)) return 0;
    const char *x = names->of[ARRAY_TEST_X], *y = names->of[ARRAY_TEST_Y];
    const int has_x = x && p->has(p, x), has_y = y && p->has(p, y);
    if (has_x != has_y)
        return error_set(error, "%s has an array %s, but no %s", p->path, has_x ? x : y, has_x ? y : x);
    return !has_x || load_part(p, x, y, &r->test, error);
}

/* ---- folders ---- */

/* "FOLDER/NAME.npy", plain or .gz; 0 if neither is there */
static int file_of(const struct place *p, const char *name, char path[DATA_PATH])
{
    struct stat about;
    for (int gz = 0; gz < 2; gz++) {
        const int n = snprintf(path, DATA_PATH, "%s/%s.npy%s", p->path, name, gz ? ".gz" : "");
        if (n > 0 && n < DATA_PATH && !stat(path, &about)) return 1;
    }
    return 0;
}

static int has_file(const struct place *p, const char *name)
{
    char path[DATA_PATH];
    return file_of(p, name, path);
}

static int read_file(const struct place *p, const char *name, struct npy *a, char *error)
{
    char path[DATA_PATH];
    *a = (struct npy){ 0 };
    if (!file_of(p, name, path)) return error_set(error, "%s lacks the file %s.npy", p->path, name);
    struct source s;
    if (!source_open(&s, path, error)) return 0;
    const int ok = npy_read(&s, a, error);
    source_close(&s);
    return ok;
}

int arrays_are_in(const char *folder)
{
    return names_in(&(struct place){ .path = folder, .has = has_file }) != NULL;
}

int arrays_load_folder(const char *folder, struct own_read *r, char *error)
{
    return load(&(struct place){ .path = folder, .has = has_file, .read = read_file }, r, error);
}

/* ---- archives ---- */

/* the member NAME.npy, -1: there is none */
static int find_member(const struct place *p, const char *name)
{
    char want[ZIP_NAME];
    snprintf(want, sizeof want, "%s.npy", name);
    for (int k = 0; k < p->zip.members; k++)
        if (!strcmp(p->zip.member[k].name, want)) return k;
    return -1;
}

static int has_member(const struct place *p, const char *name)
{
    return find_member(p, name) >= 0;
}

static int read_member(const struct place *p, const char *name, struct npy *a, char *error)
{
    const int member = find_member(p, name);
    struct source s;
    char where[DATA_PATH];
    size_t n;
    *a = (struct npy){ 0 };
    if (member < 0) return error_set(error, "%s lacks the array %s", p->path, name);
    unsigned char *bytes = zip_member(&p->zip, member, &n, error);
    if (!bytes) return 0;
    snprintf(where, sizeof where, "%.*s: %s.npy", DATA_PATH / 2, p->path, name);
    source_memory(&s, where, bytes, n);
    const int ok = npy_read(&s, a, error);
    free(bytes);
    return ok;
}

int arrays_load_npz(const char *path, struct own_read *r, char *error)
{
    struct place p = { .path = path, .has = has_member, .read = read_member };
    struct source s;
    if (!source_open(&s, path, error)) return 0;
    int ok = zip_read(&s, &p.zip, error);
    source_close(&s);
    if (!ok) return 0;
    ok = load(&p, r, error);
    zip_free(&p.zip);
    return ok;
}
