/* peer_sleef.c - activations, softmax and losses with SLEEF, a library of functions of vectors (x86-64 only).
 *
 * Of each function the most precise version is called, within 1.0 ulp (erfc: 1.5), that is made for the widest vectors
 * of this machine. More threads share the work as in the rungs: pieces of the array, if it is long enough.
 */
#include "peer_sleef.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined _OPENMP
#include <omp.h>
#endif

#include "peer_library.h"

static any_fn *function[SLEEF_FUNCTIONS];
static const struct sleef_loops *loops;

/* ---- the operations ---- */

enum { PIECE = 1 << 14 }; /* elements */

static void each(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    sleef_each_fn *run = loops->each[*(const enum sleef_loop *)o->detail];
    int n = size[0], pieces = n / PIECE + (n % PIECE > 0);
    (void)p;
    if (pieces == 1) {
        run(function, 0, n, buf);
        return;
    }
#pragma omp parallel for schedule(static)
    for (int k = 0; k < pieces; k++)
        run(function, k * PIECE, n - k * PIECE < PIECE ? n - k * PIECE : PIECE, buf);
}

/* the loss is the mean; y, t, loss, and dy if there is one */
static void loss_of(sleef_loss_fn *run, const int *size, void *const *buf)
{
    int n = size[0], pieces = n / PIECE + (n % PIECE > 0);
    float share = 1 / (float)n;
    double total = 0;
    if (pieces == 1) total = run(function, 0, n, share, buf);
#pragma omp parallel for schedule(static) reduction(+ : total) if (pieces > 1)
    for (int k = 0; k < (pieces > 1 ? pieces : 0); k++)
        total += run(function, k * PIECE, n - k * PIECE < PIECE ? n - k * PIECE : PIECE, share, buf);
    *(float *)buf[2] = (float)(total / n);
}

static void bce_logits(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    (void)p, (void)o;
    loss_of(loops->bce_logits, size, buf);
}

static void bce_logits_with_gradient(const struct peer *p, const struct peer_op *o, const int *size,
                                     void *const *buf)
{
    (void)p, (void)o;
    loss_of(loops->bce_logits_with_gradient, size, buf);
}

/* rows of C numbers that make a piece */
static int rows_in_a_piece(int C)
{
    return C < PIECE ? PIECE / C : 1;
}

static void softmax(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const float *x = buf[0];
    float *y = buf[1];
    int N = size[0], C = size[1], rows = rows_in_a_piece(C), pieces = N / rows + (N % rows > 0);
    (void)p, (void)o;
    if (pieces == 1) {
        loops->softmax(function, N, C, x, y);
        return;
    }
#pragma omp parallel for schedule(static)
    for (int k = 0; k < pieces; k++) {
        int n = k * rows;
        size_t at = (size_t)n * (size_t)C;
        loops->softmax(function, N - n < rows ? N - n : rows, C, x + at, y + at);
    }
}

/* the loss is the mean over the rows that have a label; dz may be NULL */
static void xent_of(sleef_xent_fn *run, const int *size, const float *z, const int *label, float *loss,
                    float *dz)
{
    int N = size[0], C = size[1], rows = rows_in_a_piece(C), pieces = N / rows + (N % rows > 0), count = 0;
    double total = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    float share = 1 / (float)(count ? count : 1);
    if (pieces == 1) total = run(function, N, C, z, label, share, dz);
#pragma omp parallel for schedule(static) reduction(+ : total) if (pieces > 1)
    for (int k = 0; k < (pieces > 1 ? pieces : 0); k++) {
        int n = k * rows;
        size_t at = (size_t)n * (size_t)C;
        total += run(function, N - n < rows ? N - n : rows, C, z + at, label + n, share, dz ? dz + at : NULL);
    }
    *loss = count ? (float)(total / count) : 0;
}

static void xent_forward(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    (void)p, (void)o;
    xent_of(loops->xent, size, buf[0], buf[1], buf[2], NULL);
}

static void xent_with_gradient(const struct peer *p, const struct peer_op *o, const int *size,
                               void *const *buf)
{
    (void)p, (void)o;
    xent_of(loops->xent_with_gradient, size, buf[0], buf[1], buf[2], buf[3]);
}

