/* gemm.h - the sums of products that cuBLAS and cuBLASLt are made of. Matrices are column-major. */
#ifndef EMU_GEMM_H
#define EMU_GEMM_H

#include <cstdint>
#include <functional>
#include "library_types.h"

namespace emu
{

/* Number `index` of an array of any of the types of bytes_of (library.h), as a double, which holds each
 * exactly; and back, rounded to nearest (integers saturate). */
double get_number(const void *array, cudaDataType_t type, size_t index);
void put_number(void *array, cudaDataType_t type, size_t index, double value);

struct Factor {
    const void *data;
    cudaDataType_t type;
    size_t ld;
    bool transposed;
};

/* The sums of op(A) op(B), m x n, over k: some columns at a time, whose first is `first`; sum[i + j * m]
 * is row i of column first + j. T is float, double or int32_t. */
template <class T>
void gemm_sums(size_t m, size_t n, size_t k, const Factor &a, const Factor &b,
               const std::function<void(size_t first, size_t columns, const T *sum)> &take);

} // namespace emu
#endif
