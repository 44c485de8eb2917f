/* learn_kernel_counts.c - what the emulator counts of a student's kernels, and the table of the four
 * numbers: before, yours, done right, the gate; see learn_kernel.h. */
#include "learn_kernel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

/* ---- counting ---- */

/* sums over the accesses of all kernels */
struct sums {
    double requests, lanes, sectors, global_requests, passes, fewest, atomics, launches;
};

static struct sums add_up(const struct explain_report *r)
{
    struct sums sum = { 0 };
    for (int i = 0; i < r->accesses; i++) {
        const struct explain_access *a = &r->access[i];
        sum.requests += a->requests, sum.lanes += a->lanes;
        if (!strcmp(a->kind, "atomic")) sum.atomics += a->requests;
        if (a->shared)
            sum.passes += a->moved, sum.fewest += a->ideal;
        else
            sum.sectors += a->moved, sum.global_requests += a->requests;
    }
    for (int i = 0; i < r->kernels; i++) sum.launches += r->kernel[i].launches;
    return sum;
}

static double share(double of, double all)
{
    return all > 0 ? of / all : 0;
}

static double count_of(enum kernel_count what, const struct sums *sum, double multiply_adds)
{
    switch (what) {
    case KERNEL_SECTORS: return share(sum->sectors, sum->global_requests);
    case KERNEL_TRAFFIC: return share(sum->sectors, multiply_adds);
    case KERNEL_IDLE: return EXPLAIN_LANES - share(sum->lanes, sum->requests);
    case KERNEL_BANKS: return share(sum->passes, sum->fewest);
    case KERNEL_ATOMICS: return sum->atomics;
    case KERNEL_LAUNCHES: return sum->launches;
    default: return 0;
    }
}

static int count_in(const struct exercise *e, struct kernel_run *r, double counts[MOST_KERNEL_COUNTS],
                    char *error)
{
    struct explain_report report;
    if (!kernel_start(r)) return error_set(error, "out of memory for a run"), EXIT_RESOURCES;
    const char *finding = kernel_finding(r);
    int ok = !finding && r->told->is_done && r->told->check.verdict == CHECK_PASS;
    if (!ok)
        error_set(error, "at %s its kernels cannot be counted: %.300s",
                  op_shape_text(r->op, *r->shapes, (char[SHAPE_TEXT]){ 0 }),
                  finding ? finding : r->told->check.reason);
    kernel_end(r);
    if (!ok) return EXIT_RESOURCES;
    int code = explain_read(&report, r->folder, error) ? EXIT_OK : EXIT_RESOURCES;
    if (!code) {
        const struct sums sum = add_up(&report);
        for (int k = 0; k < MOST_KERNEL_COUNTS; k++)
            counts[k] = count_of(e->kernel->count[k].what, &sum, r->op->flops(*r->shapes) / 2);
        if (!(sum.launches > 0))
            code = EXIT_WRONG, error_set(error, "it launches no kernel: the host may not compute this");
    }
    explain_free(&report);
    return code;
}

int counts_take(const struct exercise *e, const char *binary, const char *name, unsigned seconds,
                int is_stranger, double counts[MOST_KERNEL_COUNTS], char *error)
{
    char folder[FILE_PATH];
    int shape[2][MAX_SIZES] = { { 0 } };
    const int(*grids)[2] = e->kernel->grids;
    memcpy(shape[0], e->kernel->counted, sizeof shape[0]);
    struct kernel_run r = { .binary = binary,
                            .name = name,
                            .op = exercise_op_find(e->function[0]),
                            .shapes = (const int(*)[MAX_SIZES])shape,
                            .grid = grids ? *grids : NULL,
                            .order = "forward",
                            .folder = folder,
                            .seed = 1,
                            .seconds = seconds,
                            .is_stranger = is_stranger };
    if (!folder_make_temporary(folder, error)) return EXIT_OUTPUT;
    int code = count_in(e, &r, counts, error);
    folder_remove(folder);
    return code;
}

/* ---- the table ---- */

static void put_number(FILE *f, double x)
{
    if (isnan(x))
        fprintf(f, "%11s", "-");
    else
        fprintf(f, "%11.3g", x);
}

static void put_count(FILE *f, const double *counts, int k)
{
    put_number(f, counts ? counts[k] : (double)NAN);
}

int counts_judge(const struct submission *s, const double *yours, const double *before, const double *right,
                 FILE *f)
{
    const struct exercise *e = s->exercise;
    char shape[SHAPE_TEXT];
    int code = EXIT_OK;
    op_shape_text(exercise_op_find(e->function[0]), e->kernel->counted, shape);
    fprintf(f, "counted at %s\n%-42s%11s%11s%11s%11s%11s\n", shape, "", "predicted", "before", "yours",
            "done right", "at most");
    for (int k = 0; k < MOST_KERNEL_COUNTS && e->kernel->count[k].what; k++) {
        const char *name = kernel_count_names[e->kernel->count[k].what];
        double most = e->kernel->count[k].most;
        fprintf(f, "%-42s", name);
        put_number(f, submission_prediction(s, name));
        put_count(f, before, k), put_count(f, yours, k), put_count(f, right, k), put_number(f, most);
        fputs(yours[k] <= most ? "\n" : "  too many\n", f);
        if (!(yours[k] <= most)) code = EXIT_WRONG;
    }
    return code;
}
