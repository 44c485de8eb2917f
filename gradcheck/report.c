/* report.c - gc_print: a result for people. PASS is a line; everything else says what,
 * where, why and what to do.
 *
 *     FAIL conv2d   dW[3,2,3,2] 36/36 wrong   dx ok   db ok   4 points, seed 17
 *       worst    dW[2,1,0,1]  analytic +1.70319  numeric -0.421873 +-3e-11  |diff| 2.1
 *       rel 1.2e+00  allowed 1.0e-06
 *       pattern  right values at wrong places: dW[i,j,k,l] = numeric[i,j,2-k,1-l]
 *       cause    likely: the kernel is flipped
 *       repeat   rungs gradcheck run conv2d --only W --seed 17
 */
#include "format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gc_internal.h"

struct paint {
    const char *bad, *good, *unsure, *strong, *off;
};

static struct paint paint_for(FILE *f)
{
    static const struct paint none = { "", "", "", "", "" };
    static const struct paint colours = { "\033[1;31m", "\033[1;32m", "\033[1;33m", "\033[1m", "\033[0m" };
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    int dumb = term && !strcmp(term, "dumb");
    return !no && !dumb && isatty(fileno(f)) ? colours : none;
}

static const char *paint_of(const struct paint *p, gc_verdict v)
{
    return v == GC_PASS || v == GC_KINK ? p->good : v == GC_INCONCLUSIVE ? p->unsure : p->bad;
}

/* a name, and a double as people read it: NaN and infinities by their names */
static void put_value(FILE *f, const char *name, const char *format, double x)
{
    char text[GC_NUMBER];
    fputs(name, f);
    if (gc_is_finite(x))
        fprintf(f, format, x);
    else
        fputs(gc_number(x, text), f);
}

/* "  label    " */
static void put_label(FILE *f, const struct paint *p, const char *label)
{
    fprintf(f, "  %s%-9s%s", p->strong, label, p->off);
}

static void put_line(FILE *f, const struct paint *p, const char *label, const char *text)
{
    if (!*text) return;
    put_label(f, p, label);
    gc_put_plain(f, text);
    fputc('\n', f);
}

/* "dW[3,2,3,2]": the shape as declared */
static void put_shape(FILE *f, const gc_tensor_result *t)
{
    fputc('d', f);
    gc_put_plain(f, t->name);
    for (int k = 0; k < t->nd; k++) fprintf(f, "%c%zu", k ? ',' : '[', t->dim[k]);
    if (t->nd) fputc(']', f);
}

static void put_location(FILE *f, const gc_tensor_result *t, size_t flat)
{
    char index[GC_INDEX];
    fputc('d', f);
    gc_put_plain(f, t->name);
    fputs(gc_index(t, flat, index), f);
}

static void put_effort(FILE *f, const gc_result *r)
{
    size_t calls = r->forwards + r->backwards;
    fprintf(f, "   %d point%s, %zu evaluation%s, ", r->points, r->points == 1 ? "" : "s", calls,
            calls == 1 ? "" : "s");
    if (r->repeats)
        fprintf(f, "%d repeats (99 %% to see %.0f %% wrong), ", r->repeats, 100 * gc_rate_seen(r));
    fprintf(f, "seed %llu\n", (unsigned long long)r->seed);
}

static void put_comparison(FILE *f, double analytic, double numeric, double error, double rel, double allowed)
{
    put_value(f, "  analytic ", "%+.6g", analytic);
    put_value(f, "  numeric ", "%+.6g", numeric);
    put_value(f, " +-", "%.0e", error);
    put_value(f, "  |diff| ", "%.2g", fabs(analytic - numeric));
    put_value(f, "  rel ", "%.1e", rel);
    put_value(f, "  allowed ", "%.1e", allowed);
    fputc('\n', f);
}

static void put_sample(FILE *f, const struct paint *p, const char *label, const gc_tensor_result *t,
                       const gc_sample *s)
{
    put_label(f, p, label);
    put_location(f, t, s->index);
    put_comparison(f, s->analytic, s->numeric, s->error_bar, gc_relative(t, s->analytic, s->numeric),
                   t->allowed_rel);
}

/* ---- findings ---- */

/* "direction 2 of dW" */
static void put_finding_name(FILE *f, const gc_result *r, const gc_finding *found)
{
    const char *test = gc_test_name(found->test);
    int says_test = !strncmp(found->detail, test, strlen(test)); /* "direction 2" */
    if (!says_test) fputs(test, f);
    if (*found->detail) fputs(says_test ? "" : ", ", f), gc_put_plain(f, found->detail);
    if (found->tensor < 0 || found->tensor >= r->ntensors) return;
    const gc_tensor_result *t = &r->tensor[found->tensor];
    fputs(" of ", f);
    if (found->is_element)
        put_location(f, t, found->index);
    else
        fputc('d', f), gc_put_plain(f, t->name);
}

