/* cifar.c - the reader of CIFAR's binary files; see cifar.h. */
#include "cifar.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LABELS = 2, RECORD = LABELS + CIFAR_PIXELS, FIRST = 16 };

/* room for so many images; 0 if there is no memory for them */
static int make_room(struct cifar *c, int images)
{
    unsigned char *image = realloc(c->image, (size_t)images * CIFAR_PIXELS);
    if (image) c->image = image;
    unsigned char *label = image ? realloc(c->label, (size_t)images) : NULL;
    if (label) c->label = label;
    return label != NULL;
}

static size_t read_some(struct source *s, struct tar_member *member, void *into, size_t n)
{
    return member ? tar_read(s, member, into, n) : source_read(s, into, n);
}

/* One record; 0 at the end, or with a sentence in s->reason. The memory grows only as records arrive. */
static int read_record(struct source *s, struct tar_member *member, const char *name, size_t label_bytes,
                       struct cifar *c, int *room, struct sha256 *sum)
{
    unsigned char record[RECORD];
    size_t bytes = label_bytes + CIFAR_PIXELS, got = read_some(s, member, record, bytes);
    if (*s->reason || !got) return 0;
    if (got < bytes)
        return error_set(s->reason, "%s ends inside of image %d: each takes %zu bytes", name, c->n, bytes);
    if (c->n == *room) {
        int more = *room < FIRST ? FIRST : *room > INT_MAX / 2 / CIFAR_PIXELS ? 0 : 2 * *room;
        if (!more) return error_set(s->reason, "%s holds more than the %d images that are read", name, *room);
        if (!make_room(c, more))
            return error_set(s->reason, "out of memory: %s has %d images or more", name, c->n);
        *room = more;
    }
    sha256_add(sum, record, bytes);
    c->label[c->n] = record[label_bytes - 1];
    memcpy(c->image + (size_t)c->n++ * CIFAR_PIXELS, record + label_bytes, CIFAR_PIXELS);
    return 1;
}

/* 0 and a sentence in s->reason */
static int check_labels(struct source *s, const char *name, const struct cifar *c, int classes)
{
    for (int k = 0; k < c->n; k++)
        if (c->label[k] >= classes)
            return error_set(s->reason, "%s: label %d is %d, but there are only the classes 0 to %d", name, k,
                             c->label[k], classes - 1);
    return c->n || error_set(s->reason, "%s is empty", name);
}

int cifar_read(struct source *s, struct tar_member *member, const char *name, int label_bytes, int classes,
               struct cifar *c, char *error)
{
    int room = 0;
    struct sha256 sum = sha256_begin();
    *c = (struct cifar){ 0 };
    while (read_record(s, member, name, (size_t)label_bytes, c, &room, &sum)) {
    }
    if (!*s->reason && check_labels(s, name, c, classes)) {
        sha256_end(&sum, c->sha256);
        return 1;
    }
    cifar_free(c);
    return error_set(error, "%s", s->reason);
}

int cifar_join(struct cifar *c, struct cifar *more, char *error)
{
    if (more->n > INT_MAX / CIFAR_PIXELS - c->n || !make_room(c, c->n + more->n))
        return error_set(error, "out of memory: %d images and %d more are too many", c->n, more->n);
    if (more->n) { /* memcpy takes no NULL, of no bytes either */
        memcpy(c->image + (size_t)c->n * CIFAR_PIXELS, more->image, (size_t)more->n * CIFAR_PIXELS);
        memcpy(c->label + c->n, more->label, (size_t)more->n);
    }
    c->n += more->n;
    cifar_free(more);
    return 1;
}

void cifar_free(struct cifar *c)
{
    free(c->image);
    free(c->label);
    *c = (struct cifar){ 0 };
}
