/* site_epub.c - the book as an EPUB; see site.h. */
#include <stdlib.h>

#include "../base/memory.h"
#include "../base/process.h"
#include "site.h"

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
