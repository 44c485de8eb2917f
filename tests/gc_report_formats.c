/* gc_report_formats.c - what the gradient checker prints: gc_report_formats FOLDER writes
 * results.{txt,json,xml,csv,sarif} of every verdict, the first with a hostile name, and checks the text and
 * what happens when nothing can be written. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gc_report_made.h"

static int failures;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL %s\n", what), failures++;
}

static char *text_of(const gc_result *r)
{
    char *text = NULL;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    if (!f) exit(1);
    expect(gc_print(f, r) == 0, "gc_print returns 0");
    fclose(f);
    return text;
}

/* every string must be in the text of this result; one that begins with ! must not */
static void expect_text(const gc_result *r, const char *const *part)
{
    char *text = text_of(r);
    for (; *part; part++) {
        int absent = **part == '!';
        if ((strstr(text, *part + absent) == NULL) == absent) continue;
        printf("FAIL %s'%s' in the text:\n%s", absent ? "no " : "", *part + absent, text);
        failures++;
    }
    free(text);
}

static void check_texts(gc_result *const *r)
{
    static const char *const parts[MADE][12] = {
        { "dW[7,12] 12/84 wrong", "db ok", "worst    dW[6,0]", "!first", "+-", "rel 5.0e-01",
          "allowed 1.0e-07", "pattern  only the last row", "repeat   rungs", "       6 ############", "!\033",
          NULL },
        { "PASS tanh", "worst error 0.0e+00 in dx[0]", "error bar 1e-09", "allowed 1.0e-07", "4 points",
          "1271 evaluations", "seed 17", "choices  ReLU'(0) = 0", "!reason", "!means", NULL },
        { "reason   10 error bars are 4 % of", "means    the differences are too uncertain",
          "next     compute the loss in double", "!PASS", "!ok", NULL },
        { "reason   x[3] is a corner", "means    the function has a corner", NULL },
        { "reason   the backward writes", "found    ", "read-only inputs", "the backward wrote to x[2]",
          "means", "next", NULL },
        { "reason   the backward wrote 4 bytes", "during   backward at point 0",
          "next     run it in one process", NULL },
        { "analytic nan", "+-inf", "first    dW[6,0]", "rel nan", "!PASS", NULL },
        { "reason   the forward refused all 4", "means    nothing was checked", "next     give in[].data",
          NULL },
    };
    for (int i = 0; i < MADE; i++) expect_text(r[i], parts[i]);
}

/* a matrix that is shown in blocks, and one of which parts were not looked at */
static void check_maps(void)
{
    const size_t shape[] = { 100, 130, 0 };
    static double analytic[13000], numeric[13000];
    gc_result *r = made_result("large", GC_FAIL);
    gc_tensor_result *t = made_tensor(r, "W", shape);
    for (size_t i = 0; i < 13000; i++) analytic[i] = numeric[i] = made_number(3, i);
    analytic[99 * 130] *= 3;
    made_samples(t, analytic, numeric, 10);
    expect_text(r, (const char *const[]){ "1/1300 wrong", "no pattern was recognised",
                                          "worst of 5 x 3 elements", "      95 #  .", NULL });
    free(r);
}

static void check_full_disk(const gc_result *const *r)
{
    FILE *f = fopen("/dev/full", "w");
    if (!f) return;
    expect(gc_print(f, r[0]) == -1, "gc_print tells that the disk is full");
    expect(gc_json(f, r, MADE) == -1, "gc_json tells that the disk is full");
    expect(gc_junit(f, r, MADE, "suite") == -1, "gc_junit tells that the disk is full");
    expect(gc_csv(f, r, MADE) == -1, "gc_csv tells that the disk is full");
    expect(gc_sarif(f, r, MADE) == -1, "gc_sarif tells that the disk is full");
    fclose(f);
}

static void write_files(const char *folder, const gc_result *const *r)
{
    static const char *const names[] = { "results.txt", "results.json", "results.xml", "results.csv",
                                         "results.sarif" };
    for (int i = 0; i < 5; i++) {
        char path[1000];
        int code = 0;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *f = fopen(path, "w");
        if (!f) {
            printf("FAIL cannot write %s\n", path);
            exit(1);
        }
        if (i == 0)
            for (int k = 0; k < MADE; k++) code |= gc_print(f, r[k]);
        if (i == 1) code = gc_json(f, r, MADE);
        if (i == 2) code = gc_junit(f, r, MADE, "a \"suite\" <&>");
        if (i == 3) code = gc_csv(f, r, MADE);
        if (i == 4) code = gc_sarif(f, r, MADE);
        expect(code == 0 && fclose(f) == 0, names[i]);
    }
}

int main(int argc, char **argv)
{
    static const char hostile[] =
        "]]>\"'<&,\\\n\033[31m\x01\xff\xc3 %s \xf0\x9f\x90\x8d\xe2\x82"; /* ends inside a character */
    gc_result *r[MADE];
    int n = made_all(r, hostile);
    expect(n == MADE, "a result of every kind");
    strcpy(r[0]->file, "./a b/\xc3\xa4%.c");
    r[0]->line = 7;
    strcpy(r[2]->file, "/tmp/x.c"); /* no line */
    check_texts(r);
    check_maps();
    check_full_disk((const gc_result *const *)r);
    setlocale(LC_ALL, ""); /* perhaps one with decimal commas */
    if (argc > 1) write_files(argv[1], (const gc_result *const *)r);
    for (int i = 0; i < n; i++) free(r[i]);
    if (!failures) puts("PASS what gc_print says");
    return failures != 0;
}
