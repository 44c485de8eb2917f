/* activation_fast20.c - activations to about 20 bits, sixteen elements an instruction. */
#include "activation_rungs.h"

#if defined __x86_64__
#include "vec_avx512.h"

#define DIGITS 20
#include "vec_fast.h"

#define VERSION_NAMED(name) name##_fast20
#include "activation_loops.h"

/* those that need exp, forward */
#define OF_EXP(f, with) FORWARD(f, with)
#define OF_ARITHMETIC(f, with)
#define OF(f, kind, with)      OF_##kind(f, with)
#define OF_KIND(f, kind, with) OF(f, kind, with)

#define ACTIVATION(f, ...)      OF_KIND(f, RUNGS_##f, )
#define ACTIVATION_WITH(f, ...) OF_KIND(f, RUNGS_##f, WITH)
#include "../ops/activations.h"
#endif
