/* ladders.h - the CPU ladder of every operation, each defined at the end of the file of its rungs. */
#ifndef RUNGS_LADDERS_H
#define RUNGS_LADDERS_H

#include "../rung.h"

#define OP(name) extern const struct rung name##_cpu[];
#include "../ops/list.h"
#undef OP

#endif
