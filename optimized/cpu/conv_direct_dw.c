/* conv_direct_dw.c - direct convolution: dw and db; see conv_direct.h.
 *
 * Across planes it is the blocked tile with its two lists in each other's place: it holds rows x vectors
 * numbers of dw, rows of (c,r,s) and lanes of k, and walks over the pixels of an image, whose dy is
 * transposed, planes side by side. Along rows a tile holds planes x taps vectors, each of partial sums of
 * one number of dw, and the lanes are added at the very end. Where rows are no multiple of a vector, and
 * taps are few, what each tap meets is copied first, row behind row without a gap, so that all of a plane is
 * one row. Either way an image adds to what those before it left.
 *
 * A piece is some of the images and some planes of a group. Its sums are its own; then they are added, image
 * after image, so that the result does not depend on who did which.
 */
#include "conv_direct.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "../rung.h"
#include "../team.h"
#include "../workspace.h"
#include "conv_rungs.h"

#if defined __x86_64__

enum { PIECES = 16, PANEL = 1 << 15 }; /* floats of dy that are transposed at a time: they stay in L2 */

static int rounded_up(int n, int unit)
{
    return (n + unit - 1) / unit * unit;
}

struct job {
    const struct direct_kernel *kernel;
    struct conv v;
    int by_rows;  /* lanes along a row; else across planes */
    int laid_out; /* all rows of a plane are one, in a copy for each tap, `pitch` apart */
    int pitch;
    struct direct_axis rows, columns;
    struct direct_operand o;
    const float *x, *dy;
    float *dw, *db;
    int T, pixels;
    struct direct_cut planes, taps[DIRECT_VECTORS + 1]; /* the taps for tiles of so many planes, or vectors */
    int parts, shares;                                  /* the blocks of planes, and the images, in so many */
    int *tap, *pixel, *laid;                            /* where a tap, a pixel, and a tap's copy begin */
    float *sums;                /* (shares,groups,blocks), see the two functions below */
    size_t share, group, plane; /* from one to the next                                */
    atomic_int failed;
};

/* ---- lanes across planes: the sums of a block are dw transposed, (T,width), then db ---- */

/* sums (T,width) += the pixels of the list, n of them, whose dy is in the panel (n,width) */
static void add_pixels(const struct job *j, const float *x, const int *pixel, int n, int width,
                       const float *panel, float *sums)
{
    const struct direct_kernel *k = j->kernel;
    int vectors = width / k->width;
    for (int i = 0; i < j->taps[vectors].blocks; i++) {
        int rows, at = direct_block(&j->taps[vectors], i, &rows);
        float *here = sums + (size_t)at * (size_t)width;
        k->blocked[(vectors - 1) * DIRECT_ROWS + rows - 1](n, pixel, x, j->tap + at, panel, here, width,
                                                           here);
    }
    k->add_rows(n, width, panel, sums + (size_t)j->T * (size_t)width);
}

static void add_image_by_planes(const struct job *j, const float *x, const float *dy, int planes,
                                float *panel, float *sums)
{
    int width = rounded_up(planes, j->kernel->width), chunk = PANEL / width;
    for (int at = 0; at < j->pixels; at += chunk) {
        int here = j->pixels - at < chunk ? j->pixels - at : chunk;
        j->kernel->gather(here, width, planes, dy + at, (ptrdiff_t)j->v.y_plane, panel);
        add_pixels(j, x, j->pixel + at, here, width, panel, sums);
    }
}

/* ---- lanes along a row: the sums of a block are (planes,T) vectors of dw, then those of db ---- */

static void add_image_by_rows(const struct job *j, const float *x, const float *dy, int planes, float *sums)
{
    const struct direct_kernel *k = j->kernel;
    const struct conv *v = &j->v;
    const int rows = j->laid_out ? 1 : v->P, columns = j->laid_out ? j->pixels : v->Q;
    const int *tap = j->laid_out ? j->laid : j->tap;
    const size_t plane = (size_t)j->T * (size_t)k->width;
    float *db = sums + (size_t)planes * plane; /* the first tile sums dy, too */
    for (int i = 0; i < j->taps[planes].blocks; i++, db = NULL) {
        int taps, at = direct_block(&j->taps[planes], i, &taps);
        k->dw_tiles[(planes - 1) * DIRECT_DW_TAPS + taps - 1](rows, columns, dy, v->y_plane, x, tap + at,
                                                              v->stride * j->o.pitch, sums + at * k->width,
                                                              plane, db);
    }
}

/* ---- pieces ---- */

static float *sums_of(const struct job *j, int share, int group, int first)
{
    return j->sums + (size_t)share * j->share + (size_t)group * j->group + (size_t)first * j->plane;
}

