/* site_book.c - the lessons as one file: which chapters a book has, and an EPUB of them; see site.h. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../base/process.h"
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

/* ---- EPUB ---- */

static int add_chapter(struct site *s, const char *path, void *to, char *error)
{
    FILE *out = to;
    char *text = site_read(s, path, error);
    int ok = text && site_markdown(s, path, text, out, error);
    fputs("\n\n", out);
    free(text);
    return ok;
}

/* Has pandoc bind the Markdown, whose pictures are in s->folder.unfinished. 0 with error set. */
static int bind(const struct site *s, FILE *markdown, const char *made, char *error)
{
    char pictures[FILE_PATH + 32], to[FILE_PATH + 64];
    snprintf(pictures, sizeof pictures, "--resource-path=%s", s->folder.unfinished);
    snprintf(to, sizeof to, "--output=%s", made);
    const char *const argv[] = { "pandoc",
                                 "--from=gfm+tex_math_dollars+bracketed_spans",
                                 "--to=epub3",
                                 "--mathml",
                                 "--toc",
                                 "--toc-depth=2",
                                 "--fail-if-warnings",
                                 "--metadata=title:" SITE_TITLE,
                                 "--metadata=author:The Rungs authors",
                                 "--metadata=lang:en",
                                 pictures,
                                 to,
                                 NULL };
    if (fflush(markdown)) memory_fail("cannot write a working file");
    rewind(markdown);
    int code = process_run(argv, fileno(markdown), -1, -1, error);
    return !code || error_set(error, "pandoc ended with code %d", code);
}

int site_epub(struct site *s, const char *book, char *error)
{
    char made[FILE_PATH + 32];
    FILE *markdown = tmpfile();
    if (!markdown) memory_fail("cannot make a working file in the folder for temporary files");
    s->book = BOOK_EPUB;
    snprintf(made, sizeof made, "%s/book.epub", s->parts);
    int ok = site_book_each(s, add_chapter, markdown, error) && bind(s, markdown, made, error) &&
             file_copy(made, book, error);
    fclose(markdown);
    return ok;
}
