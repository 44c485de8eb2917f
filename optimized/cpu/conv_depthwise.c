/* conv_depthwise.c - a rung of convolution for planes with one kernel of 3 x 3 each: forward, dx, dw + db.
 *
 *   x (N,C,H,W)   w (C,1,3,3)   y (N,C,P,Q)
 *
 * ---- 14_depthwise (dx: 15_depthwise, dw: 08_depthwise): a row is loaded once for three rows of results ----
 *
 * Changed: a direct tile (13) loads x anew for each of the nine numbers of the kernel, and from a copy with
 * zeros around it; with one kernel per plane there is nobody to share a load with. Here a strip of columns
 * goes down the rows with two unfinished rows of results in registers: three loads for nine multiply-adds,
 * where the edges are lanes that are not loaded, and no copy. In dw it is a row of dy that stays for the
 * three rows of x that it meets, and a plane's nine sums stay in registers through all images. Relieves:
 * loads; then memory sets the pace. Other windows go to the direct rung. Prediction (lesson 7): 1.3 to 3 x.
 */
#include "conv_depthwise.h"

#include "../rung.h"
#include "../team.h"
#include "conv_rungs.h"

#if defined __x86_64__

struct job {
    struct depthwise g;
    depthwise_fn *plane;
    int C, turned; /* dx: the kernels are turned by half a circle */
    const float *x, *w, *bias;
    float *y;
};

static void one_plane(int piece, void *arg)
{
    const struct job *j = arg;
    const struct depthwise *g = &j->g;
    const int c = piece % j->C;
    float w[9];
    for (int i = 0; i < 9; i++) w[i] = j->w[9 * c + (j->turned ? 8 - i : i)];
    j->plane(g, w, j->bias ? j->bias[c] : 0, j->x + (size_t)piece * (size_t)g->H * (size_t)g->W,
             j->y + (size_t)piece * (size_t)g->P * (size_t)g->Q);
}

static void run(struct job *j, int N)
{
    j->plane = rung_lacks(NEED_AVX512) ? depthwise_avx2 : depthwise_avx512;
    team_run(N * j->C, one_plane, j);
}

int conv_is_depthwise(const struct conv *v)
{
    return v->c_per == 1 && v->k_per == 1 && v->R == 3 && v->S == 3 && v->stride == 1 && v->dilation == 1;
}

void conv_forward_depthwise(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    struct job j = { { H, W, v.P, v.Q, top, left }, NULL, C, 0, x, w, b, y };
    if (conv_is_depthwise(&v))
        run(&j, N);
    else
        conv_forward_direct_threads(CONV_GIVEN, x, w, b, y);
}

void conv_dx_depthwise(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct conv v = conv_of(CONV_GIVEN);
    struct job j = { { v.P, v.Q, H, W, 2 - top, 2 - left }, NULL, C, 1, dy, w, NULL, dx };
    if (conv_is_depthwise(&v))
        run(&j, N);
    else
        conv_dx_direct_threads(CONV_GIVEN, w, dy, dx);
}

/* ---- dw ---- */

struct dw_job {
    struct conv v;
    depthwise_dw_fn *sums;
    const float *x, *dy;
    float *dw, *db;
};

static void dw_of_plane(int c, void *arg)
{
    const struct dw_job *j = arg;
    const struct conv *v = &j->v;
    const struct depthwise g = { v->H, v->W, v->P, v->Q, v->top, v->left };
    j->sums(&g, v->N, j->x + conv_x(v, 0, c), conv_x(v, 1, 0), j->dy + conv_y(v, 0, c), conv_y(v, 1, 0),
            j->dw + 9 * c, j->db + c);
}

void conv_dw_depthwise(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    struct dw_job j = {
        conv_of(CONV_GIVEN), rung_lacks(NEED_AVX512) ? depthwise_dw_avx2 : depthwise_dw_avx512, x, dy, dw, db
    };
    if (conv_is_depthwise(&j.v))
        team_run(C, dw_of_plane, &j);
    else
        conv_dw_direct_threads(CONV_GIVEN, x, dy, dw, db);
}
#endif
