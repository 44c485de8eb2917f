/* rung.h - a rung: one way to compute an operation, and what it needs from the machine.
 *
 * The rungs of an operation stand in one file, naive first; one table at the end of that file is the only
 * list of them. Adding a rung is one function and one row. A CUDA rung has the same signature with device
 * pointers; it launches its kernels and returns without waiting for them.
 */
#ifndef RUNGS_RUNG_H
#define RUNGS_RUNG_H

#ifdef __cplusplus
extern "C" {
#endif

/* NEED_: what the CPU, or the CUDA device, must have (SM90A: the instructions of the H100's family alone).
 * IN_: the rung rounds its operands to fewer digits than float has. FAST_: its functions and divisions have
 * about that many bits. WINOGRAD_: it computes tiles of 2 x 2, 4 x 4 by sums that partly cancel. Any of them
 * changes its error bound: see rung_precision. */
enum {
    NEED_NONE = 0,
    NEED_AVX2 = 1,
    NEED_AVX512 = 2,
    NEED_SM80 = 4,
    NEED_SM90A = 8,
    IN_TF32 = 16,
    IN_BF16 = 32,
    IN_HALF = 64,
    FAST_20 = 128,
    FAST_12 = 256,
    WINOGRAD_2 = 512,
    WINOGRAD_4 = 1024
};

typedef void any_fn(void);

struct rung {
    const char *name; /* "03_packed": the key in tables, CSV files and charts           */
    any_fn *run;      /* cast back to the operation's own type by its call function     */
    unsigned needs;   /* NEED_ bits: where one is missing the rung is skipped; IN_, FAST_ */
    const char *idea; /* one line: what changed since the rung before                   */
};

/* RUN(dense_forward, tile4): the function as any_fn, after the compiler has checked its type */
#define RUN(op, function) ((any_fn *)(0 ? (op##_fn *)0 : (function)))

/* The parts of `needs` that this machine lacks, in words ("AVX-512"), or NULL if it has them all.
 * The environment variable RUNGS_ISA=portable|avx2|avx512 lowers what the machine is taken to have. */
const char *rung_lacks(unsigned needs);

/* The NEED_ bits that this machine's CPU has */
unsigned rung_isa(void);

/* 1 if the CPU cuts vectors of sixteen in half, as Zen 4 does: they take twice as long as those of eight */
int rung_halves_avx512(void);

/* The same for a machine that has the bits of `have` */
const char *rung_lacks_of(unsigned needs, unsigned have);

enum { WINOGRAD_MOST_SIDE = 4 };

/* How finely a rung computes: a rounding errs by at most `unit` of the number that
 * it rounds, or by `tiny`. */
struct precision {
    double unit, tiny;
    int winograd; /* 2 or WINOGRAD_MOST_SIDE, the side of its tiles; 0: it is none of Winograd's rungs */
};

/* Those of float, 2^-24 and the smallest subnormal, unless IN_ or FAST_ bits say otherwise */
struct precision rung_precision(unsigned needs);

/* 1 if its bound is not that of a rung in float which computes what the formula says */
int rung_has_own_bound(unsigned needs);

/* 1 if the rung has fewer digits than float */
int rung_is_reduced(unsigned needs);

/* Then, how many: "about 12 bits", "operands of 8 bits"; NULL for float */
const char *rung_precision_text(unsigned needs);

/* The rung of that name ("04_avx2", or "avx2" without its number) in a ladder, NULL if there is none */
const struct rung *rung_in(const struct rung *ladder, const char *name);

/* The last rung of a ladder that has all digits of float, runs on a machine with the NEED_ bits of `have`,
 * and whose name sorts at or before `limit` ("04_avx2"; NULL: no limit); the first one if there is none */
const struct rung *rung_last(const struct rung *ladder, unsigned have, const char *limit);

#ifdef __cplusplus
}
#endif
#endif
