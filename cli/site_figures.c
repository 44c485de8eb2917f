/* site_figures.c - the page of interactive figures: what is drawn here is complete without scripts, and
 * the script (cli/site/figures.js) draws it anew, in the same way, when a control is moved; see site.h.
 *
 * A chart is an SVG picture of 640 x 320, its curves polylines within the frame below. */
#include "site.h"

#include <math.h>
#include <string.h>

#include "../learn/learn.h"
#include "../plots/pick.h"
#include "site_models.h"

enum { WIDE = 640, HIGH = 320, LEFT = 64, RIGHT = 16, TOP = 34, BOTTOM = 44, MOST_POINTS = 241 };

struct scale {
    double from, to;
    int is_log;
    const char *label;
};

struct curve {
    const char *name; /* in the legend */
    int n, is_dots;
    double x[MOST_POINTS], y[MOST_POINTS];
};

/* Where v is between the ends of the scale, as a share. */
static double share(const struct scale *s, double v)
{
    return s->is_log ? log(v / s->from) / log(s->to / s->from) : (v - s->from) / (s->to - s->from);
}

static double across(const struct scale *s, double x)
{
    return LEFT + (WIDE - LEFT - RIGHT) * share(s, x);
}

static double down(const struct scale *s, double y)
{
    return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * share(s, y);
}

/* Five steps of a linear scale, every decade or third decade of a logarithmic one. */
static double tick(const struct scale *s, int i)
{
    if (!s->is_log) return s->from + (s->to - s->from) * i / 5;
    double decades = log10(s->to / s->from), step = decades > 6 ? 3 : 1;
    return s->from * pow(10, step * i);
}

/* 0.001 and 1e-6: what is written at a tick */
static void put_tick(FILE *out, double v)
{
    if (v > 0 && v < 1e-3 * (1 - 1e-9))
        fprintf(out, "1e%.0f</text>\n", log10(v));
    else
        fprintf(out, "%g</text>\n", v);
}

static void put_axes(FILE *out, const struct scale *x, const struct scale *y)
{
    fprintf(out, "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", LEFT, TOP,
            WIDE - LEFT - RIGHT, HIGH - TOP - BOTTOM);
    for (int i = 0; tick(x, i) <= x->to * (1 + 1e-9) + 1e-12; i++) {
        fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", across(x, tick(x, i)),
                HIGH - BOTTOM + 18);
        put_tick(out, tick(x, i));
    }
    for (int i = 0; tick(y, i) <= y->to * (1 + 1e-9) + 1e-12; i++) {
        fprintf(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 6, down(y, tick(y, i)) + 4);
        put_tick(out, tick(y, i));
    }
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", (LEFT + WIDE - RIGHT) / 2,
            HIGH - 6, x->label);
    fprintf(out, "<text x=\"12\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 12 %d)\">%s</text>\n",
            (TOP + HIGH - BOTTOM) / 2, (TOP + HIGH - BOTTOM) / 2, y->label);
}

static double within(double v, const struct scale *s)
{
    return fmin(fmax(v, s->from), s->to); /* what is beyond the frame runs along it */
}

static void put_curve(FILE *out, const struct curve *c, int number, const struct scale *x,
                      const struct scale *y)
{
    if (!c->is_dots) fprintf(out, "<polyline class=\"c%d\" points=\"", number);
    for (int i = 0; i < c->n; i++) {
        double px = across(x, within(c->x[i], x)), py = down(y, within(c->y[i], y));
        if (c->is_dots)
            fprintf(out, "<circle class=\"c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>\n", number, px, py);
        else
            fprintf(out, "%s%.1f,%.1f", i ? " " : "", px, py);
    }
    if (!c->is_dots) fputs("\"/>\n", out);
}

static void put_chart(FILE *out, const char *words, const struct scale *x, const struct scale *y,
                      const struct curve *c, int curves)
{
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDE, HIGH, words);
    put_axes(out, x, y);
    for (int i = 0; i < curves; i++) put_curve(out, &c[i], i, x, y);
    fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", WIDE - RIGHT, TOP - 12);
    for (int i = 0; i < curves; i++) fprintf(out, "<tspan class=\"c%d\" dx=\"16\">%s</tspan>", i, c[i].name);
    fputs("</text>\n", out);
    fputs("</svg>\n", out);
}

/* ---- the figures ---- */

static void begin(FILE *out, const char *id)
{
    fprintf(out, "\n<div class=\"play\" id=\"%s\">\n", id);
}

static void slider(FILE *out, const char *name, const char *label, double from, double to, double step,
                   double value)
{
    fprintf(
        out,
        "<label hidden>%s <input type=\"range\" name=\"%s\" min=\"%g\" max=\"%g\" step=\"%g\" value=\"%g\"> "
        "<output>%g</output></label>\n",
        label, name, from, to, step, value, value);
}

