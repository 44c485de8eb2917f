/* contract_compare.c - did a call give what the first one gave? To the last bit, unless calls alike vary. */
#include <math.h>
#include <string.h>

#include "contract.h"

static int same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || a == b || (!gc_is_finite(a) && !gc_is_finite(b));
}

double gc_largest(const double *a, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (gc_is_finite(a[i]) && fabs(a[i]) > most) most = fabs(a[i]);
    return most;
}

/* Does b differ from factor * a by more than tol times the largest? *gap: where most. Products so small that
 * they may have lost bits to underflow are left out. */
static int differ(const double *a, const double *b, size_t n, double factor, double tol, gc_dtype dt,
                  struct gc_gap *gap)
{
    double size = fabs(factor) * gc_largest(a, n), worst = 0, least = dt == GC_F32 ? 0x1p-96 : 0x1p-960;
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        double want = factor * a[i];
        if (same(want, b[i]) || (fabs(want) < least && fabs(b[i]) < least)) continue;
        double off = fabs(want - b[i]);
        if (gc_is_finite(off) && off <= tol * size) continue;
        if (found && !(off > worst)) continue;
        found = 1, worst = off;
        *gap = (struct gc_gap){ i, want, b[i], size > 0 ? off / size : HUGE_VAL };
    }
    return found;
}

double gc_rounding(gc_dtype dt)
{
    return dt == GC_F32 ? 1e-5 : 1e-13;
}

double gc_other_order(gc_dtype dt)
{
    return dt == GC_F32 ? 1e-4 : 1e-9;
}

static double slack(const struct gc_contract *c, gc_dtype dt, int moved)
{
    double repeated = 10 * c->spread;
    return moved ? fmax(gc_other_order(dt), repeated) : repeated;
}

int gc_changed_output(const struct gc_contract *c, const struct gc_values *v, int moved, struct gc_gap *gap)
{
    for (int k = 0; k < c->run->p->nout; k++) {
        gc_dtype dt = c->run->p->out[k].dt;
        if (differ(c->base.out[k], v->out[k], c->run->nout[k], 1, slack(c, dt, moved), dt, gap)) return k;
    }
    return -1;
}

int gc_changed_gradient(const struct gc_contract *c, const struct gc_values *v, double factor, int moved,
                        struct gc_gap *gap)
{
    for (int t = 0; t < c->run->p->nin; t++) {
        gc_dtype dt = c->run->p->in[t].dt;
        if (!v->g[t] || c->run->bad[t]) continue;
        if (differ(c->base.g[t], v->g[t], c->run->nin[t], factor, slack(c, dt, moved), dt, gap)) return t;
    }
    return -1;
}

int gc_really_changed(struct gc_contract *c, double factor, struct gc_gap *gap)
{
    struct gc_gap other;
    const char *doing = c->doing;
    int t = gc_changed_gradient(c, &c->now, factor, 0, gap);
    if (t < 0 || !(gap->rel <= gc_rounding(c->run->p->in[t].dt))) return t;
    c->doing = "repeat";
    for (int again = 0; again < 8 && gc_scene_backward(c, &c->here, gc_nothing(c), &c->again); again++)
        if (gc_changed_gradient(c, &c->again, 1, 0, &other) >= 0) c->spread = fmax(c->spread, other.rel);
    c->doing = doing;
    return gc_changed_gradient(c, &c->now, factor, 0, gap);
}

gc_finding *gc_broken_gradient(struct gc_contract *c, int t, const char *detail, const struct gc_gap *gap)
{
    c->changed = 1, c->tensor = t;
    gc_finding *f = gc_broken(c, t, detail);
    f->is_element = 1, f->index = gap->i;
    f->analytic = gap->is, f->numeric = gap->was;
    return f;
}
