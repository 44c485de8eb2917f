/* doc_sync_numbers.c - numbers in prose: each is one that a program prints, and sums on paper
 * come out; see doc_sync.h. */
#include "doc_sync.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a number as written: its value and what rounding may have taken off ---- */

struct inexact {
    double x, error;
};

/* From four decimals on, a number counts as rounded; with fewer it is meant as it stands (0.25). */
static struct inexact read_number(const char **at, int *decimals)
{
    enum { ROUNDED = 4 };
    char *end;
    struct inexact v = { strtod(*at, &end), 0 };
    const char *point = memchr(*at, '.', (size_t)(end - *at));
    *decimals = point ? (int)(end - point) - 1 : 0;
    if (*decimals >= ROUNDED) v.error = 0.5 * pow(10, -*decimals);
    *at = end;
    return v;
}

/* ---- arithmetic as TeX writes it: + - \cdot / ( ) \frac{}{} e^{} ^2 ---- */

struct reader {
    const char *at;
    int good;
};

static struct inexact read_sum(struct reader *r);

static void skip_blanks(struct reader *r)
{
    while (*r->at == ' ' || !strncmp(r->at, "\\,", 2)) r->at += *r->at == ' ' ? 1 : 2;
}

static int take(struct reader *r, const char *token)
{
    skip_blanks(r);
    if (strncmp(r->at, token, strlen(token))) return 0;
    r->at += strlen(token);
    return 1;
}

static struct inexact enclosed(struct reader *r, const char *close)
{
    struct inexact v = read_sum(r);
    if (!take(r, close)) r->good = 0;
    return v;
}

static struct inexact times(struct inexact a, struct inexact b)
{
    return (struct inexact){ a.x * b.x, fabs(a.x) * b.error + fabs(b.x) * a.error + a.error * b.error };
}

static struct inexact over(struct inexact a, struct inexact b)
{
    double least = fabs(b.x) - b.error;
    return (struct inexact){ a.x / b.x, (a.error + fabs(a.x / b.x) * b.error) / least };
}

static struct inexact read_factor(struct reader *r)
{
    struct inexact v = { 0, 0 };
    int decimals;
    skip_blanks(r);
    if (take(r, "-")) {
        v = read_factor(r);
        v.x = -v.x;
        return v;
    }
    if (take(r, "(")) {
        v = enclosed(r, ")");
    } else if (take(r, "\\frac{")) {
        struct inexact top = enclosed(r, "}");
        if (!take(r, "{")) r->good = 0;
        v = over(top, enclosed(r, "}"));
    } else if (take(r, "e^{")) {
        v = enclosed(r, "}");
        v = (struct inexact){ exp(v.x), exp(v.x + v.error) - exp(v.x) };
    } else if (isdigit((unsigned char)*r->at)) {
        v = read_number(&r->at, &decimals);
    } else {
        r->good = 0;
    }
    return r->good && take(r, "^2") ? times(v, v) : v;
}

static struct inexact read_product(struct reader *r)
{
    struct inexact v = read_factor(r);
    while (r->good) {
        if (take(r, "\\cdot"))
            v = times(v, read_factor(r));
        else if (take(r, "/"))
            v = over(v, read_factor(r));
        else
            break;
    }
    return v;
}

static struct inexact read_sum(struct reader *r)
{
    struct inexact v = read_product(r);
    while (r->good) {
        int plus = take(r, "+");
        if (!plus && !take(r, "-")) break;
        struct inexact more = read_product(r);
        v.x += plus ? more.x : -more.x;
        v.error += more.error;
    }
    return v;
}

/* 1 if the text is arithmetic with numbers alone; symbols make it none */
static int evaluate(const char *text, struct inexact *v)
{
    struct reader r = { text, 1 };
    *v = read_sum(&r);
    skip_blanks(&r);
    return r.good && !*r.at;
}

/* formula is what stood between two $; its sides are told apart by = and \approx */
static void check_sides(struct text *t, char *formula)
{
    struct inexact before, now;
    int have_before = 0;
    char *whole = strdup(formula), *at = formula;
    while (at && whole) {
        char *equals = strpbrk(at, "="), *approx = strstr(at, "\\approx");
        char *split = !equals || (approx && approx < equals) ? approx : equals;
        char *next = split ? split + (split == approx ? strlen("\\approx") : 1) : NULL;
        if (split) *split = '\0';
        int have_now = evaluate(at, &now);
        if (have_before && have_now && !(fabs(before.x - now.x) <= before.error + now.error + 1e-12))
            text_fault(t, "$%s$ does not come out: %.6g on one side, %.6g on the other", whole, before.x,
                       now.x);
        before = now;
        have_before = have_now;
        at = next;
    }
    free(whole);
}

void text_sums(struct text *t, const char *line)
{
    const char *open = strchr(line, '$'), *close;
    while (open && (close = strchr(open + 1, '$'))) {
        char *formula = strndup(open + 1, (size_t)(close - open - 1));
        if (formula) check_sides(t, formula);
        free(formula);
        open = strchr(close + 1, '$');
    }
}

/* ---- numbers that a program prints ---- */

/* signs are left to text_sums: in prose a minus may be a subtraction or a dash */
static int is_printed(const char *printed, double shown, int decimals)
{
    for (const char *at = printed; *at;) {
        int ignored;
        if (!isdigit((unsigned char)*at)) {
            at++;
            continue;
        }
        if (fabs(read_number(&at, &ignored).x - shown) <= 0.5 * pow(10, -decimals) * (1 + 1e-9)) return 1;
    }
    return 0;
}

void text_printed(struct text *t, const char *command, const char *printed, const char *line)
{
    for (const char *at = line; *at;) {
        const char *from = at;
        int decimals;
        if (!isdigit((unsigned char)*at)) {
            at++;
            continue;
        }
        double shown = read_number(&at, &decimals).x;
        if (decimals && !is_printed(printed, shown, decimals))
            text_fault(t, "`%s` prints no %.*s", command, (int)(at - from), from);
    }
}

void text_numbers(struct text *t, const char *command, const char *region)
{
    int code, start = t->line;
    char *printed = text_command(command, &code), *copy = strdup(region), *rest;
    if (printed && text_skips(t, command, code, printed)) {
        /* nothing to compare with */
    } else if (!printed || !copy || code) {
        text_fault(t, "`%s` could not be run", command);
    } else {
        for (char *line = copy; line; line = rest) {
            t->line++;
            if ((rest = strchr(line, '\n'))) *rest++ = '\0';
            text_printed(t, command, printed, line);
        }
    }
    t->line = start;
    free(printed);
    free(copy);
}
