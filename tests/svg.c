/* svg.c - reads a chart's SVG; see svg.h. Expat parses, FreeType measures. */
#include "svg.h"

#include <expat.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the font ---- */

static FT_Library library;
static FT_Face face;

static int open_font(const char *path)
{
    static char opened[1024];
    if (face && !strcmp(opened, path)) return 1;
    if (!library && FT_Init_FreeType(&library)) return 0;
    if (FT_New_Face(library, path, 0, &face)) {
        fprintf(stderr, "svg: cannot read the font %s\n", path);
        return 0;
    }
    snprintf(opened, sizeof opened, "%s", path);
    return 1;
}

/* The next character of UTF-8, 0xfffd if it is none */
static unsigned next_character(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;
    int more = *p < 0x80 ? 0 : *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : -1;
    unsigned c = more <= 0 ? *p : *p & (0x3fu >> more);
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) more = -1;
        c = c << 6 | (p[i] & 0x3fu);
    }
    *text += more < 0 ? 1 : more + 1;
    return more < 0 ? 0xfffd : c;
}

/* The ink of a text that begins at 0, with its baseline at 0, y growing downwards, at 1 em = 1; returns the
 * width. */
static double measure(const char *words, double *top, double *bottom, unsigned *missing)
{
    double em = face->units_per_EM, width = 0;
    *top = *bottom = 0;
    *missing = 0;
    while (*words) {
        unsigned c = next_character(&words);
        FT_UInt glyph = FT_Get_Char_Index(face, c);
        if (!glyph && !*missing) *missing = c;
        if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE)) continue;
        const FT_Glyph_Metrics *m = &face->glyph->metrics;
        *top = fmin(*top, -(double)m->horiBearingY / em);
        *bottom = fmax(*bottom, (double)(m->height - m->horiBearingY) / em);
        width += (double)m->horiAdvance / em;
    }
    return width;
}

double svg_text_width(const char *words, const char *font)
{
    double top, bottom;
    unsigned missing;
    return open_font(font) ? measure(words, &top, &bottom, &missing) : -1;
}

/* ---- the state of an element: what it hands down to those in it ---- */

struct state {
    double m[6]; /* x' = m0 x + m2 y + m4, y' = m1 x + m3 y + m5 */
    double size, width;
    char anchor, stroke, fill; /* s(tart), m(iddle), e(nd); 0: none, w: white, i: ink */
    double rgb[3];             /* of what is filled                                    */
};

struct reader {
    struct svg *svg;
    struct state state[64];
    int depth, hidden; /* hidden: in that many elements whose content is not shown */
    int in_text;
    double x, y;
    char words[SVG_WORDS];
    int failed;
};

static const char *attribute(const char **a, const char *name)
{
    for (; *a; a += 2)
        if (!strcmp(a[0], name)) return a[1];
    return NULL;
}

static double number(const char **a, const char *name, double otherwise)
{
    const char *value = attribute(a, name);
    return value ? strtod(value, NULL) : otherwise;
}

static void multiply(double m[6], const double n[6])
{
    double r[6] = { m[0] * n[0] + m[2] * n[1],        m[1] * n[0] + m[3] * n[1],
                    m[0] * n[2] + m[2] * n[3],        m[1] * n[2] + m[3] * n[3],
                    m[0] * n[4] + m[2] * n[5] + m[4], m[1] * n[4] + m[3] * n[5] + m[5] };
    memcpy(m, r, sizeof r);
}

