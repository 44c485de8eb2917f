/* blas.cu - mistakes with cuBLAS and cuRAND. */
#include <cublas_v2.h>
#include <curand.h>
#include <curand_kernel.h>

#include "zoo.h"

static cublasHandle_t handle_of_cublas()
{
    cublasHandle_t handle;
    cublasCreate(&handle);
    return handle;
}

static const float one = 1, none = 0;
static const cublasOperation_t N = CUBLAS_OP_N;

/* An array of the device with numbers of x. */
static float *copy_of(const zoo_arrays &a, size_t count)
{
    float *d;
    cudaMalloc(&d, count * sizeof(float));
    cudaMemcpy(d, a.x, count * sizeof(float), cudaMemcpyDeviceToDevice);
    return d;
}

/* ---- leading dimensions: A is 8 x 4, as a C program stores it, row by row ---- */

template <bool right> static void rows_as_columns_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    cublasOperation_t op = right ? CUBLAS_OP_T : N;
    cublasSgemm(h, op, N, 8, 8, 4, &one, a.x, 4, a.x, 4, &none, a.y, 8); /* BUG: rows_as_columns */
    cublasDestroy(h);
}

/* ... or as long as a row of the product. */
template <bool right> static void leading_too_long_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    float *d = copy_of(a, 8 * 4);
    int lda = right ? 8 : 16;
    cublasSgemm(h, N, N, 8, 16, 4, &one, d, lda, a.x, 4, &none, a.y, 8); /* BUG: leading_too_long */
    cudaFree(d);
    cublasDestroy(h);
}

/* The sizes of the product in the wrong order. */
template <bool right> static void sizes_swapped_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    float *x = copy_of(a, 32 * 4), *b = copy_of(a, 4 * 8);
    int m = right ? 32 : 8, n = right ? 8 : 32;
    cublasSgemm(h, N, N, m, n, 4, &one, x, 32, b, 4, &none, a.y, 32); /* BUG: sizes_swapped */
    cudaFree(x);
    cudaFree(b);
    cublasDestroy(h);
}

template <bool right> static void vector_too_short_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    float *d = copy_of(a, 64);
    cublasScopy(h, 64, a.x, 1, a.y, 1);
    cublasSaxpy(h, 64, &one, d, right ? 1 : 2, a.y, 1); /* BUG: vector_too_short */
    cudaFree(d);
    cublasDestroy(h);
}

/* ---- the wrong memory ---- */

template <bool right> static void factor_of_host_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    static float host[16] = { 1, 2, 3 };
    float *d = copy_of(a, 16);
    const float *from = right ? d : host;
    cublasSgemm(h, N, N, 4, 4, 4, &one, from, 4, d, 4, &none, a.y, 4); /* BUG: factor_of_host */
    cudaFree(d);
    cublasDestroy(h);
}

template <bool right> static void scalar_of_device_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    const float *alpha = right ? &one : a.x;
    cublasScopy(h, 64, a.x, 1, a.y, 1);
    cublasSscal(h, 64, alpha, a.y, 1); /* BUG: scalar_of_device */
    cublasDestroy(h);
}

template <bool right> static void scalar_of_host_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    cublasScopy(h, 64, a.x, 1, a.y, 1);
    if (!right) cublasSetPointerMode(h, CUBLAS_POINTER_MODE_DEVICE);
    cublasSscal(h, 64, &one, a.y, 1); /* BUG: scalar_of_host */
    cublasDestroy(h);
}

template <bool right> static void result_on_device_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    if (right) cublasSetPointerMode(h, CUBLAS_POINTER_MODE_DEVICE);
    cublasSdot(h, 64, a.x, 1, a.x, 1, a.y); /* BUG: result_on_device */
    cublasDestroy(h);
}

/* The array of pointers belongs on the device, as what they point to does. */
template <bool right> static void pointers_of_host_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    const float *from[2] = { a.x, a.x + 16 }, **A = from;
    float *to[2] = { a.y, a.y + 16 }, **C = to;
    if (right) {
        cudaMalloc(&A, sizeof from);
        cudaMalloc(&C, sizeof to);
        cudaMemcpy(A, from, sizeof from, cudaMemcpyHostToDevice);
        cudaMemcpy(C, to, sizeof to, cudaMemcpyHostToDevice);
    }
    cublasSgemmBatched(h, N, N, 4, 4, 4, &one, A, 4, A, 4, &none, C, 4, 2); /* BUG: pointers_of_host */
    if (right) cudaFree(A), cudaFree(C);
    cublasDestroy(h);
}

/* ---- what nobody has written ---- */

