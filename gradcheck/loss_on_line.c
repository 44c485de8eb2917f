/* loss_on_line.c - the loss along a line through the point: its values, its noise, its slope. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- moving ---- */

/* in[tensor] = x + t d in the tensor's type. Returns g . (what rounding added to the move), which the loss
 * then holds beyond t; nothing for double, whose rounding is noise like any other. */
static double move(struct gc_run *run, int tensor, const double *d, double t)
{
    gc_tensor *in = &run->in[tensor];
    const double *x = run->x[tensor], *g = run->bad[tensor] ? NULL : run->g[tensor];
    double excess = 0, *doubles = in->data;
    for (size_t i = 0; i < run->nin[tensor] && in->dt == GC_F64; i++) doubles[i] = x[i] + t * d[i];
    for (size_t i = 0; i < run->nin[tensor] && in->dt == GC_F32; i++) {
        gc_set(in, i, x[i] + t * d[i]);
        if (g) excess += g[i] * (gc_get(in, i) - x[i] - t * d[i]);
    }
    return gc_is_finite(excess) ? excess : 0;
}

static void put_back(struct gc_run *run, int tensor)
{
    size_t n = run->nin[tensor];
    const double *x = run->x[tensor];
    gc_tensor *in = &run->in[tensor];
    if (in->dt == GC_F64) memcpy(in->data, x, n * sizeof *x);
    for (size_t i = 0; i < n && in->dt != GC_F64; i++) gc_set(in, i, x[i]);
}

double gc_run_loss_at(struct gc_run *run, int tensor, const double *d, double t)
{
    double excess = 0;
    int first = tensor < 0 ? 0 : tensor, last = tensor < 0 ? run->p->nin - 1 : tensor;
    const double *at = d;
    for (int k = first; k <= last; k++)
        if (gc_has_gradient(run, k)) excess += move(run, k, at, t), at += run->nin[k];
    double loss = gc_run_loss(run) - excess;
    for (int k = first; k <= last; k++)
        if (gc_has_gradient(run, k)) put_back(run, k);
    return loss;
}

/* ---- sizes ---- */

double gc_element_size(const struct gc_run *run, int tensor, size_t i)
{
    double x = run->x[tensor][i], typical = run->typical[tensor], size = fabs(x);
    int positive = run->in[tensor].flags & GC_POSITIVE && size > 0;
    return positive || size > typical || gc_has_own_size(run, tensor, x, typical) ? size : typical;
}

int gc_use_own_sizes(struct gc_run *run, int tensor, int yes)
{
    int any = 0, was = run->own_sizes[tensor];
    if (was == yes) return 0;
    run->own_sizes[tensor] = 1;
    for (size_t i = 0; i < run->nin[tensor] && !any; i++)
        any = gc_has_own_size(run, tensor, run->x[tensor][i], run->typical[tensor]);
    run->own_sizes[tensor] = any ? yes : was;
    if (any) run->noise = -1;
    return any;
}

/* ---- directions ---- */

void gc_sample_direction(const struct gc_run *run, int tensor, int which, double *d)
{
    uint64_t s = 300 + (uint64_t)tensor + 100 * (uint64_t)which + 100003 * (uint64_t)run->point;
    int positive = run->in[tensor].flags & GC_POSITIVE;
    for (size_t i = 0; i < run->nin[tensor]; i++) {
        double size = gc_element_size(run, tensor, i), u = 0.5 + gc_random_unit(run->o.seed, s, i);
        if (positive) size = fabs(run->x[tensor][i]);
        d[i] = gc_random_bits(run->o.seed, s + 50, i) & 1 ? u * size : -u * size;
    }
}

static int pair_along(const struct gc_ladder *l, double *h, double *plus, double *minus)
{
    *plus = gc_run_loss_at(l->run, l->tensor, l->d, *h);
    *minus = gc_run_loss_at(l->run, l->tensor, l->d, -*h);
    return 1;
}

