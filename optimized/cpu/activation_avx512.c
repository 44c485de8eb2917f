/* activation_avx512.c - activations, sixteen elements an instruction. */
#include "activation_rungs.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "vec_activation.h"

#define VERSION_NAMED(name) name##_avx512
#include "activation_loops.h"

#define ACTIVATION(f, ...)      FORWARD(f, ) BACKWARD(f, ) WITH_SLOPE(f, )
#define ACTIVATION_WITH(f, ...) FORWARD(f, WITH) BACKWARD(f, WITH) WITH_SLOPE(f, WITH)
#include "../ops/activations.h"
#endif
