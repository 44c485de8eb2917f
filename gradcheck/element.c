/* element.c - partial derivatives, one element at a time.
 *
 * Most elements need no error bar: a plain difference that meets the gradient within the tolerance of the
 * ladder could not do so by accident. Two calls of the forward are tried first, then four with less
 * rounding; the ladder decides where both disagree. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>

enum { LADDERS = 256, RANDOM = 64 }; /* per tensor and point, for elements that turn out right or undecided */

/* ---- the list of this point ---- */

static gc_sample *sample_at(struct gc_run *run, int tensor, size_t i)
{
    for (size_t k = 0; k < run->samples[tensor]; k++)
        if (run->sample[tensor][k].index == i) return &run->sample[tensor][k];
    return NULL;
}

static gc_sample *new_sample(struct gc_run *run, int tensor, size_t i)
{
    if (run->samples[tensor] == run->room[tensor]) {
        size_t room = run->room[tensor] ? 2 * run->room[tensor] : 64;
        gc_sample *more = realloc(run->sample[tensor], room * sizeof *more);
        if (!more) return NULL;
        run->sample[tensor] = more, run->room[tensor] = room;
    }
    gc_sample *s = &run->sample[tensor][run->samples[tensor]++];
    *s = (gc_sample){ .index = i, .analytic = run->g[tensor][i], .numeric = (double)NAN };
    s->error_bar = (double)INFINITY;
    return s;
}

/* ---- one element ---- */

static double scale_of(const gc_sample *s, double gmax)
{
    double scale = 1e-3 * gmax;
    if (fabs(s->analytic) > scale) scale = fabs(s->analytic);
    if (fabs(s->numeric) > scale) scale = fabs(s->numeric);
    return scale;
}

/* |analytic - numeric| in units of their scale */
static double off_by(const gc_sample *s, double gmax)
{
    double off = fabs(s->analytic - s->numeric);
    return off <= 0 ? 0 : off / scale_of(s, gmax);
}

/* Within the ladder's tolerance and the rounding of the difference, if that is small enough to leave a
 * sharp test. */
static int agrees(const struct gc_run *run, int tensor, const gc_sample *s, double gmax)
{
    double off = fabs(s->analytic - s->numeric), scale = scale_of(s, gmax), rtol = gc_rtol(run, tensor);
    if (off <= 0) return 1;
    return off <= rtol * scale + 10 * s->error_bar && 10 * s->error_bar <= 10 * rtol * scale;
}

/* No slope but the rounding of the loss, and a gradient as small that is rounding, too. */
static int is_nothing(struct gc_run *run, int tensor, const gc_sample *s)
{
    double bar = s->error_bar;
    if (bar * gc_element_size(run, tensor, s->index) > 1e-12 * run->size) return 0;
    return fabs(s->analytic) <= 10 * bar && fabs(s->numeric) <= 10 * bar &&
           !gc_is_steady(run, tensor, NULL, s->index, s->analytic);
}

static void look_fast(struct gc_run *run, int tensor, gc_sample *s)
{
    double h = run->in[tensor].dt == GC_F32 ? 5e-3 : 6e-6; /* cbrt(u) of the type */
    if (!gc_run_central(run, tensor, s->index, h, &s->numeric, &s->error_bar)) s->numeric = (double)NAN;
}

/* Two differences and the Richardson step at steps so wide that rounding does not matter. */
static void look_wide(struct gc_run *run, int tensor, gc_sample *s)
{
    double h = run->in[tensor].dt == GC_F32 ? 0.031 : 0.0073, coarse, fine, error;
    if (gc_run_central(run, tensor, s->index, h, &coarse, &error) &&
        gc_run_central(run, tensor, s->index, h / 2, &fine, &error)) {
        s->numeric = (4 * fine - coarse) / 3;
        s->error_bar = 2 * error;
    }
}

/* An element of which no step of its tensor's size shows a slope, looked at with steps of its own size. */
static gc_verdict climb_small(struct gc_run *run, int tensor, const gc_sample *s, double gmax,
                              struct gc_ladder *l, double *allowed, gc_verdict v)
{
    struct gc_ladder small;
    double room;
    int decided = v == GC_PASS || (v == GC_FAIL && gc_is_known(l));
    if (decided || !gc_use_own_sizes(run, tensor, 1)) return v;
    gc_run_noise(run, tensor, NULL);
    gc_run_element(run, tensor, s->index, &small);
    gc_verdict now = gc_judge_derivative(&small, s->analytic, gmax, &room);
    if (now == GC_PASS || gc_is_known(&small)) {
        *l = small, *allowed = room;
        return now;
    }
    gc_use_own_sizes(run, tensor, 0);
    gc_run_noise(run, tensor, NULL);
    return v;
}

