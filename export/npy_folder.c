/* npy_folder.c - see npy_folder.h. */
#include "npy_folder.h"

#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"

/* The numbers begin at a multiple of 64 bytes, as NumPy wants them, so that they can be mapped. */
static void put_npy(FILE *out, const struct named *n)
{
    enum { BEFORE = 10, ALIGNED = 64 };
    char text[160] = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    size_t used = strlen(text);
    for (int d = 0; d < n->dims; d++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", d ? ", " : "", n->dim[d]);
    used += (size_t)snprintf(text + used, sizeof text - used, "%s), }", n->dims == 1 ? "," : "");
    while ((BEFORE + used + 1) % ALIGNED) text[used++] = ' ';
    text[used++] = '\n';
    fwrite("\x93NUMPY\x01\x00", 1, 8, out);
    fputc((int)(used & 255), out);
    fputc((int)(used >> 8), out);
    fwrite(text, 1, used, out);
    named_write(out, n);
}

static int write_tensor(const char *folder, const struct named *n, char *error)
{
    char path[FILE_PATH + 60];
    struct file_out f;
    snprintf(path, sizeof path, "%s/%s.npy", folder, n->name);
    if (!file_open(&f, path, error)) return 0;
    put_npy(f.out, n);
    return file_keep(&f, error);
}

static int write_network(const char *folder, const struct netfile *file, char *error)
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
    int ok = write_network(f.unfinished, &s->t->file, error) && write_tensor(f.unfinished, &s->mean, error) &&
             write_tensor(f.unfinished, &s->scale, error);
    for (int k = 0; ok && k < s->tensors; k++) ok = write_tensor(f.unfinished, &s->named[k], error);
    if (ok) return folder_keep(&f, error);
    folder_drop(&f);
    return 0;
}
