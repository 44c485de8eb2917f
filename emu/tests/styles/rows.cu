/* rows.cu - the kernels around a transformer's products: a row of activations to a warp or a block, several
 * floats at a time in a structure of one's own, and half of them in bf16. */
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <float.h>

#include "styles.h"

namespace
{

namespace cg = cooperative_groups;

#define CEIL_DIV(M, N) (((M) + (N)-1) / (N))

/* ---- sixteen bytes of anything, loaded and stored at once ---- */

template <class ElementType> struct alignas(16) Packed128 {
    static constexpr const size_t size = sizeof(int4) / sizeof(ElementType);
    ElementType payload[size];

    Packed128() = default;
    __device__ explicit Packed128(int4 bits)
    {
        static_assert(sizeof(bits) == sizeof(payload), "Size mismatch.");
        memcpy(&payload, &bits, sizeof(bits));
    }
    __device__ ElementType &operator[](int index)
    {
        return payload[index];
    }
    __device__ const ElementType &operator[](int index) const
    {
        return payload[index];
    }
    __device__ int4 get_bits() const
    {
        int4 bits;
        memcpy(&bits, &payload, sizeof(bits));
        return bits;
    }
};
typedef Packed128<float> f128;
typedef Packed128<__nv_bfloat16> x128;

template <class ElementType> __device__ Packed128<ElementType> load128(const ElementType *address)
{
    return Packed128<ElementType>{ *reinterpret_cast<const int4 *>(address) };
}
template <class ElementType> __device__ Packed128<ElementType> load128cs(const ElementType *address)
{
    return Packed128<ElementType>{ __ldcs(reinterpret_cast<const int4 *>(address)) };
}
template <class ElementType> __device__ void store128(ElementType *target, Packed128<ElementType> value)
{
    *reinterpret_cast<int4 *>(target) = value.get_bits();
}

/* ---- softmax: a warp a row, maximum and sum in one pass ---- */

struct __align__(8) SumMax
{
    float maxval, sum;
};

__device__ __forceinline__ SumMax reduce_sum_max_op(SumMax a, SumMax b)
{
    bool a_bigger = (a.maxval > b.maxval);
    SumMax bigger_m = a_bigger ? a : b, smaller_m = a_bigger ? b : a, res;
    res.maxval = bigger_m.maxval;
    res.sum = bigger_m.sum + smaller_m.sum * expf(smaller_m.maxval - bigger_m.maxval);
    return res;
}

__global__ void softmax_online(float *out, const float *inp, int N, int C)
{
    cg::thread_block block = cg::this_thread_block();
    cg::thread_block_tile<32> warp = cg::tiled_partition<32>(block);
    int row = blockIdx.x * warp.meta_group_size() + warp.meta_group_rank();
    if (row >= N) return;
    const float *x = inp + row * C;
    SumMax sm_partial = { -INFINITY, 0.0f };
    for (int i = warp.thread_rank(); i < C; i += warp.size())
        sm_partial = reduce_sum_max_op(sm_partial, { x[i], 1.0f });
    SumMax sm_total = cg::reduce(warp, sm_partial, reduce_sum_max_op);
    for (int i = warp.thread_rank(); i < C; i += warp.size())
        __stcs(out + row * C + i, expf(__ldcs(x + i) - sm_total.maxval) / sm_total.sum);
}

/* ---- softmax: a block a row, shared memory used for the maxima and again for the sums ---- */

__global__ void softmax_block(float *out, const float *inp, int C)
{
    extern __shared__ float shared[];
    int idx = blockIdx.x, tid = threadIdx.x, warpId = threadIdx.x / 32, laneId = threadIdx.x % 32;
    int warpsPerBlock = blockDim.x / 32;
    float *maxvals = shared, *sumvals = &shared[warpsPerBlock];
    const float *x = inp + idx * C;
    float maxval = -FLT_MAX;
    for (int i = tid; i < C; i += blockDim.x) maxval = fmaxf(maxval, x[i]);
    for (int offset = 16; offset > 0; offset /= 2)
        maxval = fmaxf(maxval, __shfl_xor_sync(0xFFFFFFFF, maxval, offset));
    if (laneId == 0) maxvals[warpId] = maxval;
    __syncthreads();
    if (tid == 0) {
        float val = maxvals[tid];
        for (int i = 1; i < warpsPerBlock; i++) val = fmaxf(val, maxvals[i]);
        maxvals[0] = val;
    }
    __syncthreads();
    float offset = maxvals[0], sumval = 0;
    for (int i = tid; i < C; i += blockDim.x) sumval += (out[idx * C + i] = expf(x[i] - offset));
    for (int apart = 16; apart > 0; apart /= 2) sumval += __shfl_xor_sync(0xFFFFFFFF, sumval, apart);
    if (laneId == 0) sumvals[warpId] = sumval;
    __syncthreads();
    if (tid == 0) {
        float val = sumvals[tid];
        for (int i = 1; i < warpsPerBlock; ++i) val += sumvals[i];
        sumvals[0] = val;
    }
    __syncthreads();
    float sum = sumvals[0];
    for (int i = tid; i < C; i += blockDim.x) out[idx * C + i] = out[idx * C + i] / sum;
}

/* ---- layer normalisation: a row of blockDim.y in shared memory, weights and biases
 * shared by all of them ---- */

__global__ void layernorm(float *__restrict__ out, const float *__restrict__ inp,
                          const float *__restrict__ weight, const float *__restrict__ bias, int N, int C)
{
    extern __shared__ char params[];
    f128 *s_weight = reinterpret_cast<f128 *>(params), *s_bias = s_weight + (C / f128::size);
    f128 *s_in = s_weight + ((2 + threadIdx.y) * C / f128::size);
    int sidx = (threadIdx.x + 32 * threadIdx.y) * f128::size;
    for (int i = sidx; i < C; i += blockDim.y * 32 * f128::size) {
        s_weight[i / f128::size] = load128(weight + i);
        s_bias[i / f128::size] = load128(bias + i);
    }
    __syncthreads();
    int idx = blockIdx.x * blockDim.y + threadIdx.y;
    if (idx >= N) return;
    inp += idx * C;
    out += idx * C;
    float sum = 0, v = 0;
    for (int c = threadIdx.x * f128::size; c < C; c += 32 * f128::size) {
        const f128 in_data = load128cs(inp + c);
        for (int k = 0; k < (int)f128::size; ++k) sum += in_data[k];
        s_in[c / f128::size] = in_data;
    }
    for (int apart = 16; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xFFFFFFFF, sum, apart);
    float m = sum / C;
    for (int c = threadIdx.x * f128::size; c < C; c += 32 * f128::size) {
        const f128 in_data = s_in[c / f128::size];
        for (int k = 0; k < (int)f128::size; ++k) v += (in_data[k] - m) * (in_data[k] - m);
    }
    for (int apart = 16; apart > 0; apart /= 2) v += __shfl_xor_sync(0xFFFFFFFF, v, apart);
    float s = rsqrtf(v / C + 1e-5f);
    for (int c = threadIdx.x * f128::size; c < C; c += 32 * f128::size) {
        f128 out_data, in_data = s_in[c / f128::size], w = s_weight[c / f128::size],
                       b = s_bias[c / f128::size];
        for (int k = 0; k < (int)f128::size; ++k) out_data[k] = s * (in_data[k] - m) * w[k] + b[k];
        store128(out + c, out_data);
    }
}

/* ---- elementwise: GELU in bf16, eight at a time; Adam with lerp; embeddings ---- */

__global__ void gelu_forward(__nv_bfloat16 *out, const __nv_bfloat16 *inp)
{
    int i = (blockIdx.x * blockDim.x + threadIdx.x) * x128::size;
    x128 packed_out, packed_inp = load128cs(inp + i);
    for (int k = 0; k < (int)x128::size; ++k) {
        float xi = __bfloat162float(packed_inp[k]), cube = 0.044715f * xi * xi * xi;
        packed_out[k] = __float2bfloat16(0.5f * xi * (1.0f + tanhf(sqrtf(2.0f / 3.14159265f) * (xi + cube))));
    }
    store128(out + i, packed_out);
}

__device__ inline float lerp(float start, float end, float weight)
{
    return fmaf(weight, end, fmaf(-weight, start, start));
}

template <typename Tp, typename Tg>
__global__ void adamw(Tp *params, float *m_memory, float *v_memory, const Tg *grads, long num, float beta1,
                      float beta2)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= num) return;
    float grad = (float)grads[i], m = m_memory[i], v = v_memory[i];
    m = lerp(grad, m, beta1);
    m_memory[i] = m;
    v = lerp(grad * grad, v, beta2);
    v_memory[i] = v;
    m /= 1.0f - beta1;
    v /= 1.0f - beta2;
    params[i] = (Tp)((float)params[i] - 1e-3f * (m / (sqrtf(v) + 1e-8f) + 0.01f * (float)params[i]));
}

