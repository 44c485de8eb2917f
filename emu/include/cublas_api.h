/* cublas_api.h - cuBLAS on the CPU: calls go into their handle's stream like kernels, matrices are
 * column-major, and what NVIDIA's refuses is refused with a sentence. Values as NVIDIA's; src/cublas*.cpp
 * computes.
 */
#ifndef EMU_CUBLAS_API_H
#define EMU_CUBLAS_API_H
#define CUBLAS_API_H_ /* NVIDIA's guard, which the helpers of its samples look for */

#include "cuComplex.h"
#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "cuda_runtime_api.h"
#include "library_types.h"

#define CUBLAS_VER_MAJOR 13
#define CUBLAS_VER_MINOR 0
#define CUBLAS_VER_PATCH 0
#define CUBLAS_VERSION   130000
#define CUBLASWINAPI

/* number, name, cublasGetStatusString */
#define EMU_CUBLAS_STATUSES(S)                                                        \
    S(0, CUBLAS_STATUS_SUCCESS, "success")                                            \
    S(1, CUBLAS_STATUS_NOT_INITIALIZED, "the library was not initialized")            \
    S(3, CUBLAS_STATUS_ALLOC_FAILED, "the resource allocation failed")                \
    S(7, CUBLAS_STATUS_INVALID_VALUE, "an invalid value was used")                    \
    S(8, CUBLAS_STATUS_ARCH_MISMATCH, "the device does not have this feature")        \
    S(11, CUBLAS_STATUS_MAPPING_ERROR, "an access to GPU memory space failed")        \
    S(13, CUBLAS_STATUS_EXECUTION_FAILED, "the function failed to launch on the GPU") \
    S(14, CUBLAS_STATUS_INTERNAL_ERROR, "an internal operation failed")               \
    S(15, CUBLAS_STATUS_NOT_SUPPORTED, "the functionality is not supported")          \
    S(16, CUBLAS_STATUS_LICENSE_ERROR, "a license error was detected")

#define EMU_ENUMERATOR(number, name, text) name = number,
typedef enum cublasStatus_t { EMU_CUBLAS_STATUSES(EMU_ENUMERATOR) } cublasStatus_t;
#undef EMU_ENUMERATOR

typedef enum cublasOperation_t {
    CUBLAS_OP_N,
    CUBLAS_OP_T,
    CUBLAS_OP_C,
    CUBLAS_OP_HERMITAN = CUBLAS_OP_C,
    CUBLAS_OP_CONJG
} cublasOperation_t;
typedef enum cublasFillMode_t {
    CUBLAS_FILL_MODE_LOWER,
    CUBLAS_FILL_MODE_UPPER,
    CUBLAS_FILL_MODE_FULL
} cublasFillMode_t;
typedef enum cublasDiagType_t { CUBLAS_DIAG_NON_UNIT, CUBLAS_DIAG_UNIT } cublasDiagType_t;
typedef enum cublasSideMode_t { CUBLAS_SIDE_LEFT, CUBLAS_SIDE_RIGHT } cublasSideMode_t;
typedef enum cublasPointerMode_t { CUBLAS_POINTER_MODE_HOST, CUBLAS_POINTER_MODE_DEVICE } cublasPointerMode_t;
typedef enum cublasAtomicsMode_t { CUBLAS_ATOMICS_NOT_ALLOWED, CUBLAS_ATOMICS_ALLOWED } cublasAtomicsMode_t;
typedef enum cublasMath_t {
    CUBLAS_DEFAULT_MATH = 0,
    CUBLAS_TENSOR_OP_MATH = 1,
    CUBLAS_PEDANTIC_MATH = 2,
    CUBLAS_TF32_TENSOR_OP_MATH = 3,
    CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION = 16
} cublasMath_t;
typedef enum cublasComputeType_t {
    CUBLAS_COMPUTE_16F = 64,
    CUBLAS_COMPUTE_16F_PEDANTIC = 65,
    CUBLAS_COMPUTE_32F = 68,
    CUBLAS_COMPUTE_32F_PEDANTIC = 69,
    CUBLAS_COMPUTE_64F = 70,
    CUBLAS_COMPUTE_64F_PEDANTIC = 71,
    CUBLAS_COMPUTE_32I = 72,
    CUBLAS_COMPUTE_32I_PEDANTIC = 73,
    CUBLAS_COMPUTE_32F_FAST_16F = 74,
    CUBLAS_COMPUTE_32F_FAST_16BF = 75,
    CUBLAS_COMPUTE_32F_FAST_TF32 = 77
} cublasComputeType_t;

