/* sampled.c - gc_check_sampled: a gradient that is random, whose mean over the seeds should be the
 * gradient of an expectation.
 *
 * Of every seed there is one sample of the difference between the estimate and what is right: the slope of
 * the expectation where it is known, else a difference of two sampled losses of the same seed, at two
 * steps and with Richardson's extrapolation. The mean of these differences has an interval (sequential.h).
 * It is looked at when the number of samples has doubled: FAIL if an interval excludes 0 by more than the
 * error bars of the slopes, PASS if all are narrow.
 *
 * Differences of losses that jump (samples of a discrete distribution) are as right in the mean as others,
 * but vary more the smaller the step. Where the two steps disagree, or before FAIL, a step of a quarter is
 * tried. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "gc_internal.h"
#include "sequential.h"

enum {
    MOST_PROBES = 64,    /* elements that are looked at; all, if there are no more */
    DIRECTIONS = 3,      /* beside them, where there are more */
    FIRST_LOOK = 1024,   /* samples */
    LEAST_WRONG = 16384, /* samples before FAIL: what happens in one of 2400 is seen with 99.9 % */
    STEPS = 6,           /* steps of the differences that are tried, each half of the last */
    MOST_LOOKS = 64
};

/* One number that is compared: an element of the gradient, or its product with a vector of signs. */
struct probe {
    size_t element;
    const double *d;             /* NULL: the element */
    double truth, bar;           /* the slope of the expectation, where it is known */
    struct gc_moments off;       /* estimate - slope, by seeds */
    double estimate, slope, gap; /* means; gap: the slope at half the step less that at the step */
    int wrong;
};

struct sampling {
    gc_sampled s;
    gc_options o;
    gc_result *r;
    struct gc_run run;
    double *g, *x, *signs;
    struct probe probe[MOST_PROBES + DIRECTIONS];
    int probes;
    double step;          /* of the differences, in units of the elements' sizes */
    double size;          /* of the gradient: the root mean square of the elements looked at */
    uint64_t drawn, most; /* samples of this point */
    int looks;
    double width;         /* of the last look's intervals, in standard errors */
    double start, margin; /* margin: the widest interval of a PASS so far, of the gradient's size */
    int broken;
};

/* ---- calls ---- */

static uint64_t seed_of(const struct sampling *q, uint64_t k)
{
    return gc_random_bits(q->o.seed, 9000 + (uint64_t)q->run.point, k);
}

static void estimate(struct sampling *q, uint64_t seed, int byte)
{
    memset(q->g, byte, q->s.n * sizeof *q->g);
    q->r->backwards++;
    q->s.grad(q->run.in[0].data, q->s.n, seed, q->g, q->s.ctx);
}

static double loss_at(struct sampling *q, uint64_t seed)
{
    q->r->forwards++;
    return q->s.loss(q->run.in[0].data, q->s.n, seed, q->s.ctx);
}

static gc_finding *breaks(struct sampling *q, const char *detail)
{
    gc_finding *f = gc_note(q->r, GC_CONTRACT, 0, q->run.point, GC_CONTRACT_BROKEN);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    q->broken = 1;
    return f;
}

static int x_is_kept(struct sampling *q)
{
    int same = 1;
    for (size_t i = 0; i < q->s.n; i++) {
        same = same && gc_get(&q->run.in[0], i) - q->run.x[0][i] == 0;
        gc_set(&q->run.in[0], i, q->run.x[0][i]);
    }
    if (!same) gc_text(breaks(q, "writes to x")->reason, GC_TEXT, "a function writes to x: work on a copy");
    return same;
}

/* The same seed twice, another one between: is the seed all that is drawn from? */
static int keeps_contract(struct sampling *q)
{
    uint64_t seed = seed_of(q, 0);
    gc_stage(q->r, "gradient, contract, point %d", q->run.point);
    q->r->checks |= GC_CONTRACT;
    estimate(q, seed, 0xff);
    if (!x_is_kept(q)) return 0;
    memcpy(q->x, q->g, q->s.n * sizeof *q->x);
    estimate(q, seed_of(q, 1), 0xff);
    estimate(q, seed, 0);
    for (size_t i = 0; i < q->s.n; i++) {
        if (q->x[i] - q->g[i] == 0 || (!gc_is_finite(q->x[i]) && !gc_is_finite(q->g[i]))) continue;
        if (!gc_is_finite(q->x[i]))
            gc_text(
                breaks(q, "gradient of NaN")->reason, GC_TEXT,
                "element %zu of the gradient is NaN if it was NaN before the call and finite if it was 0: it is "
                "added to, or never written",
                i);
        else
            gc_text(
                breaks(q, "repeat")->reason, GC_TEXT,
                "the same seed gives %.9g and then %.9g for element %zu: draw all random numbers from the seed, "
                "and keep no state between calls",
                q->x[i], q->g[i], i);
        return 0;
    }
    if (!q->s.expected && loss_at(q, seed) - loss_at(q, seed) != 0) {
        gc_text(breaks(q, "repeat")->reason, GC_TEXT,
                "the loss of the same seed differs from call to call: draw all random numbers from the seed");
        return 0;
    }
    return x_is_kept(q);
}

