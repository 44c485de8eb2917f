/* cuda_wrong_conv_fast.cu - convolution by copies in the background, by tensor cores and by Winograd's
 * tiles, wrong in the ways that such kernels are; cuda_wrong.c says what a check must answer to each. Some
 * are right.
 *
 * The products are those of optimized/cuda/conv_product.h: c (K,places) = w (K,L) b (L,places) for each
 * group, with l for a plane and a place of the window. A block of one warp has 16 x 16 numbers of c.
 */
#include <cuda_bf16.h>
#include <cuda_pipeline.h>
#include <cuda_runtime.h>
#include <mma.h>
#include <type_traits>

#include "../optimized/cuda/conv.h"
#include "cuda_wrong.h"

using namespace nvcuda;

enum { SIDE = 16, WARP = 32, THREADS = 128 };

/* number l of the window of result j = (n,p,q), or nullptr in the padding and beyond the last result */
__device__ static const float *in_window(const conv &v, const float *x, int group, int l, int j)
{
    const int n = j / v.y_plane, at = j % v.y_plane, c = l / v.w_plane, tap = l % v.w_plane;
    if (n >= v.N || c >= v.c_per) return nullptr;
    const int h = at / v.Q * v.stride + tap / v.S * v.dilation - v.top;
    const int w = at % v.Q * v.stride + tap % v.S * v.dilation - v.left;
    if (h < 0 || h >= v.H || w < 0 || w >= v.W) return nullptr;
    return x + v.x_at(n, group * v.c_per + c) + h * v.W + w;
}

static dim3 tiles_of(const conv &v)
{
    return dim3((unsigned)parts(v.N * v.y_plane, SIDE), (unsigned)parts(v.k_per, SIDE), (unsigned)v.groups);
}

/* ---- two tiles in turns, filled by cp.async ---- */

enum async_fault {
    RIGHT_ASYNC,
    NOT_WAITED, /* multiplies while the copies are under way                    */
    ONE_BEHIND, /* waits for the copies before the last ones, as with more tiles */
    SAME_TILE,  /* the next copies go where others still read                   */
    EDGE_COPIED /* the padding is a number of the image, not 0                   */
};

struct two_tiles {
    float a[2][SIDE][SIDE + 1], b[2][SIDE][SIDE + 1];
};

template <async_fault FAULT>
__device__ static void start_copies(const conv &v, const float *x, const float *w, int l0, two_tiles &t,
                                    int to)
{
    const int group = blockIdx.z, L = v.c_per * v.w_plane;
    for (int e = threadIdx.x; e < SIDE * SIDE; e += WARP) {
        const int i = e / SIDE, l = l0 + e % SIDE, k = blockIdx.y * SIDE + i, j = blockIdx.x * SIDE + i;
        const bool has = k < v.k_per && l < L;
        const float *p = l < L ? in_window(v, x, group, l, j) : nullptr;
        __pipeline_memcpy_async(&t.a[to][i][e % SIDE], has ? w + (size_t)(group * v.k_per + k) * L + l : w, 4,
                                has ? 0 : 4);
        __pipeline_memcpy_async(&t.b[to][i][e % SIDE], p ? p : x, 4, p || FAULT == EDGE_COPIED ? 0 : 4);
    }
    __pipeline_commit();
}

