/* site_book.c - which chapters the book of the lessons has; see site.h. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../lessons/lesson.h"
#include "site.h"

/* README.md first, then the other English pages of a lesson; its errata are about others' texts, and stay
 * on the site. */
static int is_chapter_name(const char *name)
{
    size_t n = strlen(name);
    return n > 3 && *name != '.' && !strcmp(name + n - 3, ".md") && strcmp(name, "errata.md") &&
           !strstr(name, ".zh.");
}

static int is_chapter(const struct dirent *e)
{
    return is_chapter_name(e->d_name);
}

int site_book_has(const char *path)
{
    for (const struct lesson *l = lessons; l->number; l++) {
        char folder[200];
        int m = snprintf(folder, sizeof folder, "lessons/%s/", l->folder);
        if (!strncmp(path, folder, (size_t)m) && !strchr(path + m, '/')) return is_chapter_name(path + m);
    }
    return 0;
}

static int each_of(struct site *s, const struct lesson *l, site_chapter *add, void *to, char *error)
{
    char folder[2 * FILE_PATH], path[FILE_PATH];
    struct dirent **entry = NULL;
    snprintf(folder, sizeof folder, "%s/lessons/%s", s->root, l->folder);
    int n = scandir(folder, &entry, is_chapter, alphasort), ok = n > 0;
    if (!ok) error_set(error, "cannot read %s", folder);
    for (int i = 0; i < n; i++) { /* capitals come first: README.md does */
        snprintf(path, sizeof path, "lessons/%s/%s", l->folder, entry[i]->d_name);
        ok = ok && add(s, path, to, error);
        free(entry[i]);
    }
    free(entry);
    s->pages += n;
    return ok;
}

int site_book_each(struct site *s, site_chapter *add, void *to, char *error)
{
    int ok = 1;
    for (const struct lesson *l = lessons; ok && l->number; l++) ok = each_of(s, l, add, to, error);
    return ok;
}
