/* gc_engine_entries.c - gc_check_element and gc_check_long, called as a library: the right element and the
 * right digits pass, a wrong element and digits lost to a float inside fail, and what cannot be asked for is
 * refused in a sentence. */
#include "gc_engine_made.h"

enum { N = 5, ROWS = 64 };
static size_t wrong_at = N; /* N: nowhere */
static int float_inside;

/* loss = sum x_i^3 / 3 */
static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < N; i++) sum += gc_get(in, i) * gc_get(in, i) * gc_get(in, i) / 3;
    gc_set(out, 0, sum);
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    (void)ctx, (void)out, (void)dout;
    for (size_t i = 0; i < N; i++) {
        double x = gc_get(in, i), g = float_inside ? (double)((float)x * (float)x) : x * x;
        gc_set(din, i, i == wrong_at ? 1.001 * g : g);
    }
    return 0;
}

static void gradient_long(const long double *x, size_t n, long double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = x[i] * x[i];
}

static const gc_tensor in = { .name = "x", .dt = GC_F64, .nd = 1, .dim = { N }, .flags = GC_GRAD };
static const gc_tensor loss = { .name = "loss", .dt = GC_F64 };
static gc_problem problem = { .name = "cubes",
                              .nin = 1,
                              .nout = 1,
                              .in = &in,
                              .out = &loss,
                              .no_upstream = 1,
                              .forward = forward,
                              .backward = backward };

static void element(int tensor, size_t i, gc_verdict wanted, const char *what)
{
    gc_vrow row[ROWS];
    int rows = -1;
    double h = 0, bar = 1;
    gc_options o = gc_defaults();
    for (o.fork = 0; o.fork < 2; o.fork++) {
        gc_result *r = gc_check_element(&problem, tensor, i, &o, row, ROWS, &rows, &h, &bar);
        made_expect(r->verdict == wanted, r, "%s, fork %d", what, o.fork);
        made_expect(wanted == GC_PASS || r->reason[0], r, "%s: no sentence", what);
        if (wanted == GC_INCONCLUSIVE) made_expect(rows == 0, r, "%s: %d rows", what, rows);
        if (wanted == GC_INCONCLUSIVE) goto next;
        made_expect(r->tensor[0].looked == 1 && r->tensor[0].worst.index == i, r, "%s: another element",
                    what);
        made_expect(rows == 51 && h > 0 && h < 1, r, "%s: %d rows, h = %g", what, rows, h);
        made_expect(wanted != GC_PASS || (bar < 1e-7 && row[10].central < 1e-5), r, "%s: no V curve", what);
    next:
        gc_free(r);
    }
}

static void digits(gc_gradient_long grad, gc_verdict wanted, const char *what)
{
    gc_options o = gc_defaults();
    for (o.fork = 0; o.fork < 2; o.fork++) {
        gc_result *r = gc_check_long(&problem, grad, NULL, &o);
        made_expect(r->verdict == wanted, r, "%s, fork %d", what, o.fork);
        made_expect(wanted == GC_PASS || r->reason[0], r, "%s: no sentence", what);
        gc_free(r);
    }
}

int main(void)
{
    element(0, 3, GC_PASS, "a right element");
    digits(gradient_long, GC_PASS, "right digits");
    wrong_at = 3;
    element(0, 3, GC_FAIL, "a wrong element");
    element(0, 2, GC_PASS, "the element beside a wrong one");
    wrong_at = N;
    element(0, N, GC_INCONCLUSIVE, "an element past the end");
    element(1, 0, GC_INCONCLUSIVE, "a tensor that is not there");
    element(-1, 0, GC_INCONCLUSIVE, "tensor -1");
    float_inside = 1;
    digits(gradient_long, GC_FAIL, "a float inside");
    float_inside = 0;
    problem.backward = NULL;
    element(0, 0, GC_INCONCLUSIVE, "no backward");
    digits(gradient_long, GC_INCONCLUSIVE, "no backward");
    return made_failures() != 0;
}
