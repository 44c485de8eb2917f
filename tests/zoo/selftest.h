/* selftest.h - what the parts of the self-test share. */
#ifndef ZOO_SELFTEST_H
#define ZOO_SELFTEST_H

#include "zoo.h"

enum { ZOO_LARGE = 100000 };

struct zoo_plan {
    int seeds, scales;
    const double *scale;
    const char *unit;
    int mutations, fast;
};

enum { ZOO_TESTS = 10 };

/* all of them are sums of ints: what workers counted is added up */
struct zoo_totals {
    int checks, caught, missed, passed, inconclusive, false_alarms, named_right, unnamed;
    int wrong_rows, right_rows;
    int proofs, unproved;                     /* matrix.c: rows that one test alone sees */
    int mutations, mutations_missed;          /* mutation.c */
    int pointers, pointers_missed;            /* pointers.c: rows as a loss and its gradient */
    int others, others_missed;                /* others.c: contracts and optimizers */
    int contract_alone;                       /* broken contracts that no other standard test sees */
    int kills[ZOO_TESTS], applies[ZOO_TESTS]; /* matrix.c: by test */
};

struct zoo_row_count {
    const struct zoo_case *c;
    int amiss;
};

struct zoo_outcome {
    gc_verdict verdict;
    unsigned named;  /* inputs whose gradient is called wrong */
    unsigned checks; /* tests that ran */
    char reason[GC_TEXT];
};

/* ---- workers.c ---- */

/* Tasks 0 .. n-1, which need nothing of each other: each adds to its totals and prints. */
struct zoo_work {
    int n;
    const void *ctx;
    void (*task)(int i, const void *ctx, struct zoo_totals *t, FILE *out);
    /* optional, in the parent: before what task i counted and printed is added to t and printed */
    void (*before)(int i, const void *ctx, const struct zoo_totals *t, FILE *out);
};

/* All of them, on all cores; what they counted and printed, in their order. */
void zoo_work(const struct zoo_work *w, struct zoo_totals *t, FILE *out);

/* ---- judge.c ---- */

/* checks 0: the row's own; less those in `without` */
struct zoo_outcome zoo_run(const struct zoo_case *c, double scale, uint64_t seed, unsigned checks,
                           unsigned without);
int zoo_is_caught(const gc_result *r);
unsigned zoo_named(const gc_result *r);
int zoo_wanted(const struct zoo_plan *plan, const struct zoo_case *c);

/* ---- the parts ---- */

void zoo_proofs(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out);
void zoo_matrix(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out);
void zoo_pointers(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out);

struct zoo_contract;
gc_verdict zoo_contract_verdict(const struct zoo_contract *z, unsigned checks, unsigned *ran);
int zoo_contract_count(void);
void zoo_others(struct zoo_totals *t, FILE *out);

#endif
