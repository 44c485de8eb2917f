/* activation_table.c - activations, sixteen elements an instruction, with tables in registers. */
#include "activation_rungs.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "vec_cells.h"

#define VERSION_NAMED(name) name##_table
#include "activation_loops.h"

/* those that need exp; a derivative at y does not */
#define BACKWARD_x(f, with) BACKWARD(f, with)
#define BACKWARD_y(f, with)
#define OF_EXP(f, at, with) FORWARD(f, with) BACKWARD_##at(f, with) WITH_SLOPE(f, with)
#define OF_ARITHMETIC(f, at, with)
#define OF(f, kind, at, with)      OF_##kind(f, at, with)
#define OF_KIND(f, kind, at, with) OF(f, kind, at, with)

#define ACTIVATION(f, numbers, at, ...)      OF_KIND(f, RUNGS_##f, at, )
#define ACTIVATION_WITH(f, numbers, at, ...) OF_KIND(f, RUNGS_##f, at, WITH)
#include "../ops/activations.h"
#endif
