/* optimizer.c - five-step trajectories of an optimizer against its rule, and the mistake
 * that explains a wrong one.
 *
 * "The loss falls" passes most wrong optimizers; five steps in long double do not. A weight may be off by
 * rtol times its path (how far it would go if no terms cancelled, so that a large weight hides nothing) plus
 * the rounding of the weight itself. A third of the weights start at zero for that reason. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"
#include "rule.h"

enum { STEPS = 5, LARGEST = 129, MAX_WALKS = 40 };

enum kind { RANDOM, ZERO, TINY, LARGE, MIXED, FALLING };

static const char *const kind_words[] = { "random g", "g = 0",        "g of 1e-7",
                                          "g of 1e4", "g around eps", "falling g" };

/* One trajectory: what the step under test made of w. */
struct walk {
    enum kind kind;
    size_t n;
    int low;       /* arrays that begin after a guard page, in place of ending at one */
    uint64_t salt; /* another draw */
    double *w;     /* [STEPS][n] */
};

/* The worst weight of a comparison. */
struct worst {
    const struct walk *walk;
    int t;
    size_t i;
    double got, want, path, allowed, ratio; /* ratio: |got - want| / allowed, infinite for a NaN */
};

struct job {
    const gc_optimizer *opt;
    gc_options o;
    gc_result *r;
    double rtol, u;
    int walks;
    struct walk walk[MAX_WALKS];
};

static double gradient(const struct job *j, const struct walk *k, int t, size_t i)
{
    uint64_t stream = (k->salt * 8 + (uint64_t)k->kind) * STEPS + (uint64_t)t;
    double a = gc_random_unit(j->o.seed, stream, 2 * i), b = gc_random_unit(j->o.seed, stream, 2 * i + 1);
    double size = (a < 0.5 ? -1 : 1) * (0.5 + b), g = 0;
    double least = j->opt->eps > 1e-10 ? j->opt->eps : 1e-10;
    switch (k->kind) {
    case RANDOM: g = 2 * size; break;
    case ZERO: break;
    case TINY: g = 1e-7 * size; break;
    case LARGE: g = 1e4 * size; break;
    case FALLING: g = pow(100, 1 - t) * size; break; /* second moments fall too */
    case MIXED: g = least * pow(10, (double)(i % 9)) / 10 * size; break;
    }
    return j->opt->dt == GC_F32 ? (double)(float)g : g;
}

/* A third of the weights are of size 1, a third of the size of a step, a third zero. */
static double start(const struct job *j, const struct walk *k, size_t i)
{
    double w = 2 * gc_random_unit(j->o.seed, ((uint64_t)1 << 20) + k->salt, i) - 1;
    if (i % 3 == 0) w = 0;
    if (i % 3 == 1) w *= j->opt->rule == GC_OWN_RULE ? 1e-3 : j->opt->lr;
    return j->opt->dt == GC_F32 ? (double)(float)w : w;
}

/* ---- the step under test ---- */

enum { G, W, S0, S1, ARRAYS };

struct arrays {
    gc_tensor a[ARRAYS];
};

static void close_arrays(struct arrays *s)
{
    for (int a = 0; a < ARRAYS; a++) gc_memory_free(s->a[a].data);
}

static int open_arrays(const struct job *j, const struct walk *k, struct arrays *s)
{
    static const char *const names[] = { "g", "w", "s0", "s1" };
    memset(s, 0, sizeof *s);
    for (int a = 0; a < ARRAYS; a++) {
        size_t n = a == S1 ? k->n * (size_t)(gc_rule_states(j->opt) - 1) : k->n;
        size_t bytes = n * gc_size_of(j->opt->dt);
        s->a[a] = (gc_tensor){ .name = names[a], .dt = j->opt->dt, .nd = 1, .dim = { n } };
        s->a[a].data = k->low ? gc_memory_new_low(bytes) : gc_memory_new(bytes);
        if (!s->a[a].data) {
            close_arrays(s);
            return 0;
        }
        gc_memory_name(s->a[a].data, names[a]);
        memset(s->a[a].data, 0, bytes);
    }
    for (size_t i = 0; i < k->n; i++) gc_set(&s->a[W], i, start(j, k, i));
    return 1;
}

static gc_finding *broken(struct job *j, const char *detail)
{
    gc_finding *f = gc_note(j->r, GC_CONTRACT, 0, 0, GC_CONTRACT_BROKEN);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    return f;
}

