/* soft_cases.h - every intrinsic of soft_avx512.h called once, in real and in soft. */
#ifndef RUNGS_SOFT_CASES_H
#define RUNGS_SOFT_CASES_H

#include <stdint.h>

enum { SOFT_RESULTS_MAX = 96, SOFT_WORDS = 24 };

struct soft_result {
    const char *what;          /* the call, as it stands in soft_cases.c              */
    uint32_t word[SOFT_WORDS]; /* lanes, a mask, or 24 words of memory written to     */
};

/* Both fill r in the same order and return how many there are. a, b, c hold 16 floats each; at `edge`, the
 * lanes whose mask bit is set can be read, the others need not exist. */
typedef int soft_results_fn(const float *a, const float *b, const float *c, const float *edge, uint16_t mask,
                            struct soft_result *r);
soft_results_fn results_real, results_soft;

#endif
