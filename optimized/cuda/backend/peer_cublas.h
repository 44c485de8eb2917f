/* peer_cublas.h - the bodies of peer.h for GPUs: the libraries are opened by name, only
 * their headers are needed. */
#ifndef RUNGS_CUDA_PEER_CUBLAS_H
#define RUNGS_CUDA_PEER_CUBLAS_H

#include <cublasLt.h>
#include <cublas_v2.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening ---- */

inline void *peer_library(const char *name, const char *variable, int version)
{
    char file[64];
    const char *own = getenv(variable);
    if (own) return dlopen(own, RTLD_NOW | RTLD_LOCAL);
    snprintf(file, sizeof file, "%s.so.%d", name, version);
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    return library ? library : dlopen(strcat(strcpy(file, name), ".so"), RTLD_NOW | RTLD_LOCAL);
}

template <class F> bool peer_symbol(void *library, const char *name, F *&function)
{
    function = (F *)dlsym(library, name);
    return function != nullptr;
}

/* cublasGemmEx is overloaded in C++, so that its type must be said */
typedef cublasStatus_t peer_gemm_ex(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int,
                                    const void *, const void *, cudaDataType, int, const void *, cudaDataType,
                                    int, const void *, void *, cudaDataType, int, cublasComputeType_t,
                                    cublasGemmAlgo_t);

struct peer_libraries {
    decltype(&cublasCreate_v2) create;
    decltype(&cublasDestroy_v2) destroy;
    peer_gemm_ex *gemm;
    decltype(&cublasLtCreate) lt_create;
    decltype(&cublasLtDestroy) lt_destroy;
    decltype(&cublasLtMatmul) lt_matmul;
    decltype(&cublasLtMatmulDescCreate) lt_description;
    decltype(&cublasLtMatmulDescSetAttribute) lt_set;
    decltype(&cublasLtMatrixLayoutCreate) lt_layout;
    decltype(&cublasLtMatmulPreferenceCreate) lt_preference;
    decltype(&cublasLtMatmulPreferenceSetAttribute) lt_prefer;
    decltype(&cublasLtMatmulAlgoGetHeuristic) lt_heuristic;
    cublasHandle_t handle;
    cublasLtHandle_t lt_handle;
    void *workspace; /* of cuBLASLt */
};

enum { PEER_WORKSPACE = 32 << 20 };

inline peer_libraries &peer()
{
    static peer_libraries all;
    return all;
}

inline bool peer_open_once()
{
    peer_libraries &p = peer();
    void *lt = peer_library("libcublasLt", "RUNGS_CUBLASLT_LIBRARY", CUDART_VERSION / 1000);
    void *blas = peer_library("libcublas", "RUNGS_CUBLAS_LIBRARY", CUDART_VERSION / 1000);
    return blas && lt && peer_symbol(blas, "cublasCreate_v2", p.create) &&
           peer_symbol(blas, "cublasDestroy_v2", p.destroy) && peer_symbol(blas, "cublasGemmEx", p.gemm) &&
           peer_symbol(lt, "cublasLtCreate", p.lt_create) &&
           peer_symbol(lt, "cublasLtDestroy", p.lt_destroy) &&
           peer_symbol(lt, "cublasLtMatmul", p.lt_matmul) &&
           peer_symbol(lt, "cublasLtMatmulDescCreate", p.lt_description) &&
           peer_symbol(lt, "cublasLtMatmulDescSetAttribute", p.lt_set) &&
           peer_symbol(lt, "cublasLtMatrixLayoutCreate", p.lt_layout) &&
           peer_symbol(lt, "cublasLtMatmulPreferenceCreate", p.lt_preference) &&
           peer_symbol(lt, "cublasLtMatmulPreferenceSetAttribute", p.lt_prefer) &&
           peer_symbol(lt, "cublasLtMatmulAlgoGetHeuristic", p.lt_heuristic);
}

inline bool peer_open()
{
    static const bool open = peer_open_once();
    return open;
}

inline void peer_close()
{
    peer_libraries &p = peer();
    if (p.handle) p.destroy(p.handle);
    if (p.lt_handle) p.lt_destroy(p.lt_handle);
    if (p.workspace) cudaFree(p.workspace);
    p.handle = nullptr;
    p.lt_handle = nullptr;
    p.workspace = nullptr;
}

/* ---- precision ---- */

inline cublasComputeType_t peer_compute(enum peer_precision precision)
{
    return precision == PEER_F32    ? CUBLAS_COMPUTE_32F_PEDANTIC
           : precision == PEER_TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32
                                    : CUBLAS_COMPUTE_32F;
}

inline cudaDataType_t peer_type(enum peer_precision precision)
{
    return precision == PEER_BF16 ? CUDA_R_16BF : CUDA_R_32F;
}

/* A library's refusal: outputs keep what they held, which no check accepts, and this says why. */
inline bool peer_done(cublasStatus_t status, const char *what)
{
    if (status == CUBLAS_STATUS_SUCCESS) return true;
    fprintf(stderr, "rungs: %s failed with status %d of cuBLAS\n", what, (int)status);
    return false;
}

/* ---- cuBLAS ---- */

