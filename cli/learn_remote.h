/* learn_remote.h - a student's functions in a process of their own, which has nothing of the grader's: no
 * oracle, no verdict, no file. Arguments go to and fro by shared memory, with a page behind each that may
 * not be touched.
 */
#ifndef RUNGS_LEARN_REMOTE_H
#define RUNGS_LEARN_REMOTE_H

#include "../base/error.h"
#include "../learn/channel.h"
#include "../optimized/op.h"

/* What is loaded: a library in float, perhaps the same in double, and the functions in them */
struct remote_code {
    const char *shown;               /* the source, for people                         */
    const char *binary, *binary_f64; /* shared libraries; NULL: there is none in double */
    const char *const *function;     /* names of operations, ends with NULL            */
    unsigned seconds;                /* that a call may take                           */
    int is_judge;    /* 1: for remote_judge; `function` is then its entry and the student's  */
    int is_stranger; /* 1: the process can compute and nothing else: no files, network, processes, output */
};

/* Starts the process and loads the code there. 0 with error set. One at a time. */
int remote_open(const struct remote_code *code, char *error);
void remote_close(void);

/* The operation, whose call and call_f64 go to the process, whatever function they are given. Valid until the
 * next remote_op. */
const struct op *remote_op(const struct op *op);

/* Has the student's function judge what `serve` does for it, and returns its verdict. serve gets a copy of
 * what was asked; NULL, or a sentence on why it cannot be done. */
int remote_judge(const char *(*serve)(struct channel *c));

/* The processor's time that the last call of it took, by the system's account of that process: what else runs
 * on the machine does not count. NaN where the system keeps none. */
double remote_seconds(void);

/* Who is told, in this process, how a call failed ("it crashes: signal 11 (Segmentation fault)"); then the
 * process ends with EXIT_WRONG. */
void remote_on_failure(void (*tell)(const char *sentence));

#endif
