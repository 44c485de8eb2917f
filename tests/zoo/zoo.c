/* zoo.c - all tables: walking them, opening a row's problem, and its outputs times a loss scale. */
#include "units.h"

#include <stdlib.h>
#include <string.h>

static const struct zoo_table *const tables[] = {
    &zoo_dense, &zoo_activation, &zoo_loss,   &zoo_conv2d, &zoo_pool,      &zoo_regular,
    &zoo_norm,  &zoo_mlp,        &zoo_shared, &zoo_losses, &zoo_mechanism, &zoo_right,
};

int zoo_cases(void)
{
    int n = 0;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) n += tables[t]->rows;
    return n;
}

const struct zoo_case *zoo_case_at(int i)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        if (i < tables[t]->rows) return &tables[t]->row[i];
        i -= tables[t]->rows;
    }
    return NULL;
}

/* ---- the loss scale: outputs times scale, upstream gradients times scale ---- */

static void multiply(const gc_tensor *t, int n, double by, int complex_pairs)
{
    for (int i = 0; i < n; i++) {
        size_t count = zoo_elements(&t[i]) * (complex_pairs ? 2 : 1);
        if (t[i].dt == GC_F32)
            for (size_t k = 0; k < count; k++) ((float *)t[i].data)[k] *= (float)by;
        else
            for (size_t k = 0; k < count; k++) ((double *)t[i].data)[k] *= by;
    }
}

static int scaled_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct zoo_problem *z = ctx;
    int refused = z->unscaled.forward(ctx, in, out);
    multiply(out, z->p.nout, z->scale, 0);
    return refused;
}

static int scaled_oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct zoo_problem *z = ctx;
    int refused = z->unscaled.oracle(ctx, in, out);
    multiply(out, z->p.nout, z->scale, 0);
    return refused;
}

static int scaled_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct zoo_problem *z = ctx;
    int refused = z->unscaled.forward_complex(ctx, in, out);
    multiply(out, z->p.nout, z->scale, 1);
    return refused;
}

/* copies of tensors, in memory of their own */
static int copies(const gc_tensor *from, int n, gc_tensor *to)
{
    for (int i = 0; i < n; i++) {
        size_t bytes = zoo_elements(&from[i]) * (from[i].dt == GC_F64 ? 8 : 4);
        to[i] = from[i];
        to[i].data = malloc(bytes ? bytes : 1);
        if (to[i].data) {
            memcpy(to[i].data, from[i].data, bytes);
            continue;
        }
        while (i-- > 0) free(to[i].data);
        return 0;
    }
    return 1;
}

static void discard(gc_tensor *t, int n)
{
    for (int i = 0; i < n; i++) free(t[i].data);
}

/* The unit's backward gets the outputs that its own forward gave: computed again, as
 * division would round them. */
static int scaled_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                           gc_tensor *din)
{
    struct zoo_problem *z = ctx;
    gc_tensor up[GC_MAX_TENSORS], y[GC_MAX_TENSORS];
    if (!copies(dout, z->p.nout, up)) return 1;
    if (!copies(out, z->p.nout, y)) {
        discard(up, z->p.nout);
        return 1;
    }
    if (!z->p.no_upstream) multiply(up, z->p.nout, z->scale, 0);
    int refused =
        (z->unscaled.forward && z->unscaled.forward(ctx, in, y)) || z->unscaled.backward(ctx, in, y, up, din);
    if (z->p.no_upstream) multiply(din, z->p.nin, z->scale, 0);
    discard(up, z->p.nout);
    discard(y, z->p.nout);
    return refused;
}

static int scaled_hessian(void *ctx, const gc_tensor *in, const gc_tensor *dout, const gc_tensor *v,
                          gc_tensor *dv)
{
    struct zoo_problem *z = ctx;
    gc_tensor up[GC_MAX_TENSORS];
    if (!copies(dout, z->p.nout, up)) return 1;
    multiply(up, z->p.nout, z->scale, 0);
    int refused = z->unscaled.hessian(ctx, in, up, v, dv);
    discard(up, z->p.nout);
    return refused;
}

static void scale_outputs(struct zoo_problem *z, double scale)
{
    z->scale = scale;
    z->unscaled = z->p;
    if (scale == 1) return; /* the unit itself, with nothing before it */
    if (z->p.forward) z->p.forward = scaled_forward;
    if (z->p.oracle) z->p.oracle = scaled_oracle;
    if (z->p.forward_complex) z->p.forward_complex = scaled_complex;
    if (z->p.backward) z->p.backward = scaled_backward;
    if (z->p.hessian) z->p.hessian = scaled_hessian;
}

int zoo_open(struct zoo_problem *z, const struct zoo_case *c, double scale)
{
    memset(z, 0, sizeof *z);
    z->mistake = c->number;
    z->o = gc_defaults();
    z->o.fork = 0;
    z->p.name = c->unit;
    z->p.in = z->in;
    z->p.out = z->out;
    z->p.ctx = z;
    c->build(z);
    if (z->out_of_memory) {
        zoo_close(z);
        return 0;
    }
    scale_outputs(z, scale);
    return 1;
}

void zoo_close(struct zoo_problem *z)
{
    while (z->memories > 0) free(z->memory[--z->memories]);
}
