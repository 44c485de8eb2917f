/* peer_frameworks.c - the optimizers of PyTorch and JAX as peers: a Python program (peer_frameworks.py, whose
 * text is in this program) makes steps in processes of their own, one for each framework and number of
 * threads, on the same cores as the rungs' threads.
 *
 * A step from the arrays of the call is checked like a rung's. What is timed is a batch of steps, by the
 * child's clock: the loop in which a training calls them, without the pipe. */
#include "peer_frameworks.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/cpus.h"
#include "pinning.h"

/* ---- processes ---- */

enum { SEATS = 8 }; /* numbers of threads that one bench asks for */

struct seat {
    int threads; /* 0: free */
    struct peer_child child;
    const struct peer_op *op; /* what it has the arrays of; NULL: nothing */
    size_t n;
    uint64_t arrays; /* their checksum */
};

static struct framework {
    const char *name, *get;
    int threads;
    struct peer *peer;
    struct seat seat[SEATS];
} frameworks[FRAMEWORKS] = {
    { .name = "torch_fused", .get = "python3 -m pip install torch numpy" },
    { .name = "torch_foreach", .get = "python3 -m pip install torch numpy" },
    { .name = "jax", .get = "python3 -m pip install jax optax" },
};

static const char *interpreter(void)
{
    const char *own = getenv("RUNGS_PEER_PYTHON");
    return own && *own ? own : "python3";
}

/* its first line: "ready TEXT", or why there is nothing to race; 0 and the reason in child->lost */
static int greet(struct seat *s, char line[PEER_LINE])
{
    if (!peer_child_line(&s->child, line)) return 0;
    if (!strncmp(line, "ready ", 6)) return 1;
    if (!strncmp(line, "absent ", 7)) return peer_child_lose(&s->child, "%.150s", line + 7);
    return peer_child_lose(&s->child, "it answers '%.60s'", line);
}

static int start(const struct framework *f, struct seat *s, char line[PEER_LINE])
{
    char threads[12], cpus[6 * PINNING_MAX] = "";
    const char *argv[] = { interpreter(), "-c", peer_frameworks_text, f->name, threads, cpus, NULL };
    snprintf(threads, sizeof threads, "%d", s->threads);
    for (int k = 0, used = 0; k < pinning_cores(); k++)
        used += snprintf(cpus + used, sizeof cpus - (size_t)used, k ? ",%d" : "%d", pinning_cpus()->id[k]);
    return peer_child_start(&s->child, argv) && greet(s, line);
}

/* The process for as many threads as were set, started if it was not; NULL where the framework is lost */
static struct seat *seat_of(struct framework *f)
{
    char line[PEER_LINE];
    for (int k = 0; k < SEATS && !*f->peer->lost; k++) {
        struct seat *s = &f->seat[k];
        if (s->threads == f->threads) return s;
        if (s->threads) continue;
        s->threads = f->threads;
        if (start(f, s, line)) return s;
        snprintf(f->peer->lost, sizeof f->peer->lost, "%s", s->child.lost);
    }
    return NULL;
}

/* the child is lost, and with it the framework; returns 0 */
static int lose(struct framework *f, const struct seat *s)
{
    if (!*f->peer->lost) snprintf(f->peer->lost, sizeof f->peer->lost, "%s", s->child.lost);
    return 0;
}

void peer_frameworks_close(void)
{
    for (struct framework *f = frameworks; f < frameworks + FRAMEWORKS; f++)
        for (int k = 0; k < SEATS; k++) peer_child_end(&f->seat[k].child);
}

/* ---- requests ---- */

static struct framework *framework_of(const struct peer *p)
{
    for (struct framework *f = frameworks; f < frameworks + FRAMEWORKS; f++)
        if (!strcmp(f->name, p->name)) return f;
    return NULL;
}

static int say(struct seat *s, const char *text)
{
    return peer_child_send(&s->child, text, strlen(text));
}

/* "open adam_step 1000 dw,w,m,v lr=0.001 ... t=3" */
static void opening(const struct op *op, size_t n, char *text, size_t room)
{
    int used = snprintf(text, room, "open %s %zu ", op->name, n);
    for (int a = 0; a < op->narg; a++)
        used += snprintf(text + used, room - (size_t)used, "%s%s", a ? "," : "", op->arg[a].name);
    for (int k = 0; k < op->nscalar; k++) {
        const struct scalar *v = &op->scalar[k];
        double value = v->kind == SCALAR_REAL ? v->real : (double)v->count;
        used += snprintf(text + used, room - (size_t)used, " %s=%.17g", v->name, value);
    }
    snprintf(text + used, room - (size_t)used, "\n");
}

