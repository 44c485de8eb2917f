/* accuracy.c - how accurate is each way to take a derivative, and is the ladder's error bar true?
 *
 *     gradcheck_accuracy [--points N] [FOLDER]
 *
 * The loss is that of a network 8-16-4 (tanh, softmax cross entropy) with 212 parameters; the truth is its
 * complex step in long double. Derivatives are taken by element and along random unit directions, at N random
 * points (25), by every method and step. Prints the table and, given a folder, writes accuracy.csv there and
 * draws the chart accuracy.svg and .png. Exit 1 if the ladder's error bar is broken or the complex step is
 * worse than 1e-12: then the checker must not be believed. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>

#include "../base/file.h"
#include "gc_internal.h"

enum {
    IN = 8,
    HIDDEN = 16,
    OUT = 4,
    BATCH = 4,
    P = HIDDEN * IN + HIDDEN + OUT * HIDDEN + OUT,
    DIRECTIONS = 20,
    STEPS = 51
};

#define real float
#define LOSS loss_f32
#include "accuracy_mlp.h"
#undef real
#undef LOSS
#define real double
#define LOSS loss_f64
#include "accuracy_mlp.h"
#undef real
#undef LOSS
#define real double complex
#define LOSS loss_complex
#include "accuracy_mlp.h"
#undef real
#undef LOSS
#define real long double complex
#define LOSS loss_truth
#include "accuracy_mlp.h"
#undef real
#undef LOSS

/* ---- points and lines through them ---- */

struct point {
    double p[P], x[BATCH * IN], truth[P];
    int label[BATCH];
    double noise[2]; /* of the loss in double and in float, for the ladder */
};

/* p + t d, d one element or a unit vector; evaluations are counted */
struct line {
    const struct point *at;
    const double *d;
    int element; /* -1: a direction */
    int f32;
    long evaluations;
};

static void sample_point(struct point *at, int which)
{
    uint64_t seed = 1000 + (uint64_t)which;
    for (size_t i = 0; i < P; i++) at->p[i] = gc_random_unit(seed, 1, i) - 0.5;
    for (size_t i = 0; i < BATCH * IN; i++) at->x[i] = 2 * gc_random_unit(seed, 2, i) - 1;
    for (size_t i = 0; i < BATCH; i++) at->label[i] = (int)(gc_random_bits(seed, 3, i) % OUT);
    for (int i = 0; i < P; i++) at->p[i] = (double)(float)at->p[i]; /* the same point for all precisions */
    for (int i = 0; i < P; i++) {
        long double complex z[P];
        for (int k = 0; k < P; k++) z[k] = at->p[k];
        z[i] += 1e-40L * (long double complex)_Complex_I;
        at->truth[i] = (double)(cimagl(loss_truth(z, at->x, at->label)) / 1e-40L);
    }
}

static void sample_direction(double d[P], int which)
{
    double square = 0;
    for (size_t i = 0; i < P; i++) {
        d[i] = 0.5 + gc_random_unit(77, (uint64_t)which, i);
        if (gc_random_bits(78, (uint64_t)which, i) & 1) d[i] = -d[i];
        square += d[i] * d[i];
    }
    for (int i = 0; i < P; i++) d[i] /= sqrt(square);
}

static double along(double t, void *ctx)
{
    struct line *l = ctx;
    l->evaluations++;
    if (l->f32) {
        float p[P];
        for (int i = 0; i < P; i++) p[i] = (float)(l->at->p[i] + t * l->d[i]);
        return (double)loss_f32(p, l->at->x, l->at->label);
    }
    double p[P];
    for (int i = 0; i < P; i++) p[i] = l->at->p[i] + t * l->d[i];
    return loss_f64(p, l->at->x, l->at->label);
}

/* Once per point, along its first direction, as the checker does. */
static void measure_noise(struct point *at, int which)
{
    double d[P];
    sample_direction(d, which * DIRECTIONS);
    for (int f32 = 0; f32 < 2; f32++) {
        struct line l = { .at = at, .d = d, .element = -1, .f32 = f32 };
        int is_float;
        at->noise[f32] = gc_noise(along, &l, 1e-6, &is_float);
    }
}

/* The step nearest to h for which x + h and x - h are floats, as far as an element is moved. */
static double realised(const struct line *l, double h)
{
    if (!l->f32 || l->element < 0) return h;
    double x = l->at->p[l->element];
    return fabs((double)(float)(x + (x < 0 ? -h : h)) - x);
}

/* ---- methods ---- */

static double forward(struct line *l, double h)
{
    h = realised(l, h);
    return (along(h, l) - along(0, l)) / h;
}

