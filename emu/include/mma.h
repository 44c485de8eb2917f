/* mma.h - nvcuda::wmma: a warp multiplies small matrices together.
 *
 * Each lane holds a 32nd of every fragment. Which one is the GPU's secret; here it is an order that no kernel
 * can have guessed. Products are summed in float (int for bytes, double for doubles); the order of the sum is
 * not a GPU's, nor are its last bits.
 */
#ifndef EMU_MMA_H
#define EMU_MMA_H

#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "emu/wmma_product.h"

namespace nvcuda
{
namespace wmma
{

struct matrix_a;
struct matrix_b;
struct accumulator;
struct row_major;
struct col_major;
namespace precision
{
struct tf32;
}
enum layout_t { mem_row_major, mem_col_major };

/* float to the 19 bits that tensor cores take: to nearest, ties away from zero */
inline float __float_to_tf32(float value)
{
    uint32_t bits = __float_as_uint(value);
    return (bits & 0x7fffffff) > 0x7f800000 ? value : __uint_as_float((bits + 0x1000) & 0xffffe000);
}

} // namespace wmma
} // namespace nvcuda

namespace emu
{
namespace wmma
{

using namespace nvcuda::wmma;

/* How an element type is stored, read as a factor, and summed. */
template <class T> struct Element {
    typedef T Stored;
    typedef float Sum;
    static float factor(T value)
    {
        return (float)value;
    }
};
template <> struct Element<precision::tf32> {
    typedef float Stored;
    typedef float Sum;
    static float factor(float value) /* the low 13 bits do not reach the multiplier */
    {
        return __uint_as_float(__float_as_uint(value) & 0xffffe000);
    }
};
template <class T> struct ExactElement {
    typedef T Stored;
    typedef T Sum;
    static T factor(T value)
    {
        return value;
    }
};
template <> struct Element<double> : ExactElement<double> {
};
template <> struct Element<int> : ExactElement<int> {
};
template <class T> struct ByteElement {
    typedef T Stored;
    typedef int Sum;
    static int factor(T value)
    {
        return value;
    }
};
template <> struct Element<signed char> : ByteElement<signed char> {
};
template <> struct Element<unsigned char> : ByteElement<unsigned char> {
};

/* The shapes that hardware has, by the type of the factors. */
template <class T> constexpr bool shape_exists(int m, int n, int k)
{
    if (std::is_same_v<T, precision::tf32>) return m == 16 && n == 16 && k == 8;
    if (std::is_same_v<T, double>) return m == 8 && n == 8 && k == 4;
    return k == 16 && ((m == 16 && n == 16) || (m == 32 && n == 8) || (m == 8 && n == 32));
}

template <class Use, int M, int N, int K> struct Extent {
    enum { ROWS = M, COLUMNS = N };
};
template <int M, int N, int K> struct Extent<matrix_a, M, N, K> {
    enum { ROWS = M, COLUMNS = K };
};
template <int M, int N, int K> struct Extent<matrix_b, M, N, K> {
    enum { ROWS = K, COLUMNS = N };
};

/* Element i of a lane: a different rotation of the lanes for every i. */
inline unsigned element(unsigned lane, unsigned i)
{
    return i * 32 + (lane * 5 + i * 11 + 3) % 32;
}

struct Address {
    const void *matrix;
    unsigned leading;
    Where where;
};

/* All lanes are here, and mean the same matrix. */
inline void complete_address(unsigned lanes, void *const *slot)
{
    for (int lane = 0; lane < 32; lane++) {
        const Address *last = static_cast<Address *>(slot[31]), *mine = static_cast<Address *>(slot[lane]);
        if (lanes != ~0u) {
            const Address *some = static_cast<Address *>(slot[__builtin_ctz(lanes)]);
            fail("wmma", some->where, "a wmma function needs all 32 lanes, only those of mask %08x are here",
                 lanes);
        }
        if (mine->matrix != last->matrix || mine->leading != last->leading)
            fail("wmma", mine->where, "lanes %d and 31 name different matrices", lane);
    }
}

template <class F, class T>
void check_address(const T *matrix, unsigned leading, bool by_rows, const char *what, Where where)
{
    /* 32 by the Programming Guide; but tiles of bytes lie 16 apart, and NVIDIA's programs load from there */
    check_aligned(matrix, sizeof(T) == 1 ? 16 : 32, what, where);
    unsigned least = by_rows ? F::COLUMNS : F::ROWS;
    if (leading * sizeof(T) % 16 || leading < least)
        fail("wmma", where, "%s: the leading dimension %u must be at least %u and a multiple of %zu", what,
             leading, least, 16 / sizeof(T));
    Address address = { matrix, leading, where };
    warp_collective(~0u, Collective::wmma, &address, complete_address, where);
}

template <class F> size_t offset_of(unsigned lane, unsigned i, unsigned leading, bool by_rows)
{
    const unsigned width = F::COLUMNS, e = element(lane, i), row = e / width, column = e % width;
    return by_rows ? (size_t)row * leading + column : (size_t)column * leading + row;
}

template <class F, class T>
EMU_RAW void load(F &fragment, const T *matrix, unsigned leading, bool by_rows, Where where)
{
    check_address<F>(matrix, leading, by_rows, "load_matrix_sync", where);
    const unsigned lane = lane_id();
    for (unsigned i = 0; i < F::num_elements; i++) {
        const T *at = matrix + offset_of<F>(lane, i, leading, by_rows);
        if (EMU_WATCHED) mark_access(at, sizeof(T), false, false, where);
        fragment.x[i] = *at;
    }
}

template <class F, class T>
EMU_RAW void store(T *matrix, const F &fragment, unsigned leading, bool by_rows, Where where)
{
    check_address<F>(matrix, leading, by_rows, "store_matrix_sync", where);
    const unsigned lane = lane_id();
    for (unsigned i = 0; i < F::num_elements; i++) {
        T *at = matrix + offset_of<F>(lane, i, leading, by_rows);
        if (EMU_WATCHED) mark_access(at, sizeof(T), true, false, where);
        *at = fragment.x[i];
    }
}

/* ---- the product ---- */

template <class D, class A, class B, class C> struct Operands {
    D *d;
    const A *a;
    const B *b;
    const C *c;
    Where where;
};

/* One lane's elements, to their places in the matrix. */
template <class F> void gather(typename F::element_type *matrix, const F &fragment, unsigned lane)
{
#pragma GCC unroll 16
    for (unsigned i = 0; i < F::num_elements; i++) matrix[element(lane, i)] = fragment.x[i];
}

/* As the numbers that are multiplied: after all are gathered, for then several are converted at once. */
template <class F, class Sum> void convert(Sum *to, const typename F::element_type *from)
{
    for (int e = 0; e < F::ROWS * F::COLUMNS; e++) to[e] = (Sum)F::ElementOf::factor(from[e]);
}

template <int M, int N, int K, class D, class A, class B, class C>
EMU_RAW void complete_product(unsigned lanes, void *const *slot)
{
    typedef Operands<D, A, B, C> Lane;
    typedef typename A::ElementOf::Sum Sum;
    const Lane *some = static_cast<Lane *>(slot[__builtin_ctz(lanes)]);
    if (lanes != ~0u)
        fail("wmma", some->where, "mma_sync needs all 32 lanes, only those of mask %08x are here", lanes);
    typename A::element_type stored_a[M * K];
    typename B::element_type stored_b[K * N];
    typename C::element_type stored_c[M * N];
    for (unsigned lane = 0; lane < 32; lane++) {
        const Lane *l = static_cast<Lane *>(slot[lane]);
        gather(stored_a, *l->a, lane);
        gather(stored_b, *l->b, lane);
        gather(stored_c, *l->c, lane);
    }
    Sum a[M * K], b[K * N], d[M * N];
    convert<A>(a, stored_a);
    convert<B>(b, stored_b);
    convert<C>(d, stored_c);
    add_product(M, N, K, a, b, d);
    for (unsigned lane = 0; lane < 32; lane++) {
        Lane *l = static_cast<Lane *>(slot[lane]);
        for (unsigned i = 0; i < D::num_elements; i++)
            l->d->x[i] = (typename D::element_type)d[element(lane, i)];
    }
}

} // namespace wmma
} // namespace emu