/* Which algorithm computes makes no difference here. */
typedef enum cublasGemmAlgo_t {
    CUBLAS_GEMM_DFALT = -1,
    CUBLAS_GEMM_DEFAULT = -1,
    CUBLAS_GEMM_ALGO0 = 0,
    CUBLAS_GEMM_ALGO1,
    CUBLAS_GEMM_ALGO2,
    CUBLAS_GEMM_ALGO3,
    CUBLAS_GEMM_ALGO4,
    CUBLAS_GEMM_ALGO5,
    CUBLAS_GEMM_ALGO6,
    CUBLAS_GEMM_ALGO7,
    CUBLAS_GEMM_ALGO23 = 23,
    CUBLAS_GEMM_DEFAULT_TENSOR_OP = 99,
    CUBLAS_GEMM_DFALT_TENSOR_OP = 99,
    CUBLAS_GEMM_ALGO0_TENSOR_OP = 100,
    CUBLAS_GEMM_ALGO15_TENSOR_OP = 115
} cublasGemmAlgo_t;

typedef cudaDataType cublasDataType_t;
typedef struct cublasContext *cublasHandle_t;

/* ---- the handle ---- */
cublasStatus_t cublasCreate(cublasHandle_t *handle, EMU_HERE);
cublasStatus_t cublasDestroy(cublasHandle_t handle, EMU_HERE);
cublasStatus_t cublasGetVersion(cublasHandle_t handle, int *version, EMU_HERE);
cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream, EMU_HERE);
cublasStatus_t cublasGetStream(cublasHandle_t handle, cudaStream_t *stream, EMU_HERE);
cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void *workspace, size_t bytes, EMU_HERE);
cublasStatus_t cublasSetPointerMode(cublasHandle_t handle, cublasPointerMode_t mode, EMU_HERE);
cublasStatus_t cublasGetPointerMode(cublasHandle_t handle, cublasPointerMode_t *mode, EMU_HERE);
cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode, EMU_HERE);
cublasStatus_t cublasGetMathMode(cublasHandle_t handle, cublasMath_t *mode, EMU_HERE);
cublasStatus_t cublasSetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t mode, EMU_HERE);
cublasStatus_t cublasGetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t *mode, EMU_HERE);
const char *cublasGetStatusName(cublasStatus_t status);
const char *cublasGetStatusString(cublasStatus_t status);

#define cublasCreate_v2         cublasCreate
#define cublasDestroy_v2        cublasDestroy
#define cublasSetStream_v2      cublasSetStream
#define cublasSetPointerMode_v2 cublasSetPointerMode

/* ---- copies between the host and the device; _Async as cudaMemcpyAsync ---- */
cublasStatus_t cublasSetVector(int n, int bytes, const void *from, int incx, void *to, int incy, EMU_HERE);
cublasStatus_t cublasGetVector(int n, int bytes, const void *from, int incx, void *to, int incy, EMU_HERE);
cublasStatus_t cublasSetMatrix(int rows, int cols, int bytes, const void *from, int lda, void *to, int ldb,
                               EMU_HERE);
cublasStatus_t cublasGetMatrix(int rows, int cols, int bytes, const void *from, int lda, void *to, int ldb,
                               EMU_HERE);
cublasStatus_t cublasSetVectorAsync(int n, int bytes, const void *from, int incx, void *to, int incy,
                                    cudaStream_t stream, EMU_HERE);
cublasStatus_t cublasGetVectorAsync(int n, int bytes, const void *from, int incx, void *to, int incy,
                                    cudaStream_t stream, EMU_HERE);
cublasStatus_t cublasSetMatrixAsync(int rows, int cols, int bytes, const void *from, int lda, void *to,
                                    int ldb, cudaStream_t stream, EMU_HERE);
cublasStatus_t cublasGetMatrixAsync(int rows, int cols, int bytes, const void *from, int lda, void *to,
                                    int ldb, cudaStream_t stream, EMU_HERE);

