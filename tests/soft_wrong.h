/* soft_wrong.h - AVX-512 rungs of relu_forward that are wrong in their tails; soft_check must reject each. */
#ifndef RUNGS_SOFT_WRONG_H
#define RUNGS_SOFT_WRONG_H

#include "../optimized/rung.h"

extern const struct rung soft_wrong[]; /* ends with name == NULL */

#endif