/* ---- noise ---- */

struct line {
    struct gc_run *run;
    int tensor;
    const double *d;
    int varies; /* some loss differed from f0 */
};

static double along(double t, void *ctx)
{
    struct line *line = ctx;
    double loss = gc_run_loss_at(line->run, line->tensor, line->d, t);
    if (loss - line->run->f0 != 0) line->varies = 1;
    return loss;
}

static int all_float(const struct gc_run *run)
{
    for (int k = 0; k < run->p->nout; k++)
        if (run->out[k].dt != GC_F32) return 0;
    return 1;
}

/* A direction of all inputs together; NULL: no memory, or only one input and it is given. */
static double *sample_joint(const struct gc_run *run)
{
    size_t n = 0;
    for (int t = 0; t < run->p->nin; t++)
        if (gc_has_gradient(run, t)) n += run->nin[t];
    double *d = malloc((n ? n : 1) * sizeof *d), *at = d;
    for (int t = 0; d && t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        gc_sample_direction(run, t, 99, at);
        at += run->nin[t];
    }
    return d;
}

/* Has every loss been a float so far, at steps that may be too short to show many of them? Wider ones tell a
 * loss computed in float, of many values, from one that counts or is saturated, of few. */
static void tell_floats(struct line *line)
{
    const struct gc_run *run = line->run;
    for (int k = 1; k <= 96 && !run->wide && run->values < GC_MANY_VALUES; k++) {
        if (k > 8 && run->values <= 1) return; /* a constant */
        along((k % 2 ? 0.0513 : -0.0497) * k, line);
    }
}

/* Are the few values of the loss neighbours among floats, or nearly? Then its steps are one's rounding. */
static int has_float_steps(const struct gc_run *run)
{
    for (int i = 0; !run->wide && i < run->values; i++)
        for (int j = 0; j < i; j++)
            if (fabs(run->value[i] - run->value[j]) <= 0x1p-19 * fabs(run->value[i])) return 1;
    return 0;
}

double gc_run_noise(struct gc_run *run, int tensor, const double *d)
{
    if (run->noise >= 0) return run->noise;
    double *joint = sample_joint(run);
    struct line line = { run, joint ? -1 : tensor, joint ? joint : d, 0 };
    run->noise = 0;
    gc_stage(run->r, "forward, noise at point %d", run->point);
    if (line.d) run->noise = gc_noise(along, &line, 1e-6, NULL);
    int f32 = all_float(run), varies = line.varies;
    if (!f32 && line.d) tell_floats(&line);
    free(joint);
    if (f32 || gc_gives_floats(run)) run->r->f32_inside = 1;
    int rounds = f32 || (!run->wide && (varies || has_float_steps(run)));
    double unit = rounds ? 0x1p-24 : 0x1p-53;
    double least = 4 * unit * run->size;
    if (!(run->noise > least)) run->noise = least;
    return run->noise;
}

/* ---- slopes ---- */

/* Steps that are no powers of two of each other from line to line: no periodic function is hit at its
 * period. */
static double first_step(const struct gc_run *run, uint64_t key)
{
    if (run->o.h > 0) return run->o.h;
    return 0x1p-4 * (0.75 + 0.25 * gc_random_unit(run->o.seed, 77, key));
}

/* A first step so short that few corners are near, and so long that rounding leaves 1e-9 of the slope at
 * an eighth of it, if the gradient is right about that slope; in units of the usual first step. */
static double short_step(const struct gc_run *run, int tensor, const double *d, double noise)
{
    int first = tensor < 0 ? 0 : tensor, last = tensor < 0 ? run->p->nin - 1 : tensor;
    double slope = 0;
    for (int t = first; t <= last; t++) {
        if (!gc_has_gradient(run, t)) continue;
        if (!run->g[t] || run->bad[t]) return 1;
        slope += gc_dot(run->g[t], d, run->nin[t]), d += run->nin[t];
    }
    return slope - slope == 0 && fabs(slope) > 0 ? 1e11 * noise / fabs(slope) : 1;
}

