/* map.c - gc_check_map and gc_check_second: Jv, J'u and J itself of a vector function y = f(x), and Hv and
 * H of a loss, which are Jv and J of its gradient.
 *
 * J'u is a backward and goes through gc_check. Jv and the columns of J are judged output by output
 * (map_watch.c), at points that are drawn as gc_check draws them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "diagnose.h"
#include "map.h"

enum {
    ALL_COLUMNS = 64,  /* up to this many numbers in x every column of J is looked at at every point */
    SOME_COLUMNS = 32, /* beyond: so many columns */
    MOST_ELEMENTS = 1 << 24
};

/* ---- what was seen of a tensor ---- */

static double scale_of(const gc_sample *s, double gmax)
{
    return fmax(fmax(fabs(s->analytic), fabs(s->numeric)), 1e-3 * gmax);
}

static double off_by(const gc_sample *s, double gmax)
{
    double scale = scale_of(s, gmax), off = fabs(s->analytic - s->numeric);
    return !gc_is_finite(s->analytic) ? (double)INFINITY : scale > 0 ? off / scale : 0;
}

/* Adds samples of one point; what is kept is from the first point where there is a wrong one. */
static void keep(gc_tensor_result *t, const gc_sample *list, size_t count, double rtol)
{
    for (size_t k = 0; k < count; k++)
        if (!list[k].wrong && gc_is_finite(list[k].numeric)) t->scale = fmax(t->scale, fabs(list[k].numeric));
    for (size_t k = 0; k < count; k++) {
        const gc_sample *s = &list[k];
        int worse = s->wrong != t->worst.wrong ? s->wrong : off_by(s, t->scale) > t->worst_rel;
        if (!t->looked || (worse && !(s->kink && !s->wrong))) {
            double scale = scale_of(s, t->scale);
            t->worst = *s, t->worst_rel = off_by(s, t->scale);
            t->allowed_rel = rtol + (scale > 0 ? 10 * s->error_bar / scale : 0);
        }
        if (s->wrong && (!t->wrong || s->index < t->first)) t->first = s->index;
        t->looked++, t->wrong += s->wrong != 0;
        if (t->samples < GC_MAX_SAMPLES) t->sample[t->samples++] = *s;
    }
}

static void forget(gc_tensor_result *t)
{
    t->looked = t->wrong = 0;
    t->samples = 0;
    t->worst = (gc_sample){ 0 };
    t->worst_rel = 0;
}

/* The pattern of a tensor that is wrong, while its numbers are those of this point. The causes that go with
 * patterns are those of a backward. */
static void diagnose(struct gc_map_run *m, enum gc_product which, const double *analytic, const double *v)
{
    struct gc_evidence e = { .analytic = analytic };
    double *y = malloc(m->M * sizeof *y);
    for (size_t i = 0; y && i < m->M; i++) y[i] = gc_get(&m->run.out[0], i);
    if (which == GC_JV && y) e.companion[e.companions++] = (struct gc_companion){ "y", y, 1 };
    if (which == GC_JV && m->M == m->N) {
        e.companion[e.companions++] = (struct gc_companion){ "v", v, 0 };
        e.x = m->run.x[0];
    }
    gc_diagnose_from(m->r, m->tensor[which], &e);
    m->r->tensor[m->tensor[which]].cause[0] = '\0';
    free(y);
}

/* ---- Jv and J at a point ---- */

static void note(struct gc_map_run *m, enum gc_product which)
{
    gc_tensor_result *t = &m->r->tensor[m->tensor[which]];
    size_t kinks = 0;
    for (int k = 0; k < t->samples; k++) kinks += t->sample[k].kink && !t->sample[k].wrong;
    gc_verdict v = t->wrong ? GC_FAIL : kinks && m->run.own ? GC_KINK : GC_PASS;
    gc_finding *f = gc_note(m->r, GC_MAP, m->tensor[which], m->run.point, v);
    f->is_element = 1, f->index = t->worst.index;
    f->analytic = t->worst.analytic, f->numeric = t->worst.numeric, f->error_bar = t->worst.error_bar;
    f->allowed = t->allowed_rel * scale_of(&t->worst, t->scale);
    gc_text(f->detail, sizeof f->detail, "%s", gc_map_name(m, which));
    if (v == GC_FAIL)
        gc_text(f->reason, GC_TEXT, "%zu of %zu numbers of d%s that were looked at are wrong", t->wrong,
                t->looked, t->name);
    if (v == GC_KINK)
        gc_text(f->reason, GC_TEXT,
                "%zu of %zu outputs have a corner along the vector; %s is between the one-sided slopes",
                kinks, t->looked, gc_map_name(m, which));
}

