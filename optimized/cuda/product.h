/* product.h - what every product kernel in this folder computes, how its operands lie, and what happens to
 * a sum before it is stored.
 *
 *   c (M,N) = epilogue( a (M,K) * b (K,N) )
 *
 * The three products of a dense layer are this one product with other layouts, known
 * when a kernel is compiled:
 *
 *                       M    N    K    a               b
 *   y  = x w^T + b      N    OUT  IN   x,  ALONG_K     w,  ALONG_K
 *   dx = dy w           N    IN   OUT  dy, ALONG_K     w,  ACROSS_K
 *   dw = dy^T x         OUT  IN   N    dy, ACROSS_K    x,  ACROSS_K
 *
 * A rung is therefore one kernel template and one launch function for all three (DENSE_RUNG, at the end).
 * Sizes are ints; an index into a matrix is a size_t, as a product of two sizes may exceed an int. Every
 * kernel takes every size from 1 up: what lies outside a matrix is read as 0 and not written.
 */
#ifndef RUNGS_CUDA_PRODUCT_H
#define RUNGS_CUDA_PRODUCT_H

#include <cuda_runtime.h>
#include <stddef.h>
#include <stdint.h>

#include "../op.h"

/* ALONG_K: in memory, the neighbour of element (i,k) is (i,k+1). ACROSS_K: it is (i+1,k). */
enum layout { ALONG_K, ACROSS_K };

inline bool on_16_bytes(const void *p, int row)
{
    return (uintptr_t)p % 16 == 0 && row % 4 == 0;
}

/* An operand: element (i,k) belongs to row i of c (for a) or to column i of c (for b). */
template <layout LAYOUT> struct operand {
    const float *p;
    int extent, K;
    bool by_four; /* every group of four neighbours can be loaded at once, and ends where its row ends */

    operand(const float *p_, int extent_, int K_)
        : p(p_), extent(extent_), K(K_), by_four(on_16_bytes(p_, LAYOUT == ALONG_K ? K_ : extent_))
    {
    }

    __device__ bool has(int i, int k) const
    {
        return i < extent && k < K;
    }

    __device__ const float *address(int i, int k) const
    {
        return p + (LAYOUT == ALONG_K ? (size_t)i * K + k : (size_t)k * extent + i);
    }

    __device__ float at(int i, int k) const
    {
        return has(i, k) ? *address(i, k) : 0;
    }

    /* how many neighbours in memory from (i,k) on belong to the operand's row or column; none: 0 or less */
    __device__ int neighbours(int i, int k) const
    {
        return LAYOUT == ALONG_K ? (i < extent ? K - k : 0) : (k < K ? extent - i : 0);
    }

    /* element (i,k) and the next three in memory, 0 where there are none */
    __device__ float4 four_at(int i, int k) const
    {
        const float *p0 = address(i, k);
        int n = neighbours(i, k);
        if (by_four) return n > 0 ? *reinterpret_cast<const float4 *>(p0) : float4{ 0, 0, 0, 0 };
        return float4{ n > 0 ? p0[0] : 0, n > 1 ? p0[1] : 0, n > 2 ? p0[2] : 0, n > 3 ? p0[3] : 0 };
    }
};

/* ---- epilogues: from the sum at (m,n) to the element of c. __ldg says that no store of the kernel changes
 * what it reads, so that a bias is loaded once for all rows of a thread. ---- */

struct plain {
    __device__ float operator()(size_t, int, float sum) const
    {
        return sum;
    }
};

struct add_bias {
    const float *b;
    __device__ float operator()(size_t, int n, float sum) const
    {
        return sum + __ldg(b + n);
    }
};

struct add_bias_relu {
    const float *b;
    __device__ float operator()(size_t, int n, float sum) const
    {
        float z = sum + __ldg(b + n);
        return z <= 0 ? 0 : z; /* a NaN stays one */
    }
};

struct relu_mask {
    const float *a; /* of c's shape */
    __device__ float operator()(size_t index, int, float sum) const
    {
        return __ldg(a + index) > 0 ? sum : 0;
    }
};

/* ---- the product ---- */