/* ---- what is compared ---- */

static double size_of(const struct sampling *q, const struct probe *p)
{
    return p->d ? 1 : gc_element_size(&q->run, 0, p->element);
}

/* x + t along the probe, in its sizes */
static void move(struct sampling *q, const struct probe *p, double t)
{
    gc_tensor *in = &q->run.in[0];
    const double *x = q->run.x[0];
    if (!p->d) gc_set(in, p->element, x[p->element] + t * size_of(q, p));
    for (size_t i = 0; p->d && i < q->s.n; i++) gc_set(in, i, x[i] + t * p->d[i]);
}

struct line {
    struct sampling *q;
    const struct probe *p;
};

static double expected_along(double t, void *ctx)
{
    const struct line *l = ctx;
    move(l->q, l->p, t);
    l->q->r->forwards++;
    double f = l->q->s.expected(l->q->run.in[0].data, l->q->s.n, l->q->s.ctx);
    move(l->q, l->p, 0);
    return f;
}

static void find_truth(struct sampling *q, struct probe *p)
{
    struct line l = { q, p };
    double noise = gc_noise(expected_along, &l, 1e-6, NULL), unit = size_of(q, p);
    p->truth = gc_diff1(expected_along, &l, 0x1p-4, 0, noise, &p->bar) / unit;
    p->bar /= unit;
}

/* The probes of a point. */
static void choose(struct sampling *q)
{
    size_t n = q->s.n;
    q->probes = 0;
    for (size_t k = 0; k < MOST_PROBES && k < n; k++) {
        double u = gc_random_unit(q->o.seed, 9500 + (uint64_t)q->run.point, k);
        q->probe[q->probes++] = (struct probe){ .element = n <= MOST_PROBES ? k : (size_t)(u * (double)n) };
    }
    for (size_t k = 0; k < DIRECTIONS && n > MOST_PROBES; k++) {
        double *d = q->signs + k * n;
        for (size_t i = 0; i < n; i++) {
            double size = gc_element_size(&q->run, 0, i);
            d[i] = gc_random_bits(q->o.seed, 9600 + k + 10 * (uint64_t)q->run.point, i) & 1 ? size : -size;
        }
        q->probe[q->probes++] = (struct probe){ .d = d };
    }
    gc_stage(q->r, "expected loss, differences, point %d", q->run.point);
    for (int k = 0; k < q->probes && q->s.expected; k++) find_truth(q, &q->probe[k]);
}

/* ---- samples ---- */

static void start_over(struct sampling *q)
{
    for (int k = 0; k < q->probes; k++) {
        struct probe *p = &q->probe[k];
        p->off = (struct gc_moments){ 0 };
        p->estimate = p->slope = p->gap = 0;
    }
}

/* (f(t) - f(-t)) / 2 t, of one seed */
static double central(struct sampling *q, const struct probe *p, uint64_t seed, double t)
{
    move(q, p, t);
    double plus = loss_at(q, seed);
    move(q, p, -t);
    double minus = loss_at(q, seed);
    move(q, p, 0);
    return (plus - minus) / (2 * t * size_of(q, p));
}

static void add_sample(struct sampling *q, uint64_t seed)
{
    estimate(q, seed, 0xff);
    for (int k = 0; k < q->probes; k++) {
        struct probe *p = &q->probe[k];
        double a = p->d ? gc_dot(q->g, p->d, q->s.n) : q->g[p->element], slope = p->truth, gap = 0;
        if (!q->s.expected) {
            double wide = central(q, p, seed, q->step), near = central(q, p, seed, q->step / 2);
            gap = near - wide, slope = near + gap / 3;
        }
        gc_moments_add(&p->off, a - slope);
        p->estimate += (a - p->estimate) / p->off.count;
        p->slope += (slope - p->slope) / p->off.count;
        p->gap += (gap - p->gap) / p->off.count;
    }
}

