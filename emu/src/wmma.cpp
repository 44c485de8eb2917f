/* wmma.cpp - the small matrix product behind mma.h's mma_sync. It adds products in the order of k and never
 * fuses a multiplication with an addition: its bits are the same on every processor. */
#include "emu/wmma_product.h"

namespace emu
{
namespace wmma
{

static const int STRIP = 8; /* rows and columns of a tile whose sums stay in registers */

/* The tile of d (STRIP x STRIP); rows of b and d are n apart, rows of a are k. Integers come unsigned: they
 * wrap around. */
template <class Value>
static inline __attribute__((always_inline)) void tile(int n, int k, const Value *a, const Value *b, Value *d)
{
    typedef Value Row __attribute__((vector_size(STRIP * sizeof(Value)), aligned(sizeof(Value)), may_alias));
    Row sum[STRIP];
    for (int i = 0; i < STRIP; i++) sum[i] = *(const Row *)(d + i * n);
    for (int p = 0; p < k; p++) {
        const Row row = *(const Row *)(b + p * n);
        for (int i = 0; i < STRIP; i++) sum[i] += a[i * k + p] * row;
    }
    for (int i = 0; i < STRIP; i++) *(Row *)(d + i * n) = sum[i];
}

template <class Value>
static inline __attribute__((always_inline)) void product(int m, int n, int k, const Value *a, const Value *b,
                                                          Value *d)
{
    for (int i = 0; i < m; i += STRIP)
        for (int j = 0; j < n; j += STRIP) tile(n, k, a + i * k, b + j, d + i * n + j);
}

template <class Value>
static void product_plain(int m, int n, int k, const Value *a, const Value *b, Value *d)
{
    product(m, n, k, a, b, d);
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
template <class Value>
static __attribute__((target("avx2"))) void product_avx2(int m, int n, int k, const Value *a, const Value *b,
                                                         Value *d)
{
    product(m, n, k, a, b, d);
}
template <class Value> static auto fastest()
{
    return __builtin_cpu_supports("avx2") ? product_avx2<Value> : product_plain<Value>;
}
#else
template <class Value> static auto fastest()
{
    return product_plain<Value>;
}
#endif

template <class Value> static void multiply_add(int m, int n, int k, const Value *a, const Value *b, Value *d)
{
    static auto *const compute = fastest<Value>();
    compute(m, n, k, a, b, d);
}

void add_product(int m, int n, int k, const float *a, const float *b, float *d)
{
    multiply_add(m, n, k, a, b, d);
}

void add_product(int m, int n, int k, const double *a, const double *b, double *d)
{
    multiply_add(m, n, k, a, b, d);
}

void add_product(int m, int n, int k, const int *a, const int *b, int *d)
{
    multiply_add(m, n, k, reinterpret_cast<const unsigned *>(a), reinterpret_cast<const unsigned *>(b),
                 reinterpret_cast<unsigned *>(d));
}

} // namespace wmma
} // namespace emu
