/* measure.c - the checker on one row of the second zoo, as a program calls it that has a loss and a
 * gradient. */
#include "measure.h"

/* what the checker's callbacks get */
struct subject {
    const struct unit *unit;
    int bug;
    double scale;
};

static double loss(const double *x, size_t n, void *ctx)
{
    struct subject *s = ctx;
    return s->scale * s->unit->loss(x, n, &s->bug);
}

static void gradient(const double *x, size_t n, double *g, void *ctx)
{
    struct subject *s = ctx;
    s->unit->grad(x, n, g, &s->bug);
    for (size_t k = 0; k < n && s->scale != 1; k++) g[k] *= s->scale;
}

static int float_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct subject *s = ctx;
    *(float *)out->data = (float)s->scale * s->unit->float_loss(in->data, s->unit->n, &s->bug);
    return 0;
}

static int float_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                          gc_tensor *din)
{
    struct subject *s = ctx;
    float *g = din->data;
    (void)out, (void)dout;
    s->unit->float_grad(in->data, s->unit->n, g, &s->bug);
    for (size_t k = 0; k < s->unit->n && s->scale != 1; k++) g[k] *= (float)s->scale;
    return 0;
}

/* as `rungs gradcheck so --f32` does */
static gc_result *check_float(struct subject *s, const double *x, const gc_options *o)
{
    float *x32 = calloc(s->unit->n, sizeof *x32);
    if (!x32) return NULL;
    for (size_t k = 0; k < s->unit->n; k++) x32[k] = (float)x[k];
    gc_tensor in = { "x", x32, GC_F32, 1, { s->unit->n }, GC_GRAD }, out = { .name = "loss", .dt = GC_F32 };
    gc_problem p = { .name = s->unit->name, .nin = 1, .nout = 1, .in = &in, .out = &out };
    p.forward = float_forward, p.backward = float_backward, p.no_upstream = 1, p.ctx = s;
    gc_result *r = gc_check(&p, o);
    free(x32);
    return r;
}

static enum outcome judge(const struct row *r, gc_verdict v)
{
    int blamed = v == GC_FAIL || v == GC_CONTRACT_BROKEN || v == GC_CRASH;
    if (v == GC_INCONCLUSIVE) return UNDECIDED;
    if (r->cause != NOTHING) return blamed ? CAUGHT : MISSED;
    if (blamed) return FALSE_ALARM;
    return r->unit->flags & DROWNED ? UNFOUNDED : PASSED;
}

struct said strangers_measure(const struct stranger *s, double scale, uint64_t seed, FILE *report)
{
    struct said w = { .s = *s, .scale = scale, .seed = seed, .verdict = GC_CRASH };
    struct subject subject = { s->row->unit, s->row->bug, scale };
    double *x = calloc(s->row->unit->n, sizeof *x);
    gc_options o = gc_defaults();
    gc_result *r = NULL;
    o.seed = seed;
    if (x) {
        stranger_point(s->row->unit, seed, x);
        r = s->row->unit->float_loss ? check_float(&subject, x, &o)
                                     : gc_check_scalar(loss, gradient, x, s->row->unit->n, &subject, &o);
    }
    if (!r) {
        fprintf(stderr, "out of memory for %s\n", s->row->unit->name);
        exit(71);
    }
    w.verdict = r->verdict;
    w.outcome = judge(s->row, r->verdict);
    w.forwards = r->forwards, w.backwards = r->backwards, w.seconds = r->seconds;
    snprintf(w.pattern, sizeof w.pattern, "%s", r->tensor[0].pattern);
    snprintf(w.cause, sizeof w.cause, "%s", r->tensor[0].cause);
    snprintf(w.reason, sizeof w.reason, "%s", r->reason);
    const char *broken = r->verdict == GC_CONTRACT_BROKEN || r->verdict == GC_CRASH ? w.reason : "";
    if (w.outcome == CAUGHT)
        w.naming = cause_naming(s->row->cause, *w.pattern ? w.pattern : w.reason, w.cause, broken);
    if (report) gc_print(report, r);
    gc_free(r);
    free(x);
    return w;
}

void strangers_count(struct tally *t, const struct said *w)
{
    int is_wrong = w->s.row->cause != NOTHING;
    t->wrong += is_wrong, t->right += !is_wrong;
    t->outcome[w->outcome][is_wrong]++;
    if (w->outcome == CAUGHT) t->naming[w->naming]++;
}
