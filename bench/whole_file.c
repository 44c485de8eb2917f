/* whole_file.c - write beside, then rename; see whole_file.h. */
#include "whole_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int whole_file_open(struct whole_file *f, const char *path)
{
    f->out = NULL;
    if (strlen(path) >= sizeof f->path) {
        fprintf(stderr, "rungs: the path %.40s... is too long\n", path);
        return 0;
    }
    strcpy(f->path, path);
    snprintf(f->unfinished, sizeof f->unfinished, "%s.unfinished-%ld", path, (long)getpid());
    f->out = fopen(f->unfinished, "w");
    if (!f->out) fprintf(stderr, "rungs: cannot write %s: %s\n", path, strerror(errno));
    return f->out != NULL;
}

int whole_file_possible(const char *path)
{
    struct whole_file f;
    if (!whole_file_open(&f, path)) return 0;
    fclose(f.out);
    unlink(f.unfinished);
    return 1;
}

int whole_file_keep(struct whole_file *f)
{
    int ok = !ferror(f->out) && !fflush(f->out) && !fsync(fileno(f->out));
    if (fclose(f->out)) ok = 0;
    f->out = NULL;
    if (ok && !rename(f->unfinished, f->path)) return 1;
    fprintf(stderr, "rungs: cannot write %s: %s; nothing was changed\n", f->path, strerror(errno));
    unlink(f->unfinished);
    return 0;
}
