/* contract.c - does the code keep the rules of the call? Differences miss half of the bugs of this kind.
 *
 * The callbacks run at the point once more, many times: again, into outputs that hold other values before,
 * with twice the upstream gradient and with none, after a call at another point, at other addresses.
 * Inputs are read-only meanwhile and every array has a guard page on one side; the second set of arrays
 * has it on the other side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

/* One set of arrays: the run's own, or copies elsewhere. */
struct scene {
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], dout[GC_MAX_TENSORS], din[GC_MAX_TENSORS];
};

/* What the callbacks gave, in double (which is exact). */
struct values {
    double *out[GC_MAX_TENSORS], *g[GC_MAX_TENSORS];
};

struct test {
    struct gc_run *run;
    struct scene here, there;
    struct values base, now, again;
    double spread; /* of repeated calls, relative to the largest value: 0 unless sums run in varying order */
    const char *doing;
    int lenient; /* a refusal is no offence now */
    int alone;   /* the next backward comes without the forward that it may need */
    int broken;  /* the rest is not run */
};

/* Two numbers that should have been the same. */
struct gap {
    size_t i;
    double was, is, rel; /* rel: to the largest of all */
};

static const char *name_of(const gc_tensor *t)
{
    return t->name ? t->name : "?";
}

static int same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || a == b || (!gc_is_finite(a) && !gc_is_finite(b));
}

static double largest(const double *a, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (gc_is_finite(a[i]) && fabs(a[i]) > most) most = fabs(a[i]);
    return most;
}

/* Does b differ from factor * a by more than tol times the largest? *gap: where most. Products so small that
 * they may have lost bits to underflow are left out. */
static int differ(const double *a, const double *b, size_t n, double factor, double tol, gc_dtype dt,
                  struct gap *gap)
{
    double size = fabs(factor) * largest(a, n), worst = 0, least = dt == GC_F32 ? 0x1p-96 : 0x1p-960;
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        double want = factor * a[i];
        if (same(want, b[i]) || (fabs(want) < least && fabs(b[i]) < least)) continue;
        double off = fabs(want - b[i]);
        if (gc_is_finite(off) && off <= tol * size) continue;
        if (found && !(off > worst)) continue;
        found = 1, worst = off;
        *gap = (struct gap){ i, want, b[i], size > 0 ? off / size : HUGE_VAL };
    }
    return found;
}

/* ---- calls ---- */

static gc_finding *broken(struct test *c, int tensor, const char *detail)
{
    gc_finding *f = gc_note(c->run->r, GC_CONTRACT, tensor, c->run->point, GC_CONTRACT_BROKEN);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    c->broken = 1;
    return f;
}

static void hold(gc_tensor *t, int n, int yes)
{
    if (!gc_is_child()) return; /* here a fault would end the program */
    for (int i = 0; i < n; i++)
        if (t[i].data) gc_memory_read_only(t[i].data, yes);
}

static int intact(struct test *c, const char *who, const gc_tensor *t, int n)
{
    char location[GC_TEXT];
    for (int i = 0; i < n; i++) {
        if (!t[i].data || gc_memory_intact(t[i].data, location, sizeof location)) continue;
        gc_text(broken(c, -1, "guard page")->reason, GC_TEXT,
                "%s wrote %s: compare its loop bounds with the tensor's dim[]", who, location);
        return 0;
    }
    return 1;
}

static void fill(gc_tensor *t, size_t n, double value)
{
    for (size_t i = 0; t->data && i < n; i++) gc_set(t, i, value);
}

static void read_out(const struct test *c, const struct scene *s, struct values *v)
{
    for (int k = 0; k < c->run->p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) v->out[k][i] = gc_get(&s->out[k], i);
}

static void read_gradient(const struct test *c, const struct scene *s, struct values *v)
{
    for (int t = 0; t < c->run->p->nin; t++)
        for (size_t i = 0; v->g[t] && i < c->run->nin[t]; i++) v->g[t][i] = gc_get(&s->din[t], i);
}

/* A refusal, where the same callback took the point before, is a broken contract too. */
static int refused(struct test *c, const char *who)
{
    if (c->lenient) return 0;
    gc_text(broken(c, -1, "refused")->reason, GC_TEXT, "%s took the point at first and refuses it now (%s)",
            who, c->doing);
    return 0;
}

