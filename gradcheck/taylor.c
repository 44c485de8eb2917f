/* taylor.c - the remainder of the first-order expansion along a line falls as h^2, of
 * the second-order one as h^3.
 *
 * With a wrong gradient a term e h is left and the rate sinks to 1, the later the smaller e is. So the whole
 * clean range is walked, from h = 1/8 to where the remainder meets 100 times the noise, and judged at its
 * end; a range that ends at once belongs to a linear function. A low rate alone can be chance (two orders
 * that cancel), so e must show, too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

enum { MOST_ROWS = 64 };

struct walk {
    struct gc_run *run;
    double *d;    /* over all inputs with GC_GRAD, one after the other */
    double slope; /* g'd */
    double curve; /* d'Hd, if order is 3 */
    double size;  /* sqrt(sum (g d)^2): the slope before its terms cancel */
    int order;    /* of the remainder: 2, or 3 with a hessian */
    double noise;
};

struct step {
    double h, change, remainder; /* f(x+hd) - f(x), and what the expansion leaves of it */
};

static size_t moving(const struct gc_run *run)
{
    size_t n = 0;
    for (int t = 0; t < run->p->nin; t++)
        if (gc_has_gradient(run, t)) n += run->nin[t];
    return n;
}

/* A direction over all inputs, and the slope along it. */
static void sample(struct walk *w, int which)
{
    double *at = w->d, squares = 0;
    w->slope = 0;
    for (int t = 0; t < w->run->p->nin; t++) {
        if (!gc_has_gradient(w->run, t)) continue;
        gc_sample_direction(w->run, t, which, at);
        w->slope += gc_dot(at, w->run->g[t], w->run->nin[t]);
        for (size_t i = 0; i < w->run->nin[t]; i++)
            squares += at[i] * w->run->g[t][i] * (at[i] * w->run->g[t][i]);
        at += w->run->nin[t];
    }
    w->size = sqrt(squares);
}

static struct step take(const struct walk *w, double h)
{
    double change = gc_run_loss_at(w->run, -1, w->d, h) - w->run->f0;
    double second = w->order == 3 ? 0.5 * h * h * w->curve : 0;
    return (struct step){ h, change, change - h * w->slope - second };
}

/* The steps 1/8, 1/16, ... to the first whose remainder is below 100 noise, and one
 * more. Returns how many. */
static int walk_down(const struct walk *w, struct step *s)
{
    int n = 0;
    for (double h = 0.125; n < MOST_ROWS; h /= 2) {
        s[n] = take(w, h);
        if (!gc_is_finite(s[n].remainder)) { /* too far from the point */
            if (n) break;
            if (h < 1e-12) return 0;
            continue;
        }
        n++;
        if (n > 1 && fabs(s[n - 2].remainder) < 100 * w->noise) break;
    }
    return n;
}

static double rtol_of(const struct gc_run *run)
{
    double rtol = 0;
    for (int t = 0; t < run->p->nin; t++)
        if (gc_has_gradient(run, t)) rtol = fmax(rtol, gc_rtol(run, t));
    return rtol;
}

static double rate(double coarse, double fine)
{
    return log2(fabs(coarse) / fabs(fine));
}

/* The last step of the clean range, at least 0 and not the last of all; -1: there is no range. */
static int last_clean(const struct walk *w, const struct step *s, int n)
{
    int last = -1;
    for (int k = 0; k + 1 < n; k++)
        if (fabs(s[k].remainder) >= 100 * w->noise) last = k;
    return last;
}

/* What is left of order h^(order - 1), by elimination of h^order from steps k and k + 1. */
static double leftover(const struct walk *w, const struct step *s, int k)
{
    double hc = pow(s[k].h, w->order - 1), hf = pow(s[k + 1].h, w->order - 1);
    return 2 * s[k + 1].remainder / hf - s[k].remainder / hc;
}

/* Its error bar: noise, and how much it still moved from the step before, as it does where the function
 * changes faster than the steps fall. What a wrong gradient leaves stays. */
static double leftover_bar(const struct walk *w, const struct step *s, int k)
{
    double hc = pow(s[k].h, w->order - 1), hf = pow(s[k + 1].h, w->order - 1);
    double moved = k ? fabs(leftover(w, s, k) - leftover(w, s, k - 1)) : 0;
    return 2 * w->noise / hf + w->noise / hc + moved;
}

/* At a corner no gradient makes the remainder fall faster than h. */
static int at_corner(const struct walk *w)
{
    struct gc_ladder l;
    gc_run_derivative(w->run, -1, w->d, &l);
    return gc_at_kink(&l);
}

/* All remainders are noise: the function is linear along the line, unless the noise
 * hides the slope itself. */
static void say_no_range(const struct walk *w, int n, int which)
{
    int hidden = w->size > 0 && 100 * w->noise > 1e-2 * 0.125 * w->size;
    gc_result *r = w->run->r;
    gc_finding *f = gc_note(r, GC_TAYLOR, -1, w->run->point, n && !hidden ? GC_PASS : GC_INCONCLUSIVE);
    gc_text(f->detail, sizeof f->detail, n && !hidden ? "linear along direction %d" : "direction %d",
            which + 1);
    if (!n)
        gc_text(f->reason, sizeof f->reason,
                "the forward is not finite, or refuses, beside the point at every step");
    else if (hidden)
        gc_text(f->reason, sizeof f->reason,
                "the noise of the forward, %.1e, hides the slope: no remainder can be seen", w->noise);
}

