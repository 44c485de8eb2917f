/* conv_direct_dw.c - direct convolution: dw and db; see conv_direct.h.
 *
 * The blocked tile with its two lists in each other's place: it holds rows x vectors numbers of dw, rows of
 * (c,r,s) and lanes of k, and walks over the pixels of an image, whose dy is transposed, planes side by side.
 * An image adds to what those before it left.
 *
 * A piece is some of the images and one block of planes of a group. Its sums are its own; then they are
 * added, image after image, so that the result does not depend on who did which.
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

struct job {
    const struct direct_kernel *kernel;
    struct conv v;
    struct direct_axis rows, columns;
    struct direct_operand o;
    const float *x, *dy;
    float *dw, *db;
    int T, pixels, blocks, shares; /* the images in so many shares */
    int *tap, *pixel;
    float *sums; /* (shares,groups,blocks) of (T + 1,width): dw transposed, then db */
    size_t share, group;
    atomic_int failed;
};

/* sums (T,width) += the tile rows of `n` pixels, whose dy is in the panel (n,width) */
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

static int rounded_up(int n, int unit)
{
    return (n + unit - 1) / unit * unit;
}

/* a share of the images, one block of planes */
static void piece_of_images(int piece, void *arg)
{
    struct job *j = arg;
    const struct conv *v = &j->v;
    int block = piece % j->blocks, group = piece / j->blocks % v->groups,
        share = piece / j->blocks / v->groups;
    int planes, first = direct_block(v->k_per, j->kernel->columns, j->kernel->width, block, &planes);
    int width = rounded_up(planes, j->kernel->width), chunk = PANEL / width;
    float *sums =
        j->sums + (size_t)share * j->share + (size_t)group * j->group + (size_t)first * (size_t)(j->T + 1);
    size_t copied = j->o.copy ? j->o.plane * (size_t)v->c_per : 0;
    float *copy = workspace_floats(copied + PANEL);
    if (!copy) {
        atomic_store(&j->failed, 1);
        return;
    }
    memset(sums, 0, (size_t)(j->T + 1) * (size_t)width * sizeof *sums);
    for (int n = (int)((long)share * v->N / j->shares); n < (int)((long)(share + 1) * v->N / j->shares);
         n++) {
        const float *x = j->x + conv_x(v, n, group * v->c_per) + j->o.base;
        const float *dy = j->dy + conv_y(v, n, group * v->k_per + first);
        if (j->o.copy) j->kernel->copy(&j->o, &j->rows, &j->columns, v->c_per, x, copy), x = copy;
        for (int at = 0; at < j->pixels; at += chunk) {
            int here = j->pixels - at < chunk ? j->pixels - at : chunk;
            j->kernel->gather(here, width, planes, dy + at, (ptrdiff_t)v->y_plane, copy + copied);
            add_pixels(j, x, j->pixel + at, here, width, copy + copied, sums);
        }
    }
}

/* dw and db of a block: the sums of the shares, one after another */
static void sum_of_block(int piece, void *arg)
{
    const struct job *j = arg;
    int group = piece / j->blocks, planes,
        first = direct_block(j->v.k_per, j->kernel->columns, j->kernel->width, piece % j->blocks, &planes);
    int width = rounded_up(planes, j->kernel->width), plane = group * j->v.k_per + first;
    float *sums = j->sums + (size_t)group * j->group + (size_t)first * (size_t)(j->T + 1);
    size_t n = (size_t)(j->T + 1) * (size_t)width;
    for (int share = 1; share < j->shares; share++)
        for (size_t i = 0; i < n; i++) sums[i] += sums[(size_t)share * j->share + i];
    j->kernel->scatter(j->T, width, planes, sums, j->dw + conv_w(&j->v, plane, 0), j->T);
    memcpy(j->db + plane, sums + (size_t)j->T * (size_t)width, (size_t)planes * sizeof *sums);
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
    j->o = direct_operand_of(&j->rows, &j->columns, v->H, v->W, 1, 0);
    j->T = v->c_per * v->R * v->S;
    j->pixels = v->P * v->Q;
    j->blocks = direct_blocks(v->k_per, j->kernel->columns);
    j->shares = PIECES / j->blocks / v->groups;
    if (j->shares > v->N) j->shares = v->N;
    if (j->shares < 1) j->shares = 1;
    j->group = (size_t)rounded_up(v->k_per, j->kernel->width) * (size_t)(j->T + 1);
    j->share = j->group * (size_t)v->groups;
    float *memory =
        workspace_floats_of_caller((size_t)j->T + (size_t)j->pixels + j->share * (size_t)j->shares);
    if (!memory) return 0;
    j->sums = memory;
    j->tap = (int *)(memory + j->share * (size_t)j->shares), j->pixel = j->tap + j->T;
    if (!direct_offsets(&j->o, &j->rows, &j->columns, v->c_per, j->tap)) return 0;
    for (int p = 0, i = 0; p < v->P; p++)
        for (int q = 0; q < v->Q; q++, i++) j->pixel[i] = p * v->stride * j->o.pitch + q * v->stride;
    run(j->shares * v->groups * j->blocks, piece_of_images, j, threads);
    if (atomic_load(&j->failed)) return 0;
    run(v->groups * j->blocks, sum_of_block, j, threads);
    return 1;
}

static void dw_of(const struct direct_kernel *k, int threads, CONV_SIZES, const float *x, const float *dy,
                  float *dw, float *db)
{
    struct job j = { .kernel = k, .v = conv_of(CONV_GIVEN), .x = x, .dy = dy, .dw = dw, .db = db };
    j.rows = direct_axis_forward(j.v.P, R, stride, dilation, top);
    j.columns = direct_axis_forward(j.v.Q, S, stride, dilation, left);
    if (!dw_of_job(&j, threads)) conv_dw_rows(CONV_GIVEN, x, dy, dw, db);
}

/* ---- 05_direct_avx2, 06_direct_avx512, 07_direct_threads ----
 *
 * Changed: along the rows (01) a sum of one number of dw loads two numbers per multiply-add, and begins anew
 * in each row. Here 6 x 16 numbers (AVX-512: 6 x 64) are summed in registers through a whole image. Relieves:
 * the loads, of which there are 9 for 12 multiply-adds of 8. It costs a transposition of dy. Then 16 planes
 * per instruction; then the pieces on all threads. */

void conv_dw_direct_avx2(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    dw_of(&direct_avx2, 0, CONV_GIVEN, x, dy, dw, db);
}
void conv_dw_direct_avx512(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    dw_of(&direct_avx512, 0, CONV_GIVEN, x, dy, dw, db);
}
void conv_dw_direct_threads(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    dw_of(rung_lacks(NEED_AVX512) ? &direct_avx2 : &direct_avx512, 1, CONV_GIVEN, x, dy, dw, db);
}
#endif
