/* square.c - see square.h. */
#include "square.h"

#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "width.h"

/* Pixels of square.gp and confusion.gp: the picture's width, where the list beside the square begins, the
 * room for a class's name, and the side of a matrix */
enum { WIDE = 640, EDGE = 12, LIST = 474, CLASS = 96, SIDE = 480 };

static void put_text(FILE *var, const char *name, int k, const char *text, double size, double room)
{
    char fitting[160], variable[24];
    snprintf(fitting, sizeof fitting, "%s", text);
    width_fit(fitting, size, room);
    snprintf(variable, sizeof variable, k < 0 ? "%s" : "%s%d", name, k);
    draw_text(var, variable, fitting);
}

int square_draw(const struct square_curve *curve, int n, int dots, const char *heading, const char *x,
                const char *y, const char *name, const char *out)
{
    struct draw d;
    if (!draw_open(&d, name)) return 0;
    put_text(d.var, "heading", -1, heading, 16, WIDE - 2 * EDGE);
    put_text(d.var, "xname", -1, x, 14, LIST);
    put_text(d.var, "yname", -1, y, 14, LIST);
    fprintf(d.var, "curves = %d\ndots = %d\n", n, dots);
    for (int k = 0; k < n; k++) {
        put_text(d.var, "name", k, curve[k].name, 14, WIDE - LIST - EDGE - 30);
        for (int i = 0; i < curve[k].n; i++) fprintf(d.dat, "%.6g\t%.6g\n", curve[k].x[i], curve[k].y[i]);
        fputs("\n\n", d.dat);
    }
    return draw_close(&d, "square", out);
}

static double column_room(int classes)
{
    return SIDE / (double)classes - 4;
}

/* What the names above the columns need if they are upright; 0: they are not, each fits, or can be
 * shortened */
static double room_above(int classes, const char *const *class_name)
{
    double widest = 0;
    for (int k = 0; k < classes; k++) widest = fmax(widest, width_of(class_name[k], 13));
    return classes <= 12 || widest <= column_room(classes) ? 0 : 2 * ceil((fmin(widest, CLASS) - 10) / 2);
}

int confusion_draw(int classes, const long *count, const char *const *class_name, const char *heading,
                   const char *name, const char *out)
{
    struct draw d;
    if (!draw_open(&d, name)) return 0;
    put_text(d.var, "heading", -1, heading, 16, WIDE - 2 * EDGE);
    const double above = room_above(classes, class_name);
    fprintf(d.var, "classes = %d\nabove = %g\n", classes, above);
    for (int row = 0; row < classes; row++) {
        double all = 0;
        for (int k = 0; k < classes; k++) all += (double)count[row * classes + k];
        put_text(d.var, "row", row, class_name[row], 13, CLASS);
        put_text(d.var, "column", row, class_name[row], 13, above > 0 ? CLASS : column_room(classes));
        for (int k = 0; k < classes; k++)
            fprintf(d.dat, "%d\t%d\t%ld\t%.6g\n", k, row, count[row * classes + k],
                    all > 0 ? (double)count[row * classes + k] / all : 0);
    }
    return draw_close(&d, "confusion", out);
}
