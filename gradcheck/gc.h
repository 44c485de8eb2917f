/* gc.h - is this gradient right? Checks derivatives written in C, and says why a wrong one is wrong.
 *
 * Two entries. Most users have a loss and its gradient, two C functions (C99, POSIX for the forked child):
 *
 *     double loss(const double *x, size_t n, void *ctx);
 *     void grad(const double *x, size_t n, double *g, void *ctx);
 *     gc_result *r = gc_check_scalar(loss, grad, x, n, NULL, NULL);
 *     gc_print(stdout, r);
 *     return gc_exit_code(r);                                    and link with -lgradcheck -lm
 *
 * Layers, kernels and whole networks fill a gc_problem: named tensors, a forward and a backward callback.
 *
 * The verdict rests on differences taken in double with an error bar of their own: |analytic - numeric| is
 * compared with rtol * scale + 10 * error bar, where scale is the largest of |analytic|, |numeric| and
 * 1e-3 * max|numeric| of the tensor. There is no absolute tolerance, so a loss of size 1e-8 is checked as
 * sharply as one of size 1. A NaN never passes. README.md beside this file explains every verdict, the
 * methods and their measured accuracy.
 *
 * This header includes nothing but <stddef.h>, <stdint.h> and <stdio.h>; it works in C++ too.
 */
#ifndef GC_H
#define GC_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined __GNUC__
#pragma GCC visibility push(default) /* of a shared library, all that is declared here is seen */
#endif

/* ---- what is checked ---- */

typedef enum { GC_F32, GC_F64, GC_I32 } gc_dtype;

enum { GC_MAX_DIMS = 8, GC_MAX_TENSORS = 16, GC_NAME = 48 };

/* flags of a tensor */
enum {
    GC_GRAD = 1,    /* input: the backward gives its gradient */
    GC_LINEAR = 2,  /* input: every output is affine in it, the other inputs held: the adjoint test applies */
    GC_FIXED = 4,   /* input: keep the caller's data at every point (masks, sizes in disguise) */
    GC_POSITIVE = 8 /* input: drawn positive, and kept positive (the argument of a log, a variance) */
};

/* A dense row-major array. nd == 0 is one number. */
typedef struct {
    const char *name; /* "dW"'s tensor is "W"; at most GC_NAME - 1 characters */
    void *data;       /* float, double or int32_t; in a problem it may be NULL, see gc_problem */
    gc_dtype dt;      /* GC_I32 tensors are inputs such as labels, never differentiated */
    int nd;
    size_t dim[GC_MAX_DIMS];
    unsigned flags;
} gc_tensor;

/* All callbacks return 0, or anything else to refuse the point ("not defined here"); ctx is the problem's.
 * in and out point to as many tensors as the problem has, in its order, with its shapes. */

/* out = f(in). Every element of every output must be written, no input may be. */
typedef int (*gc_forward)(void *ctx, const gc_tensor *in, gc_tensor *out);

/* din[i] = sum over all outputs of dout * d out / d in[i], for each input i with GC_GRAD; the other
 * din[i].data are NULL. out holds what forward gave for the same inputs. din is written, or with
 * gc_problem.accumulate added to. */
typedef int (*gc_backward)(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                           gc_tensor *din);

/* The forward on complex numbers: all tensors but those of integers then hold `double _Complex`, pairs
 * (re, im). */
typedef gc_forward gc_complex_forward;

/* The derivative of the gradients along v: dv[i] = d/dt din[i] at in + t v; v and dv have the shapes of
 * in. */
typedef int (*gc_hessian)(void *ctx, const gc_tensor *in, const gc_tensor *dout, const gc_tensor *v,
                          gc_tensor *dv);

/* Draws a legal problem: writes every in[i].data of its shape. point counts from 0; seed alone decides the
 * draw. */
typedef int (*gc_fill)(void *ctx, int point, uint64_t seed, gc_tensor *in);

