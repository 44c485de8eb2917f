/* curvature.h - a wrong tensor's gradients beside its point: how the analytic one, a, and the numeric one, n,
 * vary with x. All are in units of the loss: multiplied by the sizes of the elements they belong to. */
#ifndef GC_CURVATURE_H
#define GC_CURVATURE_H

#include <stddef.h>

struct gc_run;

struct gc_curvature {
    size_t n;         /* elements of the tensor                                                    */
    double *x, *size; /* n: the point, what a step is measured in                                  */
    double *a0, *n0;  /* n: both gradients there                                                   */
    double *a, *h;    /* n x n: row i is a[i], or n[i], by x[k] */
    double *a_at[2], *n_at[2], *move[2]; /* n: both gradients with x moved by move * size             */
    int is_elsewhere[2]; /* they are known                                                            */
    double noise;        /* how far h is from being symmetric, at most                                */
    double *memory;
};

/* Measures the tensor; x and the gradients of run are left as they were. 0: it is too large, too slow, in
 * float, or has corners. Close it in any case. */
int gc_curvature_open(struct gc_curvature *c, struct gc_run *run, int tensor);
void gc_curvature_close(struct gc_curvature *c);

#endif
