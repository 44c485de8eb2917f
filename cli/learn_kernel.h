/* learn_kernel.h - what the files about exercises on CUDA kernels share.
 *
 *   learn_kernel.c            a submission, gate by gate
 *   learn_kernel_run.c        compiled for the emulator; one run; all runs
 *   learn_kernel_counts.c     what the emulator counts of its kernels, and the table of the four numbers
 *   learn_kernel_versions.c   the stub, the solution and wrong versions, which are compiled at once
 */
#ifndef RUNGS_CLI_LEARN_KERNEL_H
#define RUNGS_CLI_LEARN_KERNEL_H

#include "../optimized/check_case.h"
#include "../optimized/device.h"
#include "gradcheck_guard.h"
#include "learn.h"

/* ---- learn_kernel_run.c ---- */

/* Makes the library `to`, in the folder of temporary files, of a .cu file, with the emulator in it that sees
 * every access. 0 with error set; gradcheck_refusal is the exit code. */
int kernel_build(const struct exercise *e, const char *source, const char *shown, const char *to, char *error,
                 size_t room);

/* what the compiler said of the last source that compiled; "": nothing */
extern char kernel_warnings[];

/* One run, in a process of its own */
struct kernel_run {
    const char *binary, *name;      /* shared library; the function that is called    */
    const struct op *op;            /* what it is to compute                          */
    const int (*shapes)[MAX_SIZES]; /* ends with a 0                                  */
    const int *grid;                /* of kernel_task.grids, or NULL                  */
    const char *order, *folder;     /* of its threads; where it leaves counts, or NULL */
    uint64_t seed;
    unsigned seconds;
    struct guard guard; /* how it ended, and what it said */
    struct kernel_told {
        int is_loaded, is_done; /* the function is there; it came back */
        struct check check;
        uint64_t bits; /* a sum of all outputs' bits */
        char error[DEVICE_ERROR];
    } * told; /* shared with that process */
};

/* 0: out of memory. kernel_end frees what it told. */
int kernel_start(struct kernel_run *run);
void kernel_end(struct kernel_run *run);

/* Every gate but those of compiling and counting, for the function `name` of that shared library; EXIT_OK, or
 * why not on f and the gate in *gate */
int kernel_pass(const struct submission *s, const char *binary, const char *name, enum gate *gate, FILE *f);

/* What the emulator found in that run: its first sentence, a pointer into run->guard; NULL: nothing */
const char *kernel_finding(struct kernel_run *run);

/* ---- learn_kernel_counts.c ---- */

/* Runs the function once at the task's shape and counts. 0 with error set. */
int counts_take(const struct exercise *e, const char *binary, const char *name, unsigned seconds,
                double counts[MOST_KERNEL_COUNTS], char *error);

/* The table; EXIT_OK, or EXIT_WRONG where one is above its gate. before, right: NULL where they are not known
 */
int counts_judge(const struct submission *s, const double *yours, const double *before, const double *right,
                 FILE *f);

/* ---- learn_kernel_versions.c ---- */

/* What the stub and the solution count: from the file, where it has that, else measured, and kept there. 0:
 * not known. */
int versions_counted(const struct submission *s, double before[MOST_KERNEL_COUNTS],
                     double right[MOST_KERNEL_COUNTS]);

#endif
