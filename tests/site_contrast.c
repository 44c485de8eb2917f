/* site_contrast.c STYLE.css PRINT.css STYLE.gp - the contrast of every colour of the site's style, of the
 * book's and of the charts' with what is behind it, light and dark, as WCAG 2.1 asks: text 4.5 : 1, lines,
 * marks and frames 3 : 1. Then the same of styles with one wrong colour each, which must be found.
 *
 * All that is written or drawn may be on the paper or on a shaded ground, except in a figure: it has its own.
 * Lines between the cells of a table and below a heading divide what is also apart without them. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contrast.h"

enum { WORD = 200, MOST = 400, LEAST_PAIRS = 80, LEAST_STYLES = 40 };

/* "a { color: var(--link); }" in the dark: { 1, "a", "color", "var(--link)" } */
struct declaration {
    int is_dark;
    char selector[WORD], property[WORD], value[WORD];
};

static struct declaration said[MOST];
static int said_n;

/* ---- the style ---- */

static void trim(char *word, const char *from, size_t n)
{
    while (n && isspace((unsigned char)*from)) from++, n--;
    while (n && isspace((unsigned char)from[n - 1])) n--;
    snprintf(word, WORD, "%.*s", (int)n, from);
}

/* The declarations between braces, of each selector of a list. */
static void add_block(const char *selectors, size_t n, const char *body, size_t m, int is_dark)
{
    for (const char *s = selectors; s < selectors + n;) {
        size_t part = strcspn(s, ",{");
        for (const char *d = body; d < body + m;) {
            size_t all = strcspn(d, ";}"), name = strcspn(d, ":");
            if (name < all && said_n < MOST) {
                struct declaration *to = &said[said_n++];
                to->is_dark = is_dark;
                trim(to->selector, s, part);
                trim(to->property, d, name);
                trim(to->value, d + name + 1, all - name - 1);
            }
            d += all + 1;
        }
        s += part + 1;
    }
}

/* Reads a style without comments; what is for paper or narrow screens has no colours. */
static void read_style(const char *at)
{
    int is_dark = 0, depth = 0;
    for (said_n = 0; *at;) {
        size_t n = strcspn(at, "{}");
        if (!at[n]) return;
        if (at[n] == '}') {
            depth = is_dark = 0;
            at += n + 1;
            continue;
        }
        if (memchr(at, '@', n)) {
            is_dark = strstr(at, "dark") && strstr(at, "dark") < at + n;
            depth = 1;
            at += n + 1;
            continue;
        }
        const char *body = at + n + 1;
        size_t m = strcspn(body, "}");
        if (is_dark || !depth) add_block(at, n, body, m, is_dark);
        at = body + m + 1;
    }
}

/* The last value of a selector's property; in the dark also what is said for both. NULL: none. */
static const char *value_of(const char *selector, const char *property, int is_dark)
{
    const char *value = NULL;
    for (int i = 0; i < said_n; i++)
        if (said[i].is_dark <= is_dark && !strcmp(said[i].selector, selector) &&
            !strcmp(said[i].property, property))
            value = said[i].value;
    return value;
}

/* ---- colours ---- */

/* The colour in a value such as "3px solid var(--link)"; 0 if there is none. */
static int colour_of(const char *value, int is_dark, double rgb[3])
{
    char name[WORD];
    const char *variable = value ? strstr(value, "var(") : NULL;
    if (variable) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(variable + 4, ")"), variable + 4);
        value = value_of(":root", name, is_dark);
    }
    const char *hash = value ? strchr(value, '#') : NULL;
    if (!hash) return 0;
    unsigned long all = strtoul(hash + 1, NULL, 16);
    int is_short = strspn(hash + 1, "0123456789abcdefABCDEF") == 3;
    for (int i = 0; i < 3; i++)
        rgb[i] =
            is_short ? (double)(all >> (8 - 4 * i) & 15) / 15 : (double)(all >> (16 - 8 * i) & 255) / 255;
    return 1;
}

/* ---- pairs ---- */

/* What contrast a declaration asks for; 0: none, as it is a ground, or divides only. */
static double asks(const struct declaration *d)
{
    int is_text = strstr(d->selector, "text") || strstr(d->selector, "tspan");
    if (!strcmp(d->property, "color")) return contrast_of_text;
    if (!strcmp(d->property, "fill"))
        return is_text ? contrast_of_text : strstr(d->selector, "rect.s") ? 0 : contrast_of_marks;
    if (!strcmp(d->property, "stroke") || !strcmp(d->property, "outline")) return contrast_of_marks;
    return !strcmp(d->property, "border") && strstr(d->selector, "input") ? contrast_of_marks : 0;
}

/* The grounds on which a selector's text or line may be: the next one behind number *i. */
static const char *next_ground(const char *selector, int *i)
{
    static const char *const pages[] = { "body", "pre" }, *const figures[] = { ".play svg" },
                             *const lanes[] = { ".play rect.s0", ".play rect.s1", ".play rect.s2",
                                                ".play rect.s3", ".play rect.s4", ".play rect.s5",
                                                ".play rect.s6", ".play rect.s7" };
    int is_lane = !strncmp(selector, "#sectors", 8),
        is_figure = !strncmp(selector, ".play", 5) && !strstr(selector, ".said");
    int n = is_lane ? 8 : is_figure ? 1 : 2;
    return *i < n ? (is_lane ? lanes : is_figure ? figures : pages)[(*i)++] : NULL;
}

