/* contracts.h - code that breaks the rules of the call, or dies, and code that looks odd and keeps them. */
#ifndef ZOO_CONTRACTS_H
#define ZOO_CONTRACTS_H

#include "../../gradcheck/gc.h"

struct zoo_contract {
    const char *name, *mistake; /* in words; what a right row is proof of */
    gc_problem problem;
    gc_verdict expect;
    const char *word; /* unless GC_PASS: the reason contains it */
    int slow;         /* takes the whole time-out */
};

extern const struct zoo_contract zoo_contracts[]; /* ends with name NULL */

#endif