/* Runs the forward on outputs that hold `start`. */
static int forward(struct test *c, struct scene *s, double start, struct values *v)
{
    const gc_problem *p = c->run->p;
    if (!p->forward) return 1;
    for (int k = 0; k < p->nout; k++) fill(&s->out[k], c->run->nout[k], start);
    gc_stage(c->run->r, "forward, contract: %s, point %d", c->doing, c->run->point);
    hold(s->in, p->nin, 1);
    c->run->r->forwards++;
    int code = p->forward(p->ctx, s->in, s->out);
    hold(s->in, p->nin, 0);
    if (code) return refused(c, "forward");
    if (!intact(c, "forward", s->in, p->nin) || !intact(c, "forward", s->out, p->nout)) return 0;
    read_out(c, s, v);
    return 1;
}

/* Runs the backward on gradients that hold `start`. */
static int backward(struct test *c, struct scene *s, double start, struct values *v)
{
    const gc_problem *p = c->run->p;
    if (!p->backward) return 1;
    if (c->run->caches && !c->alone && !forward(c, s, (double)NAN, &c->again)) return 0;
    for (int t = 0; t < p->nin; t++) fill(&s->din[t], c->run->nin[t], start);
    gc_stage(c->run->r, "backward, contract: %s, point %d", c->doing, c->run->point);
    hold(s->in, p->nin, 1), hold(s->out, p->nout, 1), hold(s->dout, p->nout, 1);
    c->run->r->backwards++;
    int code = p->backward(p->ctx, s->in, s->out, s->dout, s->din);
    hold(s->in, p->nin, 0), hold(s->out, p->nout, 0), hold(s->dout, p->nout, 0);
    if (code) return refused(c, "backward");
    if (!intact(c, "backward", s->in, p->nin) || !intact(c, "backward", s->out, p->nout) ||
        !intact(c, "backward", s->dout, p->nout) || !intact(c, "backward", s->din, p->nin))
        return 0;
    read_gradient(c, s, v);
    return 1;
}

/* What gradients must hold before a backward: nothing, or zeros if it adds. */
static double nothing(const struct test *c)
{
    return c->run->p->accumulate ? 0 : (double)NAN;
}

/* ---- comparing with the first call ---- */

/* A spread that sums in varying order may have. */
static double rounding(gc_dtype dt)
{
    return dt == GC_F32 ? 1e-5 : 1e-13;
}

static double slack(const struct test *c, gc_dtype dt, int moved)
{
    double other_order =
        dt == GC_F32 ? 1e-4 : 1e-9; /* at other addresses vector loops may sum in another order */
    double repeated = 10 * c->spread;
    return moved && other_order > repeated ? other_order : repeated;
}

/* The first output that is not as it was; -1: all are. */
static int changed_output(const struct test *c, const struct values *v, int moved, struct gap *gap)
{
    for (int k = 0; k < c->run->p->nout; k++) {
        gc_dtype dt = c->run->p->out[k].dt;
        if (differ(c->base.out[k], v->out[k], c->run->nout[k], 1, slack(c, dt, moved), dt, gap)) return k;
    }
    return -1;
}

static int changed_gradient(const struct test *c, const struct values *v, double factor, int moved,
                            struct gap *gap)
{
    for (int t = 0; t < c->run->p->nin; t++) {
        gc_dtype dt = c->run->p->in[t].dt;
        if (!v->g[t] || c->run->bad[t]) continue;
        if (differ(c->base.g[t], v->g[t], c->run->nin[t], factor, slack(c, dt, moved), dt, gap)) return t;
    }
    return -1;
}

/* The same; a change of some roundings is put down to varying order if calls alike show such a spread, too,
 * which a few calls may not have shown (atomic additions rarely meet). */
static int really_changed(struct test *c, double factor, struct gap *gap)
{
    struct gap other;
    const char *doing = c->doing;
    int t = changed_gradient(c, &c->now, factor, 0, gap);
    if (t < 0 || !(gap->rel <= rounding(c->run->p->in[t].dt))) return t;
    c->doing = "repeat";
    for (int again = 0; again < 8 && backward(c, &c->here, nothing(c), &c->again); again++)
        if (changed_gradient(c, &c->again, 1, 0, &other) >= 0) c->spread = fmax(c->spread, other.rel);
    c->doing = doing;
    return changed_gradient(c, &c->now, factor, 0, gap);
}

