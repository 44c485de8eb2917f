/* emu_blaslt.cu - cublasLtMatmul and its epilogues on the CPU, against double loops. */
#include <cmath>
#include <cublasLt.h>
#include <emu/testing.h>
#include "emu_test.h"

#define BLAS(call) EXPECT((call) == CUBLAS_STATUS_SUCCESS, "%s", #call)

static cublasLtHandle_t handle;
enum { M = 24, N = 13, K = 10, BATCHES = 2 };

static std::vector<float> numbers(size_t count, unsigned seed)
{
    std::vector<float> v(count);
    for (float &x : v) x = (float)((seed = seed * 1664525 + 1013904223) >> 16) / 16384 - 2;
    return v;
}

static double gelu(double x)
{
    return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
}

/* D = A^T B, in `batches` batches, and an epilogue; A is K x M, B is K x N. */
struct Scene {
    std::vector<float> a, b, bias, aux;
    float *da, *db, *dd, *dbias, *daux;
    cublasLtMatmulDesc_t desc;
    cublasLtMatrixLayout_t la, lb, ld;

    explicit Scene(unsigned epilogue, int batches = 1)
        : a(numbers(K * M * BATCHES, 1)), b(numbers(K * N * BATCHES, 2)), bias(numbers(M + N, 3)),
          aux(numbers(M * N, 4))
    {
        da = to_device(a), db = to_device(b), dbias = to_device(bias), daux = to_device(aux);
        dd = to_device(std::vector<float>(M * N * BATCHES, 7));
        cublasOperation_t turned = CUBLAS_OP_T;
        BLAS(cublasLtMatmulDescCreate(&desc, CUBLAS_COMPUTE_32F, CUDA_R_32F));
        set(CUBLASLT_MATMUL_DESC_TRANSA, turned);
        set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue);
        set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, dbias);
        set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, daux);
        set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, epilogue & 10 ? (int64_t)128 : (int64_t)M);
        BLAS(cublasLtMatrixLayoutCreate(&la, CUDA_R_32F, K, M, K));
        BLAS(cublasLtMatrixLayoutCreate(&lb, CUDA_R_32F, K, N, K));
        BLAS(cublasLtMatrixLayoutCreate(&ld, CUDA_R_32F, M, N, M));
        const int64_t strides[] = { K * M, K * N, M * N };
        int i = 0;
        for (cublasLtMatrixLayout_t layout : { la, lb, ld }) {
            BLAS(cublasLtMatrixLayoutSetAttribute(layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &batches,
                                                  sizeof batches));
            BLAS(cublasLtMatrixLayoutSetAttribute(layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                                                  &strides[i++], sizeof *strides));
        }
    }
    template <class T> void set(cublasLtMatmulDescAttributes_t attribute, T value)
    {
        BLAS(cublasLtMatmulDescSetAttribute(desc, attribute, &value, sizeof value));
    }
    cublasStatus_t run(float beta = 0)
    {
        const float one = 1;
        cublasLtMatmulPreference_t preference;
        cublasLtMatmulHeuristicResult_t result;
        int found = 0;
        BLAS(cublasLtMatmulPreferenceCreate(&preference));
        BLAS(cublasLtMatmulAlgoGetHeuristic(handle, desc, la, lb, ld, ld, preference, 1, &result, &found));
        EXPECT(found == 1, "an algorithm");
        BLAS(cublasLtMatmulPreferenceDestroy(preference));
        return cublasLtMatmul(handle, desc, &one, da, la, db, lb, &beta, dd, ld, dd, ld, &result.algo,
                              nullptr, 0, nullptr);
    }
    double sum(int i, int j, int batch = 0) const
    {
        double s = 0;
        for (int k = 0; k < K; k++)
            s += (double)a[(size_t)(k + i * K + batch * K * M)] *
                 (double)b[(size_t)(k + j * K + batch * K * N)];
        return s;
    }
    /* Each element of D is want(i, j). */
    template <class Want> void expect(const char *what, Want want)
    {
        BLAS(run());
        std::vector<float> d = to_host(dd, M * N);
        int wrong = 0;
        for (int j = 0; j < N; j++)
            for (int i = 0; i < M; i++)
                wrong += !(std::fabs((double)d[(size_t)(i + j * M)] - want(i, j)) < 1e-4);
        EXPECT(!wrong, "%s: %d elements are wrong", what, wrong);
    }
    ~Scene()
    {
        for (cublasLtMatrixLayout_t layout : { la, lb, ld }) BLAS(cublasLtMatrixLayoutDestroy(layout));
        BLAS(cublasLtMatmulDescDestroy(desc));
        for (float *array : { da, db, dd, dbias, daux }) CUDA(cudaFree(array));
    }
};

static void check_forward()
{
    Scene plain(CUBLASLT_EPILOGUE_DEFAULT), bias(CUBLASLT_EPILOGUE_BIAS), relu(CUBLASLT_EPILOGUE_RELU_BIAS),
        gelu_bias(CUBLASLT_EPILOGUE_GELU_BIAS), kept(CUBLASLT_EPILOGUE_GELU_AUX_BIAS);
    plain.expect("plain", [&](int i, int j) { return plain.sum(i, j); });
    auto biased = [&](int i, int j) { return bias.sum(i, j) + (double)bias.bias[(size_t)i]; };
    bias.expect("bias", biased);
    relu.expect("relu", [&](int i, int j) { return std::fmax(biased(i, j), 0); });
    gelu_bias.expect("gelu", [&](int i, int j) { return gelu(biased(i, j)); });
    kept.expect("gelu, kept", [&](int i, int j) { return gelu(biased(i, j)); });
    std::vector<float> aux = to_host(kept.daux, M * N);
    for (int j = 0; j < N; j++)
        for (int i = 0; i < M; i++)
            EXPECT(std::fabs((double)aux[(size_t)(i + j * M)] - biased(i, j)) < 1e-4, "what gelu got, %d %d",
                   i, j);
}

