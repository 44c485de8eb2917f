/* foreign.c - tensors of archives, folders and files; see foreign.h. */
#include "foreign.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/file.h"
#include "../train/zip.h"

static const char ending[] = ".npy";

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
