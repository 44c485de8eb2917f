/* cublaslt_matmul.cpp - cublasLtMatmul: D = epilogue(alpha op(A) op(B) + beta C). */
#include <cmath>
#include <cstdio>
#include <vector>
#include "cublas_call.h"
#include "cublaslt.h"
#include "gemm.h"

using namespace emu;

typedef cublasLtMatrixLayoutOpaque Layout;

namespace
{
enum Epilogue : unsigned {
    RELU = 2,
    BIAS = 4,
    DRELU = 8,
    BGRAD = 16,
    GELU = 32,
    DGELU = 64,
    AUX = 128,
    BGRADA = 256,
    BGRADB = 512
};

struct Matmul {
    cublasLtMatmulDescOpaque desc;
    Layout a, b, c, d;
    const void *A, *B, *C;
    void *D;
    size_t m, n, k;
    Scalar by, keep;

    bool has(unsigned epilogue) const
    {
        return (desc.epilogue & epilogue) != 0;
    }
    cudaDataType_t bias_type() const
    {
        return desc.bias_type < 0 ? (cudaDataType_t)d.type : (cudaDataType_t)desc.bias_type;
    }
};
} // namespace

/* Element i, j of a matrix, from its start. */
static size_t place(const Layout &l, size_t i, size_t j)
{
    return l.order == CUBLASLT_ORDER_ROW ? i * (size_t)l.ld + j : i + j * (size_t)l.ld;
}

static const void *batch_of(const void *start, const Layout &l, int batch)
{
    return (const char *)start + (long long)bytes_of((cudaDataType_t)l.type) * l.stride * batch;
}

/* ---- epilogues ---- */