static double central(struct line *l, double h)
{
    h = realised(l, h);
    return (along(h, l) - along(-h, l)) / (2 * h);
}

static double fourth(struct line *l, double h)
{
    return (4 * central(l, h) - central(l, 2 * h)) / 3;
}

static double complex_step(struct line *l, double h)
{
    double complex z[P];
    l->evaluations++;
    for (int i = 0; i < P; i++) z[i] = l->at->p[i] + l->d[i] * h * (double complex)_Complex_I;
    return cimag(loss_complex(z, l->at->x, l->at->label)) / h;
}

/* Ridders' extrapolation (Advances in Engineering Software 4, 1982) with the stop of Numerical Recipes: its
 * error estimate is the agreement of two neighbours in the table. For comparison only. */
static double ridders(struct line *l, double h, double *error)
{
    enum { ROWS = 10 };
    double a[ROWS][ROWS], answer = central(l, h), least = HUGE_VAL;
    a[0][0] = answer;
    for (int i = 1; i < ROWS; i++) {
        h /= 1.4;
        a[0][i] = central(l, h);
        double factor = 1.4 * 1.4;
        for (int j = 1; j <= i; j++, factor *= 1.4 * 1.4) {
            a[j][i] = (a[j - 1][i] * factor - a[j - 1][i - 1]) / (factor - 1);
            double now = fmax(fabs(a[j][i] - a[j - 1][i]), fabs(a[j][i] - a[j - 1][i - 1]));
            if (now <= least) least = now, answer = a[j][i];
        }
        if (fabs(a[i][i] - a[i - 1][i - 1]) >= 2 * least) break;
    }
    *error = least;
    return answer;
}

static int pair(const struct gc_ladder *l, double *h, double *plus, double *minus)
{
    struct line *line = l->ctx;
    *h = realised(line, *h);
    *plus = along(*h, line);
    *minus = along(-*h, line);
    return *h > 0;
}

static double ladder(struct line *l, double h0, double *error, double *chosen)
{
    struct gc_ladder climb = { .pair = pair, .ctx = l, .noise = l->at->noise[l->f32], .f0 = along(0, l) };
    if (l->f32) climb.least_h = 0x1p-20;
    gc_ladder_climb(&climb, h0, 0);
    *error = climb.error;
    *chosen = climb.chosen_h;
    return climb.value;
}

enum kind { FORWARD, CENTRAL, FOURTH, COMPLEX, RIDDERS, LADDER };

static const struct method {
    const char *name, *precision;
    enum kind kind;
    int f32;
    double start; /* its own first step; 0: measured at every step */
} methods[] = {
    { "forward difference", "double", FORWARD, 0, 0 },
    { "central difference", "double", CENTRAL, 0, 0 },
    { "4th order difference", "double", FOURTH, 0, 0 },
    { "complex step", "double", COMPLEX, 0, 0 },
    { "Ridders from 0.32", "double", RIDDERS, 0, 0.32 },
    { "Ridders from 0.03", "double", RIDDERS, 0, 0.03 },
    { "ladder", "double", LADDER, 0, 0x1p-4 },
    { "forward difference", "float", FORWARD, 1, 0 },
    { "central difference", "float", CENTRAL, 1, 0 },
    { "Ridders from 0.1", "float", RIDDERS, 1, 0.1 },
    { "ladder", "float", LADDER, 1, 0x1p-4 },
};
enum { METHODS = sizeof methods / sizeof *methods };

static double take(const struct method *m, struct line *l, double h, double *error, double *chosen)
{
    *error = (double)NAN;
    *chosen = h;
    l->f32 = m->f32;
    switch (m->kind) {
    case FORWARD: return forward(l, h);
    case CENTRAL: return central(l, h);
    case FOURTH: return fourth(l, h);
    case COMPLEX: return complex_step(l, h);
    case RIDDERS: return ridders(l, h, error);
    default: return ladder(l, h, error, chosen);
    }
}

/* ---- measuring ---- */

/* A method at a step over all points. Errors are relative to max(|truth|, 1e-3 max |truth| of the
 * point), as the checker's. */
struct row {
    double h;
    long samples, evaluations, within, within_ten;
    double worst, difference, size, log_h, bars; /* squares of norms, sums */
};

static void add(struct row *r, double value, double truth, double scale, double error, double chosen)
{
    double off = fabs(value - truth), rel = off / fmax(fabs(truth), scale);
    r->samples++;
    if (!(rel <= r->worst)) r->worst = rel;
    r->difference += off * off;
    r->size += truth * truth;
    r->within += off <= error;
    r->within_ten += off <= 10 * error;
    r->bars += error * error;
    r->log_h += log(chosen);
}

