/* peers.cu - cuBLAS and cuBLASLt as rungs; see peers.h.
 *
 * Each does what a program that uses it would do: cuBLAS multiplies and one pass over the output adds the
 * bias; cuBLASLt adds it, with the ReLU, in its epilogue. In bf16 both are given operands converted as in
 * rung 10. The gradient of the bias is that of the rungs.
 */
#include "peers.h"

#include <type_traits>

#include "bf16_operands.h"
#include "backend/peer.h"

/* ---- a product as the libraries see it ---- */

/* Libraries are column-major: our c (M,N) is their C (N,M) = b^T a^T, so b comes first. A matrix with lines
 * along k has k elements from column to column, for them, and b is then the transposed one. */
template <class P> static peer_product for_peer(const P &p, enum peer_precision precision)
{
    const bool b_along = P::B_LAYOUT == ALONG_K, a_along = P::A_LAYOUT == ALONG_K;
    return { precision,           b_along, !a_along, p.N,     p.M,  p.K, p.b.p, p.a.p, b_along ? p.K : p.N,
             a_along ? p.K : p.M, p.c,     p.N,      nullptr, false };
}

static bool use_bf16(peer_product *q, const bf16_operands &in)
{
    q->ta = true;
    q->tb = false;
    q->A = in.b;
    q->B = in.a;
    q->lda = q->ldb = (int)in.pitch;
    return true;
}

/* fills q; false if there is no room for bf16 operands */
template <class P> static bool prepare(const P &p, enum peer_precision precision, peer_product *q)
{
    bf16_operands in;
    *q = for_peer(p, precision);
    return precision != PEER_BF16 || (to_bf16(p, &in) && use_bf16(q, in));
}

/* ---- what the library leaves to do ---- */

template <class P> __global__ void __launch_bounds__(256) epilogue_pass(P p)
{
    size_t index = (size_t)blockIdx.x * 256 + threadIdx.x;
    if (index < (size_t)p.M * p.N) p.c[index] = p.epilogue(index, (int)(index % p.N), p.c[index]);
}

template <class P> static void finish(const P &p)
{
    epilogue_pass<<<(unsigned)(((size_t)p.M * p.N - 1) / 256 + 1), 256>>>(p);
}

/* what cuBLASLt can take over of an epilogue; the rest is finish() */
static bool take_over(peer_product *q, const add_bias &epilogue)
{
    q->bias = epilogue.b;
    return true;
}
static bool take_over(peer_product *q, const add_bias_relu &epilogue)
{
    q->bias = epilogue.b;
    return q->relu = true;
}
static bool take_over(peer_product *, const plain &)
{
    return true;
}
static bool take_over(peer_product *, const relu_mask &)
{
    return false;
}

template <class P> static void by_cublas(const P &p, enum peer_precision precision)
{
    peer_product q;
    if (!prepare(p, precision, &q)) return;
    peer_cublas(q);
    if (!std::is_same<decltype(p.epilogue), plain>::value) finish(p);
}

template <class P> static void by_cublaslt(const P &p, enum peer_precision precision)
{
    peer_product q;
    if (!prepare(p, precision, &q)) return;
    bool whole = take_over(&q, p.epilogue);
    peer_cublaslt(q);
    if (!whole) finish(p);
}

/* ---- the rungs ---- */

#define PEER_PRODUCT(library, name, precision)                  \
    template <class P> static void library##_##name(const P &p) \
    {                                                           \
        by_##library(p, precision);                             \
    }                                                           \
    DENSE_RUNG(library##_##name, bias_gradient)                 \
    DENSE_RELU_RUNG(library##_##name)

#define PEERS_OF(library)                  \
    PEER_PRODUCT(library, f32, PEER_F32)   \
    PEER_PRODUCT(library, tf32, PEER_TF32) \
    PEER_PRODUCT(library, bf16, PEER_BF16)

namespace
{

PEERS_OF(cublas)
PEERS_OF(cublaslt)

} // namespace

#define LADDER(op, f)                                                                                 \
    static const struct rung op##_peers[] = {                                                         \
        { "cublas_f32", RUN(op, f##_cublas_f32), NEED_NONE, "cuBLAS, products of floats" },           \
        { "cublas_tf32", RUN(op, f##_cublas_tf32), NEED_SM80 | IN_TF32, "cuBLAS, products of TF32" }, \
        { "cublas_bf16", RUN(op, f##_cublas_bf16), NEED_SM80 | IN_BF16, "cuBLAS, products of bf16" }, \
        { "cublaslt_f32", RUN(op, f##_cublaslt_f32), NEED_NONE,                                       \
          "cuBLASLt with its epilogue, products of floats" },                                         \
        { "cublaslt_tf32", RUN(op, f##_cublaslt_tf32), NEED_SM80 | IN_TF32,                           \
          "cuBLASLt with its epilogue, TF32" },                                                       \
        { "cublaslt_bf16", RUN(op, f##_cublaslt_bf16), NEED_SM80 | IN_BF16,                           \
          "cuBLASLt with its epilogue, bf16" },                                                       \
        { nullptr, nullptr, NEED_NONE, nullptr },                                                     \
    }

LADDER(dense_forward, forward);
LADDER(dense_backward_dx, dx);
LADDER(dense_backward_dw, dw);
LADDER(dense_relu_forward, relu_forward);
LADDER(dense_relu_backward_dx, relu_dx);

const struct device_rungs *product_peers()
{
    static const struct device_rungs all[] = {
        { "dense_forward", dense_forward_peers },
        { "dense_backward_dx", dense_backward_dx_peers },
        { "dense_backward_dw", dense_backward_dw_peers },
        { "dense_relu_forward", dense_relu_forward_peers },
        { "dense_relu_backward_dx", dense_relu_backward_dx_peers },
        { nullptr, nullptr },
    };
    const size_t count = sizeof all / sizeof *all;
    return peer_open() ? all : &all[count - 1];
}

void product_peers_close()
{
    peer_close();
}
