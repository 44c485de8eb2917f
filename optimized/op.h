/* op.h - what an operation IS: its sizes, tensors, oracle, error bound, cost and ladders.
 *
 * ops[] is the one list of operations. Checks, benches, charts, `rungs list` and the lessons walk it; none
 * keeps a list of its own. A new operation is one `struct op` in ops/ and one row in ops/list.h.
 */
#ifndef RUNGS_OP_H
#define RUNGS_OP_H

#include <stddef.h>
#include <stdint.h>

#include "../reference/reference.h"
#include "rung.h"

#ifdef __cplusplus
extern "C" {
#endif

/* NAME_fn: the signature that the rungs of an operation implement, that of reference/ in float */
#define OP(name)                   typedef __typeof__(name##_f32) name##_fn;
#define OP_WITHOUT_REFERENCE(name) /* see below */
#include "ops/list.h"
#undef OP_WITHOUT_REFERENCE
#undef OP

/* The same for what is alike in a family: an activation's at is y or x, its s the derivative, which the
 * reference has no function for */
typedef void activation_forward_fn(int n, const float *x, float *y);
typedef void activation_backward_fn(int n, const float *at, const float *dy, float *dx);
typedef void activation_with_derivative_fn(int n, const float *x, float *y, float *s);
typedef void activation_forward_with_fn(int n, const float *x, float *y, float parameter);
typedef void activation_backward_with_fn(int n, const float *at, const float *dy, float *dx, float parameter);
typedef void activation_with_derivative_with_fn(int n, const float *x, float *y, float *s, float parameter);
#define ACTIVATION(f, ...)      typedef activation_with_derivative_fn f##_with_derivative_fn;
#define ACTIVATION_WITH(f, ...) typedef activation_with_derivative_with_fn f##_with_derivative_fn;
#include "ops/activations.h"
#undef ACTIVATION
#undef ACTIVATION_WITH

typedef void loss_forward_fn(int n, const float *y, const float *t, float *loss, int reduction);
typedef void loss_backward_fn(int n, const float *y, const float *t, const float *dloss, float *dy,
                              int reduction);
typedef void loss_with_gradient_fn(int n, const float *y, const float *t, float *loss, float *dy,
                                   int reduction);
typedef void loss_forward_with_fn(int n, const float *y, const float *t, float *loss, float parameter,
                                  int reduction);
typedef void loss_backward_with_fn(int n, const float *y, const float *t, const float *dloss, float *dy,
                                   float parameter, int reduction);
typedef void loss_with_gradient_with_fn(int n, const float *y, const float *t, float *loss, float *dy,
                                        float parameter, int reduction);

/* What an operation may have at most; SIZES, ARGS and SCALARS of ops/op_common.h refuse to compile more. */
enum { MAX_SIZES = 20, MAX_ARGS = 12, MAX_DIMS = 4, MAX_SCALARS = 8 };

/* The largest size, and the bytes that hold any shape as text */
enum { MOST_SIZE = 1 << 26, SHAPE_TEXT = 400 };

/* A size has a name of letters. It is given by the user, or it follows from those that are: the height of a
 * pooled image, or a number of classes times another size. A derived size is computed where it is needed, and
 * from the given ones alone: arrays of sizes hold nothing for it.
 *
 * An optional one may be left out of a shape's text, and then has its least value. Optional sizes that share
 * a name for all of them, as the paddings of four sides share "pad", can be given by it at once. */
struct size {
    const char *name;
    int least;                          /* the smallest legal value                                */
    int64_t (*derive)(const int *size); /* NULL: given; wide, so that what is too large is not wrapped */
    const char *rule;                   /* of a derived one, for people: "(h + 2 pad - r) / stride + 1" */
    int optional;
    const char *shared; /* the name for all of them, or NULL */
};

/* How elements are kept in a call in float. Where a call is in double or complex, so are the DT_F32; the
 * others are alike in every precision. */
enum dtype {
    DT_F32,
    DT_I32, /* int                                                                       */
    DT_U8,  /* unsigned char                                                             */
    DT_BITS /* element k is bit k % 32 of word k / 32; the bits behind the last are 0     */
};

enum access {
    ARG_IN,   /* read only                                        */
    ARG_OUT,  /* written; what it held before must not matter     */
    ARG_INOUT /* read and written                                 */
};

/* What an input may hold; checks draw from all of it. */
enum domain {
    DOMAIN_ANY,          /* from (-range, range)                                  */
    DOMAIN_NONNEG,       /* from [0, range)                                       */
    DOMAIN_REPEATED,     /* from [-range, range); half of them have few values, so that some are equal */
    DOMAIN_PROBABILITY,  /* from 2^-10 to 1 - 2^-10                               */
    DOMAIN_INDEX,        /* from 0 to one less than the size `below`              */
    DOMAIN_INDEX_OR_NONE /* the same, or -1                                      */
};

struct arg {
    const char *name; /* "dw"; a backward's "dw" is the gradient by its forward's "w" */
    enum dtype dtype;
    enum access access;
    enum domain domain;
    int below;         /* of an index: the size that it is less than                */
    int ndim;          /* 0: a single element                                       */
    int dim[MAX_DIMS]; /* indexes into the operation's sizes: {0, 2} = (N,OUT)       */
};

static inline int arg_is_index(const struct arg *arg)
{
    return arg->domain == DOMAIN_INDEX || arg->domain == DOMAIN_INDEX_OR_NONE;
}

enum scalar_kind { SCALAR_REAL, SCALAR_COUNT };

/* A number that every call gets: a rate, a probability, a step's count, a seed. Reals are double in
 * every precision where an operation does not say otherwise: 1 - 0.999 is wrong in the fifth digit if
 * 0.999 was rounded to float. */
struct scalar {
    const char *name;
    const char *type; /* in the signature of a rung: "double", "uint64_t" */
    enum scalar_kind kind;
    double real;      /* of SCALAR_REAL  */
    uint64_t count;   /* of SCALAR_COUNT */
    double low, high; /* the legal values */
    const char *const
        *words; /* of a count that is written by word, word by word from 0 up, ends with NULL; else NULL */
};

/* How an operation runs over its sizes: what to measure it with, and where its errors come
 * from, follows from that. */
enum op_kind {
    OP_MAP,     /* n elements, each by itself or summed up         */
    OP_ROWS,    /* N rows, each by itself                          */
    OP_PRODUCT, /* sums of products, over one of the sizes         */
    OP_WINDOW,  /* a window that slides over images                */
    OP_STEP     /* an optimizer's step: changes its weights in place */
};

struct op {
    enum op_kind kind;
    const char *name;    /* "dense_forward"                                              */
    const char *formula; /* one line for people                                          */
    const char *lesson;  /* "01"                                                         */
    int nsize, narg, nscalar;
    struct size size[MAX_SIZES];
    const char *example; /* a shape, as people write it: "64x784x512"                    */
    struct arg arg[MAX_ARGS];
    struct scalar scalar[MAX_SCALARS]; /* with the values of checks and races             */
    float range;                       /* checks draw inputs from (-range, range)                   */
    const struct rung *cpu;            /* naive first, ends with name == NULL                       */
    /* What is illegal beyond each size's own limits ("pad is 3, but must be at most r - 1 = 2"): 0 and a
     * sentence in error (ERROR_TEXT bytes); NULL: nothing */
    int (*legal)(const int *size, char *error);

    /* Every buffer array below has narg entries in the order of arg[]: of float (call), double (f64) or
     * double _Complex (cplx); what is not DT_F32 is the same in all three. v[]: the operation's scalars,
     * with the values of this call. call_f64, NULL where the reference has no such function, calls a user's
     * function in double. */
    void (*call)(any_fn *run, const int *size, void *const *buf, const struct scalar *v);
    void (*call_f64)(any_fn *run, const int *size, void *const *buf, const struct scalar *v);
    void (*f64)(const int *size, void *const *buf, const struct scalar *v);
    void (*cplx)(const int *size, void *const *buf,
                 const struct scalar *v); /* NULL where C has no complex function for it */

    /* Fills bound[k] with the largest |rung - oracle| that a right version with digits d may show in output
     * a; in and out are double buffers as f64 left them. */
    void (*bound)(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                  double *bound);
    int (*terms)(const int *size);    /* roundings on the way to one output element          */
    double (*flops)(const int *size); /* of the mathematics, whatever a rung does            */
    double (*flops_of_winograd)(const int *size, int m); /* those that Winograd's tiles of m x m need; NULL:
                                                          * he has no way to do it */

    const int (*check_shapes)[MAX_SIZES]; /* every size class, ends with a 0                */
    const int (*bench_shapes)[MAX_SIZES]; /* what matters in practice, ends with a 0        */
    const int (
        *device_shapes)[MAX_SIZES]; /* those that an emulator affords, ends with a 0; NULL: no CUDA ladder */
    const char *forward;            /* a backward names the operation whose gradient it is, else NULL  */
    const struct op *gradient_of; /* where that is none of ops[]: what the gradient checker differentiates */
    unsigned
        linear_in; /* of a forward: bit a is set if, the others held, its outputs are affine in argument a */
    int rule;      /* of a step: the gradient checker's name for it, a gc_rule (gradcheck/gc.h)            */
    /* of a step on a matrix (GC_OWN_RULE): the same for a single row of n, in closed form */
    void (*of_a_row)(const struct scalar *v, size_t n, const double *dw, double *w, double *m);
    const struct op
        *base; /* of an operation with another set of scalars (op_with): the one that it was made of; else
               * NULL */
    const char *const
        *sets; /* what it is checked with beside its own scalars, "reduction=sum"; ends with NULL; NULL:
               * nothing */
    const char *const
        *formulas; /* where the formula depends on a scalar that is written by word: by that; else NULL */
    void (*follow)(
        struct op
            *op); /* sets what follows from other scalars: ranks of arguments, the formula; NULL: nothing
                  * does */
    int over[2];  /* output over[0] may be written over input over[1]; {0,0}: outputs lie apart */
};

extern const struct op *const ops[]; /* ends with NULL */

/* Every operation, each with its sets behind it: what is checked, listed and counted. Ends with NULL. */
const struct op *const *op_all(void);

/* Calls with the operation's own scalars: a rung, or the oracle */
static inline void op_call(const struct op *op, any_fn *run, const int *size, void *const *buf)
{
    op->call(run, size, buf, op->scalar);
}

static inline void op_f64(const struct op *op, const int *size, void *const *buf)
{
    op->f64(size, buf, op->scalar);
}

/* The scalar of that name, NULL if there is none */
const struct scalar *op_scalar(const struct op *op, const char *name);

const struct op *op_find(const char *name); /* NULL if there is none */

/* What an operation of that name is called today, "mse_forward reduction=sum"; NULL if it was
 * never renamed (renamed.h) */
const char *op_renamed(const char *name);
/* The same for a rung, with its number or without; the new name has none */
const char *rung_renamed(const char *name);

/* ---- sets of scalars (set.c) ----
 *
 * An operation with other scalars than its own is an operation: "dropout_forward p=0.5" is checked, raced and
 * recorded by that name, and shares the ladder of its base. */

/* The operation with the scalars of a set, "p=0.5 seed=7": always the same one for the same values, and
 * `op` itself where they are its own. NULL and a sentence in error (ERROR_TEXT bytes) if it has no such
 * scalar or the value is illegal. */
const struct op *op_with(const struct op *op, const char *set, char *error);

/* The operation of a recorded name, with its set if it has one; NULL if there is none */
const struct op *op_find_with(const char *name);

/* The base with the scalars of `like`, as far as it has them */
const struct op *op_like(const struct op *base, const struct op *like);

/* The set in the name, "p=0.5"; NULL if the scalars are the operation's own */
const char *op_set(const struct op *op);

/* The value as --set reads it: the shortest text that gives the same number, or the word. text
 * holds SCALAR_TEXT bytes */
enum { SCALAR_TEXT = 40 };
const char *scalar_text(const struct scalar *s, char *text);

/* The legal values, "from 0 to 1" or "none, mean or sum". text holds LEGAL_TEXT bytes */
enum { LEGAL_TEXT = 120 };
const char *scalar_legal(const struct scalar *s, char *text);

/* Its base, or itself: what ladders, peers and C functions are called by */
static inline const struct op *op_base(const struct op *op)
{
    return op->base ? op->base : op;
}

/* What the operation is the gradient of, with the same scalars where it has them;
 * NULL if it is no backward */
const struct op *op_forward(const struct op *op);

/* Elements of argument a. More than 2^48 are no memory's: the program ends, as memory_need ends it
 * (memory.h). Programs ask check_room first (check.h), so that nothing has begun by then. */
size_t op_elements(const struct op *op, int a, const int *size);

/* The same, but 0 if the product overflows size_t or exceeds 2^48 */
size_t op_elements_or_none(const struct op *op, int a, const int *size);

/* Bytes of argument a in a call whose DT_F32 take `width` bytes: sizeof(float), sizeof(double) or
 * sizeof(double _Complex) */
size_t op_arg_bytes(const struct op *op, int a, const int *size, size_t width);

/* bytes that must cross the memory bus at least: inputs once, outputs once, inout twice */
double op_bytes(const struct op *op, const int *size);

/* Fills bound[] for output a of a rung with these `needs`: op->bound with the digits that the rung has */
void op_bound(const struct op *op, const int *size, void *const *buf, int a, unsigned needs, double *bound);

/* ---- shapes as text (shape.c) ----
 *
 * Up to three given sizes are written "64x784x512", more by name: "n64 c3 h32 w32 r3 s3 pad1 stride1". Both
 * forms are read wherever the first is written, names in any order and in upper or lower case. */

/* text must hold SHAPE_TEXT bytes */
char *op_shape_text(const struct op *op, const int *size, char *text);

/* 0 and a sentence in error (ERROR_TEXT bytes, error.h; NULL: nobody asks) if text is no legal shape of the
 * operation; size is then as before. */
int op_parse_shape(const struct op *op, const char *text, int *size, char *error);

/* 1 if every size, derived ones included, is from its least to MOST_SIZE and the operation has nothing
 * against them; else 0 and a sentence that names the size and what would be legal */
int op_legal_shape(const struct op *op, const int *size, char *error);

/* Size i, given or derived: an extent of the arguments that name it */
int op_extent(const struct op *op, int i, const int *size);

/* The rung of that name ("04_avx2", or "avx2" without its number), NULL if there is none. */
const struct rung *rung_find(const struct op *op, const char *name);

/* The last rung of the ladder that this machine can run and that has all digits of float; never NULL, as
 * rung 00 needs nothing. */
const struct rung *rung_best(const struct op *op);

/* For programs that run many operations at one height: "naive" is rung 00, "best" the last that runs here,
 * "04_avx2" or "avx2" the last rung of this ladder whose number is not above that rung's number in the ladder
 * of dense_forward. NULL if no ladder has such a rung or this machine cannot run it. */
const struct rung *rung_at_level(const struct op *op, const char *level);

/* How many windows fit, `stride` apart: none where the window is larger than what it slides over.
 * (C's division rounds towards 0: without the question (h - r) / stride + 1 would be 1 for a
 * window that does not fit.) */
static inline int64_t op_windows(int64_t extent, int64_t window, int stride)
{
    return extent < window ? 0 : (extent - window) / stride + 1;
}

#ifdef __cplusplus
}
#endif
#endif
