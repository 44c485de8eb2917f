/* site_made.c - pages of the site that are made of others; see site.h. */
#include "site.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../learn/learn.h"
#include "../lessons/lesson.h"

/* cli/site/search.js, made when CMake runs */
extern const char site_search_script[];

int site_exercises(const struct site *s, FILE *out, char *error)
{
    (void)s, (void)error;
    fputs(
        "# Exercises\n\nEach opens in your editor with `./rungs learn NUMBER` and is graded whenever you save it.\n\n"
        "| number | exercise | minutes | where to read |\n|---|---|---|---|\n",
        out);
    for (const struct exercise *e = exercises(); e->number; e++)
        fprintf(out, "| %s | `%s` | %d | %s |\n", e->number, e->name, e->minutes,
                e->section ? e->section : "");
    return 1;
}

/* The rows of the table in a lesson's section "Notation and shapes". */
static void put_terms(const struct lesson *l, const char *text, FILE *out)
{
    const char *at = strstr(text, "\n## Notation and shapes\n");
    if (!at || !(at = strstr(at, "\n|---"))) return;
    fprintf(out, "\n## Lesson %d: %s\n\n| symbol | meaning | shape | C name |\n|---|---|---|---|\n",
            (int)strtol(l->number, NULL, 10), l->title);
    for (at = strchr(at + 1, '\n'); at && at[1] == '|'; at = strchr(at + 1, '\n'))
        fprintf(out, "%.*s\n", (int)strcspn(at + 1, "\n"), at + 1);
}

int site_terms(const struct site *s, FILE *out, char *error)
{
    fputs("# Terms and symbols\n\nThe tables of all lessons, with the Chinese terms.\n", out);
    for (const struct lesson *l = lessons; l->number; l++) {
        char path[FILE_PATH];
        snprintf(path, sizeof path, "lessons/%s/README.md", l->folder);
        char *text = site_read(s, path, error);
        if (!text) return 0;
        put_terms(l, text, out);
        free(text);
    }
    return 1;
}

int site_write(const char *folder, const char *name, const char *text, char *error)
{
    char path[2 * FILE_PATH];
    struct file_out f;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!file_open(&f, path, error)) return 0;
    fputs(text, f.out);
    return file_keep(&f, error);
}

/* The sections that the search finds, as a script. */
static int write_index(const struct site *s, const char *sections, char *error)
{
    char *script = NULL;
    size_t room;
    FILE *out = open_memstream(&script, &room);
    if (!out) memory_fail("out of memory for the sections of the search");
    fprintf(out, "const sections = [\n%s\n];\n", sections);
    if (fclose(out)) memory_fail("out of memory for the sections of the search");
    int ok = site_write(s->folder.unfinished, "search_index.js", script, error);
    free(script);
    return ok;
}

int site_search(struct site *s, FILE *out, char *error)
{
    char *text = NULL;
    size_t room = 0;
    fputs(
        "# Search\n\n<noscript><p>The search needs scripts, all other pages do not: each begins with its contents.</p>"
        "</noscript>\n<label for=\"q\">Words that a section must have</label>\n"
        "<input type=\"search\" id=\"q\" autocomplete=\"off\">\n<p id=\"count\" role=\"status\"></p>\n"
        "<ol id=\"hits\"></ol>\n<script src=\"search_index.js\"></script>\n<script src=\"search.js\"></script>\n",
        out);
    rewind(s->index);
    if (getdelim(&text, &room, '\0', s->index) < 0) {
        free(text);
        return error_set(error, "search.html looks in the other pages: name them, too");
    }
    int ok = write_index(s, text, error) &&
             site_write(s->folder.unfinished, "search.js", site_search_script, error);
    free(text);
    return ok;
}
