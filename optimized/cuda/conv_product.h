/* conv_product.h - convolution as products of matrices that lie nowhere: rungs from 03 on read the numbers of
 * x, dy and w where they are. For one group, with l what is summed over,
 *
 *   c (M,J) = a (M,L) b (L,J)
 *
 *              M    J      L      a    b     c
 *   forward    k    n p q  c r s  w    x     y
 *   dx         c    n h w  k r s  w    dy    dx
 *   dw         k    c r s  n p q  dy   x     dw
 *
 * One side of b are places, from which windows begin; the other are taps, the numbers of a window. A place
 * and a tap meet in one number of an image, or beyond its edges in 0. A way of these three says which is
 * which; a rung is one kernel for all. Sizes are int (counts_in_int).
 */
#ifndef RUNGS_CUDA_CONV_PRODUCT_H
#define RUNGS_CUDA_CONV_PRODUCT_H

#include "conv.h"
#include "conv_rungs.h"
#include "scratch.h"

enum { FAR_AWAY = 1 << 30 }; /* a line that no image has, whatever a window adds to it */

/* where a window begins: its image's planes of this group, and its corner; of dx, what is added to h and w */
struct place {
    const float *planes;
    int h, w;
};

/* a number of a window: how far it lies from the corner, plane included. On 16 bytes, so that one load brings
 * it from the table. */
struct alignas(16) tap {
    int plane, h, w;
    int weight; /* where it lies in w, from the first number of its row of a on */
};

__device__ inline tap no_tap()
{
    return { 0, FAR_AWAY, 0, 0 };
}

/* number l of a window of planes (.,R,S); those of w lie `kernel` numbers apart from plane to plane */
__device__ inline tap tap_of(const conv &v, int l, int kernel)
{
    const int plane = l / v.w_plane, r = l % v.w_plane / v.S, s = l % v.S;
    return { plane, r * v.dilation, l % v.w_plane % v.S * v.dilation, plane * kernel + r * v.S + s };
}

/* ---- what a place and a tap meet: an address, or nullptr ---- */

__device__ inline const float *in_x(const conv &v, const place &at, const tap &t)
{
    const int h = at.h + t.h, w = at.w + t.w;
    if (h < 0 || h >= v.H || w < 0 || w >= v.W) return nullptr;
    return at.planes + ((size_t)t.plane * v.x_plane + (size_t)h * v.W + w);
}

/* the result that reads this number of x by this number of its window */
__device__ inline const float *in_dy(const conv &v, const place &at, const tap &t)
{
    int p = at.h - t.h, q = at.w - t.w;
    if (p < 0 || q < 0) return nullptr;
    if (v.stride > 1) {
        if (p % v.stride || q % v.stride) return nullptr;
        p /= v.stride, q /= v.stride;
    }
    if (p >= v.P || q >= v.Q) return nullptr;
    return at.planes + ((size_t)t.plane * v.y_plane + (size_t)p * v.Q + q);
}

/* ---- the taps of L as a table in memory, so that nobody divides for them: as many as whole tiles have,
 * those from L on far away ---- */

__host__ __device__ inline int table_length(int L)
{
    return (L + 31) / 32 * 32;
}

/* starts to fill it; nullptr if the device has no room, which the next synchronise() reports */
const tap *tap_table(const conv &v, int L, int kernel);

/* a block's tile of c, and the l that it sums over */
struct tile_at {
    int group, m, j;
    int from, end;
};

/* ---- the ways; length: of a slice of l, L where there is one ---- */

/* result j = (n,p,q), or beyond the last one far away, as a place in x */
__device__ inline place window_at(const conv &v, const float *x, int group, int j)
{
    const int n = j / v.y_plane, at = j % v.y_plane;
    if (n >= v.N) return { x, -FAR_AWAY, 0 };
    return { x + v.x_at(n, group * v.c_per), at / v.Q * v.stride - v.top, at % v.Q * v.stride - v.left };
}