/* ---- looking ---- */

enum look { MORE, NARROW, WRONG, COARSE, NOT_FINITE };

static void measure_size(struct sampling *q)
{
    double squares = 0;
    int elements = 0;
    for (int k = 0; k < q->probes; k++)
        if (!q->probe[k].d) squares += q->probe[k].slope * q->probe[k].slope, elements++;
    q->size = sqrt(squares / elements);
}

/* the gradient's size, as this probe sees it */
static double scale_of(const struct sampling *q, const struct probe *p)
{
    return fmax(fabs(p->slope), p->d ? sqrt(gc_dot(p->d, p->d, q->s.n)) * q->size : q->size);
}

/* what the mean may be off by besides its interval: the slope's own error, and rounding */
static double bars(const struct sampling *q, const struct probe *p)
{
    return 10 * p->bar + fabs(p->gap) / 3 + 1e-7 * scale_of(q, p);
}

static double interval(const struct sampling *q, const struct probe *p)
{
    return gc_half_interval(&p->off, q->width);
}

static enum look look(struct sampling *q)
{
    int narrow = 1, wrong = 0, coarse = 0;
    double widest = 0;
    measure_size(q);
    q->width = gc_look_width(q->s.false_alarms / q->o.n_points, q->probes, q->looks++);
    for (int k = 0; k < q->probes; k++) {
        struct probe *p = &q->probe[k];
        double half = interval(q, p), more = bars(q, p), scale = scale_of(q, p);
        if (!gc_is_finite(p->off.mean)) return NOT_FINITE;
        p->wrong = p->off.count >= LEAST_WRONG && fabs(p->off.mean) > half + more;
        wrong += p->wrong;
        narrow = narrow && fabs(p->off.mean) <= half + more && half + more <= q->s.width * scale;
        coarse = coarse || (more > 0.5 * q->s.width * scale && half < more / 4);
        widest = fmax(widest, (half + more) / scale);
    }
    if (wrong) return WRONG;
    if (narrow) q->margin = fmax(q->margin, widest);
    return narrow ? NARROW : coarse && !q->s.expected ? COARSE : MORE;
}

/* Draws until a look says more than MORE, or samples or time end. */
static enum look draw(struct sampling *q)
{
    enum look seen = MORE;
    start_over(q);
    for (double next = FIRST_LOOK; seen == MORE && q->drawn < q->most; next *= 2) {
        while (q->probe[0].off.count < next && q->drawn < q->most) {
            add_sample(q, seed_of(q, q->drawn++));
            if (q->drawn % 256 == 0 && clock_seconds() - q->start > 0.8 * q->o.timeout_s) q->most = q->drawn;
        }
        if (q->probe[0].off.count > 1 && q->looks < MOST_LOOKS) seen = look(q);
        if (!x_is_kept(q)) return MORE;
    }
    return seen;
}

/* ---- what is told ---- */

static void keep(struct sampling *q)
{
    gc_tensor_result *t = &q->r->tensor[0];
    if (t->samples && t->wrong) return;
    t->samples = 0, t->looked = t->wrong = 0, t->worst_rel = -1, t->scale = q->size;
    for (int k = 0; k < q->probes; k++) {
        const struct probe *p = &q->probe[k];
        if (p->d) continue;
        double scale = scale_of(q, p), allowed = interval(q, p) + bars(q, p);
        gc_sample s = {
            .index = p->element, .analytic = p->estimate, .numeric = p->slope, .wrong = p->wrong
        };
        s.error_bar = interval(q, p);
        double rel = fabs(s.analytic - s.numeric) / scale;
        if (s.wrong && (!t->wrong || s.index < t->first)) t->first = s.index;
        if (t->worst_rel < 0 || s.wrong > t->worst.wrong || (s.wrong == t->worst.wrong && rel > t->worst_rel))
            t->worst = s, t->worst_rel = rel, t->allowed_rel = allowed / scale;
        t->sample[t->samples++] = s;
        t->looked++, t->wrong += s.wrong != 0;
    }
}

