/* learn_pack_files.c - which exercises a hand-out has, and its files while they are written; see learn.h. */
#include "learn.h"

#include <stdio.h>

FILE *pack_begin(struct file_out *f, const struct folder_out *pack, const char *name, char *error)
{
    char path[2 * FILE_PATH];
    snprintf(path, sizeof path, "%s/%s", pack->unfinished, name);
    return file_open(f, path, error) ? f->out : NULL;
}

const struct exercise *pack_next(const struct pack_order *o, const struct exercise *e)
{
    for (e = e ? e + 1 : exercises(); e->number; e++)
        if (exercise_is_of(e, o->lesson)) return e;
    return NULL;
}

int pack_put(const struct folder_out *pack, const char *name,
             void (*put)(FILE *f, const struct pack_order *o), const struct pack_order *o, char *error)
{
    struct file_out f;
    if (!pack_begin(&f, pack, name, error)) return 0;
    put(f.out, o);
    return file_keep(&f, error);
}