static void measure_elements(const struct method *m, double h, const struct point *at, struct row *r)
{
    double scale = 0, error, chosen;
    for (int i = 0; i < P; i++) scale = fmax(scale, 1e-3 * fabs(at->truth[i]));
    for (int i = 0; i < P; i++) {
        double d[P] = { 0 };
        struct line l = { .at = at, .d = d, .element = i };
        d[i] = 1;
        double value = take(m, &l, h, &error, &chosen);
        add(r, value, at->truth[i], scale, error, chosen);
        r->evaluations += l.evaluations;
    }
}

static void measure_directions(const struct method *m, double h, const struct point *at, int point,
                               struct row *r)
{
    double d[P], error, chosen;
    for (int k = 0; k < DIRECTIONS; k++) {
        struct line l = { .at = at, .d = d, .element = -1 };
        double truth = 0, size = 0;
        sample_direction(d, point * DIRECTIONS + k);
        for (int i = 0; i < P; i++)
            truth += at->truth[i] * d[i], size += at->truth[i] * d[i] * at->truth[i] * d[i];
        double value = take(m, &l, h, &error, &chosen);
        add(r, value, truth, sqrt(size), error, chosen);
        r->evaluations += l.evaluations;
    }
}

static struct row measure(const struct method *m, double h, const struct point *at, int points,
                          int by_element)
{
    struct row r = { .h = h };
    for (int k = 0; k < points; k++) {
        if (by_element)
            measure_elements(m, h, &at[k], &r);
        else
            measure_directions(m, h, &at[k], k, &r);
    }
    return r;
}

static double norm(const struct row *r)
{
    return sqrt(r->difference / r->size);
}

/* ---- table, CSV, chart ---- */

struct results {
    struct row element[METHODS][STEPS],
        direction[METHODS][STEPS]; /* one step for methods that choose their own */
};

static int steps_of(const struct method *m)
{
    return m->start > 0 ? 1 : STEPS;
}

static int best_step(const struct method *m, const struct row *r)
{
    int best = 0;
    for (int k = 1; k < steps_of(m); k++)
        if (r[k].worst < r[best].worst) best = k;
    return best;
}

static void measure_all(struct results *all, const struct point *at, int points)
{
    for (int i = 0; i < METHODS; i++) {
        fprintf(stderr, "%s, %s\n", methods[i].name, methods[i].precision);
        for (int k = 0; k < steps_of(&methods[i]); k++) {
            double h = methods[i].start > 0 ? methods[i].start : ldexp(1, -k);
            all->element[i][k] = measure(&methods[i], h, at, points, 1);
            all->direction[i][k] = measure(&methods[i], h, at, points, 0);
        }
    }
}

static void print_coverage(const struct row *r, int has_bar)
{
    if (has_bar)
        printf("  %6.2f %%  %6.2f %%", 100.0 * (double)r->within / (double)r->samples,
               100.0 * (double)r->within_ten / (double)r->samples);
    else
        printf("  %8s  %8s", "-", "-");
}

static void print_table(const struct results *all, int by_element)
{
    printf("\n%-22s %-7s %9s %11s %11s %10s  %8s  %8s\n", by_element ? "by element" : "along a direction", "",
           "best step", "worst", "norm", "calls each", "in bar", "in 10 bars");
    for (int i = 0; i < METHODS; i++) {
        const struct row *rows = by_element ? all->element[i] : all->direction[i];
        const struct row *r = &rows[best_step(&methods[i], rows)];
        char step[16] = "own";
        if (methods[i].kind != LADDER) snprintf(step, sizeof step, "%.1e", r->h);
        printf("%-22s %-7s %9s %11.1e %11.1e %10.1f", methods[i].name, methods[i].precision, step, r->worst,
               norm(r), (double)r->evaluations / (double)r->samples);
        print_coverage(r, methods[i].kind >= RIDDERS);
        putchar('\n');
    }
}

static void put_csv_rows(FILE *f, const struct results *all, int by_element)
{
    for (int i = 0; i < METHODS; i++)
        for (int k = 0; k < steps_of(&methods[i]); k++) {
            const struct row *r = by_element ? &all->element[i][k] : &all->direction[i][k];
            fprintf(f, "%s,%s,%s,%.6e,%ld,%.1f,%.3e,%.3e,", methods[i].name, methods[i].precision,
                    by_element ? "element" : "direction", r->h, r->samples,
                    (double)r->evaluations / (double)r->samples, r->worst, norm(r));
            if (methods[i].kind >= RIDDERS)
                fprintf(f, "%.5f,%.5f\n", (double)r->within / (double)r->samples,
                        (double)r->within_ten / (double)r->samples);
            else
                fputs(",\n", f);
        }
}

