/* gc_derived_subjects.h - random gradients of N numbers, each with its expectation in closed form and with a
 * loss of samples: what gc_derived_sampled.c has gc_check_sampled judge. */
#ifndef GC_DERIVED_SUBJECTS_H
#define GC_DERIVED_SUBJECTS_H

#include "gc_engine_made.h"

enum { N = 4 };

struct subject {
    const char *name;
    gc_scalar expected;
    gc_sampled_loss loss;
    gc_sampled_gradient grad;
    int right;
};
extern const struct subject subjects[]; /* the right ones first */
extern const int subject_count;

/* an estimate of a gradient, from the numbers of a seed */
#define ESTIMATE(name) static void name(const double *x, size_t n, uint64_t seed, double *g, void *ctx)
#define EACH           for (size_t i = 0; i < n; i++)

/* number k of a seed: 64 bits, between 0 and 1, of the normal distribution */
uint64_t seed_bits(uint64_t seed, uint64_t k);
double seed_uniform(uint64_t seed, uint64_t k);
double seed_normal(uint64_t seed, uint64_t k);

/* the first subject: normal noise of around_sigma around x, in a sum of smooth functions */
extern const double around_sigma;
double smooth_slope(double z);
double around_expected(const double *x, size_t n, void *ctx);
double around_loss(const double *x, size_t n, uint64_t seed, void *ctx);
void around_score(const double *x, size_t n, uint64_t seed, double *g, void *ctx);
void reparameterised(const double *x, size_t n, uint64_t seed, double *g, void *ctx);
void score_negative(const double *x, size_t n, uint64_t seed, double *g, void *ctx); /* wrong */

#endif
