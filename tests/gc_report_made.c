/* gc_report_made.c - results made by hand; see gc_report_made.h. */
#include "gc_report_made.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gc_result *made_result(const char *name, gc_verdict verdict)
{
    gc_result *r = calloc(1, sizeof *r);
    if (!r) {
        fputs("no memory for a result\n", stderr);
        exit(1);
    }
    snprintf(r->name, sizeof r->name, "%s", name);
    r->verdict = verdict;
    r->seed = 17;
    r->points = 4;
    r->forwards = 1230;
    r->backwards = 41;
    r->seconds = 0.25;
    r->checks = GC_CONTRACT | GC_DIRECTION | GC_ELEMENTS;
    return r;
}

gc_tensor_result *made_tensor(gc_result *r, const char *name, const size_t *dim)
{
    gc_tensor_result *t = &r->tensor[r->ntensors++];
    snprintf(t->name, sizeof t->name, "%s", name);
    t->elements = 1;
    t->flags = GC_GRAD;
    t->checked = 1;
    t->allowed_rel = 1e-7;
    for (; dim && dim[t->nd]; t->nd++) {
        t->dim[t->nd] = dim[t->nd];
        t->elements *= dim[t->nd];
    }
    return t;
}

static void judge(gc_tensor_result *t, gc_sample *s)
{
    double scale = fmax(fmax(fabs(s->analytic), fabs(s->numeric)), 1e-3 * t->scale);
    double rel = scale > 0 ? fabs(s->analytic - s->numeric) / scale : 0;
    s->wrong = !(rel <= t->allowed_rel + (scale > 0 ? 10 * s->error_bar / scale : 0));
    t->looked++;
    if (s->wrong && !t->wrong++) t->first = s->index;
    if (t->looked > 1 && !(rel > t->worst_rel) && !isnan(rel)) return;
    t->worst = *s;
    t->worst_rel = rel;
}

void made_samples(gc_tensor_result *t, const double *analytic, const double *numeric, size_t step)
{
    for (size_t i = 0; i < t->elements; i++) t->scale = fmax(t->scale, fabs(numeric[i]));
    for (size_t i = 0; i < t->elements && t->samples < GC_MAX_SAMPLES; i += step) {
        gc_sample *s = &t->sample[t->samples++];
        *s = (gc_sample){ i, analytic[i], numeric[i], 1e-10 * t->scale, 0, 0 };
        judge(t, s);
    }
    t->verdict = t->wrong ? GC_FAIL : GC_PASS;
}

double made_number(unsigned stream, size_t k)
{
    uint64_t z = (stream + 1) * UINT64_C(0x9e3779b97f4a7c15) + k * UINT64_C(0xd1342543de82ef95);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    double size = 0.05 + 0.95 * (double)(z >> 12) / 4503599627370496.0;
    return z & 1 ? size : -size;
}

/* a layer whose W is wrong in its last row, b right */
static gc_result *made_fail(const char *name)
{
    const size_t shape[] = { 7, 12, 0 }, bias[] = { 7, 0 };
    double analytic[84], numeric[84];
    gc_result *r = made_result(name, GC_FAIL);
    for (size_t i = 0; i < 84; i++) {
        numeric[i] = made_number(1, i);
        analytic[i] = i / 12 == 6 ? 2 * numeric[i] : numeric[i] * (1 + 1e-9);
    }
    gc_tensor_result *w = made_tensor(r, "W", shape), *b = made_tensor(r, "b", bias);
    made_samples(w, analytic, numeric, 1);
    made_samples(b, numeric, numeric, 1);
    snprintf(w->pattern, sizeof w->pattern, "only the last row is wrong, and there analytic = 2 x numeric");
    snprintf(w->cause, sizeof w->cause, "likely: the tail is added twice");
    snprintf(r->repeat, sizeof r->repeat, "rungs gradcheck run dense --only W --seed 17");
    return r;
}

static gc_result *made_reason(const char *name, gc_verdict verdict, const char *error)
{
    const size_t shape[] = { 5, 0 };
    gc_result *r = made_result(name, verdict);
    gc_tensor_result *t = made_tensor(r, "x", shape);
    double g[5];
    for (size_t i = 0; i < 5; i++) g[i] = made_number(2, i);
    made_samples(t, g, g, 1);
    t->verdict = verdict;
    snprintf(r->reason, sizeof r->reason, "%s", error);
    return r;
}

int made_all(gc_result *r[MADE], const char *name)
{
    int n = 0;
    r[n++] = made_fail(name);
    r[n] = made_reason("tanh", GC_PASS, "");
    snprintf(r[n++]->conventions, GC_TEXT, "ReLU'(0) = 0");
    r[n] = made_reason("log_loss", GC_INCONCLUSIVE, "10 error bars are 4 % of the gradient of x");
    r[n++]->f32_inside = 1;
    r[n++] = made_reason("relu", GC_KINK, "x[3] is a corner: its slopes are 0 and 1");
    gc_result *c = r[n++] = made_reason("pool", GC_CONTRACT_BROKEN, "the backward writes its input x");
    c->finding[c->findings++] = (gc_finding){ .test = GC_CONTRACT,
                                              .detail = "read-only inputs",
                                              .verdict = GC_CONTRACT_BROKEN,
                                              .reason = "the backward wrote to x[2]" };
    r[n] = made_reason("loop", GC_CRASH, "the backward wrote 4 bytes past the end of dx");
    r[n]->ntensors = 0;
    snprintf(r[n++]->stage, GC_TEXT, "backward at point 0");
    /* numbers that are none */
    gc_result *nan = r[n++] = made_fail("not a number");
    nan->tensor[0].sample[0].analytic = (double)NAN;
    nan->tensor[0].sample[0].wrong = 1;
    nan->tensor[0].worst = nan->tensor[0].sample[0];
    nan->tensor[0].worst.error_bar = (double)INFINITY;
    nan->tensor[0].worst_rel = (double)NAN;
    nan->seconds = -(double)INFINITY;
    r[n] = made_result("refuses", GC_INCONCLUSIVE);
    r[n]->refused = 4, r[n]->points = 0;
    snprintf(r[n++]->reason, GC_TEXT, "the forward refused all 4 points");
    return n;
}