/* Looks at all pairs in one scheme; returns how many are too faint, and adds to *pairs. */
static int look(int is_dark, int *pairs, char *first)
{
    int faint = 0;
    for (int k = 0; k < said_n; k++) {
        const struct declaration *d = &said[k];
        double front[3], back[3], need = asks(d);
        const char *ground;
        if (need == 0 || d->is_dark > is_dark) continue;
        if (!colour_of(value_of(d->selector, d->property, is_dark), is_dark, front)) continue;
        for (int i = 0; (ground = next_ground(d->selector, &i));) {
            const char *painted = strncmp(ground, ".play rect", 10) ? "background" : "fill";
            if (!colour_of(value_of(ground, painted, is_dark), is_dark, back)) {
                printf("FAIL: %s has no %s\n", ground, painted);
                exit(1);
            }
            ++*pairs;
            if (contrast(front, back) >= need) continue;
            if (!faint++)
                snprintf(first, 3 * WORD, "%s: %s on %s is %.2f : 1, less than %.1f%s", d->selector,
                         d->property, ground, contrast(front, back), need, is_dark ? ", in the dark" : "");
        }
    }
    return faint;
}

/* ---- the test ---- */

static char *read_text(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *f = fopen(path, "r");
    if (!f || getdelim(&text, &room, '\0', f) < 0) {
        printf("FAIL: cannot read %s\n", path);
        exit(1);
    }
    fclose(f);
    return text;
}

static char *read_file(const char *path)
{
    char *text = read_text(path);
    for (char *at; (at = strstr(text, "/*"));) {
        char *end = strstr(at, "*/");
        memmove(at, end + 2, strlen(end + 2) + 1);
    }
    return text;
}

/* A style in which the first `from` at or behind `place` is `to` must be found too faint at `where`. */
static int finds(const char *style, const char *place, const char *from, const char *to, const char *where)
{
    char first[3 * WORD] = "", *wrong = strdup(style), *at = strstr(wrong, place);
    int pairs = 0;
    at = at ? strstr(at, from) : NULL;
    if (!at || strlen(from) != strlen(to)) {
        printf("FAIL: the style has no %s behind %s\n", from, place);
        free(wrong);
        return 0;
    }
    memcpy(at, to, strlen(to));
    read_style(wrong);
    int faint = look(0, &pairs, first);
    if (!faint) faint = look(1, &pairs, first);
    free(wrong);
    if (faint && strstr(first, where)) return 1;
    printf("FAIL: with %s for %s at %s not noticed: %s; %s\n", to, from, place, where, first);
    return 0;
}

/* How many of the line styles of charts are too faint on white; ink_of() are those of words. */
static int look_at_charts(const char *style, int *styles, char first[WORD])
{
    static const double white[3] = { 1, 1, 1 };
    int faint = 0;
    for (const char *at = style; (at = strstr(at, "set style line ")); at++) {
        char line[WORD];
        double rgb[3];
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
        if (!colour_of(line, 0, rgb)) continue;
        double need = strstr(line, "ink_of") ? contrast_of_text : contrast_of_marks;
        ++*styles;
        if (contrast(rgb, white) >= need) continue;
        if (!faint++) memcpy(first, line, WORD);
    }
    return faint;
}

/* The same with a wrong colour, which must be found. */
static int finds_in_charts(const char *style, const char *place, const char *to)
{
    char *wrong = strdup(style), *at = strstr(wrong, place);
    char first[WORD];
    int styles = 0, faint = 0;
    if (at) {
        memcpy(strchr(at, '#'), to, strlen(to));
        faint = look_at_charts(wrong, &styles, first);
    }
    free(wrong);
    if (faint != 1) printf("FAIL: %s at '%s' is not noticed\n", to, place);
    return faint == 1;
}

int main(int argc, char **argv)
{
    char first[3 * WORD];
    int ok = 1, pairs = 0;
    if (argc != 4) return 2;
    char *style = read_file(argv[1]), *print = read_file(argv[2]), *charts = read_text(argv[3]);
    const double white[3] = { 1, 1, 1 }, grey[3] = { 119 / 255.0, 119 / 255.0, 119 / 255.0 },
                 black[3] = { 0 };
    ok &= fabs(contrast(white, black) - 21) < 1e-12 && fabs(contrast(grey, white) - 4.48) < 0.005;
    if (!ok) puts("FAIL: white on black is 21 : 1, #777 on white 4.48 : 1");
    for (int i = 0; i < 3; i++) { /* the site, the site in the dark, the book */
        read_style(i < 2 ? style : print);
        if (!look(i == 1, &pairs, first)) continue;
        printf("FAIL: %s of %s\n", first, argv[1 + i / 2]);
        ok = 0;
    }
    if (pairs < LEAST_PAIRS) ok = 0, printf("FAIL: only %d pairs of colours\n", pairs);
    ok &= finds(style, ":root", "#57606a", "#87909a", "color on body");
    ok &= finds(style, "dark", "#83b9ff", "#4379bf", "in the dark");
    ok &= finds(style, ".play polyline.c0", "#0072b2", "#72c2e2", "polyline.c0: stroke");
    ok &= finds(style, ".play tspan.c1", "#c04e00", "#d55e00", "tspan.c1: fill");
    ok &= finds(style, ".play rect.s3", "#bcbddc", "#5c5d7c", "#sectors text: fill");
    ok &= finds(style, "#sectors text", "#1b1f24", "#6b6f74", "#sectors text: fill");
    int styles = 0;
    if (look_at_charts(charts, &styles, first)) ok = 0, printf("FAIL: too faint on white: %s\n", first);
    if (styles < LEAST_STYLES) ok = 0, printf("FAIL: only %d styles of lines\n", styles);
    ok &= finds_in_charts(charts, "line 4 ", "#e69f00") && finds_in_charts(charts, "ink_of(6)", "#d55e00");
    if (ok) printf("%d pairs of colours, %d styles of lines\n", pairs, styles);
    free(style);
    free(print);
    free(charts);
    return !ok;
}
