/* explain.c - gc_diagnose: gathers what the engine knows about a wrong tensor, for the diagnosis; and where
 * that finds nothing, which part of the outputs never reaches the gradient.
 *
 * A gradient is a sum over the outputs. Each index of each axis of the outputs is asked for its share, by an
 * upstream gradient that is 0 elsewhere. An index that the forward connects with the tensor but that adds
 * nothing has been left out. */
#include "diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gc_internal.h"

enum {
    MOST_ASKED = 64,
    MOST_CALLS = 160,
    MOST_SECONDS = 5
}; /* indices of an axis; of the backward, in all */

struct scratch {
    double *g[GC_MAX_TENSORS]; /* gradients  */
    double *y[GC_MAX_TENSORS]; /* outputs    */
    char name[GC_MAX_TENSORS][GC_NAME];
    int calls;
    clock_t start;
};

static void scratch_close(struct scratch *s)
{
    for (int i = 0; i < GC_MAX_TENSORS; i++) {
        free(s->g[i]);
        free(s->y[i]);
    }
}

static int scratch_open(struct scratch *s, const struct gc_run *run)
{
    int ok = 1;
    for (int i = 0; i < run->p->nin; i++)
        if (run->g[i]) ok = ok && (s->g[i] = malloc(run->nin[i] * sizeof(double))) != NULL;
    for (int k = 0; k < run->p->nout && ok; k++) {
        ok = (s->y[k] = malloc(run->nout[k] * sizeof(double))) != NULL;
        if (!ok) break;
        for (size_t i = 0; i < run->nout[k]; i++) s->y[k][i] = gc_get(&run->out[k], i);
    }
    return ok;
}

/* ---- evidence ---- */

static void add_companion(struct gc_evidence *e, const char *name, const double *value, int is_output)
{
    if (e->companions < GC_MAX_TENSORS)
        e->companion[e->companions++] = (struct gc_companion){ name, value, is_output };
}

static const char *output_name(const struct gc_run *run, int k)
{
    return run->p->out[k].name ? run->p->out[k].name : "the output";
}

static void gather(struct gc_evidence *e, struct scratch *s, const struct gc_run *run, int tensor)
{
    size_t n = run->nin[tensor];
    *e = (struct gc_evidence){ .analytic = run->g[tensor], .x = run->x[tensor] };
    if (run->p->nout == 1 && run->nout[0] == 1) e->upstream = run->v[0][0];
    add_companion(e, run->r->tensor[tensor].name, run->x[tensor], 0);
    for (int k = 0; k < run->p->nout; k++) {
        if (run->nout[k] != n || n < 2) continue;
        gc_text(s->name[k], GC_NAME, "d%s", output_name(run, k));
        add_companion(e, output_name(run, k), s->y[k], 1);
        add_companion(e, s->name[k], run->v[k], 0);
    }
    for (int i = 0; i < run->p->nin; i++)
        if (i != tensor && run->x[i] && run->nin[i] == n)
            add_companion(e, run->r->tensor[i].name, run->x[i], 0);
}

/* ---- the upstream gradient ---- */

/* v where `axis` of output k has this index (any, if axis < 0), 0 elsewhere */
static void put_upstream(struct gc_run *run, int k, int axis, size_t index)
{
    const gc_tensor *t = &run->out[k];
    size_t stride = 1;
    for (int a = axis + 1; axis >= 0 && a < t->nd; a++) stride *= t->dim[a];
    for (int j = 0; j < run->p->nout; j++)
        for (size_t i = 0; i < run->nout[j]; i++) {
            int kept = axis < 0 || (j == k && i / stride % t->dim[axis] == index);
            gc_set(&run->dout[j], i, kept ? run->v[j][i] : 0);
        }
}

static int gradient_of_ones(struct gc_run *run, struct scratch *s)
{
    for (int k = 0; k < run->p->nout; k++)
        for (size_t i = 0; i < run->nout[k]; i++) gc_set(&run->dout[k], i, 1);
    return gc_run_gradient(run, s->g);
}

/* ---- which outputs reach the gradient ---- */

struct share {
    int connected, missing; /* indices that the tensor moves, and of these without a share */
    size_t only, first_missing;
};

static int moved(const struct gc_run *run, const struct scratch *s, int k, int axis, size_t index)
{
    const gc_tensor *t = &run->out[k];
    size_t stride = 1;
    for (int a = axis + 1; a < t->nd; a++) stride *= t->dim[a];
    for (size_t i = 0; i < run->nout[k]; i++)
        if (i / stride % t->dim[axis] == index && fabs(gc_get(t, i) - s->y[k][i]) > 1e-12 * fabs(s->y[k][i]))
            return 1;
    return 0;
}

/* 0: a callback refused, or this takes too long */
static int ask_axis(struct gc_run *run, struct scratch *s, int tensor, const char *connected, int k, int axis,
                    struct share *found)
{
    size_t size = run->out[k].dim[axis];
    *found = (struct share){ 0 };
    for (size_t r = 0; r < size; r++) {
        int has_share = 0;
        if (!connected[r]) continue;
        put_upstream(run, k, axis, r);
        if (s->calls++ >= MOST_CALLS || clock() - s->start > MOST_SECONDS * CLOCKS_PER_SEC) return 0;
        if (!gc_run_gradient(run, s->g)) return 0;
        for (size_t i = 0; i < run->nin[tensor] && !has_share; i++) has_share = !(fabs(s->g[tensor][i]) <= 0);
        found->connected++;
        if (has_share)
            found->only = r;
        else if (!found->missing++)
            found->first_missing = r;
    }
    return 1;
}

