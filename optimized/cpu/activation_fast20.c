/* activation_fast20.c - activations to about 20 bits. */
#include "activation_rungs.h"

#if defined __x86_64__
#define DIGITS 20
#include "activation_fast.h"
#endif
