/* emu_language.cu - CUDA as programs spell it: every way to launch, to declare shared memory, constants and
 * device variables, templates, lambdas, NULL arguments. What cu2cpp must leave alone is here too: "<<<"
 * in a string, and a comment that says kernel<<<grid, block>>>(x) or just <<< and >>>. */
#include <cassert>
#include <cstdio>
#include <string>
#include <emu/testing.h>
#include "emu_launches.cuh"
#include "emu_test.h"

__constant__ float coefficients[4];
__device__ int counter;
__device__ float table[8] = { 1, 2, 4, 8 };
__managed__ int managed = 5;

namespace deep
{
namespace er
{
template <class T, int N> struct Holder {
    T value[N];
};
template <class T> __global__ void fill(T *to, T value)
{
    to[threadIdx.x] = value;
}
} // namespace er
} // namespace deep

template <class T, class U> __global__ void two_types(T *to, U value)
{
    to[threadIdx.x] = value ? (T)(size_t)value + (T)0.5 : (T)0;
}

__global__ void with_null(float *to, const float *perhaps, int n = 3)
{
    to[threadIdx.x] = perhaps == nullptr ? (float)n : perhaps[threadIdx.x];
}

template <class F> __global__ void apply(int *to, F f)
{
    to[threadIdx.x] = f((int)threadIdx.x);
}

extern "C" __global__ void __launch_bounds__(64, 2) plain_name(int *__restrict__ to)
{
#pragma unroll 4
    for (int i = 0; i < 4; i++) to[threadIdx.x * 4 + i] = i;
}

__global__ void variables(float *to)
{
    to[blockIdx.x * 4 + threadIdx.x] = coefficients[threadIdx.x] * table[threadIdx.x];
    atomicAdd(&counter, 1);
    if (threadIdx.x == 0) atomicAdd(&managed, 1);
}

/* All spellings of shared memory that have been seen in the wild. */
struct Pair {
    float first;
    int second;
};
template <int N> __global__ void shared_spellings(int *to)
{
    __shared__ int a[N], b[N];
    __shared__ __align__(16) float c[N];
    __shared__ alignas(128) char d[N];
    __align__(8) __shared__ int e[N];
    static __shared__ int f[N];
    volatile __shared__ int g[N];
    __shared__ Pair h[N];
    __shared__ deep::er::Holder<int, N> i;
    extern __shared__ __align__(16) unsigned char raw[];
    extern __shared__ float numbers[];
    float *behind = reinterpret_cast<float *>(raw) + N;
    int t = threadIdx.x;
    a[t] = b[t] = e[t] = f[t] = g[t] = i.value[t] = t;
    c[t] = (float)t;
    d[t] = (char)t;
    h[t] = { (float)t, t };
    numbers[t] = (float)t;
    behind[t] = (float)t;
    __syncthreads();
    int o = N - 1 - t;
    bool right = a[o] == o && b[o] == o && e[o] == o && f[o] == o && g[o] == o && i.value[o] == o;
    right = right && c[o] == (float)o && d[o] == o && h[o].second == o && numbers[o] == (float)o;
    right = right && behind[o] == (float)o && (size_t)c % 16 == 0 && (size_t)d % 128 == 0 &&
            (size_t)raw % 16 == 0;
    to[t] = right;
}

/* Dynamic arrays at file scope, one of two dimensions. */
extern __shared__ float file_scope[];
namespace deep
{
extern __shared__ int in_rows[][4];
}

__global__ void shared_at_file_scope(int *to)
{
    int t = threadIdx.x, o = 31 - t;
    file_scope[t] = (float)t;
    __syncthreads();
    bool right = file_scope[o] == (float)o && (void *)file_scope == (void *)deep::in_rows;
    __syncthreads();
    deep::in_rows[t / 4][t % 4] = t;
    __syncthreads();
    to[t] = right && deep::in_rows[o / 4][o % 4] == o && (float *)&deep::in_rows[1] == &file_scope[4];
}

__device__ __noinline__ int deeper(int n)
{
    return n == 0 ? 0 : 1 + deeper(n - 1);
}

__global__ void calls(int *to)
{
    assert(blockDim.x == 8);
    int *own = new int[threadIdx.x + 1];
    own[threadIdx.x] = deeper((int)threadIdx.x);
    to[threadIdx.x] = own[threadIdx.x];
    delete[] own;
    if (threadIdx.x == 7) printf("a kernel prints %d\n", to[7]);
    long long before = clock64();
    if (clock64() <= before) to[threadIdx.x] = -1;
    clock_t ticks = clock(); /* not the C library's, whose microseconds are no ticks */
    for (int i = 1; i < 50; i++)
        if (clock() != ticks + i) to[threadIdx.x] = -1;
}