/* ---- products of any types; complex ones are missing ---- */
cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m,
                            int n, int k, const void *alpha, const void *A, cudaDataType Atype, int lda,
                            const void *B, cudaDataType Btype, int ldb, const void *beta, void *C,
                            cudaDataType Ctype, int ldc, cublasComputeType_t compute, cublasGemmAlgo_t algo,
                            EMU_HERE);
cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transa,
                                          cublasOperation_t transb, int m, int n, int k, const void *alpha,
                                          const void *A, cudaDataType Atype, int lda, long long strideA,
                                          const void *B, cudaDataType Btype, int ldb, long long strideB,
                                          const void *beta, void *C, cudaDataType Ctype, int ldc,
                                          long long strideC, int batches, cublasComputeType_t compute,
                                          cublasGemmAlgo_t algo, EMU_HERE);
cublasStatus_t cublasGemmBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                                   int m, int n, int k, const void *alpha, const void *const A[],
                                   cudaDataType Atype, int lda, const void *const B[], cudaDataType Btype,
                                   int ldb, const void *beta, void *const C[], cudaDataType Ctype, int ldc,
                                   int batches, cublasComputeType_t compute, cublasGemmAlgo_t algo, EMU_HERE);
cublasStatus_t cublasSgemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m,
                             int n, int k, const float *alpha, const void *A, cudaDataType Atype, int lda,
                             const void *B, cudaDataType Btype, int ldb, const float *beta, void *C,
                             cudaDataType Ctype, int ldc, EMU_HERE);

/* Until CUDA 10 the type to compute in was that of a number. */
cublasComputeType_t emu_compute_type(cudaDataType type);
inline cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                                   int m, int n, int k, const void *alpha, const void *A, cudaDataType Atype,
                                   int lda, const void *B, cudaDataType Btype, int ldb, const void *beta,
                                   void *C, cudaDataType Ctype, int ldc, cudaDataType compute,
                                   cublasGemmAlgo_t algo, EMU_HERE)
{
    return cublasGemmEx(handle, transa, transb, m, n, k, alpha, A, Atype, lda, B, Btype, ldb, beta, C, Ctype,
                        ldc, emu_compute_type(compute), algo, where_);
}
inline cublasStatus_t
cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m,
                           int n, int k, const void *alpha, const void *A, cudaDataType Atype, int lda,
                           long long strideA, const void *B, cudaDataType Btype, int ldb, long long strideB,
                           const void *beta, void *C, cudaDataType Ctype, int ldc, long long strideC,
                           int batches, cudaDataType compute, cublasGemmAlgo_t algo, EMU_HERE)
{
    return cublasGemmStridedBatchedEx(handle, transa, transb, m, n, k, alpha, A, Atype, lda, strideA, B,
                                      Btype, ldb, strideB, beta, C, Ctype, ldc, strideC, batches,
                                      emu_compute_type(compute), algo, where_);
}

/* ---- products of one type: S float, D double, H half ---- */
#define EMU_CUBLAS_GEMM(P, T)                                                                              \
    cublasStatus_t cublas##P##gemm(                                                                        \
        cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,    \
        const T *alpha, const T *A, int lda, const T *B, int ldb, const T *beta, T *C, int ldc, EMU_HERE); \
    cublasStatus_t cublas##P##gemmStridedBatched(                                                          \
        cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,    \
        const T *alpha, const T *A, int lda, long long strideA, const T *B, int ldb, long long strideB,    \
        const T *beta, T *C, int ldc, long long strideC, int batches, EMU_HERE);                           \
    cublasStatus_t cublas##P##gemmBatched(cublasHandle_t handle, cublasOperation_t transa,                 \
                                          cublasOperation_t transb, int m, int n, int k, const T *alpha,   \
                                          const T *const A[], int lda, const T *const B[], int ldb,        \
                                          const T *beta, T *const C[], int ldc, int batches, EMU_HERE);
EMU_CUBLAS_GEMM(S, float)
EMU_CUBLAS_GEMM(D, double)
EMU_CUBLAS_GEMM(H, __half)
#undef EMU_CUBLAS_GEMM