/* a share of the images, some blocks of planes of a group */
static void piece_of_images(int piece, void *arg)
{
    struct job *j = arg;
    const struct conv *v = &j->v;
    int part = piece % j->parts, group = piece / j->parts % v->groups, share = piece / j->parts / v->groups;
    int from = part * j->planes.blocks / j->parts, end = (part + 1) * j->planes.blocks / j->parts;
    size_t copied = j->o.copy ? j->o.plane * (size_t)v->c_per : 0;
    size_t laid = j->laid_out ? (size_t)j->T * (size_t)j->pitch : 0;
    float *room = workspace_floats(laid + copied + PANEL), *copy = room + laid;
    if (!room) {
        atomic_store(&j->failed, 1);
        return;
    }
    for (int i = from, planes; i < end; i++) {
        int first = direct_block(&j->planes, i, &planes);
        memset(sums_of(j, share, group, first), 0,
               (size_t)rounded_up(planes, j->planes.unit) * j->plane * sizeof(float));
    }
    for (int n = (int)((long)share * v->N / j->shares); n < (int)((long)(share + 1) * v->N / j->shares);
         n++) {
        const float *x = j->x + conv_x(v, n, group * v->c_per) + j->o.base;
        if (j->o.copy) j->kernel->copy(&j->o, &j->rows, &j->columns, v->c_per, x, copy), x = copy;
        if (j->laid_out) {
            j->kernel->lay_out(j->T, j->tap, v->P, v->Q, x, v->stride * j->o.pitch, j->pitch, room);
            x = room;
        }
        for (int i = from, planes; i < end; i++) {
            int first = direct_block(&j->planes, i, &planes);
            const float *dy = j->dy + conv_y(v, n, group * v->k_per + first);
            float *sums = sums_of(j, share, group, first);
            if (j->by_rows)
                add_image_by_rows(j, x, dy, planes, sums);
            else
                add_image_by_planes(j, x, dy, planes, copy + copied, sums);
        }
    }
}

/* dw and db of a block: the sums of the shares, one after another */
static void sum_of_block(int piece, void *arg)
{
    const struct job *j = arg;
    int group = piece / j->planes.blocks, planes,
        first = direct_block(&j->planes, piece % j->planes.blocks, &planes);
    int padded = rounded_up(planes, j->planes.unit), plane = group * j->v.k_per + first;
    float *sums = sums_of(j, 0, group, first), *dw = j->dw + conv_w(&j->v, plane, 0);
    size_t n = (size_t)padded * j->plane;
    for (int share = 1; share < j->shares; share++)
        for (size_t i = 0; i < n; i++) sums[i] += sums[(size_t)share * j->share + i];
    if (j->by_rows) {
        size_t of_dw = (size_t)planes * (size_t)j->T;
        j->kernel->fold(of_dw, sums, dw);
        j->kernel->fold((size_t)planes, sums + of_dw * (size_t)j->kernel->width, j->db + plane);
    } else {
        j->kernel->scatter(j->T, padded, planes, sums, dw, j->T);
        memcpy(j->db + plane, sums + (size_t)j->T * (size_t)padded, (size_t)planes * sizeof *sums);
    }
}

static void run(int pieces, team_fn *work, void *arg, int threads)
{
    if (threads)
        team_run(pieces, work, arg);
    else
        for (int i = 0; i < pieces; i++) work(i, arg);
}

/* From copy to copy: whole vectors, and no power of two, as such copies would share few lines of L1 */
static int pitch_of(const struct job *j)
{
    int lines = rounded_up(j->pixels, 16) / 16;
    return (lines % 16 ? lines : lines + 1) * 16;
}

/* planes and taps into what tiles hold */
static void cut_up(struct job *j)
{
    const struct direct_kernel *k = j->kernel;
    j->planes = j->by_rows ? direct_cut_of(j->v.k_per, DIRECT_DW_PLANES, 1)
                           : direct_cut_of(j->v.k_per, k->columns, k->width);
    for (int i = 1; i <= DIRECT_VECTORS; i++) {
        int most = !j->by_rows ? k->rows[i] : i <= DIRECT_DW_PLANES ? k->dw_taps[i] : 0;
        if (most) j->taps[i] = direct_cut_of(j->T, most, 1);
    }
}

/* Shares of the images, as many as have room for their sums in L3; then the blocks of planes are shared,
 * which is of no influence on the sums. */
static void share_out(struct job *j, int threads)
{
    enum { L3_FLOATS = 1 << 20 };
    const int groups = j->v.groups;
    const size_t fit = L3_FLOATS / j->share;
    j->shares = PIECES / groups < j->v.N ? PIECES / groups : j->v.N;
    if ((size_t)j->shares > fit) j->shares = (int)fit;
    if (j->shares < 1) j->shares = 1;
    j->parts = threads && j->shares * groups < PIECES ? team_present() : 1;
    if (j->parts > j->planes.blocks) j->parts = j->planes.blocks;
}

