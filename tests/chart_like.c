/* chart_like.c - does a chart's PNG show the words of its SVG in the same places?
 * chart_like FONT.ttf CHART.svg DRAWN.png CHART.png, where DRAWN.png is CHART.svg drawn, in that font, at the
 * size of CHART.png
 *
 * The two come from different programs, which place a letter up to two pixels apart: wherever the SVG has
 * text, a pixel of ink in one picture must have ink of the other near by, but for one in six in each field of
 * half the text's height. Exit code 1 and a sentence for each text that is not so. */
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>

#include "svg.h"

enum { ACROSS = 5, UP = 2, DRIFT = 80, SPECKS = 8 };
enum { INK = 191, SOME_INK = 215 }; /* darker than that, of 255; the grid is 221 */

struct picture {
    int wide, high;
    unsigned char *pixel; /* one byte each */
};

static int read_png(struct picture *p, const char *path)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    png_color white = { 255, 255, 255 };
    int ok = png_image_begin_read_from_file(&image, path) != 0;
    image.format = PNG_FORMAT_GRAY;
    p->wide = (int)image.width, p->high = (int)image.height;
    p->pixel = ok ? malloc(PNG_IMAGE_SIZE(image)) : NULL;
    ok = p->pixel && png_image_finish_read(&image, &white, p->pixel, 0, NULL);
    if (!ok) fprintf(stderr, "chart_like: %s is no PNG that can be read\n", path);
    return ok;
}

static int has_ink(const struct picture *p, int x, int y, int limit)
{
    return x >= 0 && y >= 0 && x < p->wide && y < p->high &&
           p->pixel[(size_t)y * (size_t)p->wide + (size_t)x] < limit;
}

static int has_ink_near(const struct picture *p, int x, int y, int across, int up)
{
    for (int j = y - up; j <= y + up; j++)
        for (int i = x - across; i <= x + across; i++)
            if (has_ink(p, i, j, SOME_INK)) return 1;
    return 0;
}

struct field {
    int left, top, right, bottom; /* pixels                                                       */
    int across, up;               /* so far away is near: letters of long texts drift further apart */
};

/* 1 if more than one pixel in six is alone */
static int differs(const struct picture *a, const struct picture *b, const struct field *f)
{
    int ink = 0, alone = 0;
    for (int y = f->top; y < f->bottom; y++)
        for (int x = f->left; x < f->right; x++)
            if (has_ink(a, x, y, INK)) ink++, alone += !has_ink_near(b, x, y, f->across, f->up);
    return alone > SPECKS && 6 * alone > ink;
}

static struct field field_of(const struct svg *s, const struct svg_text *t, double scale)
{
    double left = HUGE_VAL, top = HUGE_VAL, right = -HUGE_VAL, bottom = -HUGE_VAL;
    for (int i = 0; i < 4; i++) {
        left = fmin(left, t->corner[i].x - s->left), right = fmax(right, t->corner[i].x - s->left);
        top = fmin(top, t->corner[i].y - s->top), bottom = fmax(bottom, t->corner[i].y - s->top);
    }
    struct field f = { (int)(scale * left) - 1,
                       (int)(scale * top) - 1,
                       (int)(scale * right) + 2,
                       (int)(scale * bottom) + 2,
                       ACROSS,
                       UP };
    f.across += (f.right - f.left) / DRIFT, f.up += (f.bottom - f.top) / DRIFT;
    return f;
}

static int text_differs(const struct picture *a, const struct picture *b, const struct field *f)
{
    int wide = f->right - f->left, high = f->bottom - f->top, side = 1 + (wide < high ? wide : high) / 2;
    for (int y = f->top; y < f->bottom; y += side)
        for (int x = f->left; x < f->right; x += side) {
            struct field part = { x,
                                  y,
                                  x + side < f->right ? x + side : f->right,
                                  y + side < f->bottom ? y + side : f->bottom,
                                  f->across,
                                  f->up };
            if (differs(a, b, &part) || differs(b, a, &part)) return 1;
        }
    return 0;
}

int main(int argc, char **argv)
{
    struct svg s;
    struct picture drawn, png;
    int wrong = 0;
    if (argc != 5) {
        fputs("usage: chart_like FONT.ttf CHART.svg DRAWN.png CHART.png\n", stderr);
        return 64;
    }
    if (!svg_read(&s, argv[2], argv[1]) || !read_png(&drawn, argv[3]) || !read_png(&png, argv[4])) return 66;
    double scale = png.wide / (s.right - s.left);
    if (fabs(png.high - scale * (s.bottom - s.top)) > 1 || drawn.wide != png.wide || drawn.high != png.high)
        printf("%s has %d x %d pixels, %s is %g x %g\n", argv[4], png.wide, png.high, argv[2],
               s.right - s.left, s.bottom - s.top),
            wrong++;
    for (int i = 0; i < s.texts; i++) {
        struct field f = field_of(&s, &s.text[i], scale);
        if (!text_differs(&drawn, &png, &f)) continue;
        printf("%s: '%s' at %.0f,%.0f is not so in %s\n", argv[2], s.text[i].words, s.text[i].corner[3].x,
               s.text[i].corner[3].y, argv[4]);
        wrong++;
    }
    svg_free(&s);
    free(drawn.pixel), free(png.pixel);
    return wrong ? 1 : 0;
}
