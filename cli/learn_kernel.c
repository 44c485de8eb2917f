/* learn_kernel.c - a submission of CUDA kernels, gate by gate; see learn_kernel.h. */
#include "learn_kernel.h"

#include <stdio.h>

#include "gradcheck.h"

static int compile_submission(struct submission *s, FILE *f)
{
    char error[2 * ERROR_TEXT] = "";
    gradcheck_refusal = EXIT_OUTPUT;
    s->binary = guard_folder(error) ? guard_file("kernel.so") : NULL;
    if (s->binary &&
        kernel_build(s->exercise, submission_source(s), s->shown, s->binary, error, sizeof error)) {
        if (*kernel_warnings) fprintf(f, "the compiler warns:\n%s", kernel_warnings);
        return EXIT_OK;
    }
    fprintf(f, "%s\n", error);
    return gradcheck_refusal;
}

int kernel_has_gate(const struct exercise *e, enum gate gate)
{
    if (gate == GATE_COUNTS) return e->kernel->count[0].what != KERNEL_NOTHING;
    return gate == GATE_COMPILE || gate == GATE_CHECKERS || gate == GATE_VALUES;
}

static int pass_counts(const struct submission *s, FILE *f)
{
    const struct exercise *e = s->exercise;
    double yours[MOST_KERNEL_COUNTS], before[MOST_KERNEL_COUNTS], right[MOST_KERNEL_COUNTS];
    char error[ERROR_TEXT];
    if (!counts_take(e, s->binary, e->function[0], s->seconds, yours, error))
        return fprintf(f, "%s\n", error), EXIT_RESOURCES;
    int known = versions_counted(s, before, right);
    return counts_judge(s, yours, known ? before : NULL, known ? right : NULL, f);
}

int grade_kernel(struct submission *s, enum gate *gate, FILE *f)
{
    *gate = GATE_COMPILE;
    if (s->is_stranger) {
        fprintf(f,
                "CUDA exercises are not graded for a class: a kernel's file also has code that runs on this "
                "machine, and is not run here. Its author can: rungs learn check %s\n",
                s->exercise->number);
        return EXIT_SKIPPED;
    }
    int code = compile_submission(s, f);
    if (!code) code = kernel_pass(s, s->binary, s->exercise->function[0], gate, f);
    if (!code && s->exercise->kernel->count[0].what) *gate = GATE_COUNTS, code = pass_counts(s, f);
    guard_remove_folder();
    return code;
}
