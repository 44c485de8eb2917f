/* conv_direct_dw.c - direct convolution: dw and db; see conv_direct.h.
 *
 * Across planes it is the blocked tile with its two lists in each other's place: it holds rows x vectors
 * numbers of dw, rows of (c,r,s) and lanes of k, and walks over the pixels of an image, whose dy is
 * transposed, planes side by side. Along rows a tile holds planes x taps vectors, each of partial sums of
 * one number of dw, and the lanes are added at the very end. Either way an image adds to what those before
 * it left.
 *
 * A piece is some of the images and some planes of a group. Its sums are its own; then they are added, image
 * after image, so that the result does not depend on who did which.
 */
#include "conv_direct.h"

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
    int by_rows; /* lanes along a row; else across planes */
    struct direct_axis rows, columns;
    struct direct_operand o;
    const float *x, *dy;
    float *dw, *db;
    int T, pixels;
    int most, unit, blocks, parts; /* planes come in `blocks` of `most` at most, shared by `parts` pieces */
    int shares;                    /* the images in so many                                               */
    int *tap, *pixel;
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
    int vectors = width / k->width, most = k->rows[vectors];
    for (int i = 0, tiles = direct_blocks(j->T, most); i < tiles; i++) {
        int rows, at = direct_block(j->T, most, 1, i, &rows);
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
    const int width = k->width, most = k->dw_taps[planes], x_row = v->stride * j->o.pitch;
    const size_t plane = (size_t)j->T * (size_t)width;
    for (int i = 0, tiles = direct_blocks(j->T, most); i < tiles; i++) {
        int taps, at = direct_block(j->T, most, 1, i, &taps);
        k->dw_tiles[(planes - 1) * DIRECT_DW_TAPS + taps - 1](v->P, v->Q, dy, v->y_plane, x, j->tap + at,
                                                              x_row, sums + at * width, plane);
    }
    for (int i = 0; i < planes; i++)
        k->add_plane(v->y_plane, dy + (size_t)i * v->y_plane, sums + (size_t)planes * plane + i * width);
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
    int from = part * j->blocks / j->parts, end = (part + 1) * j->blocks / j->parts;
    size_t copied = j->o.copy ? j->o.plane * (size_t)v->c_per : 0;
    float *copy = workspace_floats(copied + PANEL);
    if (!copy) {
        atomic_store(&j->failed, 1);
        return;
    }
    for (int i = from, planes; i < end; i++) {
        int first = direct_block(v->k_per, j->most, j->unit, i, &planes);
        memset(sums_of(j, share, group, first), 0,
               (size_t)rounded_up(planes, j->unit) * j->plane * sizeof(float));
    }
    for (int n = (int)((long)share * v->N / j->shares); n < (int)((long)(share + 1) * v->N / j->shares);
         n++) {
        const float *x = j->x + conv_x(v, n, group * v->c_per) + j->o.base;
        if (j->o.copy) j->kernel->copy(&j->o, &j->rows, &j->columns, v->c_per, x, copy), x = copy;
        for (int i = from, planes; i < end; i++) {
            int first = direct_block(v->k_per, j->most, j->unit, i, &planes);
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
    int group = piece / j->blocks, planes,
        first = direct_block(j->v.k_per, j->most, j->unit, piece % j->blocks, &planes);
    int padded = rounded_up(planes, j->unit), plane = group * j->v.k_per + first;
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

/* 0: no memory, or an image too large for distances in int */
static int dw_of_job(struct job *j, int threads)
{
    const struct conv *v = &j->v;
    j->o = direct_operand_of(&j->rows, &j->columns, v->H, v->W, j->by_rows ? v->stride : 1, 0);
    j->T = v->c_per * v->R * v->S;
    j->pixels = v->P * v->Q;
    j->most = j->by_rows ? DIRECT_DW_PLANES : j->kernel->columns;
    j->unit = j->by_rows ? 1 : j->kernel->width;
    j->blocks = direct_blocks(v->k_per, j->most);
    j->shares = PIECES / v->groups < v->N ? PIECES / v->groups : v->N;
    if (j->shares < 1) j->shares = 1;
    j->parts =
        threads && j->shares * v->groups < PIECES ? team_present() : 1; /* of no influence on the sums */
    if (j->parts > j->blocks) j->parts = j->blocks;
    j->plane = (size_t)(j->T + 1) * (size_t)(j->by_rows ? j->kernel->width : 1);
    j->group = (size_t)rounded_up(v->k_per, j->unit) * j->plane;
    j->share = j->group * (size_t)v->groups;
    float *memory =
        workspace_floats_of_caller((size_t)j->T + (size_t)j->pixels + j->share * (size_t)j->shares);
    if (!memory) return 0;
    j->sums = memory;
    j->tap = (int *)(memory + j->share * (size_t)j->shares), j->pixel = j->tap + j->T;
    if (!direct_offsets(&j->o, &j->rows, &j->columns, v->c_per, j->tap)) return 0;
    for (int p = 0, i = 0; p < v->P && !j->by_rows; p++)
        for (int q = 0; q < v->Q; q++, i++) j->pixel[i] = p * v->stride * j->o.pitch + q * v->stride;
    run(j->shares * v->groups * j->parts, piece_of_images, j, threads);
    if (atomic_load(&j->failed)) return 0;
    run(v->groups * j->blocks, sum_of_block, j, threads);
    return 1;
}

/* The tiles, of those of the given kernels, that take least, in lanes: vectors of 16 count as twice those of
 * 8. Across planes a pixel must be transposed and added to db, as long as some products take. Along rows
 * loads begin anywhere: a vector of 8 often crosses from one line to the next, one of 16 always. */
static void choose(struct job *j, const struct direct_kernel *const *kernels)
{
    enum { TRANSPOSING = 4 };
    const struct conv *v = &j->v;
    double least = 0, T = (double)v->c_per * v->R * v->S;
    for (j->kernel = NULL; *kernels; kernels++) {
        int width = (*kernels)->width;
        double crossing = width > 8 ? 2 : 1.2;
        double by_planes = rounded_up(v->k_per, width) * (T + TRANSPOSING),
               by_rows = v->k_per * crossing * rounded_up(v->Q, width) / v->Q * T;
        double here = by_rows < by_planes ? by_rows : by_planes;
        if (j->kernel && here >= least) continue;
        j->kernel = *kernels, j->by_rows = by_rows < by_planes, least = here;
    }
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
 * across planes; or 3 planes x 4 taps where lanes across planes would be idle, as in a depthwise
 * convolution. Relieves: the loads, of which there are 9 for 12 multiply-adds of 8. It costs a transposition
 * of dy, or loads that cross lines. Then 16 numbers per instruction; then all threads, and the better of the
 * two widths. */

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
