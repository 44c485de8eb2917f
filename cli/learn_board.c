/* learn_board.c - the class as one page without scripts: students and exercises, and how fast rungs are, in
 * groups without a difference; see learn_class.h. */
#include "learn_class.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void board_put_xml(FILE *f, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<' || c == '>' || c == '&' || c == '"')
            fprintf(f, "&#%d;", c);
        else
            fputc(c, f);
    }
}

struct cell {
    const struct exercise *exercise;
    int is_there, code, lines;
    enum gate gate;
    struct performance performance;
};

struct row {
    char student[MARKS_NAME];
    int passed, n;
    struct cell cell[MOST_EXERCISES];
};

struct board {
    int n, room;
    struct row *row;
    int out_of_memory;
};

/* ---- what is known so far ---- */

void board_begin(struct report *r)
{
    r->board = calloc(1, sizeof *r->board);
}

void board_free(struct report *r)
{
    if (r->board) free(r->board->row);
    free(r->board);
    r->board = NULL;
}

/* the student's row: the last one, or a new one */
static struct row *row_of(struct board *b, const char *student)
{
    if (b->n && !strcmp(b->row[b->n - 1].student, student)) return &b->row[b->n - 1];
    if (b->n == b->room) {
        int room = 2 * b->room + 8;
        struct row *more = realloc(b->row, (size_t)room * sizeof *more);
        if (!more) return NULL;
        b->row = more, b->room = room;
    }
    struct row *row = &b->row[b->n++];
    memset(row, 0, sizeof *row);
    snprintf(row->student, sizeof row->student, "%s", student);
    return row;
}

void board_put(struct report *r, const char *student, const struct exercise *e, const struct marks *m)
{
    struct row *row = r->board ? row_of(r->board, student) : NULL;
    if (!row) {
        if (r->board) r->board->out_of_memory = 1;
        return;
    }
    row->passed += m->is_there && !m->code;
    row->cell[row->n++] = (struct cell){ e, m->is_there, m->code, m->lines, m->gate, m->performance };
}

static int by_student(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->student, ((const struct row *)b)->student);
}

/* ---- the table ---- */

static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1b1b1f;--dim:#55555e;--line:#d0d0d8;--box:#f5f5f8;"
    "--good:#1b6e2d;--good-box:#e2f3e5;--bad:#a4120b;--bad-box:#fbe6e4;--fill:#2a62c9}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#16161a;--ink:#ececf0;--dim:#a9a9b4;--line:#3c3c46;"
    "--box:#202027;--good:#7fd68f;--good-box:#1c3322;--bad:#ff8f85;--bad-box:#3b1f1d;--fill:#7fa9ff}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:16px;max-width:1100px;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.5em;margin:0 0 .3em}h2{font-size:1.15em;margin:2em 0 .4em}p{margin:.4em 0}\n"
    ".dim,small{color:var(--dim)}small{font-size:13px}\n"
    ".wide{overflow-x:auto}\n"
    ".board{border-collapse:separate;border-spacing:2px;font-size:14px}\n"
    ".board th{font-weight:600;text-align:left;padding:2px 6px}\n"
    ".board td{text-align:center;padding:3px 5px;border-radius:4px;background:var(--box);min-width:2.6em;"
    "line-height:1.25}\n"
    ".board td small{display:block;font-size:11px}\n"
    ".board td::before{display:none}\n"
    "td.ok{background:var(--good-box);color:var(--good)}td.no{background:var(--bad-box);color:var(--bad)}\n"
    "td.no small{color:inherit}td.sum{white-space:nowrap}\n"
    ".sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\n"
    ".speeds{border-collapse:collapse;font-size:14px;width:100%}\n"
    ".speeds th,.speeds td{padding:3px 10px;text-align:right}.speeds th{font-weight:600}\n"
    ".speeds th:first-child,.same td{text-align:left}\n"
    ".group{border-top:2px solid var(--line)}.group th{border-left:4px solid var(--fill);font-weight:400}\n"
    ".same td{border-left:4px solid var(--fill);color:var(--dim);font-size:13px}\n"
    ".bar{display:block;height:8px;min-width:6em;background:var(--line);border-radius:4px}"
    ".bar span{display:block;height:8px;background:var(--fill);border-radius:4px}\n"
    "@media(max-width:640px){"
    ".board,.board tbody{display:block}.board thead{display:none}\n"
    ".board tr{display:flex;flex-wrap:wrap;gap:4px;border-top:1px solid var(--line);padding:8px 0}\n"
    ".board th{flex:1 1 100%;padding:0;font-size:16px}\n"
    ".board td{flex:0 0 auto;min-width:4.4em;padding:3px 6px}\n"
    ".board td::before{display:inline;content:attr(data-of) ' ';color:var(--dim)}}\n";

