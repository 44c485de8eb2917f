/* run.c - one problem at one point: working copies of its tensors, calls of its callbacks, the analytic
 * gradient. */
#include "gc_internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- tensors ---- */

size_t gc_size_of(gc_dtype dt)
{
    return dt == GC_F64 ? sizeof(double) : dt == GC_F32 ? sizeof(float) : sizeof(int32_t);
}

size_t gc_elements(const gc_tensor *t)
{
    size_t n = 1;
    for (int k = 0; k < t->nd; k++) {
        if (t->dim[k] && n > SIZE_MAX / 32 / t->dim[k]) return 0;
        n *= t->dim[k];
    }
    return n;
}

double gc_get(const gc_tensor *t, size_t i)
{
    switch (t->dt) {
    case GC_F64: return ((const double *)t->data)[i];
    case GC_F32: return (double)((const float *)t->data)[i];
    default: return ((const int32_t *)t->data)[i];
    }
}

void gc_set(gc_tensor *t, size_t i, double value)
{
    switch (t->dt) {
    case GC_F64: ((double *)t->data)[i] = value; break;
    case GC_F32: ((float *)t->data)[i] = (float)value; break;
    default: ((int32_t *)t->data)[i] = (int32_t)value;
    }
}

int gc_has_gradient(const struct gc_run *run, int tensor)
{
    return run->p->in[tensor].flags & GC_GRAD && run->p->in[tensor].dt != GC_I32;
}

/* ---- is this a problem? ---- */