template <bool right> static void factor_not_copied_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    float *d;
    cudaMalloc(&d, 16 * sizeof(float));
    if (right) cudaMemcpy(d, a.x, 16 * sizeof(float), cudaMemcpyDeviceToDevice);
    cublasScopy(h, 64, a.x, 1, a.y, 1);
    cublasSgemm(h, N, N, 4, 4, 4, &none, a.x, 4, d, 4, &one, a.y, 4); /* with alpha 0 B is not read */
    cublasSgemm(h, N, N, 4, 4, 4, &one, a.x, 4, d, 4, &none, a.y, 4); /* BUG: factor_not_copied */
    cudaFree(d);
    cublasDestroy(h);
}

/* C is read unless beta is 0. */
template <bool right> static void sum_not_cleared_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    float *d;
    cudaMalloc(&d, 16 * sizeof(float));
    const float *beta = right ? &none : &one;
    cublasSgemm(h, N, N, 4, 4, 4, &one, a.x, 4, a.x, 4, beta, d, 4); /* BUG: sum_not_cleared */
    cublasScopy(h, 16, right ? d : a.x, 1, a.y, 1);
    cudaFree(d);
    cublasDestroy(h);
}

/* ---- too early ---- */

template <bool right> static void product_not_waited_for_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    float *managed;
    cudaMallocManaged(&managed, 16 * sizeof(float));
    cublasSgemm(h, N, N, 4, 4, 4, &one, a.x, 4, a.x, 4, &none, managed, 4);
    if (right) cudaDeviceSynchronize();
    float first = managed[0];
    cudaMemset(a.y, first > 1e9f, sizeof(float));
    cudaFree(managed);
    cublasDestroy(h);
}

template <bool right> static void other_stream_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    cudaStream_t stream;
    float *d;
    cudaMalloc(&d, 16 * sizeof(float));
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    cublasSetStream(h, stream);
    cublasSgemm(h, N, N, 4, 4, 4, &one, a.x, 4, a.x, 4, &none, d, 4);
    if (right) cudaStreamSynchronize(stream);
    float host[16];
    cudaMemcpy(host, d, sizeof host, cudaMemcpyDeviceToHost); /* BUG: other_stream */
    cudaMemset(a.y, 0, sizeof(float));
    cublasSetStream(h, nullptr);
    cudaStreamDestroy(stream);
    cudaFree(d);
    cublasDestroy(h);
}

/* ---- statuses that nobody reads ---- */

template <bool right> static void status_ignored_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    cublasScopy(h, 64, a.x, 1, a.y, 1);
    const float *x = a.x;
    const cudaDataType f = CUDA_R_32F, type = right ? f : CUDA_R_64F;
    cublasSgemmEx(h, N, N, 4, 4, 4, &one, x, f, 4, x, type, 4, &none, a.y, f, 4); /* BUG: status_ignored */
    cublasDestroy(h);
}

template <bool right> static void handle_not_made_run(const zoo_arrays &a)
{
    cublasHandle_t h = nullptr, made = handle_of_cublas();
    if (right) h = made;
    cublasScopy(made, 64, a.x, 1, a.y, 1);
    cublasScopy(h, 64, a.x, 1, a.y, 1); /* BUG: handle_not_made */
    cublasDestroy(made);
}

template <bool right> static void products_overlap_run(const zoo_arrays &a)
{
    cublasHandle_t h = handle_of_cublas();
    long long s = right ? 16 : 4;
    const float *x = a.x;
    auto multiply = cublasSgemmStridedBatched;
    multiply(h, N, N, 4, 4, 4, &one, x, 4, 16, x, 4, 16, &none, a.y, 4, s, 3,
             emu::here()); /* BUG: products_overlap */
    cublasDestroy(h);
}

/* ---- random numbers ---- */

template <bool right> static void odd_number_of_normals_run(const zoo_arrays &a)
{
    curandGenerator_t generator;
    curandCreateGenerator(&generator, CURAND_RNG_PSEUDO_DEFAULT);
    curandGenerateUniform(generator, a.y, 64);
    curandGenerateNormal(generator, a.y, right ? 64 : 63, 0, 1); /* BUG: odd_number_of_normals */
    curandDestroyGenerator(generator);
}

template <bool right> static void numbers_past_end_run(const zoo_arrays &a)
{
    curandGenerator_t generator;
    float *d = copy_of(a, 64);
    curandCreateGenerator(&generator, CURAND_RNG_PSEUDO_DEFAULT);
    curandGenerateUniform(generator, a.y, 64);
    curandGenerateUniform(generator, d, right ? 64 : 64 * sizeof(float)); /* BUG: numbers_past_end */
    cudaFree(d);
    curandDestroyGenerator(generator);
}

