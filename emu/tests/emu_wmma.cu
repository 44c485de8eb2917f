/* emu_wmma.cu - every type, shape and layout of the warp's matrix product, against sums in double. The
 * matrices hold small integers, so that the result must be exact; tf32 also has a test of its rounding. */
#include <mma.h>
#include "emu_test.h"

using namespace nvcuda;

template <class T> struct Memory {
    typedef T type;
};
template <> struct Memory<wmma::precision::tf32> {
    typedef float type;
};

/* D = A * B + C for one warp; every matrix has a leading dimension longer than its rows. */
template <int M, int N, int K, class T, class Sum, class LA, class LB>
__global__ void product(const typename Memory<T>::type *a, int lda, const typename Memory<T>::type *b,
                        int ldb, const Sum *c, Sum *d, int ldc, wmma::layout_t layout)
{
    wmma::fragment<wmma::matrix_a, M, N, K, T, LA> fa;
    wmma::fragment<wmma::matrix_b, M, N, K, T, LB> fb;
    wmma::fragment<wmma::accumulator, M, N, K, Sum> fc, fd;
    wmma::load_matrix_sync(fa, a, lda);
    wmma::load_matrix_sync(fb, b, ldb);
    wmma::load_matrix_sync(fc, c, ldc, layout);
    wmma::mma_sync(fd, fa, fb, fc);
    for (int i = 0; i < fd.num_elements; i++)
        fd.x[i] = fd.x[i] + (Sum)1.0f; /* elementwise work needs no layout */
    wmma::store_matrix_sync(d, fd, ldc, layout);
}

/* where element (row, column) is */
static int at(bool by_rows, int ld, int row, int column)
{
    return by_rows ? row * ld + column : column * ld + row;
}

template <int M, int N, int K, class T, class Sum, class LA, class LB> static void check(const char *what)
{
    typedef typename Memory<T>::type E;
    const bool rows_a = std::is_same_v<LA, wmma::row_major>, rows_b = std::is_same_v<LB, wmma::row_major>;
    const int lda = 48, ldb = 64;
    for (bool rows_c : { true, false }) {
        const int ldc = 48;
        std::vector<E> a((size_t)lda * 32, E(0)), b((size_t)ldb * 32, E(0));
        std::vector<Sum> c((size_t)ldc * 32, Sum(0));
        for (int m = 0; m < M; m++)
            for (int k = 0; k < K; k++) a[at(rows_a, lda, m, k)] = (E)((m * 3 + k * 5) % 7);
        for (int k = 0; k < K; k++)
            for (int n = 0; n < N; n++) b[at(rows_b, ldb, k, n)] = (E)((k * 2 + n * 3) % 5);
        for (int m = 0; m < M; m++)
            for (int n = 0; n < N; n++) c[at(rows_c, ldc, m, n)] = (Sum)((m + 2 * n) % 9);
        E *da = to_device(a), *db = to_device(b);
        Sum *dc = to_device(c), *dd = to_device(c);
        product<M, N, K, T, Sum, LA, LB>
            <<<1, 32>>>(da, lda, db, ldb, dc, dd, ldc, rows_c ? wmma::mem_row_major : wmma::mem_col_major);
        std::vector<Sum> d = to_host(dd, c.size());
        int wrong = 0;
        for (int m = 0; m < M; m++)
            for (int n = 0; n < N; n++) {
                double sum = 1 + (m + 2 * n) % 9;
                for (int k = 0; k < K; k++) sum += (m * 3 + k * 5) % 7 * ((k * 2 + n * 3) % 5);
                wrong += !((double)d[at(rows_c, ldc, m, n)] == sum);
            }
        EXPECT(wrong == 0, "%s %dx%dx%d, layouts %d %d %d: %d wrong", what, M, N, K, rows_a, rows_b, rows_c,
               wrong);
        for (void *p : { (void *)da, (void *)db, (void *)dc, (void *)dd }) CUDA(cudaFree(p));
    }
}

