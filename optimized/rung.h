/* rung.h - a rung: one way to compute an operation, and what it needs from the machine.
 *
 * The rungs of an operation stand in one file, naive first; one table at the end of that file is the only
 * list of them. Adding a rung is one function and one row.
 */
#ifndef RUNGS_RUNG_H
#define RUNGS_RUNG_H

#ifdef __cplusplus
extern "C" {
#endif

enum { NEED_NONE = 0, NEED_AVX2 = 1, NEED_AVX512 = 2 };

typedef void any_fn(void);

struct rung {
    const char *name; /* "03_packed": the key in tables, CSV files and charts        */
    any_fn *run;      /* cast back to the operation's own type by its call function  */
    unsigned needs;   /* NEED_ bits; where one is missing the rung is skipped        */
    const char *idea; /* one line: what changed since the rung before                */
};

/* RUN(dense_forward, tile4): the function as any_fn, after the compiler has checked its type */
#define RUN(op, function) ((any_fn *)(0 ? (op##_fn *)0 : (function)))

/* The parts of `needs` that this machine lacks, in words ("AVX-512"), or NULL if it has them all.
 * The environment variable RUNGS_ISA=portable|avx2|avx512 lowers what the machine is taken to have. */
const char *rung_lacks(unsigned needs);

/* The NEED_ bits that this machine has */
unsigned rung_isa(void);

#ifdef __cplusplus
}
#endif
#endif
