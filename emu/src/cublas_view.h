/* cublas_view.h - vectors and matrices of either precision, as cuBLAS' smaller functions see them. */
#ifndef EMU_CUBLAS_VIEW_H
#define EMU_CUBLAS_VIEW_H

#include <cstdlib>
#include "gemm.h"

namespace emu
{

/* A negative increment goes backwards from the last element, as in all BLAS. */
struct Vector {
    const void *data;
    cudaDataType_t type;
    long n, inc;

    size_t at(long i) const
    {
        return (size_t)(inc < 0 ? (n - 1 - i) * -inc : i * inc);
    }
    double get(long i) const
    {
        return get_number(data, type, at(i));
    }
    void put(long i, double value) const
    {
        put_number(const_cast<void *>(data), type, at(i), value);
    }
};

struct View {
    const void *data;
    cudaDataType_t type;
    long ld;
    bool transposed;

    double get(long i, long j) const
    {
        return get_number(data, type, (size_t)(transposed ? j + i * ld : i + j * ld));
    }
    void put(long i, long j, double value) const
    {
        put_number(const_cast<void *>(data), type, (size_t)(transposed ? j + i * ld : i + j * ld), value);
    }
};

} // namespace emu
#endif
