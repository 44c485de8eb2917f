/* activation_fast.h - activations to DIGITS bits, forward, sixteen elements an instruction: those that need exp. Included after
 * DIGITS is defined, once for each. */
#include "vec_avx512.h"

#include "vec_fast.h"

#define VERSION_TO(name, digits) name##_fast##digits
#define VERSION_OF(name, digits) VERSION_TO(name, digits)
#define VERSION_NAMED(name)      VERSION_OF(name, DIGITS)
#include "activation_loops.h"

#define OF_EXP(f, with) FORWARD(f, with)
#define OF_ARITHMETIC(f, with)
#define OF(f, kind, with)      OF_##kind(f, with)
#define OF_KIND(f, kind, with) OF(f, kind, with)

#define ACTIVATION(f, ...)      OF_KIND(f, RUNGS_##f, )
#define ACTIVATION_WITH(f, ...) OF_KIND(f, RUNGS_##f, WITH)
#include "../ops/activations.h"
