/* doc_sync_forecast.c - a prediction in prose has a marker, so that measurements can
 * refute it; see doc_sync.h.
 *
 * The rule: a paragraph that forecasts (one of the stems below) a quantity (a digit, or one of the words
 * below) is followed by a prediction marker; and a section whose heading names rungs has a marker about each
 * of them.
 */
#include "doc_sync.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const stems[] = { "predict", "should gain", "should be faster", "we expect" };
static const char *const quantities[] = { "twice",  "half",      "third",  "quarter", "fifth",
                                          "tenth",  "hundredth", "times",  "percent", "nothing",
                                          "little", "much",      "faster", "cores" };

struct walk {
    struct text *t;
    int line, in_fence;
    int forecasts, has_quantity, from; /* of the paragraph under way, and its first line */
    int pending;                       /* the line of a paragraph that needs a marker; 0: none */
    int heading_line;
    char *heading, *seen; /* the section's heading, and the rungs of its markers, each in blanks */
};

static int holds(const char *line, const char *word)
{
    for (; *line; line++)
        if (!strncasecmp(line, word, strlen(word))) return 1;
    return 0;
}

static int has_digit(const char *line) /* names in backquotes do not count */
{
    int in_code = 0;
    for (; *line; line++) {
        in_code ^= *line == '`';
        if (!in_code && isdigit((unsigned char)*line)) return 1;
    }
    return 0;
}

static void fault_at(struct walk *w, int line, const char *format, const char *what)
{
    w->t->line = line;
    text_fault(w->t, format, what);
}

static void end_paragraph(struct walk *w)
{
    if (w->forecasts && w->has_quantity && !w->pending) w->pending = w->from;
    w->forecasts = w->has_quantity = w->from = 0;
}

static void end_section(struct walk *w)
{
    if (w->pending)
        fault_at(w, w->pending, "this paragraph predicts, but no prediction marker below it says %s",
                 "what, so nothing compares it with a measurement");
    w->pending = 0;
    for (char *at = w->heading ? strchr(w->heading, '`') : NULL; at; at = strchr(at + 1, '`')) {
        char name[44];
        if (!isdigit((unsigned char)at[1]) || !isdigit((unsigned char)at[2]) || at[3] != '_') continue;
        snprintf(name, sizeof name, " %.*s ", (int)strcspn(at + 1, "`"), at + 1);
        if (!w->seen || !strstr(w->seen, name))
            fault_at(w, w->heading_line,
                     "the section about%spredicts nothing of it: give it a prediction marker", name);
    }
    free(w->seen);
    w->seen = NULL;
}

/* "prediction: [cuda] OPERATION SHAPE RUNG ..." -> the rung is seen */
static void see_marker(struct walk *w, const char *line)
{
    char rung[40], *all;
    const char *args = line + strlen(PREDICTION);
    w->pending = 0;
    const char *quote = strchr(args, '"'), *end = quote ? strchr(quote + 1, '"') : NULL;
    if (end) /* a shape of several words is one word less to skip */
        args = end + 1;
    else if (!strncmp(args, "cuda ", 5))
        args += 5;
    if (sscanf(args, end ? "%39s" : "%*s %*s %39s", rung) != 1) return;
    rung[strcspn(rung, ":")] = '\0';
    size_t size;
    FILE *out = open_memstream(&all, &size);
    if (!out) return;
    fprintf(out, "%s %s ", w->seen ? w->seen : "", rung);
    fclose(out);
    free(w->seen);
    w->seen = all;
}

static void see_line(struct walk *w, const char *line)
{
    int is_fence = !strncmp(line, "```", 3);
    if (is_fence) w->in_fence = !w->in_fence;
    if (w->in_fence || is_fence || *line == '|') return;
    if (!strncmp(line, PREDICTION, strlen(PREDICTION))) {
        end_paragraph(w);
        see_marker(w, line);
    } else if (*line == '#') {
        end_paragraph(w);
        end_section(w);
        free(w->heading);
        w->heading = strdup(line);
        w->heading_line = w->line;
    } else if (!*line || !strncmp(line, "<!--", 4)) {
        end_paragraph(w);
    } else {
        if (!w->from) w->from = w->line;
        for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) w->forecasts |= holds(line, stems[i]);
        for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
            w->has_quantity |= holds(line, quantities[i]);
        w->has_quantity |= has_digit(line);
    }
}

void text_forecasts(struct text *t, const char *page)
{
    struct walk w = { .t = t, .line = 1 };
    char *copy = strdup(page), *rest;
    for (char *line = copy; line; line = rest, w.line++) {
        if ((rest = strchr(line, '\n'))) *rest++ = '\0';
        see_line(&w, line);
    }
    end_paragraph(&w);
    end_section(&w);
    free(w.heading);
    free(copy);
}
