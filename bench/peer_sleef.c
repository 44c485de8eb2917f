/* peer_sleef.c - activations and softmax with SLEEF, a library of functions of vectors (x86-64 only).
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

static void in_pieces(sleef_each_fn *each, int n, const float *x, float *y)
{
    int pieces = n / PIECE + (n % PIECE > 0);
    if (pieces == 1) {
        each(function, n, x, y);
        return;
    }
#pragma omp parallel for schedule(static)
    for (int k = 0; k < pieces; k++) {
        int at = k * PIECE;
        each(function, n - at < PIECE ? n - at : PIECE, x + at, y + at);
    }
}

#define EACH(f)                                                                             \
    static void f##_forward(const struct peer *p, const struct peer_op *o, const int *size, \
                            void *const *buf)                                               \
    {                                                                                       \
        (void)p, (void)o;                                                                   \
        in_pieces(loops->f, size[0], buf[0], buf[1]);                                       \
    }

EACH(sigmoid)
EACH(tanh)
EACH(elu)
EACH(softplus)
EACH(silu)
EACH(gelu)
EACH(gelu_tanh)

static void softmax_forward(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const float *x = buf[0];
    float *y = buf[1];
    int N = size[0], C = size[1], rows = C < PIECE ? PIECE / C : 1, pieces = N / rows + (N % rows > 0);
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

const struct peer_op peer_sleef_ops[] = {
    { .op = "sigmoid_forward", .call = sigmoid_forward, .how = "expf_u10" },
    { .op = "tanh_forward", .call = tanh_forward, .how = "tanhf_u10" },
    { .op = "elu_forward", .call = elu_forward, .how = "expm1f_u10" },
    { .op = "softplus_forward", .call = softplus_forward, .how = "expf_u10, log1pf_u10" },
    { .op = "silu_forward", .call = silu_forward, .how = "expf_u10" },
    { .op = "gelu_forward", .call = gelu_forward, .how = "erfcf_u15" },
    { .op = "gelu_tanh_forward", .call = gelu_tanh_forward, .how = "expf_u10" },
    { .op = "softmax_forward", .call = softmax_forward, .how = "expf_u10" },
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
