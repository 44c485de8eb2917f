/* npy_folder.c - see npy_folder.h. */
#include "npy_folder.h"

#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "npy.h"

int npy_folder_tensor(const char *folder, const struct named *n, char *error)
{
    char path[FILE_PATH + 60];
    struct file_out f;
    snprintf(path, sizeof path, "%s/%s.npy", folder, n->name);
    if (!file_open(&f, path, error)) return 0;
    npy_header(f.out, "<f4", n->dims, n->dim);
    named_write(f.out, n->x, n->elements);
    return file_keep(&f, error);
}

int npy_folder_network(const char *folder, const struct netfile *file, char *error)
{
    char path[FILE_PATH + 60];
    struct file_out f;
    snprintf(path, sizeof path, "%s/network.net", folder);
    if (!file_open(&f, path, error)) return 0;
    char *text = memory_need(NETFILE_BYTES, 1);
    fwrite(text, 1, netfile_text(file, text), f.out);
    free(text);
    return file_keep(&f, error);
}

int npy_folder_write(const char *path, const struct snapshot *s, char *error)
{
    struct folder_out f;
    if (!folder_open(&f, path, error)) return 0;
    int ok = npy_folder_network(f.unfinished, &s->t->file, error) &&
             npy_folder_tensor(f.unfinished, &s->mean, error) &&
             npy_folder_tensor(f.unfinished, &s->scale, error);
    for (int k = 0; ok && k < s->tensors; k++) ok = npy_folder_tensor(f.unfinished, &s->named[k], error);
    if (ok) return folder_keep(&f, error);
    folder_drop(&f);
    return 0;
}