/* Whole or not at all. 0 after a sentence. */
static int write_csv(const char *folder, const struct results *all)
{
    char path[1000], error[ERROR_TEXT];
    struct file_out f;
    snprintf(path, sizeof path, "%s/accuracy.csv", folder);
    int ok = file_open(&f, path, error);
    if (ok) {
        fputs("method,precision,derivative,step,samples,evaluations_each,worst_rel,norm_rel,within_bar,"
              "within_10_bars\n",
              f.out);
        put_csv_rows(f.out, all, 1);
        put_csv_rows(f.out, all, 0);
        ok = file_keep(&f, error);
    }
    if (!ok) fprintf(stderr, "gradcheck_accuracy: %s\n", error);
    return ok;
}

/* The CSV holds what they hold. */
static void remove_working_files(const char *base)
{
    char path[1020];
    snprintf(path, sizeof path, "%s.dat", base);
    remove(path);
    snprintf(path, sizeof path, "%s.gp", base);
    remove(path);
}

/* The norm of the error over all elements against the step, and where the ladder ends up. */
static int draw(const char *folder, const struct results *all)
{
    gc_vrow row[STEPS];
    char base[1000];
    const struct row *l = &all->element[6][0];
    for (int k = 0; k < STEPS; k++)
        row[k] = (gc_vrow){ .h = all->element[0][k].h,
                            .forward = norm(&all->element[0][k]),
                            .central = norm(&all->element[1][k]),
                            .fourth = norm(&all->element[2][k]),
                            .complex_step = norm(&all->element[3][k]),
                            .forward_f32 = norm(&all->element[7][k]),
                            .central_f32 = norm(&all->element[8][k]) };
    snprintf(base, sizeof base, "%s/accuracy", folder);
    int code = gc_plot_vcurve(base, "Gradients by differences: a network 8-16-4 with 212 parameters", row,
                              STEPS, exp(l->log_h / (double)l->samples), sqrt(l->bars / l->size));
    if (code == 0) remove_working_files(base);
    if (code == 1)
        fputs("gradcheck_accuracy: gnuplot is missing, so there is no chart: apt install gnuplot-nox\n",
              stderr);
    if (code < 0) fprintf(stderr, "gradcheck_accuracy: cannot draw %s.svg\n", base);
    return code >= 0;
}

/* What the checker's verdicts rest on. */
static int promises_hold(const struct results *all)
{
    int ok = 1;
    for (int i = 0; i < METHODS; i++)
        for (int by_element = 0; by_element < 2; by_element++) {
            const struct row *rows = by_element ? all->element[i] : all->direction[i];
            const struct row *r = &rows[best_step(&methods[i], rows)];
            int kept = methods[i].f32               ? 1
                       : methods[i].kind == LADDER  ? r->within_ten == r->samples
                       : methods[i].kind == COMPLEX ? r->worst <= 1e-12
                                                    : 1;
            if (!kept) printf("FAIL %s, %s: the promise is broken\n", methods[i].name, methods[i].precision);
            ok = ok && kept;
        }
    return ok;
}

int main(int argc, char **argv)
{
    int points = 25;
    const char *folder = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--points") && i + 1 < argc)
            points = atoi(argv[++i]);
        else if (argv[i][0] != '-' && !folder)
            folder = argv[i];
        else
            points = 0;
    }
    if (points < 1 || points > 1000) {
        fputs("usage: gradcheck_accuracy [--points 1..1000] [FOLDER]\n", stderr);
        return 64;
    }
    struct point *at = calloc((size_t)points, sizeof *at);
    struct results *all = calloc(1, sizeof *all);
    if (!at || !all) {
        fputs("gradcheck_accuracy: out of memory\n", stderr);
        return 1;
    }
    for (int k = 0; k < points; k++) {
        sample_point(&at[k], k);
        measure_noise(&at[k], k);
    }
    measure_all(all, at, points);
    printf("%d points, %d parameters, %d directions per point; errors relative to the truth\n", points,
           (int)P, (int)DIRECTIONS);
    print_table(all, 1);
    print_table(all, 0);
    int ok = promises_hold(all);
    if (folder) ok = write_csv(folder, all) && draw(folder, all) && ok;
    free(at);
    free(all);
    return !ok;
}
