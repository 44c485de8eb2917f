/* doc_sync.c - walks a page from marker to marker; see doc_sync.h. */
#include "doc_sync.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

/* ---- lines, markers, bodies; every pointer points into the page ---- */

static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : at + strlen(at);
}

static int starts(const char *at, const char *prefix)
{
    return !strncmp(at, prefix, strlen(prefix));
}

static char *copy_of(const char *from, const char *to)
{
    char *copy = memory_need((size_t)(to - from) + 1, 1);
    memcpy(copy, from, (size_t)(to - from));
    return copy;
}

/* "<!-- kind: args -->" -> 1, with kind and args (free both) */
static int read_marker(const char *at, char **kind, char **args)
{
    const char *end = strchr(at, '\n'), *colon = strchr(at, ':'), close[] = " -->";
    if (!end) end = at + strlen(at);
    if (!starts(at, "<!-- ") || !colon || colon > end || end - at < 10 || !starts(end - strlen(close), close))
        return 0;
    for (const char *c = at + strlen("<!-- "); c < colon; c++)
        if (*c < 'a' || *c > 'z') return 0;
    *kind = copy_of(at + strlen("<!-- "), colon);
    *args = copy_of(colon + 1 + (colon[1] == ' '), end - strlen(close));
    return 1;
}

/* the end of the fence that opens at `at` */
static const char *fence_end(const char *at)
{
    do at = next_line(at);
    while (*at && !starts(at, "```"));
    return next_line(at);
}

static const char *paragraph_end(const char *at)
{
    while (*at && *at != '\n') at = next_line(at);
    return at;
}

static int lines_between(const char *from, const char *to)
{
    int n = 0;
    for (; from < to; from++) n += *from == '\n';
    return n;
}

/* ---- the makers of this file ---- */

static int make_eq(struct text *t, const char *id, FILE *out)
{
    for (const struct formula *f = t->lesson->formula; f->id; f++) {
        if (strcmp(f->id, id)) continue;
        struct formula_result r = formula_check(t->lesson, f, 1);
        if (!r.right) text_fault(t, "the formula %s is wrong: %s", id, r.reason);
        fprintf(out, "```math\n%s\n```\n", f->tex);
        return r.right;
    }
    text_fault(t, "no check evaluates the formula '%s'; give it a row in lessons/%s/formulas.c", id,
               t->lesson->folder);
    return 0;
}

static int make_run(struct text *t, const char *command, const struct tolerance *tol, FILE *out)
{
    int code;
    char *printed = text_command(command, &code);
    if (!printed) {
        text_fault(t, "`%s` could not be run", command);
        return 0;
    }
    int skipped = code != tol->exit_code && text_skips(t, command, code, printed);
    if (code != tol->exit_code && !skipped)
        text_fault(t, "`%s` ended with %d, not %d:\n%s", command, code, tol->exit_code, printed);
    fprintf(out, "```console\n$ %s\n%s```\n", command, printed);
    free(printed);
    return code == tol->exit_code;
}

/* The fresh body of a marker (free it), NULL after a fault; tol says how exactly the page must agree. */
static char *make_body(struct text *t, const char *kind, char *args, struct tolerance *tol)
{
    char *body = NULL;
    size_t size;
    FILE *out = open_memstream(&body, &size);
    int good = 0;
    *tol = (struct tolerance){ 0 };
    if (!out) return NULL;
    if (!strcmp(kind, "run") && !text_options(args, tol))
        text_fault(t,
                   "the part after the last bar is no list of: tol X, abs X, decades X, exit N, mask UNITS");
    else if (!strcmp(kind, "run"))
        good = make_run(t, args, tol, out);
    else if (!strcmp(kind, "code"))
        good = text_code(t, args, out);
    else if (!strcmp(kind, "eq"))
        good = make_eq(t, args, out);
    else if (!strcmp(kind, "table"))
        good = text_table(t, args, out);
    else
        text_fault(t,
                   "there is no marker '%s'; there are code, eq, run, table, prediction, figure and numbers",
                   kind);
    fclose(out);
    if (good) return body;
    free(body);
    return NULL;
}

/* the body that stands after the marker: a fence, or a table and the line that says where it is from */
static const char *body_end(const char *kind, const char *body)
{
    if (!strcmp(kind, "table")) {
        const char *end = paragraph_end(body);
        return starts(end, "\n" TABLE_SOURCE) ? next_line(end + 1) : end;
    }
    return starts(body, "```") ? fence_end(body) : body;
}

/* Writes the true body to out, which is the page's own if that agrees; returns where the page goes on. */
static const char *refresh_body(struct text *t, const char *kind, char *args, const char *body, FILE *out)
{
    struct tolerance tol;
    char error[400], *fresh = make_body(t, kind, args, &tol);
    const char *end = body_end(kind, body);
    char *old = copy_of(body, end);
    int exact = strcmp(kind, "run") != 0;
    if (!fresh || (exact && !strcmp(fresh, old)) ||
        (!exact && text_same(old, fresh, &tol, error, sizeof error))) {
        fputs(old, out);
    } else {
        if (exact) text_same(old, fresh, &(struct tolerance){ .absolute = -1 }, error, sizeof error);
        text_problem(t, "the %s of '%s' differs from the page: %s", kind, args, error);
        fputs(fresh, out);
    }
    free(fresh);
    free(old);
    return end;
}