template <int M, int N, int K, class T, class Sum> static void check_layouts(const char *what)
{
    check<M, N, K, T, Sum, wmma::row_major, wmma::row_major>(what);
    check<M, N, K, T, Sum, wmma::row_major, wmma::col_major>(what);
    check<M, N, K, T, Sum, wmma::col_major, wmma::row_major>(what);
    check<M, N, K, T, Sum, wmma::col_major, wmma::col_major>(what);
}

template <class T, class Sum> static void check_shapes(const char *what)
{
    check_layouts<16, 16, 16, T, Sum>(what);
    check_layouts<32, 8, 16, T, Sum>(what);
    check_layouts<8, 32, 16, T, Sum>(what);
}

/* 1 + 2^-11 is not a tf32 number: unrounded its end is cut off, rounded it counts as 1 + 2^-10. */
__global__ void tf32_rounding(const float *a, float *d)
{
    wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::row_major> fb;
    wmma::fragment<wmma::accumulator, 16, 16, 8, float> cut, rounded;
    wmma::load_matrix_sync(fa, a, 8);
    wmma::fill_fragment(fb, 1.0f);
    wmma::fill_fragment(cut, 0.0f);
    wmma::fill_fragment(rounded, 0.0f);
    wmma::mma_sync(cut, fa, fb, cut);
    for (auto &x : fa.x) x = wmma::__float_to_tf32(x);
    wmma::mma_sync(rounded, fa, fb, rounded);
    wmma::store_matrix_sync(d, cut, 16, wmma::mem_row_major);
    wmma::store_matrix_sync(d + 256, rounded, 16, wmma::mem_row_major);
}

static void check_tf32_rounding()
{
    float *a = to_device(std::vector<float>(128, 1.0f + 0x1p-11f)),
          *d = to_device(std::vector<float>(512, 0.0f));
    tf32_rounding<<<1, 32>>>(a, d);
    std::vector<float> seen = to_host(d, 512);
    EXPECT(seen[0] == 8.0f && seen[511] == 8 * (1 + 0x1p-10f), "tf32: cut %a, rounded %a", seen[0],
           seen[511]);
    CUDA(cudaFree(a));
    CUDA(cudaFree(d));
}

/* the second tile of a row of bytes begins at a multiple of 16, not of 32 */
__global__ void second_tile(const signed char *tiles, int *d)
{
    wmma::fragment<wmma::matrix_a, 16, 16, 16, signed char, wmma::row_major> a;
    wmma::fragment<wmma::matrix_b, 16, 16, 16, signed char, wmma::row_major> b;
    wmma::fragment<wmma::accumulator, 16, 16, 16, int> sums;
    wmma::load_matrix_sync(a, tiles + 16, 32);
    wmma::fill_fragment(b, 1);
    wmma::fill_fragment(sums, 0);
    wmma::mma_sync(sums, a, b, sums);
    wmma::store_matrix_sync(d, sums, 16, wmma::mem_row_major);
}

static void check_second_tile()
{
    std::vector<signed char> both(512, 3);
    for (int i = 0; i < 512; i++)
        if (i % 32 >= 16) both[i] = (signed char)(i / 32);
    signed char *tiles = to_device(both);
    int *d = to_device(std::vector<int>(256, -1));
    second_tile<<<1, 32>>>(tiles, d);
    std::vector<int> seen = to_host(d, 256);
    for (int i = 0; i < 256; i++) EXPECT(seen[i] == 16 * (i / 16), "element %d is %d", i, seen[i]);
    CUDA(cudaFree(tiles));
    CUDA(cudaFree(d));
}

int main()
{
    check_shapes<half, float>("half into float");
    check_shapes<half, half>("half");
    check_shapes<__nv_bfloat16, float>("bfloat16");
    check_shapes<signed char, int>("signed char");
    check_shapes<unsigned char, int>("unsigned char");
    check_layouts<16, 16, 8, wmma::precision::tf32, float>("tf32");
    check_layouts<8, 8, 4, double, double>("double");
    check_tf32_rounding();
    check_second_tile();
    return finish();
}