static uint64_t checksum(const struct op *op, size_t n, void *const *buf)
{
    uint64_t sum = 0;
    for (int a = 0; a < op->narg; a++)
        for (size_t k = 0; k < n; k++) sum = (sum ^ ((const uint32_t *)buf[a])[k]) * 0x9e3779b97f4a7c15u;
    return sum;
}

/* gives the child the arrays, if it does not have them; 0 where it is lost */
static int give(struct seat *s, const struct peer_op *o, const struct op *op, size_t n, void *const *buf)
{
    char text[512], line[PEER_LINE];
    uint64_t arrays = checksum(op, n, buf);
    if (s->op == o && s->n == n && s->arrays == arrays) return 1;
    opening(op, n, text, sizeof text);
    if (!say(s, text)) return 0;
    for (int a = 0; a < op->narg; a++)
        if (!peer_child_send(&s->child, buf[a], n * sizeof(float))) return 0;
    if (!peer_child_line(&s->child, line)) return 0;
    if (strcmp(line, "ok")) return peer_child_lose(&s->child, "it answers '%.100s'", line);
    s->op = o, s->n = n, s->arrays = arrays;
    return 1;
}

/* one step from what is in buf, into buf */
static int step(struct seat *s, const struct op *op, size_t n, void *const *buf)
{
    char line[PEER_LINE];
    if (!say(s, "once\n") || !peer_child_line(&s->child, line)) return 0;
    if (strcmp(line, "outputs")) return peer_child_lose(&s->child, "it answers '%.100s'", line);
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access != ARG_IN && !peer_child_receive(&s->child, buf[a], n * sizeof(float)))
            return 0;
    return 1;
}

static void call(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const struct op *op = op_find(o->op);
    struct framework *f = framework_of(p);
    struct seat *s = seat_of(f);
    size_t n = op_elements(op, 0, size);
    if (!s || !give(s, o, op, n, buf) || !step(s, op, n, buf))
        if (s) lose(f, s);
}

static double batch(const struct peer *p, const struct peer_op *o, long calls)
{
    char text[40], line[PEER_LINE], *end;
    struct framework *f = framework_of(p);
    struct seat *s = seat_of(f);
    if (!s || s->op != o) return (double)NAN;
    snprintf(text, sizeof text, "batch %ld\n", calls);
    double begin = clock_seconds();
    if (!say(s, text) || !peer_child_line(&s->child, line)) return lose(f, s), (double)NAN;
    double elapsed = clock_seconds() - begin, seconds = strtod(line + 8, &end);
    if (!strncmp(line, "seconds ", 8) && !*end && seconds > 0 && seconds <= elapsed) return seconds;
    peer_child_lose(&s->child, "it answers '%.60s' to a batch that took %.3g s", line, elapsed);
    return lose(f, s), (double)NAN;
}

/* ---- as peers ---- */

#define STEPS(sgd, momentum, adam, adamw, more)                                       \
    {                                                                                 \
        { .op = "sgd_step", .call = call, .batch = batch, .how = sgd },               \
            { .op = "momentum_step", .call = call, .batch = batch, .how = momentum }, \
            { .op = "adam_step", .call = call, .batch = batch, .how = adam, more },   \
            { .op = "adamw_step", .call = call, .batch = batch, .how = adamw, more }, \
        {                                                                             \
            0                                                                         \
        }                                                                             \
    }
#define NO_MORE .detail = NULL
/* optax takes 1 - beta^t in float: of a small t, few digits are left */
#define CORRECTIONS .formula = "1 - beta^t", .all_terms = peer_terms_adam

static const struct peer_op torch_ops[] =
    STEPS("torch.optim.SGD", "torch.optim.SGD", "torch.optim.Adam", "torch.optim.AdamW", NO_MORE),
                            jax_ops[] =
                                STEPS("optax.sgd", "optax.sgd", "optax.adam", "optax.adamw", CORRECTIONS);

static void set_fused(int threads)
{
    frameworks[0].threads = threads;
}

static void set_foreach(int threads)
{
    frameworks[1].threads = threads;
}

static void set_jax(int threads)
{
    frameworks[2].threads = threads;
}

const struct peer_op *peer_framework_ops(int which)
{
    return which == 2 ? jax_ops : torch_ops;
}

void peer_framework_open(struct peer *p, int which)
{
    static void (*const set[FRAMEWORKS])(int) = { set_fused, set_foreach, set_jax };
    struct framework *f = &frameworks[which];
    char line[PEER_LINE];
    f->peer = p;
    f->threads = 1;
    p->set_threads = set[which];
    f->seat[0].threads = 1;
    p->open = start(f, &f->seat[0], line);
    if (p->open)
        snprintf(p->pick, sizeof p->pick, "%.150s", line + 6);
    else
        snprintf(p->pick, sizeof p->pick, "is not here (%.60s); to race it: %s", f->seat[0].child.lost,
                 f->get);
}