static void check_backward()
{
    Scene dgelu(CUBLASLT_EPILOGUE_DGELU), with_bias(CUBLASLT_EPILOGUE_DGELU_BGRAD),
        of_a(CUBLASLT_EPILOGUE_BGRADA), of_b(CUBLASLT_EPILOGUE_BGRADB), relu(CUBLASLT_EPILOGUE_RELU_AUX),
        back(CUBLASLT_EPILOGUE_DRELU);
    auto want = [&](int i, int j) {
        double x = (double)dgelu.aux[(size_t)(i + j * M)], h = 1e-5;
        return dgelu.sum(i, j) * (gelu(x + h) - gelu(x - h)) / (2 * h);
    };
    dgelu.expect("dgelu", want);
    with_bias.expect("dgelu with bias", want);
    std::vector<float> gradient = to_host(with_bias.dbias, M);
    for (int i = 0; i < M; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++) sum += want(i, j);
        EXPECT(std::fabs((double)gradient[(size_t)i] - sum) < 1e-3, "bias gradient %d: %g", i,
               (double)gradient[(size_t)i]);
    }
    of_a.expect("bgrada", [&](int i, int j) { return of_a.sum(i, j); });
    of_b.expect("bgradb", [&](int i, int j) { return of_b.sum(i, j); });
    std::vector<float> ga = to_host(of_a.dbias, M), gb = to_host(of_b.dbias, N);
    for (int i = 0; i < M; i++) {
        double a = 0, b = 0;
        for (int k = 0; k < K; k++)
            a += (double)of_a.a[(size_t)(k + i * K)], b += (double)of_b.b[(size_t)(k + i % N * K)];
        EXPECT(std::fabs((double)ga[(size_t)i] - a) < 1e-4, "sum of A's row %d", i);
        EXPECT(std::fabs((double)gb[(size_t)(i % N)] - b) < 1e-4, "sum of B's column %d", i % N);
    }
    relu.expect("relu, kept", [&](int i, int j) { return std::fmax(relu.sum(i, j), 0); });
    back.set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, relu.daux);
    back.expect("drelu", [&](int i, int j) { return relu.sum(i, j) > 0 ? back.sum(i, j) : 0; });
}

static void check_batches_and_beta()
{
    Scene s(CUBLASLT_EPILOGUE_DEFAULT, BATCHES);
    BLAS(s.run(2));
    std::vector<float> d = to_host(s.dd, M * N * BATCHES);
    for (int batch = 0; batch < BATCHES; batch++)
        for (int j = 0; j < N; j++)
            for (int i = 0; i < M; i++)
                EXPECT(std::fabs((double)d[(size_t)(i + j * M + batch * M * N)] - s.sum(i, j, batch) - 14) <
                           1e-4,
                       "batch %d", batch);
}

static void expect_refused(cublasStatus_t status, cublasStatus_t wanted, const char *words)
{
    bool said = !emu::found().empty() && emu::found().back().what.find(words) != std::string::npos;
    EXPECT(status == wanted && said, "status %d, not %d with '%s'", (int)status, (int)wanted, words);
    emu::forget_findings();
    cudaGetLastError();
}

static void check_refusals()
{
    Scene s(CUBLASLT_EPILOGUE_BIAS);
    const float one = 1, zero = 0;
    int epilogue = 3;
    auto matmul = [&](cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b) {
        return cublasLtMatmul(handle, s.desc, &one, s.da, a, s.db, b, &zero, s.dd, s.ld, s.dd, s.ld, nullptr,
                              nullptr, 0, nullptr);
    };
    expect_refused(matmul(s.lb, s.la), CUBLAS_STATUS_INVALID_VALUE, "is 13 x 24, but C is 24 x 13");
    expect_refused(matmul(s.la, nullptr), CUBLAS_STATUS_INVALID_VALUE, "null pointer");
    expect_refused(
        cublasLtMatmulDescSetAttribute(s.desc, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &epilogue, sizeof epilogue),
        CUBLAS_STATUS_INVALID_VALUE, "CUBLASLT_MATMUL_DESC_BIAS_POINTER has 8 bytes, and it gets 4");
    s.set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue);
    expect_refused(matmul(s.la, s.lb), CUBLAS_STATUS_INVALID_VALUE, "3 is no epilogue");
    s.set(CUBLASLT_MATMUL_DESC_EPILOGUE, (int)CUBLASLT_EPILOGUE_BIAS);
    s.set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, (float *)nullptr);
    expect_refused(matmul(s.la, s.lb), CUBLAS_STATUS_EXECUTION_FAILED, "the bias");
}

int main()
{
    BLAS(cublasLtCreate(&handle));
    check_forward();
    check_backward();
    check_batches_and_beta();
    EXPECT(emu::found().empty(), "right calls are silent");
    emu::options.throws = true; /* findings are looked at, not printed */
    check_refusals();
    BLAS(cublasLtDestroy(handle));
    return finish();
}