static void end(FILE *out)
{
    fputs("<p class=\"said\" role=\"status\"></p>\n</div>\n\n", out);
}

static void put_network(FILE *out)
{
    enum { CHOSEN = 7 }; /* the second weight of the output */
    static const char *const names[NETWORK_PARAMETERS] = { "w1[1][1]", "w1[1][2]", "w1[2][1]",
                                                           "w1[2][2]", "b1[1]",    "b1[2]",
                                                           "w2[1]",    "w2[2]",    "b2" };
    static struct curve c[3] = { { .name = "loss", .n = 81 },
                                 { .name = "its slope by backpropagation", .n = 2 },
                                 { .name = "here", .n = 1, .is_dots = 1 } };
    const struct scale x = { -2, 2, 0, "the weight" }, y = { 0, 2, 0, "loss" };
    double in[NETWORK_IN], at[NETWORK_OUT];
    memcpy(in, by_hand_numbers, sizeof in);
    model_network(in, at);
    for (int i = 0; i < c[0].n; i++) {
        double changed[NETWORK_OUT];
        in[CHOSEN] = c[0].x[i] = -2 + 0.05 * i;
        model_network(in, changed);
        c[0].y[i] = changed[0];
    }
    for (int i = 0; i < 2; i++) {
        c[1].x[i] = by_hand_numbers[CHOSEN] + (i ? 0.5 : -0.5);
        c[1].y[i] = at[0] + at[1 + CHOSEN] * (i ? 0.5 : -0.5);
    }
    c[2].x[0] = by_hand_numbers[CHOSEN], c[2].y[0] = at[0];
    fputs(
        "## One weight of a network\n\nThe network of lesson 1, worked by hand there: two inputs, two hidden "
        "neurons, one output. The curve is the loss as a function of one weight; the line's slope is the derivative "
        "that backpropagation computes, from one forward and one backward pass.\n",
        out);
    begin(out, "network");
    fputs("<label hidden>Weight <select name=\"chosen\">", out);
    for (int k = 0; k < NETWORK_PARAMETERS; k++)
        fprintf(out, "<option value=\"%d\"%s>%s</option>", k, k == CHOSEN ? " selected" : "", names[k]);
    fputs("</select></label>\n", out);
    slider(out, "value", "its value", -2, 2, 0.05, by_hand_numbers[CHOSEN]);
    put_chart(out, "The loss over one weight is a curve that the tangent touches at the weight's value", &x,
              &y, c, 3);
    end(out);
}

static void put_ravine(FILE *out)
{
    enum { STEPS = 20 };
    static struct curve c[2] = { { .name = "gradient descent", .n = 121 },
                                 { .name = "with momentum", .n = 121 } };
    const struct scale x = { 0, 0.3, 0, "rate" }, y = { 1e-9, 1e3, 1, "loss" };
    for (int i = 0; i < c[0].n; i++) {
        double rate = 0.0025 * i;
        c[0].x[i] = c[1].x[i] = rate;
        c[0].y[i] = model_ravine(rate, 0, STEPS);
        c[1].y[i] = model_ravine(rate, 0.25, STEPS);
    }
    fputs(
        "## Rate and loss in a ravine\n\nThe ravine of lesson 4, nine times as steep across as along: the loss "
        "after some steps from (3, 1), for every rate. From rate 2/9 on, plain gradient descent diverges; momentum "
        "moves that end to the right.\n",
        out);
    begin(out, "ravine");
    slider(out, "steps", "Steps", 1, 60, 1, STEPS);
    slider(out, "momentum", "momentum", 0, 0.95, 0.05, 0.25);
    put_chart(out, "The loss falls as the rate grows, down to a smallest one, and then rises steeply", &x, &y,
              c, 2);
    end(out);
}

static void put_singular(FILE *out)
{
    enum { STEPS = 5 };
    static struct curve c[2] = { { .name = "after the steps", .n = 201 }, { .name = "1", .n = 2 } };
    const struct scale x = { 0, 1, 0, "singular value before, of a matrix with norm 1" },
                       y = { 0, 1.5, 0, "after" };
    for (int i = 0; i < c[0].n; i++) {
        c[0].x[i] = i / 200.0;
        c[0].y[i] = model_singular(c[0].x[i], STEPS);
    }
    c[1].x[1] = c[1].y[0] = c[1].y[1] = 1;
    fputs(
        "## Newton-Schulz on singular values\n\nMuon moves all singular values of a step close to 1 without "
        "computing one: a polynomial of the matrix is the same polynomial of each singular value (lesson 4).\n",
        out);
    begin(out, "singular");
    slider(out, "steps", "Steps", 0, 8, 1, STEPS);
    put_chart(out, "After five steps all but the smallest singular values are between 0.68 and 1.21", &x, &y,
              c, 2);
    end(out);
}