/* translate(x,y) scale(s) rotate(a) matrix(...), as many as there are */
static void transform(double m[6], const char *text)
{
    const double degree = 0.017453292519943295;
    for (const char *p; text && (p = strchr(text, '(')); text = strchr(p, ')')) {
        double v[6] = { 0 };
        int n = 0;
        char *end = (char *)(size_t)(p + 1);
        while (n < 6 && *end && *end != ')') {
            v[n++] = strtod(end, &end);
            while (*end == ',' || *end == ' ') end++;
        }
        const char *name = p;
        while (name > text && name[-1] >= 'a' && name[-1] <= 'z') name--;
        double c = cos(v[0] * degree), s = sin(v[0] * degree), second = n > 1 ? v[1] : v[0];
        if (!strncmp(name, "translate", 9)) multiply(m, (double[]){ 1, 0, 0, 1, v[0], v[1] });
        if (!strncmp(name, "scale", 5)) multiply(m, (double[]){ v[0], 0, 0, second, 0, 0 });
        if (!strncmp(name, "rotate", 6)) multiply(m, (double[]){ c, s, -s, c, 0, 0 });
        if (!strncmp(name, "matrix", 6)) multiply(m, v);
    }
}

static struct svg_point place(const double m[6], double x, double y)
{
    return (struct svg_point){ m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5] };
}

static char paint(const char *value, char before)
{
    int r, g, b;
    if (!value || !strcmp(value, "currentColor")) return value && !before ? 'i' : before;
    if (!strcmp(value, "none")) return 0;
    if (sscanf(value, "rgb(%d,%d,%d", &r, &g, &b) == 3) return r + g + b == 3 * 255 ? 'w' : 'i';
    return strcasecmp(value, "#ffffff") && strcmp(value, "white") ? 'i' : 'w';
}

/* The colour of a value that is one: "#0072b2", "rgb(0,114,178)"; of others it is black. */
static void colour(const char *value, double rgb[3])
{
    unsigned c[3] = { 0 };
    if (!value || !strcmp(value, "currentColor")) return;
    if (sscanf(value, "rgb(%u,%u,%u", &c[0], &c[1], &c[2]) != 3)
        sscanf(value, "#%2x%2x%2x", &c[0], &c[1], &c[2]);
    for (int i = 0; i < 3; i++) rgb[i] = !strcmp(value, "white") ? 1 : c[i] / 255.0;
}

static void inherit(struct state *s, const char **a)
{
    const char *anchor = attribute(a, "text-anchor");
    transform(s->m, attribute(a, "transform"));
    s->size = number(a, "font-size", s->size);
    s->width = number(a, "stroke-width", s->width);
    s->stroke = paint(attribute(a, "stroke"), s->stroke);
    s->fill = paint(attribute(a, "fill"), s->fill);
    colour(attribute(a, "fill"), s->rgb);
    if (anchor) s->anchor = *anchor;
}

/* ---- the elements ---- */

#define MORE(list, n) ((list) = more((list), (n), sizeof *(list)))

static void *more(void *list, int n, size_t size)
{
    if (n & (n - 1)) return list; /* room for the next power of two */
    void *larger = realloc(list, (n ? 2 * (size_t)n : 1) * size);
    if (larger) return larger;
    fputs("svg: out of memory\n", stderr);
    exit(71);
}

static void add_stroke(struct reader *r, struct svg_point from, struct svg_point to)
{
    const struct state *s = &r->state[r->depth];
    double scale = hypot(s->m[0], s->m[1]);
    if (s->stroke != 'i') return;
    MORE(r->svg->stroke, r->svg->strokes);
    r->svg->stroke[r->svg->strokes++] = (struct svg_stroke){ from, to, s->width * scale };
}

static void add_area(struct svg_area **list, int *n, const struct svg_point *p, int points)
{
    struct svg_area area = { p[0].x, p[0].y, p[0].x, p[0].y };
    for (int i = 1; i < points; i++) {
        area.left = fmin(area.left, p[i].x), area.right = fmax(area.right, p[i].x);
        area.top = fmin(area.top, p[i].y), area.bottom = fmax(area.bottom, p[i].y);
    }
    MORE(*list, *n);
    (*list)[(*n)++] = area;
}

