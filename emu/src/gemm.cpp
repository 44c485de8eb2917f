/* gemm.cpp - sums of products: see gemm.h. Both factors are copied into panels as wide as a tile of
 * registers; the tile's sums stay in registers over all of k. */
#include "gemm.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>
#include "cuda_bf16.h"
#include "cuda_fp16.h"

namespace emu
{

/* ---- numbers of any type ---- */

double get_number(const void *array, cudaDataType_t type, size_t i)
{
    switch (type) {
    case CUDA_R_64F: return static_cast<const double *>(array)[i];
    case CUDA_R_16F: return (double)(float)static_cast<const __half *>(array)[i];
    case CUDA_R_16BF: return (double)(float)static_cast<const __nv_bfloat16 *>(array)[i];
    case CUDA_R_8I: return static_cast<const int8_t *>(array)[i];
    case CUDA_R_8U: return static_cast<const uint8_t *>(array)[i];
    case CUDA_R_32I: return static_cast<const int32_t *>(array)[i];
    case CUDA_R_32U: return static_cast<const uint32_t *>(array)[i];
    default: return (double)static_cast<const float *>(array)[i];
    }
}

template <class I> static I saturated(double value)
{
    double least = (double)std::numeric_limits<I>::min(), most = (double)std::numeric_limits<I>::max();
    return (I)std::min(std::max(std::nearbyint(value), least), most);
}

void put_number(void *array, cudaDataType_t type, size_t i, double value)
{
    switch (type) {
    case CUDA_R_64F: static_cast<double *>(array)[i] = value; break;
    case CUDA_R_16F: static_cast<__half *>(array)[i] = __float2half((float)value); break;
    case CUDA_R_16BF: static_cast<__nv_bfloat16 *>(array)[i] = __float2bfloat16((float)value); break;
    case CUDA_R_8I: static_cast<int8_t *>(array)[i] = saturated<int8_t>(value); break;
    case CUDA_R_8U: static_cast<uint8_t *>(array)[i] = saturated<uint8_t>(value); break;
    case CUDA_R_32I: static_cast<int32_t *>(array)[i] = saturated<int32_t>(value); break;
    case CUDA_R_32U: static_cast<uint32_t *>(array)[i] = saturated<uint32_t>(value); break;
    default: static_cast<float *>(array)[i] = (float)value;
    }
}

/* ---- a tile ---- */

namespace
{
const size_t VECTOR = 32; /* bytes: AVX2's registers; a compiler without them takes two */
const size_t COLUMNS = 6; /* of a tile: with two vectors of rows, 12 sums, which leaves 4 registers of 16 */
const size_t STRIP = 16 * COLUMNS;

template <class T> struct Tile {
    static const size_t LANES = VECTOR / sizeof(T), ROWS = 2 * LANES;
    typedef T Vector __attribute__((vector_size(VECTOR), aligned(sizeof(T)), may_alias));
};
} // namespace

/* sum (ROWS x COLUMNS) = a (ROWS x k) b (k x COLUMNS), each step of k contiguous */
template <class T>
static inline __attribute__((always_inline)) void tile(size_t k, const T *a, const T *b, T *sum)
{
    typedef typename Tile<T>::Vector Vector;
    Vector s[COLUMNS][2] = {};
    for (size_t p = 0; p < k; p++, a += Tile<T>::ROWS, b += COLUMNS) {
        Vector low = *(const Vector *)a, high = *(const Vector *)(a + Tile<T>::LANES);
        for (size_t j = 0; j < COLUMNS; j++) {
            s[j][0] += low * b[j];
            s[j][1] += high * b[j];
        }
    }
    memcpy(sum, s, sizeof s);
}

template <class T> static void tile_plain(size_t k, const T *a, const T *b, T *sum)
{
    tile(k, a, b, sum);
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
template <class T>
static __attribute__((target("avx2,fma"))) void tile_avx2(size_t k, const T *a, const T *b, T *sum)
{
    tile(k, a, b, sum);
}
template <class T> static auto fastest_tile()
{
    bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return has ? tile_avx2<T> : tile_plain<T>;
}
#else
template <class T> static auto fastest_tile()
{
    return tile_plain<T>;
}
#endif

/* ---- panels ---- */

/* to[panel][p][i] = op(factor) of row panel * width + i and column p, of `rows` rows and k columns; 0
 * beside it. A right factor is the transposed of a left one. */
template <class T>
static void pack(const Factor &f, bool by_rows, size_t first, size_t rows, size_t k, size_t width,
                 std::vector<T> &to)
{
    size_t panels = (rows + width - 1) / width;
    to.assign(panels * k * width, T(0));
    for (size_t p = 0; p < k; p++)
        for (size_t i = 0; i < rows; i++) {
            size_t at = by_rows ? (first + i) + p * f.ld : p + (first + i) * f.ld;
            T value = f.type == CUDA_R_32F ? (T) static_cast<const float *>(f.data)[at]
                                           : (T)get_number(f.data, f.type, at);
            to[(i / width * k + p) * width + i % width] = value;
        }
}

template <class T>
void gemm_sums(size_t m, size_t n, size_t k, const Factor &a, const Factor &b,
               const std::function<void(size_t first, size_t columns, const T *sum)> &take)
{
    const size_t ROWS = Tile<T>::ROWS;
    auto *compute = fastest_tile<T>();
    std::vector<T> left, right, sums(m * std::min(n, STRIP));
    T one[ROWS * COLUMNS];
    pack(a, !a.transposed, 0, m, k, ROWS, left);
    for (size_t first = 0; first < n; first += STRIP) {
        size_t columns = std::min(STRIP, n - first);
        pack(b, b.transposed, first, columns, k, COLUMNS, right);
        for (size_t i = 0; i < m; i += ROWS)
            for (size_t j = 0; j < columns; j += COLUMNS) {
                compute(k, left.data() + i * k, right.data() + j * k, one);
                size_t high = std::min(ROWS, m - i), wide = std::min(COLUMNS, columns - j);
                for (size_t c = 0; c < wide; c++)
                    std::copy(one + c * ROWS, one + c * ROWS + high, &sums[i + (j + c) * m]);
            }
        take(first, columns, sums.data());
    }
}

template void gemm_sums<float>(size_t, size_t, size_t, const Factor &, const Factor &,
                               const std::function<void(size_t, size_t, const float *)> &);
template void gemm_sums<double>(size_t, size_t, size_t, const Factor &, const Factor &,
                                const std::function<void(size_t, size_t, const double *)> &);
template void gemm_sums<int32_t>(size_t, size_t, size_t, const Factor &, const Factor &,
                                 const std::function<void(size_t, size_t, const int32_t *)> &);

} // namespace emu
