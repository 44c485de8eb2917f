/* map_calls.c - calls of a user's jvp, vjp and Jacobian: arrays between guard pages, what every call must
 * keep to, and what Jv and J'u owe each other. */
#include "map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t gc_map_arg_size(const struct gc_map_run *m, enum gc_product which)
{
    return which == GC_JV ? m->N : which == GC_JU ? m->M : 0;
}

size_t gc_map_result_size(const struct gc_map_run *m, enum gc_product which)
{
    return which == GC_JV ? m->M : which == GC_JU ? m->N : m->M * m->N;
}

int gc_map_has(const struct gc_map_run *m, enum gc_product which)
{
    return which == GC_JV ? m->f.jvp != NULL : which == GC_JU ? m->f.vjp != NULL : m->f.jacobian != NULL;
}

const char *gc_map_name(const struct gc_map_run *m, enum gc_product which)
{
    static const char *const first[] = { "jvp", "vjp", "jacobian" }, *const second[] = { "hvp", "hvp",
                                                                                         "hessian" };
    return m->second ? second[which] : first[which];
}

int gc_map_open_calls(struct gc_map_run *m)
{
    int ok = 1;
    for (int which = 0; which < GC_PRODUCTS; which++) {
        char name[GC_NAME];
        if (!gc_map_has(m, which)) continue;
        size_t arg = gc_map_arg_size(m, which);
        m->result[which] = gc_memory_new(gc_map_result_size(m, which) * sizeof(double));
        if (arg) m->arg[which] = gc_memory_new(arg * sizeof(double));
        if (!m->result[which] || (arg && !m->arg[which])) ok = 0;
        gc_text(name, sizeof name, "the result of %s", gc_map_name(m, which));
        if (m->result[which]) gc_memory_name(m->result[which], name);
        gc_text(name, sizeof name, "%s, %s's argument", which == GC_JU ? "u" : "v", gc_map_name(m, which));
        if (m->arg[which]) gc_memory_name(m->arg[which], name);
    }
    return ok;
}

void gc_map_close_calls(struct gc_map_run *m)
{
    for (int which = 0; which < GC_PRODUCTS; which++)
        gc_memory_free(m->arg[which]), gc_memory_free(m->result[which]);
}

/* ---- one call ---- */

static gc_finding *broken(struct gc_map_run *m, enum gc_product which, const char *detail)
{
    gc_finding *f = gc_note(m->r, GC_CONTRACT, m->tensor[which] ? m->tensor[which] : -1, m->run.point,
                            GC_CONTRACT_BROKEN);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    m->broken = 1;
    return f;
}

static void call(struct gc_map_run *m, enum gc_product which)
{
    const gc_function *f = &m->f;
    const double *x = m->run.in[0].data;
    double *arg = m->arg[which], *result = m->result[which];
    m->r->backwards++;
    if (which == GC_JV) f->jvp(x, f->n, arg, result, f->m, f->ctx);
    if (which == GC_J) f->jacobian(x, f->n, result, f->m, f->ctx);
    if (which != GC_JU) return;
    gc_from_pairs(f->numbers, arg, m->M / 2);
    f->vjp(x, f->n, arg, result, f->m, f->ctx);
    gc_to_pairs(f->numbers, arg, m->M / 2);
    gc_to_pairs(f->numbers, result, m->N / 2);
}

/* Are x and the argument what they were, and the bytes beside the arrays? */
static int kept(struct gc_map_run *m, enum gc_product which, const double *arg)
{
    const char *name = gc_map_name(m, which);
    char location[GC_TEXT];
    for (size_t i = 0; i < m->N; i++) {
        if (gc_get(&m->run.in[0], i) - m->run.x[0][i] == 0) continue;
        gc_text(broken(m, which, "writes to x")->reason, GC_TEXT, "%s writes to x: work on a copy", name);
        for (size_t k = 0; k < m->N; k++) gc_set(&m->run.in[0], k, m->run.x[0][k]);
        return 0;
    }
    for (size_t i = 0; arg && i < gc_map_arg_size(m, which); i++) {
        if (m->arg[which][i] - arg[i] == 0) continue;
        gc_text(broken(m, which, "writes to its argument")->reason, GC_TEXT,
                "%s writes to the vector it multiplies with: work on a copy", name);
        return 0;
    }
    if (gc_memory_intact(m->result[which], location, sizeof location)) return 1;
    gc_text(broken(m, which, "guard page")->reason, GC_TEXT, "%s wrote %s: look at its loop bounds", name,
            location);
    return 0;
}

/* the call, with the result full of this byte before */
static int call_over(struct gc_map_run *m, enum gc_product which, const double *arg, int byte)
{
    gc_stage(m->r, "%s, point %d", gc_map_name(m, which), m->run.point);
    if (arg) memcpy(m->arg[which], arg, gc_map_arg_size(m, which) * sizeof *arg);
    memset(m->result[which], byte, gc_map_result_size(m, which) * sizeof(double));
    call(m, which);
    return kept(m, which, arg);
}

int gc_map_call(struct gc_map_run *m, enum gc_product which, const double *arg)
{
    return call_over(m, which, arg, 0xff);
}

/* ---- the contract ---- */