/* A finding about element gap->i of the gradient of input t. */
static gc_finding *broken_gradient(struct test *c, int t, const char *detail, const struct gap *gap)
{
    gc_finding *f = broken(c, t, detail);
    f->is_element = 1, f->index = gap->i;
    f->analytic = gap->is, f->numeric = gap->was;
    return f;
}

#define EACH "element %zu of %s%s is %.9g, and was %.9g"

/* ---- the tests ---- */

/* Three calls alike. A spread of some roundings is a sum in varying order, and is only reported. */
static void test_repeat(struct test *c)
{
    struct gap gap;
    double most = 0;
    const gc_problem *p = c->run->p;
    c->doing = "repeat";
    for (int again = 0; again < 2; again++) {
        if (!forward(c, &c->here, (double)NAN, &c->now)) return;
        int k = changed_output(c, &c->now, 0, &gap);
        if (k >= 0) {
            if (!(gap.rel <= rounding(p->out[k].dt)))
                gc_text(broken(c, -1, "repeat")->reason, GC_TEXT,
                        "forward called again with the same inputs gives something else: " EACH
                        " (spread %.0e); something is not initialised or is kept between calls",
                        gap.i, "", name_of(&p->out[k]), gap.is, gap.was, gap.rel);
            most = fmax(most, gap.rel);
        }
        if (c->broken || !backward(c, &c->here, nothing(c), &c->now)) return;
        int t = changed_gradient(c, &c->now, 1, 0, &gap);
        if (t >= 0) {
            if (!(gap.rel <= rounding(p->in[t].dt)))
                gc_text(broken_gradient(c, t, "repeat", &gap)->reason, GC_TEXT,
                        "backward called again with the same arguments gives something else: " EACH
                        " (spread %.0e); something is not initialised, kept between calls, or added by two "
                        "threads at once",
                        gap.i, "d", name_of(&p->in[t]), gap.is, gap.was, gap.rel);
            most = fmax(most, gap.rel);
        }
        if (c->broken) return;
    }
    c->spread = most;
}

/* What the arrays held before a call must not show in what they hold after it. */
static void test_poison(struct test *c)
{
    struct gap gap;
    const gc_problem *p = c->run->p;
    c->doing = "poison";
    if (!forward(c, &c->here, 1e3, &c->now)) return;
    int k = changed_output(c, &c->now, 0, &gap);
    if (k >= 0) {
        gc_text(broken(c, -1, "poison")->reason, GC_TEXT,
                "forward gives another result when its outputs hold 1000 before the call instead of NaN "
                "(element %zu of %s: "
                "%.9g, %.9g): it reads or adds to them, or leaves some unwritten",
                gap.i, name_of(&p->out[k]), gap.is, gap.was);
        return;
    }
    if (p->accumulate || !backward(c, &c->here, 1e3, &c->now)) return;
    int t = really_changed(c, 1, &gap);
    if (t < 0) return;
    const char *what =
        gap.is == 1e3 ? "it never writes that element" : "it reads or adds to what was there before";
    gc_text(broken_gradient(c, t, "poison", &gap)->reason, GC_TEXT,
            "backward gives another gradient when d%s holds 1000 before the call instead of NaN (element "
            "%zu: %.9g, %.9g): "
            "%s",
            name_of(&p->in[t]), gap.i, gap.is, gap.was, what);
}

