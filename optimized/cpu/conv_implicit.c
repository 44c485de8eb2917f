/* conv_implicit.c - rungs 03 and 04 of convolution: forward, dx, dw + db as products without im2col's
 * matrix.
 *
 * x (N,C,H,W)   w (K,C/groups,R,S)   b (K)   y, dy (N,K,P,Q)
 *
 * ---- 03_implicit: the product reads the windows itself ----
 *
 * Changed: rung 02 writes cols, whose rows the product then copies once more, into panels that its tiles
 * read from front to back (gemm.c). Here the panels are filled from the image at once: number (c,r,s) of a
 * kernel and result (p,q) meet at x + c plane + r tap_row + s tap_column + p row + q column. A rim of zeros
 * around a copy of the image stands for what lies beyond its edges, so that nobody asks. A window of 1 x 1
 * needs no panels either: there x is cols.
 *
 * A zero of the rim is multiplied like any number. So where a weight is infinite, results whose windows
 * reach over the edge are NaN, as is 0 times infinity, and in dw the same comes of an infinite dy; the
 * reference and 01_rows skip the rim, and have infinity or a number there. All rungs from 02_im2col on do
 * so, and Winograd's make a NaN of every result of a tile that meets an infinite number, as they take sums
 * of it away again.
 *
 * dx is a product of the same kind: of the planes k of y that see plane c,
 *
 * dx[c][h][v] = sum over k, r, s of w[k][c][r][s] dy[k][p][q]     where p stride + r dilation - top = h
 *
 * Where the stride is 1, every h has all r. Otherwise the h of one remainder modulo the stride have the same
 * few, and each of the stride^2 kinds of places is a convolution of its own: no zero is multiplied.
 *
 * Relieves: memory traffic, 2 R S numbers for each of x. Prediction (lesson 7): 1.1 to 2 x where kernels are
 * larger than 1 x 1, 1.1 to 1.5 x where they are 1 x 1.
 *
 * ---- 04_threads: each thread has images of its own ----
 *
 * For dw, parts of the images (as many for any number of threads) have a dw of their own; the sum of these
 * comes last. A single image is one product on all threads. Prediction (lesson 7): 1.7 to 2 x on two cores.
 */
#include "../team.h"
#include "../workspace.h"
#include "conv_rungs.h"
#include "conv_windows.h"

#include <stdint.h>

/* ---- a call: units of work, each an image and a group, and room for those who do them ---- */

typedef void product_fn(const struct gemm_kernel *kernel, const struct gemm *g);

struct job {
    struct conv v;
    const float *x, *w, *b, *dy;
    float *y, *dx, *dw;
    struct image_part part;  /* of the image that is read */
    const struct places *of; /* of dx: which of its places */
    product_fn *product;
    int workers;
    float *room; /* `each` floats for each worker */
    size_t each;
};

typedef void unit_fn(const struct job *job, int n, int group, float *room);

/* the windows of forward and dw on one image and group of x */
static struct image_part part_of_x(const struct conv *v)
{
    return (struct image_part){ v->top, v->left, (v->P - 1) * v->stride + (v->R - 1) * v->dilation + 1,
                                (v->Q - 1) * v->stride + (v->S - 1) * v->dilation + 1 };
}

static struct windows windows_on_x(const struct job *job, int n, int group, float *room)
{
    const struct conv *v = &job->v;
    struct windows w =
        windows_on(&job->part, v->c_per, v->H, v->W, job->x + conv_x(v, n, group * v->c_per), room);
    w.down = v->R, w.across = v->S, w.width = v->Q;
    w.tap_row = v->dilation * w.row, w.tap_column = v->dilation;
    w.row *= v->stride, w.column = v->stride;
    return w;
}

static void forward_unit(const struct job *job, int n, int group, float *room)
{
    const struct conv *v = &job->v;
    const struct windows windows = windows_on_x(job, n, group, room);
    const int k = group * v->k_per, taps = v->c_per * v->R * v->S;
    struct gemm g = { .M = v->k_per, .N = v->P * v->Q, .K = taps };
    windows_multiply_taps(&g, &windows);
    g.a = job->w + conv_w(v, k, 0), g.a_row = taps, g.a_col = 1;
    g.c = job->y + conv_y(v, n, k), g.c_row = g.N, g.c_col = 1;
    if (job->b) g.bias = job->b + k, g.bias_rows = 1;
    job->product(gemm_best(), &g);
}