__device__ inline float4 add_float4(const float4 &a, const float4 &b)
{
    return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}
__global__ void encoder(float4 *out, const int *inp, const float4 *wte, const float4 *wpe, int B, int T,
                        int C)
{
    int C4 = C / 4, idx = blockIdx.x * blockDim.x + threadIdx.x;
    if (idx >= B * T * C4) return;
    int bt = idx / C4, b = bt / T, t = bt % T, c4 = idx % C4, ix = inp[b * T + t];
    out[b * T * C4 + t * C4 + c4] = add_float4(wte[ix * C4 + c4], wpe[t * C4 + c4]);
}

/* ---- the same on the host ---- */

void check_softmax()
{
    const int N = 7, C = 133;
    std::vector<float> x = some_floats(N * C);
    std::vector<double> want(x.begin(), x.end());
    for (int r = 0; r < N; r++) {
        double sum = 0;
        for (int c = 0; c < C; c++) sum += want[(size_t)(r * C + c)] = exp((double)x[(size_t)(r * C + c)]);
        for (int c = 0; c < C; c++) want[(size_t)(r * C + c)] /= sum;
    }
    float *d_x = to_device(x), *d_soft = to_device(x);
    softmax_online<<<CEIL_DIV(N * 32, 64), 64>>>(d_soft, d_x, N, C);
    EXPECT_NEAR(d_soft, want);
    CUDA(cudaMemset(d_soft, 0xff, x.size() * sizeof(float)));
    softmax_block<<<N, 128, 2 * 128 / 32 * sizeof(float)>>>(d_soft, d_x, C);
    EXPECT_NEAR(d_soft, want);
    cudaFree(d_x);
    cudaFree(d_soft);
}