template <async_fault FAULT>
__global__ void in_turns(conv v, const float *x, const float *w, const float *b, float *y)
{
    __shared__ two_tiles t;
    const int L = v.c_per * v.w_plane, column = threadIdx.x % SIDE, top_row = threadIdx.x / SIDE * (SIDE / 2);
    float sum[SIDE / 2] = {};
    start_copies<FAULT>(v, x, w, 0, t, 0);
    for (int l0 = 0, now = 0; l0 < L; l0 += SIDE, now = 1 - now) {
        if (FAULT != NOT_WAITED) __pipeline_wait_prior(FAULT == ONE_BEHIND ? 1 : 0);
        __syncthreads();
        if (l0 + SIDE < L) start_copies<FAULT>(v, x, w, l0 + SIDE, t, FAULT == SAME_TILE ? now : 1 - now);
        for (int i = 0; i < SIDE / 2; i++)
            for (int l = 0; l < SIDE; l++) sum[i] += t.a[now][top_row + i][l] * t.b[now][column][l];
        if (FAULT == SAME_TILE) now = 1 - now;
    }
    const int j = blockIdx.x * SIDE + column;
    for (int i = 0; i < SIDE / 2; i++) {
        const int k = blockIdx.y * SIDE + top_row + i, plane = blockIdx.z * v.k_per + k;
        if (k < v.k_per && j < v.N * v.y_plane)
            y[v.y_at(j / v.y_plane, plane) + j % v.y_plane] = sum[i] + b[plane];
    }
}

template <async_fault FAULT>
static void asynchronous(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    in_turns<FAULT><<<tiles_of(v), WARP>>>(v, x, w, b, y);
}

/* ---- tensor cores ---- */

enum core_fault {
    RIGHT_CORE,
    FEWER_DIGITS, /* operands of bf16, and the table says TF32                 */
    END_KEPT,     /* behind the last l a tile holds what the tile before left  */
    TURNED,       /* b by its columns, as if by its lines                      */
    SUMS_LOST,    /* each product begins at 0                                  */
    PATCH_EARLY   /* a lane reads the patch before the warp has written it     */
};

template <core_fault FAULT> __device__ static float digits(float x, float)
{
    return FAULT == FEWER_DIGITS ? __bfloat162float(__float2bfloat16(x)) : x;
}

template <core_fault FAULT> __device__ static __nv_bfloat16 digits(float x, __nv_bfloat16)
{
    return __float2bfloat16(x);
}

template <class FRAGMENT> __device__ static void round(FRAGMENT &f, float)
{
    for (int e = 0; e < f.num_elements; e++) f.x[e] = wmma::__float_to_tf32(f.x[e]);
}

template <class FRAGMENT> __device__ static void round(FRAGMENT &, __nv_bfloat16)
{
}

/* T: what a tile holds; OPERAND: wmma's name for its digits; DEPTH: the steps along l of one instruction */
template <core_fault FAULT, class T, class OPERAND, int DEPTH>
__global__ void by_cores(conv v, const float *x, const float *w, const float *b, float *y)
{
    __shared__ alignas(32) T a_tile[SIDE][SIDE], b_tile[SIDE][SIDE]; /* (k,l) and (j,l) */
    __shared__ alignas(32) float patch[SIDE][SIDE];
    typedef typename std::conditional<FAULT == TURNED, wmma::row_major, wmma::col_major>::type b_layout;
    wmma::fragment<wmma::matrix_a, SIDE, SIDE, DEPTH, OPERAND, wmma::row_major> a;
    wmma::fragment<wmma::matrix_b, SIDE, SIDE, DEPTH, OPERAND, b_layout> c;
    wmma::fragment<wmma::accumulator, SIDE, SIDE, DEPTH, float> sum;
    const int L = v.c_per * v.w_plane, group = blockIdx.z;
    wmma::fill_fragment(sum, 0.0f);
    for (int l0 = 0; l0 < L; l0 += SIDE) {
        __syncthreads();
        for (int e = threadIdx.x; e < SIDE * SIDE; e += WARP) {
            const int i = e / SIDE, l = l0 + e % SIDE, k = blockIdx.y * SIDE + i;
            if (FAULT == END_KEPT && l >= L && l0) continue;
            const float *p = l < L ? in_window(v, x, group, l, blockIdx.x * SIDE + i) : nullptr;
            const bool has = k < v.k_per && l < L;
            a_tile[i][e % SIDE] = digits<FAULT>(has ? w[(size_t)(group * v.k_per + k) * L + l] : 0, T());
            b_tile[i][e % SIDE] = digits<FAULT>(p ? *p : 0, T());
        }
        __syncthreads();
        for (int l = 0; l < SIDE; l += DEPTH) {
            wmma::load_matrix_sync(a, &a_tile[0][l], SIDE);
            wmma::load_matrix_sync(c, FAULT == TURNED ? &b_tile[l][0] : &b_tile[0][l], SIDE);
            round(a, T()), round(c, T());
            if (FAULT == SUMS_LOST) wmma::fill_fragment(sum, 0.0f);
            wmma::mma_sync(sum, a, c, sum);
        }
    }
    wmma::store_matrix_sync(&patch[0][0], sum, SIDE, wmma::mem_row_major);
    if (FAULT != PATCH_EARLY) __syncwarp();
    for (int e = threadIdx.x; e < SIDE * SIDE; e += WARP) {
        const int k = blockIdx.y * SIDE + e / SIDE, j = blockIdx.x * SIDE + e % SIDE,
                  plane = group * v.k_per + k;
        if (k < v.k_per && j < v.N * v.y_plane)
            y[v.y_at(j / v.y_plane, plane) + j % v.y_plane] = patch[e / SIDE][e % SIDE] + b[plane];
    }
}

