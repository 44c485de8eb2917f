/* doc_sync_form.c - the form that all lessons share: headings, length, inline formulas,
 * links; see doc_sync.h. */
#include "doc_sync.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../optimized/device.h"

static const struct {
    const char *name;
    int needed;
} headings[] = {
    { "Why", 1 },        { "By hand", 1 },    { "Notation and shapes", 1 },
    { "Maths", 1 },      { "Derivation", 1 }, { "The naive C", 1 },
    { "Check it", 1 },   { "Experiment", 1 }, { "Faster, rung by rung", 1 },
    { "On the GPU", 0 }, { "Exercises", 0 },  { "Summary and next", 1 },
};
enum { HEADINGS = sizeof headings / sizeof *headings, FEWEST_WORDS = 1200, MOST_WORDS = 2500 };

struct form {
    struct text *t;
    int next;  /* the first heading of the list that may come now */
    int words; /* of prose so far                                 */
    int lines; /* not blank, since the last heading               */
    int in_fence;
    unsigned linked; /* from the last section: bit i for page i */
};

static void leave_out(struct form *f, int upto)
{
    for (; f->next < upto; f->next++)
        if (headings[f->next].needed)
            text_fault(f->t, "the heading '## %s' is missing or out of order", headings[f->next].name);
}

static void see_heading(struct form *f, const char *name)
{
    int i = 0;
    while (i < HEADINGS && strcmp(headings[i].name, name)) i++;
    if (i == HEADINGS || i < f->next) {
        text_fault(f->t, "'## %s' is no heading of a lesson, or comes too late", name);
        return;
    }
    leave_out(f, i);
    f->next = i + 1;
}

/* "### `02_tile`": each name in backquotes that looks like a rung must be one */
static void see_rung_heading(struct form *f, const char *line)
{
    char error[DEVICE_ERROR];
    const struct device *device = device_open("emu", error);
    for (const char *at = strchr(line, '`'); at; at = strchr(at + 1, '`')) {
        char name[40];
        int known = 0;
        if (!isdigit((unsigned char)at[1]) || !isdigit((unsigned char)at[2]) || at[3] != '_') continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "`"), at + 1);
        for (const struct op *const *op = ops; *op && !known; op++) {
            const struct rung *cuda = device ? device_ladder(device, *op) : NULL;
            known = rung_find(*op, name) != NULL || (cuda && rung_in(cuda, name));
        }
        known |= !device && strstr(line, "GPU"); /* a build without the emulator does not know */
        if (!known) text_fault(f->t, "no ladder has a rung %s", name);
    }
}

static void see_formulas(struct form *f, const char *line)
{
    int dollars = 0, in_code = 0;
    for (const char *c = line; *c; c++) {
        in_code ^= *c == '`';
        if (in_code) continue;
        dollars += *c == '$';
        if (dollars % 2 && (*c == '*' || (*c == '\\' && ispunct((unsigned char)c[1]))))
            text_fault(f->t, "an inline formula holds %.2s, which GitHub's Markdown changes", c);
    }
    if (dollars % 2) text_fault(f->t, "a $ has no partner on its line");
}

static void see_links(struct form *f, const char *line)
{
    const char *slash = strrchr(f->t->path, '/');
    for (const char *at = strstr(line, "]("); at; at = strstr(at + 1, "](")) {
        char path[400];
        int n = (int)strcspn(at + 2, ")#");
        if (n == 0 || !strncmp(at + 2, "http", 4)) continue;
        snprintf(path, sizeof path, "%.*s/%.*s", slash ? (int)(slash - f->t->path) : 1,
                 slash ? f->t->path : ".", n, at + 2);
        if (access(path, R_OK)) text_fault(f->t, "there is no %s, to which this line links", path);
    }
}

/* which of the lesson's pages this line of its last section links to */
static void see_pages(struct form *f, const char *line)
{
    for (int i = 0; f->t->pages && i < f->t->pages->n; i++) {
        char link[100];
        snprintf(link, sizeof link, "](%s)", f->t->pages->page[i].name);
        if (strstr(line, link)) f->linked |= 1u << i;
    }
}

static int words_of(const char *line)
{
    int n = 0;
    for (const char *c = line; *c; c++)
        n += isalpha((unsigned char)*c) &&
             (c == line || isspace((unsigned char)c[-1]) || strchr("(\"*_[", c[-1]));
    return n;
}

static void see_line(struct form *f, const char *line)
{
    if (!strncmp(line, "```", 3)) f->in_fence = !f->in_fence, f->lines++;
    if (f->in_fence || !*line || !strncmp(line, "```", 3)) return;
    if (!strncmp(line, "## ", 3) && f->t->kind != PAGE_ERRATA) {
        if (f->next && !f->lines) text_fault(f->t, "the section before this heading is empty");
        if (f->t->kind == PAGE_LESSON)
            see_heading(f, line + 3);
        else
            f->next = 1; /* its headings are its own */
        f->lines = 0;
        return;
    }
    if (!strncmp(line, "<!--", 4)) return;
    f->lines++;
    if (!strncmp(line, "###", 3)) see_rung_heading(f, line);
    if (*line != '|' && *line != '#') f->words += words_of(line);
    if (f->next == HEADINGS) see_pages(f, line);
    see_formulas(f, line);
    text_sums(f->t, line);
    see_links(f, line);
}

static int has_errata(const struct lesson *l)
{
    const struct lesson_program *p = l->program;
    while (p && p->name && strcmp(p->name, "errata")) p++;
    return p && p->name;
}

/* the lesson's README.md: its length, and its links to the pages beside it */
static void end_lesson(struct form *f)
{
    int errata = 0;
    leave_out(f, HEADINGS);
    if (f->words < FEWEST_WORDS)
        text_fault(f->t, "%d words of prose; a lesson has %d to %d", f->words, FEWEST_WORDS, MOST_WORDS);
    for (int i = 1; f->t->pages && i < f->t->pages->n; i++) {
        const char *name = f->t->pages->page[i].name;
        errata |= page_kind(name) == PAGE_ERRATA;
        if (!(f->linked >> i & 1)) text_fault(f->t, "the last section does not link to %s", name);
    }
    if (has_errata(f->t->lesson) != errata)
        text_fault(f->t, "a lesson has both errata.c and errata.md, or neither");
}

void text_form(struct text *t, const char *page)
{
    struct form f = { .t = t };
    char *copy = strdup(page), *rest, title[8];
    if (!copy) return;
    t->line = 1;
    snprintf(title, sizeof title, "# %s. ", t->lesson->number);
    if (strncmp(copy, title, strlen(title))) text_fault(t, "the page must start with '%sName'", title);
    for (char *line = copy; line; line = rest, t->line++) {
        if ((rest = strchr(line, '\n'))) *rest++ = '\0';
        see_line(&f, line);
    }
    if (t->kind == PAGE_LESSON) end_lesson(&f);
    if (!f.lines) text_fault(t, "the last section is empty");
    if (t->kind != PAGE_ERRATA && f.words > MOST_WORDS)
        text_fault(t, "%d words of prose; no page of a lesson has more than %d", f.words, MOST_WORDS);
    if (t->kind == PAGE_TRANSLATION)
        text_translation(t, page);
    else
        text_forecasts(t, page);
    text_terms(t, page);
    free(copy);
}
