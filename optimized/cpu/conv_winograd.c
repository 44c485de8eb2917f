/* conv_winograd.c - the loops of Winograd's convolution around its transforms; see conv_winograd.h. */
#include "conv_winograd.h"

#include <stdint.h>

#include "../team.h"
#include "../workspace.h"
#include "conv_rungs.h"
#include "gemm.h"

struct job {
    const struct gemm_kernel *kernel;
    winograd_input_fn *input;
    winograd_output_fn *output;
    winograd_kernels_fn *kernels;
    struct winograd g;
    struct winograd_kernels w;
    int panels;          /* of u: kernel->nr columns k each */
    float *u;            /* ((m+2)^2,panels,C,nr) */
    int tiles, block;    /* in all; at a time */
    _Atomic int starved; /* a thread got no memory */
};

enum { PIECE_OF_KERNELS = 16 }; /* planes c whose kernels a thread transforms at a time */

static size_t whole_vectors(int n, int width)
{
    return (size_t)((n + width - 1) / width) * (size_t)width;
}

/* u of one panel and some c; the last panel as far as tiles read it */
static void piece_of_kernels(int piece, void *arg)
{
    const struct job *job = arg;
    const int nr = job->kernel->nr, C = job->g.C, panel = piece % job->panels,
              from = piece / job->panels * PIECE_OF_KERNELS,
              end = C - from < PIECE_OF_KERNELS ? C : from + PIECE_OF_KERNELS;
    const int left = job->g.K - panel * nr,
              columns = left < nr ? (int)whole_vectors(left, job->kernel->width) : nr;
    for (int c = from; c < end; c++)
        job->kernels(&job->w, panel * nr, columns, c,
                     job->u + ((size_t)panel * (size_t)C + (size_t)c) * (size_t)nr);
}

/* p (tiles,k_row) = v (tiles,C) u (C,K), at one of the places */
static void product_of_place(const struct job *job, int tiles, const float *v, const float *u, float *p)
{
    const struct winograd *g = &job->g;
    const int nr = job->kernel->nr;
    const struct tile_edges none = { 0 };
    for (int k = 0; k < g->K; k += nr, u += (size_t)g->C * (size_t)nr)
        for (int t = 0, rows; t < tiles; t += rows) {
            rows = gemm_panel_rows(tiles - t, job->kernel->mr);
            gemm_tile_fn *tile = gemm_tile_of(job->kernel, rows, g->K - k < nr ? g->K - k : nr);
            tile(g->C, v + (size_t)t * g->c_row, (ptrdiff_t)g->c_row, 1, u, nr, p + (size_t)t * g->k_row + k,
                 (ptrdiff_t)g->k_row, &none);
        }
}

/* a block of tiles, from x to y: v and p stay in L2 */
static void block_of_tiles(int piece, void *arg)
{
    struct job *job = arg;
    const struct winograd *g = &job->g;
    const size_t places = (size_t)((g->m + 2) * (g->m + 2));
    const int first = piece * job->block, left = job->tiles - first,
              tiles = left < job->block ? left : job->block;
    const size_t v_apart = (size_t)tiles * g->c_row, p_apart = (size_t)tiles * g->k_row;
    float *strip = workspace_floats(STRIP_FLOATS + places * (v_apart + p_apart));
    if (!strip) {
        job->starved = 1;
        return;
    }
    float *v = strip + STRIP_FLOATS, *p = v + places * v_apart;
    job->input(g, first, tiles, v, strip);
    for (size_t e = 0; e < places; e++)
        product_of_place(job, tiles, v + e * v_apart,
                         job->u + e * (size_t)job->panels * (size_t)g->C * (size_t)job->kernel->nr,
                         p + e * p_apart);
    job->output(g, first, tiles, p, strip);
}

/* Tiles at a time: as many as leave v and p in L2, and at least two rows of tiles of the micro-kernel */
static int block_of(const struct job *job)
{
    enum { L2_FLOATS = 1 << 17 };
    const struct winograd *g = &job->g;
    const size_t of_a_tile = (size_t)((g->m + 2) * (g->m + 2)) * (g->c_row + g->k_row);
    const int mr = job->kernel->mr, most = (int)(L2_FLOATS / of_a_tile) / mr * mr;
    return most < 2 * mr ? 2 * mr : most;
}