/* a row of 32 cells, coloured by sector, in two lines of 16 */
static void put_lanes(FILE *out, const int which[MODEL_LANES], int sectors)
{
    fprintf(out, "<svg viewBox=\"0 0 640 92\" role=\"img\" aria-label=\"32 lanes touch %d sectors\">\n",
            sectors);
    for (int lane = 0; lane < MODEL_LANES; lane++)
        fprintf(out,
                "<rect class=\"s%d\" x=\"%d\" y=\"%d\" width=\"38\" height=\"42\"/><text x=\"%d\" y=\"%d\" "
                "text-anchor=\"middle\">%d</text>\n",
                which[lane] % 8, lane % 16 * 40 + 1, lane / 16 * 46 + 1, lane % 16 * 40 + 20,
                lane / 16 * 46 + 27, which[lane]);
    fputs("</svg>\n", out);
}

static void put_sectors(FILE *out)
{
    int which[MODEL_LANES], sectors = model_sectors(2, 0, 4, which);
    fputs(
        "## Lanes and sectors of a warp\n\nMemory moves in sectors of 32 bytes. Lane i of a warp loads element "
        "offset + i stride; each cell is a lane and says which sector it needs. The fewest are as many as the bytes "
        "that were asked for fill.\n",
        out);
    begin(out, "sectors");
    slider(out, "stride", "Stride", 1, 32, 1, 2);
    slider(out, "offset", "offset", 0, 31, 1, 0);
    fputs("<label hidden>bytes of an element <select name=\"size\"><option>4</option><option>8</option>"
          "<option>16</option></select></label>\n",
          out);
    put_lanes(out, which, sectors);
    end(out);
}

/* ---- the roofs of a machine ---- */

static const char machine[] = "plots/data/amd-epyc-zen3-2core.csv";

static int put_roofs(const struct site *s, FILE *out, char *error)
{
    static struct curve c[3] = { { .name = "first-level cache", .n = 121 },
                                 { .name = "memory", .n = 121 },
                                 { .name = "rungs of dense_forward", .is_dots = 1 } };
    const struct scale x = { 0.01, 1000, 1, "FLOP per byte" }, y = { 0.1, 1000, 1, "GFLOP/s" };
    const struct row *row[PICK_MAX];
    char path[2 * FILE_PATH];
    struct measurement m;
    snprintf(path, sizeof path, "%s/%s", s->root, machine);
    if (!measurement_read(&m, path, error)) return 0;
    double peak = pick_peak(&m.rows, 1), near = pick_bandwidth(&m.rows, "l1", 1),
           far = pick_bandwidth(&m.rows, "dram", 1);
    for (int i = 0; i < c[0].n; i++) {
        c[0].x[i] = c[1].x[i] = 0.01 * pow(10, i / 24.0);
        c[0].y[i] = model_roof(peak, near, c[0].x[i]);
        c[1].y[i] = model_roof(peak, far, c[1].x[i]);
    }
    const char *shape = pick_shape(&m.rows, "dense_forward");
    int n = shape ? pick_rows(&m.rows, "dense_forward", shape, 1, row) : 0;
    for (int i = 0; i < n && c[2].n < MOST_POINTS; i++)
        if (row[i]->kind == ROW_RUNG && row[i]->flops > 0 && row[i]->bytes > 0) {
            c[2].x[c[2].n] = row[i]->flops / row[i]->bytes;
            c[2].y[c[2].n++] = row[i]->flops / 1e9;
        }
    fprintf(out,
            "## The roofline of your machine\n\nBelow which roof a rung runs: %s on one thread, %s, as "
            "measured by `./rungs bench --csv`. A file of your own machine stays in this page.\n",
            m.cpu, shape ? shape : "");
    begin(out, "roofs");
    fputs("<label hidden>CSV of <code>rungs bench</code> <input type=\"file\" accept=\".csv\"></label>\n"
          "<label hidden>operation <select name=\"op\"></select></label>\n",
          out);
    put_chart(out, "Rungs below a slanted roof of memory and a flat one of arithmetic", &x, &y, c, 3);
    end(out);
    measurement_free(&m);
    return 1;
}

int site_figures(struct site *s, FILE *out, char *error)
{
    fputs(
        "# Figures to play with\n\nEach picture is complete as it is; with scripts its controls can be moved. What "
        "the scripts compute is tested against the suite's C functions.\n\n",
        out);
    put_network(out);
    put_ravine(out);
    put_singular(out);
    put_sectors(out);
    if (!put_roofs(s, out, error)) return 0;
    fputs("\n<script src=\"models.js\"></script>\n<script src=\"figures.js\"></script>\n", out);
    return site_write(s->folder.unfinished, "models.js", site_models_script, error) &&
           site_write(s->folder.unfinished, "figures.js", site_figures_script, error);
}
