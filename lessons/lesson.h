/* lesson.h - what a lesson IS: its folder, its programs and its formulas.
 *
 * lessons[] (lessons.c) is the one list. A new lesson is a folder NN_name with README.md, main.c and
 * formulas.c, and one row there. Every other .c file of the folder is a program of the lesson, like main.c:
 * it builds on its own, and `rungs lesson N NAME` runs it (its main is then called lesson_NN_name). Every
 * other .md file is a page of the lesson (doc_sync.h).
 */
#ifndef RUNGS_LESSON_H
#define RUNGS_LESSON_H

#include <stdint.h>

#include "../base/file.h"

struct lesson_program {
    const char *name;  /* "steps": steps.c                           */
    int (*run)(void);  /* its main                                   */
    const char *about; /* one line                                   */
};

/* A formula of the text. The page shows `tex`; lhs and rhs write what stands left and right of its
 * last equals sign, for the inputs that draw() made: one number for each element, at most
 * MAX_SIDE. They return how many. */
enum { MAX_SIDE = 64 };

struct formula {
    const char *id;  /* "mlp.bwd.dw"                               */
    const char *tex; /* as GitHub's ```math fence takes it         */
    int (*lhs)(double *out), (*rhs)(double *out);
    double limit; /* largest difference, relative to the largest element; 0: FORMULA_LIMIT */
};

/* Both sides are sums of a few dozen terms in double, so a true formula differs by some 1e-15; a
 * wrong sign, factor or index differs by 1e-2 and more. Formulas that hold only approximately
 * state a limit of their own. */
#define FORMULA_LIMIT 1e-12

struct lesson {
    const char *number, *folder, *title;
    const struct lesson_program *program; /* main first, ends with name == NULL */
    void (*draw)(uint64_t seed);          /* new random inputs for the formulas */
    const struct formula *formula;        /* ends with id == NULL               */
};

extern const struct lesson lessons[]; /* ends with number == NULL */

/* The lesson "1", "01", "01_mlp_backprop" or "mlp_backprop"; NULL if there is none. */
const struct lesson *lesson_find(const char *name);

/* The path of a page, "README" or "errata": below the working directory, below a folder above the program (a
 * build folder in the source tree), or where `cmake --install` puts it. 0 if it is nowhere. */
int lesson_page_find(const struct lesson *l, const char *page, char path[FILE_PATH]);

struct formula_result {
    int right;
    double worst;     /* largest difference of the sides, relative to the largest element  */
    char reason[160]; /* a sentence, if it is not right                                    */
};

/* Both sides on FORMULA_ROUNDS random inputs. A side that is NaN or zero everywhere
 * proves nothing: not right. */
enum { FORMULA_ROUNDS = 20 };
struct formula_result formula_check(const struct lesson *l, const struct formula *f, uint64_t seed);

/* One line for each formula on stdout; returns how many are wrong. */
int formulas_print(const struct lesson *l, uint64_t seed);

#endif