/* One step; w afterwards goes to `to`. 0 if it refused or wrote where it must not. */
static int one_step(struct job *j, const struct walk *k, struct arrays *s, int t, double *to)
{
    char location[GC_TEXT];
    gc_stage(j->r, "step, t = %d, n = %zu, %s", t, k->n, kind_words[k->kind]);
    for (size_t i = 0; i < k->n; i++) gc_set(&s->a[G], i, gradient(j, k, t, i));
    if (gc_is_child()) gc_memory_read_only(s->a[G].data, 1);
    j->r->forwards++;
    int code = j->opt->step(j->opt->ctx, t, k->n, s->a[G].data, s->a[W].data, s->a[S0].data, s->a[S1].data);
    gc_memory_read_only(s->a[G].data, 0);
    if (code) {
        gc_text(broken(j, "refused")->reason, GC_TEXT,
                "step returned %d at t = %d, n = %zu, %s; it must return 0", code, t, k->n,
                kind_words[k->kind]);
        return 0;
    }
    for (size_t i = 0; i < k->n; i++)
        if (fabs(gc_get(&s->a[G], i) - gradient(j, k, t, i)) > 0) {
            gc_text(broken(j, "read-only")->reason, GC_TEXT,
                    "step wrote to its input g, at t = %d; the caller may need the gradient again", t);
            return 0;
        }
    for (int a = 0; a < ARRAYS; a++)
        if (!gc_memory_intact(s->a[a].data, location, sizeof location)) {
            gc_text(broken(j, "guard page")->reason, GC_TEXT, "step wrote %s: compare its loop bounds with n",
                    location);
            return 0;
        }
    for (size_t i = 0; i < k->n; i++) to[i] = gc_get(&s->a[W], i);
    return 1;
}

/* The trajectories of k and, if there is one, of other, step by step in turn. */
static int run_walks(struct job *j, struct walk *k, struct walk *other)
{
    struct arrays s, s_other;
    if (!open_arrays(j, k, &s)) return 0;
    if (other && !open_arrays(j, other, &s_other)) {
        close_arrays(&s);
        return 0;
    }
    int fine = 1;
    for (int t = 1; t <= STEPS && fine; t++) {
        fine = one_step(j, k, &s, t, k->w + (size_t)(t - 1) * k->n);
        if (fine && other) fine = one_step(j, other, &s_other, t, other->w + (size_t)(t - 1) * other->n);
    }
    close_arrays(&s);
    if (other) close_arrays(&s_other);
    return fine;
}

/* ---- what it should have done ---- */

/* The weights of walk k by the rule with these slips, element by element: calls see(ctx, t,
 * i, right weight, path). */
typedef int walk_seen(void *ctx, int t, size_t i, double want, double path);

static int by_rule(const struct job *j, const struct walk *k, unsigned slips, walk_seen *see, void *ctx)
{
    for (size_t i = 0; i < k->n; i++) {
        struct gc_walker x = { .w = (long double)start(j, k, i) };
        for (int t = 1; t <= STEPS; t++) {
            gc_rule_step(j->opt, slips, t, (long double)gradient(j, k, t, i), &x);
            if (!see(ctx, t, i, (double)x.w, (double)x.path)) return 0;
        }
    }
    return 1;
}

static int by_reference(const struct job *j, const struct walk *k, walk_seen *see, void *ctx)
{
    static double g[LARGEST], w[LARGEST], before[LARGEST], s0[LARGEST], s1[2 * LARGEST], path[LARGEST];
    for (size_t i = 0; i < k->n; i++) w[i] = start(j, k, i), s0[i] = s1[i] = s1[k->n + i] = path[i] = 0;
    for (int t = 1; t <= STEPS; t++) {
        gc_stage(j->r, "reference, t = %d, n = %zu, %s", t, k->n, kind_words[k->kind]);
        for (size_t i = 0; i < k->n; i++) g[i] = gradient(j, k, t, i), before[i] = w[i];
        if (j->opt->reference(j->opt->ctx, t, k->n, g, w, s0, s1)) return 0;
        for (size_t i = 0; i < k->n; i++) {
            path[i] += fabs(w[i] - before[i]);
            if (!see(ctx, t, i, w[i], path[i])) return 0;
        }
    }
    return 1;
}

/* ---- comparing ---- */

static double got_at(const struct walk *k, int t, size_t i)
{
    return k->w[(size_t)(t - 1) * k->n + i];
}

