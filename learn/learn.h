/* learn.h - what an exercise IS: what the student begins with, what grades it, what helps.
 *
 * The list is in lesson_1.c to lesson_7.c, joined by exercises.c. An exercise is a file NUMBER_name.c of this
 * folder, which compiles and is wrong, or a file NUMBER_name.txt of numbers to fill in; its wrong versions in
 * mistakes.h, which its grader must reject; and a row of the list. The solution of a function is the
 * reference's, cut out by its name, so that neither can drift from the other. What no operation of the suite
 * asks for is an operation of the exercises' own (own.h): graded by the same gates, in the same processes.
 * The solution of a function that judges is mostly a file of solutions/.
 *
 * A file of CUDA kernels, and any other without a `reference`, is both stub and solution: what comes after
 * the mark SOLUTION is only in the solution, what comes after STUB only in the stub, and what comes after END
 * in both. Each mark is a comment on a line of its own (text.c).
 */
#ifndef RUNGS_LEARN_H
#define RUNGS_LEARN_H

#include <stdio.h>

#include "../optimized/op.h"

/* EXERCISE_FUNCTIONS: the student writes the functions of some operations; EXERCISE_RUNG: a fast one, in
 * float; EXERCISE_NUMBERS: predicts numbers; EXERCISE_TEST: a function that tells wrong versions of something
 * from right ones; EXERCISE_KERNEL: CUDA kernels */
enum exercise_kind { EXERCISE_FUNCTIONS, EXERCISE_RUNG, EXERCISE_NUMBERS, EXERCISE_TEST, EXERCISE_KERNEL };

/* What a submission must pass, in this order; a stub fails at one that its exercise names. */
enum gate {
    GATE_COMPILE,  /* it compiles, with the signatures of the operations                         */
    GATE_GRADIENT, /* in double: every element against differences and the complex step          */
    GATE_PROPERTY, /* in float: what a right function has, asked of some calls                   */
    GATE_CHECKERS, /* the emulator finds no race, no index out of bounds, nothing unwritten      */
    GATE_VALUES,   /* in float: the double oracle at every size class, between guard pages       */
    GATE_EDGES,    /* in float: at infinities, NaN, the ends of the range; zeros are exact       */
    GATE_COUNTS,   /* no more instructions, loads, bytes or requests than the exercise allows    */
    GATE_RACE,     /* as fast as a rung of the ladder, in a race with it                          */
    GATE_NUMBERS,  /* every number is right                                                      */
    GATE_STEPS,    /* after each of 20 steps every weight is ours, bit for bit                   */
    GATE_TRAINING, /* a network learns with it: short, then resumed bitwise, then 90 % of clothes */
    GATE_VERDICTS, /* it accuses every wrong version that it is handed, and no right one         */
    GATES
};

extern const char *const gate_names[GATES];
extern const char *const gate_about[GATES]; /* what each asks, in some words */

/* What is counted while a function runs once, under valgrind. */
enum count {
    COUNT_INSTRUCTIONS,    /* per FLOP of the formula                                      */
    COUNT_PER_ELEMENT,     /* instructions per element of the first argument               */
    COUNT_LOADS,           /* loads of numbers per instruction that multiplies, or multiplies and adds */
    COUNT_MULTIPLICATIONS, /* per two FLOPs of the formula                                 */
    COUNT_MISSES,          /* of a first-level cache of 32 KiB, per 1000 FLOPs             */
    COUNT_BYTES,           /* between a small cache and memory, per element of the first argument */
    COUNTS
};

extern const char *const count_names[COUNTS]; /* "loads per multiply-add" */

enum { MOST_EXERCISES = 80, MOST_FUNCTIONS = 3, MOST_HELPERS = 6, MOST_HINTS = 3, MOST_SETS = 3 };

/* Calls a function of the exercise in float: the student's, or a wrong version in its place. */
typedef void call_fn(const struct op *op, const int *size, void *const *buf);

/* 1 if what is true of every right `op` is true of `own`; else 0 with a sentence in error (ERROR_TEXT bytes).
 * It may call the exercise's other functions, too. */
typedef int property_fn(const struct op *op, call_fn *own, char *error);

/* a number that somebody writes who has thought of something else */
struct slip {
    double value;
    const char *about; /* NULL ends a list */
};

enum { MOST_SLIPS = 3 };