__global__ void shape(int *to)
{
    int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    to[block * (int)(blockDim.x * blockDim.y * blockDim.z) + thread] = block * 1000 + thread;
}

/* ---- launches ---- */

template <class T> static void launch_in_template(T *to, T value)
{
    deep::er::fill<T><<<1, 4>>>(to, value);
}

static void check_launches()
{
    float *f = to_device(std::vector<float>(64, 0));
    deep::er::fill<float><<<1, 8>>>(f, 2.5f);
    EXPECT(to_host(f, 8)[7] == 2.5f, "explicit template");
    deep::er::fill<<<1, 8, 0, 0>>>(f, 3.5f);
    EXPECT(to_host(f, 8)[7] == 3.5f, "deduced template, stream 0");
    launch_in_template(f, 4.5f);
    EXPECT(to_host(f, 8)[3] == 4.5f, "launch in a template");
    two_types<float, deep::er::Holder<int, 2> *><<<1, 1>>>(f, nullptr);
    EXPECT(to_host(f, 1)[0] == 0, "nested angle brackets");
    fill_from_header(f, 5.5f);
    EXPECT(to_host(f, 8)[7] == 5.5f, "a launch in a header");
    CUDA(cudaFree(f));
}

/* ---- the rest ---- */

static void check_arguments()
{
    float *f = to_device(std::vector<float>(64, 1));
    int *n = to_device(std::vector<int>(256, 0));
    with_null<<<1, 4>>>(f, NULL, 7);
    EXPECT(to_host(f, 4)[2] == 7, "NULL");
    with_null<<<1, 4>>>(f, (float *)0);
    EXPECT(to_host(f, 4)[2] == 3, "a default argument");
    with_null<<<dim3(1, 1, 1), dim3{ 4 }>>>(f + 8, f, 0);
    EXPECT(to_host(f, 12)[11] == 3, "a launch over several lines");
    int k = 10;
    apply<<<1, 8>>>(n, [=] __device__(int i) { return i * k; });
    EXPECT(to_host(n, 8)[7] == 70, "a lambda");
    void (*chosen)(int *) = k > 5 ? plain_name : shape;
    chosen<<<1, 64>>>(n);
    EXPECT(to_host(n, 256)[255] == 3, "a kernel in a variable");
    void (*kernels[])(int *) = { shape, plain_name };
    kernels[0]<<<dim3(2, 2, 2), dim3(4, 2, 2)>>>(n);
    std::vector<int> seen = to_host(n, 128);
    EXPECT(seen[127] == 7015 && seen[16] == 1000, "a kernel in an array; shapes in three dimensions");
    (*kernels[1])<<<1, 64>>>(n);
    EXPECT(to_host(n, 256)[254] == 2, "a kernel by an expression");
    two_types<<<1, 4>>>(f, (unsigned char)k);
    EXPECT(to_host(f, 4)[0] == 10.5f, "two deduced types");
    CUDA(cudaFree(f));
    CUDA(cudaFree(n));
}

static void check_variables()
{
    float values[4] = { 10, 20, 30, 40 }, seen[4];
    float *f = to_device(std::vector<float>(8, 0));
    CUDA(cudaMemcpyToSymbol(coefficients, values, sizeof values));
    CUDA(cudaMemcpyToSymbol(table, values, sizeof(float), 2 * sizeof(float)));
    variables<<<2, 4>>>(f);
    CUDA(cudaMemcpy(seen, f, sizeof seen, cudaMemcpyDefault));
    EXPECT(seen[0] == 10 && seen[1] == 40 && seen[2] == 300 && seen[3] == 320,
           "__constant__ and __device__ arrays");
    int count;
    CUDA(cudaMemcpyFromSymbol(&count, counter, sizeof count));
    EXPECT(count == 8 && managed == 7, "a __device__ counter, a __managed__ variable");
    void *address;
    CUDA(cudaGetSymbolAddress(&address, table));
    CUDA(cudaMemcpy(address, values, sizeof values, cudaMemcpyHostToDevice));
    CUDA(cudaMemcpyFromSymbol(seen, table, sizeof seen));
    EXPECT(seen[3] == 40, "a symbol's address");
    EXPECT(cudaMemcpyToSymbol(coefficients, values, 17) == cudaErrorInvalidValue, "past a symbol's end");
    EXPECT(cudaGetLastError() == cudaErrorInvalidValue, "its error is kept");
    emu::forget_findings();
    CUDA(cudaFree(f));
}

template <class T> struct Sizes {
    static const int threads = sizeof(T) << 3;
};