template <core_fault FAULT>
static void tf32(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    by_cores<FAULT, float, wmma::precision::tf32, 8><<<tiles_of(v), WARP>>>(v, x, w, b, y);
}

template <core_fault FAULT>
static void bf16(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    by_cores<FAULT, __nv_bfloat16, __nv_bfloat16, 16><<<tiles_of(v), WARP>>>(v, x, w, b, y);
}

/* ---- Winograd's tiles of 2 x 2: a thread has one, of all planes ---- */

enum winograd_fault {
    RIGHT_TILES,
    SIGN,           /* a point's sign, which the tile's sums should take away again   */
    HALF_FORGOTTEN, /* the weights at the points 1 and -1 are not halved             */
    EDGE_OF_NEXT,   /* of an odd width, the last tile's second column is stored, too */
    BIAS_AT_POINTS  /* b is added before the way back, and comes out in several parts */
};

template <winograd_fault FAULT> __device__ static void to_points(float (&d)[4])
{
    const float first = d[0] - d[2], second = d[1] + d[2], last = d[1] - d[3];
    const float third = FAULT == SIGN ? d[1] - d[2] : d[2] - d[1];
    d[0] = first, d[1] = second, d[2] = third, d[3] = last;
}

template <winograd_fault FAULT> __device__ static void weights_to_points(const float (&g)[3], float (&u)[4])
{
    const float scale = FAULT == HALF_FORGOTTEN ? 1 : 0.5f;
    u[0] = g[0], u[1] = scale * (g[0] + g[1] + g[2]), u[2] = scale * (g[0] - g[1] + g[2]), u[3] = g[2];
}

/* what plane c adds at the 16 points */
template <winograd_fault FAULT>
__device__ static void add_plane(const conv &v, const float *plane, const float *w, int p, int q,
                                 float (&m)[4][4])
{
    float d[4][4], u[4][4], column[4], across[3][4];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const int h = p + i - v.top, at = q + j - v.left;
            d[i][j] = h >= 0 && h < v.H && at >= 0 && at < v.W ? plane[h * v.W + at] : 0;
        }
    for (int i = 0; i < 4; i++) to_points<FAULT>(d[i]);
    for (int r = 0; r < 3; r++) weights_to_points<FAULT>({ w[3 * r], w[3 * r + 1], w[3 * r + 2] }, across[r]);
    for (int j = 0; j < 4; j++) {
        for (int i = 0; i < 4; i++) column[i] = d[i][j];
        to_points<FAULT>(column);
        weights_to_points<FAULT>({ across[0][j], across[1][j], across[2][j] }, u[j]);
        for (int i = 0; i < 4; i++) m[i][j] += u[j][i] * column[i];
    }
}