static void look_jv(struct gc_map_run *m, struct gc_watch *w, gc_sample *list)
{
    gc_tensor_result *t = &m->r->tensor[m->tensor[GC_JV]];
    for (int which = 0; which < m->o.n_dir && !t->wrong && !m->broken; which++) {
        gc_sample_direction(&m->run, 0, which, w->v);
        gc_watch_start(w);
        int fine = which || m->r->points > 1 ? gc_map_call(m, GC_JV, w->v)
                                             : gc_map_contract(m, GC_JV, w->v) && gc_map_call(m, GC_JV, w->v);
        if (!fine) return;
        gc_stage(m->r, "forward, differences for %s, point %d", gc_map_name(m, GC_JV), m->run.point);
        if (gc_watch_judge(w, GC_JV, m->result[GC_JV], list)) forget(t);
        keep(t, list, w->count, gc_rtol(&m->run, 0));
        gc_run_forward(&m->run);
        if (t->wrong) diagnose(m, GC_JV, m->result[GC_JV], w->v);
        note(m, GC_JV);
    }
}

/* The k-th of the columns that are looked at */
static size_t column(const struct gc_map_run *m, size_t k, size_t count)
{
    double u = gc_random_unit(m->o.seed, 7300 + (uint64_t)m->run.point, k);
    if (count == m->N) return k;
    return k == 0 ? 0 : k == 1 ? m->N - 1 : (size_t)(u * (double)m->N);
}

static size_t look_column(struct gc_map_run *m, struct gc_watch *w, size_t j, gc_sample *list, double *jv)
{
    double size = gc_element_size(&m->run, 0, j);
    memset(w->v, 0, m->N * sizeof *w->v);
    w->v[j] = size;
    gc_watch_start(w);
    for (size_t i = 0; i < m->M; i++) jv[i] = m->result[GC_J][i * m->N + j] * size;
    size_t wrong = gc_watch_judge(w, GC_J, jv, list);
    for (size_t k = 0; k < w->count; k++) {
        list[k].index = list[k].index * m->N + j;
        list[k].analytic = m->result[GC_J][list[k].index];
        list[k].numeric /= size, list[k].error_bar /= size;
    }
    return wrong;
}

/* J v along random vectors, where not every column is looked at */
static int products_agree(struct gc_map_run *m, struct gc_watch *w, gc_sample *list, double *jv)
{
    size_t wrong = 0;
    for (int which = 0; which < m->o.n_dir && !wrong; which++) {
        gc_sample_direction(&m->run, 0, which, w->v);
        gc_watch_start(w);
        for (size_t i = 0; i < m->M; i++) jv[i] = gc_dot(m->result[GC_J] + i * m->N, w->v, m->N);
        wrong = gc_watch_judge(w, GC_J, jv, list);
    }
    for (size_t k = 0; k < w->count && wrong; k++) {
        if (!list[k].wrong) continue;
        gc_finding *f = gc_note(m->r, GC_DIRECTION, m->tensor[GC_J], m->run.point, GC_FAIL);
        gc_text(f->reason, GC_TEXT,
                "row %zu of the %s, times a random vector, is %.9g where differences say %.9g", list[k].index,
                gc_map_name(m, GC_J), list[k].analytic, list[k].numeric);
    }
    return !wrong;
}

static void look_jacobian(struct gc_map_run *m, struct gc_watch *w, gc_sample *list)
{
    gc_tensor_result *t = &m->r->tensor[m->tensor[GC_J]];
    double *jv = malloc(m->M * sizeof *jv);
    int fine = jv && (m->r->points > 1 || gc_map_contract(m, GC_J, NULL)) && gc_map_call(m, GC_J, NULL);
    if (fine) {
        int agree = m->N <= ALL_COLUMNS || products_agree(m, w, list, jv), first = 1;
        size_t count = m->N <= ALL_COLUMNS ? m->N : SOME_COLUMNS;
        if (!agree && m->N <= 4 * ALL_COLUMNS) count = m->N; /* where is it? */
        gc_stage(m->r, "forward, differences for %s, point %d", gc_map_name(m, GC_J), m->run.point);
        for (size_t k = 0; k < count; k++) {
            look_column(m, w, column(m, k, count), list, jv);
            if (first) forget(t), first = 0;
            keep(t, list, w->count, gc_rtol(&m->run, 0));
        }
        gc_run_forward(&m->run);
        if (m->second) gc_map_symmetry(m, m->result[GC_J]);
        if (t->wrong) diagnose(m, GC_J, m->result[GC_J], NULL);
        note(m, GC_J);
    }
    free(jv);
}

/* ---- the walk ---- */

