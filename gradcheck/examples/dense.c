/* dense.c - a layer with named tensors, checked from C: y = x w' + b.
 *
 *     cc dense.c $(pkg-config --cflags --libs gradcheck) -o dense && ./dense
 */
#include <gc.h>

enum { N = 5, IN = 7, OUT = 3 };
enum { X, W, B, INPUTS };

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[X].data, *w = in[W].data, *b = in[B].data;
    double *y = out[0].data;
    (void)ctx;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            y[n * OUT + o] = b[o];
            for (int i = 0; i < IN; i++) y[n * OUT + o] += x[n * IN + i] * w[o * IN + i];
        }
    return 0;
}

/* dw and db are sums over the batch, dx one over the outputs */
static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const double *x = in[X].data, *w = in[W].data, *dy = dout[0].data;
    double *dx = din[X].data, *dw = din[W].data, *db = din[B].data;
    (void)ctx, (void)out;
    for (int k = 0; k < N * IN; k++) dx[k] = 0;
    for (int k = 0; k < OUT * IN; k++) dw[k] = 0;
    for (int o = 0; o < OUT; o++) db[o] = 0;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            double d = dy[n * OUT + o];
            db[o] += d;
            for (int i = 0; i < IN; i++) {
                dx[n * IN + i] += d * w[o * IN + i];
                dw[o * IN + i] += d * x[n * IN + i];
            }
        }
    return 0;
}

int main(void)
{
    const gc_tensor in[INPUTS] = {
        { .name = "x", .dt = GC_F64, .nd = 2, .dim = { N, IN }, .flags = GC_GRAD | GC_LINEAR },
        { .name = "w", .dt = GC_F64, .nd = 2, .dim = { OUT, IN }, .flags = GC_GRAD | GC_LINEAR },
        { .name = "b", .dt = GC_F64, .nd = 1, .dim = { OUT }, .flags = GC_GRAD | GC_LINEAR },
    };
    const gc_tensor out = { .name = "y", .dt = GC_F64, .nd = 2, .dim = { N, OUT } };
    const gc_problem dense = { .name = "dense",
                               .nin = INPUTS,
                               .nout = 1,
                               .in = in,
                               .out = &out,
                               .forward = forward,
                               .backward = backward };
    gc_result *r = gc_check(&dense, NULL);
    gc_print(stdout, r);
    int code = gc_exit_code(r);
    gc_free(r);
    return code;
}