/* M, L, H, V, h, v, l and z; numbers after M go on as L. Dashes are read as if they were solid. */
static void add_path(struct reader *r, const char *d)
{
    const struct state *s = &r->state[r->depth];
    double x = 0, y = 0, x0 = 0, y0 = 0;
    char command = 'M';
    while (d && *d) {
        if (strchr(" ,\n\t", *d)) {
            d++;
            continue;
        }
        if (strchr("MLHVhvlZz", *d)) command = *d++;
        double from_x = x, from_y = y;
        char *end = (char *)(size_t)d;
        double v = strchr("Zz", command) ? 0 : strtod(d, &end);
        if (!strchr("Zz", command) && end == d) {
            fprintf(stderr, "svg: a path that this reader does not know: %.30s\n", d);
            r->failed = 1;
            return;
        }
        int relative = command >= 'a', both = strchr("MLl", command) != NULL;
        if (both) {
            while (*end == ',' || *end == ' ') end++;
            y = strtod(end, &end) + (relative ? y : 0);
        }
        if (both || command == 'H' || command == 'h') x = v + (relative ? x : 0);
        if (command == 'V' || command == 'v') y = v + (relative ? y : 0);
        if (command == 'Z' || command == 'z') x = x0, y = y0, command = ' ';
        if (command == 'M')
            x0 = x, y0 = y, command = 'L';
        else
            add_stroke(r, place(s->m, from_x, from_y), place(s->m, x, y));
        d = end;
    }
}

static void add_polygon(struct reader *r, const char *points, int closed)
{
    const struct state *s = &r->state[r->depth];
    struct svg_point p[64];
    int n = 0;
    char *end = (char *)(size_t)points;
    while (points && n < 64) {
        double x = strtod(points, &end);
        if (end == points) break;
        while (*end == ',' || *end == ' ') end++;
        double y = strtod(end, &end);
        p[n++] = place(s->m, x, y);
        while (*end && strchr(", \n\t", *end)) end++;
        points = end;
    }
    if (n && closed && s->fill == 'i') add_area(&r->svg->bar, &r->svg->bars, p, n);
    for (int i = 1; i < n; i++) add_stroke(r, p[i - 1], p[i]);
}

/* gnuplot's point symbols, by their number: the box of each in its own units */
static void add_symbol(struct reader *r, const double *m, int number)
{
    static const double box[][4] = { { -1, -1, 1, 1 },
                                     { -1.33, -1.33, 1.33, 0.67 },
                                     { -1.33, -0.67, 1.33, 1.33 },
                                     { -1.42, -1.42, 1.42, 1.42 },
                                     { -1.27, -1.08, 1.27, 1.33 } };
    const double *b = box[number < 7 || number > 14 ? 0 : (number - 5) / 2];
    struct svg_point p[] = { place(m, b[0], b[1]), place(m, b[2], b[3]) };
    add_area(&r->svg->symbol, &r->svg->symbols, p, 2);
}

static void add_text(struct reader *r)
{
    const struct state *s = &r->state[r->depth];
    struct svg_text text;
    double top, bottom, width = s->size * measure(r->words, &top, &bottom, &text.missing);
    double x = r->x - (s->anchor == 'm' ? width / 2 : s->anchor == 'e' ? width : 0);
    if (r->words[strspn(r->words, " \n\t")] == '\0') return;
    snprintf(text.words, sizeof text.words, "%s", r->words);
    memcpy(text.rgb, s->rgb, sizeof text.rgb);
    top = r->y + s->size * top, bottom = r->y + s->size * bottom;
    text.corner[0] = place(s->m, x, top), text.corner[1] = place(s->m, x + width, top);
    text.corner[2] = place(s->m, x + width, bottom), text.corner[3] = place(s->m, x, bottom);
    MORE(r->svg->text, r->svg->texts);
    r->svg->text[r->svg->texts++] = text;
}

static int is(const char *name, const char *list)
{
    char word[32];
    snprintf(word, sizeof word, " %.24s ", name);
    return strstr(list, word) != NULL;
}