static void look(struct gc_map_run *m, struct gc_watch *w, gc_sample *list)
{
    if (m->o.progress)
        m->o.progress(m->o.progress_ctx, "derivatives of a map", (double)m->run.point / m->o.n_points);
    if (m->f.map && m->tensor[GC_JV]) m->r->checks |= GC_MAP, look_jv(m, w, list);
    if (!m->broken && m->f.jvp && (m->second || m->f.vjp)) gc_map_duality(m);
    if (!m->broken && m->tensor[GC_J] && !m->r->tensor[m->tensor[GC_J]].wrong)
        m->r->checks |= GC_MAP, look_jacobian(m, w, list);
}

static void walk(struct gc_map_run *m)
{
    struct gc_watch w;
    int fine = gc_watch_open(&w, m);
    gc_sample *list = fine ? calloc(w.count, sizeof *list) : NULL;
    if (!list || !gc_map_open_calls(m)) {
        gc_text(gc_note(m->r, 0, -1, 0, GC_INCONCLUSIVE)->reason, GC_TEXT,
                "out of memory for the derivatives");
    } else {
        for (int point = 0; point < m->o.n_points && !m->broken && !m->run.broken; point++) {
            if (!gc_run_point(&m->run, point)) continue;
            m->r->points++;
            if (!m->run.broken) look(m, &w, list);
        }
        for (int which = 0; which < GC_PRODUCTS; which++)
            if (m->tensor[which]) gc_settle_tally(m->r, &m->tally[which], m->tensor[which]);
    }
    free(list);
    gc_watch_close(&w);
    gc_map_close_calls(m);
}

/* ---- the map as a problem ---- */

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const gc_function *f = ctx;
    if (f->map)
        f->map(in->data, f->n, out->data, f->m, f->ctx);
    else /* no map: jvp and vjp at x, and nothing to differentiate */
        memset(out->data, 0, gc_elements(out) * sizeof(double));
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const gc_function *f = ctx;
    size_t count = gc_elements(out);
    double *u = malloc(count * sizeof *u); /* dout may be read-only */
    if (!u) return 1;
    memcpy(u, dout->data, count * sizeof *u);
    gc_from_pairs(f->numbers, u, count / 2);
    f->vjp(in->data, f->n, u, din->data, f->m, f->ctx);
    gc_to_pairs(f->numbers, din->data, gc_elements(din) / 2);
    free(u);
    return 0;
}

/* n numbers, or pairs */
static gc_tensor tensor_of(const char *name, size_t n, int is_complex, const double *data)
{
    gc_tensor t = { .name = name, .dt = GC_F64, .nd = is_complex ? 2 : 1, .dim = { n, 2 } };
    if (!is_complex) t.dim[1] = 0;
    t.data = (double *)(uintptr_t)data; /* read only: a problem's tensors have no const data */
    return t;
}

/* in and out are the problem's tensors. */
static gc_problem problem_of(gc_function *f, gc_tensor *in, gc_tensor *out)
{
    int is_complex = f->numbers != GC_REAL;
    *in = tensor_of(is_complex ? "z" : "x", f->n, is_complex, f->x);
    *out = tensor_of(is_complex ? "w" : "y", f->m, is_complex, NULL);
    in->flags = GC_GRAD;
    return (gc_problem){ .name = f->name ? f->name : "map",
                         .nin = 1,
                         .nout = 1,
                         .in = in,
                         .out = out,
                         .forward = forward,
                         .ctx = f };
}

/* ---- tensors of the result: behind x, which is the run's ---- */

static void add_tensor(struct gc_map_run *m, enum gc_product which, const gc_tensor *like, const char *name)
{
    gc_tensor_result *t = &m->r->tensor[m->tensor[which] = m->r->ntensors++];
    gc_text(t->name, sizeof t->name, "%s", name);
    t->nd = like->nd;
    memcpy(t->dim, like->dim, sizeof t->dim);
    t->elements = gc_elements(like);
    t->checked = 1;
}

static void describe(struct gc_map_run *m)
{
    const gc_tensor *y = &m->run.out[0];
    gc_tensor J = { .nd = 2, .dim = { m->M, m->N } };
    if (m->f.jvp && m->f.map) add_tensor(m, GC_JV, y, m->second ? "g" : y->name);
    if (m->f.jacobian) add_tensor(m, GC_J, &J, m->second ? "g/dx" : "y/dx");
}

static void work(void *arg)
{
    struct gc_map_run *m = arg;
    gc_tensor in, out;
    gc_problem p = problem_of(&m->f, &in, &out);
    if (gc_run_open(&m->run, &p, &m->o, m->r)) {
        m->N = m->run.nin[0], m->M = m->run.nout[0];
        describe(m);
        walk(m);
        gc_run_close(&m->run);
    }
    gc_settle(m->r);
    gc_stage(m->r, "%s", "");
}

