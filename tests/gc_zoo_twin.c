/* gc_zoo_twin.c - float gradients that differences cannot judge and a double twin can.
 *
 * y (OUT) = w (OUT,IN) tanh(x (IN)), the same code in float and in double. The float gradients are right,
 * or wrong by so little that differences of a float forward let them pass; against the double gradient
 * every wrong one is seen. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../gradcheck/gc.h"

enum { IN = 40, OUT = 6 };
enum mistake { right, slightly_large, bf16_operand, one_element, last_skipped, no_slope, MISTAKES };

static const char *const words[MISTAKES] = {
    "right",
    "dx too large by 1e-4",
    "w rounded to bf16 on the way back",
    "one element of dw wrong by 1e-3",
    "the last output not summed into dx",
    "tanh not differentiated",
};

static float as_bf16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x8000) & 0xffff0000;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

#define TWIN(real, suffix, tanh_of)                                                                    \
    static int forward_##suffix(void *ctx, const gc_tensor *in, gc_tensor *out)                        \
    {                                                                                                  \
        const real *w = in[0].data, *x = in[1].data;                                                   \
        real *y = out[0].data;                                                                         \
        (void)ctx;                                                                                     \
        for (int o = 0; o < OUT; o++) {                                                                \
            y[o] = 0;                                                                                  \
            for (int i = 0; i < IN; i++) y[o] += w[o * IN + i] * tanh_of(x[i]);                        \
        }                                                                                              \
        return 0;                                                                                      \
    }                                                                                                  \
                                                                                                       \
    static int backward_##suffix(void *ctx, const gc_tensor *in, const gc_tensor *out,                 \
                                 const gc_tensor *dout, gc_tensor *din)                                \
    {                                                                                                  \
        enum mistake m = *(const enum mistake *)ctx;                                                   \
        const real *w = in[0].data, *x = in[1].data, *dy = dout[0].data;                               \
        real *dw = din[0].data, *dx = din[1].data;                                                     \
        (void)out;                                                                                     \
        for (int i = 0; i < IN; i++) {                                                                 \
            real t = tanh_of(x[i]), sum = 0;                                                           \
            for (int o = 0; o < OUT; o++) {                                                            \
                real weight = m == bf16_operand ? (real)as_bf16((float)w[o * IN + i]) : w[o * IN + i]; \
                if (dw) dw[o * IN + i] = dy[o] * t;                                                    \
                if (m != last_skipped || o < OUT - 1) sum += dy[o] * weight;                           \
            }                                                                                          \
            dx[i] = sum * (m == no_slope ? 1 : 1 - t * t) * (m == slightly_large ? (real)1.0001 : 1);  \
        }                                                                                              \
        if (m == one_element && dw) dw[77] *= (real)1.001;                                             \
        return 0;                                                                                      \
    }

TWIN(float, f32, tanhf)
TWIN(double, f64, tanh)

/* an input of f32 may lack GC_GRAD, and is then not looked at; one of f64 may not */
static int check_left_out(void)
{
    static enum mistake none = right, wrong = one_element; /* of dw */
    gc_tensor in64[2] = { { .name = "w", .dt = GC_F64, .nd = 2, .dim = { OUT, IN }, .flags = GC_GRAD },
                          { .name = "x", .dt = GC_F64, .nd = 1, .dim = { IN }, .flags = GC_GRAD } };
    gc_tensor out64 = { .name = "y", .dt = GC_F64, .nd = 1, .dim = { OUT } };
    gc_tensor in32[2] = { in64[0], in64[1] }, out32 = out64;
    in32[0].dt = in32[1].dt = out32.dt = GC_F32;
    in32[0].flags = 0;
    gc_problem f64 = { .name = "product", .nin = 2, .nout = 1, .in = in64, .out = &out64, .ctx = &none };
    gc_problem f32 = { .name = "product", .nin = 2, .nout = 1, .in = in32, .out = &out32, .ctx = &wrong };
    f64.forward = forward_f64, f64.backward = backward_f64;
    f32.forward = forward_f32, f32.backward = backward_f32;
    gc_options o = gc_defaults();
    o.fork = 0;
    gc_result *r = gc_check_precision_twin(&f32, &f64, &o);
    int ok = r->verdict == GC_PASS;
    gc_free(r);
    in32[0].flags = GC_GRAD, in64[0].flags = 0;
    r = gc_check_precision_twin(&f32, &f64, &o);
    ok = ok && r->verdict == GC_INCONCLUSIVE && strstr(r->reason, "GC_GRAD");
    gc_free(r);
    printf("%s  a gradient that is left out\n", ok ? "ok    " : "NOT OK");
    return !ok;
}

int main(void)
{
    static enum mistake none = right;
    int failed = check_left_out();
    for (enum mistake m = right; m < MISTAKES; m++) {
        gc_tensor in64[2] = { { .name = "w", .dt = GC_F64, .nd = 2, .dim = { OUT, IN }, .flags = GC_GRAD },
                              { .name = "x", .dt = GC_F64, .nd = 1, .dim = { IN }, .flags = GC_GRAD } };
        gc_tensor out64 = { .name = "y", .dt = GC_F64, .nd = 1, .dim = { OUT } };
        gc_tensor in32[2] = { in64[0], in64[1] }, out32 = out64;
        in32[0].dt = in32[1].dt = out32.dt = GC_F32;
        gc_problem f64 = { .name = "product", .nin = 2, .nout = 1, .in = in64, .out = &out64, .ctx = &none };
        gc_problem f32 = { .name = "product", .nin = 2, .nout = 1, .in = in32, .out = &out32, .ctx = &m };
        f64.forward = forward_f64, f64.backward = backward_f64;
        f32.forward = forward_f32, f32.backward = backward_f32;
        for (uint64_t seed = 1; seed <= 5; seed++) {
            gc_options o = gc_defaults();
            o.seed = seed, o.fork = 0;
            gc_result *r = gc_check(&f64, &o);
            int ok = r->verdict == GC_PASS;
            gc_free(r);
            r = gc_check(&f32, &o); /* differences in float: 1e-4 is not seen */
            if (m == right || m == slightly_large) ok = ok && r->verdict != GC_FAIL;
            gc_free(r);
            r = gc_check_precision_twin(&f32, &f64, &o);
            ok = ok && r->verdict == (m == right ? GC_PASS : GC_FAIL);
            if (!ok || seed == 1)
                printf("%s  %s, seed %d: %s %s\n", ok ? "ok    " : "NOT OK", words[m], (int)seed,
                       gc_verdict_name(r->verdict), r->reason);
            gc_free(r);
            failed += !ok;
        }
    }
    return failed ? 1 : 0;
}