static int has_wrong_tensor(const gc_result *r)
{
    for (int i = 0; i < r->ntensors; i++)
        if (r->tensor[i].verdict == GC_FAIL) return 1;
    return 0;
}

/* The reason is not told where the wrong tensors are. */
static int tells_reason(const gc_result *r)
{
    return r->verdict != GC_FAIL || !has_wrong_tensor(r);
}

/* Does the report say it elsewhere: in the reason, or by elements of this tensor? */
static int is_told(const gc_result *r, const gc_finding *found)
{
    if (*r->reason && !strcmp(r->reason, found->reason) && tells_reason(r)) return 1;
    return found->verdict == GC_FAIL && found->tensor >= 0 && found->tensor < r->ntensors &&
           r->tensor[found->tensor].wrong > 0;
}

/* what the tests found, but for what is told elsewhere */
static void put_findings(FILE *f, const struct paint *p, const gc_result *r)
{
    enum { SHOWN = 8 };
    int told = 0, more = 0;
    for (int i = 0; i < r->findings; i++) {
        const gc_finding *found = &r->finding[i];
        if (found->verdict == GC_PASS || is_told(r, found)) continue;
        if (told++ >= SHOWN) {
            more++;
            continue;
        }
        put_label(f, p, "found");
        put_finding_name(f, r, found);
        fputs(": ", f);
        gc_put_plain(f, *found->reason ? found->reason : gc_verdict_name(found->verdict));
        fputc('\n', f);
    }
    if (more) fprintf(f, "           and %d more like these\n", more);
}

/* the tests that saw that a tensor is wrong */
static void put_witnesses(FILE *f, const struct paint *p, const gc_result *r, int tensor)
{
    const char *between = "";
    for (int i = 0; i < r->findings; i++) {
        const gc_finding *found = &r->finding[i];
        if (found->tensor != tensor || found->verdict != GC_FAIL) continue;
        if (!*between) put_label(f, p, "seen by");
        fprintf(f, "%s%s", between, gc_test_name(found->test));
        between = ", ";
    }
    if (*between) fputc('\n', f);
}

/* ---- a map of a matrix: one character per element, or the worst of a block ---- */

enum { MAP_ROWS = 24, MAP_COLUMNS = 64 };

static char map_of(const gc_tensor_result *t, const gc_sample *s)
{
    double rel = gc_relative(t, s->analytic, s->numeric);
    if (!s->wrong) return s->kink ? '~' : '.';
    return !gc_is_finite(rel) ? '!' : rel < 0.01 ? 'o' : rel < 0.5 ? 'x' : '#';
}

static void put_map(FILE *f, const struct paint *p, const gc_tensor_result *t)
{
    static const char rising[] = " .~ox#!";
    if (t->nd != 2 || t->dim[0] < 2 || t->dim[1] < 2) return;
    if (!t->wrong || t->wrong > t->looked / 10 * 9) return;
    size_t high = (t->dim[0] + MAP_ROWS - 1) / MAP_ROWS, wide = (t->dim[1] + MAP_COLUMNS - 1) / MAP_COLUMNS;
    size_t rows = (t->dim[0] + high - 1) / high, columns = (t->dim[1] + wide - 1) / wide;
    char map[MAP_ROWS][MAP_COLUMNS];
    memset(map, ' ', sizeof map);
    for (int i = 0; i < t->samples; i++) {
        size_t row = t->sample[i].index / t->dim[1] / high, column = t->sample[i].index % t->dim[1] / wide;
        if (row >= rows || column >= columns) continue;
        char c = map_of(t, &t->sample[i]), *old = &map[row][column];
        if (strchr(rising, c) > strchr(rising, *old)) *old = c;
    }
    put_label(f, p, "map");
    fprintf(f, ". right  o wrong by < 1 %%  x < 50 %%  # more  ! NaN  ~ corner");
    if (high * wide > 1) fprintf(f, "; the worst of %zu x %zu elements each", high, wide);
    fputc('\n', f);
    for (size_t row = 0; row < rows; row++) {
        size_t end = columns;
        while (end > 0 && map[row][end - 1] == ' ') end--;
        fprintf(f, "  %8zu %.*s\n", row * high, (int)end, map[row]);
    }
}

/* ---- verdicts ---- */