/* ---- entries ---- */

static const char *lacks(const gc_function *f, int second)
{
    if (!f->n || (!second && !f->m)) return "there are no numbers: n or m is 0";
    if (second && !f->map)
        return "second derivatives are compared with differences of the gradient: give grad";
    if (second && !f->jvp && !f->jacobian) return "there is nothing to check: give hvp or hessian";
    if (!f->jvp && !f->vjp && !f->jacobian) return "there is nothing to check: give jvp, vjp or jacobian";
    if (!f->map && (!f->jvp || !f->vjp))
        return "without a map only jvp and vjp together can be checked: give both";
    if (!f->map && f->jacobian) return "a Jacobian is compared with differences of the map: give map";
    if (f->jacobian && f->numbers != GC_REAL)
        return "one complex matrix has no room for the derivatives by re and im: check jvp or vjp";
    if (f->jacobian && f->n > MOST_ELEMENTS / f->m)
        return "a matrix of this size is too large: check products";
    return NULL;
}

static gc_result *refuse(const char *name, const gc_options *o, const char *why)
{
    gc_result *r = gc_result_new(name, o);
    r->verdict = GC_INCONCLUSIVE;
    gc_text(r->reason, sizeof r->reason, "%s", why);
    return r;
}

static gc_result *check(const gc_function *f, int second, const gc_options *o)
{
    const char *name = f->name ? f->name : second ? "hessian" : "map", *why = lacks(f, second);
    struct gc_map_run m = { .f = *f, .second = second, .o = *o };
    if (why) return refuse(name, o, why);
    m.r = gc_result_new(name, o);
    if (m.r->verdict == GC_CRASH) return m.r; /* no memory */
    double start = clock_seconds();
    if (o->fork)
        gc_in_child(m.r, o->timeout_s, work, &m);
    else
        work(&m);
    m.r->seconds = clock_seconds() - start;
    return m.r;
}

static int passes(const gc_result *r)
{
    return r->verdict == GC_PASS || r->verdict == GC_KINK;
}

/* r, to which the calls and the verdict of what was checked before it are added */
static gc_result *after(gc_result *before, gc_result *r)
{
    r->forwards += before->forwards, r->backwards += before->backwards;
    r->seconds += before->seconds, r->checks |= before->checks;
    if (!r->repeats || (before->repeats && before->repeats < r->repeats)) r->repeats = before->repeats;
    if (before->verdict == GC_KINK && r->verdict == GC_PASS) {
        r->verdict = GC_KINK;
        memcpy(r->reason, before->reason, sizeof r->reason);
    }
    gc_free(before);
    return r;
}

gc_result *gc_check_map(const gc_function *given, const gc_options *options)
{
    gc_options o = gc_sane(options);
    gc_function f = *given;
    if (!f.vjp || !f.map || lacks(&f, 0)) return check(&f, 0, &o);
    gc_tensor in, out;
    gc_problem p = problem_of(&f, &in, &out);
    p.backward = backward;
    gc_result *r = gc_check(&p, &o);
    if (!passes(r) || (!f.jvp && !f.jacobian)) return r;
    return after(r, check(&f, 0, &o));
}

/* ---- second derivatives: the map is the gradient ---- */

static void gradient(const double *x, size_t n, double *y, size_t m, void *ctx)
{
    const gc_second *s = ctx;
    (void)m;
    s->grad(x, n, y, s->ctx);
}

static void product(const double *x, size_t n, const double *v, double *jv, size_t m, void *ctx)
{
    const gc_second *s = ctx;
    (void)m;
    s->hvp(x, n, v, jv, s->ctx);
}

static void matrix(const double *x, size_t n, double *J, size_t m, void *ctx)
{
    const gc_second *s = ctx;
    (void)m;
    s->hessian(x, n, J, s->ctx);
}

gc_result *gc_check_second(const gc_second *given, const gc_options *options)
{
    gc_options o = gc_sane(options);
    gc_second s = *given;
    gc_function f = { .name = s.name, .n = s.n, .m = s.n, .x = s.x, .ctx = &s };
    f.map = s.grad ? gradient : NULL;
    f.jvp = s.hvp ? product : NULL;
    f.jacobian = s.hessian ? matrix : NULL;
    if (!s.loss || lacks(&f, 1)) return check(&f, 1, &o);
    gc_result *r = gc_check_scalar(s.loss, s.grad, s.x, s.n, s.ctx, &o);
    gc_text(r->name, sizeof r->name, "%s", s.name ? s.name : "hessian");
    if (passes(r)) return after(r, check(&f, 1, &o));
    gc_text(r->calls, sizeof r->calls,
            "second derivatives were not looked at: they are those of this gradient");
    return r;
}
