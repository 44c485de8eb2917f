/* gc_report_made.h - results made by hand, for the tests of what the gradient checker says about them. */
#ifndef GC_REPORT_MADE_H
#define GC_REPORT_MADE_H

#include "../gradcheck/gc.h"

/* An empty result; free it with free. A lack of memory ends the program. */
gc_result *made_result(const char *name, gc_verdict verdict);

/* Adds a tensor of this shape (dims end with 0; none: one number) and returns it. */
gc_tensor_result *made_tensor(gc_result *r, const char *name, const size_t *dim);

/* Fills the samples of all elements, or of every step-th, from these arrays; error bars of
 * 1e-10 of the largest numeric one. Judges them with rtol 1e-7 as the checker does, and fills
 * worst, first and the counts. */
void made_samples(gc_tensor_result *t, const double *analytic, const double *numeric, size_t step);

/* Numbers without a pattern in [-1,1], never near 0; the k-th of a stream. */
double made_number(unsigned stream, size_t k);

/* One result of every verdict, the first with `name`. Returns how many. */
enum { MADE = 8 };
int made_all(gc_result *r[MADE], const char *name);

#endif