typedef struct {
    const char *name; /* "conv2d" */
    int nin, nout;
    /* An input with data is the point to check at; later points lie around it if it has GC_GRAD. Without
     * data it is drawn, or written by fill. */
    const gc_tensor *in;
    const gc_tensor *out; /* shapes and types; data is not used */
    gc_forward forward;   /* may be NULL: then only tests that need the gradient alone are run */
    gc_backward backward; /* may be NULL: then only the forward is compared with the oracle */
    gc_complex_forward forward_complex; /* optional: the complex step, exact to rounding */
    gc_forward oracle;                  /* optional: an independent forward, for the reference test */
    double oracle_rtol; /* of the largest output; 0: 4 u sqrt(elements of the largest input), at least 64 u */
    gc_hessian hessian; /* optional */
    gc_fill fill;       /* optional */
    int accumulate;     /* the backward adds to din instead of writing it */
    int no_upstream;    /* the one output is the loss, and the backward ignores dout by contract */
    int depth;          /* roundings in sequence that an f32 twin may show, 0: 1 */
    void *ctx;
} gc_problem;

typedef double (*gc_scalar)(const double *x, size_t n, void *ctx);
typedef void (*gc_gradient)(const double *x, size_t n, double *g, void *ctx);

/* ---- how ---- */

/* The tests, as bits. */
enum {
    GC_CONTRACT = 1 << 0,  /* poison, repeat, doubling, zero upstream, read-only inputs, guard pages, cache */
    GC_DIRECTION = 1 << 1, /* three directional derivatives per tensor, then bisection to the wrong element */
    GC_ELEMENTS = 1 << 2,  /* borders, tile edges and random elements, one by one */
    GC_COMPLEX = 1 << 3,   /* complex step, where forward_complex is given */
    GC_KINKS = 1 << 4,     /* a point of rounded values (ties, exact zeros), value-keyed directions */
    GC_ADJOINT = 1 << 5,   /* <A x, v> = <x, A' v> for inputs with GC_LINEAR */
    GC_REFERENCE = 1 << 6, /* the forward against its oracle */
    GC_TAYLOR = 1 << 7,    /* the remainder of the first-order expansion falls as h^2 (h^3 with a hessian) */
    GC_SYMMETRY = 1 << 8,  /* u' H w = w' H u from gradients alone */
    GC_HVP = 1 << 9,       /* hessian against the central difference of the gradient */
    GC_MAP = 1 << 10,      /* gc_check_map: Jv, or a whole Jacobian, against differences of the outputs */
    GC_DUALITY = 1 << 11,  /* gc_check_map: <u, Jv> = <J'u, v>; gc_check_second: <w, Hv> = <Hw, v> */
    GC_MEAN = 1 << 12,     /* gc_check_sampled: the mean of a random gradient */
    GC_STANDARD = 0x7f,
    GC_EVERYTHING = 0x3ff
};

typedef struct {
    unsigned checks;     /* GC_STANDARD */
    double rtol;         /* 0: by method, see README.md */
    double h;            /* 0: automatic; else the first step of the ladder, in units of the typical |x| */
    uint64_t seed;       /* 1 */
    int n_dir, n_points; /* 3 directions per tensor at each of 3 points; one more point has rounded values */
    size_t max_elem;     /* 4096: up to this size every element of a tensor is looked at, then a sample */
    int thorough;        /* 1: as much is looked at of a large problem (1e5 numbers) as of a small one */
    int fork;            /* 1: user code runs in a child process between guard pages */
    unsigned timeout_s;  /* 60: for the whole check, then verdict GC_CRASH */
    const char *repeat;  /* command that repeats this check, for the report; NULL: none is printed */
    /* Progress callback: what is running, fraction done; NULL: silent. Called in the child
     * process if fork is set. */
    void (*progress)(void *ctx, const char *what, double done);
    void *progress_ctx;
} gc_options;

gc_options gc_defaults(void);

/* ---- what comes out: one flat block without pointers into itself, free it with gc_free ---- */

typedef enum { GC_PASS, GC_FAIL, GC_INCONCLUSIVE, GC_KINK, GC_CONTRACT_BROKEN, GC_CRASH } gc_verdict;

enum { GC_MAX_FINDINGS = 64, GC_MAX_SAMPLES = 4096, GC_TEXT = 240 };

/* One test of one tensor at its worst: what was compared and how far apart it was. */
typedef struct {
    unsigned test;        /* one GC_ bit */
    char detail[GC_NAME]; /* "direction 2", "poison", "doubling" */
    int tensor;           /* index among the inputs, -1: the whole problem */
    int point;
    gc_verdict verdict;
    int is_element; /* index is meaningful */
    size_t index;   /* flat */
    double analytic, numeric, error_bar, allowed;
    char reason[GC_TEXT]; /* a sentence, unless verdict is GC_PASS */
} gc_finding;