/* 1 when y is written; 0 without memory: then y is in no state */
static int run(struct job *job)
{
    struct winograd *g = &job->g;
    const int width = job->kernel->width, m = g->m;
    g->down = (g->P + m - 1) / m, g->across = (g->Q + m - 1) / m;
    g->c_row = whole_vectors(g->C, width), g->k_row = whole_vectors(g->K, width);
    job->tiles = g->N * g->down * g->across;
    job->block = block_of(job);
    job->panels = (g->K + job->kernel->nr - 1) / job->kernel->nr;
    job->u = workspace_floats_of_caller((size_t)((m + 2) * (m + 2)) * (size_t)job->panels * (size_t)g->C *
                                        (size_t)job->kernel->nr);
    if (!job->u) return 0;
    job->w.m = m, job->w.K = g->K;
    job->w.apart = (size_t)job->panels * (size_t)g->C * (size_t)job->kernel->nr;
    team_run(job->panels * ((g->C + PIECE_OF_KERNELS - 1) / PIECE_OF_KERNELS), piece_of_kernels, job);
    team_run((job->tiles + job->block - 1) / job->block, block_of_tiles, job);
    return !job->starved;
}

/* ---- rungs: other windows, and calls without memory, go to rung 04 ---- */

static int applies(CONV_SIZES)
{
    const struct conv v = conv_of(CONV_GIVEN);
    const size_t results =
        (size_t)N * (v.y_plane > v.x_plane ? v.y_plane : v.x_plane); /* tiles are counted in int */
    return R == 3 && S == 3 && stride == 1 && dilation == 1 && groups == 1 && results <= INT32_MAX;
}

static void forward_by(struct job *job, CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    struct conv v = conv_of(CONV_GIVEN);
    struct winograd g = { job->g.m, N, C, H, W, K, v.P, v.Q, top, left, x, b, y, 0, 0, 0, 0, job->g.relu };
    job->g = g, job->w = (struct winograd_kernels){ .w = w, .w_k = (ptrdiff_t)C * 9, .w_c = 9 };
    if (applies(CONV_GIVEN) && run(job)) return;
    const struct conv_store store = { .relu = g.relu };
    conv_forward_threads(CONV_GIVEN, x, w, b, y);
    conv_store_pass(&store, conv_y(&v, N, 0), y);
}

/* dx is dy correlated with the turned kernels, planes of x and of y in each other's place */
static void dx_by(struct job *job, CONV_SIZES, const float *w, const float *dy, float *dx)
{
    struct conv v = conv_of(CONV_GIVEN);
    struct winograd g = { job->g.m, N, K, v.P, v.Q, C, H, W, 2 - top, 2 - left, dy, NULL, dx, 0, 0, 0, 0, 0 };
    job->g = g;
    job->w = (struct winograd_kernels){ .w = w, .w_k = 9, .w_c = (ptrdiff_t)C * 9, .turned = 1 };
    if (!applies(CONV_GIVEN) || !run(job)) conv_dx_threads(CONV_GIVEN, w, dy, dx);
}

#if defined __x86_64__
#define OF(isa) &gemm_##isa, winograd_input_##isa, winograd_output_##isa, winograd_kernels_##isa

void conv_forward_winograd2_avx2(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    struct job job = { OF(avx2), .g.m = 2 };
    forward_by(&job, CONV_GIVEN, x, w, b, y);
}
void conv_forward_winograd4_avx2(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    struct job job = { OF(avx2), .g.m = 4 };
    forward_by(&job, CONV_GIVEN, x, w, b, y);
}
void conv_forward_winograd2_avx512(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    struct job job = { OF(avx512), .g.m = 2 };
    forward_by(&job, CONV_GIVEN, x, w, b, y);
}
void conv_forward_winograd4_avx512(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    struct job job = { OF(avx512), .g.m = 4 };
    forward_by(&job, CONV_GIVEN, x, w, b, y);
}
void conv_dx_winograd2_avx2(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    struct job job = { OF(avx2), .g.m = 2 };
    dx_by(&job, CONV_GIVEN, w, dy, dx);
}
void conv_dx_winograd4_avx2(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    struct job job = { OF(avx2), .g.m = 4 };
    dx_by(&job, CONV_GIVEN, w, dy, dx);
}
void conv_dx_winograd2_avx512(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    struct job job = { OF(avx512), .g.m = 2 };
    dx_by(&job, CONV_GIVEN, w, dy, dx);
}
void conv_dx_winograd4_avx512(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    struct job job = { OF(avx512), .g.m = 4 };
    dx_by(&job, CONV_GIVEN, w, dy, dx);
}

/* ---- with the ReLU beside it: see conv_relu.c ---- */

void conv_relu_forward_winograd4_avx2(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    struct job job = { OF(avx2), .g.m = 4, .g.relu = 1 };
    forward_by(&job, CONV_GIVEN, x, w, b, y);
}
void conv_relu_forward_winograd4_avx512(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    struct job job = { OF(avx512), .g.m = 4, .g.relu = 1 };
    forward_by(&job, CONV_GIVEN, x, w, b, y);
}
#endif