template <layout A, layout B, class EPILOGUE> struct product {
    static constexpr layout A_LAYOUT = A, B_LAYOUT = B;
    int M, N, K;
    operand<A> a;
    operand<B> b;
    float *c;
    EPILOGUE epilogue;
    bool c_by_four;

    product(int M_, int N_, int K_, const float *a_, const float *b_, float *c_, EPILOGUE epilogue_)
        : M(M_), N(N_), K(K_), a(a_, M_, K_), b(b_, N_, K_), c(c_), epilogue(epilogue_),
          c_by_four(on_16_bytes(c_, N_))
    {
    }

    __device__ void store(int m, int n, float sum) const
    {
        size_t index = (size_t)m * N + n;
        if (m < M && n < N) c[index] = epilogue(index, n, sum);
    }

    /* two or four neighbours in a row; n is a multiple of their number */
    __device__ void store_two(int m, int n, const float *sum) const
    {
        size_t index = (size_t)m * N + n;
        int left = m < M ? N - n : 0;
        if (!c_by_four) {
            for (int j = 0; j < 2; j++)
                if (j < left) c[index + j] = epilogue(index + j, n + j, sum[j]);
        } else if (left > 0) {
            const float2 two = { epilogue(index, n, sum[0]), epilogue(index + 1, n + 1, sum[1]) };
            *reinterpret_cast<float2 *>(c + index) = two;
        }
    }

    __device__ void store_four(int m, int n, const float *sum) const
    {
        size_t index = (size_t)m * N + n;
        int left = m < M ? N - n : 0;
        if (!c_by_four) {
            for (int j = 0; j < 4; j++)
                if (j < left) c[index + j] = epilogue(index + j, n + j, sum[j]);
        } else if (left > 0) {
            const float4 four = { epilogue(index, n, sum[0]), epilogue(index + 1, n + 1, sum[1]),
                                  epilogue(index + 2, n + 2, sum[2]), epilogue(index + 3, n + 3, sum[3]) };
            *reinterpret_cast<float4 *>(c + index) = four;
        }
    }
};

typedef product<ALONG_K, ALONG_K, add_bias> forward_product;
typedef product<ALONG_K, ALONG_K, add_bias_relu> forward_relu_product;
typedef product<ALONG_K, ACROSS_K, plain> dx_product;
typedef product<ALONG_K, ACROSS_K, relu_mask> dx_relu_product;
typedef product<ACROSS_K, ACROSS_K, plain> dw_product;

/* ---- blocks and tiles ---- */

inline int tiles(int size, int tile)
{
    return (size - 1) / tile + 1;
}

struct corner {
    int m, n;
};

/* The first row and column of this block's BM x BN tile of c; blocks go along the rows of c. The grid has one
 * dimension, because the others end at 65535 blocks. */
template <int BM, int BN, class P> __device__ corner corner_of_block(const P &p)
{
    int across = (p.N - 1) / BN + 1;
    return { (int)(blockIdx.x / across) * BM, (int)(blockIdx.x % across) * BN };
}

/* The same in groups of eight rows of tiles: blocks that run at one time need fewer
 * different tiles of a and b. */
template <int BM, int BN, class P> __device__ corner corner_in_groups(const P &p)
{
    const int together = 8, across = (p.N - 1) / BN + 1, down = (p.M - 1) / BM + 1;
    int first = (int)(blockIdx.x / (together * across)) * together;
    int rows = down - first < together ? down - first : together;
    int in_group = (int)(blockIdx.x % (together * across));
    return { (first + in_group % rows) * BM, in_group / rows * BN };
}

template <int BM, int BN, class P> unsigned blocks_for(const P &p)
{
    return (unsigned)tiles(p.M, BM) * (unsigned)tiles(p.N, BN);
}

/* ---- rungs ---- */

/* db (OUT) = column sums of dy (N,OUT); the kernels are in dense.cu */
void bias_gradient_naive(int N, int OUT, const float *dy, float *db);
void bias_gradient(int N, int OUT, const float *dy, float *db);

/* The three rungs of dense made from `template <class P> void name(const P &)`, which launches product P. */
#define DENSE_RUNG(name, sum_columns)                                                                     \
    void forward_##name(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y) \
    {                                                                                                     \
        name(forward_product(N, OUT, IN, x, w, y, add_bias{ b }));                                        \
    }                                                                                                     \
    void dx_##name(int N, int IN, int OUT, const float *w, const float *dy, float *dx)                    \
    {                                                                                                     \
        name(dx_product(N, IN, OUT, dy, w, dx, plain()));                                                 \
    }                                                                                                     \
    void dw_##name(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)         \
    {                                                                                                     \
        name(dw_product(OUT, IN, N, dy, x, dw, plain()));                                                 \
        sum_columns(N, OUT, dy, db);                                                                      \
    }

/* The same with the ReLU in the epilogue */
#define DENSE_RELU_RUNG(name)                                                                               \
    void relu_forward_##name(int N, int IN, int OUT, const float *x, const float *w, const float *b,        \
                             float *y)                                                                      \
    {                                                                                                       \
        name(forward_relu_product(N, OUT, IN, x, w, y, add_bias_relu{ b }));                                \
    }                                                                                                       \
    void relu_dx_##name(int N, int IN, int OUT, const float *a, const float *w, const float *dy, float *dz) \
    {                                                                                                       \
        name(dx_relu_product(N, IN, OUT, dy, w, dz, relu_mask{ a }));                                       \
    }

#endif
