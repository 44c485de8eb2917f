/* element.c - partial derivatives, one element at a time.
 *
 * Every element gets one central difference first (two calls of the forward). Where that agrees with the gradient to the
 * ladder's own tolerance nothing remains to be said; elsewhere the ladder decides. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNDECIDED_SHARE = 8, LADDERS = 256, WRONG_LADDERS = 64, RANDOM = 64 };

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
    *s = (gc_sample){ .index = i, .analytic = run->g[tensor][i], .numeric = NAN, .error_bar = INFINITY };
    return s;
}

/* ---- one element ---- */

/* How far a sample is from agreeing, in units of the tensor's scale. */
static double off_by(const gc_sample *s, double gmax)
{
    double scale = 1e-3 * gmax;
    if (fabs(s->analytic) > scale) scale = fabs(s->analytic);
    if (fabs(s->numeric) > scale) scale = fabs(s->numeric);
    return scale > 0 ? fabs(s->analytic - s->numeric) / scale : 0;
}

/* Two calls of the forward. 1: it agrees, and the ladder is not needed. */
static int agrees_fast(struct gc_run *run, int tensor, gc_sample *s, double gmax)
{
    if (!gc_run_fast(run, tensor, s->index, &s->numeric)) return 0;
    if (off_by(s, gmax) > gc_rtol(run, tensor)) return 0;
    double h = 6e-6 * gc_element_size(run, tensor, s->index);
    s->error_bar = run->noise / h;
    return 1;
}

static gc_verdict climb(struct gc_run *run, int tensor, gc_sample *s, double gmax)
{
    struct gc_ladder l;
    double allowed;
    gc_run_element(run, tensor, s->index, &l);
    s->numeric = l.value, s->error_bar = l.error;
    gc_verdict v = gc_judge_slope(&l, s->analytic, gmax, &allowed);
    if (v != GC_PASS && gc_at_kink(&l)) {
        s->kink = 1;
        v = gc_is_legal_at_kink(run, &l, s->analytic) ? GC_KINK : GC_FAIL;
    }
    s->wrong = v == GC_FAIL;
    return v;
}

void gc_look_at(struct gc_run *run, int tensor, size_t i)
{
    if (sample_at(run, tensor, i)) return;
    gc_sample *s = new_sample(run, tensor, i);
    if (!s) return;
    if (!agrees_fast(run, tensor, s, 0)) climb(run, tensor, s, run->r->tensor[tensor].scale);
}

/* ---- which ---- */

static void add_index(size_t *index, int *count, int room, size_t i, size_t n)
{
    for (int k = 0; k < *count; k++)
        if (index[k] == i) return;
    if (i < n && *count < room) index[(*count)++] = i;
}

/* Borders of memory, of vectors and of tiles, of each axis, and random elements. */
static int choose(const struct gc_run *run, int tensor, size_t *index, int room)
{
    static const size_t edge[] = { 0, 1, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 257 };
    const gc_tensor *t = &run->in[tensor];
    size_t n = run->nin[tensor], stride = n;
    int count = 0;
    for (size_t k = 0; k < sizeof edge / sizeof *edge; k++) add_index(index, &count, room, edge[k], n);
    add_index(index, &count, room, n - 1, n);
    for (int k = 0; k < t->nd; k++) { /* the first and last line of each axis, at their ends */
        stride /= t->dim[k];
        add_index(index, &count, room, (t->dim[k] - 1) * stride, n);
        add_index(index, &count, room, stride - 1, n);
        add_index(index, &count, room, t->dim[k] / 2 * stride, n);
        add_index(index, &count, room, n - stride, n);
    }
    for (uint64_t k = 0; k < RANDOM; k++) {
        double u = gc_random_unit(run->o.seed, 900 + (uint64_t)tensor + 100 * (uint64_t)run->point, k);
        add_index(index, &count, room, (size_t)(u * (double)n), n);
    }
    return count;
}

/* ---- the test ---- */

/* The largest slope among elements where gradient and difference agree in their first digits: a jump or a kink makes
 * no scale. */
static double confirmed_scale(const gc_sample *s, size_t samples)
{
    double largest = 0;
    for (size_t k = 0; k < samples; k++)
        if (gc_is_finite(s[k].numeric) && off_by(&s[k], 0) < 1e-3 && fabs(s[k].numeric) > largest)
            largest = fabs(s[k].numeric);
    return largest;
}