/* What rounding may do by step t: to the numbers on the way, and t times to the weight itself. */
static double allowance(const struct job *j, int t, double largest, double path)
{
    return j->rtol * path + 2 * t * j->u * largest;
}

struct look {
    const struct job *j;
    const struct walk *k;
    struct worst *worst;
    double largest; /* |w| seen of this element */
    int wrong;      /* this element, at some step */
};

static int compare(void *ctx, int t, size_t i, double want, double path)
{
    struct look *l = ctx;
    double got = got_at(l->k, t, i), largest = fmax(fabs(want), fabs(start(l->j, l->k, i)) + path);
    double allowed = allowance(l->j, t, largest, path), off = fabs(got - want);
    double ratio = off == 0 ? 0 : gc_is_finite(off) && allowed > 0 ? off / allowed : HUGE_VAL;
    if (ratio > l->worst->ratio || !l->worst->walk)
        *l->worst = (struct worst){ l->k, t, i, got, want, path, allowed, ratio };
    return 1;
}

/* The worst weight of all trajectories; 0 if the reference refused. */
static int compare_all(struct job *j, struct worst *worst)
{
    *worst = (struct worst){ .walk = NULL };
    for (int n = 0; n < j->walks; n++) {
        struct look l = { .j = j, .k = &j->walk[n], .worst = worst };
        int fine =
            j->opt->rule == GC_OWN_RULE ? by_reference(j, l.k, compare, &l) : by_rule(j, l.k, 0, compare, &l);
        if (!fine) return 0;
    }
    return 1;
}

/* The worst first step by the rule's closed form, which shares no code with the trajectory's rule. */
static void compare_first(struct job *j, struct worst *worst)
{
    *worst = (struct worst){ .walk = NULL };
    for (int n = 0; n < j->walks; n++)
        for (size_t i = 0; i < j->walk[n].n; i++) {
            const struct walk *k = &j->walk[n];
            double g = gradient(j, k, 1, i), w = start(j, k, i);
            struct gc_walker x = { .w = (long double)w };
            gc_rule_step(j->opt, 0, 1, (long double)g, &x);
            struct look l = { .j = j, .k = k, .worst = worst };
            compare(&l, 1, i, w + gc_first_step(j->opt, g, w), (double)x.path);
        }
}

/* ---- why ---- */

struct fit {
    const struct job *j;
    const struct walk *k;
    double rel; /* the largest error, relative to the path */
};

/* Equal within what rounding may do, or not finite on both sides? */
static int compare_fit(void *ctx, int t, size_t i, double want, double path)
{
    struct fit *f = ctx;
    double got = got_at(f->k, t, i), largest = fabs(want) + fabs(start(f->j, f->k, i));
    if (!gc_is_finite(got) || !gc_is_finite(want)) return !gc_is_finite(got) && !gc_is_finite(want);
    double off = fabs(got - want), size = fmax(path, fabs(want));
    if (size > 0 && off / size > f->rel) f->rel = off / size;
    return off <= allowance(f->j, t, largest, path);
}

static int fits(const struct job *j, unsigned slips, double *rel)
{
    struct fit f = { .j = j };
    for (int n = 0; n < j->walks; n++) {
        f.k = &j->walk[n];
        if (!by_rule(j, f.k, slips, compare_fit, &f)) return 0;
    }
    *rel = f.rel;
    return 1;
}

/* The slip, or the two slips, that give what the step gave. */
static int find_slip(const struct job *j, char *cause)
{
    double rel;
    unsigned family = 1U << j->opt->rule;
    const char *name = gc_rule_name(j->opt->rule);
    for (const struct gc_slip *a = gc_slips; a->words; a++)
        if (a->rules & family && fits(j, a->slips, &rel)) {
            gc_text(cause, GC_TEXT, "fits %s %s, to %.0e", name, a->words, rel);
            return 1;
        }
    for (const struct gc_slip *a = gc_slips; a->words; a++)
        for (const struct gc_slip *b = a + 1; b->words; b++)
            if (a->rules & b->rules & family && fits(j, a->slips | b->slips, &rel)) {
                gc_text(cause, GC_TEXT, "fits %s %s and %s, to %.0e", name, a->words, b->words, rel);
                return 1;
            }
    return 0;
}

struct wrong_at {
    const struct job *j;
    const struct walk *k;
    unsigned char *wrong; /* [n] */
};