/* One element that was looked at. */
typedef struct {
    size_t index;
    double analytic, numeric, error_bar;
    int wrong, kink;
} gc_sample;

typedef struct {
    char name[GC_NAME];
    int nd;
    size_t dim[GC_MAX_DIMS], elements;
    unsigned flags;
    gc_verdict verdict;
    int checked;                 /* 0: no gradient asked for */
    size_t looked, wrong;        /* elements looked at one by one, and wrong ones among them */
    size_t first;                /* first wrong element, if wrong > 0 */
    size_t too_small;            /* of those looked at: right or wrong, they are below what can be seen */
    size_t unused, first_unused; /* elements whose gradient was 0 in every trial, and the first */
    gc_sample worst;             /* largest |analytic - numeric| / scale */
    double worst_rel, allowed_rel;
    double scale;                          /* max |numeric| seen in this tensor */
    char pattern[GC_TEXT], cause[GC_TEXT]; /* words, empty if nothing is known */
    int samples;
    gc_sample sample[GC_MAX_SAMPLES]; /* of the first point where the tensor is wrong, else of the first */
} gc_tensor_result;

typedef struct {
    char name[GC_NAME];
    gc_verdict verdict;
    char reason[GC_TEXT]; /* one sentence */
    uint64_t seed;
    unsigned checks;            /* tests that were really run */
    int points, refused;        /* points looked at; points that a callback refused */
    int f32_inside;             /* every loss was exactly representable in float */
    size_t forwards, backwards; /* calls of user code */
    int trials;                 /* points at which the gradient was taken */
    int repeats;                /* calls alike whose results were compared; 0: none were */
    double seconds;
    double forward_seconds, backward_seconds; /* of the shortest call, 0: there was none */
    double expected_seconds;                  /* of the whole check, as its calls so far let expect */
    double called;                            /* when the last call began, by the system's monotonic clock */
    char stage[GC_TEXT];                      /* what was running last: told when the child crashes */
    char repeat[GC_TEXT];
    char calls[GC_TEXT]; /* how the functions must be called, if in a way of their own */
    char file[GC_TEXT];  /* where the gradient is, for reports: the caller's to fill; line 0: unknown */
    int line;
    char conventions[GC_TEXT]; /* which legal choices the code makes at ties and kinks */
    int findings;              /* findings, the worst of each test and tensor */
    gc_finding finding[GC_MAX_FINDINGS];
    int ntensors;
    gc_tensor_result tensor[GC_MAX_TENSORS];
} gc_result;

/* Never NULL: a lack of memory is a verdict too, in a static result that gc_free leaves alone. options may
 * be NULL. */
gc_result *gc_check(const gc_problem *problem, const gc_options *options);
gc_result *gc_check_scalar(gc_scalar loss, gc_gradient grad, const double *x, size_t n, void *ctx,
                           const gc_options *options);
/* The same where x is several tensors, one after the other: part[k] has the name, the shape and, if wanted,
 * more flags of each. They are checked, and reported, one by one. */
gc_result *gc_check_tensors(gc_scalar loss, gc_gradient grad, const double *x, size_t n,
                            const gc_tensor *part, int parts, void *ctx, const gc_options *options);
void gc_free(gc_result *r);

/* Any problem whose input `input` is such an x, as one with these tensors as inputs; its callbacks go on
 * getting x. p must outlive it. NULL: out of memory, or the parts do not have the elements of the input. */
gc_problem *gc_parts_open(const gc_problem *p, int input, const gc_tensor *part, int parts);
void gc_parts_close(gc_problem *parts);

/* What a right gradient leaves open, in a sentence: the k-th, from 0. Elements that the forward never
 * uses. 0: there is no k-th */
int gc_warning(const gc_result *r, int k, char text[GC_TEXT]);

/* The share of calls that would have to go wrong for r's repeats to show it with 99 %; 1: there were
 * none. */
double gc_rate_seen(const gc_result *r);

/* 0 pass (and kink), 1 fail, 2 inconclusive, 3 contract, 4 crash or time-out */
int gc_exit_code(const gc_result *r);
const char *gc_verdict_name(gc_verdict v);
const char *gc_test_name(unsigned test);

