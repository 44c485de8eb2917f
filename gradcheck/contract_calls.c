/* contract_calls.c - calls of the callbacks for the contract's tests: arrays begin with a value that tells,
 * inputs are read-only meanwhile, and the guard pages are looked at after each. */
#include <math.h>

#include "contract.h"

const char *gc_name_of(const gc_tensor *t)
{
    return t->name ? t->name : "?";
}

gc_finding *gc_broken(struct gc_contract *c, int tensor, const char *detail)
{
    static gc_finding unheard;
    c->broken = 1;
    if (c->trying) return &unheard;
    gc_finding *f = gc_note(c->run->r, GC_CONTRACT, tensor, c->run->point, GC_CONTRACT_BROKEN);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    return f;
}

gc_finding *gc_broken_output(struct gc_contract *c, const char *detail)
{
    c->changed = 1, c->tensor = -1;
    return gc_broken(c, -1, detail);
}

static void hold(const struct gc_contract *c, gc_tensor *t, int n, int yes)
{
    if (!gc_is_child() || c->light) return; /* here a fault would end the program */
    for (int i = 0; i < n; i++)
        if (t[i].data) gc_memory_read_only(t[i].data, yes);
}

static int intact(struct gc_contract *c, const char *who, const gc_tensor *t, int n)
{
    char location[GC_TEXT];
    for (int i = 0; i < n && !c->light; i++) {
        if (!t[i].data || gc_memory_intact(t[i].data, location, sizeof location)) continue;
        gc_text(gc_broken(c, -1, "guard page")->reason, GC_TEXT,
                "%s wrote %s: compare its loop bounds with the tensor's dim[]", who, location);
        return 0;
    }
    return 1;
}

static void fill(gc_tensor *t, size_t n, double value)
{
    for (size_t i = 0; t->data && i < n; i++) gc_set(t, i, value);
}

static void read_out(const struct gc_contract *c, const struct gc_scene *s, struct gc_values *v)
{
    for (int k = 0; k < c->run->p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) v->out[k][i] = gc_get(&s->out[k], i);
}

static void read_gradient(const struct gc_contract *c, const struct gc_scene *s, struct gc_values *v)
{
    for (int t = 0; t < c->run->p->nin; t++)
        for (size_t i = 0; v->g[t] && i < c->run->nin[t]; i++) v->g[t][i] = gc_get(&s->din[t], i);
}

/* A refusal, where the same callback took the point before, is a broken contract too. */
static int refused(struct gc_contract *c, const char *who)
{
    if (c->lenient) return 0;
    gc_text(gc_broken(c, -1, "refused")->reason, GC_TEXT,
            "%s took the point at first and refuses it now (%s)", who, c->doing);
    return 0;
}

int gc_scene_forward(struct gc_contract *c, struct gc_scene *s, double start, struct gc_values *v)
{
    const gc_problem *p = c->run->p;
    if (!p->forward) return 1;
    for (int k = 0; k < p->nout; k++) fill(&s->out[k], c->run->nout[k], start);
    gc_stage(c->run->r, "forward, contract: %s, point %d", c->doing, c->run->point);
    hold(c, s->in, p->nin, 1);
    int code = gc_call_forward(c->run, s->in, s->out);
    hold(c, s->in, p->nin, 0);
    if (code) return refused(c, "forward");
    if (!intact(c, "forward", s->in, p->nin) || !intact(c, "forward", s->out, p->nout)) return 0;
    read_out(c, s, v);
    return 1;
}

int gc_scene_backward(struct gc_contract *c, struct gc_scene *s, double start, struct gc_values *v)
{
    const gc_problem *p = c->run->p;
    if (!p->backward) return 1;
    if (c->run->caches && !c->alone && !gc_scene_forward(c, s, (double)NAN, &c->again)) return 0;
    for (int t = 0; t < p->nin; t++) fill(&s->din[t], c->run->nin[t], start);
    gc_stage(c->run->r, "backward, contract: %s, point %d", c->doing, c->run->point);
    hold(c, s->in, p->nin, 1), hold(c, s->out, p->nout, 1), hold(c, s->dout, p->nout, 1);
    int code = gc_call_backward(c->run, s->in, s->out, s->dout, s->din);
    hold(c, s->in, p->nin, 0), hold(c, s->out, p->nout, 0), hold(c, s->dout, p->nout, 0);
    if (code) return refused(c, "backward");
    if (!intact(c, "backward", s->in, p->nin) || !intact(c, "backward", s->out, p->nout) ||
        !intact(c, "backward", s->dout, p->nout) || !intact(c, "backward", s->din, p->nin))
        return 0;
    read_gradient(c, s, v);
    return 1;
}

double gc_nothing(const struct gc_contract *c)
{
    return c->run->p->accumulate ? 0 : (double)NAN;
}

void gc_load_upstream(struct gc_contract *c, struct gc_scene *s, double factor)
{
    for (int k = 0; k < c->run->p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) gc_set(&s->dout[k], i, factor * c->run->v[k][i]);
}