/* Both calls had the same arguments. Sums may be taken in another order. */
static int repeats(struct gc_map_run *m, enum gc_product which, const double *first)
{
    const double *second = m->result[which];
    const char *name = gc_map_name(m, which);
    double size = 0;
    for (size_t i = 0; i < gc_map_result_size(m, which); i++)
        if (gc_is_finite(first[i])) size = fmax(size, fabs(first[i]));
    for (size_t i = 0; i < gc_map_result_size(m, which); i++) {
        if (first[i] - second[i] == 0 || (!gc_is_finite(first[i]) && !gc_is_finite(second[i]))) continue;
        if (!gc_is_finite(first[i]))
            gc_text(
                broken(m, which, "result of NaN")->reason, GC_TEXT,
                "number %zu that %s writes is NaN if it was NaN before the call and finite if it was 0: it is "
                "added to, or never written",
                i, name);
        else
            gc_text(
                broken(m, which, "repeat")->reason, GC_TEXT,
                "%s is not deterministic, or depends on what its result held: number %zu was %.9g and then "
                "%.9g",
                name, i, first[i], second[i]);
        return 0;
    }
    return 1;
}

/* result = factor * first, but for rounding? A product that takes differences inside is linear to 1e-9. */
static int is_multiple(struct gc_map_run *m, enum gc_product which, const double *first, double factor)
{
    size_t n = gc_map_result_size(m, which);
    double size = 0;
    for (size_t i = 0; i < n; i++)
        if (gc_is_finite(first[i])) size = fmax(size, fabs(first[i]));
    for (size_t i = 0; i < n; i++) {
        double now = m->result[which][i], wanted = factor * first[i];
        if (!gc_is_finite(first[i]) || fabs(now - wanted) <= 1e-9 * size) continue;
        gc_text(broken(m, which, factor > 0 ? "doubling" : "zero")->reason, GC_TEXT,
                "%s is not linear: %s times the vector gives %.9g at number %zu, where %.9g is due",
                gc_map_name(m, which), factor > 0 ? "two" : "zero", now, i, wanted);
        return 0;
    }
    return 1;
}

int gc_map_contract(struct gc_map_run *m, enum gc_product which, const double *arg)
{
    size_t n = gc_map_arg_size(m, which), bytes = gc_map_result_size(m, which) * sizeof(double);
    double *first = malloc(bytes), *scaled = malloc((n ? n : 1) * sizeof *scaled);
    int fine = first && scaled && call_over(m, which, arg, 0xff);
    m->r->checks |= GC_CONTRACT;
    if (fine) memcpy(first, m->result[which], bytes);
    int times = gc_repeats_planned(&m->run);
    for (int k = 0; k < times && fine; k++)
        fine = call_over(m, which, arg, k ? 0xff : 0) && repeats(m, which, first);
    m->r->repeats = times;
    for (int factor = 2; fine && arg && factor >= 0; factor -= 2) {
        for (size_t i = 0; i < n; i++) scaled[i] = factor * arg[i];
        fine = call_over(m, which, scaled, 0xff) && is_multiple(m, which, first, factor);
    }
    free(first), free(scaled);
    return fine;
}

/* ---- duality ---- */

static double norm(const double *a, size_t n)
{
    return sqrt(gc_dot(a, a, n));
}

/* Rounding of two dot products, relative to the norms, as the products may cancel. Second derivatives may
 * be taken by differences of the gradient, which are good to 1e-9. */
static double tolerance(const struct gc_map_run *m)
{
    return m->o.rtol > 0 ? m->o.rtol : m->r->f32_inside ? 1e-5 : m->second ? 1e-9 : 1e-12;
}

void gc_map_duality(struct gc_map_run *m)
{
    enum gc_product other = m->second ? GC_JV : GC_JU;
    const double *u = m->run.v[0];
    double *v = malloc(m->N * sizeof *v);
    if (!v) return;
    gc_sample_direction(&m->run, 0, 31, v);
    if (gc_map_call(m, GC_JV, v)) {
        double left = gc_dot(u, m->result[GC_JV], m->M), size = norm(u, m->M) * norm(m->result[GC_JV], m->M);
        if (gc_map_call(m, other, u)) {
            double right = gc_dot(m->result[other], v, m->N);
            double allowed = tolerance(m) * (size + norm(m->result[other], m->N) * norm(v, m->N));
            int same = gc_is_finite(allowed) && fabs(left - right) <= allowed;
            gc_verdict verdict = same ? GC_PASS : GC_FAIL;
            gc_finding *f = gc_note(m->r, GC_DUALITY, -1, m->run.point, verdict);
            f->analytic = left, f->numeric = right, f->allowed = allowed;
            if (verdict == GC_FAIL)
                gc_text(f->reason, GC_TEXT,
                        m->second
                            ? "<w, Hv> = %.9g but <Hw, v> = %.9g: hvp is no product with a symmetric matrix"
                            : "<u, Jv> = %.9g but <J'u, v> = %.9g: jvp and vjp are not products with one "
                              "matrix and its transpose",
                        left, right);
        }
    }
    m->r->checks |= GC_DUALITY;
    free(v);
}

void gc_map_symmetry(struct gc_map_run *m, const double *H)
{
    size_t n = m->N, row = 0, column = 0;
    double largest = 0, worst = -1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double off = fabs(H[i * n + j] - H[j * n + i]);
            largest = fmax(largest, fmax(fabs(H[i * n + j]), fabs(H[j * n + i])));
            if (gc_is_finite(off) && off > worst) worst = off, row = i, column = j;
        }
    gc_verdict verdict = worst <= tolerance(m) * largest ? GC_PASS : GC_FAIL;
    gc_finding *f = gc_note(m->r, GC_SYMMETRY, m->tensor[GC_J], m->run.point, verdict);
    m->r->checks |= GC_SYMMETRY;
    if (verdict == GC_FAIL)
        gc_text(f->reason, GC_TEXT, "the Hessian is not symmetric: %.9g at [%zu,%zu] and %.9g at [%zu,%zu]",
                H[row * n + column], row, column, H[column * n + row], column, row);
}