/* The ladder's verdict on an element. */
static gc_verdict climb(struct gc_run *run, int tensor, gc_sample *s, double gmax)
{
    struct gc_ladder l;
    struct gc_tally *tally = &run->elements[tensor];
    double allowed;
    gc_run_element(run, tensor, s->index, &l);
    gc_verdict v = gc_judge_derivative(&l, s->analytic, gmax, &allowed);
    v = climb_small(run, tensor, s, gmax, &l, &allowed, v);
    if (v != GC_PASS && gc_at_kink(&l)) {
        s->kink = 1;
        v = gc_is_legal_at_kink(run, &l, s->analytic) ? GC_KINK : GC_FAIL;
    } else if (v == GC_FAIL && (run->rounded || run->own) && gc_is_legal_at_tie(run, &l, s->analytic)) {
        s->kink = 1, v = GC_KINK;
    }
    s->numeric = l.value, s->error_bar = l.error;
    s->wrong = v == GC_FAIL;
    tally->decided += v == GC_PASS, tally->kinks += v == GC_KINK;
    if (v == GC_INCONCLUSIVE) gc_doubt(tally, &l, GC_ELEMENTS, s->analytic, allowed);
    return v;
}

static gc_verdict look(struct gc_run *run, int tensor, gc_sample *s, double gmax, int may_climb)
{
    if (!agrees(run, tensor, s, gmax)) {
        look_wide(run, tensor, s);
        if (!agrees(run, tensor, s, gmax) && !is_nothing(run, tensor, s))
            return may_climb ? climb(run, tensor, s, gmax) : GC_INCONCLUSIVE;
    }
    run->elements[tensor].decided++;
    return GC_PASS;
}

/* Would one central difference be sharp enough to agree? */
static int rounding_is_small(const struct gc_run *run, int tensor, const gc_sample *s)
{
    return run->noise <= 1e-12 * gc_element_size(run, tensor, s->index) * fabs(s->analytic);
}

void gc_look_at(struct gc_run *run, int tensor, size_t i)
{
    if (sample_at(run, tensor, i)) return;
    gc_sample *s = new_sample(run, tensor, i);
    if (!s) return;
    if (rounding_is_small(run, tensor, s)) look_fast(run, tensor, s);
    look(run, tensor, s, 0, 1);
}

void gc_sample_wrong(struct gc_run *run, int tensor, size_t i, double numeric, double error)
{
    gc_sample *s = sample_at(run, tensor, i);
    if (!s && !(s = new_sample(run, tensor, i))) return;
    s->numeric = numeric, s->error_bar = error, s->wrong = 1;
}

/* ---- which ---- */

static void add_index(size_t *index, int *count, size_t i, size_t n)
{
    for (int k = 0; k < *count; k++)
        if (index[k] == i) return;
    if (i < n && *count < GC_MOST_CHOSEN) index[(*count)++] = i;
}

size_t gc_choose_elements(const struct gc_run *run, int tensor, size_t index[GC_MOST_CHOSEN])
{
    static const size_t edge[] = { 0, 1, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 257 };
    const gc_tensor *t = &run->in[tensor];
    size_t n = run->nin[tensor], stride = n;
    int count = 0;
    for (size_t k = 0; k < sizeof edge / sizeof *edge; k++) add_index(index, &count, edge[k], n);
    add_index(index, &count, n - 1, n);
    for (int k = 0; k < t->nd;
         k++) { /* each axis: where its lines begin and end, in the first and the last block */
        stride /= t->dim[k];
        add_index(index, &count, stride - 1, n);
        add_index(index, &count, (t->dim[k] - 1) * stride, n);
        add_index(index, &count, t->dim[k] / 2 * stride, n);
        add_index(index, &count, n - stride, n);
    }
    for (uint64_t k = 0; k < RANDOM; k++) {
        double u = gc_random_unit(run->o.seed, 900 + (uint64_t)tensor + 100 * (uint64_t)run->point, k);
        add_index(index, &count, (size_t)(u * (double)n), n);
    }
    return (size_t)count;
}

/* ---- the test ---- */

/* The largest slope among elements where gradient and difference agree in their first digits: jumps and
 * corners make no scale. */
static double confirmed_scale(const gc_sample *s, size_t samples)
{
    double largest = 0;
    for (size_t k = 0; k < samples; k++)
        if (gc_is_finite(s[k].numeric) && off_by(&s[k], 0) < 1e-3 && fabs(s[k].numeric) > largest)
            largest = fabs(s[k].numeric);
    return largest;
}

/* All first differences come before all judging, which needs the scale of the tensor. */
static void list_all(struct gc_run *run, int tensor, size_t most)
{
    size_t n = run->nin[tensor], before = run->samples[tensor], index[GC_MOST_CHOSEN];
    int all = n <= most;
    size_t count = all ? n : gc_choose_elements(run, tensor, index), few = gc_elements_planned(run, tensor);
    if (!all && few < count) {
        for (size_t k = 0; k < few; k++) index[k] = index[k * count / few];
        count = few;
    }
    for (size_t k = 0; k < count; k++) {
        size_t i = all ? k : index[k];
        if (before && sample_at(run, tensor, i)) continue;
        gc_sample *s = new_sample(run, tensor, i);
        if (s) look_fast(run, tensor, s);
    }
}