/* Single tests: gc_check with one bit. */
gc_result *gc_check_contract(const gc_problem *p, const gc_options *o);
gc_result *gc_check_direction(const gc_problem *p, const gc_options *o);
gc_result *gc_check_elements(const gc_problem *p, const gc_options *o);
gc_result *gc_check_complex(const gc_problem *p, const gc_options *o);
gc_result *gc_check_kink(const gc_problem *p, const gc_options *o);
gc_result *gc_check_adjoint(const gc_problem *p, const gc_options *o);
gc_result *gc_check_reference(const gc_problem *p, const gc_options *o);
gc_result *gc_check_taylor(const gc_problem *p, const gc_options *o);
gc_result *gc_check_symmetry(const gc_problem *p, const gc_options *o);
gc_result *gc_check_hvp(const gc_problem *p, const gc_options *o);

/* The f32 problem's backward against the f64 problem's at the same (float-valued) points, f64 having been
 * checked by gc_check first: tensor norm within 4 u sqrt(K depth), u = 2^-24, K the longest sum; same
 * shapes required. An input of f32 without GC_GRAD is left out: that of a gradient which is 0 whatever the
 * point is, of which a float has rounding error alone. */
gc_result *gc_check_precision_twin(const gc_problem *f32, const gc_problem *f64, const gc_options *o);

/* The same gradient in long double. */
typedef void (*gc_gradient_long)(const long double *x, size_t n, long double *g, void *ctx);

/* The gradient of a problem with one input of double against the same in long double, at its points: within
 * max(1e-12, 4 u sqrt(n)), u = 2^-53, of its length. */
gc_result *gc_check_long(const gc_problem *p, gc_gradient_long grad, void *ctx, const gc_options *o);

/* ---- optimizers ---- */

/* One step t = 1, 2, ...: updates w (n) from the gradient g (n); s0 and s1 (n each) start as zeros and
 * persist. The arrays are double, or float if dt is GC_F32. An optimizer of three states has the third
 * behind the second: s1 is 2 n long. */
typedef int (*gc_step)(void *ctx, int t, size_t n, const void *g, void *w, void *s0, void *s1);

typedef enum {
    GC_SGD,      /* w -= lr (g + wd w) */
    GC_MOMENTUM, /* v = mu v + (1 - dampening) (g + wd w), w -= lr v      Sutskever et al. 2013, PyTorch */
    GC_NESTEROV, /* d = g + wd w, v = mu v + (1 - dampening) d, w -= lr (d + mu v)               PyTorch */
    GC_ADAM,     /* Kingma & Ba 2015, algorithm 1, with wd w added to g */
    GC_ADAM_HAT, /* Kingma & Ba 2015, end of section 2, TensorFlow: w -= lr_t m / (sqrt(v) + eps) */
    GC_ADAMW,    /* Loshchilov & Hutter 2019, algorithm 2: w -= lr wd w apart */
    GC_RMSPROP,  /* s = b2 s + (1-b2) g g, w -= lr g / (sqrt(s) + eps); see centered, momentum */
    GC_RMSPROP_INSIDE, /* w -= lr g / sqrt(s + eps) */
    GC_ADAGRAD,        /* s += g g, w -= lr / (1 + (t - 1) decay) g / (sqrt(s) + eps) */
    GC_ADADELTA,       /* Zeiler 2012: d = sqrt(u + eps) / sqrt(s + eps) g, w -= lr d; b2 is its rho */
    GC_AMSGRAD,        /* Reddi et al. 2018: Adam with the largest s1 so far, corrected when it is used */
    GC_NADAM,          /* Dozat 2016 as in PyTorch; decay is its momentum_decay */
    GC_LION,           /* Chen et al. 2023: w -= lr (sign(b1 m + (1-b1) g) + wd w), m = b2 m + (1-b2) g */
    GC_SCHEDULE_FREE,  /* Defazio et al. 2024, AdamW: w is where the gradient is taken; states z, s, x */
    GC_OWN_RULE        /* reference below */
} gc_rule;