/* clang-format off */
static void check_spaces(int *n)
{
#define GO(KERNEL, ...) KERNEL <<< 1, 32, 32 * sizeof(float) >>> (__VA_ARGS__)
    shared_at_file_scope << <1, 32, 128>> >(n);
    shared_at_file_scope /* which */ <<< 1, // >>> and (blocks)
        /* threads >>>(x) */ Sizes<float>::threads , (1 > 0 ? 128 : 64) >>> /* with */ (n);
    shared_at_file_scope<<<dim3{ 1, 1, 1 }, 64 >> 1, 64 << 1>>>(n);
    GO(shared_at_file_scope, n);
    for (int right : to_host(n, 32)) EXPECT(right, "spaces in a launch");
}
/* clang-format on */

static void check_shared()
{
    int *n = to_device(std::vector<int>(64, 0));
    shared_spellings<32><<<1, 32, 32 * 2 * sizeof(float)>>>(n);
    for (int right : to_host(n, 32)) EXPECT(right, "a spelling of shared memory");
    shared_at_file_scope<<<1, 32, 32 * sizeof(float)>>>(n);
    for (int right : to_host(n, 32)) EXPECT(right, "an array at file scope");
    check_spaces(n);
    calls<<<1, 8>>>(n);
    for (int i = 0; i < 8; i++) EXPECT(to_host(n, 8)[i] == i, "recursion, new, clock64, clock");
    CUDA(cudaFree(n));
    std::string text = "a string with <<<1, 2>>> and <<<";
    EXPECT(text.size() == 32, "a string");
}

/* ---- __CUDA_ARCH__ ---- */

#if __CUDA_ARCH__ >= 700
#define BLOCKS_OF_GPU 2
#else
#define BLOCKS_OF_GPU 1
#endif

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 700
__device__ int not_for_this_gpu()
{
    return "not compiled";
}
#endif

__host__ __device__ int twice_or_negative(int x)
{
#ifdef __CUDA_ARCH__
    int y;
    asm("add.s32 %0, %1, %1;" : "=r"(y) : "r"(x));
    return y;
#else
    return -x;
#endif
}

struct OfTwoMinds {
    int value, line;
    __host__ __device__ constexpr OfTwoMinds(int x) : value(x), line(0)
    {
        if (x > 0) {
#if defined(__CUDA_ARCH__)
            value += __CUDA_ARCH__;
#endif
        }
        line = __LINE__;
    }
};

template <class T> __global__ void for_this_gpu(T *to)
{
#if __CUDA_ARCH__ >= 700
    to[0] = twice_or_negative(21);
    to[1] = OfTwoMinds(1).value;
    to[2] = BLOCKS_OF_GPU;
    to[3] = OfTwoMinds(1).line;
#elif defined(__CUDA_ARCH__)
#error the emulated GPU is younger
#endif
}

static void check_architecture()
{
    int *to = to_device(std::vector<int>(4, 0));
    for_this_gpu<<<1, 1>>>(to);
    std::vector<int> seen = to_host(to, 4);
    EXPECT(seen[0] == 42 && twice_or_negative(21) == -21, "the GPU's half of a function, and the host's");
    EXPECT(seen[1] == 901 && OfTwoMinds(1).value == 1, "__CUDA_ARCH__ is a number in kernels only");
    EXPECT(seen[2] == 2, "a macro that chooses by the number");
    constexpr OfTwoMinds constant(3);
    static_assert(constant.value == 3, "a constructor of both may be constexpr");
    EXPECT(seen[3] == constant.line, "the lines stay where they are");
    CUDA(cudaFree(to));
#ifdef __CUDA_ARCH__
    EXPECT(false, "__CUDA_ARCH__ is defined for the host");
#endif
}

/* ---- local memory: as much as a GPU gives a thread, in one array or in many calls ---- */

__device__ int depth(int n)
{
    volatile int kept = n;
    return n == 0 ? 0 : depth(n - 1) + (kept == n);
}

__global__ void large_frames(int *sums)
{
    const int BYTES = 508 << 10; /* 4 KB are left for the frames around it */
    volatile char local[BYTES];
    int sum = 0;
    for (int i = 0; i < BYTES; i += 1024) local[i] = 1;
    for (int i = 0; i < BYTES; i += 1024) sum += local[i];
    sums[threadIdx.x] = sum;
}

__global__ void deep_calls(int *depths)
{
    depths[threadIdx.x] = depth(5000);
}

static void check_local_memory()
{
    int *device = to_device(std::vector<int>(64));
    large_frames<<<1, 64>>>(device);
    EXPECT(to_host(device, 64) == std::vector<int>(64, 508), "an array of 508 KB is not kept");
    deep_calls<<<1, 64>>>(device);
    EXPECT(to_host(device, 64) == std::vector<int>(64, 5000), "5000 calls do not return");
    CUDA(cudaFree(device));
}

int main()
{
    check_architecture();
    check_local_memory();
    check_launches();
    check_arguments();
    check_variables();
    check_shared();
    return finish();
}
