/* gc_engine_made.h - problems that the engine's tests share: small losses and layers with a right gradient
 * and wrong ones. */
#ifndef GC_ENGINE_MADE_H
#define GC_ENGINE_MADE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gradcheck/gc.h"

/* What is wrong with a gradient. */
enum mistake { RIGHT, TIMES, SIGN, ONE_ELEMENT, TINY_FACTOR, SWAPPED, LAST_ZERO, MISTAKES };
extern const char *const mistake_name[MISTAKES];

/* ctx of every loss here */
struct made {
    enum mistake mistake;
    size_t element; /* of ONE_ELEMENT */
    double scale;   /* of the loss */
    double offset;  /* added to it, by the networks */
    size_t sizes[4];
};

void made_spoil(const struct made *m, double *g, size_t n);

/* Losses of one vector. */
struct made_loss {
    const char *name;
    gc_scalar loss;
    gc_gradient grad;
    size_t n;
};
extern const struct made_loss made_losses[];
extern const int made_count;

void made_fill(double *x, size_t n, uint64_t seed); /* numbers in [-1,1) */

int made_failures(void);
/* Counts and tells a failure; r may be NULL. */
void made_expect(int ok, const gc_result *r, const char *format, ...);

#endif
