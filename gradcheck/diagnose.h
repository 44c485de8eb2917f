/* diagnose.h - a wrong tensor as the diagnosis sees it; shared by diagnose.c, pattern.c (what the wrong
 * elements hold), terms.c and layout.c (parts of that), location.c (which elements are wrong) and fit.c.
 *
 * Diagnosis is hypothesis testing. A hypothesis predicts the analytic value of every wrong element; it must
 * hit them all within the error bars, and each hit is worth log2(size of the error / tolerance) bits, as an
 * accident would hit with probability tolerance / size. Fitted constants are paid for with the best hit. What
 * is left must be GC_ENOUGH_BITS. */
#ifndef GC_DIAGNOSE_H
#define GC_DIAGNOSE_H

#include "gc.h"

/* Other numbers that go with the elements, one each. */
struct gc_companion {
    const char *name;
    const double *value;
    int is_output;
};

/* What is known of every element besides the samples. Pointers may be NULL. */
struct gc_evidence {
    const double *analytic; /* its gradient                                                         */
    const double *x;        /* its value                                                            */
    const double *ones;     /* its gradient if the upstream gradient is all ones                    */
    double upstream;        /* the upstream gradient if it is a single number, else 0               */
    int companions;
    struct gc_companion companion[GC_MAX_TENSORS];
};

struct gc_view {
    const struct gc_evidence *e; /* only what belongs to the samples' point                          */
    const gc_result *r;
    const gc_tensor_result *t;
    size_t n;
    int m; /* samples that say something: numeric finite, no kink; by rising index */
    const gc_sample **s;
    double *analytic; /* of every element, NaN where unknown                                  */
    double *numeric;  /* the same                                                             */
    double rtol, gmax;
    double typical; /* the median of |analytic - numeric| / scale of wrong elements                  */
};

/* What the pattern is called, and a likely cause. */
struct gc_words {
    char pattern[GC_TEXT], cause[GC_TEXT];
};

enum { GC_ENOUGH_BITS = 16 };

struct gc_fit {
    const struct gc_view *v;
    int misses;
    double bits, best;
};

/* How far off a prediction of gain x numeric may be for this sample: from its error bar, and relatively. */
double gc_tolerance(const struct gc_view *v, const gc_sample *s, double got, double predicted, double gain);

/* One prediction; size is how far off an accident would be. */
void gc_fit_add(struct gc_fit *f, double got, double predicted, double tolerance, double size);

/* Did every prediction hit, often enough, constants paid for? cost: log2 of how many hypotheses
 * of this kind there are. */
int gc_fit_holds(const struct gc_fit *f, int constants, double cost);

/* index of every axis for a flat index */
void gc_split(const gc_tensor_result *t, size_t flat, size_t at[GC_MAX_DIMS]);

/* relation.c: analytic = base + constant * basis, as a function of the sample and the value of a companion (1
 * without one). gain: how an error of numeric enters. */
struct gc_term {
    double base, basis, gain;
};
typedef struct gc_term (*gc_relation)(const gc_sample *s, double with, double constant);
struct gc_term gc_factor(const gc_sample *s, double with, double constant);

int gc_constant_holds(const struct gc_view *v, gc_relation rel, const double *with, double constant,
                      int constants, double cost);
/* The constant, or 0 if none holds or fewer than `least` elements are wrong. */
double gc_fitted(const struct gc_view *v, gc_relation rel, const double *with, int least);
double gc_fit_factor(const struct gc_view *v); /* analytic / numeric, whether it holds or not */
int gc_is_factor(const struct gc_view *v, double c, double cost);

/* diagnose.c: the view of a tensor that failed. 0: no memory, or nothing that a diagnosis could start
 * from; close it in any case. */
int gc_view_open(struct gc_view *v, const gc_result *r, int tensor, const struct gc_evidence *e);
void gc_view_close(struct gc_view *v);

/* pattern.c: what the wrong elements hold instead. NULL if it is nothing known, else the
 * name of the row that fits. */