void gc_look_at_all(struct gc_run *run, int tensor, size_t most)
{
    size_t from = run->samples[tensor], kept = from;
    int ladders = LADDERS, wrong = GC_WRONG_LADDERS;
    gc_run_noise(run, tensor, NULL);
    list_all(run, tensor, most);
    gc_sample *list = run->sample[tensor];
    double gmax = confirmed_scale(list, run->samples[tensor]);
    for (size_t k = from; k < run->samples[tensor]; k++) {
        gc_sample s = list[k];
        gc_verdict v = look(run, tensor, &s, gmax, ladders > 0 && wrong > 0);
        if (v == GC_FAIL)
            wrong--;
        else if (v != GC_PASS)
            ladders--;
        if (v == GC_INCONCLUSIVE && wrong <= 0 && off_by(&s, gmax) > 0.01) s.wrong = 1; /* one of many */
        if (v == GC_INCONCLUSIVE && ladders < 0 && !s.wrong) continue; /* not looked at after all */
        list[kept++] = s;
    }
    run->samples[tensor] = kept;
}

void gc_test_elements(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t] || run->bad[t] || run->r->tensor[t].wrong) continue;
        gc_stage(run->r, "forward, elements of %s, point %d", run->r->tensor[t].name, run->point);
        int all = run->r->points == 1 || run->suspect[t];
        size_t most = gc_elements_planned(run, t);
        if (run->large && !all) continue;
        gc_look_at_all(run, t, all || most < RANDOM ? most : RANDOM);
    }
}

/* ---- judging the list ---- */

/* The worst of the samples: wrong ones first, kinks last. */
static const gc_sample *worst_of(const gc_sample *list, size_t n, double gmax)
{
    const gc_sample *worst = list;
    double most = -1;
    for (size_t k = 0; k < n; k++) {
        double off = list[k].kink && !list[k].wrong ? 0 : off_by(&list[k], gmax);
        if (list[k].wrong) off += 1e300;
        if (!(off > most)) continue;
        worst = &list[k], most = off;
    }
    return worst;
}

/* Would another value as small have passed just as well? A gradient of 0 claims nothing. */
static int is_too_small(const struct gc_run *run, int tensor, const gc_sample *s, double gmax)
{
    double size = fmax(fabs(s->analytic), fabs(s->numeric));
    if (s->wrong || s->kink || !(fabs(s->analytic) > 0)) return 0;
    return size <= gc_rtol(run, tensor) * scale_of(s, gmax) + 10 * s->error_bar;
}

static void keep_samples(struct gc_run *run, int tensor, const gc_sample *worst, size_t wrong, double gmax)
{
    gc_tensor_result *r = &run->r->tensor[tensor];
    const gc_sample *list = run->sample[tensor];
    size_t n = run->samples[tensor];
    if (r->samples && (!wrong || r->wrong)) return;
    r->looked = n, r->wrong = wrong, r->samples = 0, r->scale = gmax;
    r->worst = *worst, r->worst_rel = off_by(worst, gmax);
    double scale = scale_of(worst, gmax);
    r->allowed_rel = gc_rtol(run, tensor) + (scale > 0 ? 10 * worst->error_bar / scale : 0);
    r->first = (size_t)-1, r->too_small = 0;
    for (size_t k = 0; k < n; k++) {
        r->too_small += is_too_small(run, tensor, &list[k], gmax);
        if (r->samples < GC_MAX_SAMPLES) r->sample[r->samples++] = list[k];
        if (list[k].wrong && list[k].index < r->first) r->first = list[k].index;
    }
    if (!wrong) r->first = 0;
}

void gc_judge_elements(struct gc_run *run, int tensor)
{
    const gc_sample *list = run->sample[tensor];
    size_t wrong = 0, kinks = 0, n = run->samples[tensor];
    if (!n) return;
    double gmax = confirmed_scale(list, n);
    for (size_t k = 0; k < n; k++) wrong += list[k].wrong != 0, kinks += list[k].kink && !list[k].wrong;
    const gc_sample *worst = worst_of(list, n, gmax);
    gc_verdict v = wrong ? GC_FAIL : kinks && run->own ? GC_KINK : GC_PASS;
    unsigned test = run->o.checks & GC_ELEMENTS    ? GC_ELEMENTS
                    : run->o.checks & GC_DIRECTION ? GC_DIRECTION
                                                   : GC_COMPLEX;
    gc_finding *f = gc_note(run->r, run->rounded ? GC_KINKS : test, tensor, run->point, v);
    f->is_element = 1, f->index = worst->index;
    f->analytic = worst->analytic, f->numeric = worst->numeric, f->error_bar = worst->error_bar;
    f->allowed = gc_rtol(run, tensor) * scale_of(worst, gmax) + 10 * worst->error_bar;
    gc_text(f->detail, sizeof f->detail, "%zu elements", n);
    const char *name = run->r->tensor[tensor].name;
    if (v == GC_FAIL)
        gc_text(f->reason, GC_TEXT, "%zu of %zu elements of d%s that were looked at are wrong", wrong, n,
                name);
    if (v == GC_KINK)
        gc_text(f->reason, GC_TEXT,
                "%zu of %zu elements of %s lie at a corner; the gradient is between its one-sided slopes",
                kinks, n, name);
    keep_samples(run, tensor, worst, wrong, gmax);
}