static void put_head(FILE *f, const struct row *any)
{
    fputs("<div class=\"wide\"><table class=\"board\">\n<thead><tr><th scope=\"col\">student</th>", f);
    for (int k = 0; k < any->n; k++)
        fprintf(f, "<th scope=\"col\" title=\"%s\">%s</th>", any->cell[k].exercise->name,
                any->cell[k].exercise->number);
    fputs("<th scope=\"col\">passed</th></tr></thead>\n<tbody>\n", f);
}

static void put_cell(FILE *f, const struct cell *c)
{
    const char *number = c->exercise->number;
    if (!c->is_there)
        fprintf(f, "<td data-of=\"%s\"><span class=\"sr\">not handed in</span>&#183;</td>", number);
    else if (!c->code)
        fprintf(f, "<td class=\"ok\" data-of=\"%s\"><span class=\"sr\">passed</span>&#10003;</td>", number);
    else if (c->code == EXIT_WRONG)
        fprintf(f, "<td class=\"no\" data-of=\"%s\">&#10007;<small>%s</small></td>", number,
                gate_names[c->gate]);
    else
        fprintf(f, "<td data-of=\"%s\"><span class=\"sr\">not graded</span>?</td>", number);
}

static void put_row(FILE *f, const struct row *row)
{
    fputs("<tr><th scope=\"row\">", f);
    board_put_xml(f, row->student);
    fputs("</th>", f);
    for (int k = 0; k < row->n; k++) put_cell(f, &row->cell[k]);
    fprintf(f, "<td class=\"sum\" data-of=\"passed\">%d of %d</td></tr>\n", row->passed, row->n);
}

/* how many have passed each: where a class is stuck */
static void put_foot(FILE *f, const struct board *b)
{
    int all = 0;
    fputs("<tr><th scope=\"row\">passed by</th>", f);
    for (int k = 0; k < b->row->n; k++) {
        int passed = 0;
        for (int r = 0; r < b->n; r++) passed += b->row[r].cell[k].is_there && !b->row[r].cell[k].code;
        all += passed;
        fprintf(f, "<td data-of=\"%s\">%d</td>", b->row->cell[k].exercise->number, passed);
    }
    fprintf(f, "<td class=\"sum\" data-of=\"all\">%d</td></tr>\n</tbody></table></div>\n", all);
}

/* ---- speed, and what is counted ---- */

struct racer {
    const char *student;
    const struct cell *cell;
};

/* the name of what its exercise counts; NULL: nothing */
static const char *counted(const struct exercise *e)
{
    if (e->kernel) return e->kernel->count[0].what ? kernel_count_names[e->kernel->count[0].what] : NULL;
    return e->counted ? count_names[e->count] : NULL;
}

/* as it is shown: what looks alike there is no difference */
static void count_text(const struct cell *c, char text[24])
{
    if (isnan(c->performance.count))
        strcpy(text, "&#8211;");
    else
        snprintf(text, 24, "%.3g", c->performance.count);
}

static int by_speed(const void *a, const void *b)
{
    double x = ((const struct racer *)a)->cell->performance.ratio.median,
           y = ((const struct racer *)b)->cell->performance.ratio.median;
    return (x < y) - (x > y);
}

static int by_count(const void *a, const void *b)
{
    double x = ((const struct racer *)a)->cell->performance.count,
           y = ((const struct racer *)b)->cell->performance.count;
    return (x > y) - (x < y);
}

/* of the k-th exercise who has passed, the best first; how many */
static int line_up(const struct board *b, int k, struct racer *racer)
{
    int n = 0;
    for (int r = 0; r < b->n; r++) {
        const struct cell *c = &b->row[r].cell[k];
        int is_known = c->exercise->race ? c->performance.ratio.n > 0 : !isnan(c->performance.count);
        if (c->is_there && !c->code && is_known) racer[n++] = (struct racer){ b->row[r].student, c };
    }
    if (n) qsort(racer, (size_t)n, sizeof *racer, racer->cell->exercise->race ? by_speed : by_count);
    return n;
}

/* Times: their intervals have nothing in common. Counts are exact. */
static int differ(const struct cell *a, const struct cell *b)
{
    const struct stats *x = &a->performance.ratio, *y = &b->performance.ratio;
    char one[24], other[24];
    if (a->exercise->race) return !stats_overlap(x->low, x->high, y->low, y->high);
    count_text(a, one), count_text(b, other);
    return strcmp(one, other) != 0;
}