static int mark_wrong(void *ctx, int t, size_t i, double want, double path)
{
    struct wrong_at *m = ctx;
    struct worst one = { .walk = NULL };
    struct look l = { .j = m->j, .k = m->k, .worst = &one };
    compare(&l, t, i, want, path);
    if (!(one.ratio <= 1)) m->wrong[i] = 1;
    return 1;
}

/* Are exactly the last n % width weights wrong, in every trajectory? */
static int only_tail_wrong(const struct job *j, size_t width)
{
    unsigned char wrong[LARGEST];
    for (int n = 0; n < j->walks; n++) {
        struct wrong_at m = { j, &j->walk[n], wrong };
        if (m.k->kind != RANDOM) continue; /* elsewhere a weight may be right by chance */
        memset(wrong, 0, sizeof wrong);
        by_rule(j, m.k, 0, mark_wrong, &m);
        for (size_t i = 0; i < m.k->n; i++)
            if (wrong[i] != (i >= m.k->n / width * width)) return 0;
    }
    return 1;
}

static int never_moves(const struct job *j)
{
    for (int n = 0; n < j->walks; n++)
        for (size_t i = 0; i < j->walk[n].n; i++)
            if (got_at(&j->walk[n], STEPS, i) != start(j, &j->walk[n], i)) return 0;
    return 1;
}

static void find_cause(const struct job *j, char *cause)
{
    if (never_moves(j)) {
        gc_text(cause, GC_TEXT, "w never changes");
        return;
    }
    if (j->opt->rule == GC_OWN_RULE || find_slip(j, cause)) return;
    for (size_t width = 64; width > 1; width /= 2)
        if (only_tail_wrong(j, width)) {
            gc_text(cause, GC_TEXT, "the last n %% %zu weights are wrong: the tail of a loop over vectors",
                    width);
            return;
        }
}

/* ---- verdict ---- */

static void note(struct job *j, const struct worst *w, const char *detail, const char *cause)
{
    gc_verdict verdict = w->ratio <= 1 ? GC_PASS : GC_FAIL;
    gc_finding *f = gc_note(j->r, GC_REFERENCE, 0, 0, verdict);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    f->is_element = 1, f->index = w->i;
    f->analytic = w->got, f->numeric = w->want, f->allowed = w->allowed;
    if (verdict == GC_PASS) return;
    gc_text(j->r->tensor[0].pattern, GC_TEXT, "w itself (not a gradient) after step %d of %s, n = %zu", w->t,
            kind_words[w->walk->kind], w->walk->n);
    gc_text(f->reason, sizeof f->reason, "w[%zu] of %zu is %.9g after step %d of %s, but %s gives %.9g%s%s",
            w->i, w->walk->n, w->got, w->t, kind_words[w->walk->kind], gc_rule_name(j->opt->rule), w->want,
            cause[0] ? "; it " : "", cause);
}

static void fill_tensor(struct job *j, const struct worst *w, const char *cause)
{
    gc_tensor_result *t = &j->r->tensor[0];
    unsigned char wrong[LARGEST] = { 0 };
    struct wrong_at m = { j, w->walk, wrong };
    t->elements = t->dim[0] = t->looked = w->walk->n;
    if (j->opt->rule == GC_OWN_RULE)
        by_reference(j, m.k, mark_wrong, &m);
    else
        by_rule(j, m.k, 0, mark_wrong, &m);
    for (size_t i = w->walk->n; i-- > 0;)
        if (wrong[i]) t->wrong++, t->first = i;
    t->verdict = w->ratio <= 1 ? GC_PASS : GC_FAIL;
    t->worst =
        (gc_sample){ .index = w->i, .analytic = w->got, .numeric = w->want, .wrong = !(w->ratio <= 1) };
    double size = w->path > 0 ? w->path : 1;
    t->worst_rel = fabs(w->got - w->want) / size;
    t->allowed_rel = w->allowed / size;
    t->scale = fabs(w->want);
    gc_text(t->cause, sizeof t->cause, "%s", cause);
}