struct answer {
    const char *name; /* NULL ends a list */
    double value, tolerance;
    double factor; /* above 1: of a prediction, which may be so many times too large or too small */
    struct slip slip[MOST_SLIPS + 1];
};

struct exercise {
    const char *number, *name;
    enum exercise_kind kind;
    int minutes;
    const char *file;                         /* what the student begins with; ends in .c, .cu or .txt  */
    const char *reference;                    /* has the solution: "reference/dense.c"; NULL: `file` has it */
    const char *function[MOST_FUNCTIONS + 1]; /* that are graded: names of operations, then NULL    */
    const char *written; /* a function of the file and of `reference` that the student writes, if not those */
    const char *also;    /* a second file of solutions, or NULL                    */
    const char *
        helper[MOST_HELPERS + 1]; /* functions of these files that they call and the student's file has not */
    property_fn *property;        /* of GATE_PROPERTY, or NULL: its functions have no such gate */
    const char *shape;            /* of GATE_GRADIENT, "n2 c3 ..."; NULL: the gradient checker's own choice */
    enum gate stub;               /* where the stub fails                                    */
    const char
        *set[MOST_SETS];  /* more scalars of GATE_VALUES than the operation's own: "eps=0.1 t=2", then NULL */
    const float *edge;    /* of GATE_EDGES, values of the first input; NULL: no such */
    int edges, edge_rows; /* how many; in how many rows, 0 is 1 */
    const char *race,
        *reach;          /* of EXERCISE_RUNG: at this shape as fast as this rung, "64x784x512", "01_order";
                          * of a network the rung alone, whose functions a step is to be as fast with */
    const char *counted; /* the shape at which GATE_COUNTS counts, "15x264x60"; NULL: no such gate */
    enum count count;    /* of this at most so many                                               */
    double most;
    int is_plain; /* counted without AVX2: there a compiler does not load a number again to multiply by it */
    struct answer bill; /* must be predicted in the file, before anything is counted; name NULL: nothing */
    const char *next;   /* the exercise whose solution is the next rung, "1.9"; NULL: there is none */
    /* of EXERCISE_NUMBERS; of functions: predicted in their file, before they are graded */
    const struct answer *(*answers)(void);
    const char *network; /* of GATE_TRAINING, its only one: a network file; NULL: it has other gates */
    const struct mistake *wrong; /* of those: its wrong versions, ends with op == NULL                      */
    const struct judged *judged; /* of EXERCISE_TEST: what the student's function judges (judged.h) */
    const struct kernel_task *kernel; /* of EXERCISE_KERNEL  */
    const char *hint[MOST_HINTS];
    const char *insight; /* what it is there for; said after it is passed          */
    const char *page,
        *section; /* where to read: a page of the lesson, "muon" of muon.md, NULL: its first; a heading */
};

/* All of them, in the order of the course; the last has number == NULL. */
const struct exercise *exercises(void);

int exercise_lesson(const struct exercise *e);

enum { READING_TEXT = 120 };

/* where to read: "lesson 4, page muon, The rule"; returns text */
const char *exercise_reading(const struct exercise *e, char text[READING_TEXT]);

/* 1 if it is one of that lesson's; 0: of any */
int exercise_is_of(const struct exercise *e, int lesson);

/* The one whose solution this one begins with: who has its file has that, too. NULL: there is none. */
const struct exercise *exercise_before(const struct exercise *e);

/* The harder one of a lesson: who passes it may skip the others. NULL if the lesson has none. */
const struct exercise *exercise_skipping(int lesson);

/* The exercise "1.3", "dense_dw" or "1.3_dense_dw"; NULL if there is none. */
const struct exercise *exercise_find(const char *name);

/* The operation of that name, of the suite or of the exercises' own (own_ops.c); NULL if there is none. */
const struct op *exercise_op_find(const char *name);

/* ---- texts (text.c) ---- */

/* A file of the source tree, as it was when the program was built; NULL if it was not taken along. */
const char *learn_text(const char *path);

/* What the student begins with. */
const char *exercise_start(const struct exercise *e);

/* What is to be done: the text of the comment with which that begins. */
void exercise_put_about(FILE *f, const struct exercise *e);

/* The same with the reference's functions for the student's, or with the right numbers; free it. NULL: out of
 * memory. */
char *exercise_solution(const struct exercise *e);

