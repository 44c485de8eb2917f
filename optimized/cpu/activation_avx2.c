/* activation_avx2.c - activations, eight elements an instruction. */
#include "activation_rungs.h"

#if defined __x86_64__
#include "vec_avx2.h"

#include "vec_activation.h"

#define VERSION_NAMED(name) name##_avx2
#include "activation_loops.h"

#define ACTIVATION(f, ...)      FORWARD(f, ) BACKWARD(f, ) WITH_SLOPE(f, )
#define ACTIVATION_WITH(f, ...) FORWARD(f, WITH) BACKWARD(f, WITH) WITH_SLOPE(f, WITH)
#include "../ops/activations.h"
#endif