typedef struct {
    const char *name;
    gc_dtype dt;
    gc_step step; /* under test */
    gc_rule rule;
    double lr, mu, b1, b2, eps, wd;
    gc_step reference; /* for GC_OWN_RULE: the same rule in double */
    void *ctx;
    double dampening; /* of momentum, which starts with v = 0               */
    double decay;     /* of the rate in GC_ADAGRAD, of mu in GC_NADAM        */
    double warmup;    /* steps in which the rate of GC_SCHEDULE_FREE grows   */
    int states;       /* of GC_OWN_RULE: 3 if s1 is to be 2 n long           */
    int centered;     /* of GC_RMSPROP, GC_RMSPROP_INSIDE: s less the square of the mean of g, which is s1 */
    double momentum;  /* of the same: b = momentum b + step, w -= lr b; b is s1, or behind it if centered */
} gc_optimizer;

/* Five-step trajectories against the rule: random g, g = 0, g of 1e-7 and of 1e4, a fresh start after
 * another trajectory, n = 1 and odd n, guard pages; 1e-12 in f64, 1e-6 in f32. */
gc_result *gc_check_optimizer(const gc_optimizer *opt, const gc_options *o);

/* ---- vector functions and second derivatives ---- */

/* What complex numbers mean by the gradient g of a real loss L by z = x + iy, and by an upstream gradient.
 * In memory a complex number is a pair (re, im) of doubles, as in C, C++ and Fortran. JVPs need no
 * convention. */
typedef enum {
    GC_REAL,  /* no complex numbers */
    GC_TORCH, /* g = dL/dx + i dL/dy: PyTorch, TensorFlow; the direction of steepest ascent */
    GC_JAX,   /* g = dL/dx - i dL/dy: JAX, autograd; the conjugate of GC_TORCH */
    GC_DZBAR, /* g = (dL/dx + i dL/dy) / 2: Wirtinger's derivative by the conjugate of z */
    GC_DZ     /* g = (dL/dx - i dL/dy) / 2: Wirtinger's derivative by z */
} gc_convention;

/* y = f(x), of n numbers m; J is its m x n matrix of derivatives dy_i / dx_j at x. Every function writes
 * all of its last array. */
typedef void (*gc_map)(const double *x, size_t n, double *y, size_t m, void *ctx);
/* jv = J v: v has n numbers, jv m (forward mode, a tangent) */
typedef void (*gc_jvp)(const double *x, size_t n, const double *v, double *jv, size_t m, void *ctx);
/* g = J'u: u has m numbers, g n (reverse mode, a backward) */
typedef void (*gc_vjp)(const double *x, size_t n, const double *u, double *g, size_t m, void *ctx);
/* J itself, row by row: J[i * n + j] */
typedef void (*gc_jacobian)(const double *x, size_t n, double *J, size_t m, void *ctx);

typedef struct {
    const char *name;
    size_t n, m;     /* complex numbers count once, but are two doubles */
    const double *x; /* the point to check at, and around; NULL: points are drawn */
    gc_map map;      /* may be NULL: then jvp and vjp are compared with each other alone */
    gc_jvp jvp;      /* those that are NULL are not checked */
    gc_vjp vjp;
    gc_jacobian jacobian;  /* of real numbers only: one complex matrix has no room for dy/dx and dy/dy */
    gc_convention numbers; /* of x and y; GC_REAL: both are real */
    void *ctx;
} gc_function;

/* vjp by all that gc_check does, then jvp and jacobian output by output against differences of the map,
 * with error bars; and <u, Jv> = <J'u, v> to 1e-12 of the norms, without differences. In the result "dy"
 * is Jv and "dy/dx" the Jacobian. */
gc_result *gc_check_map(const gc_function *f, const gc_options *o);

/* hv = H v, H the matrix of second derivatives of a loss at x. */
typedef void (*gc_hessian_product)(const double *x, size_t n, const double *v, double *hv, void *ctx);
/* H itself, all n x n of it */
typedef void (*gc_hessian_matrix)(const double *x, size_t n, double *H, void *ctx);

typedef struct {
    const char *name;
    size_t n;
    const double *x;        /* or NULL, as above */
    gc_scalar loss;         /* optional: then the gradient is checked first */
    gc_gradient grad;       /* needed: second derivatives are compared with its differences */
    gc_hessian_product hvp; /* one of them may be NULL */
    gc_hessian_matrix hessian;
    void *ctx;
} gc_second;

/* As gc_check_map for the gradient as a map: "dg" is Hv, "dg/dx" is H, which must be symmetric. */
gc_result *gc_check_second(const gc_second *s, const gc_options *o);

