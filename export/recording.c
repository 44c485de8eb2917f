/* recording.c - see recording.h. */
#include "recording.h"

#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "named.h"
#include "npy.h"
#include "npy_folder.h"

int recording_begin(struct recording *r, const char *path, const struct trainer *t, char *error)
{
    *r = (struct recording){ .room = (long)t->epochs * trainer_steps_per_epoch(t) };
    if (augment_is_on(&t->augment))
        return error_set(error,
                         "with augment an image is another one in every epoch, and cannot be recorded");
    if (!folder_open(&r->folder, path, error)) return 0;
    r->is_open = 1;
    r->start = memory_need(t->net.params, sizeof *r->start);
    r->loss = memory_need((size_t)r->room, sizeof *r->loss);
    memcpy(r->start, t->net.param, t->net.params * sizeof *r->start);
    return 1;
}

void recording_step(struct recording *r, float loss)
{
    if (r->steps < r->room) r->loss[r->steps++] = loss;
}

void recording_free(struct recording *r)
{
    if (r->is_open) folder_drop(&r->folder);
    free(r->start);
    free(r->loss);
    memset(r, 0, sizeof *r);
}

/* ---- files ---- */

static int begin(struct file_out *f, const char *folder, const char *name, char *error)
{
    char path[FILE_PATH + NAMED_TEXT + 8];
    snprintf(path, sizeof path, "%s/%s.npy", folder, name);
    return file_open(f, path, error);
}

/* all images of a split as the network sees them, and their labels */
static int write_split(const char *folder, const struct trainer *t, const struct split *split,
                       const char *before, char *error)
{
    enum { AT_ONCE = 64 };
    struct file_out f;
    char name[NAMED_TEXT];
    int order[AT_ONCE], label[AT_ONCE];
    const int features = t->data->features;
    float *x = memory_need((size_t)AT_ONCE * (size_t)features, sizeof *x);
    int *labels = memory_need((size_t)split->n, sizeof *labels);
    snprintf(name, sizeof name, "%sx", before);
    int ok = begin(&f, folder, name, error);
    if (ok) npy_header(f.out, "<f4", 2, (int[]){ split->n, features });
    for (int at = 0; ok && at < split->n; at += AT_ONCE) {
        const int n = split->n - at < AT_ONCE ? split->n - at : AT_ONCE;
        for (int k = 0; k < n; k++) order[k] = at + k;
        data_gather(t->data, split, n, order, x, label);
        named_write(f.out, x, (size_t)n * (size_t)features);
        memcpy(labels + at, label, (size_t)n * sizeof *label);
    }
    ok = ok && file_keep(&f, error);
    snprintf(name, sizeof name, "%slabel", before);
    ok = ok && begin(&f, folder, name, error);
    if (ok) {
        npy_header(f.out, "<i4", 1, &split->n);
        npy_ints(f.out, labels, (size_t)split->n);
        ok = file_keep(&f, error);
    }
    free(x);
    free(labels);
    return ok;
}

static int write_order(const char *folder, const struct trainer *t, char *error)
{
    struct file_out f;
    const int n = t->data->train.n;
    if (!begin(&f, folder, "order", error)) return 0;
    int *order = memory_need((size_t)n, sizeof *order);
    npy_header(f.out, "<i4", 2, (int[]){ t->epochs, n });
    for (int epoch = 0; epoch < t->epochs; epoch++) {
        trainer_order(t, epoch, order);
        npy_ints(f.out, order, (size_t)n);
    }
    free(order);
    return file_keep(&f, error);
}

static int write_losses(const char *folder, const struct recording *r, char *error)
{
    struct file_out f;
    if (!begin(&f, folder, "loss", error)) return 0;
    npy_header(f.out, "<f4", 1, (int[]){ (int)r->steps });
    named_write(f.out, r->loss, (size_t)r->steps);
    return file_keep(&f, error);
}

int recording_write(struct recording *r, struct trainer *t, char *error)
{
    struct named named[NAMED_MOST];
    const int n = named_list(t->net.layer, t->net.layers, r->start, t->net.buffer, named);
    const char *to = r->folder.unfinished;
    int ok = npy_folder_network(to, &t->file, error) && write_split(to, t, &t->data->train, "", error) &&
             write_split(to, t, &t->data->test, "test_", error) && write_order(to, t, error) &&
             write_losses(to, r, error);
    for (int k = 0; ok && k < n; k++)
        if (!strstr(named[k].name, ".running_")) ok = npy_folder_tensor(to, &named[k], error);
    if (!ok) return 0;
    r->is_open = 0;
    return folder_keep(&r->folder, error);
}
