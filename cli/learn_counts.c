/* learn_counts.c - the gate of counts: what the student's function needs, beside what the exercise began
 * with, what is done right, and the next rung; see learn.h. */
#include "learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/check_case.h"
#include "gradcheck_compile.h"

static const double none = (double)NAN; /* not counted, not predicted */

enum version { BEFORE, YOURS, RIGHT, NEXT, VERSIONS };

/* every version's counts; of a version that is not there, none */
struct counts {
    double of[VERSIONS][COUNTS];
    double predicted;
};

static double count_of(const struct tally *t, enum count count, const struct check_case *p)
{
    const double elements = (double)p->elements[0];
    switch (count) {
    case COUNT_INSTRUCTIONS: return t->instructions / p->flops;
    case COUNT_PER_ELEMENT: return t->instructions / elements;
    case COUNT_LOADS: return 4 * t->multiplications > p->flops ? t->loads / t->products : none;
    case COUNT_MULTIPLICATIONS: return t->multiplications / (p->flops / 2);
    case COUNT_MISSES: return 1000 * t->misses / p->flops;
    case COUNT_BYTES: return t->bytes / elements;
    default: return none;
    }
}

/* Counts a file, or the text that becomes one. */
static int take(const struct tally_case *c, const char *file, const char *text, double counts[COUNTS],
                char *error)
{
    struct tally t;
    FILE *f = text ? fopen(file, "w") : NULL;
    if (text && (!f || fputs(text, f) < 0 || fclose(f))) {
        error_set(error, "%s cannot be written", file);
        return EXIT_OUTPUT;
    }
    int code = tally_take(c, file, &t, error);
    for (int k = 0; !code && k < COUNTS; k++) counts[k] = count_of(&t, (enum count)k, c->problem);
    return code;
}

/* 1 if the file has exactly this text */
static int is_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "r");
    int c = 0;
    while (f && (c = getc(f)) != EOF && c == (unsigned char)*text) text++;
    if (f) fclose(f);
    return f && c == EOF && !*text;
}

/* Another version; what the student has is not counted twice. */
static int take_other(const struct tally_case *c, const char *file, const char *text,
                      double of[VERSIONS][COUNTS], enum version v, char *error)
{
    if (!is_file(submission_source(c->s), text)) return take(c, file, text, of[v], error);
    memcpy(of[v], of[YOURS], sizeof of[v]);
    return EXIT_OK;
}

/* the student's first: what is wrong with it is to be said, and of others there is nothing to say */
static int take_all(const struct tally_case *c, struct counts *counts, char *error)
{
    const struct exercise *e = c->s->exercise, *next = e->next ? exercise_find(e->next) : NULL;
    const char *file = guard_file("version.c");
    char *right = exercise_solution(e), *other = next ? exercise_solution(next) : NULL;
    int code = file && right && (other || !next) ? EXIT_OK : EXIT_RESOURCES;
    if (code) error_set(error, "out of memory");
    if (!code) code = take(c, submission_source(c->s), NULL, counts->of[YOURS], error);
    const int all = !code && !c->s->is_stranger; /* of a class those are the same for everybody */
    if (all) code = take_other(c, file, exercise_start(e), counts->of, BEFORE, error);
    if (all && !code) code = take_other(c, file, right, counts->of, RIGHT, error);
    if (all && !code && other) code = take(c, file, other, counts->of[NEXT], error);
    free(right), free(other);
    return code;
}

/* ---- the prediction ---- */

/* EXIT_OK if the student has predicted what the exercise asks for, or it asks for nothing */
static int judge_bill(const struct submission *s, FILE *f)
{
    const struct answer *bill = &s->exercise->bill;
    if (!bill->name) return EXIT_OK;
    double value = submission_prediction(s, bill->name);
    if (isnan(value))
        return fprintf(f, "the bill first: write a number after \"prediction: %s =\"\n", bill->name),
               EXIT_WRONG;
    if (answer_accepts(bill, value)) return EXIT_OK;
    const struct slip *slip = answer_slip(bill, value);
    fprintf(f, "the bill is wrong: %s = %.9g is not right\n", bill->name, value);
    if (slip) fprintf(f, "%s\n", slip->about);
    return EXIT_WRONG;
}