template <bool RELU> struct forward_way {
    static constexpr bool SUMS_PLACES = false; /* l counts taps, j counts places; else l places, j taps */
    typedef place kind_of_column;
    conv v;
    const float *x, *w, *bias;
    float *y;
    const tap *table;
    int M, J, L, length;

    __device__ const float *some() const /* a valid address for copies that read nothing */
    {
        return x;
    }
    __device__ tap step(int, int l) const
    {
        return table[l];
    }
    __device__ place column(int group, int j) const
    {
        return window_at(v, x, group, j);
    }
    /* element (m,l) of a; m < M, l < L */
    __device__ const float *a(int group, int m, int, const tap &t) const
    {
        return w + ((size_t)(group * M + m) * L + t.weight);
    }
    __device__ const float *b(const tap &t, const place &at) const
    {
        return in_x(v, at, t);
    }
    __device__ void store(const tile_at &at, int m, int j, float sum) const
    {
        const int k = at.group * M + m;
        const float z = sum + __ldg(bias + k);
        y[v.y_at(j / v.y_plane, k) + j % v.y_plane] = RELU && z <= 0 ? 0 : z; /* a NaN stays one */
    }
};

template <bool RELU> struct dx_way {
    static constexpr bool SUMS_PLACES = false;
    typedef place kind_of_column;
    conv v;
    const float *w, *dy;
    const float *mask; /* (N,C,H,W): where it is not positive, dx is 0 with the ReLU */
    float *dx;
    const tap *table;
    int M, J, L, length;

    __device__ const float *some() const
    {
        return dy;
    }
    __device__ tap step(int, int l) const
    {
        return table[l];
    }
    __device__ place column(int group, int j) const
    {
        const int n = j / v.x_plane, at = j % v.x_plane;
        if (n >= v.N) return { dy, -FAR_AWAY, 0 };
        return { dy + v.y_at(n, group * v.k_per), at / v.W + v.top, at % v.W + v.left };
    }
    __device__ const float *a(int group, int m, int, const tap &t) const
    {
        return w + (v.w_at(group * v.k_per, m) + t.weight);
    }
    __device__ const float *b(const tap &t, const place &at) const
    {
        return in_dy(v, at, t);
    }
    __device__ void store(const tile_at &at, int m, int j, float sum) const
    {
        const size_t to = v.x_at(j / v.x_plane, at.group * M + m) + j % v.x_plane;
        dx[to] = !RELU || __ldg(mask + to) > 0 ? sum : 0;
    }
};

struct dw_way {
    static constexpr bool SUMS_PLACES = true;
    typedef tap kind_of_column;
    conv v;
    const float *x, *dy;
    float *dw; /* or part, see slices */
    int M, J, L, length;

    __device__ const float *some() const
    {
        return x;
    }
    __device__ place step(int group, int l) const
    {
        return window_at(v, x, group, l);
    }
    __device__ tap column(int, int j) const
    {
        return j < J ? tap_of(v, j, 0) : no_tap();
    }
    __device__ const float *a(int group, int m, int l, const place &) const
    {
        return dy + (v.y_at(l / v.y_plane, group * M + m) + l % v.y_plane);
    }
    __device__ const float *b(const place &at, const tap &t) const
    {
        return in_x(v, at, t);
    }
    __device__ void store(const tile_at &at, int m, int j, float sum) const
    {
        dw[at.from / length * v.w_at(v.K, 0) + (size_t)(at.group * M + m) * J + j] = sum;
    }
};

/* ---- blocks: tiles of BM x BJ, of all rows, then columns, then groups, then slices; so that blocks that run
 * together share their columns in L2 ---- */

enum { BM = 64, BJ = 128 };

template <class WAY> __host__ __device__ unsigned tiles_of(const WAY &way)
{
    return (unsigned)way.v.groups * (unsigned)((way.M - 1) / BM + 1) * (unsigned)((way.J - 1) / BJ + 1);
}

template <class WAY> unsigned blocks_of(const WAY &way)
{
    return tiles_of(way) * (unsigned)parts(way.L, way.length);
}

template <class WAY> __device__ tile_at tile_of_block(const WAY &way)
{
    const unsigned down = (way.M - 1) / BM + 1, across = (way.J - 1) / BJ + 1, all = tiles_of(way);
    const unsigned at = blockIdx.x % all;
    const int from = (int)(blockIdx.x / all) * way.length;
    return { (int)(at / (down * across)), (int)(at % down) * BM, (int)(at / down % across) * BJ, from,
             from + min(way.L - from, way.length) };
}