static int complain(gc_result *r, const char *format, ...)
{
    char why[GC_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    gc_finding *f = gc_note(r, 0, -1, 0, GC_INCONCLUSIVE);
    gc_text(f->detail, sizeof f->detail, "the problem itself");
    gc_text(f->why, sizeof f->why, "%s", why);
    return 0;
}

static int check_tensor(gc_result *r, const gc_tensor *t, const char *kind, int i)
{
    if (t->nd < 0 || t->nd > GC_MAX_DIMS)
        return complain(r, "%s %d has nd = %d; it must be 0 to %d", kind, i, t->nd, (int)GC_MAX_DIMS);
    if (t->dt != GC_F32 && t->dt != GC_F64 && t->dt != GC_I32)
        return complain(r, "%s %d has an unknown dt; use GC_F32, GC_F64 or GC_I32", kind, i);
    if (!gc_elements(t)) return complain(r, "%s %d has no elements, or too many: look at its dim[]", kind, i);
    return 1;
}

static int check_input(gc_result *r, const gc_problem *p, int i)
{
    const gc_tensor *t = &p->in[i];
    const char *name = t->name ? t->name : "?";
    if (!check_tensor(r, t, "input", i)) return 0;
    if (t->dt == GC_I32 && t->flags & GC_GRAD)
        return complain(r, "input %s is of integers and has no gradient: drop its flag GC_GRAD", name);
    if (t->dt == GC_I32 && !t->data && !p->fill)
        return complain(
            r, "input %s is of integers, which cannot be drawn at random: give its data or a fill callback",
            name);
    if (t->flags & GC_FIXED && !t->data && !p->fill)
        return complain(r, "input %s is GC_FIXED but has no data: give its data or a fill callback", name);
    return 1;
}

static int check_problem(gc_result *r, const gc_problem *p)
{
    if (p->nin < 1 || p->nin > GC_MAX_TENSORS || p->nout < 1 || p->nout > GC_MAX_TENSORS || !p->in || !p->out)
        return complain(r,
                        "the problem has %d inputs and %d outputs; both must be 1 to %d, with in and out set",
                        p->nin, p->nout, (int)GC_MAX_TENSORS);
    if (!p->forward && !p->backward) return complain(r, "the problem has neither a forward nor a backward");
    int wanted = 0;
    for (int i = 0; i < p->nin; i++) {
        if (!check_input(r, p, i)) return 0;
        wanted += (p->in[i].flags & GC_GRAD) != 0;
    }
    for (int i = 0; i < p->nout; i++) {
        if (!check_tensor(r, &p->out[i], "output", i)) return 0;
        if (p->out[i].dt == GC_I32)
            return complain(
                r,
                "output %d is of integers and cannot be differentiated: give it as an input, or not at all",
                i);
    }
    if (p->backward && !wanted)
        return complain(r, "no input has the flag GC_GRAD: there is no gradient to check");
    if (p->no_upstream && (p->nout != 1 || gc_elements(&p->out[0]) != 1))
        return complain(r, "no_upstream needs one output of one element: the loss");
    return 1;
}

/* ---- memory ---- */

static int make_tensor(gc_tensor *to, const gc_tensor *like, const char *prefix, const char *fallback)
{
    char name[GC_NAME];
    *to = *like;
    to->data = gc_memory_new(gc_elements(like) * gc_size_of(like->dt));
    gc_text(name, sizeof name, "%s%s", prefix, like->name ? like->name : fallback);
    if (to->data) {
        gc_memory_name(to->data, name);
        memset(to->data, 0, gc_elements(like) * gc_size_of(like->dt));
    }
    return to->data != NULL;
}

static double *new_doubles(size_t n)
{
    return calloc(n, sizeof(double));
}

static int make_all(struct gc_run *run)
{
    const gc_problem *p = run->p;
    for (int i = 0; i < p->nin; i++) {
        run->nin[i] = gc_elements(&p->in[i]);
        if (!make_tensor(&run->in[i], &p->in[i], "", "an input")) return 0;
        if (p->in[i].dt != GC_I32 && !(run->x[i] = new_doubles(run->nin[i]))) return 0;
        run->din[i] = p->in[i];
        run->din[i].data = NULL;
        if (!p->backward || !gc_has_gradient(run, i)) continue;
        if (!make_tensor(&run->din[i], &p->in[i], "d", "an input")) return 0;
        if (!(run->g[i] = new_doubles(run->nin[i]))) return 0;
    }
    for (int i = 0; i < p->nout; i++) {
        run->nout[i] = gc_elements(&p->out[i]);
        if (!make_tensor(&run->out[i], &p->out[i], "", "an output")) return 0;
        if (!make_tensor(&run->dout[i], &p->out[i], "d", "an output")) return 0;
        if (!(run->v[i] = new_doubles(run->nout[i]))) return 0;
    }
    return 1;
}

static void describe_tensors(gc_result *r, const gc_problem *p)
{
    r->ntensors = p->nin;
    for (int i = 0; i < p->nin; i++) {
        gc_tensor_result *t = &r->tensor[i];
        if (p->in[i].name)
            gc_text(t->name, sizeof t->name, "%s", p->in[i].name);
        else
            gc_text(t->name, sizeof t->name, "in%d", i);
        t->nd = p->in[i].nd;
        memcpy(t->dim, p->in[i].dim, sizeof t->dim);
        t->elements = gc_elements(&p->in[i]);
        t->flags = p->in[i].flags;
        t->checked = p->backward && p->in[i].flags & GC_GRAD;
    }
}

int gc_run_open(struct gc_run *run, const gc_problem *p, const gc_options *o, gc_result *r)
{
    memset(run, 0, sizeof *run);
    run->p = p, run->o = *o, run->r = r, run->noise = -1;
    if (!check_problem(r, p)) return 0;
    describe_tensors(r, p);
    if (make_all(run)) return 1;
    gc_run_close(run);
    return complain(r, "out of memory for copies of the problem's tensors");
}

void gc_run_close(struct gc_run *run)
{
    for (int i = 0; i < GC_MAX_TENSORS; i++) {
        gc_memory_free(run->in[i].data), gc_memory_free(run->out[i].data);
        gc_memory_free(run->din[i].data), gc_memory_free(run->dout[i].data);
        free(run->x[i]), free(run->v[i]), free(run->g[i]), free(run->sample[i]);
    }
}

/* ---- calls ---- */

static void watch_precision(struct gc_run *run)
{
    for (int k = 0; k < run->p->nout && !run->wide; k++)
        for (size_t i = 0; run->out[k].dt == GC_F64 && i < run->nout[k] && !run->wide; i++)
            run->wide = !gc_is_float(gc_get(&run->out[k], i));
}

/* sum v out, by Neumaier's compensated sum: what rounding there is, is the forward's own. */
static double weigh(const struct gc_run *run)
{
    double sum = 0, lost = 0;
    for (int k = 0; k < run->p->nout; k++)
        for (size_t i = 0; i < run->nout[k]; i++) {
            double term = run->v[k][i] * gc_get(&run->out[k], i), next = sum + term;
            lost += fabs(sum) >= fabs(term) ? sum - next + term : term - next + sum;
            sum = next;
        }
    return gc_is_finite(lost) ? sum + lost : sum;
}

/* sqrt(sum (v out)^2); squares are taken of numbers up to 1 */
static double size_of_loss(const struct gc_run *run)
{
    double largest = 0, sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < run->p->nout; k++)
            for (size_t i = 0; i < run->nout[k]; i++) {
                double term = fabs(run->v[k][i] * gc_get(&run->out[k], i));
                if (!pass && term > largest) largest = term;
                if (pass && largest > 0) sum += term / largest * (term / largest);
            }
    return largest * sqrt(sum);
}

