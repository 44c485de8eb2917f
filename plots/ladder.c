/* ladder.c - the ladder chart: how many times faster than naive is each rung? See charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "text.h"

struct ladder {
    const char *shape;
    const struct row *naive, *row[PICK_MAX]; /* rungs by thread count, then peers by thread count */
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

static void label_of(const struct row *row, char *text, size_t room)
{
    if (row->threads > 1)
        snprintf(text, room, "%.20s, %d threads", row->rung, row->threads);
    else
        snprintf(text, room, "%.30s", row->rung);
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

static void speed_of(const struct row *row, char *text, size_t room)
{
    int bytes = pick_by_bytes(row);
    double speed = (bytes ? row->bytes : row->flops) / 1e9;
    if (row->roof_percent > 0)
        snprintf(text, room, "%.*f %s, %.*f %% of roof", speed < 9.95, speed, bytes ? "GB/s" : "GFLOP/s",
                 row->roof_percent < 9.95, row->roof_percent);
    else
        snprintf(text, room, "%.*f %s", speed < 9.95, speed, bytes ? "GB/s" : "GFLOP/s");
}

static void write_rows(struct draw *d, const struct ladder *l)
{
    double y = 0, longest = 0;
    for (int i = 0; i < l->n; i++) {
        const struct row *row = l->row[i];
        char label[64], speed[64], times[24];
        double ratio = l->naive->seconds / row->seconds;
        int colour = (row->kind == ROW_PEER ? 3 : 1) + (row->threads > l->naive->threads);
        if (i && row->kind != l->row[i - 1]->kind) y += 0.5;
        label_of(row, label, sizeof label);
        speed_of(row, speed, sizeof speed);
        snprintf(times, sizeof times, "%.*f×", ratio < 9.95 ? 1 : 0, ratio);
        fprintf(d->dat, "%g\t%.6g\t%.6g\t%.6g\t%d\t", y, ratio, least(l, row), most(l, row), colour);
        draw_cell(d->dat, label, '\t');
        draw_cell(d->dat, times, '\t');
        draw_cell(d->dat, speed, '\n');
        longest = fmax(longest, most(l, row));
        y += 1;
    }
    fprintf(d->var, "rows = %g\nlongest = %g\n", y, longest);
}

int ladder_draw(const struct measurement *m, const char *op, const char *shape, const char *out)
{
    struct ladder l;
    struct draw d;
    char name[160], title[200];
    if (!collect(&l, &m->rows, op, shape)) return 0;
    snprintf(name, sizeof name, "%.60s_ladder_%.39s%s%.39s", m->stem, op, shape ? "_" : "",
             shape ? shape : "");
    if (!draw_open(&d, name)) return -1;
    snprintf(title, sizeof title, "%s %s: how many times faster than naive C", op, l.shape);
    draw_text(d.var, "heading", title);
    snprintf(title, sizeof title, "%s%s", m->cpu, m->quick ? ", quick run: not for quoting" : "");
    draw_text(d.var, "machine", title);
    write_rows(&d, &l);
    return draw_close(&d, "ladder", out) ? 1 : -1;
}

int ladder_print(const struct rows *r, const char *op, const char *shape)
{
    struct ladder l;
    struct text_bar bar[TEXT_BARS];
    char title[160];
    if (!collect(&l, r, op, shape)) return 0;
    int n = l.n < TEXT_BARS ? l.n : TEXT_BARS;
    for (int i = 0; i < n; i++) {
        const struct row *row = l.row[i];
        double speed = (pick_by_bytes(row) ? row->bytes : row->flops) / 1e9;
        bar[i] = (struct text_bar){ .value = l.naive->seconds / row->seconds,
                                    .low = least(&l, row),
                                    .high = most(&l, row) };
        if (row->threads > l.naive->threads)
            snprintf(bar[i].label, sizeof bar[i].label, "%.13s x%d", row->rung, row->threads);
        else
            snprintf(bar[i].label, sizeof bar[i].label, "%.17s", row->rung);
        snprintf(bar[i].remark, sizeof bar[i].remark, "%.*f %s", speed < 9.95, speed,
                 pick_by_bytes(row) ? "GB/s" : "GFLOP/s");
    }
    snprintf(title, sizeof title, "\n%s %s: times faster than naive C (x%s: threads)", op, l.shape, "N");
    text_bars(title, bar, n);
    return 1;
}
