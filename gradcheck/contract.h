/* contract.h - what the tests of the calling contract share.
 *
 * contract.c runs them all, and has poison, accumulate and doubling; contract_repeat.c and contract_state.c
 * have the others; contract_calls.c calls the callbacks, contract_compare.c compares what they gave. */
#ifndef GC_CONTRACT_H
#define GC_CONTRACT_H

#include "gc_internal.h"

/* One set of arrays: the run's own, or copies elsewhere. */
struct gc_scene {
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], dout[GC_MAX_TENSORS], din[GC_MAX_TENSORS];
};

/* What the callbacks gave, in double (which is exact). */
struct gc_values {
    double *out[GC_MAX_TENSORS], *g[GC_MAX_TENSORS];
};

struct gc_contract {
    struct gc_run *run;
    struct gc_scene here, there;
    struct gc_values base, now, again;
    double spread; /* of repeated calls, relative to the largest value: 0 unless sums run in varying order */
    const char *doing;
    int lenient; /* a refusal is no offence now */
    int alone;   /* the next backward comes without the forward that it may need */
    int broken;  /* the rest is not run */
    int changed; /* and the reason is a result that is not as it was, of this tensor (-1: an output) */
    int tensor;
    int light;  /* the next calls run without a look at what lies beside the arrays */
    int trying; /* the test is only run again: what it finds is not noted */
};

/* Two numbers that should have been the same. */
struct gc_gap {
    size_t i;
    double was, is, rel; /* rel: to the largest of all */
};

/* for gc_text, of a gap and a name */
#define GC_EACH "element %zu of %s%s is %.9g, and was %.9g"

/* ---- contract_calls.c ---- */
const char *gc_name_of(const gc_tensor *t);
gc_finding *gc_broken(struct gc_contract *c, int tensor, const char *detail);
/* A finding about outputs that changed. */
gc_finding *gc_broken_output(struct gc_contract *c, const char *detail);
/* Runs the forward on outputs that hold `start`. 0: refused, or it wrote where it must not */
int gc_scene_forward(struct gc_contract *c, struct gc_scene *s, double start, struct gc_values *v);
/* Runs the backward on gradients that hold `start`, after its forward where that caches for it. */
int gc_scene_backward(struct gc_contract *c, struct gc_scene *s, double start, struct gc_values *v);
/* What gradients must hold before a backward: NaN, or 0 if it adds. */
double gc_nothing(const struct gc_contract *c);
/* The upstream gradient times a factor, into a scene's dout. */
void gc_load_upstream(struct gc_contract *c, struct gc_scene *s, double factor);

/* ---- contract_compare.c: with the first call ---- */
double gc_largest(const double *a, size_t n);
/* A spread that sums in varying order may have; that of sums in another order (other addresses, threads). */
double gc_rounding(gc_dtype dt);
double gc_other_order(gc_dtype dt);
/* The first output that is not as it was; -1: all are. moved: the arrays lie elsewhere now. */
int gc_changed_output(const struct gc_contract *c, const struct gc_values *v, int moved, struct gc_gap *gap);
/* The first gradient that is not factor times what it was. */
int gc_changed_gradient(const struct gc_contract *c, const struct gc_values *v, double factor, int moved,
                        struct gc_gap *gap);
/* The same of c->now; a change of some roundings is put down to varying order if calls alike show such a
 * spread, too, which a few calls may not have shown (atomic additions rarely meet). */
int gc_really_changed(struct gc_contract *c, double factor, struct gc_gap *gap);
/* A finding about element gap->i of the gradient of input t. */
gc_finding *gc_broken_gradient(struct gc_contract *c, int t, const char *detail, const struct gc_gap *gap);

/* ---- contract_repeat.c, contract_state.c ---- */
void gc_contract_repeat(struct gc_contract *c);
/* After a test that found a change: is it what the test had changed, or chance? Only a change that shows
 * every time is put down to the test. */
void gc_contract_attribute(struct gc_contract *c, void (*test)(struct gc_contract *));
void gc_contract_addresses(struct gc_contract *c);
void gc_contract_stale(struct gc_contract *c);
/* The run's own arrays as they were before a test. */
void gc_restore_here(struct gc_contract *c);
void gc_close_there(struct gc_contract *c);

#endif
