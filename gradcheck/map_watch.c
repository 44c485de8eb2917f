/* map_watch.c - the outputs of a vector function along a line: their derivatives by ladders that share the
 * function's calls, and whether a Jv agrees with them. */
#include "map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RANDOM = 256 }; /* outputs of a map with more than max_elem of them */

/* ---- which outputs ---- */

static int by_number(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* all, or the first and the last with random ones between them */
static void choose(struct gc_watch *w, size_t M)
{
    size_t kept = 0;
    for (size_t k = 0; k < w->count; k++) {
        double u = gc_random_unit(w->m->o.seed, 7100, k);
        w->index[k] = w->count == M ? k : k < 16 ? k : k < 32 ? M - 1 - (k - 16) : (size_t)(u * (double)M);
    }
    qsort(w->index, w->count, sizeof *w->index, by_number);
    for (size_t k = 0; k < w->count; k++)
        if (!k || w->index[k] != w->index[kept - 1]) w->index[kept++] = w->index[k];
    w->count = kept;
}

int gc_watch_open(struct gc_watch *w, struct gc_map_run *m)
{
    size_t count = m->M <= m->o.max_elem || m->M <= MOST_RANDOM ? m->M : MOST_RANDOM;
    *w = (struct gc_watch){ .m = m, .count = count };
    w->index = calloc(count, sizeof *w->index);
    w->v = calloc(m->N, sizeof *w->v);
    if (w->index) choose(w, m->M);
    return w->index && w->v;
}

void gc_watch_start(struct gc_watch *w)
{
    for (int k = 0; k < w->calls; k++) free(w->seen[k].y);
    w->calls = 0;
}

void gc_watch_close(struct gc_watch *w)
{
    gc_watch_start(w);
    free(w->seen), free(w->index), free(w->v);
}

/* ---- the line ---- */

/* the outputs that are looked at, at x + t v; NULL: no memory */
static const double *outputs_at(struct gc_watch *w, double t)
{
    struct gc_run *run = &w->m->run;
    for (int k = 0; k < w->calls; k++)
        if (fabs(w->seen[k].t - t) <= 0) return w->seen[k].y;
    if (w->calls == w->room) {
        int room = 2 * w->room + 64;
        struct gc_seen *more = realloc(w->seen, (size_t)room * sizeof *more);
        if (!more) return NULL;
        w->seen = more, w->room = room;
    }
    double *y = malloc(w->count * sizeof *y);
    if (!y) return NULL;
    for (size_t i = 0; i < w->m->N; i++) gc_set(&run->in[0], i, run->x[0][i] + t * w->v[i]);
    int fine = gc_run_forward(run);
    for (size_t k = 0; k < w->count; k++) y[k] = fine ? gc_get(&run->out[0], w->index[k]) : (double)NAN;
    for (size_t i = 0; i < w->m->N; i++) gc_set(&run->in[0], i, run->x[0][i]);
    w->seen[w->calls++] = (struct gc_seen){ t, y };
    return y;
}

struct output {
    struct gc_watch *w;
    size_t k;
};

static double along(double t, void *ctx)
{
    const struct output *o = ctx;
    const double *y = outputs_at(o->w, t);
    return y ? y[o->k] : (double)NAN;
}

static int pair(const struct gc_ladder *l, double *h, double *plus, double *minus)
{
    *plus = along(*h, l->ctx), *minus = along(-*h, l->ctx);
    return 1;
}

/* The ladder of one output. Steps are no powers of two of each other from line to line. */
static void climb(struct output *o, struct gc_ladder *l, int *f32)
{
    struct gc_map_run *m = o->w->m;
    double start = 0x1p-4 * (0.75 + 0.25 * gc_random_unit(m->o.seed, 7200, (uint64_t)m->run.point));
    *l = (struct gc_ladder){ .pair = pair, .ctx = o, .run = &m->run, .f0 = along(0, o) };
    l->noise = gc_noise(along, o, 1e-6, f32);
    l->good = 1e-12 * fabs(l->f0);
    gc_ladder_climb(l, m->o.h > 0 ? m->o.h : start, 0);
}

/* ---- judging ---- */

/* The largest derivative of all outputs, and whether they are floats that vary. */
static double survey(struct gc_watch *w, double *largest)
{
    size_t floats = 0, exact = 0;
    double gmax = 0;
    *largest = 0;
    for (size_t k = 0; k < w->count; k++) {
        struct output o = { w, k };
        struct gc_ladder l;
        int f32;
        climb(&o, &l, &f32);
        floats += f32 != 0, exact += !f32 && !gc_is_float(l.f0);
        if (gc_is_finite(l.value) && gc_is_finite(l.error) && l.error < 0.1 * fabs(l.value))
            gmax = fmax(gmax, fabs(l.value));
        if (gc_is_finite(l.f0)) *largest = fmax(*largest, fabs(l.f0));
    }
    if (floats && !exact) w->m->r->f32_inside = 1;
    return gmax;
}

static gc_verdict judge(struct gc_ladder *l, double a, double gmax, double largest, double rtol,
                        double *allowed)
{
    gc_verdict v = gc_judge(a, l->value, l->error, gmax, rtol, allowed);
    if (v == GC_FAIL && fabs(a - l->value) < 1000 * l->error) {
        gc_measure_again(l);
        v = gc_judge(a, l->value, l->error, gmax, rtol, allowed);
    }
    if (v == GC_PASS || !gc_is_finite(a)) return v;
    if (gc_at_kink(l)) {
        double room = 1e-6 * fabs(l->right - l->left) + 10 * (l->left_error + l->right_error);
        int between = a >= fmin(l->left, l->right) - room && a <= fmax(l->left, l->right) + room;
        return between ? GC_KINK : GC_FAIL;
    }
    /* nothing moves: there is only the rounding of the output, and Jv says so */
    int none = fabs(a) <= 10 * l->error && fabs(l->value) <= 10 * l->error && l->error <= 1e-9 * largest;
    if (v == GC_INCONCLUSIVE && (none || (fabs(a) <= 0 && gc_ladder_flat(l)))) return GC_PASS;
    return v;
}

size_t gc_watch_judge(struct gc_watch *w, enum gc_product which, const double *jv, gc_sample *list)
{
    struct gc_map_run *m = w->m;
    double largest, gmax = survey(w, &largest), rtol = gc_rtol(&m->run, 0), allowed;
    struct gc_tally *tally = &m->tally[which];
    size_t wrong = 0;
    for (size_t k = 0; k < w->count; k++) {
        struct output o = { w, k };
        struct gc_ladder l;
        double a = jv[w->index[k]];
        climb(&o, &l, NULL);
        l.tensor = m->tensor[which], l.element = w->index[k];
        gc_verdict v = judge(&l, a, gmax, largest, rtol, &allowed);
        list[k] =
            (gc_sample){ .index = w->index[k], .analytic = a, .numeric = l.value, .error_bar = l.error };
        list[k].wrong = v == GC_FAIL, list[k].kink = v == GC_KINK;
        wrong += v == GC_FAIL;
        tally->decided += v == GC_PASS || v == GC_FAIL, tally->kinks += v == GC_KINK;
        if (v == GC_INCONCLUSIVE) gc_doubt(tally, &l, GC_MAP, a, allowed);
    }
    return wrong;
}
