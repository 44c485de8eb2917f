/* chart_check.c - can a reader read the chart? chart_check FONT.ttf CHART.svg...
 *
 * Names every text that leaves the canvas, or lies on another text, on a point, on a bar or on a line other
 * than the grid's; every text too faint on white (white text is on something dark); and every character
 * without a glyph. Text is measured in the font given, which should be a wide one: narrower fonts then fit
 * too. Exit code 1: something was named. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "contrast.h"
#include "svg.h"

/* in units of the canvas */
static const double margin = 2.5; /* of text from the edge of the canvas     */
static const double apart = 2;    /* of texts from each other, sideways      */
static const double thin = 0.5;   /* ink may come so near to a line or point */

static const char *path;
static int found;

static void report(const struct svg_text *t, const char *what)
{
    printf("%s: '%s' at %.0f,%.0f %s\n", path, t->words, t->corner[3].x, t->corner[3].y, what);
    found++;
}

/* Both convex and given by corners around them: is there a line between the two? `gap`: at least so far apart
 */
static int is_between(const struct svg_point *a, int n, const struct svg_point *b, int m, double gap)
{
    for (int i = 0; i < n; i++) {
        struct svg_point p = a[i], q = a[(i + 1) % n];
        double nx = q.y - p.y, ny = p.x - q.x, length = hypot(nx, ny), side = 0, least = HUGE_VAL,
               most = -HUGE_VAL;
        if (!(length > 0)) continue;
        for (int k = 0; k < n; k++) {
            double d = ((a[k].x - p.x) * nx + (a[k].y - p.y) * ny) / length;
            if (fabs(d) > fabs(side)) side = d;
        }
        for (int k = 0; k < m; k++) {
            double d = ((b[k].x - p.x) * nx + (b[k].y - p.y) * ny) / length;
            least = fmin(least, d), most = fmax(most, d);
        }
        if (n == 2 ? least >= gap || most <= -gap : side <= 0 ? least >= gap : most <= -gap) return 1;
    }
    return 0;
}

static int meet(const struct svg_point *a, int n, const struct svg_point *b, int m, double gap)
{
    return !is_between(a, n, b, m, gap) && !is_between(b, m, a, n, gap);
}

static void corners_of(const struct svg_area *a, struct svg_point p[4])
{
    p[0] = (struct svg_point){ a->left, a->top }, p[1] = (struct svg_point){ a->right, a->top };
    p[2] = (struct svg_point){ a->right, a->bottom }, p[3] = (struct svg_point){ a->left, a->bottom };
}

/* The text's corners, wider by `apart` along its line */
static void widen(const struct svg_text *t, struct svg_point p[4])
{
    double x = t->corner[1].x - t->corner[0].x, y = t->corner[1].y - t->corner[0].y, l = hypot(x, y) + 1e-9;
    for (int i = 0; i < 4; i++) {
        double way = (i == 1 || i == 2 ? apart : -apart) / l;
        p[i] = (struct svg_point){ t->corner[i].x + way * x, t->corner[i].y + way * y };
    }
}

static void check_canvas(const struct svg *s, const struct svg_text *t)
{
    for (int i = 0; i < 4; i++) {
        struct svg_point p = t->corner[i];
        if (p.x >= s->left + margin && p.x <= s->right - margin && p.y >= s->top + margin &&
            p.y <= s->bottom - margin)
            continue;
        report(t, "leaves the canvas or touches its edge");
        return;
    }
}

static void check_areas(const struct svg_text *t, const struct svg_area *a, int n, const char *what)
{
    for (int i = 0; i < n; i++) {
        struct svg_point p[4];
        corners_of(&a[i], p);
        if (!meet(t->corner, 4, p, 4, -thin)) continue;
        report(t, what);
        return;
    }
}

static void check_strokes(const struct svg *s, const struct svg_text *t)
{
    for (int i = 0; i < s->strokes; i++) {
        struct svg_point p[] = { s->stroke[i].from, s->stroke[i].to };
        if (hypot(p[0].x - p[1].x, p[0].y - p[1].y) < 0.01) continue;
        if (!meet(t->corner, 4, p, 2, s->stroke[i].width / 2 - thin)) continue;
        report(t, "lies on a line");
        return;
    }
}

static void check_texts(const struct svg *s, int i)
{
    struct svg_point p[4];
    widen(&s->text[i], p);
    for (int k = i + 1; k < s->texts; k++) {
        char what[SVG_WORDS + 40];
        if (!meet(p, 4, s->text[k].corner, 4, 0)) continue;
        snprintf(what, sizeof what, "lies on the text '%s'", s->text[k].words);
        report(&s->text[i], what);
    }
}

static void check_contrast(const struct svg_text *t)
{
    static const double white[3] = { 1, 1, 1 };
    double has = contrast(t->rgb, white);
    char what[80];
    if (has >= contrast_of_text || has == 1) return;
    snprintf(what, sizeof what, "is faint: its contrast with white is %.2f, less than %.1f", has,
             contrast_of_text);
    report(t, what);
}

static void check(const struct svg *s)
{
    for (int i = 0; i < s->texts; i++) {
        const struct svg_text *t = &s->text[i];
        char what[60];
        snprintf(what, sizeof what, "has no glyph for U+%04X", t->missing);
        if (t->missing) report(t, what);
        check_contrast(t);
        check_canvas(s, t);
        check_areas(t, s->symbol, s->symbols, "lies on a point");
        check_areas(t, s->bar, s->bars, "lies on a bar");
        check_strokes(s, t);
        check_texts(s, i);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: chart_check FONT.ttf CHART.svg...\n", stderr);
        return 64;
    }
    for (int i = 2; i < argc; i++) {
        struct svg s;
        path = argv[i];
        if (!svg_read(&s, path, argv[1])) return 66;
        if (!s.texts) printf("%s: there is no text\n", path), found++;
        check(&s);
        svg_free(&s);
    }
    return found ? 1 : 0;
}