/* One factor for all elements, within their intervals? */
static void find_factor(gc_tensor_result *t)
{
    double product = 0, square = 0, bar = 0;
    for (int k = 0; k < t->samples; k++) {
        const gc_sample *s = &t->sample[k];
        product += s->analytic * s->numeric, square += s->numeric * s->numeric;
        bar += s->error_bar * s->error_bar * s->numeric * s->numeric;
    }
    double factor = product / square, known = sqrt(bar) / square;
    if (!(square > 0) || t->samples < 2 || known > 0.1) return;
    for (int k = 0; k < t->samples; k++)
        if (!(fabs(t->sample[k].analytic - factor * t->sample[k].numeric) <= t->sample[k].error_bar)) return;
    gc_text(t->pattern, GC_TEXT, "the mean is %.3g times the gradient, +- %.1g", factor, known);
}

static void tell_wrong(struct sampling *q)
{
    gc_tensor_result *t = &q->r->tensor[0];
    gc_finding *f = gc_note(q->r, GC_MEAN, 0, q->run.point, GC_FAIL);
    f->analytic = t->worst.analytic, f->numeric = t->worst.numeric, f->error_bar = t->worst.error_bar;
    f->is_element = 1, f->index = t->worst.index, f->allowed = t->allowed_rel * t->scale;
    gc_text(f->detail, sizeof f->detail, "%.0f samples", q->probe[0].off.count);
    gc_text(
        f->reason, GC_TEXT,
        "the mean of %.0f gradients is not the gradient of the expected loss: %.6g +- %.1e where it is %.6g at "
        "element %zu",
        q->probe[0].off.count, f->analytic, f->error_bar, f->numeric, f->index);
    if (t->wrong) find_factor(t);
}

static void tell_undecided(struct sampling *q)
{
    const struct probe *worst = &q->probe[0];
    int sound = 1;
    for (int k = 0; k < q->probes; k++) {
        const struct probe *p = &q->probe[k];
        if (!(interval(q, p) / scale_of(q, p) <= interval(q, worst) / scale_of(q, worst))) worst = p;
        sound = sound && gc_is_finite(interval(q, p));
    }
    gc_finding *f = gc_note(q->r, GC_MEAN, 0, q->run.point, GC_INCONCLUSIVE);
    f->analytic = worst->estimate, f->numeric = worst->slope, f->error_bar = interval(q, worst);
    gc_text(f->detail, sizeof f->detail, "%llu samples", (unsigned long long)q->drawn);
    double half = interval(q, worst) / scale_of(q, worst), own = bars(q, worst) / scale_of(q, worst);
    if (!sound)
        gc_text(
            f->reason, GC_TEXT,
            "%llu samples are so skewed that no interval of their mean can be trusted: reduce the variance, or "
            "raise the budget",
            (unsigned long long)q->drawn);
    else if (own > half)
        gc_text(f->reason, GC_TEXT, "the slope of the loss is known to %.1e of the gradient's size only",
                own);
    else
        gc_text(
            f->reason, GC_TEXT,
            "after %llu samples the mean is known to %.1e of the gradient's size, and %.1e is asked for: reduce the "
            "variance, raise the budget, or ask for less",
            (unsigned long long)q->drawn, half, q->s.width);
}

static void tell_not_finite(struct sampling *q)
{
    gc_finding *f = gc_note(q->r, GC_MEAN, 0, q->run.point, GC_FAIL);
    int is_slope = 0;
    for (int k = 0; k < q->probes; k++) is_slope = is_slope || !gc_is_finite(q->probe[k].slope);
    gc_text(f->detail, sizeof f->detail, "not finite");
    if (is_slope) f->verdict = GC_INCONCLUSIVE;
    gc_text(f->reason, GC_TEXT, "%s NaN or infinity within %.0f samples",
            is_slope ? "the loss gives" : "the gradient holds", q->probe[0].off.count);
}

/* ---- the walk ---- */

static void look_at_point(struct sampling *q)
{
    enum look before = MORE, seen = MORE;
    q->drawn = 0, q->looks = 0;
    q->most = q->s.budget / (uint64_t)q->o.n_points;
    choose(q);
    q->step = 0.3;
    for (int k = 0; k < STEPS; k++, q->step /= 2) {
        gc_stage(q->r, "gradient, samples, point %d", q->run.point);
        seen = draw(q);
        if (q->broken || seen == NARROW || seen == NOT_FINITE || seen == MORE || q->s.expected) break;
        if (seen == WRONG && before == WRONG) break; /* by two steps */
        if (q->most - q->drawn < LEAST_WRONG) {
            seen = MORE;
            break;
        }
        before = seen;
    }
    if (q->broken) return;
    if (seen == NOT_FINITE) {
        tell_not_finite(q);
        return;
    }
    if (seen != WRONG)
        for (int k = 0; k < q->probes; k++) q->probe[k].wrong = 0;
    keep(q);
    if (seen == WRONG) tell_wrong(q);
    if (seen == MORE || seen == COARSE) tell_undecided(q);
    if (seen != NARROW) return;
    gc_finding *f = gc_note(q->r, GC_MEAN, 0, q->run.point, GC_PASS);
    gc_text(f->detail, sizeof f->detail, "%llu samples", (unsigned long long)q->drawn);
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const gc_sampled *s = ctx;
    *(double *)out->data =
        s->expected ? s->expected(in->data, s->n, s->ctx) : s->loss(in->data, s->n, 1, s->ctx);
    return 0;
}

