/* gradcheck_plan.h - what two prototypes mean together: which arguments are inputs, outputs, upstream
 * gradients, gradients, sizes; and how to draw the inputs. gradcheck_shim.c writes it down as C. */
#ifndef RUNGS_GRADCHECK_PLAN_H
#define RUNGS_GRADCHECK_PLAN_H

#include <stdint.h>

#include "gradcheck.h"
#include "gradcheck_proto.h"

/* the options of `rungs gradcheck sig`; lists are separated by commas or line ends, NULL: none */
struct plan_options {
    const char *size;  /* n=32                                     */
    const char *range; /* y=0:3, whole numbers for labels          */
    const char *set;   /* lambda=0.1: a number by value            */
    const char *data;  /* W=FILE, separated by line ends           */
    const char *map;   /* gW=W: a name that the rules do not match */
    const char *linear, *positive, *fixed;
};

enum plan_role {
    PLAN_INPUT,    /* tensor[index] of the inputs                                    */
    PLAN_OUTPUT,   /* of the outputs                                                 */
    PLAN_CACHE,    /* something the loss writes that is no output of the problem     */
    PLAN_UPSTREAM, /* the gradient by outputs[index]                                 */
    PLAN_GRADIENT, /* the gradient by inputs[index]                                  */
    PLAN_SIZE,     /* a whole number, by value or by reference                       */
    PLAN_NULL      /* void *ctx                                                      */
};

struct plan_use {
    enum plan_role role;
    int index;
    int by_value;
    long long number; /* PLAN_SIZE */
};

struct plan_tensor {
    const char *name; /* of the prototype */
    gc_dtype dt;
    int nd;
    size_t dim[GC_MAX_DIMS], elements;
    unsigned flags;
    int has_range;
    double low, high;
    void *data; /* in its type, from --data or --set; NULL: drawn */
};

struct plan {
    struct proto loss, grad;
    struct plan_use loss_use[PROTO_ARGS], grad_use[PROTO_ARGS];
    int nin, nout, ncache;
    struct plan_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], cache[PROTO_ARGS + 1];
    int returns_loss; /* outputs[0] is what the function returns */
    int no_upstream;
};

/* Fills plan from the prototypes; 0 with error set: a sentence, or a sentence, the prototype and a caret. */
int plan_make(struct plan *plan, const char *loss, const char *grad, const struct plan_options *o,
              char *error);
void plan_free(struct plan *plan);

/* a gc_fill for the plan: labels and numbers in their ranges */
int plan_fill(const struct plan *plan, int point, uint64_t seed, gc_tensor *in);
/* 1 if the checker's own draws will not do */
int plan_needs_fill(const struct plan *plan);

/* Writes the C file that makes a gc_problem, called gradcheck_problem, of the plan. -1 if writing failed. */
int shim_write(FILE *f, const struct plan *plan);

#endif
