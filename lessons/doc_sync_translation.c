/* doc_sync_translation.c - README.zh.md says what README.md says today; see doc_sync.h.
 *
 * Both pages have the same sections, and the same markers in them, so that formulas, code, output, tables and
 * figures are those of the original. Below each heading of the translation is the text that it translates:
 *
 *     ## 为什么
 *     <!-- of: Why 1c56a3f0 -->
 *
 * The number is a checksum of the original's section, of all that was written by hand in it: it changes with
 * every word. Whoever has translated the change writes the new number.
 */
#include "doc_sync.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

enum { MOST_SECTIONS = 24, MARKER = 200 };

/* the headings of a lesson, as doc_sync_form.c has them, in Chinese */
static const char *const chinese[][2] = {
    { "Why", "为什么" },           { "By hand", "手算一遍" }, { "Notation and shapes", "符号与形状" },
    { "Maths", "数学" },           { "Derivation", "推导" },  { "The naive C", "朴素的 C" },
    { "Check it", "检查" },        { "Experiment", "实验" },  { "Faster, rung by rung", "逐级加速" },
    { "On the GPU", "在 GPU 上" }, { "Exercises", "练习" },   { "Summary and next", "小结与下一步" },
};

struct section {
    char name[80];
    uint32_t sum;    /* of what was written by hand */
    char of[MARKER]; /* the marker below the heading, "" if there is none */
    int line;        /* where it begins                                    */
};

struct outline {
    struct section section[MOST_SECTIONS];
    int n;
};

static int starts(const char *s, const char *with)
{
    return !strncmp(s, with, strlen(with));
}

static const char *next_line(const char *at)
{
    at += strcspn(at, "\n");
    return at + (*at == '\n');
}

/* FNV-1a, folded */
static uint32_t sum_line(uint32_t sum, const char *line)
{
    for (size_t n = strcspn(line, "\n"), i = 0; i < n; i++) sum = (sum ^ (unsigned char)line[i]) * 16777619u;
    return (sum ^ '\n') * 16777619u;
}

/* markers whose table below them is made by the tool */
static int owns_table(const char *line)
{
    return starts(line, "<!-- table:") || starts(line, PREDICTION);
}

/* The sections of a page; 0 after a fault: too many. */
static int outline_of(struct text *t, const char *page, struct outline *o)
{
    int in_fence = 0, in_made_table = 0, line = 1;
    for (const char *at = page; *at; at = next_line(at), line++) {
        struct section *s = o->n ? &o->section[o->n - 1] : NULL;
        if (starts(at, "```")) in_fence = !in_fence;
        if (in_fence || starts(at, "```")) continue;
        if (*at != '|' && *at != '<') in_made_table = 0;
        in_made_table |= owns_table(at);
        if (starts(at, "## ")) {
            if (o->n == MOST_SECTIONS) {
                text_fault(t, "the page has more than %d sections", MOST_SECTIONS);
                return 0;
            }
            s = &o->section[o->n++];
            *s = (struct section){ .sum = 2166136261u, .line = line };
            snprintf(s->name, sizeof s->name, "%.*s", (int)strcspn(at + 3, "\n"), at + 3);
        } else if (s && starts(at, "<!-- of: ")) {
            snprintf(s->of, sizeof s->of, "%.*s", (int)strcspn(at, "\n"), at);
        } else if (s && !starts(at, "<!-- ") && !(in_made_table && *at == '|') && !starts(at, TABLE_SOURCE)) {
            s->sum = sum_line(s->sum, at);
        }
    }
    return 1;
}

static const char *in_chinese(const char *heading)
{
    for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++)
        if (!strcmp(chinese[i][0], heading)) return chinese[i][1];
    return heading;
}

static void compare_section(struct text *t, const struct section *original, const struct section *s)
{
    char expected[MARKER];
    t->line = s->line;
    snprintf(expected, sizeof expected, "<!-- of: %s %08x -->", original->name, (unsigned)original->sum);
    if (strcmp(s->name, in_chinese(original->name)))
        text_fault(t, "'## %s' is here the heading '## %s'", original->name, in_chinese(original->name));
    if (strcmp(s->of, expected))
        text_fault(t,
                   "the section '%s' of README.md has changed since it was translated: translate the change, "
                   "then write %s below this heading",
                   original->name, expected);
}

/* The next marker at or behind *at that both pages have, whole; NULL: none. *line counts. */
static const char *next_marker(const char **at, int *line, char marker[MARKER])
{
    for (int in_fence = 0; **at;) {
        const char *here = *at;
        *at = next_line(here);
        ++*line;
        if (starts(here, "```")) in_fence = !in_fence;
        if (in_fence || !starts(here, "<!-- ") || starts(here, "<!-- of: ")) continue;
        snprintf(marker, MARKER, "%.*s", (int)strcspn(here, "\n"), here);
        return marker;
    }
    return NULL;
}

static void compare_markers(struct text *t, const char *original, const char *page)
{
    int lines = 0, line = 0;
    for (;;) {
        char expected[MARKER], marker[MARKER];
        const char *a = next_marker(&original, &lines, expected), *b = next_marker(&page, &line, marker);
        t->line = line;
        if (!a && !b) return;
        if (a && b && !strcmp(a, b)) continue;
        text_fault(t, "here README.md has %s, and this page %s", a ? a : "no marker more", b ? b : "none");
        return;
    }
}

void text_translation(struct text *t, const char *page)
{
    const char *original = t->pages ? t->pages->page[0].text : NULL;
    struct outline *o = memory_need(2, sizeof *o);
    if (!original) {
        text_fault(t, "there is no README.md that this page could be a translation of");
    } else if (outline_of(t, original, &o[0]) && outline_of(t, page, &o[1])) {
        if (o[0].n != o[1].n)
            text_fault(t, "README.md has %d sections, and its translation %d", o[0].n, o[1].n);
        for (int i = 0; i < o[0].n && i < o[1].n; i++) compare_section(t, &o[0].section[i], &o[1].section[i]);
        compare_markers(t, original, page);
    }
    free(o);
}
