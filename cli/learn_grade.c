/* learn_grade.c - a submission, by the kind of its exercise, and the report; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gradcheck_guard.h"

/* every line of the text, set in */
static void put_indented(FILE *f, const char *text)
{
    for (int n; *text; text += n + (text[n] == '\n')) {
        n = (int)strcspn(text, "\n");
        fprintf(f, "      %.*s\n", n, text);
    }
}

static grade_fn *const grade_kind[] = {
    [EXERCISE_FUNCTIONS] = grade_functions, [EXERCISE_RUNG] = grade_functions,
    [EXERCISE_NUMBERS] = grade_numbers,     [EXERCISE_TEST] = grade_test,
    [EXERCISE_KERNEL] = grade_kernel,
};

int grade_has_gate(const struct exercise *e, enum gate gate)
{
    if (e->kind == EXERCISE_KERNEL) return kernel_has_gate(e, gate);
    if (e->kind == EXERCISE_FUNCTIONS || e->kind == EXERCISE_RUNG) return functions_have_gate(e, gate);
    return gate == e->stub || (e->kind == EXERCISE_TEST && gate == GATE_COMPILE);
}

int grade_rejects(const struct exercise *e, const struct mistake *m, enum gate *gate)
{
    struct submission s = {
        .exercise = e, .shown = m->name, .mistake = m, .seed = 1, .seconds = GATE_SECONDS
    };
    char error[ERROR_TEXT];
    if (!m->run) return numbers_reject(e, m, gate);
    FILE *nowhere = guard_folder(error) ? fopen("/dev/null", "w") : NULL;
    grade_fn *pass = e->kind == EXERCISE_TEST ? test_pass : functions_pass;
    int code = nowhere ? pass(&s, gate, nowhere) : EXIT_RESOURCES;
    if (nowhere) fclose(nowhere);
    guard_remove_folder();
    return code == EXIT_WRONG;
}

struct grade grade_file(struct submission s)
{
    const struct exercise *e = s.exercise;
    struct grade g = { .code = EXIT_RESOURCES };
    char *details = NULL;
    size_t length;
    FILE *f = open_memstream(&details, &length);
    if (!f) return g;
    g.code = grade_kind[e->kind](&s, &g.gate, f);
    if (fclose(f)) g.code = EXIT_RESOURCES;
    f = open_memstream(&g.text, &length);
    if (f) {
        if (g.code == EXIT_SKIPPED)
            fprintf(f, "SKIP  %s %s cannot be graded here\n", e->number, e->name);
        else if (g.code)
            fprintf(f, "FAIL  %s %s at the gate '%s'\n", e->number, e->name, gate_names[g.gate]);
        else
            fprintf(f, "PASS  %s %s\n", e->number, e->name);
        put_indented(f, details);
        fclose(f);
    }
    free(details);
    return g;
}