static void judge(const struct walk *w, const struct step *s, int n, int which)
{
    struct gc_run *run = w->run;
    int k = last_clean(w, s, n);
    double wanted = w->order - 0.1;
    if (k < 0) {
        say_no_range(w, n, which);
        return;
    }
    double least = fmax(fabs(s[k + 1].remainder), w->noise), found = rate(s[k].remainder, least);
    double e = leftover(w, s, k);
    double bar = leftover_bar(w, s, k);
    double scale =
        w->order == 3 ? fmax(fabs(w->curve) / 2, 1e-3 * w->size) : fmax(fabs(w->slope), 1e-3 * w->size);
    double allowed = rtol_of(run) * scale * (w->order == 3 ? 100 : 1) + 10 * bar;
    int fine = found >= wanted || fabs(e) <= allowed;
    gc_verdict v = fine ? GC_PASS : at_corner(w) ? GC_KINK : k ? GC_FAIL : GC_INCONCLUSIVE;
    gc_finding *f = gc_note(run->r, GC_TAYLOR, -1, run->point, v);
    gc_text(f->detail, sizeof f->detail, "rate %.3f along direction %d", found, which + 1);
    f->analytic = w->order == 3 ? w->curve / 2 : w->slope, f->numeric = f->analytic + e;
    f->error_bar = bar, f->allowed = allowed;
    if (v == GC_INCONCLUSIVE)
        gc_text(f->reason, sizeof f->reason, "the noise of the forward leaves one step: no rate can be seen");
    if (v != GC_FAIL) return;
    gc_text(f->reason, sizeof f->reason,
            "the remainder of the %s expansion falls with rate %.2f at h = %.1e; it must reach %d: the %s is "
            "off by %.2g of %.3g",
            w->order == 3 ? "second-order" : "first-order", found, s[k].h, w->order,
            w->order == 3 ? "hessian" : "gradient", fabs(e), fabs(f->analytic));
}

/* Is every gradient of this point finite? */
static int usable(const struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++)
        if (run->bad[t]) return 0;
    return 1;
}

static int open_walk(struct walk *w, struct gc_run *run)
{
    *w = (struct walk){ .run = run, .order = 2 };
    w->d = calloc(moving(run), sizeof *w->d);
    return w->d != NULL;
}

static void one_direction(struct walk *w, int which)
{
    struct step s[MOST_ROWS];
    sample(w, which);
    w->noise = gc_run_noise(w->run, -1, w->d);
    gc_stage(w->run->r, "forward, Taylor test, point %d", w->run->point);
    judge(w, s, walk_down(w, s), which);
    double curve;
    if (!w->run->p->hessian || !gc_hessian_along(w->run, w->d, NULL, &curve)) return;
    w->order = 3, w->curve = curve;
    judge(w, s, walk_down(w, s), which);
    w->order = 2;
}

void gc_test_taylor(struct gc_run *run)
{
    struct walk w;
    if (!usable(run)) return;
    if (!open_walk(&w, run)) {
        gc_finding *f = gc_note(run->r, GC_TAYLOR, -1, run->point, GC_INCONCLUSIVE);
        gc_text(f->reason, sizeof f->reason, "out of memory for the Taylor test");
        return;
    }
    for (int which = 0; which < run->o.n_dir; which++) one_direction(&w, which);
    gc_run_loss(run); /* out[] at the point again */
    free(w.d);
}

/* ---- rows for a chart ---- */

struct job {
    const gc_problem *p;
    gc_options o;
    gc_result *r;
    gc_taylor_row *row; /* shared with the child */
    int max;
    int *rows;
};

static void fill_rows(struct job *j, struct gc_run *run)
{
    struct walk w;
    if (!usable(run) || !open_walk(&w, run)) return;
    sample(&w, 0);
    double before = (double)NAN;
    for (int k = 0; k < j->max; k++) {
        struct step s = take(&w, ldexp(0.125, -k));
        j->row[k] = (gc_taylor_row){ s.h, fabs(s.change), fabs(s.remainder),
                                     k ? rate(before, s.remainder) : (double)NAN };
        before = s.remainder;
        *j->rows = k + 1;
    }
    free(w.d);
}

static void work(void *arg)
{
    struct job *j = arg;
    struct gc_run run;
    if (!gc_run_open(&run, j->p, &j->o, j->r)) return;
    if (gc_run_point(&run, 0)) fill_rows(j, &run);
    gc_run_close(&run);
}

int gc_taylor(const gc_problem *p, const gc_options *o, gc_taylor_row *row, int max)
{
    struct job j = { p, o ? *o : gc_defaults(), NULL, NULL, max < 50 ? max : 50, NULL };
    size_t bytes = sizeof(int) * 4 + (size_t)50 * sizeof *row;
    int *shared = gc_shared_new(bytes), rows = -1;
    if (!p->forward || !p->backward || max < 1 || !shared) return -1;
    j.rows = shared, j.row = (gc_taylor_row *)(void *)(shared + 4);
    j.r = gc_result_new(p->name, &j.o);
    if (j.o.fork)
        gc_in_child(j.r, j.o.timeout_s, work, &j);
    else
        work(&j);
    if (*j.rows > 0) rows = *j.rows;
    if (rows > 0) memcpy(row, j.row, (size_t)rows * sizeof *row);
    gc_free(j.r);
    gc_shared_free(shared, bytes);
    return rows;
}