#define EACH(loop)                                   \
    .call = each, .detail = &(const enum sleef_loop) \
    {                                                \
        loop                                         \
    }
#define TWO(f, F, how_forward, how_with_slope)                        \
    { #f "_forward", .how = how_forward, EACH(F##_FORWARD) },         \
    {                                                                 \
#f "_with_slope", .how = how_with_slope, EACH(F##_WITH_SLOPE) \
    }

const struct peer_op peer_sleef_ops[] = {
    TWO(sigmoid, SIGMOID, "expf_u10", "expf_u10"),
    TWO(tanh, TANH, "tanhf_u10", "tanhf_u10"),
    TWO(elu, ELU, "expm1f_u10", "expm1f_u10"),
    TWO(softplus, SOFTPLUS, "expf_u10, log1pf_u10", "expf_u10, log1pf_u10"),
    TWO(silu, SILU, "expf_u10", "expf_u10"),
    TWO(gelu, GELU, "erfcf_u15", "erfcf_u15, expf_u10"),
    TWO(gelu_tanh, GELU_TANH, "expf_u10", "expf_u10"),
    { "softplus_backward", .how = "expf_u10", EACH(SOFTPLUS_BACKWARD) },
    { "silu_backward", .how = "expf_u10", EACH(SILU_BACKWARD) },
    { "gelu_backward", .how = "erfcf_u15, expf_u10", EACH(GELU_BACKWARD) },
    { "gelu_tanh_backward", .how = "expf_u10", EACH(GELU_TANH_BACKWARD) },
    { "softmax_forward", .call = softmax, .how = "expf_u10" },
    { "bce_logits_forward", .call = bce_logits, .how = "expf_u10, log1pf_u10" },
    { "bce_logits_with_gradient", .call = bce_logits_with_gradient, .how = "expf_u10, log1pf_u10" },
    { "xent_forward", .call = xent_forward, .how = "expf_u10" },
    { "xent_with_gradient", .call = xent_with_gradient, .how = "expf_u10" },
    { 0 },
};

/* ---- opening ---- */

/* the functions of `width` floats for that instruction set; 0 if one is missing, whose name is then in `name` */
static int find_functions(void *library, int width, const char *isa, char *name, size_t room)
{
    static const char *const plain[SLEEF_FUNCTIONS] = { "expf%d_u10%s", "expm1f%d_u10%s", "log1pf%d_u10%s",
                                                        "tanhf%d_u10%s", "erfcf%d_u15%s" };
    for (int k = 0; k < SLEEF_FUNCTIONS; k++) {
        char rest[48];
        snprintf(rest, sizeof rest, plain[k], width, isa);
        snprintf(name, room, "Sleef_%s", rest);
        function[k] = peer_function(library, name);
        if (!function[k]) return 0;
    }
    return 1;
}

static void set_threads(int threads)
{
#if defined _OPENMP
    omp_set_num_threads(threads);
#else
    (void)threads;
#endif
}

int peer_sleef_open(void *library, struct peer *p)
{
    int wide = (rung_isa() & NEED_AVX512) != 0, width = wide ? 16 : 8;
    const char *isa = wide ? "avx512f" : "avx2";
    char name[64], *file = realpath(p->path, NULL), *slash = file ? strrchr(file, '/') : NULL;
#if defined __x86_64__
    loops = wide ? &sleef_avx512 : rung_isa() & NEED_AVX2 ? &sleef_avx2 : NULL;
#endif
    int ok = loops && find_functions(library, width, isa, name, sizeof name);
    if (ok)
        snprintf(p->pick, sizeof p->pick, "%.60s, Sleef_*f%d_*%s", slash ? slash + 1 : "SLEEF", width, isa);
    else if (loops)
        snprintf(p->pick, sizeof p->pick, "%.90s has no %.50s", p->path, name);
    else
        snprintf(p->pick, sizeof p->pick, "left out: this machine has no %s", rung_lacks(NEED_AVX2));
    p->set_threads = set_threads;
    free(file);
    return ok;
}
