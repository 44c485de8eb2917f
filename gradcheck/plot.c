/* plot.c - the charts of curves: the V curve and the Taylor remainder; maps and
 * scatters are in plot_tensor.c. */
#include "chart.h"

#include <math.h>
#include <string.h>

#include "gc_internal.h"
#include "format.h"

enum { WIDTH = 860, HEIGHT = 480, KEY = 630, TOP = 30, MOST_ROWS = 128, MOST_CURVES = 6 };

struct curve {
    const char *name;
    int style;
    double y[MOST_ROWS]; /* NaN where there is none */
};

/* A straight line of theory beside a curve */
struct law {
    int curve;
    double slope, shift; /* drawn at this multiple of the curve */
    double label;        /* where its name stands: 0 at its start, 1 at its end */
    const char *name;
};

struct curves {
    int rows, curves;
    double h[MOST_ROWS];
    struct curve curve[MOST_CURVES];
};

/* Does y = c h^slope rule here? Right of the smallest value for positive slopes, left
 * of it for negative ones. */
static int law_rules(const struct curves *all, const struct law *law, int best, int i)
{
    double h = all->h[i], y = all->curve[law->curve].y[i];
    if (!(y > 0) || y > 0.3) return 0;
    return law->slope > 0 ? h > 8 * all->h[best] && h < 0.2 : h < all->h[best] / 8;
}

/* The constant of the law: the median of y / h^slope where it rules, and from where to where.
 * 0: too little is there. */
static double fit_law(const struct curves *all, const struct law *law, double *from, double *to)
{
    const double *y = all->curve[law->curve].y;
    double ratio[MOST_ROWS];
    int best = -1, n = 0;
    for (int i = 0; i < all->rows; i++)
        if (y[i] > 0 && (best < 0 || y[i] < y[best])) best = i;
    *from = HUGE_VAL, *to = 0;
    for (int i = 0; i < all->rows && best >= 0; i++) {
        if (!law_rules(all, law, best, i)) continue;
        double c = y[i] / pow(all->h[i], law->slope);
        int k = n++;
        for (; k > 0 && ratio[k - 1] > c; k--) ratio[k] = ratio[k - 1];
        ratio[k] = c;
        *from = fmin(*from, all->h[i]);
        *to = fmax(*to, all->h[i]);
    }
    return n >= 3 ? ratio[n / 2] : 0;
}

/* Thin lines, as far as the chart goes down. */
static void put_laws(struct gc_chart *c, const struct curves *all, const struct law *law, int laws,
                     double floor)
{
    for (int k = 0; k < laws; k++) {
        double from, to, constant = fit_law(all, &law[k], &from, &to);
        if (!(constant > 0)) continue;
        double reach =
            pow(floor / (law[k].shift * constant), 1 / law[k].slope); /* there it meets the floor */
        if (law[k].slope > 0) from = fmax(from, reach);
        if (law[k].slope < 0) to = fmin(to, reach);
        double low = law[k].shift * constant * pow(from, law[k].slope);
        double high = law[k].shift * constant * pow(to, law[k].slope),
               at = pow(from, 1 - law[k].label) * pow(to, law[k].label);
        fprintf(c->gp, "set arrow from %.3e,%.3e to %.3e,%.3e nohead front lc rgb '#888888' lw 1.2 dt 3\n",
                from, low, to, high);
        fprintf(c->gp, "set label '%s' at %.3e,%.3e %s offset %s front font ',12' tc rgb '#666666'\n",
                law[k].name, at, law[k].shift * constant * pow(at, law[k].slope),
                (law[k].shift > 1) == (law[k].slope > 0) ? "right" : "left",
                law[k].shift < 1                           ? "screen -9.0/width, screen -11.0/height"
                : (law[k].shift > 1) == (law[k].slope > 0) ? "screen -7.0/width, screen 5.0/height"
                                                           : "screen 9.0/width, screen -5.0/height");
    }
}

static int has_data(const struct curves *all, int k)
{
    for (int i = 0; i < all->rows; i++)
        if (gc_is_finite(all->curve[k].y[i])) return 1;
    return 0;
}

/* Rows of the data file: h and every curve's value; errors of exactly 0 lie on the floor of the chart. */
static void put_rows(struct gc_chart *c, const struct curves *all, double floor)
{
    for (int i = 0; i < all->rows; i++) {
        gc_chart_number(c->dat, all->h[i]);
        for (int k = 0; k < all->curves; k++) {
            double y = all->curve[k].y[i];
            gc_chart_number(c->dat, y < floor ? floor : y);
        }
        fputc('\n', c->dat);
    }
}

static void put_axes(struct gc_chart *c, const char *y, double floor, double top)
{
    gc_chart_area(c, 100, 83, KEY - 40, HEIGHT - 70, "step h", y);
    fprintf(c->gp, "set logscale xy\nset format x '1e%%T'\nset format y '1e%%T'\nset yrange [%.3e:%.3e]\n",
            floor, top);
}

/* Both pictures; the caller has put curves into columns 2, 3, ...; `more` is one more plot,
 * with that name in the key. */