/* gc_check_scalar for a real loss of n complex numbers: loss and grad take (and write) n pairs. In the
 * result dz[i,0] is the real part of an element and dz[i,1] its imaginary part. A gradient of another
 * convention is told by its name. */
gc_result *gc_check_complex_scalar(gc_scalar loss, gc_gradient grad, const double *z, size_t n,
                                   gc_convention numbers, void *ctx, const gc_options *o);

/* ---- random gradients ---- */

/* An estimate of the gradient (score function, reparameterised, ...): writes g from numbers that it draws
 * of this seed alone. The same seed must give the same bits, on every call. */
typedef void (*gc_sampled_gradient)(const double *x, size_t n, uint64_t seed, double *g, void *ctx);
/* One sample of the loss, whose expectation has that gradient */
typedef double (*gc_sampled_loss)(const double *x, size_t n, uint64_t seed, void *ctx);

typedef struct {
    const char *name;
    size_t n;
    const double *x; /* or NULL, as above */
    gc_sampled_gradient grad;
    gc_scalar expected;   /* the expectation of the loss, where it is known; else */
    gc_sampled_loss loss; /* samples of it, whose differences are averaged too */
    double false_alarms;  /* how often a right gradient may be called wrong; 0: 1e-3 of the checks */
    double width;         /* of the interval of a PASS, in units of the gradient's size; 0: 0.05 */
    uint64_t budget;      /* samples at most; 0: 4194304 */
    void *ctx;
} gc_sampled;

/* Is the mean of grad over the seeds the gradient of the expected loss? Samples are drawn until every
 * interval is narrow (PASS) or one of them excludes the right value (FAIL); the budget or the time ends:
 * INCONCLUSIVE. Intervals hold for all elements, points and looks together, as far as 16384 samples show
 * what there is: what happens in fewer than one of 2400 may be missed. */
gc_result *gc_check_sampled(const gc_sampled *s, const gc_options *o);

/* ---- for callbacks ---- */

size_t gc_elements(const gc_tensor *t);            /* 0 on overflow */
double gc_get(const gc_tensor *t, size_t i);       /* in any of its types */
void gc_set(gc_tensor *t, size_t i, double value); /* the same */
/* the k-th number in [0,1) of this stream of the seed */
double gc_random_unit(uint64_t seed, uint64_t stream, uint64_t k);

/* ---- numerics, usable alone ---- */

typedef double (*gc_line)(double t, void *ctx); /* a function along a line */

/* f'(0) by the ladder: central differences at h0 2^-k, one Richardson step, the k that agrees best with
 * both neighbours. levels 0: 15. *error: the error bar, max of the two differences + 2 noise / h. NaN if
 * no two neighbours are finite. */
double gc_diff1(gc_line f, void *ctx, double h0, int levels, double noise, double *error);

/* The absolute noise of f near 0: the largest of 4 u |f(0)|, the More-Wild difference table (SIAM J. Sci.
 * Comput. 33(3), 2011) at steps h, and the spread of repeated calls. u is that of f32 if *f32_inside comes
 * back as 1. */
double gc_noise(gc_line f, void *ctx, double h, int *f32_inside);

/* |fl(dot) - dot| <= bound for K products of sum |a b| in unit roundoff u, any order (Higham 2002, section
 * 3.1) */
double gc_dot_bound(size_t K, double sum_abs, double u);

/* ||a - b|| / ||b||, 0 if both are zero; NaN if either holds one */
double gc_rel_norm(const double *a, const double *b, size_t n);

/* One row of a V curve: relative error of the derivative along a random direction at step h, by method. */
typedef struct {
    double h, forward, central, fourth, complex_step; /* f64; NaN where a method is not available */
    double forward_f32, central_f32;                  /* f32 problem, NaN without one */
} gc_vrow;

/* Fills rows (at most max) for h = 2^0 .. 2^-50; *ladder_h, *ladder_error: where the ladder settled and
 * its bar. truth is the analytic derivative. f32 may be NULL. Returns the number of rows, or -1 with
 * r->reason set. */
int gc_vcurve(const gc_problem *f64, const gc_problem *f32, const gc_options *o, gc_vrow *row, int max,
              double *ladder_h, double *ladder_error);

