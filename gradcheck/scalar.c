/* scalar.c - the two-pointer entry: a loss and its gradient as a problem of one tensor. */
#include "gc_internal.h"

struct scalar {
    gc_scalar loss;
    gc_gradient grad;
    void *ctx;
};

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const struct scalar *s = ctx;
    *(double *)out->data = s->loss(in->data, in->dim[0], s->ctx);
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const struct scalar *s = ctx;
    (void)out, (void)dout;
    s->grad(in->data, in->dim[0], din->data, s->ctx);
    return 0;
}

gc_result *gc_check_scalar(gc_scalar loss, gc_gradient grad, const double *x, size_t n, void *ctx,
                           const gc_options *options)
{
    struct scalar s = { loss, grad, ctx };
    gc_tensor in = { .name = "x", .dt = GC_F64, .nd = 1, .dim = { n }, .flags = GC_GRAD };
    gc_tensor out = { .name = "loss", .dt = GC_F64 };
    in.data = (double *)(uintptr_t)x; /* read only: a problem's tensors have no const data */
    gc_problem p = {
        .name = "gradient", .nin = 1, .nout = 1, .in = &in, .out = &out, .no_upstream = 1, .ctx = &s
    };
    p.forward = loss ? forward : NULL;
    p.backward = grad ? backward : NULL;
    return gc_check(&p, options);
}