static void put_plot(struct gc_chart *c, const struct curves *all, const char *more, const char *name)
{
    int entries = 0;
    char look[16];
    for (int k = 0; k < all->curves; k++) {
        if (!has_data(all, k)) continue;
        snprintf(look, sizeof look, "ls %d", all->curve[k].style);
        gc_chart_key(c, entries, KEY, 150 + 27 * entries, look, look, all->curve[k].name);
        entries++;
    }
    if (*more) gc_chart_key(c, entries, KEY, 150 + 27 * entries, "", "pt 13 ps 0.87 lc rgb '#000000'", name);
    fputs("do for [t=1:2] { eval terminal(t); plot \\\n  NaN", c->gp);
    for (int k = 0; k < all->curves; k++)
        if (has_data(all, k))
            fprintf(c->gp, ", \\\n  dat using 1:%d with linespoints ls %d", k + 2, all->curve[k].style);
    fprintf(c->gp, "%s \\\n}\nunset output\n", more);
}

/* ---- the V curve ---- */

/* the smallest error of all methods and steps */
static double smallest(const struct curves *all)
{
    double least = HUGE_VAL;
    for (int k = 0; k < all->curves; k++)
        for (int i = 0; i < all->rows; i++)
            if (all->curve[k].y[i] < least) least = all->curve[k].y[i];
    return least;
}

static const char meaning[] = "relative error of a slope by differences; dotted: theory";

/* Where the ladder settled, up to its error bar: an arrow now, a point in the plot command
 * (more), a sentence (below). */
static void mark_ladder(struct gc_chart *c, const struct curves *all, double h, double error,
                        char below[GC_TEXT], char more[GC_TEXT])
{
    double bar = fmin(fmax(error, 1e-17), TOP);
    if (smallest(all) > 1e3 * fmax(bar, 1e-12))
        gc_text(below, GC_TEXT,
                "distance of slopes by differences from the gradient: no step makes them agree");
    else
        gc_text(below, GC_TEXT, "%s; the ladder settled at h = %.1e with error bar %.0e", meaning, h, error);
    fprintf(c->gp, "set arrow from %.6e,graph 0 to %.6e,%.6e nohead front lc rgb '#000000' lw 1.6\n", h, h,
            bar);
    gc_text(more, GC_TEXT,
            ", \\\n  '+' using (%.6e):(%.6e) every ::::0 with points pt 13 ps 0.87 lc rgb '#000000'", h, bar);
}

int gc_plot_vcurve(const char *base, const char *title, const gc_vrow *row, int rows, double ladder_h,
                   double ladder_error)
{
    static const struct law laws[] = { { 0, 1, 6, 0, "slope 1" },
                                       { 1, 2, 6, 0, "slope 2" },
                                       { 0, -1, 0.1, 0.5, "slope -1" } };
    const double floor = 3e-18;
    struct curves all = { .rows = rows < MOST_ROWS ? rows : MOST_ROWS,
                          .curves = 6,
                          .curve = { { .name = "forward", .style = 1 },
                                     { .name = "central", .style = 2 },
                                     { .name = "4th order", .style = 3 },
                                     { .name = "complex step", .style = 4 },
                                     { .name = "forward, float", .style = 5 },
                                     { .name = "central, float", .style = 6 } } };
    struct gc_chart c;
    char more[GC_TEXT] = "", below[GC_TEXT];
    for (int i = 0; i < all.rows; i++) {
        const double y[] = { row[i].forward,      row[i].central,     row[i].fourth,
                             row[i].complex_step, row[i].forward_f32, row[i].central_f32 };
        all.h[i] = row[i].h;
        for (int k = 0; k < all.curves; k++) all.curve[k].y[i] = y[k];
    }
    gc_text(below, sizeof below, "%s", meaning);
    if (!gc_chart_open(&c, base, WIDTH, HEIGHT)) return -1;
    put_rows(&c, &all, 1e-17);
    put_axes(&c, "relative error", floor, TOP);
    put_laws(&c, &all, laws, 3, floor);
    if (gc_is_finite(ladder_h) && ladder_h > 0 && gc_is_finite(ladder_error))
        mark_ladder(&c, &all, ladder_h, fabs(ladder_error), below, more);
    gc_chart_title(&c, title, below);
    put_plot(&c, &all, more, "ladder, error bar");
    return gc_chart_close(&c);
}

/* ---- the Taylor remainder ---- */

int gc_plot_taylor(const char *base, const char *title, const gc_taylor_row *row, int rows)
{
    static const struct law laws[] = { { 0, 1, 4, 0.5, "slope 1" }, { 1, 2, 5, 0.5, "slope 2" } };
    struct curves all = { .rows = rows < MOST_ROWS ? rows : MOST_ROWS,
                          .curves = 2,
                          .curve = { { .name = "change", .style = 1 },
                                     { .name = "remainder", .style = 2 } } };
    struct gc_chart c;
    double low = HUGE_VAL, high = 0;
    for (int i = 0; i < all.rows; i++) {
        all.h[i] = row[i].h;
        all.curve[0].y[i] = row[i].zeroth;
        all.curve[1].y[i] = row[i].first;
        for (int k = 0; k < 2; k++) {
            double y = all.curve[k].y[i];
            if (y > 0 && gc_is_finite(y)) low = fmin(low, y), high = fmax(high, y);
        }
    }
    if (!(high > 0)) low = 1e-16, high = 1;
    if (!gc_chart_open(&c, base, WIDTH, HEIGHT)) return -1;
    put_rows(&c, &all, low / 3);
    gc_chart_title(
        &c, title,
        "change |f(x+hd) - f(x)|; remainder |f(x+hd) - f(x) - h g.d|, of slope 2 only if g is right");
    put_axes(&c, "difference", low / 10, 10 * high);
    put_laws(&c, &all, laws, 2, low / 10);
    put_plot(&c, &all, "", "");
    return gc_chart_close(&c);
}