/* dw of the group (+)= dy x of image n */
static void add_to_dw(const struct job *job, int n, int group, int add, float *dw, float *room)
{
    const struct conv *v = &job->v;
    const struct windows windows = windows_on_x(job, n, group, room);
    const int k = group * v->k_per, taps = v->c_per * v->R * v->S;
    struct gemm g = { .M = v->k_per, .N = taps, .K = v->P * v->Q, .add = add };
    windows_multiply_places(&g, &windows);
    g.a = job->dy + conv_y(v, n, k), g.a_row = g.K, g.a_col = 1;
    g.c = dw + conv_w(v, k, 0), g.c_row = taps, g.c_col = 1;
    job->product(gemm_best(), &g);
}

/* ---- dx: places (h,v) of one remainder each modulo the stride ---- */

struct line {
    int first, places;   /* the first place, and how many, `stride` apart */
    int tap, step, taps; /* numbers of a kernel's row or column that it meets: `taps` from `tap` on */
    int result, apart; /* the first place meets result `result` by the first tap, `apart` less by the next */
};

struct places {
    struct line h, v;
    float *w; /* (C,K/groups,h.taps,v.taps), the numbers of w that it meets */
};

static int common_divisor(int a, int b)
{
    while (b) {
        int rest = a % b;
        a = b, b = rest;
    }
    return a;
}

static struct line line_of(int first, int extent, int before, int window, int stride, int dilation)
{
    const int common = common_divisor(stride, dilation), places = (extent - first + stride - 1) / stride;
    struct line l = { .first = first, .places = places, .step = stride / common, .apart = dilation / common };
    while (l.tap < window && (first + before - l.tap * dilation) % stride) l.tap++;
    if (l.tap == window) return l;
    l.taps = (window - l.tap + l.step - 1) / l.step;
    l.result = (first + before - l.tap * dilation) / stride;
    return l;
}

/* the part of dy that these places meet */
static struct image_part part_of_dy(const struct places *s)
{
    const int down = (s->h.taps - 1) * s->h.apart, across = (s->v.taps - 1) * s->v.apart;
    return (struct image_part){ down - s->h.result, across - s->v.result, s->h.places + down,
                                s->v.places + across };
}

/* s->w <- w */
static void gather_weights(const struct conv *v, const float *w, const struct places *s)
{
    float *to = s->w;
    for (int c = 0; c < v->C; c++)
        for (int k = 0; k < v->k_per; k++) {
            const float *from = w + conv_w(v, c / v->c_per * v->k_per + k, c % v->c_per);
            for (int r = 0; r < s->h.taps; r++)
                for (int i = 0; i < s->v.taps; i++)
                    *to++ = from[(s->h.tap + r * s->h.step) * v->S + s->v.tap + i * s->v.step];
        }
}

/* the places of dx (planes,H,W) <- found (planes,h.places,v.places), or 0 if that is NULL */
static void store_places(const struct conv *v, const struct places *s, const float *found, float *dx)
{
    for (int c = 0; c < v->c_per; c++)
        for (int i = 0; i < s->h.places; i++) {
            float *to = dx + ((size_t)c * (size_t)v->H + (size_t)(s->h.first + i * v->stride)) * (size_t)v->W;
            for (int j = 0; j < s->v.places; j++) to[s->v.first + j * v->stride] = found ? *found++ : 0;
        }
}

static void dx_unit(const struct job *job, int n, int group, float *room)
{
    const struct conv *v = &job->v;
    const struct places *s = job->of;
    float *dx = job->dx + conv_x(v, n, group * v->c_per), *copy = room;
    const int taps = v->k_per * s->h.taps * s->v.taps;
    if (!taps) {
        store_places(v, s, NULL, dx);
        return;
    }
    struct gemm g = { .M = v->c_per, .N = s->h.places * s->v.places, .K = taps, .c = dx };
    if (v->stride > 1) g.c = room, copy += (size_t)g.M * (size_t)g.N;
    struct windows w =
        windows_on(&job->part, v->k_per, v->P, v->Q, job->dy + conv_y(v, n, group * v->k_per), copy);
    w.at += (s->h.taps - 1) * s->h.apart * w.row + (s->v.taps - 1) * s->v.apart;
    w.down = s->h.taps, w.across = s->v.taps, w.width = s->v.places;
    w.tap_row = -s->h.apart * w.row, w.tap_column = -s->v.apart, w.column = 1;
    windows_multiply_taps(&g, &w);
    g.a = s->w + (size_t)group * (size_t)g.M * (size_t)taps, g.a_row = taps, g.a_col = 1;
    g.c_row = g.N, g.c_col = 1;
    job->product(gemm_best(), &g);
    if (v->stride > 1) store_places(v, s, room, dx);
}

