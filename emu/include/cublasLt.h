/* cublasLt.h - cuBLASLt on the CPU: cublasLtMatmul with its epilogues. Values as NVIDIA's;
 * src/cublaslt*.cpp computes.
 */
#ifndef EMU_CUBLASLT_H
#define EMU_CUBLASLT_H

#include "cublas_api.h"

typedef enum cublasLtPointerMode_t {
    CUBLASLT_POINTER_MODE_HOST = CUBLAS_POINTER_MODE_HOST,
    CUBLASLT_POINTER_MODE_DEVICE = CUBLAS_POINTER_MODE_DEVICE
} cublasLtPointerMode_t;

typedef enum cublasLtOrder_t { CUBLASLT_ORDER_COL = 0, CUBLASLT_ORDER_ROW = 1 } cublasLtOrder_t;

/* attribute, its type */
#define EMU_LAYOUT_ATTRIBUTES(A)                               \
    A(CUBLASLT_MATRIX_LAYOUT_TYPE, 0, uint32_t, type)          \
    A(CUBLASLT_MATRIX_LAYOUT_ORDER, 1, int32_t, order)         \
    A(CUBLASLT_MATRIX_LAYOUT_ROWS, 2, uint64_t, rows)          \
    A(CUBLASLT_MATRIX_LAYOUT_COLS, 3, uint64_t, cols)          \
    A(CUBLASLT_MATRIX_LAYOUT_LD, 4, int64_t, ld)               \
    A(CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, 5, int32_t, batches) \
    A(CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, 6, int64_t, stride)

#define EMU_MATMUL_ATTRIBUTES(A)                                               \
    A(CUBLASLT_MATMUL_DESC_COMPUTE_TYPE, 0, int32_t, compute)                  \
    A(CUBLASLT_MATMUL_DESC_SCALE_TYPE, 1, int32_t, scale)                      \
    A(CUBLASLT_MATMUL_DESC_POINTER_MODE, 2, int32_t, pointers)                 \
    A(CUBLASLT_MATMUL_DESC_TRANSA, 3, int32_t, transa)                         \
    A(CUBLASLT_MATMUL_DESC_TRANSB, 4, int32_t, transb)                         \
    A(CUBLASLT_MATMUL_DESC_TRANSC, 5, int32_t, transc)                         \
    A(CUBLASLT_MATMUL_DESC_FILL_MODE, 6, int32_t, fill)                        \
    A(CUBLASLT_MATMUL_DESC_EPILOGUE, 7, uint32_t, epilogue)                    \
    A(CUBLASLT_MATMUL_DESC_BIAS_POINTER, 8, void *, bias)                      \
    A(CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE, 10, int64_t, bias_stride)        \
    A(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, 11, void *, aux)              \
    A(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, 12, int64_t, aux_ld)               \
    A(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_BATCH_STRIDE, 13, int64_t, aux_stride) \
    A(CUBLASLT_MATMUL_DESC_SM_COUNT_TARGET, 15, int32_t, multiprocessors)      \
    A(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, 26, int32_t, bias_type)

#define EMU_ENUMERATOR(name, number, type, field) name = number,
typedef enum cublasLtMatrixLayoutAttribute_t {
    EMU_LAYOUT_ATTRIBUTES(EMU_ENUMERATOR)
} cublasLtMatrixLayoutAttribute_t;
typedef enum cublasLtMatmulDescAttributes_t {
    EMU_MATMUL_ATTRIBUTES(EMU_ENUMERATOR)
} cublasLtMatmulDescAttributes_t;
#undef EMU_ENUMERATOR

typedef enum cublasLtMatmulPreferenceAttributes_t {
    CUBLASLT_MATMUL_PREF_SEARCH_MODE = 0,
    CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES = 1,
    CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK = 3,
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES = 5,
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES = 6,
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES = 7,
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES = 8,
    CUBLASLT_MATMUL_PREF_MAX_WAVES_COUNT = 9,
    CUBLASLT_MATMUL_PREF_IMPL_MASK = 12
} cublasLtMatmulPreferenceAttributes_t;

/* What is done to the sums; GELU is that of tanh. AUX keeps what GELU or ReLU gets (of ReLU, the sign's
 * bit). */
