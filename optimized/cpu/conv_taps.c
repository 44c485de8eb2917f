/* conv_taps.c - rung 14 of convolution's dx: products of taps, then sums of shifted planes.
 *
 *   w (K,C/groups,R,S)   dy (N,K,P,Q)   dx (N,C,H,W)
 *
 * ---- 14_taps: what each tap sends back is one product, and dx a sum of its planes ----
 *
 * Changed: with one plane of x, a direct tile (13) has one weight for each vector of dy that it loads, so
 * that loads set the pace: half a multiply-add per load. But all R S taps of a plane meet the same dy. So
 *
 *   t (C R S,P Q) = w^T dy
 *
 * of an image is a product of matrices as they lie, whose tile of 5 x 64 does 20 multiply-adds for 9 loads,
 * and no lane of it is idle at the end of a row; then dx is the sum of the planes of t, each shifted by its
 * tap. That is col2im (02), but the sum of a vector of dx stays in a register, and t in L2. Relieves: loads.
 * It costs a store, a load and an addition for K multiply-adds. Prediction (lesson 7): 2.5 to 5 x for one
 * plane of x.
 *
 * Images are cut into bands of rows of dx where t would not stay in L2, or images are fewer than threads. A
 * band computes what it needs of t, the R - 1 rows at its edge as its neighbour does, so that nobody waits.
 */
#include "conv_taps.h"

#include <limits.h>
#include <stdatomic.h>

#include "../rung.h"
#include "../team.h"
#include "../workspace.h"
#include "conv_rungs.h"
#include "gemm.h"

#if defined __x86_64__

struct job {
    struct conv v;
    const struct gemm_kernel *kernel;
    taps_sum_fn *sum;
    const float *w, *dy;
    float *dx;
    int taps, bands, rows; /* an image is cut into so many bands of so many rows */
    size_t apart;          /* from plane to plane of t */
    atomic_int failed;
};

/* t (taps,columns) = w^T dy, columns of one tile; keep: room for what the tiles read of dy, side by side */
static void column_of_tiles(const struct job *j, const float *w, const float *dy, int columns, float *keep,
                            float *t)
{
    const struct gemm_kernel *k = j->kernel;
    const struct tile_edges none = { 0 }, keeping = { .keep = keep };
    const int packs = columns == k->nr && j->taps > 2 * k->mr; /* the first tile does, for those after it */
    ptrdiff_t b_row = (ptrdiff_t)j->v.y_plane;
    for (int i = 0, rows; i < j->taps; i += rows) {
        rows = gemm_panel_rows(j->taps - i, k->mr);
        gemm_tile_fn *tile = packs && i == 0 ? k->tile_keep : gemm_tile_of(k, rows, columns);
        tile(j->v.k_per, w + i, 1, j->taps, dy, b_row, t + (size_t)i * j->apart, (ptrdiff_t)j->apart,
             packs && i == 0 ? &keeping : &none);
        if (packs && i == 0) dy = keep, b_row = k->nr;
    }
}

/* t (taps,places) = w^T dy (K,places), at least a vector of places. The last tile overlaps the one before it:
 * a tile reads whole vectors. */
static void products(const struct job *j, const float *w, const float *dy, int places, float *keep, float *t)
{
    const int nr = j->kernel->nr, width = j->kernel->width;
    for (int from = 0, columns; from < places; from += columns) {
        columns = places - from < nr ? (places - from + width - 1) / width * width : nr;
        if (columns > places) columns = places / width * width;
        const int at = from + columns <= places ? from : places - columns;
        column_of_tiles(j, w, dy + at, columns, keep, t + at);
    }
}

static int between(int low, int x, int high)
{
    return x < low ? low : x > high ? high : x;
}