/* ---- the calls, on one thread and on all ---- */

struct shared {
    const struct job *job;
    unit_fn *unit;
};

/* the units of one worker */
static void do_units(int worker, void *arg)
{
    const struct shared *s = arg;
    const struct job *job = s->job;
    const int64_t units = (int64_t)job->v.N * job->v.groups, groups = job->v.groups;
    for (int64_t i = units * worker / job->workers; i < units * (worker + 1) / job->workers; i++)
        s->unit(job, (int)(i / groups), (int)(i % groups), job->room + (size_t)worker * job->each);
}

static void run_units(const struct job *job, unit_fn *unit)
{
    struct shared s = { job, unit };
    team_run(job->workers, do_units, &s);
}

static size_t whole_lines(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

/* How many workers: 1 if there is little to do, or one unit; then the product itself uses the threads */
static int workers_of(const struct conv *v)
{
    enum { EACH = 4 }; /* a thread that is late leaves some of its share to others */
    const double worth = 2e6, units = (double)v->N * v->groups,
                 flops = 2.0 * v->N * v->K * (double)v->y_plane * v->c_per * (double)v->w_plane;
    const int most = EACH * team_threads();
    return flops < worth || most == EACH ? 1 : units < most ? (int)units : most;
}

/* Is it a product, and one that pays? Products count in int. A plane of x that has one kernel is best done by
 * rung 01, without copies. */
static int applies(const struct conv *v)
{
    const size_t most = (size_t)1 << 31;
    return (v->c_per > 1 || v->k_per > 1) && (size_t)v->c_per * v->w_plane < most &&
           (size_t)v->k_per * v->w_plane < most;
}

/* Then a lower rung does the images, those of each worker in one call. */
struct lower {
    const struct job *job;
    conv_forward_fn *forward;
    conv_dx_fn *dx;
};

static void do_lower(int worker, void *arg)
{
    const struct lower *lower = arg;
    const struct job *job = lower->job;
    const struct conv *v = &job->v;
    const int first = (int)((int64_t)v->N * worker / job->workers),
              end = (int)((int64_t)v->N * (worker + 1) / job->workers);
    if (first == end) return;
    if (lower->forward)
        lower->forward(CONV_IMAGES(v, end - first), job->x + conv_x(v, first, 0), job->w, job->b,
                       job->y + conv_y(v, first, 0));
    else
        lower->dx(CONV_IMAGES(v, end - first), job->w, job->dy + conv_y(v, first, 0),
                  job->dx + conv_x(v, first, 0));
}

static void run_lower(const struct job *job, conv_forward_fn *forward, conv_dx_fn *dx)
{
    struct lower lower = { job, forward, dx };
    team_run(job->workers, do_lower, &lower);
}

static struct job job_of(CONV_SIZES)
{
    return (struct job){ .v = conv_of(CONV_GIVEN), .product = gemm_run, .workers = 1 };
}

static struct job job_of_threads(CONV_SIZES)
{
    struct job job = job_of(CONV_GIVEN);
    job.workers = workers_of(&job.v);
    if (job.workers == 1) job.product = gemm_threads;
    return job;
}

static void forward(struct job job, const float *x, const float *w, const float *b, float *y)
{
    const struct conv *v = &job.v;
    job.part = part_of_x(v);
    job.each = whole_lines(image_part_floats(&job.part, v->c_per, v->H, v->W));
    job.room = workspace_floats_of_caller((size_t)job.workers * job.each + 1);
    job.x = x, job.w = w, job.b = b, job.y = y;
    if (applies(v) && job.room)
        run_units(&job, forward_unit);
    else
        run_lower(&job, conv_forward_rows, NULL);
}

/* the places of dx that `of` has; 0 without memory */
static int some_places(struct job *job, struct places *of)
{
    const struct conv *v = &job->v;
    const size_t weights =
        whole_lines((size_t)v->C * (size_t)v->k_per * (size_t)of->h.taps * (size_t)of->v.taps);
    job->of = of;
    job->part = part_of_dy(of);
    job->each = whole_lines(image_part_floats(&job->part, v->k_per, v->P, v->Q));
    if (v->stride > 1)
        job->each = whole_lines(job->each + (size_t)v->c_per * (size_t)of->h.places * (size_t)of->v.places);
    of->w = workspace_floats_of_caller(weights + (size_t)job->workers * job->each);
    if (!of->w) return 0;
    job->room = of->w + weights;
    gather_weights(v, job->w, of);
    run_units(job, dx_unit);
    return 1;
}

static void backward_dx(struct job job, const float *w, const float *dy, float *dx)
{
    enum { FEW = 16 }; /* planes of x that share a panel: for fewer, rung 02 copies less */
    const struct conv *v = &job.v;
    const int few = applies(v) && v->c_per < FEW && v->c_per < v->k_per;
    int done = applies(v) && !few;
    job.w = w, job.dy = dy, job.dx = dx;
    for (int i = 0; i < v->H && i < v->stride && done; i++)
        for (int j = 0; j < v->W && j < v->stride && done; j++) {
            struct places of = { line_of(i, v->H, v->top, v->R, v->stride, v->dilation),
                                 line_of(j, v->W, v->left, v->S, v->stride, v->dilation), NULL };
            done = some_places(&job, &of);
        }
    if (!done) run_lower(&job, NULL, few ? conv_dx_im2col : conv_dx_rows);
}

/* ---- dw: parts of the images, part 0 straight into dw, each other into floats of its own ---- */

static size_t kernel_floats(const struct conv *v)
{
    return (size_t)v->K * (size_t)v->c_per * v->w_plane;
}

static void part_of_images(int part, void *arg)
{
    const struct job *job = arg;
    const struct conv *v = &job->v;
    float *room = job->room + (size_t)part * job->each, *dw = part ? room : job->dw;
    const int first = (int)((int64_t)v->N * part / job->workers),
              end = (int)((int64_t)v->N * (part + 1) / job->workers);
    for (int n = first; n < end; n++)
        for (int group = 0; group < v->groups; group++)
            add_to_dw(job, n, group, n > first, dw, room + whole_lines(kernel_floats(v)));
}

/* dw += the other parts, those of one plane of y */
static void sum_of_parts(int k, void *arg)
{
    const struct job *job = arg;
    const size_t n = (size_t)job->v.c_per * job->v.w_plane, first = (size_t)k * n;
    for (int part = 1; part < job->workers; part++) {
        const float *dw = job->room + (size_t)part * job->each;
        for (size_t i = first; i < first + n; i++) job->dw[i] += dw[i];
    }
}

/* Parts of the images: their number follows from the sizes alone, as do the bits of the sums */
static int parts_of(const struct conv *v)
{
    enum { MOST = 16, MOST_FLOATS = 1 << 22 };
    const int most = v->N < MOST ? v->N : MOST;
    const size_t fit = MOST_FLOATS / kernel_floats(v);
    return fit < 1 ? 1 : fit < (size_t)most ? (int)fit : most;
}

static void backward_dw(struct job job, const float *x, const float *dy, float *dw, float *db)
{
    const struct conv *v = &job.v;
    job.part = part_of_x(v);
    job.each =
        whole_lines(kernel_floats(v)) + whole_lines(image_part_floats(&job.part, v->c_per, v->H, v->W));
    job.room = workspace_floats_of_caller((size_t)job.workers * job.each);
    job.x = x, job.dy = dy, job.dw = dw;
    if (!applies(v) || !job.room) {
        conv_dw_rows(CONV_IMAGES(v, v->N), x, dy, dw, db);
        return;
    }
    team_run(job.workers, part_of_images, &job);
    if (job.workers > 1) team_run(v->K, sum_of_parts, &job);
    conv_db_rows(v, dy, db);
}

void conv_forward_implicit(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    forward(job_of(CONV_GIVEN), x, w, b, y);
}

void conv_dx_implicit(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    backward_dx(job_of(CONV_GIVEN), w, dy, dx);
}

void conv_dw_implicit(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    backward_dw(job_of(CONV_GIVEN), x, dy, dw, db);
}

void conv_forward_threads(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    forward(job_of_threads(CONV_GIVEN), x, w, b, y);
}

void conv_dx_threads(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    backward_dx(job_of_threads(CONV_GIVEN), w, dy, dx);
}

void conv_dw_threads(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    struct job job = job_of(CONV_GIVEN);
    job.workers = parts_of(&job.v);
    if (job.workers == 1) job.product = gemm_threads;
    backward_dw(job, x, dy, dw, db);
}
