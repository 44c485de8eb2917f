/* foreign.c - see foreign.h. */
#include "foreign.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/file.h"
#include "../train/zip.h"

static const char ending[] = ".npy";

/* ---- the list ---- */

int foreign_find(const struct foreign *f, const char *name)
{
    for (int k = 0; k < f->tensors; k++)
        if (!strcmp(f->tensor[k].name, name)) return k;
    return -1;
}

static int is_printable(const char *name, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!isprint((unsigned char)name[k])) return 0;
    return n > 0;
}

struct foreign_tensor *foreign_add(struct foreign *f, const char *name, size_t n, const char *file,
                                   char *error)
{
    if (!is_printable(name, n) || n >= FOREIGN_NAME)
        return error_set(error, "%s has a tensor whose name is none of 1 to %d printable ASCII characters",
                         file, FOREIGN_NAME - 1),
               NULL;
    if (f->tensors == FOREIGN_MOST)
        return error_set(error, "%s has more than %d tensors", file, FOREIGN_MOST), NULL;
    struct foreign_tensor *more = realloc(f->tensor, ((size_t)f->tensors + 1) * sizeof *more);
    if (!more) return error_set(error, "out of memory for %s", file), NULL;
    f->tensor = more;
    more += f->tensors;
    memset(more, 0, sizeof *more);
    memcpy(more->name, name, n);
    if (foreign_find(f, more->name) >= 0)
        return error_set(error, "%s has two tensors called %s", file, more->name), NULL;
    f->tensors++;
    return more;
}

void foreign_free(struct foreign *f)
{
    for (int k = 0; k < f->tensors; k++) npy_free(&f->tensor[k].array);
    free(f->tensor);
    memset(f, 0, sizeof *f);
}

/* ---- archives ---- */

static size_t without_ending(const char *name)
{
    size_t n = strlen(name), e = strlen(ending);
    return n > e && !strcmp(name + n - e, ending) ? n - e : n;
}

static int add_member(const struct zip *z, int k, struct foreign *f, char *error)
{
    char name[FILE_PATH];
    struct source s;
    size_t n;
    unsigned char *bytes = zip_member(z, k, &n, error);
    if (!bytes) return 0;
    snprintf(name, sizeof name, "%s: %s", z->name, z->member[k].name);
    source_memory(&s, name, bytes, n);
    struct foreign_tensor *t =
        foreign_add(f, z->member[k].name, without_ending(z->member[k].name), z->name, error);
    int ok = t && npy_read(&s, &t->array, error);
    free(bytes);
    return ok;
}

static int read_archive(struct source *s, struct foreign *f, char *error)
{
    struct zip z;
    if (!zip_read(s, &z, error)) return 0;
    int ok = 1;
    for (int k = 0; ok && k < z.members; k++) ok = add_member(&z, k, f, error);
    zip_free(&z);
    return ok;
}

/* ---- folders ---- */

static int add_file(const char *folder, const char *name, struct foreign *f, char *error)
{
    char path[FILE_PATH];
    struct source s;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return error_set(error, "the path %.40s... is too long", path);
    struct foreign_tensor *t = foreign_add(f, name, without_ending(name), folder, error);
    if (!t || !source_open(&s, path, error)) return 0;
    int ok = npy_read(&s, &t->array, error);
    source_close(&s);
    return ok;
}

static int is_array(const struct dirent *e)
{
    return *e->d_name != '.' && without_ending(e->d_name) < strlen(e->d_name);
}

static int read_folder(const char *path, struct foreign *f, char *error)
{
    struct dirent **entry;
    int n = scandir(path, &entry, is_array, alphasort), ok = 1;
    if (n < 0) return error_set(error, "cannot read the folder %s", path);
    if (!n) ok = error_set(error, "the folder %s has no .npy files", path);
    for (int k = 0; k < n; k++) {
        ok = ok && add_file(path, entry[k]->d_name, f, error);
        free(entry[k]);
    }
    free(entry);
    return ok;
}

/* ---- any of them ---- */

/* what the first bytes say */
static int read_file(const char *path, struct foreign *f, char *error)
{
    struct source s;
    unsigned char first[6] = { 0 };
    if (!source_open(&s, path, error)) return 0;
    size_t got = source_read(&s, first, sizeof first);
    source_close(&s);
    if (got == sizeof first && !memcmp(first, "\x93NUMPY", 6))
        return error_set(error,
                         "%s is a single array; name the folder that holds all of them, each called "
                         "after its tensor",
                         path);
    if (!source_open(&s, path, error)) return 0;
    int ok = got > 1 && !memcmp(first, "PK", 2) ? read_archive(&s, f, error) : safetensors_read(&s, f, error);
    source_close(&s);
    return ok;
}

int foreign_read(const char *path, struct foreign *f, char *error)
{
    struct stat about;
    memset(f, 0, sizeof *f);
    int is_folder = !stat(path, &about) && S_ISDIR(about.st_mode);
    if (is_folder ? read_folder(path, f, error) : read_file(path, f, error)) return 1;
    foreign_free(f);
    return 0;
}