/* Successive lines of predictions, the first of which stands at `line`, and their table, likewise. */
static const char *refresh_predictions(struct text *t, const char *line, FILE *out)
{
    enum { MOST = 24 };
    char *kind, *args[MOST], error[400];
    int n = 0;
    for (; n < MOST && starts(line, PREDICTION) && read_marker(line, &kind, &args[n]);
         line = next_line(line)) {
        if (n++) fwrite(line, 1, (size_t)(next_line(line) - line), out);
        free(kind);
    }
    const char *end = starts(line, "|") ? paragraph_end(line) : line;
    char *old = copy_of(line, end), *fresh = text_predictions(t, args, n, old);
    if (fresh && strcmp(fresh, old)) {
        text_same(old, fresh, &(struct tolerance){ .absolute = -1 }, error, sizeof error);
        text_problem(t, "the outcome of '%s' is not what is written here: %s", args[0], error);
    }
    fputs(fresh ? fresh : old, out);
    free(fresh);
    free(old);
    while (n > 0) free(args[--n]);
    return end;
}

/* ---- the walk ---- */

static void check_numbers(struct text *t, const char *command, const char *from)
{
    const char *to = strstr(from, "<!-- /numbers -->"), *other = strstr(from, "<!-- numbers:");
    if (!to || (other && other < to)) {
        text_fault(t, "<!-- numbers: ... --> needs a <!-- /numbers --> after it");
        return;
    }
    char *region = copy_of(from, to);
    text_numbers(t, command, region);
    free(region);
}

static void need_marker(struct text *t, const char *at)
{
    static const char *const owned[] = { "```c\n", "```math\n", "```console\n" };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        if (starts(at, owned[i]))
            text_fault(
                t,
                "this fence has no marker, so nothing keeps it true; lessons/doc_sync.h lists the markers");
}

static void every_formula_seen(struct text *t, const char *page)
{
    for (const struct formula *f = t->lesson->formula; f->id; f++) {
        char marker[120];
        snprintf(marker, sizeof marker, "<!-- eq: %s -->", f->id);
        int seen = strstr(page, marker) != NULL;
        for (int i = 1; t->pages && i < t->pages->n; i++)
            seen |= page_kind(t->pages->page[i].name) != PAGE_TRANSLATION && t->pages->page[i].text &&
                    strstr(t->pages->page[i].text, marker);
        if (!seen) text_fault(t, "the formula %s has a check but is on no page of the lesson", f->id);
    }
}

char *text_refresh(struct text *t, const char *page)
{
    char *fresh = NULL;
    size_t size;
    FILE *out = open_memstream(&fresh, &size);
    if (!out) return NULL;
    t->page = page;
    for (const char *at = page; *at;) {
        const char *line = at;
        char *kind = NULL, *args = NULL;
        t->line = 1 + lines_between(page, at);
        if (starts(at, "```")) {
            need_marker(t, at);
            at = fence_end(at);
            fwrite(line, 1, (size_t)(at - line), out);
            continue;
        }
        if (starts(at, TABLE_SOURCE))
            text_fault(t, "the table before this line has no marker, so nothing keeps it true");
        at = next_line(at);
        fwrite(line, 1, (size_t)(at - line), out);
        if (!read_marker(line, &kind, &args)) continue;
        if (!strcmp(kind, "numbers")) {
            check_numbers(t, args, at);
        } else if (t->kind == PAGE_TRANSLATION && !strcmp(kind, "of")) {
            ; /* text_translation reads it */
        } else if (starts(line, PREDICTION)) {
            at = refresh_predictions(t, line, out);
        } else if (!strcmp(kind, "figure")) {
            char *image = copy_of(at, next_line(at));
            text_figure(t, args, image);
            free(image);
        } else {
            at = refresh_body(t, kind, args, at, out);
        }
        free(kind);
        free(args);
    }
    fclose(out);
    t->line = 1;
    if (t->kind == PAGE_LESSON) every_formula_seen(t, page);
    return fresh;
}

char *text_dollars(const char *page)
{
    char *plain = NULL;
    size_t size;
    FILE *out = open_memstream(&plain, &size);
    if (!out) return NULL;
    for (const char *at = page; *at;) {
        const char *line = at;
        at = starts(at, "```") ? fence_end(at) : next_line(at);
        if (!starts(line, "```math\n")) {
            fwrite(line, 1, (size_t)(at - line), out);
            continue;
        }
        char *tex = copy_of(next_line(line), at);
        *strstr(tex, "\n```") = '\0';
        fprintf(out, "$$%s$$\n", tex);
        free(tex);
    }
    fclose(out);
    return plain;
}