inline void peer_cublas(const peer_product &q)
{
    peer_libraries &p = peer();
    const float one = 1, zero = 0;
    if (!p.handle && !peer_done(p.create(&p.handle), "cublasCreate")) return;
    peer_done(p.gemm(p.handle, q.ta ? CUBLAS_OP_T : CUBLAS_OP_N, q.tb ? CUBLAS_OP_T : CUBLAS_OP_N, q.m, q.n,
                     q.k, &one, q.A, peer_type(q.precision), q.lda, q.B, peer_type(q.precision), q.ldb, &zero,
                     q.C, CUDA_R_32F, q.ldc, peer_compute(q.precision), CUBLAS_GEMM_DEFAULT),
              "cublasGemmEx");
}

/* ---- cuBLASLt: what it needs to know of a product is kept for the next call with the same sizes ---- */

struct peer_plan {
    peer_product of; /* for which product; m == 0: none yet */
    cublasLtMatmulDesc_t description;
    cublasLtMatrixLayout_t A, B, C;
    cublasLtMatmulHeuristicResult_t choice;
};

inline bool peer_describe(const peer_product &q, peer_plan *plan)
{
    peer_libraries &p = peer();
    const cublasOperation_t ta = q.ta ? CUBLAS_OP_T : CUBLAS_OP_N, tb = q.tb ? CUBLAS_OP_T : CUBLAS_OP_N;
    const cublasLtEpilogue_t epilogue = !q.bias  ? CUBLASLT_EPILOGUE_DEFAULT
                                        : q.relu ? CUBLASLT_EPILOGUE_RELU_BIAS
                                                 : CUBLASLT_EPILOGUE_BIAS;
    const cudaDataType_t type = peer_type(q.precision);
    return p.lt_description(&plan->description, peer_compute(q.precision), CUDA_R_32F) ==
               CUBLAS_STATUS_SUCCESS &&
           p.lt_set(plan->description, CUBLASLT_MATMUL_DESC_TRANSA, &ta, sizeof ta) ==
               CUBLAS_STATUS_SUCCESS &&
           p.lt_set(plan->description, CUBLASLT_MATMUL_DESC_TRANSB, &tb, sizeof tb) ==
               CUBLAS_STATUS_SUCCESS &&
           p.lt_set(plan->description, CUBLASLT_MATMUL_DESC_EPILOGUE, &epilogue, sizeof epilogue) ==
               CUBLAS_STATUS_SUCCESS &&
           p.lt_layout(&plan->A, type, (uint64_t)(q.ta ? q.k : q.m), (uint64_t)(q.ta ? q.m : q.k), q.lda) ==
               CUBLAS_STATUS_SUCCESS &&
           p.lt_layout(&plan->B, type, (uint64_t)(q.tb ? q.n : q.k), (uint64_t)(q.tb ? q.k : q.n), q.ldb) ==
               CUBLAS_STATUS_SUCCESS &&
           p.lt_layout(&plan->C, CUDA_R_32F, (uint64_t)q.m, (uint64_t)q.n, q.ldc) == CUBLAS_STATUS_SUCCESS;
}

/* the library's own first choice */
inline bool peer_choose(peer_plan *plan)
{
    peer_libraries &p = peer();
    cublasLtMatmulPreference_t preference;
    const size_t room = PEER_WORKSPACE;
    int found = 0;
    return p.lt_preference(&preference) == CUBLAS_STATUS_SUCCESS &&
           p.lt_prefer(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &room, sizeof room) ==
               CUBLAS_STATUS_SUCCESS &&
           p.lt_heuristic(p.lt_handle, plan->description, plan->A, plan->B, plan->C, plan->C, preference, 1,
                          &plan->choice, &found) == CUBLAS_STATUS_SUCCESS &&
           found == 1;
}

inline bool peer_same(const peer_product &a, const peer_product &b)
{
    return a.precision == b.precision && a.ta == b.ta && a.tb == b.tb && a.m == b.m && a.n == b.n &&
           a.k == b.k && !a.bias == !b.bias && a.relu == b.relu;
}

/* the plan for a product: one of the last eight, or a new one; nullptr if the library cannot do it */
inline peer_plan *peer_plan_for(const peer_product &q)
{
    static peer_plan plans[8];
    static int next;
    for (peer_plan &plan : plans)
        if (plan.of.m && peer_same(plan.of, q)) return &plan;
    peer_plan fresh = {};
    if (!peer_describe(q, &fresh) || !peer_choose(&fresh)) return nullptr;
    fresh.of = q;
    plans[next] = fresh;
    next = (next + 1) % 8;
    return &plans[(next + 7) % 8];
}

inline void peer_cublaslt(const peer_product &q)
{
    peer_libraries &p = peer();
    const float one = 1, zero = 0;
    if (!p.lt_handle && !peer_done(p.lt_create(&p.lt_handle), "cublasLtCreate")) return;
    if (!p.workspace && cudaMalloc(&p.workspace, PEER_WORKSPACE) != cudaSuccess) return;
    peer_plan *plan = peer_plan_for(q);
    if (!plan && !peer_done(CUBLAS_STATUS_NOT_SUPPORTED, "cublasLtMatmulAlgoGetHeuristic")) return;
    if (q.bias &&
        !peer_done(p.lt_set(plan->description, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &q.bias, sizeof q.bias),
                   "cublasLtMatmulDescSetAttribute"))
        return;
    peer_done(p.lt_matmul(p.lt_handle, plan->description, &one, q.A, plan->A, q.B, plan->B, &zero, q.C,
                          plan->C, q.C, plan->C, &plan->choice.algo, p.workspace, PEER_WORKSPACE, nullptr),
              "cublasLtMatmul");
}

#endif
