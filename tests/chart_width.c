/* chart_width.c - what charts take text to be wide, against a font: chart_width FONT.ttf; and that a text
 * which is cut fits and is still UTF-8, and that no two labels of an axis meet. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../plots/axis.h"
#include "../plots/width.h"
#include "svg.h"

static int failures;

static void expect(int ok, const char *what, const char *detail)
{
    if (!ok) printf("FAIL %s: %s\n", what, detail), failures++;
}

static void check_widths(const char *font)
{
    for (char c = ' '; c <= '~'; c++) {
        char text[] = { c, '\0' };
        double apart = width_of(text, 1) - svg_text_width(text, font);
        expect(apart >= -1e-9 && apart < 0.0011, "the width of a character", text);
    }
    static const char *const others[] = { "×", "…", "₁", "é", "Я" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect(width_of(others[i], 1) >= svg_text_width(others[i], font), "wider than it is taken for",
               others[i]);
}

static uint64_t state = 1;

static double uniform(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

static void check_cuts(void)
{
    static const char *const piece[] = { "W", "i", "_", "0", "×", "…", "Я", " " };
    for (int round = 0; round < 20000; round++) {
        char text[128] = "", whole[128];
        int n = (int)(24 * uniform());
        for (int i = 0; i < n; i++) strcat(text, piece[(int)(8 * uniform())]);
        double most = 200 * uniform();
        strcpy(whole, text);
        width_fit(text, 14, most);
        size_t kept = strlen(text);
        expect(width_of(text, 14) <= most || !*text, "a cut text fits", whole);
        expect(kept <= strlen(whole), "a cut text is no longer", whole);
        if (!strcmp(text, whole)) continue;
        expect(width_of(whole, 14) > most, "a text that fits stays", whole);
        if (!*text) continue;
        expect(kept > 3 && !strcmp(text + kept - 3, "…"), "a cut text says so", text);
        expect(!strncmp(text, whole, kept - 3) && (whole[kept - 3] & 0xc0) != 0x80,
               "no character is cut in two", text);
    }
}

/* The labels of an axis as they are written: their places in pixels, and half of what they need */
static void check_axis(struct axis axis, FILE *f)
{
    char line[8192], detail[160];
    double end = -HUGE_VAL;
    int labels = 0;
    rewind(f);
    double widest = axis_write(f, "marks", &axis);
    fputc('\n', f), rewind(f);
    expect(fgets(line, sizeof line, f) && !strncmp(line, "marks = '(", 10), "an axis is written", line);
    snprintf(detail, sizeof detail, "%g to %g, log %d, %g pixels, upright %d: %.60s", axis.low, axis.high,
             axis.log, axis.pixels, axis.upright, line);
    for (char *p = line; (p = strchr(p, '"'));) {
        char *close = strchr(p + 1, '"'), text[64];
        snprintf(text, sizeof text, "%.*s", (int)(close - p - 1), p + 1);
        double x = strtod(close + 1, &p);
        if (!*text) continue; /* a mark without a label */
        double part = axis.log ? log(x / axis.low) / log(axis.high / axis.low)
                               : (x - axis.low) / (axis.high - axis.low);
        double at = part * axis.pixels, half = axis.upright ? axis.size / 2 : width_of(text, axis.size) / 2;
        expect(at - half >= end, "labels do not meet", detail);
        expect(part > -1e-6 && part < 1 + 1e-6, "a label is on its axis", detail);
        expect(axis.upright ||
                   (at - half >= -axis.room - 1e-6 && at + half <= axis.pixels + axis.room + 1e-6),
               "a label stays in the picture", detail);
        expect(width_of(text, axis.size) <= widest, "the widest label is known", detail);
        double said = strtod(text, &p);
        said *= *p == 'k' ? 1e3 : *p == 'M' ? 1e6 : *p == 'G' ? 1e9 : *p == 'T' ? 1e12 : *p == 'P' ? 1e15 : 1;
        expect(fabs(said - x) <= 1e-6 * fabs(x), "a label says where it is", detail);
        p = close + 1;
        p = strpbrk(p, ",)");
        end = at + half;
        labels++;
    }
    expect(labels > (axis.log ? 0 : 1), "an axis has labels", detail);
}

static void check_axes(void)
{
    FILE *f = tmpfile();
    for (int round = 0; f && round < 20000; round++) {
        double high = pow(10, 24 * uniform() - 8), decades = uniform();
        struct axis axis = { .high = high, .pixels = 150 + 600 * uniform(), .size = 14, .room = 12 };
        axis.log = round % 2, axis.upright = round / 2 % 2, axis.prefixes = round / 4 % 2;
        axis.low = axis.log ? high / pow(10, 0.5 + 30 * decades * decades) : round % 3 ? 0 : -high;
        check_axis(axis, f);
    }
    if (f) fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: chart_width FONT.ttf\n", stderr);
        return 64;
    }
    check_widths(argv[1]);
    check_cuts();
    check_axes();
    return failures ? 1 : 0;
}