namespace nvcuda
{
namespace wmma
{

template <class Use, int M, int N, int K, class T, class Layout = void> struct fragment {
    static_assert(std::is_same_v<Use, accumulator> || emu::wmma::shape_exists<T>(M, N, K),
                  "tensor cores do not have this shape for this type");
    typedef emu::wmma::Element<T> ElementOf;
    typedef typename ElementOf::Stored element_type;
    enum {
        ROWS = emu::wmma::Extent<Use, M, N, K>::ROWS,
        COLUMNS = emu::wmma::Extent<Use, M, N, K>::COLUMNS,
        num_elements = ROWS * COLUMNS / 32,
        num_storage_elements = num_elements
    };
    element_type x[num_elements];
};

template <class Use, int M, int N, int K, class T, class Layout, class V>
void fill_fragment(fragment<Use, M, N, K, T, Layout> &f, const V &value)
{
    for (auto &x : f.x) x = (typename emu::wmma::Element<T>::Stored)value;
}

template <class Use, int M, int N, int K, class T, class Layout, class S>
void load_matrix_sync(fragment<Use, M, N, K, T, Layout> &f, const S *matrix, unsigned leading, EMU_HERE)
{
    emu::wmma::load(f, matrix, leading, std::is_same_v<Layout, row_major>, where_);
}
template <int M, int N, int K, class T, class S>
void load_matrix_sync(fragment<accumulator, M, N, K, T> &f, const S *matrix, unsigned leading,
                      layout_t layout, EMU_HERE)
{
    emu::wmma::load(f, matrix, leading, layout == mem_row_major, where_);
}
template <int M, int N, int K, class T, class S>
void store_matrix_sync(S *matrix, const fragment<accumulator, M, N, K, T> &f, unsigned leading,
                       layout_t layout, EMU_HERE)
{
    emu::wmma::store(matrix, f, leading, layout == mem_row_major, where_);
}

template <int M, int N, int K, class TA, class LA, class TB, class LB, class TD, class TC>
void mma_sync(fragment<accumulator, M, N, K, TD> &d, const fragment<matrix_a, M, N, K, TA, LA> &a,
              const fragment<matrix_b, M, N, K, TB, LB> &b, const fragment<accumulator, M, N, K, TC> &c,
              EMU_HERE)
{
    typedef fragment<accumulator, M, N, K, TD> D;
    typedef fragment<matrix_a, M, N, K, TA, LA> A;
    typedef fragment<matrix_b, M, N, K, TB, LB> B;
    typedef fragment<accumulator, M, N, K, TC> C;
    static_assert(std::is_same_v<TA, TB>, "the factors must have the same type");
    emu::wmma::Operands<D, A, B, C> operands = { &d, &a, &b, &c, where_ };
    emu::warp_collective(~0u, emu::Collective::wmma, &operands,
                         emu::wmma::complete_product<M, N, K, D, A, B, C>, where_);
}

} // namespace wmma
} // namespace nvcuda

#endif
