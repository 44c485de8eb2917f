/* textbook.cu - kernels whose counts are known: tests/emu_explain.txt and tests/emu_explain.sh have them. */
#include <cuda_runtime.h>

const int N = 64, T = 32;

__global__ void transpose_naive(const float *in, float *out)
{
    int x = blockIdx.x * T + threadIdx.x, y = blockIdx.y * T + threadIdx.y;
    out[x * N + y] = in[y * N + x];
}

__global__ void transpose_tiled(const float *in, float *out)
{
    __shared__ float tile[T][T];
    int x = blockIdx.x * T + threadIdx.x, y = blockIdx.y * T + threadIdx.y;
    tile[threadIdx.y][threadIdx.x] = in[y * N + x];
    __syncthreads();
    x = blockIdx.y * T + threadIdx.x, y = blockIdx.x * T + threadIdx.y;
    out[y * N + x] = tile[threadIdx.x][threadIdx.y];
}

__global__ void transpose_padded(const float *in, float *out)
{
    __shared__ float tile[T][T + 1];
    int x = blockIdx.x * T + threadIdx.x, y = blockIdx.y * T + threadIdx.y;
    tile[threadIdx.y][threadIdx.x] = in[y * N + x];
    __syncthreads();
    x = blockIdx.y * T + threadIdx.x, y = blockIdx.x * T + threadIdx.y;
    out[y * N + x] = tile[threadIdx.x][threadIdx.y];
}

__global__ void stride_2(const float *in, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = in[2 * i];
}

__global__ void float4_copy(const float4 *in, float4 *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = in[i];
}

__global__ void shifted(const float *in, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = in[i + 1];
}

struct Point {
    float x, y, z, mass;
};

__global__ void structures(const Point *point, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = point[i].y;
}

__global__ void gemm_right(const float *a, const float *b, float *c)
{
    int row = blockIdx.y * T + threadIdx.y, col = blockIdx.x * T + threadIdx.x;
    float sum = 0;
    for (int k = 0; k < N; k++) sum += a[row * N + k] * b[k * N + col];
    c[row * N + col] = sum;
}

__global__ void gemm_swapped(const float *a, const float *b, float *c)
{
    int row = blockIdx.x * T + threadIdx.x, col = blockIdx.y * T + threadIdx.y;
    float sum = 0;
    for (int k = 0; k < N; k++) sum += a[row * N + k] * b[k * N + col];
    c[row * N + col] = sum;
}

__global__ void parted(const float *in, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i % 4 == 0)
        out[i] = sqrtf(in[i]);
    else
        out[i] = fmaf(in[i], in[i], in[i]);
}

__global__ void counted(int *counter)
{
    atomicAdd(counter, 1);
}

__global__ void in_double(const float *in, float *out)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = in[i] * 0.1 + 1.5;
}

#ifdef RACE
__global__ void racing(float *out)
{
    __shared__ float s[64];
    s[threadIdx.x] = 1;
    out[threadIdx.x] = threadIdx.x < 64 && true ? s[63 - threadIdx.x] : 0;
}
#endif

int main()
{
    float *in, *out, *c;
    int *counter;
    cudaMalloc(&in, (N * N + 32) * sizeof(float));
    cudaMalloc(&out, N * N * sizeof(float));
    cudaMalloc(&c, N * N * sizeof(float));
    cudaMalloc(&counter, sizeof(int));
    cudaMemset(in, 0, (N * N + 32) * sizeof(float));
    cudaMemset(counter, 0, sizeof(int));
    dim3 grid(N / T, N / T), block(T, T);
    transpose_naive<<<grid, block>>>(in, out);
    transpose_tiled<<<grid, block>>>(in, out);
    transpose_padded<<<grid, block>>>(in, out);
    stride_2<<<8, 256>>>(in, out);
    float4_copy<<<4, 256>>>((const float4 *)in, (float4 *)out);
    shifted<<<8, 256>>>(in, out);
    structures<<<4, 256>>>((const Point *)in, out);
    gemm_right<<<grid, block>>>(in, out, c);
    gemm_swapped<<<grid, block>>>(in, out, c);
    parted<<<8, 128>>>(in, out);
    counted<<<1, 64>>>(counter);
    counted<<<1, 64>>>(counter);
    counted<<<2, 64>>>(counter);
    in_double<<<8, 128>>>(in, out);
#ifdef RACE
    racing<<<1, 64>>>(out);
#endif
    return cudaDeviceSynchronize() != cudaSuccess;
}