/* ---- the table ---- */

static void put_number(FILE *f, int width, double x)
{
    if (isnan(x))
        fprintf(f, "%*s", width, "-");
    else
        fprintf(f, "%*.2f", width, x);
}

static void put_row(FILE *f, const struct counts *counts, enum count k, const struct exercise *e)
{
    const int is_gate = k == e->count;
    fprintf(f, "%-27s", count_names[k]);
    put_number(f, 9, is_gate ? counts->predicted : none);
    for (int v = BEFORE; v <= RIGHT; v++) put_number(f, v == RIGHT ? 11 : 9, counts->of[v][k]);
    put_number(f, 9, is_gate ? e->most : none);
    fputc('\n', f);
}

static void put_table(FILE *f, const struct tally_case *c, const struct counts *counts)
{
    static const enum count others[] = { COUNT_INSTRUCTIONS, COUNT_LOADS, COUNT_MISSES };
    const struct exercise *e = c->s->exercise;
    fprintf(f, "counted at %s, compiled with -O3 -fno-trapping-math -fno-math-errno%s\n", c->problem->shape,
            e->is_plain ? "" : " -mavx2 -mfma");
    fprintf(f, "%-27s%9s%9s%9s%11s%9s\n", "", "predicted", "before", "yours", "done right", "at most");
    put_row(f, counts, e->count, e);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (others[k] != e->count && e->count != COUNT_PER_ELEMENT && !isnan(counts->of[YOURS][others[k]]))
            put_row(f, counts, others[k], e);
}

static void say_next(FILE *f, const struct exercise *e, const struct counts *counts)
{
    const struct exercise *next = e->next ? exercise_find(e->next) : NULL;
    if (!next || isnan(counts->of[NEXT][next->count])) return;
    fprintf(f, "the next rung, %s %s, does it with less: %s %.2f, here %.2f\n", next->number, next->name,
            count_names[next->count], counts->of[NEXT][next->count], counts->of[YOURS][next->count]);
}

static int judge(const struct tally_case *c, const struct counts *counts, FILE *f)
{
    const struct exercise *e = c->s->exercise;
    double yours = counts->of[YOURS][e->count];
    put_table(f, c, counts);
    if (c->s->performance) c->s->performance->count = yours;
    if (yours <= e->most) return say_next(f, e, counts), EXIT_OK;
    fprintf(f, "that is %.2f %s; the gate allows at most %.2f\n", yours, count_names[e->count], e->most);
    return EXIT_WRONG;
}

int gate_counts(const struct submission *s, const struct op *op, FILE *f)
{
    struct tally_case c;
    struct counts counts;
    char error[ERROR_TEXT] = "";
    if (s->is_stranger && !s->is_confined)
        return fputs(
                   "without counts: this gate was not asked; it needs the system's rules for files (Landlock, Linux "
                   "5.13)\n",
                   f),
               EXIT_OK;
    for (int v = 0; v < VERSIONS; v++)
        for (int k = 0; k < COUNTS; k++) counts.of[v][k] = none;
    counts.predicted = submission_prediction(s, count_names[s->exercise->count]);
    int code = judge_bill(s, f);
    if (code) return code;
    code = tally_open(&c, s, op, error);
    if (!code) code = take_all(&c, &counts, error);
    if (!code)
        code = judge(&c, &counts, f);
    else if (code == EXIT_SKIPPED)
        code = EXIT_OK, fprintf(f, "without counts: this gate was skipped; %s\n", error);
    else
        fprintf(f, "%s\n", error);
    tally_close(&c);
    return code;
}
