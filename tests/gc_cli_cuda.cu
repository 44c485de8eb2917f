// gc_cli_cuda.cu - losses on the device with right gradients and wrong ones, for gc_cli_cuda.sh.
//
// Losses: squares (sum x^2), waves (sum sin(x_i) x_(i+1)), both in double; energy (sum x^4 / 4 + x, float).
#include <math.h>

enum { THREADS = 64 };

static unsigned blocks(size_t n)
{
    return (unsigned)((n + THREADS - 1) / THREADS);
}

// ---- losses ----

template <class real> __device__ real term(int kind, const real *x, size_t n, size_t i)
{
    if (kind == 0) return x[i] * x[i];
    if (kind == 1) return sin(x[i]) * x[(i + 1) % n];
    return x[i] * x[i] * x[i] * x[i] / 4 + x[i];
}

template <class real> __global__ void add_terms(int kind, const real *x, size_t n, real *loss)
{
    __shared__ real part[THREADS];
    real sum = 0;
    for (size_t i = threadIdx.x; i < n; i += THREADS) sum += term(kind, x, n, i);
    part[threadIdx.x] = sum;
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
    }
    if (threadIdx.x == 0) *loss = part[0];
}

extern "C" void squares(const double *x, size_t n, double *loss)
{
    add_terms<<<1, THREADS>>>(0, x, n, loss);
}

extern "C" void waves(const double *x, size_t n, double *loss)
{
    add_terms<<<1, THREADS>>>(1, x, n, loss);
}

extern "C" void energy(const float *x, size_t n, float *loss)
{
    add_terms<<<1, THREADS>>>(2, x, n, loss);
}

// ---- right gradients ----

__global__ void times(const double *x, size_t n, double factor, double *g)
{
    size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x;
    if (i < n) g[i] = factor * x[i];
}

extern "C" void squares_right(const double *x, size_t n, double *g)
{
    times<<<blocks(n), THREADS>>>(x, n, 2, g);
}

__global__ void stride(const double *x, size_t n, double *g)
{
    for (size_t i = threadIdx.x; i < n; i += THREADS) g[i] = x[i] + x[i];
}

extern "C" void squares_one_block(const double *x, size_t n, double *g)
{
    stride<<<1, THREADS>>>(x, n, g);
}

__global__ void clear(size_t n, double *g)
{
    size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x;
    if (i < n) g[i] = 0;
}

__global__ void scatter(const double *x, size_t n, double *g)
{
    size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x;
    if (i >= n) return;
    atomicAdd(&g[i], cos(x[i]) * x[(i + 1) % n]);
    atomicAdd(&g[(i + 1) % n], sin(x[i]));
}

extern "C" void waves_scattered(const double *x, size_t n, double *g)
{
    clear<<<blocks(n), THREADS>>>(n, g);
    scatter<<<blocks(n), THREADS>>>(x, n, g);
}

__global__ void gather(const double *x, size_t n, double *g)
{
    size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x;
    if (i < n) g[i] = cos(x[i]) * x[(i + 1) % n] + sin(x[(i + n - 1) % n]);
}

extern "C" void waves_gathered(const double *x, size_t n, double *g)
{
    gather<<<blocks(n), THREADS>>>(x, n, g);
}

extern "C" void waves_through_memory(const double *x, size_t n,
                                     double *g) // with memory of its own, and a copy
{
    double *own;
    cudaMalloc(&own, n * sizeof *own);
    gather<<<blocks(n), THREADS>>>(x, n, own);
    cudaMemcpy(g, own, n * sizeof *own, cudaMemcpyDeviceToDevice);
    cudaFree(own);
}

__global__ void cubes(const float *x, size_t n, float *g)
{
    size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x;
    if (i < n) g[i] = x[i] * x[i] * x[i] + 1;
}

extern "C" void energy_right(const float *x, size_t n, float *g)
{
    cubes<<<blocks(n), THREADS>>>(x, n, g);
}

// ---- wrong ones ----

extern "C" void half(const double *x, size_t n, double *g)
{
    times<<<blocks(n), THREADS>>>(x, n, 1, g);
}

extern "C" void negative(const double *x, size_t n, double *g)
{
    times<<<blocks(n), THREADS>>>(x, n, -2, g);
}

extern "C" void tail_left_out(const double *x, size_t n, double *g) // whole blocks alone
{
    times<<<(unsigned)(n / THREADS), THREADS>>>(x, n, 2, g);
}

extern "C" void adds(const double *x, size_t n, double *g) // g is not cleared
{
    scatter<<<blocks(n), THREADS>>>(x, n, g);
}

extern "C" void forgets_neighbour(const double *x, size_t n, double *g)
{
    clear<<<blocks(n), THREADS>>>(n, g);
    times<<<blocks(n), THREADS>>>(x, n, 1, g);
}

__global__ void beyond(const double *x, size_t n, double *g)
{
    size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x;
    if (i <= n) g[i] = i < n ? 2 * x[i] : 7;
}

extern "C" void past_the_end(const double *x, size_t n, double *g)
{
    beyond<<<blocks(n + 1), THREADS>>>(x, n, g);
}

extern "C" void edits_x(const double *x, size_t n, double *g)
{
    times<<<blocks(n), THREADS>>>(x, n, 2, g);
    clear<<<1, THREADS>>>(1, (double *)x);
}

extern "C" void too_many_threads(const double *x, size_t n, double *g)
{
    times<<<1, 4096>>>(x, n, 2, g);
}

extern "C" void on_the_host(const double *x, size_t n, double *g)
{
    for (size_t i = 0; i < n; i++) g[i] = 2 * x[i];
}

__global__ void unsynchronised(const double *x, size_t n, double *g)
{
    __shared__ double row[THREADS + 1];
    size_t i = blockIdx.x * (size_t)THREADS + threadIdx.x;
    row[threadIdx.x] = i < n ? x[i] : 0;
    if (i < n) g[i] = 2 * row[(threadIdx.x + 1) % THREADS]; // of the neighbour, and without a barrier
}

extern "C" void races(const double *x, size_t n, double *g)
{
    unsynchronised<<<blocks(n), THREADS>>>(x, n, g);
}

extern "C" void energy_wrong(const float *x, size_t n, float *g) // without its 1
{
    cubes<<<blocks(n), THREADS>>>(x, n, g);
    cubes<<<1, 1>>>(x + n - 1, 0, g);
    cudaMemset(g, 0, sizeof *g);
}