/* ---- vectors, and matrices with vectors: S float, D double ---- */
#define EMU_CUBLAS_VECTORS(P, p, T)                                                                          \
    cublasStatus_t cublas##P##axpy(cublasHandle_t handle, int n, const T *alpha, const T *x, int incx, T *y, \
                                   int incy, EMU_HERE);                                                      \
    cublasStatus_t cublas##P##scal(cublasHandle_t handle, int n, const T *alpha, T *x, int incx, EMU_HERE);  \
    cublasStatus_t cublas##P##copy(cublasHandle_t handle, int n, const T *x, int incx, T *y, int incy,       \
                                   EMU_HERE);                                                                \
    cublasStatus_t cublas##P##swap(cublasHandle_t handle, int n, T *x, int incx, T *y, int incy, EMU_HERE);  \
    cublasStatus_t cublas##P##rot(cublasHandle_t handle, int n, T *x, int incx, T *y, int incy, const T *c,  \
                                  const T *s, EMU_HERE);                                                     \
    cublasStatus_t cublas##P##dot(cublasHandle_t handle, int n, const T *x, int incx, const T *y, int incy,  \
                                  T *result, EMU_HERE);                                                      \
    cublasStatus_t cublas##P##nrm2(cublasHandle_t handle, int n, const T *x, int incx, T *result, EMU_HERE); \
    cublasStatus_t cublas##P##asum(cublasHandle_t handle, int n, const T *x, int incx, T *result, EMU_HERE); \
    cublasStatus_t cublasI##p##amax(cublasHandle_t handle, int n, const T *x, int incx, int *result,         \
                                    EMU_HERE);                                                               \
    cublasStatus_t cublasI##p##amin(cublasHandle_t handle, int n, const T *x, int incx, int *result,         \
                                    EMU_HERE);
EMU_CUBLAS_VECTORS(S, s, float)
EMU_CUBLAS_VECTORS(D, d, double)
#undef EMU_CUBLAS_VECTORS

#define EMU_CUBLAS_MATRICES(P, T)                                                                            \
    cublasStatus_t cublas##P##gemv(cublasHandle_t handle, cublasOperation_t trans, int m, int n,             \
                                   const T *alpha, const T *A, int lda, const T *x, int incx, const T *beta, \
                                   T *y, int incy, EMU_HERE);                                                \
    cublasStatus_t cublas##P##ger(cublasHandle_t handle, int m, int n, const T *alpha, const T *x, int incx, \
                                  const T *y, int incy, T *A, int lda, EMU_HERE);                            \
    cublasStatus_t cublas##P##symv(cublasHandle_t handle, cublasFillMode_t uplo, int n, const T *alpha,      \
                                   const T *A, int lda, const T *x, int incx, const T *beta, T *y, int incy, \
                                   EMU_HERE);                                                                \
    cublasStatus_t cublas##P##trsv(cublasHandle_t handle, cublasFillMode_t uplo, cublasOperation_t trans,    \
                                   cublasDiagType_t diag, int n, const T *A, int lda, T *x, int incx,        \
                                   EMU_HERE);                                                                \
    cublasStatus_t cublas##P##geam(cublasHandle_t handle, cublasOperation_t transa,                          \
                                   cublasOperation_t transb, int m, int n, const T *alpha, const T *A,       \
                                   int lda, const T *beta, const T *B, int ldb, T *C, int ldc, EMU_HERE);    \
    cublasStatus_t cublas##P##dgmm(cublasHandle_t handle, cublasSideMode_t side, int m, int n, const T *A,   \
                                   int lda, const T *x, int incx, T *C, int ldc, EMU_HERE);                  \
    cublasStatus_t cublas##P##symm(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t uplo,      \
                                   int m, int n, const T *alpha, const T *A, int lda, const T *B, int ldb,   \
                                   const T *beta, T *C, int ldc, EMU_HERE);                                  \
    cublasStatus_t cublas##P##syrk(cublasHandle_t handle, cublasFillMode_t uplo, cublasOperation_t trans,    \
                                   int n, int k, const T *alpha, const T *A, int lda, const T *beta, T *C,   \
                                   int ldc, EMU_HERE);                                                       \
    cublasStatus_t cublas##P##trsm(cublasHandle_t handle, cublasSideMode_t side, cublasFillMode_t uplo,      \
                                   cublasOperation_t trans, cublasDiagType_t diag, int m, int n,             \
                                   const T *alpha, const T *A, int lda, T *B, int ldb, EMU_HERE);
EMU_CUBLAS_MATRICES(S, float)
EMU_CUBLAS_MATRICES(D, double)
#undef EMU_CUBLAS_MATRICES

#define cublasSgemm_v2 cublasSgemm
#define cublasDgemm_v2 cublasDgemm

#endif