static void walk(struct sampling *q)
{
    gc_result *r = q->r;
    r->checks |= GC_MEAN;
    for (int point = 0; point < q->o.n_points && !q->broken; point++) {
        if (q->o.progress) q->o.progress(q->o.progress_ctx, "samples", (double)point / q->o.n_points);
        if (!gc_run_point(&q->run, point)) continue;
        r->points++;
        if (q->run.broken) break;
        if (keeps_contract(q)) look_at_point(q);
        if (r->tensor[0].wrong) break;
    }
    gc_settle(r);
    if (r->verdict == GC_PASS)
        gc_text(
            r->reason, sizeof r->reason,
            "the mean is right to %.1f %% of the gradient's size; a right gradient is called wrong in at most %g of "
            "the checks",
            100 * q->margin, q->s.false_alarms);
}

static void work(void *arg)
{
    struct sampling *q = arg;
    gc_tensor in = { .name = "x", .dt = GC_F64, .nd = 1, .dim = { q->s.n }, .flags = GC_GRAD };
    gc_tensor out = { .name = "loss", .dt = GC_F64 };
    in.data = (double *)(uintptr_t)q->s.x; /* read only: a problem's tensors have no const data */
    gc_problem p = { .name = q->r->name, .nin = 1, .nout = 1, .in = &in, .out = &out, .forward = forward };
    p.no_upstream = 1, p.ctx = &q->s;
    q->start = clock_seconds();
    if (gc_run_open(&q->run, &p, &q->o, q->r)) {
        q->r->tensor[0].checked = 1;
        q->g = gc_memory_new(q->s.n * sizeof *q->g);
        if (q->g) gc_memory_name(q->g, "the gradient");
        q->x = calloc(q->s.n, sizeof *q->x);
        q->signs = calloc(q->s.n, DIRECTIONS * sizeof *q->signs);
        if (q->g && q->x && q->signs)
            walk(q);
        else
            gc_text(gc_note(q->r, 0, -1, 0, GC_INCONCLUSIVE)->reason, GC_TEXT,
                    "out of memory for the gradients");
        gc_memory_free(q->g), free(q->x), free(q->signs);
        gc_run_close(&q->run);
    }
    gc_settle(q->r);
    gc_stage(q->r, "%s", "");
}

/* ---- the entry ---- */

static const char *lacks(const gc_sampled *s)
{
    if (!s->n) return "there are no numbers: n is 0";
    if (!s->grad) return "there is nothing to check: give grad";
    if (!s->expected && !s->loss) return "a mean is compared with something: give expected or loss";
    if (!(s->false_alarms >= 0 && s->false_alarms < 0.5)) return "false_alarms must be from 0 to 0.5";
    if (!(s->width >= 0 && s->width <= 1)) return "width must be from 0 to 1";
    return NULL;
}

gc_result *gc_check_sampled(const gc_sampled *s, const gc_options *options)
{
    struct sampling *q = calloc(1, sizeof *q);
    gc_options o = gc_sane(options);
    gc_result *r = gc_result_new(s->name ? s->name : "random gradient", &o);
    const char *why = q ? lacks(s) : "out of memory";
    if (r->verdict == GC_CRASH || why) {
        if (why) r->verdict = GC_INCONCLUSIVE, gc_text(r->reason, sizeof r->reason, "%s", why);
        free(q);
        return r;
    }
    q->s = *s, q->o = o, q->r = r;
    if (!(q->s.false_alarms > 0)) q->s.false_alarms = 1e-3;
    if (!(q->s.width > 0)) q->s.width = 0.05;
    if (!q->s.budget) q->s.budget = (uint64_t)1 << 22;
    double start = clock_seconds();
    if (o.fork)
        gc_in_child(r, o.timeout_s, work, q);
    else
        work(q);
    r->seconds = clock_seconds() - start;
    free(q);
    return r;
}
