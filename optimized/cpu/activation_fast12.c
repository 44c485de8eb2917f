/* activation_fast12.c - activations to about 12 bits, sixteen elements an instruction. */
#include "activation_rungs.h"

#if defined __x86_64__
#include "vec_avx512.h"

#define DIGITS 12
#include "vec_fast.h"

#define VERSION_NAMED(name) name##_fast12
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
