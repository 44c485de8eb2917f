/* svg.h - what a chart's SVG shows, for tests: its texts as boxes of ink, its points, and its strokes. It
 * reads what gnuplot writes and what is drawn by hand with the same few elements: g, text, path, polygon,
 * circle, rect, line, use. */
#ifndef RUNGS_TEST_SVG_H
#define RUNGS_TEST_SVG_H

enum { SVG_WORDS = 200 };

struct svg_point {
    double x, y;
};

/* The ink of one line of text: four corners, in order around it */
struct svg_text {
    char words[SVG_WORDS];
    struct svg_point corner[4];
    unsigned missing; /* the first character that the font has no glyph for; 0: none */
    double rgb[3];    /* its colour, each part 0..1                                  */
};

/* A point symbol, or a filled area: its box */
struct svg_area {
    double left, top, right, bottom;
};

struct svg_stroke {
    struct svg_point from, to;
    double width;
};

struct svg {
    double left, top, right, bottom; /* of the canvas */
    struct svg_text *text;
    struct svg_area *symbol, *bar;
    struct svg_stroke *stroke; /* grid lines are none: text may lie on them */
    int texts, symbols, bars, strokes;
};

/* Reads the file; text is measured in the font of that file. 0 after a sentence on stderr. */
int svg_read(struct svg *s, const char *path, const char *font);
void svg_free(struct svg *s);

/* The width of a text in that font at 1 em = 1, or -1 */
double svg_text_width(const char *words, const char *font);

#endif
