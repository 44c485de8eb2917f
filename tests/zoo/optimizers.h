/* optimizers.h - optimizers that are wrong in the ways real ones are, and right ones,
 * for gc_check_optimizer. */
#ifndef ZOO_OPTIMIZERS_H
#define ZOO_OPTIMIZERS_H

#include "../../gradcheck/gc.h"

struct zoo_optimizer {
    const char *name, *mistake; /* in words; what a right row is proof of */
    gc_optimizer opt;
    int wrong;
    const char *word; /* of a wrong row: the reason contains it */
};

extern const struct zoo_optimizer zoo_optimizers[]; /* ends with name NULL */

#endif