/* ---- slices of dw ----
 *
 * K C/groups R S numbers are few tiles, and a sum over all places of all images is long: it is cut. Kernels
 * add up slices into part (slices,K,C/groups,R,S) instead of dw, and add_slices adds those. */

enum { BLOCKS_WANTED = 264, SLICE_LEAST = 128 }; /* two for each multiprocessor of an H100 */

/* the length of a slice, a multiple of 32: as many slices as give BLOCKS_WANTED blocks */
inline int slice_length(int L, unsigned tiles)
{
    const int wanted = tiles < BLOCKS_WANTED ? (int)(BLOCKS_WANTED / tiles) : 1, most = parts(L, SLICE_LEAST);
    return parts(parts(L, wanted < most ? wanted : most), 32) * 32;
}

/* the way, cut, with part in scratch in the place of dw; dw itself if one slice is enough. false: the device
 * has no room, which the next synchronise() reports */
bool cut_in_slices(dw_way *way);
/* dw <- the sums of the slices, which a launch of the way has made */
void add_slices(const dw_way &cut, float *dw);

/* ---- rungs ----
 *
 * made from `template <class WAY> void name(const WAY &)`, which launches it */
#define CONV_FORWARD_RUNG(function, plain, name, RELU)                                         \
    void function(CONV_SIZES, const float *x, const float *w, const float *b, float *y)        \
    {                                                                                          \
        const conv v = conv_of(CONV_GIVEN);                                                    \
        if (!counts_in_int(v)) return plain(CONV_GIVEN, x, w, b, y);                           \
        const int crs = v.c_per * v.w_plane;                                                   \
        if (const tap *table = tap_table(v, crs, v.w_plane))                                   \
            name(forward_way<RELU>{ v, x, w, b, y, table, v.k_per, N * v.y_plane, crs, crs }); \
    }
#define CONV_DX(name, RELU, mask, dx)                              \
    const int krs = v.k_per * v.w_plane;                           \
    if (const tap *table = tap_table(v, krs, v.c_per * v.w_plane)) \
        name(dx_way<RELU>{ v, w, dy, mask, dx, table, v.c_per, N * v.x_plane, krs, krs });
#define CONV_RUNG(name)                                                         \
    CONV_FORWARD_RUNG(conv_forward_##name, conv_forward_naive, name, false)     \
    void conv_dx_##name(CONV_SIZES, const float *w, const float *dy, float *dx) \
    {                                                                           \
        const conv v = conv_of(CONV_GIVEN);                                     \
        if (!counts_in_int(v)) return conv_dx_naive(CONV_GIVEN, w, dy, dx);     \
        CONV_DX(name, false, nullptr, dx)                                       \
    }

/* the same with the ReLU where a result is stored */
#define CONV_RELU_RUNG(name)                                                                         \
    CONV_FORWARD_RUNG(conv_relu_forward_##name, conv_relu_forward_in_two, name, true)                \
    void conv_relu_dx_##name(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz) \
    {                                                                                                \
        const conv v = conv_of(CONV_GIVEN);                                                          \
        if (!counts_in_int(v)) return conv_relu_dx_in_two(CONV_GIVEN, a, w, dy, dz);                 \
        CONV_DX(name, true, a, dz)                                                                   \
    }

/* dw, in slices or not */
#define CONV_DW_RUNG(name, kernels, sliced)                                                \
    void conv_dw_##name(CONV_SIZES, const float *x, const float *dy, float *dw, float *db) \
    {                                                                                      \
        const conv v = conv_of(CONV_GIVEN);                                                \
        if (!counts_in_int(v)) return conv_dw_naive(CONV_GIVEN, x, dy, dw, db);            \
        const int places = N * v.y_plane;                                                  \
        dw_way way = { v, x, dy, dw, v.k_per, v.c_per * v.w_plane, places, places };       \
        if (sliced && !cut_in_slices(&way)) return;                                        \
        kernels(way);                                                                      \
        add_slices(way, dw);                                                               \
        conv_db(v, dy, db);                                                                \
    }

#endif
