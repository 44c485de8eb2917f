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

struct zoo_totals {
    int checks, caught, missed, passed, inconclusive, false_alarms, named_right, unnamed;
    int wrong_rows, right_rows;
    int proofs, unproved;            /* matrix.c: rows that one test alone sees */
    int mutations, mutations_missed; /* mutation.c */
    int pointers, pointers_missed;   /* pointers.c: rows as a loss and its gradient */
    int others, others_missed;       /* others.c: contracts and optimizers */
    int contract_alone;              /* broken contracts that no other standard test sees */
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

/* ---- judge.c ---- */

/* checks 0: the row's own; less those in `without` */
struct zoo_outcome zoo_run(const struct zoo_case *c, double scale, uint64_t seed, unsigned checks,
                           unsigned without);
int zoo_is_caught(const gc_result *r);
unsigned zoo_named(const gc_result *r);
int zoo_wanted(const struct zoo_plan *plan, const struct zoo_case *c);

/* ---- the parts ---- */

void zoo_proofs(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out);
void zoo_matrix(const struct zoo_plan *plan, FILE *out);
void zoo_pointers(const struct zoo_plan *plan, struct zoo_totals *t, FILE *out);

struct zoo_contract;
gc_verdict zoo_contract_verdict(const struct zoo_contract *z, unsigned checks, unsigned *ran);
void zoo_others(struct zoo_totals *t, FILE *out);

#endif