/* ---- numbers to predict ---- */

/* The network of 1.2 and of lesson 1, "By hand": w1 (2,2), b1 (2), w2 (1,2), b2 (1), x (2), t (1), one
 * after the other; and what the suite computes of such numbers. */
enum { BY_HAND_NUMBERS = 12 };
struct by_hand {
    double a[2], y[1], L, dy[1], dw2[2], db2[1], da[2], dw1[4], db1[2];
};
extern const double by_hand_numbers[BY_HAND_NUMBERS];
void by_hand_compute(const double in[BY_HAND_NUMBERS], struct by_hand *h);

/* The lists are computed by the operations of the suite: by_hand.c, predictions.c. */
typedef const struct answer *answers_fn(void);
answers_fn by_hand_answers, which_h_answers, tanh_slope_answers, twenty_layers_answers;

/* 1 if the number is right */
int answer_accepts(const struct answer *a, double value);

/* The slip that it is, or NULL */
const struct slip *answer_slip(const struct answer *a, double value);

/* ---- CUDA kernels (kernels.c) ---- */

/* What is counted of the kernels that one call launches */
enum kernel_count {
    KERNEL_NOTHING,
    KERNEL_SECTORS,  /* of 32 bytes of global memory, for each request of a warp   */
    KERNEL_TRAFFIC,  /* of them, for each multiply-add of the operation's own      */
    KERNEL_IDLE,     /* lanes of 32 that are not active in a request to memory     */
    KERNEL_BANKS,    /* passes of shared memory for each that would do, at worst   */
    KERNEL_ATOMICS,  /* atomic requests                                            */
    KERNEL_LAUNCHES, /* kernels                                                    */
    KERNEL_COUNTS
};

extern const char *const kernel_count_names[KERNEL_COUNTS];

enum { MOST_KERNEL_COUNTS = 2 };

/* How the kernels of an exercise are graded. What the stub counts and what is done right is measured. */
struct kernel_task {
    const int (*shapes)[MAX_SIZES]; /* on which values are checked; ends with a 0              */
    const int *counted;             /* the shape of counts                                     */
    struct {
        enum kernel_count what;
        double most;
    } count[MOST_KERNEL_COUNTS];
    const char *before;    /* the exercise whose solution is counted for "before"; NULL: the stub */
    const int (*grids)[2]; /* blocks and threads, for the variables grid_blocks and grid_threads of the
                            * file, with each of which it must be right; ends with a 0; NULL: none */
    const struct kernel_wrong *wrong;
};

/* A wrong version that somebody has written some day: the solution with one place changed */
struct kernel_wrong {
    const char *name, *about; /* name == NULL ends a list */
    const char *from, *to;
};

/* The solution with that change; free it. NULL: `from` is not in it once, or out of memory. */
char *kernel_changed(const struct exercise *e, const struct kernel_wrong *w);

/* ---- wrong versions ---- */

/* A wrong version of an operation that somebody has written some day */
struct mistake {
    const char *op;
    const char *name;  /* "averaged"                     */
    const char *about; /* what is wrong, in some words    */
    any_fn *run;       /* in float                        */
    any_fn *run_f64;
};

extern const struct mistake mistakes[]; /* mistakes.c; ends with op == NULL */

/* 1 if it is a wrong version of a function of the exercise */
int exercise_has_mistake(const struct exercise *e, const struct mistake *m);

/* The k-th of the exercise's wrong versions, from 0 on; NULL: there are no more. Of numbers, `op` is the name
 * of an answer and `name` a wrong one, both valid until the next call. */
const struct mistake *exercise_mistake(const struct exercise *e, int k);

/* What the k-th set makes of an operation, 0 its own scalars; NULL behind the last. */
const struct op *exercise_op(const struct exercise *e, const struct op *op, int k);

/* 1 if all outputs of one call, own, are within twice the bound of a wrong version's; *differs becomes 1
 * if the wrong version is not right here. */
struct check_case;
int outputs_alike(const struct check_case *c, void *const *own, void *const *wrong, int *differs);

/* The known mistake that a function of the student's, which is called by `own`, computes: its results are
 * within twice the bound of the mistake's on every problem, and the mistake's are not right on one. NULL if
 * there is none. */
const struct mistake *mistake_match(const struct exercise *e, const struct op *op, call_fn *own);

#endif
