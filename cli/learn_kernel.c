/* learn_kernel.c - a submission of CUDA kernels, gate by gate; see learn_kernel.h. */
#include "learn_kernel.h"

#include <stdio.h>

#include "gradcheck.h"
#include "gradcheck_compile.h"

static int compile_submission(struct submission *s, FILE *f)
{
    char error[2 * ERROR_TEXT] = "";
    if (s->is_stranger) compile_limit(60, (size_t)4 << 30);
    gradcheck_refusal = EXIT_OUTPUT;
    s->binary = guard_folder(error) ? guard_file("kernel.so") : NULL;
    if (s->binary && kernel_build(s->exercise, submission_source(s), s->shown, s->is_stranger, s->binary,
                                  error, sizeof error)) {
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

/* Where nothing is counted, it is asked all the same whether a kernel runs. */
static int pass_counts(const struct submission *s, double yours[MOST_KERNEL_COUNTS], FILE *f)
{
    const struct exercise *e = s->exercise;
    double before[MOST_KERNEL_COUNTS], right[MOST_KERNEL_COUNTS];
    char error[ERROR_TEXT];
    int code = counts_take(e, s->binary, e->function[0], s->seconds, s->is_stranger, yours, error);
    if (code) return fprintf(f, "%s\n", error), code;
    if (e->kernel->count[0].what == KERNEL_NOTHING) return EXIT_OK;
    if (s->performance) s->performance->count = yours[0];
    int known = !s->is_stranger && versions_counted(s, before, right);
    return counts_judge(s, yours, known ? before : NULL, known ? right : NULL, f);
}

/* What has ended without a word of the emulator's is like nothing. */
static void say_known(const struct submission *s, enum gate gate, const double *counts, FILE *f)
{
    if (gate == GATE_COMPILE || (gate == GATE_CHECKERS && !kernel_had_finding)) return;
    const struct kernel_wrong *w = kernel_match(s, gate, counts);
    if (w) fprintf(f, "this is the known mistake \"%s\": %s\n", w->name, w->about);
}

int grade_kernel(struct submission *s, enum gate *gate, FILE *f)
{
    double yours[MOST_KERNEL_COUNTS] = { 0 };
    *gate = GATE_COMPILE;
    if (s->is_stranger && !s->is_confined) {
        fprintf(
            f,
            "CUDA exercises are not graded for a class on this machine: a kernel's file also has code that runs "
            "here, and the system has no rules that keep it from files (Landlock, Linux 5.13)\n");
        return EXIT_SKIPPED;
    }
    int code = compile_submission(s, f);
    if (!code) code = kernel_pass(s, s->binary, s->exercise->function[0], gate, f);
    if (!code) {
        *gate = kernel_has_gate(s->exercise, GATE_COUNTS) ? GATE_COUNTS : GATE_CHECKERS;
        code = pass_counts(s, yours, f);
    }
    if (code == EXIT_WRONG) say_known(s, *gate, yours, f);
    guard_remove_folder();
    return code;
}