static void begin_canvas(struct svg *svg, const char **a)
{
    const char *box = attribute(a, "viewBox");
    double w = number(a, "width", 0), h = number(a, "height", 0);
    if (box && sscanf(box, "%lf %lf %lf %lf", &svg->left, &svg->top, &w, &h) != 4) w = h = 0;
    svg->right = svg->left + w, svg->bottom = svg->top + h;
}

static void XMLCALL begin(void *user, const char *name, const char **a)
{
    struct reader *r = user;
    const char *class = attribute(a, "class"), *href = attribute(a, "xlink:href");
    if (r->depth == 63) r->failed = 1;
    if (r->failed) return;
    r->state[r->depth + 1] = r->state[r->depth];
    inherit(&r->state[++r->depth], a);
    const struct state *s = &r->state[r->depth];
    if (is(name, " defs title desc filter ") || r->hidden) {
        r->hidden++;
    } else if (is(name, " svg ")) {
        begin_canvas(r->svg, a);
    } else if (is(name, " text ")) {
        r->in_text = 1;
        r->x = number(a, "x", 0), r->y = number(a, "y", 0);
        *r->words = '\0';
    } else if (is(name, " path ")) {
        if (!class || strcmp(class, "gridline")) add_path(r, attribute(a, "d"));
    } else if (is(name, " polygon polyline ")) {
        add_polygon(r, attribute(a, "points"), name[4] == 'g');
    } else if (is(name, " line ")) {
        add_stroke(r, place(s->m, number(a, "x1", 0), number(a, "y1", 0)),
                   place(s->m, number(a, "x2", 0), number(a, "y2", 0)));
    } else if (is(name, " use ") && href && !strncmp(href, "#gpPt", 5)) {
        add_symbol(r, s->m, atoi(href + 5));
    } else if (!is(name, " g tspan rect circle a use image ")) {
        fprintf(stderr, "svg: an element that this reader does not know: %s\n", name);
        r->failed = 1;
    }
}

static void XMLCALL end(void *user, const char *name)
{
    struct reader *r = user;
    if (r->failed) return;
    if (r->hidden)
        r->hidden--;
    else if (is(name, " text "))
        add_text(r), r->in_text = 0;
    r->depth--;
}

static void XMLCALL words(void *user, const char *text, int n)
{
    struct reader *r = user;
    size_t used = strlen(r->words);
    if (r->in_text) snprintf(r->words + used, sizeof r->words - used, "%.*s", n, text);
}

int svg_read(struct svg *s, const char *path, const char *font)
{
    static char buffer[1 << 16];
    struct reader r = { .svg = s };
    FILE *f = fopen(path, "rb");
    XML_Parser parser = XML_ParserCreate(NULL);
    *s = (struct svg){ 0 };
    r.state[0] =
        (struct state){ .m = { 1, 0, 0, 1, 0, 0 }, .size = 16, .width = 1, .anchor = 's', .fill = 'i' };
    int ok = f && parser && open_font(font), last = 0;
    if (parser) {
        XML_SetUserData(parser, &r);
        XML_SetElementHandler(parser, begin, end);
        XML_SetCharacterDataHandler(parser, words);
    }
    while (ok && !last) {
        size_t n = fread(buffer, 1, sizeof buffer, f);
        last = n < sizeof buffer;
        ok = XML_Parse(parser, buffer, (int)n, last) == XML_STATUS_OK && !r.failed;
    }
    if (ok && !(s->right > s->left && s->bottom > s->top)) ok = 0;
    if (!ok) fprintf(stderr, "svg: %s is no SVG that can be checked\n", path);
    if (parser) XML_ParserFree(parser);
    if (f) fclose(f);
    return ok;
}

void svg_free(struct svg *s)
{
    free(s->text), free(s->symbol), free(s->bar), free(s->stroke);
    *s = (struct svg){ 0 };
}