typedef enum cublasLtEpilogue_t {
    CUBLASLT_EPILOGUE_DEFAULT = 1,
    CUBLASLT_EPILOGUE_RELU = 2,
    CUBLASLT_EPILOGUE_RELU_AUX = 2 | 128,
    CUBLASLT_EPILOGUE_BIAS = 4,
    CUBLASLT_EPILOGUE_RELU_BIAS = 2 | 4,
    CUBLASLT_EPILOGUE_RELU_AUX_BIAS = 2 | 4 | 128,
    CUBLASLT_EPILOGUE_DRELU = 8 | 128,
    CUBLASLT_EPILOGUE_DRELU_BGRAD = 8 | 16 | 128,
    CUBLASLT_EPILOGUE_GELU = 32,
    CUBLASLT_EPILOGUE_GELU_AUX = 32 | 128,
    CUBLASLT_EPILOGUE_GELU_BIAS = 32 | 4,
    CUBLASLT_EPILOGUE_GELU_AUX_BIAS = 32 | 4 | 128,
    CUBLASLT_EPILOGUE_DGELU = 64 | 128,
    CUBLASLT_EPILOGUE_DGELU_BGRAD = 64 | 16 | 128,
    CUBLASLT_EPILOGUE_BGRADA = 256,
    CUBLASLT_EPILOGUE_BGRADB = 512
} cublasLtEpilogue_t;

typedef struct cublasLtContext *cublasLtHandle_t;
typedef struct cublasLtMatrixLayoutOpaque *cublasLtMatrixLayout_t;
typedef struct cublasLtMatmulDescOpaque *cublasLtMatmulDesc_t;
typedef struct cublasLtMatmulPreferenceOpaque *cublasLtMatmulPreference_t;

typedef struct cublasLtMatmulAlgo_t {
    uint64_t data[8];
} cublasLtMatmulAlgo_t;
typedef struct cublasLtMatmulHeuristicResult_t {
    cublasLtMatmulAlgo_t algo;
    size_t workspaceSize;
    cublasStatus_t state;
    float wavesCount;
    int reserved[4];
} cublasLtMatmulHeuristicResult_t;

cublasStatus_t cublasLtCreate(cublasLtHandle_t *handle, EMU_HERE);
cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle, EMU_HERE);
size_t cublasLtGetVersion();
const char *cublasLtGetStatusName(cublasStatus_t status);
const char *cublasLtGetStatusString(cublasStatus_t status);

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t *layout, cudaDataType type, uint64_t rows,
                                          uint64_t cols, int64_t ld, EMU_HERE);
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout);
cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t layout,
                                                cublasLtMatrixLayoutAttribute_t attribute, const void *value,
                                                size_t bytes, EMU_HERE);
cublasStatus_t cublasLtMatrixLayoutGetAttribute(cublasLtMatrixLayout_t layout,
                                                cublasLtMatrixLayoutAttribute_t attribute, void *value,
                                                size_t bytes, size_t *written, EMU_HERE);
cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t *desc, cublasComputeType_t compute,
                                        cudaDataType scale, EMU_HERE);
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t desc);
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t desc,
                                              cublasLtMatmulDescAttributes_t attribute, const void *value,
                                              size_t bytes, EMU_HERE);
cublasStatus_t cublasLtMatmulDescGetAttribute(cublasLtMatmulDesc_t desc,
                                              cublasLtMatmulDescAttributes_t attribute, void *value,
                                              size_t bytes, size_t *written, EMU_HERE);
cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t *preference, EMU_HERE);
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference);
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference,
                                                    cublasLtMatmulPreferenceAttributes_t attribute,
                                                    const void *value, size_t bytes, EMU_HERE);

/* One algorithm, if cublasLtMatmul can compute it; else none, and CUBLAS_STATUS_NOT_SUPPORTED. */
cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc,
                                              cublasLtMatrixLayout_t Adesc, cublasLtMatrixLayout_t Bdesc,
                                              cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
                                              cublasLtMatmulPreference_t preference, int requested,
                                              cublasLtMatmulHeuristicResult_t results[], int *returned,
                                              EMU_HERE);
cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc, const void *alpha,
                              const void *A, cublasLtMatrixLayout_t Adesc, const void *B,
                              cublasLtMatrixLayout_t Bdesc, const void *beta, const void *C,
                              cublasLtMatrixLayout_t Cdesc, void *D, cublasLtMatrixLayout_t Ddesc,
                              const cublasLtMatmulAlgo_t *algo, void *workspace, size_t workspace_bytes,
                              cudaStream_t stream, EMU_HERE);

#endif
