/* gc_internal.h - what the files of the checker share. gc.h is the public face.
 *
 *   numeric.c   ladder, noise, bounds                         (pure functions)
 *   random.c    counter-based random numbers
 *   memory.c    arrays between guard pages, read-only at will
 *   child.c     a child process with a time-out; crashes become sentences
 *   run.c       one problem at one point: working copies, loss along a line, analytic gradient
 *   check.c     gc_check: points, tests, verdicts;  scalar.c  the two-pointer entry
 *   direction.c element.c kink.c complex.c contract.c adjoint.c reference.c taylor.c second.c   one test each
 *   twin.c optimizer.c                                        other entries
 *   diagnose.c pattern.c  pattern and cause of a failure
 *   report.c json.c junit.c csv.c plot.c words.c              reports
 */
#ifndef GC_INTERNAL_H
#define GC_INTERNAL_H

#include "gc.h"

#ifdef __FAST_MATH__
#error "The checker must see NaN and rounding as they are: compile it without -ffast-math. Your own code may use it."
#endif

/* A problem at a point. Tensors are working copies in the user's types, between guard pages. */
struct gc_run {
    const gc_problem *p;
    gc_options o;
    gc_result *r;
    int point;    /* which one; the last is the point of rounded values   */
    int rounded;  /* 1 there                                              */
    int refused;  /* the last callback refused                            */
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], dout[GC_MAX_TENSORS], din[GC_MAX_TENSORS];
    size_t nin[GC_MAX_TENSORS], nout[GC_MAX_TENSORS]; /* elements                                     */
    double *x[GC_MAX_TENSORS]; /* inputs as drawn, in double; NULL for GC_I32                          */
    double *v[GC_MAX_TENSORS]; /* upstream gradient of every output, in double                         */
    double *g[GC_MAX_TENSORS]; /* analytic gradient in double, NULL where not asked for                 */
    double noise;              /* absolute, of the loss at this point; < 0: not known yet              */
};

/* ---- random.c: the k-th number of stream `stream` of a seed; no state ---- */
uint64_t gc_random_bits(uint64_t seed, uint64_t stream, uint64_t k);
double gc_random_unit(uint64_t seed, uint64_t stream, uint64_t k); /* [0,1) */

/* ---- numeric.c ---- */
int gc_is_finite(double x); /* by the bits: true in any build */

/* ---- memory.c ---- */
/* bytes (a whole number of elements) of fresh memory that end at a guard page; NULL if there is none */
void *gc_memory_new(size_t bytes);
void *gc_memory_new_low(size_t bytes); /* the same, beginning after a guard page */
void gc_memory_free(void *p);
void gc_memory_read_only(void *p, int yes);
/* For messages: what lies at an address that faulted: "4 bytes past the end of dW", or the name alone. The name given
 * last by gc_memory_name is used (inputs "W", their gradients "dW"). Async-signal-safe. */
enum { GC_ELSEWHERE, GC_PAST_END, GC_BEFORE_START, GC_INSIDE, GC_GIVEN_BACK };
void gc_memory_name(void *p, const char *name);
int gc_memory_describe(const void *address, char *text, size_t room);
/* 1, or 0 if the bytes beside the array, up to its page's other end, were written; text as above */
int gc_memory_intact(const void *p, char *text, size_t room);

/* ---- child.c ---- */
/* Runs work(arg) in a child that shares r (which must come from gc_result_new). A crash, exit() or a time-out becomes
 * the verdict and a finding: GC_CONTRACT_BROKEN if the fault lies in an array of memory.c, else GC_CRASH. Sentences begin
 * with the stage up to its first comma or colon, so let stages begin with who runs: "backward, direction 2 of W".
 * Without fork(): calls work directly. */
void gc_in_child(gc_result *r, unsigned timeout_s, void (*work)(void *), void *arg);
gc_result *gc_result_new(const char *name, const gc_options *o); /* shared memory, zeroed; gc_free unmaps it */

/* ---- run.c ---- */
size_t gc_elements(const gc_tensor *t); /* 0 on overflow */
size_t gc_size_of(gc_dtype dt);
double gc_get(const gc_tensor *t, size_t i);
void gc_set(gc_tensor *t, size_t i, double value);

/* 1, or 0 with r->why set (no memory, bad problem) */
int gc_run_open(struct gc_run *run, const gc_problem *p, const gc_options *o, gc_result *r);
void gc_run_close(struct gc_run *run);
/* Draws the point, runs forward and backward, fills x, v, g. 0: refused or not finite. */
int gc_run_point(struct gc_run *run, int point);
/* sum of v * out at what in[] holds now; NaN if refused. Counts r->forwards. */
double gc_run_loss(struct gc_run *run);
/* The loss with in[tensor] moved to x + t d (tensor -1: all inputs with GC_GRAD, d their concatenation); in[] is put back. */
double gc_run_loss_at(struct gc_run *run, int tensor, const double *d, double t);
/* backward at what in[] and out[] hold now, upstream v: into g (arrays as run->g). 0: refused */
int gc_run_gradient(struct gc_run *run, double *const *g);
/* the noise of the loss here, measured once a point */
double gc_run_noise(struct gc_run *run, int tensor, const double *d);

/* ---- tests: each looks at run's point and notes what it found ---- */
void gc_test_contract(struct gc_run *run);
void gc_test_direction(struct gc_run *run);
void gc_test_elements(struct gc_run *run);
void gc_test_complex(struct gc_run *run);
void gc_test_kinks(struct gc_run *run);
void gc_test_adjoint(struct gc_run *run);
void gc_test_reference(struct gc_run *run);
void gc_test_taylor(struct gc_run *run);
void gc_test_symmetry(struct gc_run *run);
void gc_test_hvp(struct gc_run *run);

/* ---- check.c ---- */
/* says in r->stage what is about to run: a crash is then told with it */
void gc_stage(gc_result *r, const char *format, ...);
/* A finding of this test and tensor: a new one, or the one there is if `verdict` is not worse than it (then a scratch one). */
gc_finding *gc_note(gc_result *r, unsigned test, int tensor, int point, gc_verdict verdict);
/* One comparison: GC_PASS, GC_FAIL, or GC_INCONCLUSIVE if 10 error bars exceed 1 % of the scale.
 * gmax: the largest |numeric| of the tensor. *allowed as reported. A NaN or infinity in a is GC_FAIL; in n GC_INCONCLUSIVE. */
gc_verdict gc_judge(double a, double n, double error, double gmax, double rtol, double *allowed);
void gc_text(char *to, size_t room, const char *format, ...);

/* ---- diagnose.c: fills pattern and cause of r->tensor[tensor], which failed, from its samples and shapes ---- */
/* All of these may be NULL, and hold what every element of the tensor has: x its value, analytic its gradient, ones its
 * gradient as the backward gives it for an upstream of ones. With x and analytic more patterns can be told apart. */
void gc_diagnose(gc_result *r, int tensor, const double *x, const double *analytic, const double *ones);

#endif