static void say_share(const struct gc_run *run, int k, int axis, const struct share *f, gc_tensor_result *t)
{
    const char *name = output_name(run, k);
    size_t last = run->out[k].dim[axis] - 1;
    int one = f->connected - f->missing == 1;
    if (one) {
        gc_text(t->pattern, GC_TEXT, "only index %zu of 0 to %zu on axis %d of %s reaches the gradient",
                f->only, last, axis, name);
        gc_text(t->cause, GC_TEXT,
                f->only == last
                    ? "likely: = where += belongs: each index of axis %d overwrites the one before"
                    : "likely: the sum over axis %d of %s is missing",
                axis, name);
        return;
    }
    if (f->missing == 1)
        gc_text(t->pattern, GC_TEXT, "index %zu of 0 to %zu on axis %d of %s does not reach the gradient",
                f->first_missing, last, axis, name);
    else
        gc_text(t->pattern, GC_TEXT,
                "%d of %d indices on axis %d of %s do not reach the gradient, the first is %zu", f->missing,
                f->connected, axis, name, f->first_missing);
    if (f->missing == 1 && f->first_missing == last)
        gc_text(t->cause, GC_TEXT, "likely: a loop over axis %d of %s ends one too early", axis, name);
    else if (f->missing == 1 && f->first_missing == 0)
        gc_text(t->cause, GC_TEXT, "likely: a loop over axis %d of %s begins at 1", axis, name);
    else
        gc_text(t->cause, GC_TEXT, "likely: part of the sum over axis %d of %s is left out", axis, name);
}

/* Moves the whole tensor a little and looks which outputs move, then asks them for their shares. */
static void look_for_missing_shares(struct gc_run *run, struct scratch *s, int tensor)
{
    gc_tensor_result *t = &run->r->tensor[tensor];
    double *d = malloc(run->nin[tensor] * sizeof *d);
    for (int k = 0; d && run->p->forward && k < run->p->nout; k++)
        for (int axis = 0; axis < run->out[k].nd; axis++) {
            char connected[MOST_ASKED];
            struct share found;
            size_t size = run->out[k].dim[axis];
            if (size < 2 || size > MOST_ASKED) continue;
            gc_sample_direction(run, tensor, 0, d);
            gc_run_loss_at(run, tensor, d, 1e-3);
            for (size_t r = 0; r < size; r++) connected[r] = (char)moved(run, s, k, axis, r);
            gc_run_loss(run); /* out[] at the point again */
            if (!ask_axis(run, s, tensor, connected, k, axis, &found)) goto end;
            if (!found.missing || found.missing == found.connected) continue;
            say_share(run, k, axis, &found, t);
            goto end;
        }
end:
    free(d);
}

/* Adds to the place, which is known, what its elements hold. */
static void add_words(gc_tensor_result *t, const struct gc_words *w)
{
    char place[GC_TEXT];
    gc_text(place, sizeof place, "%s", t->pattern);
    gc_text(t->pattern, sizeof t->pattern, *place ? "%s, and there %s" : "%s%s", place, w->pattern);
    if (*w->cause) gc_text(t->cause, sizeof t->cause, "likely: %s", w->cause);
}

/* Is the cause that the forward does not use an element? Between the jumps of one that rounds it seems so. */
static int speaks_of_mask(const gc_tensor_result *t)
{
    return strstr(t->cause, "mask") != NULL;
}

/* Where the numbers have no cause of their own, other points may, or their derivatives. That a formula is
 * wrong is said only of numbers that are shown to be no factor times the right ones. */
static void look_closer(struct gc_run *run, int tensor)
{
    gc_tensor_result *t = &run->r->tensor[tensor];
    struct gc_words w;
    if (run->bad[tensor]) return;
    if ((gc_is_vague(t->cause) || speaks_of_mask(t)) && gc_find_straight_through(run, tensor, &w)) {
        t->pattern[0] = '\0'; /* which elements are wrong, and by how much, is an accident of the point */
        add_words(t, &w);
        return;
    }
    if (!gc_is_vague(t->cause)) return;
    enum gc_ratio ratio = gc_find_ratio(run, tensor, &w);
    if (ratio == GC_RATIO_UNKNOWN) t->cause[0] = '\0';
    if (ratio == GC_RATIO_CONSTANT || gc_find_quotient(run, tensor, &w) ||
        gc_find_by_curvature(run, tensor, &w))
        add_words(t, &w);
}

void gc_diagnose(struct gc_run *run, int tensor)
{
    struct scratch s = { .start = clock() };
    struct gc_evidence e;
    gc_stage(run->r, "backward, diagnosis of %s", run->r->tensor[tensor].name);
    if (run->p->forward) gc_run_loss(run); /* out[] at the point */
    if (scratch_open(&s, run)) {
        gather(&e, &s, run, tensor);
        if (!run->p->no_upstream && gradient_of_ones(run, &s)) e.ones = s.g[tensor];
        gc_diagnose_from(run->r, tensor, &e);
        if (!*run->r->tensor[tensor].pattern && !run->p->no_upstream)
            look_for_missing_shares(run, &s, tensor);
        put_upstream(run, 0, -1, 0);
        look_closer(run, tensor);
    } else {
        gc_diagnose_from(run->r, tensor, NULL);
    }
    scratch_close(&s);
}
