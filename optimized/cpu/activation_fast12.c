/* activation_fast12.c - activations to about 12 bits. */
#include "activation_rungs.h"

#if defined __x86_64__
#define DIGITS 12
#include "activation_fast.h"
#endif
