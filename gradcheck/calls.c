/* calls.c - one problem: whether it is one, working copies of its tensors, and calls of its callbacks. */
#include "../base/clock.h"
#include "gc_internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- is this a problem? ---- */

static int complain(gc_result *r, const char *format, ...)
{
    char reason[GC_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    gc_finding *f = gc_note(r, 0, -1, 0, GC_INCONCLUSIVE);
    gc_text(f->detail, sizeof f->detail, "the problem itself");
    gc_text(f->reason, sizeof f->reason, "%s", reason);
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
    if (make_all(run)) {
        gc_plan(run);
        return 1;
    }
    gc_run_close(run);
    return complain(r, "out of memory for copies of the problem's tensors");
}

void gc_run_close(struct gc_run *run)
{
    for (int i = 0; i < GC_MAX_TENSORS; i++) {
        gc_memory_free(run->in[i].data), gc_memory_free(run->out[i].data);
        gc_memory_free(run->din[i].data), gc_memory_free(run->dout[i].data);
        free(run->x[i]), free(run->v[i]), free(run->g[i]), free(run->sample[i]), free(run->used[i]);
        free(run->beside[0][i]), free(run->beside[1][i]), free(run->beside[2][i]);
    }
}

/* ---- calls ---- */

/* Are all numbers that the forward gets floats by themselves? Then its outputs may be, too. */
static int at_floats(const struct gc_run *run)
{
    int doubles = 0;
    for (int t = 0; t < run->p->nin; t++)
        for (size_t i = 0; run->in[t].dt == GC_F64 && i < run->nin[t]; i++, doubles = 1)
            if (!gc_is_float(gc_get(&run->in[t], i))) return 0;
    return doubles;
}

static void watch_value(struct gc_run *run, double value)
{
    if (run->values == GC_MANY_VALUES || !(fabs(value) > 0)) return;
    for (int k = 0; k < run->values; k++)
        if (run->value[k] - value == 0) return;
    run->value[run->values++] = value;
}

/* Many values, and not all of a few bits: those are whole numbers of one quantum, as a saturated loss has. */
int gc_gives_floats(const struct gc_run *run)
{
    int bits = 0, exponent;
    for (int k = 0; k < run->values && bits < 20; k++) {
        double part = frexp(fabs(run->value[k]), &exponent);
        for (bits = 0; part > 0; bits++) part = 2 * part - floor(2 * part);
    }
    return !run->wide && run->values == GC_MANY_VALUES && bits >= 20;
}

/* One output that is no float settles it; until then different ones are counted. */
static void watch_precision(struct gc_run *run)
{
    int counts = run->values < GC_MANY_VALUES && !at_floats(run);
    for (int k = 0; k < run->p->nout && !run->wide; k++)
        for (size_t i = 0; run->out[k].dt == GC_F64 && i < run->nout[k] && !run->wide; i++) {
            double value = gc_get(&run->out[k], i);
            run->wide = !gc_is_float(value);
            if (counts) watch_value(run, value);
        }
}

/* sum v out, compensated: what rounding there is, is the forward's own. */
double gc_run_weigh(const struct gc_run *run)
{
    struct gc_sum sum = { 0, 0 };
    for (int k = 0; k < run->p->nout; k++) {
        const double *v = run->v[k], *out = run->out[k].data;
        int doubles = run->out[k].dt == GC_F64;
        for (size_t i = 0; i < run->nout[k] && doubles; i++) gc_sum_add(&sum, v[i] * out[i]);
        for (size_t i = 0; i < run->nout[k] && !doubles; i++)
            gc_sum_add(&sum, v[i] * gc_get(&run->out[k], i));
    }
    return gc_sum_of(&sum);
}

/* Short calls are timed now and then: to look at the clock costs as much as some of them. */
static int is_timed(struct gc_run *run, double shortest)
{
    int timed = !(shortest > 0 && shortest < 2e-5) || (run->r->forwards + run->r->backwards) % 32 == 0;
    if (timed) run->r->called = clock_seconds();
    return timed;
}

/* of the shortest call: other work of the machine lengthens the others */
static void note_seconds(struct gc_run *run, double *shortest)
{
    double seconds = clock_seconds() - run->r->called;
    if (!(*shortest > 0) || seconds < *shortest) *shortest = seconds > 1e-9 ? seconds : 1e-9;
    gc_show_progress(run, 0);
}

int gc_call_forward(struct gc_run *run, const gc_tensor *in, gc_tensor *out)
{
    int timed = is_timed(run, run->r->forward_seconds);
    run->r->forwards++;
    int code = run->p->forward(run->p->ctx, in, out);
    if (timed) note_seconds(run, &run->r->forward_seconds);
    return code;
}

int gc_call_backward(struct gc_run *run, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                     gc_tensor *din)
{
    int timed = is_timed(run, run->r->backward_seconds);
    run->r->backwards++;
    int code = run->p->backward(run->p->ctx, in, out, dout, din);
    if (timed) note_seconds(run, &run->r->backward_seconds);
    return code;
}

int gc_run_forward(struct gc_run *run)
{
    run->refused = gc_call_forward(run, run->in, run->out) != 0;
    return !run->refused;
}

double gc_run_loss(struct gc_run *run)
{
    if (!gc_run_forward(run)) return (double)NAN;
    if (!run->wide) watch_precision(run);
    double loss = gc_run_weigh(run);
    if (gc_is_finite(loss) && fabs(loss) > run->largest) run->largest = fabs(loss);
    return loss;
}

void gc_fill_bytes(gc_tensor *t, size_t n, int byte)
{
    if (t->data) memset(t->data, byte, n * gc_size_of(t->dt)); /* 0xff...: a NaN in both types */
}

int gc_run_backward(struct gc_run *run, int byte)
{
    if (run->caches && !gc_run_forward(run)) return 0;
    for (int i = 0; i < run->p->nin; i++) gc_fill_bytes(&run->din[i], run->nin[i], byte);
    run->refused = gc_call_backward(run, run->in, run->out, run->dout, run->din) != 0;
    return !run->refused;
}

int gc_run_gradient(struct gc_run *run, double *const *g)
{
    if (!gc_run_backward(run, run->p->accumulate ? 0 : 0xff)) return 0;
    for (int t = 0; t < run->p->nin; t++)
        for (size_t i = 0; run->din[t].data && i < run->nin[t]; i++) g[t][i] = gc_get(&run->din[t], i);
    return 1;
}
