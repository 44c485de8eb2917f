/* vcurve.c - the error of a difference against its step: falls with the truncation, rises with the rounding.
 * Rows for a chart, along one random direction over all inputs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

enum { MOST_ROWS = 51 };

struct job {
    const gc_problem *p64, *p32;
    gc_options o;
    gc_result *r;
    int max;
    struct answer *to; /* shared with the child */
};

struct answer {
    int rows;
    double ladder_h, ladder_error;
    gc_vrow row[MOST_ROWS];
};

/* One problem along the direction. */
struct line {
    struct gc_run run;
    double *d;
    double truth, scale; /* g'd, and what errors are measured in: |g'd|, unless its terms cancel */
};

static size_t draw(struct line *l)
{
    size_t n = 0;
    double squares = 0;
    l->truth = 0;
    for (int t = 0; t < l->run.p->nin; t++) {
        if (!gc_has_gradient(&l->run, t)) continue;
        double *d = l->d + n;
        gc_sample_direction(&l->run, t, 0, d);
        if (l->run.g[t]) l->truth += gc_dot(d, l->run.g[t], l->run.nin[t]);
        for (size_t i = 0; l->run.g[t] && i < l->run.nin[t]; i++)
            squares += d[i] * l->run.g[t][i] * (d[i] * l->run.g[t][i]);
        n += l->run.nin[t];
    }
    l->scale = fmax(fabs(l->truth), 1e-3 * sqrt(squares));
    return n;
}

static double at(struct line *l, double t)
{
    return gc_run_loss_at(&l->run, -1, l->d, t);
}

static double error_of(const struct line *l, double truth, double slope)
{
    return l->scale > 0 ? fabs(slope - truth) / l->scale : fabs(slope - truth);
}

/* ---- the complex step ---- */

static void free_complex(gc_tensor *in, gc_tensor *out)
{
    for (int t = 0; t < GC_MAX_TENSORS; t++) gc_memory_free(in[t].data), gc_memory_free(out[t].data);
}

/* in = x + i h d; 0: no memory */
static int make_complex(struct line *l, double h, gc_tensor *in, gc_tensor *out)
{
    const struct gc_run *run = &l->run;
    const double *d = l->d;
    for (int t = 0; t < run->p->nin; t++) {
        int ints = run->in[t].dt == GC_I32, moves = gc_has_gradient(run, t);
        in[t] = run->in[t];
        in[t].data = gc_memory_new(run->nin[t] * (ints ? sizeof(int32_t) : 2 * sizeof(double)));
        if (!in[t].data) return 0;
        gc_memory_name(in[t].data, run->r->tensor[t].name);
        if (ints) memcpy(in[t].data, run->in[t].data, run->nin[t] * sizeof(int32_t));
        double *pair = in[t].data;
        for (size_t i = 0; !ints && i < run->nin[t]; i++)
            pair[2 * i] = run->x[t][i], pair[2 * i + 1] = moves ? h * d[i] : 0;
        if (moves) d += run->nin[t];
    }
    for (int k = 0; k < run->p->nout; k++) {
        out[k] = run->out[k];
        out[k].data = gc_memory_new(run->nout[k] * 2 * sizeof(double));
        if (!out[k].data) return 0;
        gc_memory_name(out[k].data, "a complex output");
    }
    return 1;
}

static double complex_slope(struct line *l, double h)
{
    gc_tensor in[GC_MAX_TENSORS] = { { .name = NULL } }, out[GC_MAX_TENSORS] = { { .name = NULL } };
    const gc_problem *p = l->run.p;
    double slope = (double)NAN;
    if (!p->forward_complex) return slope;
    gc_stage(l->run.r, "complex forward, V curve");
    if (make_complex(l, h, in, out) && p->forward_complex(p->ctx, in, out) == 0) {
        slope = 0;
        for (int k = 0; k < p->nout; k++)
            for (size_t i = 0; i < l->run.nout[k]; i++)
                slope += l->run.v[k][i] * (((double *)out[k].data)[2 * i + 1] / h);
    }
    free_complex(in, out);
    return slope;
}

/* ---- rows ---- */

static int open_line(struct line *l, const gc_problem *p, const struct job *j)
{
    size_t n = 0;
    if (!gc_run_open(&l->run, p, &j->o, j->r)) return 0;
    for (int t = 0; t < p->nin; t++)
        if (gc_has_gradient(&l->run, t)) n += l->run.nin[t];
    l->d = calloc(n, sizeof *l->d);
    if (l->d && gc_run_point(&l->run, 0)) {
        draw(l);
        return 1;
    }
    free(l->d);
    gc_run_close(&l->run);
    return 0;
}

static void close_line(struct line *l)
{
    free(l->d);
    gc_run_close(&l->run);
}

static void fill_row(struct line *l, struct line *l32, double h, gc_vrow *row)
{
    double f0 = l->run.f0, plus = at(l, h), minus = at(l, -h), plus2 = at(l, 2 * h), minus2 = at(l, -2 * h);
    row->h = h;
    row->forward = error_of(l, l->truth, (plus - f0) / h);
    row->central = error_of(l, l->truth, (plus - minus) / (2 * h));
    row->fourth = error_of(l, l->truth, (8 * (plus - minus) - (plus2 - minus2)) / (12 * h));
    row->complex_step = error_of(l, l->truth, complex_slope(l, h));
    row->forward_f32 = row->central_f32 = (double)NAN;
    if (!l32) return;
    plus = at(l32, h), minus = at(l32, -h);
    row->forward_f32 = error_of(l32, l32->truth, (plus - l32->run.f0) / h);
    row->central_f32 = error_of(l32, l32->truth, (plus - minus) / (2 * h));
}

static void fill(struct job *j, struct line *l, struct line *l32)
{
    struct gc_ladder ladder;
    for (int k = 0; k < j->max; k++) {
        fill_row(l, l32, ldexp(1, -k), &j->to->row[k]);
        j->to->rows = k + 1;
    }
    memset(&ladder, 0, sizeof ladder);
    gc_run_derivative(&l->run, -1, l->d, &ladder);
    j->to->ladder_h = ladder.chosen_h;
    j->to->ladder_error = l->scale > 0 ? ladder.error / l->scale : ladder.error;
}

static void work(void *arg)
{
    struct job *j = arg;
    struct line l, l32;
    if (!open_line(&l, j->p64, j)) return;
    int both = j->p32 && open_line(&l32, j->p32, j);
    fill(j, &l, both ? &l32 : NULL);
    if (both) close_line(&l32);
    close_line(&l);
}

int gc_vcurve(const gc_problem *f64, const gc_problem *f32, const gc_options *o, gc_vrow *row, int max,
              double *ladder_h, double *ladder_error)
{
    struct job j = { f64, f32, o ? *o : gc_defaults(), NULL, max < MOST_ROWS ? max : MOST_ROWS, NULL };
    int rows = -1;
    if (!f64->forward || !f64->backward || max < 1) return -1;
    j.to = gc_shared_new(sizeof *j.to);
    if (!j.to) return -1;
    j.r = gc_result_new(f64->name, &j.o);
    if (j.o.fork)
        gc_in_child(j.r, j.o.timeout_s, work, &j);
    else
        work(&j);
    if (j.to->rows > 0) {
        rows = j.to->rows;
        memcpy(row, j.to->row, (size_t)rows * sizeof *row);
        *ladder_h = j.to->ladder_h, *ladder_error = j.to->ladder_error;
    }
    gc_free(j.r);
    gc_shared_free(j.to, sizeof *j.to);
    return rows;
}