template <bool right> __global__ void begin_states(curandState *states)
{
    if (right || threadIdx.x < 32) curand_init(7, threadIdx.x, 0, &states[threadIdx.x]);
}
__global__ void draw_numbers(float *y, curandState *states)
{
    curandState state = states[threadIdx.x]; /* BUG: states_not_begun */
    float x = curand_uniform(&state);
    y[threadIdx.x] = x > 0.5f ? 1.0f : 0.0f;
    states[threadIdx.x] = state;
}
template <bool right> static void states_not_begun_run(const zoo_arrays &a)
{
    curandState *states;
    cudaMalloc(&states, 64 * sizeof *states);
    begin_states<right><<<1, 64>>>(states);
    draw_numbers<<<1, 64>>>(a.y, states);
    cudaFree(states);
}

/* Each thread draws what the others draw. */
template <bool right> __global__ void one_sequence(float *y)
{
    curandState state;
    curand_init(7, right ? threadIdx.x : 0, 0, &state); /* BUG: one_sequence */
    y[threadIdx.x] = curand_uniform(&state);
}
template <bool right> static void one_sequence_run(const zoo_arrays &a)
{
    one_sequence<right><<<1, 64>>>(a.y);
}

/* clang-format off */
#define SAID(name, outputs, words) { #name, name##_run<false>, name##_run<true>, outputs, { words, words, words, words } }

static const zoo_bug bugs[] = {
    SAID(rows_as_columns, 64, "error: ...cublasSgemm: lda is 4, but A has 8 rows"),
    SAID(leading_too_long, 128, "error: ...cublasSgemm: A (8 x 4, leading dimension 16) needs 224 bytes...so there are 128"),
    SAID(sizes_swapped, 256, "error: ...cublasSgemm: B (4 x 32, leading dimension 4) needs 512 bytes...so there are 128"),
    SAID(vector_too_short, 64, "error: ...cublasSaxpy: x (64 elements, increment 2) needs 508 bytes"),
    SAID(factor_of_host, 16, "error: ...cublasSgemm: A (4 x 4, leading dimension 4) is host memory"),
    SAID(scalar_of_device, 64, "host: ...cublasSscal: alpha is memory of the device"),
    SAID(scalar_of_host, 64, "error: ...cublasSscal: alpha (with CUBLAS_POINTER_MODE_DEVICE) is host memory"),
    SAID(result_on_device, 1, "host: ...cublasSdot: the result is memory of the device"),
    SAID(pointers_of_host, 32, "error: ...cublasSgemmBatched: A, an array of 2 pointers, is host memory"),
    { "factor_not_copied", factor_not_copied_run<false>, factor_not_copied_run<true>, 16,
      { "unwritten: ...cublasSgemm reads B...64 bytes are as cudaMalloc left them", nullptr,
        "unwritten: ...cublasSgemm reads B", "unwritten: ...cublasSgemm reads B...nobody has written" } },
    { "sum_not_cleared", sum_not_cleared_run<false>, sum_not_cleared_run<true>, 16,
      { "unwritten: ...cublasSgemm reads C", nullptr, "unwritten: ...cublasSgemm reads C", "unwritten: ...cublasSgemm reads C" } },
    { "product_not_waited_for", product_not_waited_for_run<false>, product_not_waited_for_run<true>, 1,
      { "host code touches...nothing has waited for cublasSgemm", nullptr, nullptr,
        "host code touches...nothing has waited for cublasSgemm" } },
    { "other_stream", other_stream_run<false>, other_stream_run<true>, 1,
      { "unwritten: ...cudaMemcpy copies 64 bytes", nullptr, "unwritten: ...cudaMemcpy copies 64 bytes",
        "unwritten: ...cudaMemcpy copies 64 bytes" } },
    SAID(status_ignored, 64, "error: ...cublasSgemmEx: matrices of types 0, 1 and 0 do not go together"),
    SAID(handle_not_made, 64, "error: ...cublasScopy: the handle is null"),
    SAID(products_overlap, 48, "error: ...cublasSgemmStridedBatched: strideC is 4"),
    SAID(odd_number_of_normals, 64, "error: ...curandGenerateNormal of 63 numbers: they come in pairs"),
    SAID(numbers_past_end, 64, "error: ...curandGenerateUniform: the array of 256 numbers needs 1024 bytes"),
    { "one_sequence", one_sequence_run<false>, one_sequence_run<true>, 64,
      { "note: ...curand_init begins where thread (0,0,0) of block (0,0,0) does", nullptr, nullptr,
        "note: ...curand_init begins where thread (0,0,0)" } },
    { "states_not_begun", states_not_begun_run<false>, states_not_begun_run<true>, 64,
      { nullptr, nullptr, nullptr, "unwritten: ...draw_numbers...which nobody has written" } },
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
/* clang-format on */
const zoo_house zoo_blas = { __FILE__, bugs };
