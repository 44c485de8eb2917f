/* image_folder.c - see image_folder.h. */
#include "image_folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/memory.h"
#include "picture.h"

/* ---- what is in a folder ---- */

struct entries { /* sorted by name */
    int n, room;
    char **name;
};

static void entries_free(struct entries *e)
{
    for (int k = 0; k < e->n; k++) free(e->name[k]);
    free(e->name);
    *e = (struct entries){ 0 };
}

static void add_entry(struct entries *e, const char *name)
{
    if (e->n == e->room) {
        char **more = memory_need((size_t)(e->room ? 2 * e->room : 64), sizeof *more);
        if (e->n) memcpy(more, e->name, (size_t)e->n * sizeof *more);
        free(e->name);
        e->name = more;
        e->room = e->room ? 2 * e->room : 64;
    }
    const size_t bytes = strlen(name) + 1;
    e->name[e->n] = memory_need(bytes, 1);
    memcpy(e->name[e->n++], name, bytes);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int join(char path[DATA_PATH], const char *folder, const char *name, char *error)
{
    const int n = snprintf(path, DATA_PATH, "%s/%s", folder, name);
    return (n > 0 && n < DATA_PATH) ||
           error_set(error, "%.200s: the path of what is in it is too long", folder);
}

static int is_folder(const char *path)
{
    struct stat about;
    return !stat(path, &about) && S_ISDIR(about.st_mode);
}

/* folders: 1, only those; 0, all but those that begin with a dot */
static int read_entries(const char *folder, int folders, struct entries *e, char *error)
{
    char path[DATA_PATH];
    DIR *open = opendir(folder);
    *e = (struct entries){ 0 };
    if (!open) return error_set(error, "cannot read the folder %s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(open));) {
        if (*entry->d_name == '.' || !join(path, folder, entry->d_name, error)) continue;
        if (!folders || is_folder(path)) add_entry(e, entry->d_name);
    }
    closedir(open);
    if (e->n) qsort(e->name, (size_t)e->n, sizeof *e->name, compare);
    return 1;
}

int image_folder_is(const char *folder)
{
    struct entries e;
    char error[ERROR_TEXT];
    const int is = read_entries(folder, 1, &e, error) && e.n;
    entries_free(&e);
    return is;
}

/* ---- images ---- */

struct loading {
    struct examples *examples;
    struct picture *like;         /* the first image; its pixels are not kept */
    char (*like_path)[DATA_PATH]; /* of that one */
    int room;
};

static const char *colour_of(const struct picture *p)
{
    return p->channels == 1 ? "grey" : "colour";
}

static int is_alike(const struct loading *l, const char *path, const struct picture *p, char *error)
{
    const struct picture *like = l->like;
    if (p->rows == like->rows && p->cols == like->cols && p->channels == like->channels) return 1;
    return error_set(error, "all images must be alike: %.180s is %dx%d, %s, and %.180s is %dx%d, %s",
                     *l->like_path, like->rows, like->cols, colour_of(like), path, p->rows, p->cols,
                     colour_of(p));
}

/* Room for one example more of that many bytes */
static void make_room(struct loading *l, size_t bytes)
{
    struct split *s = &l->examples->split;
    if (s->n < l->room) return;
    const int room = l->room ? 2 * l->room : 64;
    struct split more = { .n = s->n,
                          .image = memory_need((size_t)room, bytes),
                          .label = memory_need((size_t)room, 1) };
    if (s->n) memcpy(more.image, s->image, (size_t)s->n * bytes);
    if (s->n) memcpy(more.label, s->label, (size_t)s->n);
    split_free(s);
    *s = more;
    l->room = room;
}

static int load_image(struct loading *l, const char *path, int class, char *error)
{
    struct picture p;
    struct split *s = &l->examples->split;
    if (!picture_read_file(path, &p, error)) return 0;
    const size_t bytes = (size_t)p.channels * (size_t)p.rows * (size_t)p.cols;
    if (!l->like->channels) {
        *l->like = (struct picture){ p.channels, p.rows, p.cols, NULL };
        snprintf(*l->like_path, DATA_PATH, "%s", path);
    }
    int ok = is_alike(l, path, &p, error);
    if (ok && s->n == INT_MAX / 2)
        ok = error_set(error, "%s: there are more than %d images", path, INT_MAX / 2);
    if (ok) {
        make_room(l, bytes);
        memcpy(s->image + (size_t)s->n * bytes, p.pixel, bytes);
        s->label[s->n++] = (unsigned char)class;
        l->examples->shape = (struct shape){ p.channels, p.rows, p.cols };
    }
    picture_free(&p);
    return ok;
}

static int load_class(struct loading *l, const char *folder, int class, char *error)
{
    struct entries files;
    char path[DATA_PATH];
    if (!read_entries(folder, 0, &files, error)) return 0;
    int ok = files.n > 0 || error_set(error, "%s holds no image", folder);
    for (int k = 0; ok && k < files.n; k++)
        ok = join(path, folder, files.name[k], error) && load_image(l, path, class, error);
    entries_free(&files);
    return ok;
}

/* ---- classes ---- */

/* adds: 1, the folders are the classes; 0, each must be one of them */
static int load_classes(struct loading *l, const char *folder, int adds, struct classes *classes, char *error)
{
    struct entries folders;
    char path[DATA_PATH];
    unsigned char to[CLASSES_MOST];
    if (!read_entries(folder, 1, &folders, error)) return 0;
    int ok = folders.n > 0 || error_set(error, "%s has no folder for each class", folder);
    if (ok && adds && folders.n > CLASSES_MOST)
        ok = error_set(error, "%s has %d folders; at most %d classes are read", folder, folders.n,
                       CLASSES_MOST);
    for (int k = 0; ok && adds && k < folders.n; k++) {
        classes->name[classes->n++] = folders.name[k];
        folders.name[k] = NULL; /* handed over */
    }
    if (ok && adds) classes_sort(classes, to);
    const int n = adds ? classes->n : folders.n;
    for (int k = 0; ok && k < n; k++) {
        const char *name = adds ? classes->name[k] : folders.name[k];
        const int class = classes_find(classes, name);
        if (class < 0)
            ok = error_set(error, "%s has a class %.100s that is not there to train on", folder, name);
        else
            ok = join(path, folder, name, error) && load_class(l, path, class, error);
    }
    entries_free(&folders);
    return ok;
}

int image_folder_load(const char *folder, struct own_read *r, char *error)
{
    static char like_path[DATA_PATH];
    char train[DATA_PATH], test[DATA_PATH];
    struct picture like = { 0 };
    struct loading to_train = { &r->train, &like, &like_path, 0 },
                   to_test = { &r->test, &like, &like_path, 0 };
    r->classes.kind = CLASSES_NAMES;
    if (!join(train, folder, "train", error) || !join(test, folder, "test", error)) return 0;
    if (!is_folder(train) || !is_folder(test)) return load_classes(&to_train, folder, 1, &r->classes, error);
    return load_classes(&to_train, train, 1, &r->classes, error) &&
           load_classes(&to_test, test, 0, &r->classes, error);
}
