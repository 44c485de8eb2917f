/* scalar.c - the two-pointer entries: a loss and its gradient as a problem of one tensor, or of the tensors
 * that x is made of. */
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

static gc_result *refuse(size_t n, const gc_options *options)
{
    const gc_options o = options ? *options : gc_defaults();
    gc_result *r = gc_result_new("gradient", &o);
    if (r->verdict == GC_CRASH) return r; /* no memory */
    gc_finding *f = gc_note(r, 0, -1, 0, GC_INCONCLUSIVE);
    gc_text(f->detail, sizeof f->detail, "the problem itself");
    gc_text(f->reason, sizeof f->reason,
            "x has %zu elements, but its parts do not: give 1 to %d parts with names, shapes and as many "
            "elements together",
            n, (int)GC_MAX_TENSORS);
    gc_settle(r);
    return r;
}

gc_result *gc_check_tensors(gc_scalar loss, gc_gradient grad, const double *x, size_t n,
                            const gc_tensor *part, int parts, void *ctx, const gc_options *options)
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
    if (!part) return gc_check(&p, options);
    gc_problem *apart = gc_parts_open(&p, 0, part, parts);
    if (!apart) return refuse(n, options);
    gc_result *r = gc_check(apart, options);
    gc_parts_close(apart);
    return r;
}

gc_result *gc_check_scalar(gc_scalar loss, gc_gradient grad, const double *x, size_t n, void *ctx,
                           const gc_options *options)
{
    return gc_check_tensors(loss, grad, x, n, NULL, 0, ctx, options);
}
