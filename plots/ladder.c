/* ladder.c - the ladder chart: how many times faster than naive is each rung? See charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "draw.h"
#include "ascii_chart.h"
#include "width.h"

struct ladder {
    const char *shape;
    const struct row *naive,
        *row[PICK_MAX]; /* rungs by thread count, then what is from outside, then peers, likewise */
    int n;
};

/* 0 if there is nothing to show */
static int collect(struct ladder *l, const struct rows *r, const char *op, const char *shape)
{
    const struct row *all[PICK_MAX];
    int threads[16];
    l->shape = shape ? shape : pick_shape(r, op);
    if (!l->shape) return 0;
    int n = pick_rows(r, op, l->shape, 0, all), counts = pick_threads(r, op, threads, 16);
    l->naive = pick_naive(all, n);
    l->n = 0;
    for (int kind = ROW_RUNG; kind <= ROW_PEER; kind++)
        for (int t = 0; t < counts; t++)
            for (int i = 0; i < n; i++)
                if (all[i]->kind == (enum row_kind)kind && all[i]->threads == threads[t])
                    l->row[l->n++] = all[i];
    return l->naive && l->n > 1;
}

/* both ends take the other's interval the wrong way round: the ratio is surely within */
static double least(const struct ladder *l, const struct row *row)
{
    return row == l->naive ? 1 : l->naive->low / row->high;
}

static double most(const struct ladder *l, const struct row *row)
{
    return row == l->naive ? 1 : l->naive->high / row->low;
}

/* Two or three digits, whatever the magnitude */
static const char *figure(double x, char text[24])
{
    snprintf(text, 24, x > 0 && (x < 0.095 || x >= 999999) ? "%.1e" : x < 9.95 ? "%.1f" : "%.0f", x);
    return text;
}

/* One unit for the whole chart, that of naive C: GB/s where memory is its limit. A row whose own roof is of
 * the other kind says so. */
static void speed_of(const struct ladder *l, const struct row *row, char text[80])
{
    int bytes = pick_by_bytes(l->naive), other = pick_by_bytes(row) != bytes;
    double speed = (bytes ? row->bytes : row->flops) / 1e9;
    const char *roof = !other ? "" : bytes ? "FMA " : "memory ", *unit = bytes ? "GB/s" : "GFLOP/s";
    char number[24], percent[24];
    int n = speed > 0 ? snprintf(text, 80, "%s %s", figure(speed, number), unit) : 0;
    text[n] = '\0';
    if (row->roof_percent > 0)
        snprintf(text + n, 80 - (size_t)n, "%s%s %% of %sroof", n ? ", " : "",
                 figure(row->roof_percent, percent), roof);
}

/* ---- pictures ---- */

/* Pixels of plots/ladder.gp: the picture's width and what is between its columns; the widest label and speed
 */
enum { WIDE = 820, EDGE = 12, GAP = 9, LABEL = 270, SPEED = 240 };

struct words {
    char label[64], times[32], speed[80];
};

static void words_of(const struct ladder *l, const struct row *row, struct words *w)
{
    double ratio = l->naive->seconds / row->seconds;
    char number[24];
    pick_label(row, w->label, sizeof w->label);
    width_fit(w->label, 14, LABEL);
    speed_of(l, row, w->speed);
    width_fit(w->speed, 13, SPEED);
    snprintf(w->times, sizeof w->times, "%s×", figure(ratio, number));
}

/* The bars have what the labels to their left and the speeds to their right leave; an axis as long as that
 * leaves room for the figure at the end of the longest bar. */
static void write_layout(struct draw *d, const struct ladder *l)
{
    double label = 0, speed = 0, times = 0, longest = 0;
    struct words w;
    for (int i = 0; i < l->n; i++) {
        words_of(l, l->row[i], &w);
        label = fmax(label, width_of(w.label, 14));
        speed = fmax(speed, width_of(w.speed, 13));
        times = fmax(times, width_of(w.times, 14));
        longest = fmax(longest, most(l, l->row[i]));
    }
    double left = EDGE + label + GAP, right = WIDE - EDGE - speed - GAP;
    struct axis x = { .high = longest * (right - left) / (right - left - times - 2 * GAP),
                      .pixels = right - left,
                      .size = 14,
                      .room = GAP };
    fprintf(d->var, "left = %g\nright = %g\nend = %.6g\n", left, right, x.high);
    axis_write(d->var, "marks", &x);
}