/* What came closest to being wrong: an element, else another comparison. 0 if nothing was compared. */
static int put_closest(FILE *f, const gc_result *r)
{
    const gc_tensor_result *closest = NULL;
    const gc_finding *other = NULL;
    for (int i = 0; i < r->ntensors; i++) {
        const gc_tensor_result *t = &r->tensor[i];
        if (!t->checked || !t->looked || t->worst.kink) continue;
        if (!closest || t->worst_rel * closest->allowed_rel > closest->worst_rel * t->allowed_rel)
            closest = t;
    }
    if (closest) {
        const gc_sample *s = &closest->worst;
        put_value(f, "worst error ", "%.1e", closest->worst_rel);
        fputs(" in ", f);
        put_location(f, closest, s->index);
        put_value(f, " (error bar ", "%.0e", s->error_bar / gc_scale(closest, s->analytic, s->numeric));
        put_value(f, ", allowed ", "%.1e)", closest->allowed_rel);
        return 1;
    }
    for (int i = 0; i < r->findings; i++)
        if (r->finding[i].verdict == GC_PASS && r->finding[i].allowed > 0 &&
            gc_is_finite(r->finding[i].allowed) && !other)
            other = &r->finding[i];
    if (!other) return 0;
    double scale = fmax(fabs(other->analytic), fabs(other->numeric));
    put_value(f, "worst error ", "%.1e", scale > 0 ? fabs(other->analytic - other->numeric) / scale : 0);
    fputs(" in ", f);
    put_finding_name(f, r, other);
    put_value(f, " (error bar ", "%.0e", scale > 0 ? other->error_bar / scale : other->error_bar);
    put_value(f, ", allowed ", "%.1e)", scale > 0 ? other->allowed / scale : other->allowed);
    return 1;
}

static void put_tests(FILE *f, const gc_result *r)
{
    const char *between = "";
    for (int bit = 0; bit < 32; bit++)
        if (r->checks >> bit & 1) fprintf(f, "%s%s", between, gc_test_name(1u << bit)), between = ", ";
}

static void put_headline(FILE *f, const struct paint *p, const gc_result *r)
{
    fprintf(f, "%s%s%s ", paint_of(p, r->verdict), gc_verdict_name(r->verdict), p->off);
    gc_put_plain(f, r->name);
    fputs("   ", f);
    if (r->verdict == GC_PASS || r->verdict == GC_KINK) {
        if (!put_closest(f, r)) put_tests(f, r);
    } else {
        const char *between = "";
        for (int i = 0; i < r->ntensors; i++) {
            const gc_tensor_result *t = &r->tensor[i];
            if (!t->checked || (r->verdict == GC_CRASH && !t->looked)) continue;
            fputs(between, f);
            between = "   ";
            if (t->verdict == GC_FAIL) {
                put_shape(f, t);
                if (t->wrong)
                    fprintf(f, " %zu/%zu wrong", t->wrong, t->looked);
                else
                    fputs(" wrong", f);
            } else {
                fputc('d', f);
                gc_put_plain(f, t->name);
                fprintf(f, " %s", t->verdict == GC_PASS ? "ok" : gc_verdict_name(t->verdict));
            }
        }
    }
    put_effort(f, r);
}

static void put_tensor(FILE *f, const struct paint *p, const gc_result *r, int tensor)
{
    const gc_tensor_result *t = &r->tensor[tensor];
    const gc_sample *first = t->wrong ? gc_sample_at(t, t->first) : NULL;
    if (t->wrong) put_sample(f, p, "worst", t, &t->worst);
    if (first && t->first != t->worst.index) put_sample(f, p, "first", t, first);
    put_line(f, p, "pattern", *t->pattern ? t->pattern : t->wrong ? "no pattern was recognised" : "");
    put_line(f, p, "cause", t->cause);
    put_map(f, p, t);
    if (t->wrong) put_witnesses(f, p, r, tensor);
}

/* what a right gradient leaves open */
static void put_warnings(FILE *f, const struct paint *p, const gc_result *r)
{
    char text[GC_TEXT];
    for (int k = 0; gc_warning(r, k, text); k++) put_line(f, p, "warning", text);
    for (int i = 0; i < r->ntensors; i++) {
        const gc_tensor_result *t = &r->tensor[i];
        if (!t->too_small) continue;
        gc_text(text, sizeof text, "%zu of %zu elements of %s were too small to see", t->too_small, t->looked,
                t->name);
        put_line(f, p, "small", text);
    }
}

int gc_print(FILE *f, const gc_result *r)
{
    struct paint p = paint_for(f);
    put_headline(f, &p, r);
    if (tells_reason(r)) put_line(f, &p, r->verdict == GC_PASS ? "note" : "reason", r->reason);
    if (r->verdict == GC_CRASH) put_line(f, &p, "during", r->stage);
    for (int i = 0; i < r->ntensors; i++)
        if (r->tensor[i].verdict == GC_FAIL || r->tensor[i].wrong) put_tensor(f, &p, r, i);
    put_findings(f, &p, r);
    put_line(f, &p, "means", gc_meaning(r));
    put_line(f, &p, "next", gc_next_step(r));
    if (r->refused && r->points) {
        put_label(f, &p, "refused");
        fprintf(f, "%d point%s, by the function itself\n", r->refused, r->refused == 1 ? "" : "s");
    }
    put_line(f, &p, "calls", r->calls);
    put_line(f, &p, "choices", r->conventions);
    put_warnings(f, &p, r);
    if (r->verdict != GC_PASS) put_line(f, &p, "repeat", r->repeat);
    return gc_written(f);
}
