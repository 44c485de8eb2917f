/* peer_sleef_avx2.c - loops that call SLEEF's functions of eight floats. */
#include "peer_sleef.h"

#if defined __x86_64__
#include "../optimized/cpu/vec_avx2.h"

#define SLEEF_TABLE sleef_avx2
#include "peer_sleef_tile.h"
#endif
