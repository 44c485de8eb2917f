/* peer_sleef_avx512.c - loops that call SLEEF's functions of sixteen floats. */
#include "peer_sleef.h"

#if defined __x86_64__
#include "../optimized/cpu/vec_avx512.h"

#define SLEEF_TABLE sleef_avx512
#include "peer_sleef_tile.h"
#endif