/* GELU by tanh, and its derivative */
static double gelu(double x)
{
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}
static double gelu_derivative(double x)
{
    double s = std::sqrt(2 / M_PI), t = std::tanh(s * (x + 0.044715 * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * s * (1 + 3 * 0.044715 * x * x);
}

static bool get_bit(const void *bits, size_t at)
{
    return static_cast<const unsigned char *>(bits)[at / 8] >> at % 8 & 1;
}
static void put_bit(void *bits, size_t at, bool value)
{
    unsigned char &byte = static_cast<unsigned char *>(bits)[at / 8];
    byte = (unsigned char)((byte & ~(1u << at % 8)) | (unsigned)value << at % 8);
}

/* What becomes of the sum at i, j. */
static double finish(const Matmul &p, const void *bias, void *aux, size_t i, size_t j, double x)
{
    cudaDataType_t type = (cudaDataType_t)p.d.type;
    size_t at = i + j * (size_t)p.desc.aux_ld;
    if (p.has(BIAS)) x += get_number(bias, p.bias_type(), i);
    if (p.has(AUX) && p.has(GELU)) put_number(aux, type, at, x);
    if (p.has(AUX) && p.has(RELU)) put_bit(aux, at, x > 0);
    if (p.has(GELU)) return gelu(x);
    if (p.has(RELU)) return x > 0 ? x : 0;
    if (p.has(DGELU)) return x * gelu_derivative(get_number(aux, type, at));
    if (p.has(DRELU)) return get_bit(aux, at) ? x : 0;
    return x;
}

/* The sums over k of op(A) (of each row) or op(B) (of each column). */
static void sum_factor(const Matmul &p, const void *factor, const Layout &l, bool transposed, bool rows,
                       void *to)
{
    for (size_t i = 0; i < (rows ? p.m : p.n); i++) {
        double sum = 0;
        for (size_t k = 0; k < p.k; k++) {
            size_t row = rows ? i : k, col = rows ? k : i;
            sum += get_number(factor, (cudaDataType_t)l.type,
                              transposed ? place(l, col, row) : place(l, row, col));
        }
        put_number(to, p.bias_type(), i, sum);
    }
}

template <class T> static void compute_batch(const Matmul &p, int batch)
{
    const void *a = batch_of(p.A, p.a, batch), *b = batch_of(p.B, p.b, batch), *c = batch_of(p.C, p.c, batch);
    void *d = const_cast<void *>(batch_of(p.D, p.d, batch));
    size_t bias_bytes = bytes_of(p.bias_type());
    char *bias = (char *)p.desc.bias + (long long)bias_bytes * p.desc.bias_stride * batch;
    char *aux = (char *)p.desc.aux;
    if (p.has(RELU | DRELU))
        aux += p.desc.aux_stride / 8 * batch;
    else
        aux += (long long)bytes_of((cudaDataType_t)p.d.type) * p.desc.aux_stride * batch;
    double by = p.by.value(), keep = p.keep.value();
    std::vector<double> gradient(p.has(BGRAD) ? p.m : 0);
    auto take = [&](size_t first, size_t columns, const T *sum) {
        for (size_t j = first; j < first + columns; j++)
            for (size_t i = 0; i < p.m; i++) {
                double x = by * (double)sum[i + (j - first) * p.m];
                if (keep != 0) x += keep * get_number(c, (cudaDataType_t)p.c.type, place(p.c, i, j));
                x = finish(p, bias, aux, i, j, x);
                if (p.has(BGRAD)) gradient[i] += x;
                put_number(d, (cudaDataType_t)p.d.type, place(p.d, i, j), x);
            }
    };
    bool ta = p.desc.transa != CUBLAS_OP_N, tb = p.desc.transb != CUBLAS_OP_N;
    Factor left = { a, (cudaDataType_t)p.a.type, (size_t)p.a.ld, ta != (p.a.order == CUBLASLT_ORDER_ROW) },
           right = { b, (cudaDataType_t)p.b.type, (size_t)p.b.ld, tb != (p.b.order == CUBLASLT_ORDER_ROW) };
    if (p.has(BGRADA)) sum_factor(p, a, p.a, ta, true, bias);
    if (p.has(BGRADB)) sum_factor(p, b, p.b, tb, false, bias);
    gemm_sums<T>(p.m, p.n, by != 0 ? p.k : 0, left, right, take);
    for (size_t i = 0; i < gradient.size(); i++) put_number(bias, p.bias_type(), i, gradient[i]);
}

static void compute(const Matmul &p)
{
    for (int batch = 0; batch < p.d.batches; batch++)
        if (p.desc.scale == CUDA_R_64F)
            compute_batch<double>(p, batch);
        else if (p.desc.scale == CUDA_R_32I)
            compute_batch<int32_t>(p, batch);
        else
            compute_batch<float>(p, batch);
}

/* ---- what is legal ---- */

static const unsigned epilogues[] = { CUBLASLT_EPILOGUE_DEFAULT,   CUBLASLT_EPILOGUE_RELU,
                                      CUBLASLT_EPILOGUE_RELU_AUX,  CUBLASLT_EPILOGUE_BIAS,
                                      CUBLASLT_EPILOGUE_RELU_BIAS, CUBLASLT_EPILOGUE_RELU_AUX_BIAS,
                                      CUBLASLT_EPILOGUE_DRELU,     CUBLASLT_EPILOGUE_DRELU_BGRAD,
                                      CUBLASLT_EPILOGUE_GELU,      CUBLASLT_EPILOGUE_GELU_AUX,
                                      CUBLASLT_EPILOGUE_GELU_BIAS, CUBLASLT_EPILOGUE_GELU_AUX_BIAS,
                                      CUBLASLT_EPILOGUE_DGELU,     CUBLASLT_EPILOGUE_DGELU_BGRAD,
                                      CUBLASLT_EPILOGUE_BGRADA,    CUBLASLT_EPILOGUE_BGRADB };

static bool is_epilogue(unsigned epilogue)
{
    for (unsigned known : epilogues)
        if (known == epilogue) return true;
    return false;
}

/* "" or what is wrong with the description. */
static std::string wrong(const cublasLtMatmulDescOpaque &d, const Layout &a, const Layout &b, const Layout &c,
                         const Layout &result)
{
    char text[300] = "";
    auto rows = [](const Layout &l, int operation) { return operation == CUBLAS_OP_N ? l.rows : l.cols; };
    auto cols = [](const Layout &l, int operation) { return operation == CUBLAS_OP_N ? l.cols : l.rows; };
    uint64_t m = rows(a, d.transa), k = cols(a, d.transa), n = cols(b, d.transb);
    if (k != rows(b, d.transb))
        snprintf(text, sizeof text, "op(A) has %lu columns, but op(B) has %lu rows", (unsigned long)k,
                 (unsigned long)rows(b, d.transb));
    else if (result.rows != m || result.cols != n || c.rows != m || c.cols != n)
        snprintf(text, sizeof text, "op(A) op(B) is %lu x %lu, but C is %lu x %lu and D %lu x %lu",
                 (unsigned long)m, (unsigned long)n, (unsigned long)c.rows, (unsigned long)c.cols,
                 (unsigned long)result.rows, (unsigned long)result.cols);
    else if (a.batches != result.batches || b.batches != result.batches || c.batches != result.batches)
        snprintf(text, sizeof text, "the layouts have %d, %d, %d and %d batches", a.batches, b.batches,
                 c.batches, result.batches);
    else if (!is_epilogue(d.epilogue))
        snprintf(text, sizeof text, "%u is no epilogue", d.epilogue);
    else
        for (const Layout *l : { &a, &b, &c, &result }) {
            int64_t least = (int64_t)(l->order == CUBLASLT_ORDER_ROW ? l->cols : l->rows);
            if (l->ld < least)
                snprintf(text, sizeof text, "a layout of %lu x %lu has a leading dimension of %ld",
                         (unsigned long)l->rows, (unsigned long)l->cols, (long)l->ld);
            if (!bytes_of((cudaDataType_t)l->type))
                snprintf(text, sizeof text, "numbers of type %u are not emulated", l->type);
        }
    return text;
}

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t desc,
                                              cublasLtMatrixLayout_t Adesc, cublasLtMatrixLayout_t Bdesc,
                                              cublasLtMatrixLayout_t Cdesc, cublasLtMatrixLayout_t Ddesc,
                                              cublasLtMatmulPreference_t, int requested,
                                              cublasLtMatmulHeuristicResult_t results[], int *returned,
                                              Where where)
{
    if (!desc || !Adesc || !Bdesc || !Cdesc || !Ddesc || !results || !returned || requested < 1) {
        report_at("error", where,
                  "cublasLtMatmulAlgoGetHeuristic gets a null pointer, or no room for results "
                  "(CUBLAS_STATUS_INVALID_VALUE)");
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    std::string text = wrong(*desc, *Adesc, *Bdesc, *Cdesc, *Ddesc);
    *returned = text.empty();
    if (*returned) {
        results[0] = {};
        return CUBLAS_STATUS_SUCCESS;
    }
    note_at(where, "cublasLtMatmulAlgoGetHeuristic finds no algorithm: %s", text.c_str());
    return CUBLAS_STATUS_NOT_SUPPORTED;
}

/* ---- the call ---- */

static void add_matrix(BlasCall &call, const char *name, const void *start, const Layout &l, Use use,
                       const Scalar *factor)
{
    bool by_rows = l.order == CUBLASLT_ORDER_ROW;
    call.matrix(name, start, (cudaDataType_t)l.type, (int)(by_rows ? l.cols : l.rows),
                (int)(by_rows ? l.rows : l.cols), (int)l.ld, use, factor, l.stride, l.batches);
}

/* The bias or its gradient, and what is kept for the way back. */
static void add_epilogue(BlasCall &call, const Matmul &p)
{
    int m = (int)p.m, n = (int)p.n, batches = p.d.batches;
    if (p.has(BIAS | BGRAD | BGRADA | BGRADB)) {
        int length = p.has(BGRADB) ? n : m;
        call.matrix("the bias", p.desc.bias, p.bias_type(), length, 1, length,
                    p.has(BIAS) ? Use::reads : Use::writes, nullptr, p.desc.bias_stride,
                    p.desc.bias_stride ? batches : 1);
    }
    if (!p.has(AUX)) return;
    Use use = p.has(DRELU | DGELU) ? Use::reads : Use::writes;
    if (p.has(GELU | DGELU))
        call.matrix("the epilogue's aux", p.desc.aux, (cudaDataType_t)p.d.type, m, n, (int)p.desc.aux_ld, use,
                    nullptr, p.desc.aux_stride, batches);
    else
        call.matrix("the epilogue's aux (bits)", p.desc.aux, CUDA_R_8U, (m + 7) / 8, n,
                    (int)p.desc.aux_ld / 8, use, nullptr, p.desc.aux_stride / 8, batches);
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t desc, const void *alpha,
                              const void *A, cublasLtMatrixLayout_t Adesc, const void *B,
                              cublasLtMatrixLayout_t Bdesc, const void *beta, const void *C,
                              cublasLtMatrixLayout_t Cdesc, void *D, cublasLtMatrixLayout_t Ddesc,
                              const cublasLtMatmulAlgo_t *, void *, size_t, cudaStream_t stream, Where where)
{
    bool complete = desc && Adesc && Bdesc && Cdesc && Ddesc;
    BlasCall call("cublasLtMatmul", where, stream,
                  complete && desc->pointers ? CUBLAS_POINTER_MODE_DEVICE : CUBLAS_POINTER_MODE_HOST);
    if (!is_live(handle))
        call.refuse_as(CUBLAS_STATUS_NOT_INITIALIZED,
                       "the handle was not made by cublasLtCreate, or is destroyed");
    call.want(complete, "a description is a null pointer");
    if (!call.legal()) return call.submit([] {});
    Matmul p = { *desc,  *Adesc,      *Bdesc,      *Cdesc,
                 *Ddesc, A,           B,           C,
                 D,      Ddesc->rows, Ddesc->cols, desc->transa == CUBLAS_OP_N ? Adesc->cols : Adesc->rows,
                 {},     {} };
    std::string text = wrong(p.desc, p.a, p.b, p.c, p.d);
    call.want(text.empty(), "%s", text.c_str());
    p.by = call.scalar("alpha", alpha, (cudaDataType_t)p.desc.scale);
    p.keep = call.scalar("beta", beta, (cudaDataType_t)p.desc.scale);
    if (!call.legal() || !p.m || !p.n) return call.submit([] {});
    add_matrix(call, "A", A, p.a, Use::reads, &p.by);
    add_matrix(call, "B", B, p.b, Use::reads, &p.by);
    if (C != D) add_matrix(call, "C", C, p.c, Use::reads, &p.keep);
    add_matrix(call, "D", D, p.d, C == D ? Use::changes : Use::writes, &p.keep);
    add_epilogue(call, p);
    return call.submit([p] { compute(p); });
}
