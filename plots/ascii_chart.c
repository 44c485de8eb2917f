/* ascii_chart.c - bars and curves in characters; see ascii_chart.h. */
#include "ascii_chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/terminal.h"

int text_utf8(void)
{
    static const char *const variable[] = { "LC_ALL", "LC_CTYPE",
                                            "LANG" }; /* the first that is set decides */
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(variable[i]);
        if (!value || !*value) continue;
        return strstr(value, "UTF-8") || strstr(value, "utf8") || strstr(value, "UTF8") ||
               strstr(value, "utf-8");
    }
    return 0;
}

/* ---- bars ---- */

enum { BAR_WIDTH = 28, BAR_LEAST = 6, LABEL_LEAST = 17, BESIDE_BAR = 12 };

static int label_width(const struct text_bar *bar, int n)
{
    int longest = LABEL_LEAST;
    for (int i = 0; i < n; i++)
        if (longest < (int)strlen(bar[i].label)) longest = (int)strlen(bar[i].label);
    return longest;
}

/* the width of bars that fits the terminal beside their labels, numbers and remarks */
static int bar_width(const struct text_bar *bar, int n)
{
    int columns = terminal_columns(stdout), longest = 0;
    for (int i = 0; i < n; i++)
        if (longest < (int)strlen(bar[i].remark)) longest = (int)strlen(bar[i].remark);
    int room = columns ? columns - BESIDE_BAR - label_width(bar, n) - longest : BAR_WIDTH;
    return room < BAR_LEAST ? BAR_LEAST : room < BAR_WIDTH ? room : BAR_WIDTH;
}

/* A bar of value/top of the width, in eighths of a character where there are such. */
static void print_bar(double part, int width, int utf8)
{
    static const char *const eighth[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
    int eighths = (int)lround(part * width * 8), whole = eighths / 8, rest = eighths % 8, used = whole;
    if (eighths < 1) eighths = rest = 1; /* the smallest value still shows */
    for (int i = 0; i < whole; i++) fputs(utf8 ? "█" : "#", stdout);
    if (utf8 && rest) fputs(eighth[rest], stdout), used++;
    if (!utf8 && rest >= 4) fputs("#", stdout), used++;
    if (!utf8 && !used) fputs("|", stdout), used++;
    printf("%*s", width - used, "");
}

static int digits(double x)
{
    return x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
}

void text_bars(const char *title, const struct text_bar *bar, int n)
{
    int utf8 = text_utf8(), width = bar_width(bar, n), beside = label_width(bar, n);
    double top = 0;
    for (int i = 0; i < n; i++) top = fmax(top, bar[i].value);
    if (!(top > 0)) return;
    terminal_print(stdout, 2, "%s\n", title);
    for (int i = 0; i < n; i++) {
        printf("  %-*s ", beside, bar[i].label);
        print_bar(bar[i].value / top, width, utf8);
        printf(" %6.*f  %s\n", digits(bar[i].value), bar[i].value, bar[i].remark);
    }
}

/* ---- curves ---- */

enum { WIDTH = 60, LEAST_WIDTH = 10, HEIGHT = 16, BESIDE_AREA = 13 };

static double place(double x, int log_x)
{
    return log_x ? log(x) : x;
}

/* how far up the axis, 0..1 where it is in the picture */
static double height_of(double y, const struct text_axes *axes)
{
    if (!(axes->bottom > 0)) return y / axes->top;
    if (isnan(y)) return y;
    return log(fmin(fmax(y, axes->bottom), axes->top) / axes->bottom) / log(axes->top / axes->bottom);
}

static double value_at(double up, const struct text_axes *axes)
{
    return axes->bottom > 0 ? axes->bottom * pow(axes->top / axes->bottom, up) : up * axes->top;
}

void text_curves(const struct text_axes *axes, const struct text_curve *curve, int n)
{
    char area[HEIGHT][WIDTH + 1];
    int columns = terminal_columns(stdout), width = columns ? columns - BESIDE_AREA : WIDTH;
    width = width < LEAST_WIDTH ? LEAST_WIDTH : width < WIDTH ? width : WIDTH;
    double left = (double)INFINITY, right = -(double)INFINITY;
    for (int c = 0; c < n; c++)
        for (int i = 0; i < curve[c].n; i++) {
            left = fmin(left, curve[c].x[i]);
            right = fmax(right, curve[c].x[i]);
        }
    if (!(right > left) || (axes->log_x && !(left > 0)) || !(axes->top > 0)) return;
    for (int row = 0; row < HEIGHT; row++) memset(area[row], ' ', (size_t)width), area[row][width] = '\0';
    for (int c = 0; c < n; c++)
        for (int i = 0; i < curve[c].n; i++) {
            double across = (place(curve[c].x[i], axes->log_x) - place(left, axes->log_x)) /
                            (place(right, axes->log_x) - place(left, axes->log_x));
            double up = height_of(curve[c].y[i], axes);
            if (!(up >= 0 && up <= 1)) continue;
            char *place_of = &area[(int)lround((1 - up) * (HEIGHT - 1))][(int)lround(across * (width - 1))];
            if (*place_of == ' ') *place_of = (char)('a' + c);
        }
    terminal_print(stdout, 2, "%s\n%10s\n", axes->title, axes->y);
    for (int row = 0; row < HEIGHT; row++) {
        if (row % 5 == 0)
            printf("%10.4g |%s\n", value_at(1 - (double)row / (HEIGHT - 1), axes), area[row]);
        else
            printf("%10s |%s\n", "", area[row]);
    }
    printf("%10s +", "");
    for (int i = 0; i < width; i++) putchar('-');
    printf("\n%12.4g%*.4g\n%12s%s%s\n ", left, width, right, "", axes->x, axes->log_x ? " (log scale)" : "");
    int column = 1;
    for (int c = 0; c < n; c++) {
        int length = (int)strlen(curve[c].name) + 5;
        if (column + length > (columns ? columns : 78)) printf("\n "), column = 1;
        printf(" %c: %s ", 'a' + c, curve[c].name);
        column += length;
    }
    putchar('\n');
}
