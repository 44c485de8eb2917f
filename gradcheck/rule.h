/* rule.h - the optimizers' rules in long double, one element at a time, right and with the
 * slips that people make. */
#ifndef GC_RULE_H
#define GC_RULE_H

#include "gc.h"

/* One weight on its way. magnitude and path are the same sums of absolute values, for error bounds: path adds
 * up |step| as it would be if no two terms of a step cancelled. */
struct gc_walker {
    long double w, s0, s1, s2, magnitude, path;
};

/* The step t = 1, 2, ... of the optimizer's rule (not GC_OWN_RULE), with the slips of one
 * gc_slip; 0: the right rule. */
void gc_rule_step(const gc_optimizer *o, unsigned slips, int t, long double g, struct gc_walker *x);

/* How far the first step moves a weight, written down apart from gc_rule_step: the formula's closed form. */
double gc_first_step(const gc_optimizer *o, double g, double w);

/* How much a rounding of 1 - b1 and 1 - b2 to unit roundoff u may change a step, relatively. */
double gc_rule_conditioning(const gc_optimizer *o);

/* A known mistake; the table ends with words NULL. */
struct gc_slip {
    unsigned slips, rules; /* rules: bits 1 << gc_rule */
    const char *words;     /* "without bias correction" */
};
extern const struct gc_slip gc_slips[];

const char *gc_rule_name(gc_rule rule);

/* is there a step at a gradient of 0? Not where it is divided by its own size and eps is 0 */
int gc_rule_takes_zero(const gc_optimizer *o);

/* the arrays of state that its step gets: 2 or 3 */
int gc_rule_states(const gc_optimizer *o);

/* NULL, or what is wrong with the optimizer's numbers, as a sentence */
const char *gc_rule_complaint(const gc_optimizer *o);

/* NULL, or what these numbers leave untested, as a sentence */
const char *gc_rule_untested(const gc_optimizer *o);

#endif