static void write_rows(struct draw *d, const struct ladder *l)
{
    double y = 0;
    struct words w;
    for (int i = 0; i < l->n; i++) {
        const struct row *row = l->row[i];
        int colour = (row->kind == ROW_PEER      ? 3
                      : row->kind == ROW_OUTSIDE ? 5
                                                 : 1) +
                     (row->threads > l->naive->threads);
        if (i && row->kind != l->row[i - 1]->kind) y += 0.5;
        words_of(l, row, &w);
        fprintf(d->dat, "%g\t%.6g\t%.6g\t%.6g\t%d\t", y, l->naive->seconds / row->seconds, least(l, row),
                most(l, row), colour);
        draw_cell(d->dat, w.label, '\t');
        draw_cell(d->dat, w.times, '\t');
        draw_cell(d->dat, w.speed, '\n');
        y += 1;
    }
    fprintf(d->var, "rows = %g\n", y);
}

static void write_words(struct draw *d, const struct measurement *m, const struct ladder *l, const char *op)
{
    char text[200], cpu[128], tail[60];
    snprintf(text, sizeof text, "%s %s: how many times faster than naive C", op, l->shape);
    if (width_of(text, 16) > WIDE - 2 * EDGE) snprintf(text, sizeof text, "%s %s", op, l->shape);
    width_fit(text, 16, WIDE - 2 * EDGE);
    draw_text(d->var, "heading", text);
    snprintf(tail, sizeof tail, ", medians with 95 %% intervals%s",
             m->quick ? ", quick run: not for quoting" : "");
    snprintf(cpu, sizeof cpu, "%s", m->cpu);
    width_fit(cpu, 14, WIDE - 2 * EDGE - width_of(tail, 14));
    snprintf(text, sizeof text, "%s%s", cpu, tail);
    draw_text(d->var, "machine", text);
    snprintf(text, sizeof text, "times faster than %.20s on %s", l->naive->rung,
             l->naive->threads > 1 ? "as many threads" : "one thread");
    draw_text(d->var, "xname", text);
    pick_footnote(l->row, l->n, text, sizeof text);
    width_fit(text, 12, WIDE - 2 * EDGE);
    draw_text(d->var, "footnote", text);
}

int ladder_draw(const struct measurement *m, const char *op, const char *shape, const char *out)
{
    struct ladder l;
    struct draw d;
    char name[DRAW_NAME];
    if (!collect(&l, &m->rows, op, shape)) return 0;
    draw_name(name, m->stem, "ladder", op, shape);
    if (!draw_open(&d, name)) return -1;
    write_words(&d, m, &l, op);
    write_rows(&d, &l);
    write_layout(&d, &l);
    return draw_close(&d, "ladder", out) ? 1 : -1;
}

/* ---- text ---- */

int ladder_print(const struct rows *r, const char *op, const char *shape)
{
    struct ladder l;
    struct text_bar bar[TEXT_BARS];
    char title[160];
    if (!collect(&l, r, op, shape)) return 0;
    int n = l.n < TEXT_BARS ? l.n : TEXT_BARS;
    for (int i = 0; i < n; i++) {
        const struct row *row = l.row[i];
        bar[i] = (struct text_bar){ .value = l.naive->seconds / row->seconds,
                                    .low = least(&l, row),
                                    .high = most(&l, row) };
        if (row->threads > l.naive->threads)
            snprintf(bar[i].label, sizeof bar[i].label, "%s x%d", row->rung, row->threads);
        else
            snprintf(bar[i].label, sizeof bar[i].label, "%s", row->rung);
        int bytes = pick_by_bytes(l.naive);
        double speed = (bytes ? row->bytes : row->flops) / 1e9;
        snprintf(bar[i].remark, sizeof bar[i].remark, "%.*f %s%s", speed < 9.95, speed,
                 bytes ? "GB/s" : "GFLOP/s", *row->worst.at ? " *" : "");
    }
    snprintf(title, sizeof title, "\n%s %s: times faster than naive C (x%s: threads)", op, l.shape, "N");
    text_bars(title, bar, n);
    char note[200];
    pick_footnote(l.row, l.n, note, sizeof note);
    if (*note) printf("  %.78s\n", note);
    return 1;
}