/* Trajectories again: after all the others, and two in turn; each must come out bit for bit as before. */
static int remembers(struct job *j, struct walk *a, struct walk *b)
{
    double again[STEPS * LARGEST], other[STEPS * LARGEST];
    struct walk a2 = *a, b2 = *b;
    a2.w = again, b2.w = other;
    if (!run_walks(j, &a2, NULL)) return 1;
    if (memcmp(again, a->w, STEPS * a->n * sizeof *again)) {
        gc_text(broken(j, "fresh start")->reason, GC_TEXT,
                "step gives another trajectory when it starts afresh (t = 1, s0 = s1 = 0) after others: it "
                "keeps state "
                "of its own; keep all of it in s0, s1 and t");
        return 1;
    }
    if (!run_walks(j, &a2, &b2)) return 1;
    if (memcmp(again, a->w, STEPS * a->n * sizeof *again) ||
        memcmp(other, b->w, STEPS * b->n * sizeof *other)) {
        gc_text(broken(j, "two in turn")->reason, GC_TEXT,
                "two trajectories, step by step in turn, differ from each alone: step keeps state of its "
                "own, which "
                "two parameter arrays would share; keep all of it in s0, s1 and t");
        return 1;
    }
    return 0;
}

static void check_walks(struct job *j)
{
    struct worst worst, first = { .walk = NULL };
    char cause[GC_TEXT] = "";
    gc_stage(j->r, "comparison");
    if (j->opt->rule != GC_OWN_RULE) compare_first(j, &first);
    if (!compare_all(j, &worst)) {
        gc_text(broken(j, "refused")->reason, GC_TEXT, "the reference step did not return 0");
        return;
    }
    if (!(worst.ratio <= 1)) find_cause(j, cause);
    fill_tensor(j, &worst, cause);
    if (first.walk) note(j, &first, "first step", cause);
    note(j, &worst, "five steps", cause);
}

static void check(void *arg)
{
    struct job *j = arg;
    for (int n = 0; n < j->walks; n++, j->r->points++)
        if (!run_walks(j, &j->walk[n], NULL)) return;
    if (!remembers(j, &j->walk[0], &j->walk[1])) check_walks(j);
}

/* ---- the entry ---- */

static int add_walk(struct job *j, enum kind kind, size_t n, int low)
{
    struct walk *k = &j->walk[j->walks];
    *k = (struct walk){ .kind = kind, .n = n, .low = low, .salt = (uint64_t)j->walks };
    k->w = calloc(STEPS * n, sizeof *k->w);
    j->walks += k->w != NULL;
    return k->w != NULL;
}

static int plan(struct job *j)
{
    static const size_t sizes[] = { 7, 9, 1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, LARGEST };
    int fine = 1;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) fine &= add_walk(j, RANDOM, sizes[k], 0);
    fine &= add_walk(j, RANDOM, 1, 1) && add_walk(j, RANDOM, 13, 1);
    if (gc_rule_takes_zero(j->opt)) fine &= add_walk(j, ZERO, 9, 0);
    return fine && add_walk(j, TINY, 9, 0) && add_walk(j, LARGE, 9, 0) && add_walk(j, MIXED, 33, 0) &&
           add_walk(j, FALLING, 9, 0);
}

gc_result *gc_check_optimizer(const gc_optimizer *opt, const gc_options *options)
{
    struct job j = { .opt = opt, .o = options ? *options : gc_defaults() };
    gc_result *r = j.r = gc_result_new(opt->name, &j.o);
    const char *complaint = gc_rule_complaint(opt);
    if (r->verdict == GC_CRASH) return r;
    r->ntensors = 1;
    gc_text(r->tensor[0].name, GC_NAME, "w");
    r->tensor[0].nd = r->tensor[0].checked = 1;
    r->checks = GC_CONTRACT | GC_REFERENCE;
    int f32 = opt->dt == GC_F32;
    j.u = f32 ? 0x1p-24 : 0x1p-53;
    if (complaint) {
        r->verdict = GC_INCONCLUSIVE;
        gc_text(r->reason, sizeof r->reason, "%s", complaint);
    } else if (!plan(&j)) {
        r->verdict = GC_CRASH;
        gc_text(r->reason, sizeof r->reason, "out of memory for the trajectories; free some and try again");
    } else {
        const char *untested = gc_rule_untested(opt);
        if (untested) gc_text(r->conventions, sizeof r->conventions, "%s", untested);
        j.rtol = j.o.rtol > 0 ? j.o.rtol : (f32 ? 1e-6 : 1e-12) + j.u * gc_rule_conditioning(opt);
        if (j.o.fork)
            gc_in_child(r, j.o.timeout_s, check, &j);
        else
            check(&j);
        gc_settle(r);
    }
    for (int n = 0; n < j.walks; n++) free(j.walk[n].w);
    return r;
}
