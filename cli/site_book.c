/* site_book.c - the lessons as one EPUB file; see site.h. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../base/process.h"
#include "../lessons/lesson.h"
#include "site.h"

/* README.md first, then the other English pages of a lesson; its errata are about others' texts, and stay
 * on the site. */
static int is_chapter(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 3 && e->d_name[0] != '.' && !strcmp(e->d_name + n - 3, ".md") &&
           strcmp(e->d_name, "errata.md") && !strstr(e->d_name, ".zh.");
}

static int add_chapter(struct site *s, const char *path, FILE *out, char *error)
{
    char *text = site_read(s, path, error);
    int ok = text && site_markdown(s, path, text, out, error);
    fputs("\n\n", out);
    free(text);
    return ok;
}

static int add_lesson(struct site *s, const struct lesson *l, FILE *out, char *error)
{
    char folder[2 * FILE_PATH], path[FILE_PATH];
    struct dirent **entry = NULL;
    snprintf(folder, sizeof folder, "%s/lessons/%s", s->root, l->folder);
    int n = scandir(folder, &entry, is_chapter, alphasort), ok = n > 0;
    if (!ok) error_set(error, "cannot read %s", folder);
    for (int i = 0; i < n; i++) { /* capitals come first: README.md does */
        snprintf(path, sizeof path, "lessons/%s/%s", l->folder, entry[i]->d_name);
        ok = ok && add_chapter(s, path, out, error);
        free(entry[i]);
    }
    free(entry);
    s->pages += n;
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
                                 "--metadata=title:Rungs: deep learning's building blocks",
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

int site_book(struct site *s, const char *book, char *error)
{
    char made[FILE_PATH + 32];
    FILE *markdown = tmpfile();
    if (!markdown) memory_fail("cannot make a working file in the folder for temporary files");
    s->is_book = 1;
    int ok = 1;
    for (const struct lesson *l = lessons; ok && l->number; l++) ok = add_lesson(s, l, markdown, error);
    snprintf(made, sizeof made, "%s/book.epub", s->parts);
    ok = ok && bind(s, markdown, made, error) && file_copy(made, book, error);
    fclose(markdown);
    return ok;
}
