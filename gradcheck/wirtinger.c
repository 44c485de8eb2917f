/* wirtinger.c - complex numbers as pairs of real ones, by the conventions that there are for a gradient.
 *
 * A real loss L of z = x + iy has the derivatives dL/dx and dL/dy, and no derivative by z in the sense of
 * complex analysis. What a library calls its gradient is one of four combinations of the two:
 *
 *     GC_TORCH  dL/dx + i dL/dy        GC_DZBAR  (dL/dx + i dL/dy) / 2
 *     GC_JAX    dL/dx - i dL/dy        GC_DZ     (dL/dx - i dL/dy) / 2
 *
 * Each is a sign of the imaginary part and a factor; an upstream gradient is of the same convention as the
 * result, so that a vjp of complex outputs is J' between the two translations. */
#include <math.h>

#include "diagnose.h"
#include "map.h"

static const struct {
    const char *name, *formula;
    double factor, sign;
} conventions[] = {
    [GC_REAL] = { "real", "dL/dx", 1, 1 },
    [GC_TORCH] = { "PyTorch's", "dL/dx + i dL/dy", 1, 1 },
    [GC_JAX] = { "JAX's", "dL/dx - i dL/dy", 1, -1 },
    [GC_DZBAR] = { "Wirtinger's by conj z", "(dL/dx + i dL/dy) / 2", 0.5, 1 },
    [GC_DZ] = { "Wirtinger's by z", "(dL/dx - i dL/dy) / 2", 0.5, -1 },
};

const char *gc_convention_name(gc_convention c)
{
    return conventions[c].name;
}

void gc_to_pairs(gc_convention c, double *g, size_t pairs)
{
    double factor = 1 / conventions[c].factor, sign = conventions[c].sign;
    for (size_t i = 0; c != GC_REAL && i < pairs; i++) g[2 * i] *= factor, g[2 * i + 1] *= sign * factor;
}

void gc_from_pairs(gc_convention c, double *g, size_t pairs)
{
    double factor = conventions[c].factor, sign = conventions[c].sign;
    for (size_t i = 0; c != GC_REAL && i < pairs; i++) g[2 * i] *= factor, g[2 * i + 1] *= sign * factor;
}

/* ---- a real loss of complex numbers ---- */

struct loss {
    gc_scalar loss;
    gc_gradient grad;
    gc_convention numbers;
    void *ctx;
};

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const struct loss *l = ctx;
    *(double *)out->data = l->loss(in->data, in->dim[0], l->ctx);
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const struct loss *l = ctx;
    (void)out, (void)dout;
    l->grad(in->data, in->dim[0], din->data, l->ctx);
    gc_to_pairs(l->numbers, din->data, in->dim[0]);
    return 0;
}

/* Is what was judged by one convention the gradient of another, in every element? */
static int fits(const gc_tensor_result *t, gc_convention asked, gc_convention is)
{
    double factor = conventions[is].factor / conventions[asked].factor;
    double sign = conventions[is].sign * conventions[asked].sign;
    int turned = 0; /* imaginary parts that are not 0 */
    for (int k = 0; k < t->samples; k++) {
        const gc_sample *s = &t->sample[k];
        int imaginary = s->index % 2 != 0;
        double due = s->numeric * factor * (imaginary ? sign : 1);
        double allowed = 1e-6 * fmax(fabs(due), 1e-3 * t->scale) + 20 * s->error_bar;
        if (!(fabs(s->analytic - due) <= allowed)) return 0;
        turned += imaginary && fabs(due) > 100 * allowed;
    }
    return turned > 0;
}

static void name_convention(gc_tensor_result *t, gc_convention asked)
{
    for (gc_convention is = GC_TORCH; is <= GC_DZ; is++) {
        if (is == asked || !fits(t, asked, is)) continue;
        gc_text(t->pattern, GC_TEXT, "the gradient is %s, %s; it was asked for %s, %s", conventions[is].name,
                conventions[is].formula, conventions[asked].name, conventions[asked].formula);
        gc_text(t->cause, GC_TEXT, "likely: another convention: %s it, or ask for that one",
                conventions[is].sign * conventions[asked].sign < 0 ? "conjugate" : "scale");
        return;
    }
}

gc_result *gc_check_complex_scalar(gc_scalar loss, gc_gradient grad, const double *z, size_t n,
                                   gc_convention numbers, void *ctx, const gc_options *options)
{
    struct loss l = { loss, grad, numbers == GC_REAL ? GC_TORCH : numbers, ctx };
    gc_tensor in = { .name = "z", .dt = GC_F64, .nd = 2, .dim = { n, 2 }, .flags = GC_GRAD };
    gc_tensor out = { .name = "loss", .dt = GC_F64 };
    in.data = (double *)(uintptr_t)z; /* read only: a problem's tensors have no const data */
    gc_problem p = {
        .name = "gradient", .nin = 1, .nout = 1, .in = &in, .out = &out, .no_upstream = 1, .ctx = &l
    };
    p.forward = loss ? forward : NULL;
    p.backward = grad ? backward : NULL;
    gc_result *r = gc_check(&p, options);
    if (r->verdict == GC_FAIL && r->ntensors) name_convention(&r->tensor[0], l.numbers);
    return r;
}