/* A backward that adds: what was there plus the gradient, to some roundings of the sum. */
static void test_accumulate(struct test *c)
{
    const gc_problem *p = c->run->p;
    c->doing = "accumulate";
    for (int t = 0; p->accumulate && t < p->nin; t++) {
        if (!c->now.g[t] || c->run->bad[t]) continue;
        double there = largest(c->base.g[t], c->run->nin[t]);
        double tol = p->in[t].dt == GC_F32 ? 1e-3 : 1e-9;
        if (!(there > 0)) there = 1;
        if (!backward(c, &c->here, there, &c->now)) return;
        for (size_t i = 0; i < c->run->nin[t]; i++) {
            double want = c->base.g[t][i] + there, got = c->now.g[t][i];
            if (fabs(got - want) <= tol * there) continue;
            struct gap gap = { i, want, got, 0 };
            gc_text(broken_gradient(c, t, "accumulate", &gap)->reason, GC_TEXT,
                    "backward must add to d%s, which held %.9g, and makes element %zu %.9g instead of %.9g: "
                    "use +=, or unset "
                    "accumulate",
                    name_of(&p->in[t]), there, i, got, want);
            return;
        }
    }
}

static void load_upstream(struct test *c, struct scene *s, double factor)
{
    for (int k = 0; k < c->run->p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) gc_set(&s->dout[k], i, factor * c->run->v[k][i]);
}

/* The gradient is linear in the upstream gradient, and a factor of two costs no rounding. */
static void test_upstream(struct test *c)
{
    struct gap gap;
    const gc_problem *p = c->run->p;
    if (p->no_upstream || !p->backward) return;
    c->doing = "doubling";
    load_upstream(c, &c->here, 2);
    int ran = backward(c, &c->here, nothing(c), &c->now);
    load_upstream(c, &c->here, 1);
    int t = ran ? really_changed(c, 2, &gap) : -1;
    if (t >= 0) {
        int ignored = changed_gradient(c, &c->now, 1, 0, &(struct gap){ 0 }) < 0;
        gc_text(broken_gradient(c, t, "doubling", &gap)->reason, GC_TEXT,
                "twice the upstream gradient must give exactly twice the gradient, but element %zu of d%s is "
                "%.9g instead of "
                "%.9g: %s",
                gap.i, name_of(&p->in[t]), gap.is, gap.was,
                ignored ? "backward ignores dout" : "backward is not linear in dout");
        return;
    }
    c->doing = "zero upstream";
    load_upstream(c, &c->here, 0);
    ran = ran && backward(c, &c->here, nothing(c), &c->now);
    load_upstream(c, &c->here, 1);
    t = ran ? changed_gradient(c, &c->now, 0, 0, &gap) : -1;
    if (t >= 0)
        gc_text(broken_gradient(c, t, "zero upstream", &gap)->reason, GC_TEXT,
                "an upstream gradient of zeros must give zeros, but element %zu of d%s is %.9g: %s", gap.i,
                name_of(&p->in[t]), gap.is,
                gc_is_finite(gap.is) ? "something is added that does not come from dout"
                                     : "look for a division by dout or by its sum");
}

static int open_tensor(gc_tensor *to, const gc_tensor *like, const char *prefix)
{
    char name[GC_NAME + 1];
    size_t bytes = gc_elements(like) * gc_size_of(like->dt);
    *to = *like;
    to->data = gc_memory_new_low(bytes);
    if (!to->data) return 0;
    gc_text(name, sizeof name, "%s%s", prefix, name_of(like));
    gc_memory_name(to->data, name);
    memset(to->data, 0, bytes);
    return 1;
}

static void close_there(struct test *c)
{
    for (int i = 0; i < GC_MAX_TENSORS; i++) {
        gc_memory_free(c->there.in[i].data), gc_memory_free(c->there.out[i].data);
        gc_memory_free(c->there.din[i].data), gc_memory_free(c->there.dout[i].data);
    }
    memset(&c->there, 0, sizeof c->there);
}

/* Arrays at addresses that no call has seen. */
static int open_there(struct test *c)
{
    const gc_problem *p = c->run->p;
    int fine = 1;
    close_there(c);
    for (int t = 0; t < p->nin; t++) {
        c->there.din[t] = p->in[t];
        c->there.din[t].data = NULL;
        fine &= open_tensor(&c->there.in[t], &p->in[t], "");
        if (c->here.din[t].data) fine &= open_tensor(&c->there.din[t], &p->in[t], "d");
    }
    for (int k = 0; k < p->nout; k++)
        fine &=
            open_tensor(&c->there.out[k], &p->out[k], "") && open_tensor(&c->there.dout[k], &p->out[k], "d");
    if (!fine) {
        gc_finding *f = gc_note(c->run->r, GC_CONTRACT, -1, c->run->point, GC_INCONCLUSIVE);
        gc_text(f->detail, sizeof f->detail, "memory");
        gc_text(f->reason, sizeof f->reason, "out of memory for a second set of arrays");
        c->broken = 1;
    }
    return fine;
}