static void put_times(FILE *f, const struct performance *p, double fastest)
{
    const struct stats *s = &p->ratio;
    fprintf(f,
            "<td><span class=\"bar\"><span style=\"width:%.0f%%\"></span></span></td>"
            "<td>%.2f <small>%.2f to %.2f</small></td><td>%.3g ms</td>",
            100 * s->median / fastest, s->median, s->low, s->high, 1e3 * p->seconds.median);
    if (isnan(p->share))
        fputs("<td>&#8211;</td><td>&#8211;</td>", f);
    else
        fprintf(f, "<td>%.1f</td><td>%d</td>", 100 * p->share, points_of(p->share));
}

static void put_racer(FILE *f, const struct racer *r, double fastest)
{
    const struct exercise *e = r->cell->exercise;
    char count[24];
    fputs("<tr><th scope=\"row\">", f);
    board_put_xml(f, r->student);
    fputs("</th>", f);
    if (e->race) put_times(f, &r->cell->performance, fastest);
    count_text(r->cell, count);
    if (counted(e)) fprintf(f, "<td>%s</td>", count);
    fprintf(f, "<td>%d</td></tr>\n", r->cell->lines);
}

/* Who does not differ from the best of a group is in it. */
static void put_groups(FILE *f, const struct racer *racer, int n)
{
    const struct exercise *e = racer->cell->exercise;
    const int columns = 2 + 5 * (e->race != NULL) + (counted(e) != NULL);
    for (int first = 0, behind; first < n; first = behind) {
        for (behind = first + 1; behind < n && !differ(racer[first].cell, racer[behind].cell);) behind++;
        fputs("<tbody class=\"group\">\n", f);
        if (behind - first > 1)
            fprintf(f, "<tr class=\"same\"><td colspan=\"%d\">%d without a difference</td></tr>\n", columns,
                    behind - first);
        for (int k = first; k < behind; k++) put_racer(f, &racer[k], racer->cell->performance.ratio.median);
        fputs("</tbody>\n", f);
    }
}

static void put_columns(FILE *f, const struct exercise *e)
{
    static const char *const times[] = { "", "x the rung", "time", "% of the roof", "points" };
    fputs("<thead><tr><th scope=\"col\">student</th>", f);
    for (size_t k = 0; e->race && k < sizeof times / sizeof *times; k++)
        fprintf(f, *times[k] ? "<th scope=\"col\">%s</th>" : "<td>%s</td>", times[k]);
    if (counted(e)) fprintf(f, "<th scope=\"col\">%s</th>", counted(e));
    fputs("<th scope=\"col\">lines of code</th></tr></thead>\n", f);
}

static void put_exercise(FILE *f, const struct racer *racer, int n)
{
    const struct exercise *e = racer->cell->exercise;
    fprintf(f, "<h2>%s %s</h2>\n<p class=\"dim\">", e->number, e->name);
    if (e->race)
        fprintf(
            f,
            "At %s, beside the rung %s: times its speed, with the interval of the median (95 %%). Each call "
            "was on new inputs, and its results were right. %c%s.",
            e->race, e->reach, points_formula[0] - 'a' + 'A', points_formula + 1);
    else
        fputs("By what is counted.", f);
    fputs("</p>\n<div class=\"wide\"><table class=\"speeds\">\n", f);
    put_columns(f, e);
    put_groups(f, racer, n);
    fputs("</table></div>\n", f);
}

static void put_speeds(FILE *f, const struct board *b)
{
    struct racer *racer = malloc((size_t)b->n * sizeof *racer);
    for (int k = 0; racer && k < b->row->n; k++) {
        int n = line_up(b, k, racer);
        if (n) put_exercise(f, racer, n);
    }
    free(racer);
}

int board_is_complete(const struct report *r)
{
    return r->board && !r->board->out_of_memory;
}

void board_end(struct report *r)
{
    FILE *f = r->file.out;
    struct board *b = r->board;
    if (!board_is_complete(r) || !b->n) return;
    fprintf(f,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>"
            "<title>Board</title>\n<style>%s</style></head>\n<body>\n<h1>Board</h1>\n",
            style);
    qsort(b->row, (size_t)b->n, sizeof *b->row, by_student);
    fprintf(f,
            "<p>%d student%s, %d exercise%s. &#10003; passed, &#10007; failed at the gate that is named, "
            "&#183; not handed in, ? not graded.</p>\n",
            b->n, b->n == 1 ? "" : "s", b->row->n, b->row->n == 1 ? "" : "s");
    put_head(f, b->row);
    for (int k = 0; k < b->n; k++) put_row(f, &b->row[k]);
    put_foot(f, b);
    put_speeds(f, b);
    fputs("</body></html>\n", f);
}
