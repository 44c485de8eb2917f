/* emu/wmma_product.h - what mma.h has the library compute. */
#ifndef EMU_WMMA_PRODUCT_H
#define EMU_WMMA_PRODUCT_H

namespace emu
{
namespace wmma
{

/* d (m x n) += a (m x k) * b (k x n), by rows; m and n are multiples of 8. ints wrap around. */
void add_product(int m, int n, int k, const float *a, const float *b, float *d);
void add_product(int m, int n, int k, const double *a, const double *b, double *d);
void add_product(int m, int n, int k, const int *a, const int *b, int *d);

} // namespace wmma
} // namespace emu
#endif