void check_layernorm()
{
    const int N = 7, C = 256, block_y = 4;
    std::vector<float> x = some_floats(N * C), w = some_floats(C, 2), b = some_floats(C, 3);
    std::vector<double> want(x.begin(), x.end());
    for (int r = 0; r < N; r++) {
        double m = 0, v = 0, *y = &want[(size_t)(r * C)];
        for (int c = 0; c < C; c++) m += y[c] / C;
        for (int c = 0; c < C; c++) v += (y[c] - m) * (y[c] - m) / C;
        for (int c = 0; c < C; c++)
            y[c] = (y[c] - m) / sqrt(v + 1e-5) * (double)w[(size_t)c] + (double)b[(size_t)c];
    }
    float *d_x = to_device(x), *d_w = to_device(w), *d_b = to_device(b), *d_norm = to_device(x);
    size_t smem = (2 + block_y) * C * sizeof(float);
    layernorm<<<CEIL_DIV(N, block_y), dim3(32, block_y), smem>>>(d_norm, d_x, d_w, d_b, N, C);
    EXPECT_NEAR(d_norm, want);
    for (float *p : { d_x, d_w, d_b, d_norm }) cudaFree(p);
}

void check_elementwise()
{
    const int n = 512;
    std::vector<float> x = some_floats(n), g = some_floats(n, 5);
    std::vector<__nv_bfloat16> x16;
    for (float value : x) x16.push_back(__float2bfloat16(value));
    __nv_bfloat16 *d_x16 = to_device(x16), *d_gelu = to_device(x16);
    gelu_forward<<<n / 8 / 64, 64>>>(d_gelu, d_x16);
    std::vector<__nv_bfloat16> gelu = to_host(d_gelu, n);
    for (size_t i = 0; i < n; i++) {
        double v = (double)__bfloat162float(x16[i]);
        double want = 0.5 * v * (1 + tanh(sqrt(2 / 3.14159265) * (v + 0.044715 * v * v * v)));
        EXPECT(fabs((double)__bfloat162float(gelu[i]) - want) <= 0.005 * fabs(want), "gelu of %g is %g", v,
               want);
    }
    std::vector<double> want(n);
    for (size_t i = 0; i < n; i++) /* the first step of Adam is the sign of the gradient */
        want[i] = (double)x[i] - 1e-3 * (g[i] / (fabs((double)g[i]) + 1e-8) + 0.01 * (double)x[i]);
    float *d_p = to_device(x), *d_g = to_device(g), *d_m, *d_v;
    CUDA(cudaMalloc(&d_m, n * sizeof(float)));
    CUDA(cudaMalloc(&d_v, n * sizeof(float)));
    CUDA(cudaMemset(d_m, 0, n * sizeof(float)));
    CUDA(cudaMemset(d_v, 0, n * sizeof(float)));
    adamw<<<CEIL_DIV(n, 96), 96>>>(d_p, d_m, d_v, d_g, n, 0.9f, 0.999f);
    EXPECT_NEAR(d_p, want);
    for (void *p : { (void *)d_x16, (void *)d_gelu, (void *)d_p, (void *)d_g, (void *)d_m, (void *)d_v })
        cudaFree(p);
}

void check_encoder()
{
    const int B = 2, T = 5, C = 12, V = 9;
    std::vector<float> wte = some_floats(V * C), wpe = some_floats(T * C, 2);
    std::vector<int> tokens(B * T);
    std::vector<double> want(B * T * C);
    for (int i = 0; i < B * T; i++) tokens[(size_t)i] = i * 5 % V;
    for (int i = 0; i < B * T * C; i++)
        want[(size_t)i] = (double)wte[(size_t)(tokens[(size_t)(i / C)] * C + i % C)] +
                          (double)wpe[(size_t)(i / C % T * C + i % C)];
    float *d_wte = to_device(wte), *d_wpe = to_device(wpe), *d_out = to_device(some_floats(B * T * C));
    int *d_tokens = to_device(tokens);
    encoder<<<CEIL_DIV(B * T * C / 4, 32), 32>>>((float4 *)d_out, d_tokens, (float4 *)d_wte, (float4 *)d_wpe,
                                                 B, T, C);
    EXPECT_NEAR(d_out, want);
    for (void *p : { (void *)d_wte, (void *)d_wpe, (void *)d_out, (void *)d_tokens }) cudaFree(p);
}

} // namespace

void rows()
{
    check_softmax();
    check_layernorm();
    check_elementwise();
    check_encoder();
}
