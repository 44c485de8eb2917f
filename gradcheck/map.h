/* map.h - a vector function y = f(x) with its derivatives, at a point; shared by map.c (the check),
 * map_calls.c (the user's functions, and what their calls must keep to), map_watch.c (differences of the
 * outputs) and wirtinger.c (complex numbers as pairs of reals).
 *
 * Shapes are in real numbers: x, v and J'u have N, y, u and Jv have M; for complex
 * functions N = 2 n, M = 2 m. */
#ifndef GC_MAP_H
#define GC_MAP_H

#include "gc_internal.h"

enum gc_product { GC_JV, GC_JU, GC_J, GC_PRODUCTS }; /* Jv, J'u, J itself */

struct gc_map_run {
    gc_function f;
    int second; /* f is the gradient of a loss: J is its Hessian, and symmetric */
    gc_options o;
    gc_result *r;
    struct gc_run run;
    size_t N, M;
    double *arg[GC_PRODUCTS], *result[GC_PRODUCTS]; /* of the user's functions, between guard pages */
    int tensor[GC_PRODUCTS];                        /* of the result: Jv and J; 0: not checked */
    struct gc_tally tally[GC_PRODUCTS];
    int broken; /* a function breaks the rules of its call: numbers mean nothing */
};

/* ---- wirtinger.c ---- */
/* Numbers of the convention become (dL/dx, dL/dy), in place; and back */
void gc_to_pairs(gc_convention c, double *g, size_t pairs);
void gc_from_pairs(gc_convention c, double *g, size_t pairs);
/* how a report calls it */
const char *gc_convention_name(gc_convention c);

/* ---- map_calls.c ---- */
size_t gc_map_arg_size(const struct gc_map_run *m, enum gc_product which);
size_t gc_map_result_size(const struct gc_map_run *m, enum gc_product which);
/* Is there a function for it? */
int gc_map_has(const struct gc_map_run *m, enum gc_product which);
const char *gc_map_name(const struct gc_map_run *m, enum gc_product which); /* "jvp" */
int gc_map_open_calls(struct gc_map_run *m);                                /* 0: no memory */
void gc_map_close_calls(struct gc_map_run *m);
/* Calls it with x at the point; the result is in m->result[which]. arg NULL: it has none. 0: the call
 * broke a rule, noted. */
int gc_map_call(struct gc_map_run *m, enum gc_product which, const double *arg);
/* Repeats the call from other contents of its result, doubles its argument and makes it 0. */
int gc_map_contract(struct gc_map_run *m, enum gc_product which, const double *arg);
/* <u, Jv> = <J'u, v>, or <w, Hv> = <Hw, v> */
void gc_map_duality(struct gc_map_run *m);
/* H = H' */
void gc_map_symmetry(struct gc_map_run *m, const double *H);

/* ---- map_watch.c ---- */

/* The outputs along the line x + t v, remembered by t: the ladders of all outputs share the calls. */
struct gc_watch {
    struct gc_map_run *m;
    double *v;
    size_t *index, count; /* of the outputs that are looked at */
    struct gc_seen {
        double t, *y;
    } * seen;
    int calls, room;
};

int gc_watch_open(struct gc_watch *w, struct gc_map_run *m); /* chooses the outputs; 0: no memory */
void gc_watch_close(struct gc_watch *w);
/* Forgets the line: v is another. */
void gc_watch_start(struct gc_watch *w);
/* Judges Jv, the outputs' derivatives along v: into list[0 .. count), of which numeric and error_bar are
 * in the units of v. The number of wrong ones. */
size_t gc_watch_judge(struct gc_watch *w, enum gc_product which, const double *jv, gc_sample *list);

#endif