void gc_run_derivative(struct gc_run *run, int tensor, const double *d, struct gc_ladder *l)
{
    *l = (struct gc_ladder){ .pair = pair_along, .run = run, .tensor = tensor, .d = d, .f0 = run->f0 };
    l->noise = gc_run_noise(run, tensor, d);
    l->good = 1e-12 * run->size;
    if (tensor >= 0 && run->in[tensor].dt == GC_F32) l->least_h = 0x1p-20;
    double first = first_step(run, (uint64_t)run->point * 64 + (uint64_t)(tensor + 1));
    if (run->large && !(run->o.h > 0) && l->noise <= 1e-12 * run->size) { /* fewer steps do */
        double shorter = short_step(run, tensor, d, l->noise) * first;
        first = shorter < first / 4 ? shorter : first / 4, l->enough = 1e-8;
    }
    gc_ladder_climb(l, first, 0);
}

/* f(x_i + h) and f(x_i - h), h such that both numbers exist in the tensor's type: the one farther from 0,
 * on the coarser grid, is rounded, and its mirror image then lies on the grid too. */
static int pair_at_element(const struct gc_ladder *l, double *h, double *plus, double *minus)
{
    gc_tensor *in = &l->run->in[l->tensor];
    double x = l->run->x[l->tensor][l->element], out = x < 0 ? -1 : 1;
    gc_set(in, l->element, x + out * *h);
    double far = gc_run_loss(l->run);
    double step = fabs(gc_get(in, l->element) - x);
    gc_set(in, l->element, x - out * step);
    double near = gc_run_loss(l->run);
    gc_set(in, l->element, x);
    *h = step;
    *plus = out > 0 ? far : near;
    *minus = out > 0 ? near : far;
    return step > 0 && gc_is_finite(step);
}

int gc_run_central(struct gc_run *run, int tensor, size_t i, double h, double *derivative, double *error)
{
    struct gc_ladder l = { .run = run, .tensor = tensor, .element = i };
    double plus, minus;
    h *= gc_element_size(run, tensor, i);
    if (!pair_at_element(&l, &h, &plus, &minus)) return 0;
    *derivative = (plus - minus) / (2 * h);
    *error = run->noise / h;
    return gc_is_finite(*derivative);
}

void gc_run_element(struct gc_run *run, int tensor, size_t i, struct gc_ladder *l)
{
    double size = gc_element_size(run, tensor, i);
    *l = (struct gc_ladder){
        .pair = pair_at_element, .run = run, .tensor = tensor, .element = i, .f0 = run->f0
    };
    l->noise = run->noise > 0 ? run->noise : 0;
    l->good = 1e-12 * run->size / size;
    if (run->in[tensor].dt == GC_F32) l->least_h = 0x1p-20 * size;
    gc_ladder_climb(l, first_step(run, i) * size, 0);
    double x = fabs(run->x[tensor][i]);
    if (gc_is_finite(l->plus[0] - l->minus[0]) || gc_is_finite(l->error) || !(x > 0 && x < size)) return;
    l->levels = 0; /* the steps left the function's domain: smaller ones, in proportion to x */
    gc_ladder_climb(l, first_step(run, i) * x, 0);
}

int gc_is_known(const struct gc_ladder *l)
{
    return gc_is_finite(l->error) && 10 * l->error <= fabs(l->value);
}

double gc_derivative_unit(const struct gc_ladder *l)
{
    return l->d ? 1 : gc_element_size(l->run, l->tensor, l->element);
}

double gc_rtol(const struct gc_run *run, int tensor)
{
    double least = run->r->f32_inside || (tensor >= 0 && run->in[tensor].dt == GC_F32) ? 1e-4 : 1e-7;
    return run->o.rtol > 0 ? run->o.rtol : least;
}
