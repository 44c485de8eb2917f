/* conv_rungs.h - what the files of the convolution's rungs share: its sizes, and the rungs that conv.c's
 * tables list. See reference/conv.c for what they compute. */
#ifndef RUNGS_CONV_RUNGS_H
#define RUNGS_CONV_RUNGS_H

#include <stddef.h>

/* the sizes that a call begins with, as parameters and as arguments */
#define CONV_SIZES                                                                                  \
    int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups, int top, \
        int left, int bottom, int right
#define CONV_GIVEN N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right

/* the rungs that are in a file of their own: conv.c's tables list them */
typedef void conv_forward_fn(CONV_SIZES, const float *x, const float *w, const float *b, float *y);
typedef void conv_dx_fn(CONV_SIZES, const float *w, const float *dy, float *dx);
typedef void conv_dw_fn(CONV_SIZES, const float *x, const float *dy, float *dw, float *db);

conv_forward_fn conv_forward_rows; /* conv_rows.c: for what a rung does not do itself, too */
conv_dx_fn conv_dx_rows;
conv_dw_fn conv_dw_rows;
conv_forward_fn conv_forward_im2col; /* conv_im2col.c */
conv_dx_fn conv_dx_im2col;
conv_dw_fn conv_dw_im2col;
/* conv_implicit.c; b and db of these, as of rows, may be NULL */
conv_forward_fn conv_forward_implicit, conv_forward_threads;
conv_dx_fn conv_dx_implicit, conv_dx_threads;
conv_dw_fn conv_dw_implicit, conv_dw_threads;
conv_forward_fn conv_forward_winograd2_avx2, conv_forward_winograd4_avx2; /* conv_winograd.c */
conv_forward_fn conv_forward_winograd2_avx512, conv_forward_winograd4_avx512;
conv_forward_fn conv_forward_by_shape; /* conv_by_shape.c */
conv_dx_fn conv_dx_by_shape;
conv_dx_fn conv_dx_taps;                /* conv_taps.c */
conv_forward_fn conv_forward_depthwise; /* conv_depthwise.c */
conv_dx_fn conv_dx_depthwise;
conv_dw_fn conv_dw_depthwise;
conv_dx_fn conv_dx_winograd2_avx2, conv_dx_winograd4_avx2, conv_dx_winograd2_avx512, conv_dx_winograd4_avx512;
conv_forward_fn conv_forward_direct_rows_avx2, conv_forward_direct_planes_avx2; /* conv_direct.c */
conv_forward_fn conv_forward_direct_rows_avx512, conv_forward_direct_planes_avx512,
    conv_forward_direct_threads;
conv_dx_fn conv_dx_direct_rows_avx2, conv_dx_direct_planes_avx2;
conv_dx_fn conv_dx_direct_rows_avx512, conv_dx_direct_planes_avx512, conv_dx_direct_threads;
conv_dw_fn conv_dw_direct_avx2, conv_dw_direct_avx512, conv_dw_direct_threads; /* conv_direct_dw.c */

/* What becomes of a result before it is stored: max(0, result), or 0 where mask, which lies as the results
 * do, is not above 0; or, of { 0 }, nothing. */
struct conv_store {
    int relu;
    const float *mask;
};

/* the same in a pass over n results that are stored (conv_rows.c) */
void conv_store_pass(const struct conv_store *store, size_t n, float *results);

/* direct tiles that store so, the cheapest whose vectors have at most `width` lanes, on all threads */
void conv_forward_direct_store(int width, const struct conv_store *store, CONV_SIZES, const float *x,
                               const float *w, const float *b, float *y);
void conv_dx_direct_store(int width, const struct conv_store *store, CONV_SIZES, const float *w,
                          const float *dy, float *dx);

conv_forward_fn conv_relu_forward_winograd4_avx2, conv_relu_forward_winograd4_avx512; /* conv_winograd.c */

struct conv {
    int N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right;
    int P, Q;                         /* results of a plane */
    int c_per, k_per;                 /* planes of x, and of y, of a group */
    size_t x_plane, w_plane, y_plane; /* H W, R S, P Q */
};

static inline struct conv conv_of(CONV_SIZES)
{
    struct conv v = { N,
                      C,
                      H,
                      W,
                      K,
                      R,
                      S,
                      stride,
                      dilation,
                      groups,
                      top,
                      left,
                      bottom,
                      right,
                      0,
                      0,
                      C / groups,
                      K / groups,
                      (size_t)H * (size_t)W,
                      (size_t)R * (size_t)S,
                      0 };
    v.P = (H + top + bottom - dilation * (R - 1) - 1) / stride + 1;
    v.Q = (W + left + right - dilation * (S - 1) - 1) / stride + 1;
    v.y_plane = (size_t)v.P * (size_t)v.Q;
    return v;
}

/* What is fastest at a shape (conv_by_shape.c): a product of matrices (04), direct tiles (13), Winograd's
 * tiles of 4 x 4, planes under one kernel each; for dx products of taps, too */
enum conv_way { CONV_PRODUCT, CONV_DIRECT, CONV_WINOGRAD, CONV_DEPTHWISE, CONV_TAPS };
enum conv_way conv_forward_way(const struct conv *v);
enum conv_way conv_dx_way(const struct conv *v);

/* 1 if each plane has one kernel of 3 x 3, without a stride or dilation (conv_depthwise.c) */
int conv_is_depthwise(const struct conv *v);

/* Plane c of image n of x (and dx), plane k of y (and dy), kernel k on the plane c of its group */
static inline size_t conv_x(const struct conv *v, int n, int c)
{
    return ((size_t)n * (size_t)v->C + (size_t)c) * v->x_plane;
}
static inline size_t conv_y(const struct conv *v, int n, int k)
{
    return ((size_t)n * (size_t)v->K + (size_t)k) * v->y_plane;
}
static inline size_t conv_w(const struct conv *v, int k, int c)
{
    return ((size_t)k * (size_t)v->c_per + (size_t)c) * v->w_plane;
}

/* db (K) = the sums of the planes of dy over all images, unless db is NULL (conv_rows.c) */
void conv_db_rows(const struct conv *v, const float *dy, float *db);

/* The sizes of a call for `images` of the images, as arguments */
#define CONV_IMAGES(v, images)                                                                       \
    images, (v)->C, (v)->H, (v)->W, (v)->K, (v)->R, (v)->S, (v)->stride, (v)->dilation, (v)->groups, \
        (v)->top, (v)->left, (v)->bottom, (v)->right

/* The results q, from q to end, whose number s of a kernel's row lies in the image */
struct conv_range {
    int from, end;
};

static inline struct conv_range conv_inside(int extent, int results, int stride, int offset)
{
    /* 0 <= q stride + offset < extent */
    int from = offset < 0 ? (-offset + stride - 1) / stride : 0;
    int end = offset < extent ? (extent - 1 - offset) / stride + 1 : 0;
    if (end > results) end = results;
    return (struct conv_range){ from, end > from ? end : from };
}

static inline struct conv_range conv_columns(const struct conv *v, int s)
{
    return conv_inside(v->W, v->Q, v->stride, s * v->dilation - v->left);
}
static inline struct conv_range conv_rows(const struct conv *v, int r)
{
    return conv_inside(v->H, v->P, v->stride, r * v->dilation - v->top);
}

#endif