/* 0: no memory, or an image too large for distances in int */
static int dw_of_job(struct job *j, int threads)
{
    const struct conv *v = &j->v;
    j->o = direct_operand_of(&j->rows, &j->columns, v->H, v->W, j->by_rows ? v->stride : 1, 0);
    j->T = v->c_per * v->R * v->S;
    j->pixels = v->P * v->Q;
    cut_up(j);
    j->plane = (size_t)(j->T + 1) * (size_t)(j->by_rows ? j->kernel->width : 1);
    j->group = (size_t)rounded_up(v->k_per, j->planes.unit) * j->plane;
    j->share = j->group * (size_t)v->groups;
    share_out(j, threads);
    float *memory =
        workspace_floats_of_caller(2 * (size_t)j->T + (size_t)j->pixels + j->share * (size_t)j->shares);
    if (!memory) return 0;
    j->sums = memory;
    j->tap = (int *)(memory + j->share * (size_t)j->shares), j->laid = j->tap + j->T,
    j->pixel = j->laid + j->T;
    j->pitch = pitch_of(j);
    for (int t = 0; t < j->T && j->laid_out; t++) j->laid[t] = t * j->pitch;
    if (!direct_offsets(&j->o, &j->rows, &j->columns, v->c_per, j->tap)) return 0;
    for (int p = 0, i = 0; p < v->P && !j->by_rows; p++)
        for (int q = 0; q < v->Q; q++, i++) j->pixel[i] = p * v->stride * j->o.pitch + q * v->stride;
    run(j->shares * v->groups * j->parts, piece_of_images, j, threads);
    if (atomic_load(&j->failed)) return 0;
    run(v->groups * j->planes.blocks, sum_of_block, j, threads);
    return 1;
}

/* Cycles, roughly, that an image takes, planes in vectors of `width`; a multiply-add takes half a cycle.
 * Across planes a vector of dy must be transposed and added to db. Along rows loads begin anywhere, and a
 * vector of 16 always crosses from one line to the next. Laid out, only those of dy do, but the copies must
 * be made, and stay in L1. Measured on a Zen 5. */
static double cost(const struct job *j, int width)
{
    enum { L1_FLOATS = 1 << 13 };
    const struct conv *v = &j->v;
    const double fma = width > 8 && rung_halves_avx512() ? 1 : 0.5, crossing = width > 8 ? 1.55 : 1.2,
                 T = (double)v->c_per * v->R * v->S, pixels = (double)v->P * v->Q;
    if (!j->by_rows)
        return (double)rounded_up(v->k_per, width) / width * pixels * (1.15 * T * fma + 0.5 * width);
    if (!j->laid_out) return v->k_per * T * fma * crossing * v->P * (rounded_up(v->Q, width) / width);
    double vectors = rounded_up(v->P * v->Q, width) / width;
    return T * vectors * width > L1_FLOATS ? (double)INFINITY : T * vectors * (v->k_per * fma * 1.4 + 1.5);
}

/* the tiles, of those of the given kernels, that take least */
static void choose(struct job *j, const struct direct_kernel *const *kernels)
{
    struct job best = *j;
    double least = (double)INFINITY;
    for (; *kernels; kernels++)
        for (int way = 0; way < 3; way++) {
            j->kernel = *kernels, j->by_rows = way > 0, j->laid_out = way > 1;
            double here = cost(j, (*kernels)->width);
            if (here < least) best = *j, least = here;
        }
    *j = best;
}

static void dw_of(const struct direct_kernel *const *kernels, int threads, CONV_SIZES, const float *x,
                  const float *dy, float *dw, float *db)
{
    struct job j = { .v = conv_of(CONV_GIVEN), .x = x, .dy = dy, .dw = dw, .db = db };
    j.rows = direct_axis_forward(j.v.P, R, stride, dilation, top);
    j.columns = direct_axis_forward(j.v.Q, S, stride, dilation, left);
    choose(&j, kernels);
    if (!dw_of_job(&j, threads)) conv_dw_rows(CONV_GIVEN, x, dy, dw, db);
}

/* ---- 05_direct_avx2, 06_direct_avx512, 07_direct_threads ----
 *
 * Changed: along the rows (01) a sum of one number of dw loads two numbers per multiply-add, and begins anew
 * in each row. Here 6 x 16 numbers (AVX-512: 6 x 64) are summed in registers through a whole image, lanes
 * across planes; or 3 planes x 3 taps (AVX-512: 3 x 8), lanes along rows, where lanes across planes would be
 * idle, as in a depthwise convolution, or where taps are so few that transposing dy is most of the work.
 * Relieves: the loads, of which there are 9 for 12 multiply-adds of 8. It costs a transposition of dy, or
 * loads that cross lines. Then 16 numbers per instruction; then all threads, and the better of the two
 * widths. */

void conv_dw_direct_avx2(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    dw_of((const struct direct_kernel *const[]){ &direct_avx2, NULL }, 0, CONV_GIVEN, x, dy, dw, db);
}
void conv_dw_direct_avx512(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    dw_of((const struct direct_kernel *const[]){ &direct_avx512, NULL }, 0, CONV_GIVEN, x, dy, dw, db);
}
void conv_dw_direct_threads(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    static const struct direct_kernel *const both[] = { &direct_avx512, &direct_avx2, NULL };
    dw_of(both + (rung_lacks(NEED_AVX512) ? 1 : 0), 1, CONV_GIVEN, x, dy, dw, db);
}
#endif
