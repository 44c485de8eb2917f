/* learn_reports.c - the marks of a class as files: CSV, JUnit, and what Gradescope shows a student; see
 * learn_class.h. */
#include "learn_class.h"

#include <string.h>

#include "../base/csv.h"

/* ---- CSV ---- */

/* A cell that is text whatever it begins with: to a spreadsheet, what begins with '=' is a formula. */
static void put_text(FILE *f, const char *text, char end)
{
    char plain[MARKS_TEXT + 1];
    snprintf(plain, sizeof plain, "'%s", text);
    csv_write(f, *text && strchr("=+-@\t\r", *text) ? plain : text, end);
}

/* "1.3 dense_dw at the gate 'gradient'": the first line without its verdict, and what follows in one line */
static void put_reason(FILE *f, const char *text)
{
    char line[MARKS_TEXT];
    size_t n = 0;
    const char *at = strchr(text, '\n');
    for (at = at ? at + 1 : ""; *at && n + 1 < sizeof line; at++) {
        if (*at == ' ' && n && line[n - 1] == ' ') continue;
        line[n++] = *at == '\n' ? ';' : *at;
    }
    while (n && (line[n - 1] == ';' || line[n - 1] == ' ')) n--;
    line[n] = '\0';
    put_text(f, line + strspn(line, " "), '\n');
}

static const char *verdict(const struct marks *m)
{
    return !m->is_there            ? "missing"
           : m->code == EXIT_OK    ? "pass"
           : m->code == EXIT_WRONG ? "fail"
                                   : "not graded";
}

static void begin_csv(struct report *r)
{
    fputs("student,exercise,name,verdict,gate,seconds,reason\n", r->file.out);
}

static void put_csv(struct report *r, const char *student, const struct exercise *e, const struct marks *m)
{
    FILE *f = r->file.out;
    put_text(f, student, ',');
    fprintf(f, "%s,%s,%s,%s,%.2f,", e->number, e->name, verdict(m),
            m->is_there && m->code == EXIT_WRONG ? gate_names[m->gate] : "", m->seconds);
    put_reason(f, m->is_there && m->code ? m->text : "");
}

/* ---- JUnit ---- */

static void begin_junit(struct report *r)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"rungs learn\">\n", r->file.out);
}

static void end_junit(struct report *r)
{
    fputs("</testsuite>\n", r->file.out);
}

static void put_junit(struct report *r, const char *student, const struct exercise *e, const struct marks *m)
{
    FILE *f = r->file.out;
    fputs("  <testcase classname=\"", f);
    board_put_xml(f, student);
    fprintf(f, "\" name=\"%s %s\" time=\"%.2f\">", e->number, e->name, m->seconds);
    if (!m->is_there) {
        fputs("<skipped/>", f);
    } else if (m->code) {
        fprintf(f, "<%s message=\"%s\">", m->code == EXIT_WRONG ? "failure" : "error", gate_names[m->gate]);
        board_put_xml(f, m->text);
        fprintf(f, "</%s>", m->code == EXIT_WRONG ? "failure" : "error");
    }
    fputs("</testcase>\n", f);
}

/* ---- Gradescope: results.json, the points of one student ---- */

static void begin_gradescope(struct report *r)
{
    r->json = json_begin(r->file.out);
    json_object(&r->json, NULL);
    json_text(&r->json, "visibility", "visible");
    json_text(&r->json, "stdout_visibility", "hidden");
    json_text(&r->json, "test_output_format", "text");
    json_list(&r->json, "tests");
}

/* An exercise has a point for each of its minutes: all or none. */
static void put_gradescope(struct report *r, const char *student, const struct exercise *e,
                           const struct marks *m)
{
    char missing[300];
    int is_passed = m->is_there && !m->code;
    (void)student;
    snprintf(missing, sizeof missing, "%s is not among the files that were handed in", e->file);
    json_object(&r->json, NULL);
    json_text(&r->json, "number", e->number);
    json_text(&r->json, "name", e->name);
    json_integer(&r->json, "score", is_passed ? e->minutes : 0);
    json_integer(&r->json, "max_score", e->minutes);
    json_text(&r->json, "status", is_passed ? "passed" : "failed");
    json_text(&r->json, "output", m->is_there ? m->text : missing);
    json_text(&r->json, "visibility", "visible");
    json_end(&r->json);
}

static void end_gradescope(struct report *r)
{
    json_end(&r->json);
    json_end(&r->json);
}

/* ---- all of them ---- */

static const struct format {
    void (*begin)(struct report *r);
    void (*put)(struct report *r, const char *student, const struct exercise *e, const struct marks *m);
    void (*end)(struct report *r); /* or NULL */
} formats[REPORTS] = {
    [REPORT_CSV] = { begin_csv, put_csv, NULL },
    [REPORT_JUNIT] = { begin_junit, put_junit, end_junit },
    [REPORT_GRADESCOPE] = { begin_gradescope, put_gradescope, end_gradescope },
    [REPORT_BOARD] = { board_begin, board_put, board_end },
};

int reports_open(struct reports *r, const struct class_order *o, char *error)
{
    const char *const path[REPORTS] = { [REPORT_CSV] = o->csv,
                                        [REPORT_JUNIT] = o->junit,
                                        [REPORT_GRADESCOPE] = o->gradescope,
                                        [REPORT_BOARD] = o->board };
    *r = (struct reports){ 0 };
    for (int k = 0; k < REPORTS; k++) {
        if (!path[k]) continue;
        if (!file_open(&r->report[k].file, path[k], error)) {
            reports_drop(r);
            return 0;
        }
        r->report[k].is_wanted = 1;
        formats[k].begin(&r->report[k]);
    }
    return 1;
}

void reports_put(struct reports *r, const char *student, const char *on_board, const struct exercise *e,
                 const struct marks *m)
{
    for (int k = 0; k < REPORTS; k++)
        if (r->report[k].is_wanted)
            formats[k].put(&r->report[k], k == REPORT_BOARD ? on_board : student, e, m);
}

int reports_keep(struct reports *r, char *error)
{
    int ok = 1;
    for (int k = 0; k < REPORTS; k++) {
        if (!r->report[k].is_wanted) continue;
        if (formats[k].end) formats[k].end(&r->report[k]);
        if (k == REPORT_BOARD && !board_is_complete(&r->report[k]))
            ok = error_set(error, "out of memory for the board");
        board_free(&r->report[k]);
        ok &= ok ? file_keep(&r->report[k].file, error) : (file_drop(&r->report[k].file), 0);
    }
    return ok;
}

void reports_drop(struct reports *r)
{
    for (int k = 0; k < REPORTS; k++) {
        board_free(&r->report[k]);
        if (r->report[k].is_wanted) file_drop(&r->report[k].file);
    }
}