static int call_forward(struct gc_run *run)
{
    run->r->forwards++;
    run->refused = run->p->forward(run->p->ctx, run->in, run->out) != 0;
    return !run->refused;
}

double gc_run_loss(struct gc_run *run)
{
    if (!call_forward(run)) return (double)NAN;
    if (!run->wide) watch_precision(run);
    return weigh(run);
}

static void fill_bytes(gc_tensor *t, size_t n, int byte)
{
    if (t->data) memset(t->data, byte, n * gc_size_of(t->dt)); /* 0xff...: a NaN in both types */
}

static int call_backward(struct gc_run *run, int byte)
{
    for (int i = 0; i < run->p->nin; i++) fill_bytes(&run->din[i], run->nin[i], byte);
    run->r->backwards++;
    run->refused = run->p->backward(run->p->ctx, run->in, run->out, run->dout, run->din) != 0;
    return !run->refused;
}

int gc_run_gradient(struct gc_run *run, double *const *g)
{
    if (!call_backward(run, run->p->accumulate ? 0 : 0xff)) return 0;
    for (int t = 0; t < run->p->nin; t++)
        for (size_t i = 0; run->din[t].data && i < run->nin[t]; i++) g[t][i] = gc_get(&run->din[t], i);
    return 1;
}

/* ---- the point ---- */

/* The first output that is not finite, in words; 0: all are. */
static int says_not_finite(const struct gc_run *run, char *text, size_t room)
{
    for (int k = 0; k < run->p->nout; k++)
        for (size_t i = 0; i < run->nout[k]; i++) {
            if (gc_is_finite(gc_get(&run->out[k], i))) continue;
            const char *name = run->p->out[k].name ? run->p->out[k].name : "its output";
            if (run->nout[k] == 1)
                gc_text(text, room, "the forward gives NaN or infinity for %s", name);
            else
                gc_text(text, room, "the forward gives NaN or infinity for element %zu of %s", i, name);
            return 1;
        }
    return 0;
}

static gc_finding *note_broken(struct gc_run *run, int tensor, const char *detail)
{
    gc_finding *f = gc_note(run->r, GC_CONTRACT, tensor, run->point, GC_CONTRACT_BROKEN);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    return f;
}

/* Are the inputs what they were? If not they are put back and, since every difference moves inputs, the
 * numeric tests have no base. */
static int inputs_kept(struct gc_run *run, const char *who)
{
    for (int t = 0; t < run->p->nin; t++) {
        int changed = 0;
        for (size_t i = 0; run->x[t] && i < run->nin[t]; i++) {
            if (gc_get(&run->in[t], i) - run->x[t][i] == 0) continue;
            changed = changed || gc_is_finite(run->x[t][i]);
            gc_set(&run->in[t], i, run->x[t][i]);
        }
        if (!changed) continue;
        run->broken = 1;
        gc_text(note_broken(run, t, "writes to input")->why, GC_TEXT,
                "%s writes to its input %s; inputs are shared with other layers: work on a copy, or write to "
                "an output",
                who, run->r->tensor[t].name);
        return 0;
    }
    return 1;
}

/* The forward, from outputs of NaN: what it leaves is what it never wrote, or added to. */
static int forward_here(struct gc_run *run, char *why)
{
    if (!run->p->forward) return 1;
    gc_stage(run->r, "forward, point %d", run->point);
    for (int k = 0; k < run->p->nout; k++) fill_bytes(&run->out[k], run->nout[k], 0xff);
    if (!call_forward(run)) {
        gc_text(why, GC_TEXT, "the forward refused the point");
        return 0;
    }
    if (!inputs_kept(run, "forward")) return 1;
    if (!says_not_finite(run, why, GC_TEXT)) return 1;
    char ignored[GC_TEXT];
    for (int k = 0; k < run->p->nout; k++) fill_bytes(&run->out[k], run->nout[k], 0);
    if (!call_forward(run) || says_not_finite(run, ignored, sizeof ignored)) return 0;
    gc_text(note_broken(run, -1, "outputs of NaN")->why, GC_TEXT,
            "%s when its outputs held NaN before the call, and not when they held 0: it adds to its outputs "
            "or leaves "
            "some unwritten",
            why);
    run->broken = 1;
    return 1;
}