static void look_at_all(struct gc_run *run, int tensor)
{
    size_t n = run->nin[tensor], from = run->samples[tensor];
    size_t index[256];
    int chosen = 0;
    int all = n <= run->o.max_elem && (run->point == 0 || run->suspect[tensor]);
    if (!all) chosen = choose(run, tensor, index, 256);
    size_t count = all ? n : (size_t)chosen;
    for (size_t k = 0; k < count; k++) {
        size_t i = all ? k : index[k];
        if (from && sample_at(run, tensor, i)) continue;
        gc_sample *s = new_sample(run, tensor, i);
        if (s && !gc_run_fast(run, tensor, i, &s->numeric)) s->numeric = NAN;
    }
    gc_sample *list = run->sample[tensor];
    double gmax = confirmed_scale(list, run->samples[tensor]);
    int ladders = 0, wrong = 0;
    for (size_t k = from; k < run->samples[tensor]; k++) {
        double h = 6e-6 * gc_element_size(run, tensor, list[k].index);
        double bar = run->noise / h, off = off_by(&list[k], gmax);
        if (off <= gc_rtol(run, tensor)) {
            list[k].error_bar = bar;
            continue;
        }
        (void)ladders, (void)wrong;
        climb(run, tensor, &list[k], gmax);
    }
}

void gc_test_elements(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t] || run->bad[t] || run->r->tensor[t].wrong) continue;
        gc_stage(run->r, "forward, elements of %s, point %d", run->r->tensor[t].name, run->point);
        look_at_all(run, t);
    }
}

/* ---- judging the list ---- */

static void keep_samples(struct gc_run *run, int tensor, size_t wrong, double gmax)
{
    gc_tensor_result *r = &run->r->tensor[tensor];
    const gc_sample *list = run->sample[tensor];
    if (r->samples && !(wrong && !r->wrong)) return;
    r->looked = run->samples[tensor], r->wrong = wrong, r->samples = 0, r->worst_rel = -1;
    r->scale = gmax;
    int first = 1;
    for (size_t k = 0; k < run->samples[tensor]; k++) {
        double off = off_by(&list[k], gmax);
        if (r->samples < GC_MAX_SAMPLES) r->sample[r->samples++] = list[k];
        if (list[k].wrong && (first || list[k].index < r->first)) r->first = list[k].index, first = 0;
        if ((wrong && !list[k].wrong) || list[k].kink > list[k].wrong || !(off > r->worst_rel)) continue;
        r->worst = list[k], r->worst_rel = off;
        r->allowed_rel =
            gc_rtol(run, tensor) + 10 * list[k].error_bar * off / fabs(list[k].analytic - list[k].numeric);
    }
}

static void note_elements(struct gc_run *run, int tensor)
{
    const gc_sample *list = run->sample[tensor], *worst = NULL;
    size_t wrong = 0, undecided = 0, kinks = 0, n = run->samples[tensor];
    double gmax = confirmed_scale(list, n);
    for (size_t k = 0; k < n; k++) {
        wrong += list[k].wrong != 0, kinks += list[k].kink != 0;
        undecided += !list[k].kink && !list[k].wrong && !(off_by(&list[k], gmax) < 0.01);
        if (!worst || list[k].wrong > worst->wrong ||
            (list[k].wrong == worst->wrong && off_by(&list[k], gmax) > off_by(worst, gmax)))
            worst = &list[k];
    }
    if (!worst) return;
    gc_verdict v = wrong ? GC_FAIL : undecided ? GC_INCONCLUSIVE : kinks && !run->rounded ? GC_KINK : GC_PASS;
    gc_finding *f = gc_note(run->r, GC_ELEMENTS, tensor, run->point, v);
    f->is_element = 1, f->index = worst->index;
    f->analytic = worst->analytic, f->numeric = worst->numeric, f->error_bar = worst->error_bar;
    gc_text(f->detail, sizeof f->detail, "%zu elements", n);
    const char *name = run->r->tensor[tensor].name;
    if (v == GC_FAIL)
        gc_text(f->why, GC_TEXT, "%zu of %zu elements of d%s looked at are wrong", wrong, n, name);
    if (v == GC_INCONCLUSIVE)
        gc_text(f->why, GC_TEXT, "%zu of %zu elements of d%s cannot be judged", undecided, n, name);
    keep_samples(run, tensor, wrong, gmax);
}

void gc_elements_done(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (run->samples[t]) note_elements(run, t);
        run->samples[t] = 0;
    }
}
