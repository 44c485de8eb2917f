/* peer_sleef.c - activations, softmax and losses with SLEEF, a library of functions of vectors (x86-64 only).
 *
 * Of each function the most precise version is called, within 1.0 ulp (erfc: 1.5), that is made for
 * the widest vectors of this machine. More threads share the work as in the rungs: pieces of the
 * array, if it is long enough.
 */
#include "peer_sleef.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/team.h"
#include "peer_library.h"

static any_fn *function[SLEEF_FUNCTIONS];
static const struct sleef_loops *loops;

/* ---- the operations ---- */

enum {
    PIECE = 1 << 14,
    MOST_PIECES = 256
}; /* elements in a piece, or more if there would be too many pieces */

/* some items of each piece: elements, or rows of C */
static int items_in_a_piece(int items, int C)
{
    int least = C < PIECE ? PIECE / C : 1, share = items / MOST_PIECES + 1;
    return least > share ? least : share;
}

struct job {
    any_fn *run;
    int items, C, many; /* many: items in a piece */
    float share;        /* 1 / the number of items that count */
    void *const *buf;
    double sum[MOST_PIECES];
};

/* how many items piece k has, and the first */
static int part(const struct job *j, int k, int *first)
{
    *first = k * j->many;
    return j->items - *first < j->many ? j->items - *first : j->many;
}

static int pieces_of(struct job *j)
{
    j->many = items_in_a_piece(j->items, j->C);
    return j->items / j->many + (j->items % j->many > 0);
}

static double shared_sum(struct job *j, team_fn *piece)
{
    int pieces = pieces_of(j);
    double total = 0;
    team_run(pieces, piece, j);
    for (int k = 0; k < pieces; k++) total += j->sum[k];
    return total;
}

static void each_piece(int k, void *arg)
{
    const struct job *j = arg;
    int at, n = part(j, k, &at);
    ((sleef_each_fn *)j->run)(function, at, n, j->buf);
}

static void each(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    struct job j;
    (void)p;
    j.run = (any_fn *)loops->each[*(const enum sleef_loop *)o->detail];
    j.items = size[0], j.C = 1, j.buf = buf;
    team_run(pieces_of(&j), each_piece, &j);
}

static void loss_piece(int k, void *arg)
{
    struct job *j = arg;
    int at, n = part(j, k, &at);
    j->sum[k] = ((sleef_loss_fn *)j->run)(function, at, n, j->share, j->buf);
}

/* the loss is the mean; y, t, loss, and dy if there is one */
static void loss_of(sleef_loss_fn *run, const int *size, void *const *buf)
{
    struct job j;
    j.run = (any_fn *)run;
    j.items = size[0], j.C = 1, j.share = 1 / (float)size[0], j.buf = buf;
    *(float *)buf[2] = (float)(shared_sum(&j, loss_piece) / size[0]);
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

static void softmax_piece(int k, void *arg)
{
    const struct job *j = arg;
    int n, rows = part(j, k, &n);
    size_t at = (size_t)n * (size_t)j->C;
    loops->softmax(function, rows, j->C, (const float *)j->buf[0] + at, (float *)j->buf[1] + at);
}

static void softmax(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    struct job j;
    (void)p, (void)o;
    j.items = size[0], j.C = size[1], j.buf = buf;
    team_run(pieces_of(&j), softmax_piece, &j);
}

/* z, label, and dz or NULL */
static void xent_piece(int k, void *arg)
{
    struct job *j = arg;
    int n, rows = part(j, k, &n);
    size_t at = (size_t)n * (size_t)j->C;
    float *dz = j->buf[2];
    j->sum[k] = ((sleef_xent_fn *)j->run)(function, rows, j->C, (const float *)j->buf[0] + at,
                                          (const int *)j->buf[1] + n, j->share, dz ? dz + at : NULL);
}

/* the loss is the mean over the rows that have a label; dz may be NULL */
static void xent_of(sleef_xent_fn *run, const int *size, void *z, void *label, float *loss, float *dz)
{
    struct job j;
    void *const buf[] = { z, label, dz };
    int count = 0;
    for (int n = 0; n < size[0]; n++) count += ((const int *)label)[n] >= 0;
    j.run = (any_fn *)run;
    j.items = size[0], j.C = size[1], j.share = 1 / (float)(count ? count : 1), j.buf = buf;
    double total = shared_sum(&j, xent_piece);
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
#define TWO(f, F, how_forward, how_with_derivative)                                  \
    { #f "_forward", .how = how_forward, EACH(F##_FORWARD) },                        \
    {                                                                                \
#f "_with_derivative", .how = how_with_derivative, EACH(F##_WITH_DERIVATIVE) \
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
    { "bce_logits_with_gradient", .call = bce_logits_with_gradient, .how = "expf_u10, log1pf_u10",
      PEER_BCE_LOGITS_GRADIENT },
    { "xent_forward", .call = xent_forward, .how = "expf_u10" },
    { "xent_with_gradient", .call = xent_with_gradient, .how = "expf_u10", PEER_XENT_GRADIENT },
    { 0 },
};

/* ---- opening ---- */

/* the functions of `width` floats for that instruction set; 0 if one is missing, whose
 * name is then in `name` */
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
    p->set_threads = team_use;
    free(file);
    return ok;
}