static void copy_data(gc_tensor *to, const gc_tensor *from, size_t n)
{
    memcpy(to->data, from->data, n * gc_size_of(from->dt));
}

/* The first numbers, there. */
static void load_there(struct test *c)
{
    for (int t = 0; t < c->run->p->nin; t++) copy_data(&c->there.in[t], &c->here.in[t], c->run->nin[t]);
    for (int k = 0; k < c->run->p->nout; k++) copy_data(&c->there.dout[k], &c->here.dout[k], c->run->nout[k]);
}

/* Another point nearby, legal where x is: every element times a number between 1/2 and 1. */
static void move_there(struct test *c)
{
    for (int t = 0; t < c->run->p->nin; t++) {
        if (!gc_has_gradient(c->run, t) || c->run->in[t].flags & GC_FIXED) continue;
        for (size_t i = 0; i < c->run->nin[t]; i++) {
            double factor = 1 - 0.5 * gc_random_unit(c->run->o.seed, 7000 + (uint64_t)t, i);
            gc_set(&c->there.in[t], i, factor * c->run->x[t][i]);
        }
    }
}

/* Forward and backward of the second arrays; 0 if they were not as at first, which is then
 * told with these words. */
static int same_there(struct test *c, const char *detail, const char *words)
{
    struct gap gap;
    const gc_problem *p = c->run->p;
    if (!forward(c, &c->there, (double)NAN, &c->now)) return 0;
    int k = changed_output(c, &c->now, 1, &gap);
    if (k >= 0) {
        gc_text(broken(c, -1, detail)->reason, GC_TEXT, "forward %s: " EACH, words, gap.i, "",
                name_of(&p->out[k]), gap.is, gap.was);
        return 0;
    }
    if (!backward(c, &c->there, nothing(c), &c->now)) return 0;
    int t = changed_gradient(c, &c->now, 1, 1, &gap);
    if (t >= 0)
        gc_text(broken_gradient(c, t, detail, &gap)->reason, GC_TEXT, "backward %s: " EACH, words, gap.i, "d",
                name_of(&p->in[t]), gap.is, gap.was);
    return t < 0;
}

/* Half of every number, so that a pointer kept from an earlier call is seen. */
static void scramble_here(struct test *c)
{
    const gc_problem *p = c->run->p;
    for (int t = 0; t < p->nin; t++)
        for (size_t i = 0; c->run->x[t] && i < c->run->nin[t]; i++)
            gc_set(&c->here.in[t], i, 0.5 * c->run->x[t][i]);
    for (int k = 0; k < p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) gc_set(&c->here.out[k], i, 0.5 * c->base.out[k][i]);
    load_upstream(c, &c->here, 0.5);
}

static void restore_here(struct test *c)
{
    const gc_problem *p = c->run->p;
    for (int t = 0; t < p->nin; t++)
        for (size_t i = 0; c->run->x[t] && i < c->run->nin[t]; i++)
            gc_set(&c->here.in[t], i, c->run->x[t][i]);
    for (int k = 0; k < p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) gc_set(&c->here.out[k], i, c->base.out[k][i]);
    load_upstream(c, &c->here, 1);
}

static void test_addresses(struct test *c)
{
    c->doing = "other addresses";
    if (!open_there(c)) return;
    load_there(c);
    if (!c->run->p->forward)
        for (int k = 0; k < c->run->p->nout; k++)
            copy_data(&c->there.out[k], &c->here.out[k], c->run->nout[k]);
    scramble_here(c);
    same_there(c, "other addresses", "gives another result when the same numbers lie elsewhere in memory");
}

/* Is the gradient right again just after its forward? Then the forward leaves behind what its backward
 * uses, as much code does, and from here on a forward comes before every backward. */