const char *gc_find_pattern(const struct gc_view *v, struct gc_words *w);
/* the same where a constant factor is the only question, -1 for the sign included */
const char *gc_find_factor(const struct gc_view *v, struct gc_words *w);
/* Does the name speak of the whole tensor, so that there is no point in saying which elements are wrong? */
int gc_pattern_is_whole(const char *name);
/* Is it a constant factor, the sign included? */
int gc_pattern_is_factor(const char *name);
/* Does its cause say more than that of a place? */
int gc_pattern_is_specific(const char *name);

/* location.c: which elements are wrong: NULL if all or scattered, else the name of the row that fits. */
const char *gc_find_location(const struct gc_view *v, struct gc_words *w);
/* Are all wrong that could be? */
int gc_all_wrong(const struct gc_view *v);

/* terms.c: a term or a factor too many or too few; tests of rows in pattern.c */
int gc_term_absolute(const struct gc_view *v, struct gc_words *w);
int gc_term_squared(const struct gc_view *v, struct gc_words *w);
int gc_term_difference(const struct gc_view *v, struct gc_words *w);
int gc_term_weight_decay(const struct gc_view *v, struct gc_words *w);
int gc_term_l1_penalty(const struct gc_view *v, struct gc_words *w);
int gc_term_only_value(const struct gc_view *v, struct gc_words *w);
int gc_term_plus_value(const struct gc_view *v, struct gc_words *w);
int gc_term_times_value(const struct gc_view *v, struct gc_words *w);
int gc_term_over_value(const struct gc_view *v, struct gc_words *w);
int gc_term_times_one_minus(const struct gc_view *v, struct gc_words *w);
int gc_term_over_one_minus(const struct gc_view *v, struct gc_words *w);
int gc_term_over_one_plus(const struct gc_view *v, struct gc_words *w);

/* functions.c, projection.c, stretches.c, coarse.c: more of them */
int gc_function_of_value(const struct gc_view *v, struct gc_words *w);
int gc_projection(const struct gc_view *v, struct gc_words *w);
int gc_stretches(const struct gc_view *v, struct gc_words *w);
int gc_coarse_decimals(const struct gc_view *v, struct gc_words *w);
int gc_coarse_float(const struct gc_view *v, struct gc_words *w);

/* layout.c: the right values in the wrong order; tests of rows in pattern.c */
int gc_layout_axes(const struct gc_view *v, struct gc_words *w);
int gc_layout_reversed(const struct gc_view *v, struct gc_words *w);
int gc_layout_mirrored(const struct gc_view *v, struct gc_words *w);
int gc_layout_shifted(const struct gc_view *v, struct gc_words *w);
int gc_layout_neighbours(const struct gc_view *v, struct gc_words *w);
int gc_layout_swapped(const struct gc_view *v, struct gc_words *w);
int gc_layout_anyhow(const struct gc_view *v, struct gc_words *w);

/* ratio.c: are a few wrong elements one factor times numeric at other points, too? */
enum gc_ratio { GC_RATIO_UNKNOWN, GC_RATIO_VARIES, GC_RATIO_CONSTANT };
struct gc_run;
enum gc_ratio gc_find_ratio(struct gc_run *run, int tensor, struct gc_words *w);

/* straight_through.c: does the forward round, and is analytic the gradient of what it rounds? */
int gc_find_straight_through(struct gc_run *run, int tensor, struct gc_words *w);

/* mixed.c: what the derivatives of the gradient tell. 0: nothing, or they cannot be had */
int gc_find_quotient(struct gc_run *run, int tensor,
                     struct gc_words *w); /* coarse.c: the same for its digits */
int gc_find_by_curvature(struct gc_run *run, int tensor, struct gc_words *w);

/* diagnose.c: fills pattern and cause of r->tensor[tensor], which failed; empty where nothing
 * is known. e may be NULL. */
/* no cause, or one that says no more than where it is */
int gc_is_vague(const char *cause);
void gc_diagnose_from(gc_result *r, int tensor, const struct gc_evidence *e);

#endif