static size_t first_not_finite(const double *g, size_t n)
{
    size_t i = 0;
    while (i < n && gc_is_finite(g[i])) i++;
    return i;
}

/* Gradients with NaN where they began as NaN, but not where they began as 0: added to, or not written. */
static void judge_unwritten(struct gc_run *run)
{
    double *was[GC_MAX_TENSORS] = { 0 };
    size_t at[GC_MAX_TENSORS];
    int any = 0;
    for (int t = 0; t < run->p->nin; t++) {
        was[t] = run->g[t];
        if (!was[t]) continue;
        at[t] = first_not_finite(was[t], run->nin[t]);
        any = any || at[t] < run->nin[t];
    }
    if (!any || run->p->accumulate || !call_backward(run, 0)) return;
    for (int t = 0; t < run->p->nin; t++) {
        if (!was[t] || at[t] == run->nin[t]) continue;
        for (size_t i = 0; i < run->nin[t]; i++) was[t][i] = gc_get(&run->din[t], i);
        if (first_not_finite(was[t], run->nin[t]) < run->nin[t]) continue;
        gc_finding *f = note_broken(run, t, "gradient of NaN");
        f->is_element = 1, f->index = at[t];
        gc_text(f->why, GC_TEXT,
                "element %zu of d%s is NaN if it was NaN before the call and finite if it was 0: the "
                "backward adds to it "
                "(then set accumulate) or never writes it",
                at[t], run->r->tensor[t].name);
    }
}

/* Is there an element that rounding moved to where the function has no finite slope, as sqrt has none at
 * 0? Its gradient need not be finite either: another point will do. */
static int is_beyond(struct gc_run *run, char *why)
{
    int moved = 0;
    if (!run->rounded || !run->p->forward) return 0;
    for (int t = 0; t < run->p->nin; t++) {
        size_t i = run->g[t] ? first_not_finite(run->g[t], run->nin[t]) : 0;
        if (!run->g[t] || i == run->nin[t]) continue;
        moved = 1;
        if (gc_has_sides(run, t, i)) continue;
        gc_text(why, GC_TEXT, "the slope is not finite at element %zu of %s", i, run->r->tensor[t].name);
        return 1;
    }
    if (moved) gc_run_loss(run); /* out[] at the point again */
    return 0;
}

/* NaN and infinity in a gradient of a finite forward are wrong. */
static void judge_finite(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t]) continue;
        size_t i = first_not_finite(run->g[t], run->nin[t]);
        run->bad[t] = i < run->nin[t];
        if (!run->bad[t]) continue;
        gc_finding *f = gc_note(run->r, GC_ELEMENTS, t, run->point, GC_FAIL);
        gc_text(f->detail, sizeof f->detail, "not finite");
        f->is_element = 1, f->index = i, f->analytic = run->g[t][i], f->numeric = (double)NAN,
        f->error_bar = (double)INFINITY;
        gc_text(f->why, sizeof f->why,
                "the gradient of %s is NaN or infinite at element %zu, where the forward is finite",
                run->r->tensor[t].name, i);
    }
}

static int backward_here(struct gc_run *run, char *why)
{
    if (!run->p->backward) return 1;
    gc_stage(run->r, "backward, point %d", run->point);
    if (!gc_run_gradient(run, run->g)) {
        gc_text(why, GC_TEXT, "the backward refused the point");
        return 0;
    }
    if (!inputs_kept(run, "backward")) return 1;
    judge_unwritten(run);
    if (is_beyond(run, why)) return 0;
    judge_finite(run);
    return 1;
}

int gc_run_point(struct gc_run *run, int point)
{
    char why[GC_TEXT] = "the fill callback refused the point";
    run->point = point, run->rounded = point == run->o.n_points, run->noise = -1;
    memset(run->bad, 0, sizeof run->bad);
    memset(run->suspect, 0, sizeof run->suspect);
    memset(run->failed, 0, sizeof run->failed);
    for (int attempt = 0; gc_draw_point(run, attempt); attempt++) {
        if (!run->refused && forward_here(run, why)) {
            if (run->broken) return 1;
            run->f0 = run->p->forward ? weigh(run) : (double)NAN;
            run->size = run->p->forward ? size_of_loss(run) : 0;
            if (backward_here(run, why)) return 1;
        }
        run->r->refused++;
    }
    gc_text(run->r->why, sizeof run->r->why, "%s", why); /* kept if no point is left */
    return 0;
}