template <winograd_fault FAULT>
__global__ void each_tile(conv v, const float *x, const float *w, const float *b, float *y)
{
    const int down = (v.P + 1) / 2, across = (v.Q + 1) / 2, t = blockIdx.x * THREADS + threadIdx.x;
    const int tile = t % (down * across), k = t / (down * across) % v.K, n = t / (down * across) / v.K;
    if (n >= v.N) return;
    const int p = tile / across * 2, q = tile % across * 2;
    float m[4][4] = {}, rows[2][4];
    for (int c = 0; c < v.C; c++) add_plane<FAULT>(v, x + v.x_at(n, c), w + v.w_at(k, c), p, q, m);
    const float early = FAULT == BIAS_AT_POINTS ? b[k] : 0, late = FAULT == BIAS_AT_POINTS ? 0 : b[k];
    for (int j = 0; j < 4; j++) {
        rows[0][j] = m[0][j] + m[1][j] + m[2][j] + early;
        rows[1][j] = m[1][j] - m[2][j] - m[3][j] + early;
    }
    for (int i = 0; i < 2 && p + i < v.P; i++) {
        float *line = y + v.y_at(n, k) + (p + i) * v.Q + q;
        line[0] = rows[i][0] + rows[i][1] + rows[i][2] + late;
        if (q + 1 < v.Q || FAULT == EDGE_OF_NEXT) line[1] = rows[i][1] - rows[i][2] - rows[i][3] + late;
    }
}

/* other windows than 3 x 3 of stride 1 in one group are left to the copies */
template <winograd_fault FAULT>
static void winograd(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    const int tiles = N * K * ((v.P + 1) / 2) * ((v.Q + 1) / 2);
    if (R != 3 || S != 3 || stride != 1 || dilation != 1 || groups != 1)
        return asynchronous<RIGHT_ASYNC>(CONV_GIVEN, x, w, b, y);
    each_tile<FAULT><<<parts(tiles, THREADS), THREADS>>>(v, x, w, b, y);
}

extern "C" const struct rung wrong_conv_fast[] = {
    ROW(conv2d_forward, "right_async", asynchronous<RIGHT_ASYNC>),
    ROW(conv2d_forward, "copies_not_waited_for", asynchronous<NOT_WAITED>),
    ROW(conv2d_forward, "copies_one_behind", asynchronous<ONE_BEHIND>),
    ROW(conv2d_forward, "copies_into_the_same", asynchronous<SAME_TILE>),
    ROW(conv2d_forward, "padding_copied", asynchronous<EDGE_COPIED>),
    ROW_IN(conv2d_forward, "right_tf32", tf32<RIGHT_CORE>, IN_TF32),
    ROW_IN(conv2d_forward, "fewer_digits", tf32<FEWER_DIGITS>, IN_TF32),
    ROW_IN(conv2d_forward, "end_of_l_kept", tf32<END_KEPT>, IN_TF32),
    ROW_IN(conv2d_forward, "fragment_turned", tf32<TURNED>, IN_TF32),
    ROW_IN(conv2d_forward, "patch_read_too_early", tf32<PATCH_EARLY>, IN_TF32),
    ROW_IN(conv2d_forward, "right_bf16", bf16<RIGHT_CORE>, IN_BF16),
    ROW_IN(conv2d_forward, "bf16_sums_lost", bf16<SUMS_LOST>, IN_BF16),
    ROW_IN(conv2d_forward, "bf16_fragment_turned", bf16<TURNED>, IN_BF16),
    ROW_IN(conv2d_forward, "right_winograd", winograd<RIGHT_TILES>, WINOGRAD_2),
    ROW_IN(conv2d_forward, "point_of_other_sign", winograd<SIGN>, WINOGRAD_2),
    ROW_IN(conv2d_forward, "half_forgotten", winograd<HALF_FORGOTTEN>, WINOGRAD_2),
    ROW_IN(conv2d_forward, "second_column_stored", winograd<EDGE_OF_NEXT>, WINOGRAD_2),
    ROW_IN(conv2d_forward, "bias_at_points", winograd<BIAS_AT_POINTS>, WINOGRAD_2),
    END,
};