/* One element (its flat index) of one input's gradient at every point of the problem, as
 * GC_ELEMENTS judges it; row, *rows (0: no point was reached), *ladder_h and *ladder_error are its
 * V curve, where it is worst. */
gc_result *gc_check_element(const gc_problem *p, int tensor, size_t element, const gc_options *o,
                            gc_vrow *row, int max, int *rows, double *ladder_h, double *ladder_error);

/* Rows (h, |f(x+hd) - f(x)|, |f(x+hd) - f(x) - h g'd|) of the Taylor test, as gc_vcurve. */
typedef struct {
    double h, zeroth, first, rate;
} gc_taylor_row;
int gc_taylor(const gc_problem *p, const gc_options *o, gc_taylor_row *row, int max);

/* ---- reports; each returns 0, or -1 if writing failed ---- */

int gc_print(FILE *f, const gc_result *r); /* for people: a FAIL names tensor, element, pattern, cause */
int gc_json(FILE *f, const gc_result *const *r, int n);
int gc_junit(FILE *f, const gc_result *const *r, int n, const char *suite);
int gc_csv(FILE *f, const gc_result *const *r, int n);
/* SARIF 2.1.0, which code hosts show beside the code: what did not pass, at r->file and r->line */
int gc_sarif(FILE *f, const gc_result *const *r, int n);

/* What gc_print says, without colours: static memory, until the next call. */
const char *gc_report(const gc_result *r);

/* Charts: data and a gnuplot script base.dat, base.gp; then gnuplot, if there is one, makes base.svg and
 * base.png. Returns 0 when the pictures exist, 1 when only data and script do (no gnuplot), -1 on error. */
int gc_plot_vcurve(const char *base, const char *title, const gc_vrow *row, int rows, double ladder_h,
                   double ladder_error);
int gc_plot_taylor(const char *base, const char *title, const gc_taylor_row *row, int rows);
int gc_plot_heat(const char *base, const gc_result *r, int tensor);    /* wrong elements of a tensor */
int gc_plot_scatter(const char *base, const gc_result *r, int tensor); /* analytic against numeric */

/* ---- in a test suite ---- */

/* GC_CHECK(loss, grad, x, n), in a test of Check, cmocka, GoogleTest or Catch2, fails the test if
 * gc_check_scalar neither passes nor finds a legal corner; the report is the message. Include this header
 * after the framework's. GC_CHECK_PROBLEM(&problem) is the same for gc_check, and GC_CHECK_RESULT(result)
 * for whatever else gives a result, which it frees. Without a framework the report goes to stderr and
 * abort() ends the program, as assert() does. For other frameworks define GC_TEST_FAILED(message) first. */
#define GC_CHECK(loss, grad, x, n) \
    GC_COMPLAIN(gc_complaint(gc_check_scalar(loss, grad, x, n, NULL, NULL), #loss))
#define GC_CHECK_PROBLEM(problem) GC_COMPLAIN(gc_complaint(gc_check(problem, NULL), NULL))
#define GC_CHECK_RESULT(result)   GC_COMPLAIN(gc_complaint(result, NULL))
#define GC_COMPLAIN(complaint)                          \
    do {                                                \
        const char *gc_said_ = (complaint);             \
        if (gc_said_ != NULL) GC_TEST_FAILED(gc_said_); \
    } while (0)

#ifndef GC_TEST_FAILED
#if defined ck_abort_msg /* Check */
#define GC_TEST_FAILED(message) ck_abort_msg("%s", message)
#elif defined CMOCKA_H_
#define GC_TEST_FAILED(message) fail_msg("%s", message)
#elif defined GTEST_FAIL /* GoogleTest */
#define GC_TEST_FAILED(message) ADD_FAILURE() << (message)
#elif defined CATCH_VERSION_MAJOR
#define GC_TEST_FAILED(message) FAIL_CHECK(message)
#else
#define GC_TEST_FAILED(message) gc_test_failed(message, __FILE__, __LINE__)
#endif
#endif

/* Frees r: NULL after PASS and KINK, else its gc_report. name (or NULL) is what the report calls it. */
const char *gc_complaint(gc_result *r, const char *name);

/* "FILE:LINE:" and the message to stderr, then abort() */
void gc_test_failed(const char *message, const char *file, int line);

#if defined __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
