/* learn_kernel.h - what the files about exercises on CUDA kernels share.
 *
 *   learn_kernel.c            a submission, gate by gate
 *   learn_kernel_build.c      compiled for the emulator
 *   learn_kernel_run.c        one run; all runs
 *   learn_kernel_child.c      what the process of a run does in either case
 *   learn_kernel_apart.c      one run of a stranger's, with nothing else in its process
 *   learn_kernel_counts.c     what the emulator counts of its kernels, and the table of the four numbers
 *   learn_kernel_match.c      which known mistake it is
 *   learn_kernel_versions.c   the stub, the solution and wrong versions, which are compiled at once
 */
#ifndef RUNGS_CLI_LEARN_KERNEL_H
#define RUNGS_CLI_LEARN_KERNEL_H

#include "../optimized/check_case.h"
#include "../optimized/device.h"
#include "gradcheck_guard.h"
#include "learn.h"

/* ---- learn_kernel_build.c ---- */

/* Makes the library `to`, in the folder of temporary files, of a .cu file, with the emulator in it that
 * sees every access. is_stranger: it must have nothing that runs by itself. 0 with error set;
 * gradcheck_refusal is the exit code. */
int kernel_build(const struct exercise *e, const char *source, const char *shown, int is_stranger,
                 const char *to, char *error, size_t room);

/* what the compiler said of the last source that compiled; "": nothing */
extern char kernel_warnings[];

/* ---- learn_kernel_run.c ---- */

/* One run, in a process of its own */
struct kernel_run {
    const char *binary, *name;      /* shared library; the function that is called    */
    const struct op *op;            /* what it is to compute                          */
    const int (*shapes)[MAX_SIZES]; /* ends with a 0                                  */
    const int *grid;                /* of kernel_task.grids, or NULL                  */
    const char *order, *folder;     /* of its threads; where it leaves counts, or NULL */
    uint64_t seed;
    unsigned seconds;
    int is_stranger; /* nothing but the library is in that process */
    unsigned char
        *outputs; /* shared: takes the outputs of all shapes, one after the other, right or wrong; or NULL */
    struct guard guard; /* how it ended, and what it said */
    struct kernel_told {
        int is_loaded, is_done; /* the function is there; it came back */
        int asked;              /* a stranger's: it has asked the system for what it may not have */
        struct check check;
        uint64_t bits; /* a sum of all outputs' bits */
        size_t kept;   /* bytes of them              */
        char error[DEVICE_ERROR];
    } * told; /* shared with that process */
};

/* 0: out of memory. kernel_end frees what it told. */
int kernel_start(struct kernel_run *run);
void kernel_end(struct kernel_run *run);

/* 1 if the emulator found something in the last run that was judged */
extern int kernel_had_finding;

/* Every gate but those of compiling and counting, for the function `name` of that library; EXIT_OK, or why
 * not on f and the gate in *gate */
int kernel_pass(const struct submission *s, const char *binary, const char *name, enum gate *gate, FILE *f);

/* ---- learn_kernel_child.c ---- */

/* What the emulator reads when it is loaded, in the child */
void kernel_set_emulator(const struct kernel_run *r);

/* a sum of bits, and of more of them */
uint64_t kernel_add_bits(uint64_t sum, const void *from, size_t bytes);

/* ---- learn_kernel_apart.c ---- */

/* kernel_start of a stranger's; r->told is there, and r->guard has its seconds. 0: out of memory. */
int kernel_run_apart(struct kernel_run *r);

/* ---- learn_kernel_run.c ---- */

/* What the emulator found in that run: its first sentence, a pointer into run->guard; NULL: nothing */
const char *kernel_finding(struct kernel_run *run);

/* ---- learn_kernel_counts.c ---- */

/* Runs the function once at the task's shape and counts. EXIT_OK; EXIT_WRONG with error set if no kernel
 * is launched; else an exit code with error set. */
int counts_take(const struct exercise *e, const char *binary, const char *name, unsigned seconds,
                int is_stranger, double counts[MOST_KERNEL_COUNTS], char *error);

/* The table; EXIT_OK, or EXIT_WRONG where one is above its gate. before, right: NULL where they are not known
 */
int counts_judge(const struct submission *s, const double *yours, const double *before, const double *right,
                 FILE *f);

/* The bytes of the outputs of a call at all shapes of the task */
size_t kernel_output_bytes(const struct exercise *e);

/* ---- learn_kernel_match.c ---- */

/* The known wrong version that the submission, which has failed at that gate, does the same as; NULL:
 * there is none. counts: at GATE_COUNTS, the submission's */
const struct kernel_wrong *kernel_match(const struct submission *s, enum gate gate, const double *counts);

/* ---- learn_kernel_versions.c ---- */

/* The library of the exercise's n wrong versions; NULL with error set. */
const char *versions_wrong(const struct exercise *e, int *n, char *error, size_t room);

/* the function's name in the k-th: "dense_forward_3" */
const char *version_name(const struct exercise *e, int k);

/* What the stub and the solution count: from the file, where it has that, else measured, and kept there. 0:
 * not known. */
int versions_counted(const struct submission *s, double before[MOST_KERNEL_COUNTS],
                     double right[MOST_KERNEL_COUNTS]);

#endif