/* The rows of dy that reach the band's. As many as make a vector, even if they reach nothing here. */
static struct taps taps_of_band(const struct job *j, int band)
{
    const struct conv *v = &j->v;
    struct taps g = {
        v->R, v->S, v->dilation, v->top, v->left, v->W, v->Q, band * j->rows, 0, 0, 0, j->apart
    };
    const int least = (j->kernel->width + v->Q - 1) / v->Q;
    g.end = v->H - g.row < j->rows ? v->H : g.row + j->rows;
    g.from = between(0, g.row + v->top - (v->R - 1) * v->dilation, v->P);
    g.to = between(g.from, g.end + v->top, v->P);
    if (g.to - g.from < least) {
        g.to = between(0, g.from + least, v->P);
        g.from = between(0, g.to - least, g.from);
    }
    return g;
}

static size_t keep_floats(const struct job *j)
{
    return (size_t)j->v.k_per * (size_t)j->kernel->nr;
}

static void band_of_image(int piece, void *arg)
{
    struct job *j = arg;
    const struct conv *v = &j->v;
    const int unit = piece / j->bands, group = unit % v->groups, n = unit / v->groups;
    const struct taps g = taps_of_band(j, piece % j->bands);
    const size_t keep = keep_floats(j);
    float *room = workspace_floats(keep + (size_t)j->taps * j->apart);
    if (!room) {
        atomic_store(&j->failed, 1);
        return;
    }
    products(j, j->w + conv_w(v, group * v->k_per, 0), j->dy + conv_y(v, n, group * v->k_per) + g.from * v->Q,
             (g.to - g.from) * v->Q, room, room + keep);
    for (int c = 0; c < v->c_per; c++)
        j->sum(&g, room + keep + (size_t)(c * v->R * v->S) * j->apart,
               j->dx + conv_x(v, n, group * v->c_per + c));
}

/* Rows of a band: its t stays in L2, and each thread has one. 0: not even a row would */
static void cut_into_bands(struct job *j)
{
    enum { L2_FLOATS = 1 << 16, FEW = 16 };
    const struct conv *v = &j->v;
    const int reach = (v->R - 1) * v->dilation, units = v->N * v->groups;
    const size_t of_a_row = (size_t)j->taps * (size_t)v->Q, fit = L2_FLOATS / of_a_row;
    j->rows = fit > (size_t)(v->H + reach) ? v->H : (int)fit > 2 * reach ? (int)fit - reach : reach + 1;
    if (units < FEW) {
        const int bands = (team_present() + units - 1) / units, share = (v->H + bands - 1) / bands;
        if (share < j->rows) j->rows = share;
    }
    if (j->rows > v->H) j->rows = v->H;
    j->bands = (v->H + j->rows - 1) / j->rows;
    /* whole vectors, and no power of two, as such planes would share few lines of L1 */
    const size_t least = (size_t)(j->kernel->width + v->Q - 1) / (size_t)v->Q,
                 rows = (size_t)(j->rows + reach) > least ? (size_t)(j->rows + reach) : least;
    j->apart = (rows * (size_t)v->Q + 15) / 16 * 16;
    if (j->apart % 256 == 0) j->apart += 16;
}

static int run(struct job *j)
{
    const struct conv *v = &j->v;
    const size_t most = (size_t)1 << 26;
    if (v->stride > 1 || v->y_plane < (size_t)j->kernel->width || v->y_plane > INT_MAX / 2 ||
        (size_t)v->c_per * v->w_plane * (size_t)v->Q > most)
        return 0;
    j->taps = v->c_per * (int)v->w_plane;
    cut_into_bands(j);
    team_run(v->N * v->groups * j->bands, band_of_image, j);
    return !atomic_load(&j->failed);
}

void conv_dx_taps(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    struct job j = { .v = conv_of(CONV_GIVEN), .w = w, .dy = dy, .dx = dx };
    j.kernel = rung_lacks(NEED_AVX512) ? &gemm_avx2 : &gemm_avx512;
    j.sum = rung_lacks(NEED_AVX512) ? taps_sum_avx2 : taps_sum_avx512;
    if (!run(&j)) conv_dx_threads(CONV_GIVEN, w, dy, dx);
}
#endif
