/* zoo.h - gradients that are wrong in the ways real ones are, gradients that are right, and the proof that
 * the checker tells them apart.
 *
 * A unit (dense, conv2d, ...) is a forward, a right backward, and mistakes: its backward asks
 * zoo_mistake(ctx) at the lines where people go wrong. A row of its table names the mistake, the inputs whose
 * gradient it spoils and the verdict that the checker owes it. zoo_selftest() runs the rows over seeds and
 * loss scales and prints who was caught by which test. */
#ifndef ZOO_H
#define ZOO_H

#include <stdint.h>
#include <stdio.h>

#include "../../gradcheck/gc.h"

/* A problem as a row builds it. The callbacks' ctx points here. */
struct zoo_problem {
    gc_problem p; /* what gc_check gets */
    gc_options o;
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS];
    int mistake;                  /* the row's number                                                 */
    double scale;                 /* all outputs times this                                           */
    gc_problem unscaled;          /* the unit's own callbacks, where others stand before them         */
    struct zoo_change *change;    /* mutation.c: what is done to the gradient                         */
    void *memory[GC_MAX_TENSORS]; /* freed by zoo_close */
    int memories, out_of_memory;
};

struct zoo_case {
    const char *unit, *name, *mistake; /* in words; what a right row is proof of */
    void (*build)(struct zoo_problem *z);
    int number;        /* of the mistake, in the unit's own list; 0 is right */
    unsigned wrong;    /* bit i: the gradient of input i is wrong */
    gc_verdict expect; /* GC_PASS also stands for GC_KINK; GC_INCONCLUSIVE for everything but a false alarm */
    unsigned only;     /* the one test that sees it, or 0 */
};

struct zoo_table {
    const struct zoo_case *row;
    int rows;
};

/* ---- walking the zoo ---- */

int zoo_cases(void);
const struct zoo_case *zoo_case_at(int i);

/* Builds the problem of a row, outputs times scale. 0: no memory. Give it back with zoo_close. */
int zoo_open(struct zoo_problem *z, const struct zoo_case *c, double scale);
void zoo_close(struct zoo_problem *z);

/* ---- for units ---- */

#define ZOO_DIMS(...)                                                           \
    (int)(sizeof((size_t[]){ __VA_ARGS__ }) / sizeof(size_t)), (const size_t[]) \
    {                                                                           \
        __VA_ARGS__                                                             \
    }

/* the next input or output; its data is drawn by the checker or by p.fill */
gc_tensor *zoo_input(struct zoo_problem *z, const char *name, unsigned flags, int nd, const size_t *dim);
gc_tensor *zoo_output(struct zoo_problem *z, const char *name, int nd, const size_t *dim);
void *zoo_memory(struct zoo_problem *z, size_t bytes); /* zeros; NULL: there is none, and zoo_open fails */
size_t zoo_elements(const gc_tensor *t);

static inline int zoo_mistake(const void *ctx)
{
    return ((const struct zoo_problem *)ctx)->mistake;
}

/* The k-th random number of a seed: in [0,1), and roughly normal (the sum of four, variance 1). */
double zoo_unit(uint64_t seed, uint64_t k);
double zoo_normal(uint64_t seed, uint64_t k);

/* the one wrong element of the row one_among_many */
enum { ZOO_WRONG_ELEMENT = 4321 };

/* Rows. The enumerator is the name. */
#define ZOO_RIGHT(unit)                                   \
    {                                                     \
        unit, "right", "nothing", build, 0, 0, GC_PASS, 0 \
    }
#define ZOO_WRONG(unit, name, wrong, words)                \
    {                                                      \
        unit, #name, words, build, name, wrong, GC_FAIL, 0 \
    }
/* caught as a breach of the calling contract: not linear in dout */
#define ZOO_BREACH(unit, name, wrong, words)                          \
    {                                                                 \
        unit, #name, words, build, name, wrong, GC_CONTRACT_BROKEN, 0 \
    }
#define ZOO_ONLY(unit, name, wrong, only, words)              \
    {                                                         \
        unit, #name, words, build, name, wrong, GC_FAIL, only \
    }
#define ZOO_TABLE(rows)                            \
    {                                              \
        rows, (int)(sizeof(rows) / sizeof *(rows)) \
    }

/* ---- the proof ---- */

struct zoo_options {
    int seeds;           /* 0: 25 */
    const double *scale; /* NULL: 1e-8, 1e-4, 1, 1e6 */
    int scales;
    int fast;           /* 1: two seeds, two scales, nothing large: a few seconds */
    const char *unit;   /* NULL: all */
    int mutations;      /* random changes to right gradients; 0: 1000, < 0: none */
    int quiet;          /* no matrix, only failures and totals */
    int gradients_only; /* neither contracts nor optimizers */
};

/* 0 if every wrong gradient is caught for every seed and scale, no right one and no right tensor is
 * blamed, each row that names the one test that sees it is missed without that test, and random changes to
 * right gradients are caught. */
int zoo_selftest(const struct zoo_options *o, FILE *out);

/* Applies `count` random changes to right gradients (rows, slices and elements scaled, moved, swapped,
 * dropped, noise of 1e-6 and more) and checks each; returns the number that was missed, and says which.
 * Changes too small to matter and changes without effect are drawn again. */
int zoo_mutations(uint64_t seed, int count, FILE *out);

#endif