static int is_cached(struct test *c)
{
    struct gap gap;
    c->run->caches = 1;
    for (int again = 0; again < 3 && c->run->caches; again++)
        c->run->caches =
            backward(c, &c->here, nothing(c), &c->now) && changed_gradient(c, &c->now, 1, 0, &gap) < 0;
    if (!c->run->caches) return 0;
    gc_text(c->run->r->calls, GC_TEXT,
            "the backward uses what the forward before it left behind: it must be called just after its own");
    return !c->broken;
}

/* Nothing of a call may be kept for the next, unless it is the forward of this backward. */
static void test_stale(struct test *c)
{
    struct gap gap;
    const gc_problem *p = c->run->p;
    c->doing = "stale state";
    if (!open_there(c)) return;
    load_there(c);
    move_there(c);
    c->lenient = 1; /* the other point need not be legal */
    int legal = p->forward && forward(c, &c->there, (double)NAN, &c->now);
    c->lenient = 0;
    c->alone = 1;
    int ran = !c->broken && legal && backward(c, &c->here, nothing(c), &c->now);
    c->alone = 0;
    if (!ran) return;
    int t = really_changed(c, 1, &gap);
    if (t >= 0 && !is_cached(c)) {
        gc_text(broken_gradient(c, t, "stale state", &gap)->reason, GC_TEXT,
                "backward gives another gradient after a forward at another point (element %zu of d%s: %.9g, "
                "%.9g): it uses "
                "what the last forward left behind; it gets in and out, and can take or recompute everything "
                "from them",
                gap.i, name_of(&p->in[t]), gap.is, gap.was);
        return;
    }
    c->lenient = 1;
    legal = backward(c, &c->there, nothing(c), &c->now);
    c->lenient = 0;
    if (!legal) return;
    load_there(c); /* where the other point's numbers were */
    same_there(c, "stale cache", "keeps results by address: the array holds other numbers now, yet");
}

/* ---- all of them ---- */

static int open_values(struct values *v, const struct gc_run *run)
{
    int fine = 1;
    for (int k = 0; k < run->p->nout; k++) fine &= !!(v->out[k] = calloc(run->nout[k], sizeof(double)));
    for (int t = 0; t < run->p->nin; t++)
        if (run->din[t].data) fine &= !!(v->g[t] = calloc(run->nin[t], sizeof(double)));
    return fine;
}

static int open_test(struct test *c)
{
    struct gc_run *run = c->run;
    int fine = open_values(&c->base, run) && open_values(&c->now, run) && open_values(&c->again, run);
    memcpy(c->here.in, run->in, sizeof run->in), memcpy(c->here.din, run->din, sizeof run->din);
    memcpy(c->here.out, run->out, sizeof run->out), memcpy(c->here.dout, run->dout, sizeof run->dout);
    return fine;
}

static void close_test(struct test *c)
{
    close_there(c);
    for (int i = 0; i < GC_MAX_TENSORS; i++) {
        free(c->base.out[i]), free(c->base.g[i]), free(c->now.out[i]), free(c->now.g[i]);
        free(c->again.out[i]), free(c->again.g[i]);
    }
}

static void run_tests(struct test *c)
{
    static void (*const tests[])(struct test *) = { test_repeat,   test_poison,    test_accumulate,
                                                    test_upstream, test_addresses, test_stale };
    c->doing = "first call";
    if (!forward(c, &c->here, (double)NAN, &c->base) || !backward(c, &c->here, nothing(c), &c->base)) return;
    for (size_t k = 0; k < sizeof tests / sizeof *tests && !c->broken; k++) {
        tests[k](c);
        restore_here(c);
    }
}

void gc_test_contract(struct gc_run *run)
{
    struct test c = { .run = run };
    if (open_test(&c)) {
        run_tests(&c);
    } else {
        c.broken = 1;
        gc_finding *f = gc_note(run->r, GC_CONTRACT, -1, run->point, GC_INCONCLUSIVE);
        gc_text(f->detail, sizeof f->detail, "memory");
        gc_text(f->reason, sizeof f->reason, "out of memory for copies of the gradients");
    }
    if (!c.broken) {
        gc_finding *f = gc_note(run->r, GC_CONTRACT, -1, run->point, GC_PASS);
        gc_text(f->detail, sizeof f->detail, "all rules of the call");
        f->error_bar = c.spread;
    }
    close_test(&c);
}
