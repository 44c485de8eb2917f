/* unwritten.cu - memory that is read, in a kernel or by a copy to the host, though nobody has written it. */
#include <cuda_runtime.h>

#include "zoo.h"

/* What a sum begins with. NaN hides in a comparison, and an integer shows nothing at all. */
template <bool right> __global__ void count_positive(const float *x, float *y, int *count)
{
    if (x[threadIdx.x] > 0.5f) atomicAdd(count, 1); /* BUG: count_not_cleared */
    __syncthreads();
    if (threadIdx.x == 0) y[0] = *count < 1000;
}
template <bool right> static void count_not_cleared_run(const zoo_arrays &a)
{
    int *count;
    cudaMalloc(&count, sizeof(int));
    if (right) cudaMemset(count, 0, sizeof(int));
    count_positive<right><<<1, 64>>>(a.x, a.y, count);
    cudaFree(count);
}

template <bool right> __global__ void add(const float *x, const float *z, float *y, int n)
{
    int i = (int)threadIdx.x;
    if (i < n) y[i] = x[i] + (z[i] > 2 ? 1 : 0); /* BUG: input_not_copied */
}
template <bool right> static void input_not_copied_run(const zoo_arrays &a)
{
    float *z, host[64] = { 0 };
    cudaMalloc(&z, sizeof host);
    cudaMemcpy(z, host, right ? sizeof host : sizeof host / 2, cudaMemcpyHostToDevice);
    add<right><<<1, 64>>>(a.x, z, a.y, 64);
    cudaFree(z);
}

/* A border of the tile that nobody loads. */
template <bool right> __global__ void border(const float *x, float *y)
{
    __shared__ float tile[66];
    int t = (int)threadIdx.x;
    tile[t + 1] = x[t];
    if (right && t == 0) tile[0] = tile[65] = 0;
    __syncthreads();
    float largest = fmaxf(tile[t], tile[t + 2]); /* BUG: border */
    y[t] = largest > 2 ? 1.0f : 0.0f;
}
template <bool right> static void border_run(const zoo_arrays &a)
{
    border<right><<<1, 64>>>(a.x, a.y);
}

/* What the block before left in shared memory is gone. */
template <bool right> __global__ void left_by_block(const float *x, float *y)
{
    extern __shared__ int kept[];
    if (right || blockIdx.x == 0) kept[threadIdx.x] = x[threadIdx.x] > 0;
    __syncthreads();
    y[blockIdx.x * 32 + threadIdx.x] = kept[31 - threadIdx.x] > 5; /* BUG: left_by_block */
}
template <bool right> static void left_by_block_run(const zoo_arrays &a)
{
    left_by_block<right><<<2, 32, 32 * sizeof(int)>>>(a.x, a.y);
}

/* Every other element is computed, all are copied. */
template <bool right> __global__ void odd_ones(const float *x, float *y, float *z)
{
    int i = (int)threadIdx.x;
    if (right || i % 2) z[i] = x[i];
    y[i] = 1;
}
template <bool right> static void half_computed_run(const zoo_arrays &a)
{
    float *z, host[64];
    cudaMalloc(&z, sizeof host);
    odd_ones<right><<<1, 64>>>(a.x, a.y, z);
    cudaMemcpy(host, z, sizeof host, cudaMemcpyDeviceToHost); /* BUG: half_computed */
    cudaFree(z);
}

/* Copied from one array of the device to another it is still not written. */
template <bool right> static void copied_twice_run(const zoo_arrays &a)
{
    float *from, *to, host[64];
    cudaMalloc(&from, sizeof host);
    cudaMalloc(&to, sizeof host);
    odd_ones<true><<<1, right ? 64 : 60>>>(a.x, a.y, from);
    odd_ones<true><<<1, 64>>>(a.x, a.y, a.y + 64);
    cudaMemcpy(to, from, sizeof host, cudaMemcpyDeviceToDevice);
    cudaMemcpy(host, to, sizeof host, cudaMemcpyDeviceToHost); /* BUG: copied_twice */
    cudaFree(from);
    cudaFree(to);
}

/* The branch that launches is not taken; minus one, which is all ones, is no fresh memory. */
template <bool right> static void never_launched_run(const zoo_arrays &a)
{
    float *z;
    int host[64];
    cudaMalloc(&z, sizeof host);
    cudaMemset(a.y, 0, sizeof host);
    odd_ones<true><<<1, 64>>>(a.x, a.y, a.y + 64);
    if (right) cudaMemset(z, -1, sizeof host);
    cudaMemcpy(host, z, sizeof host, cudaMemcpyDeviceToHost); /* BUG: never_launched */
    cudaFree(z);
}

/* Bytes, where the number of elements is given. */
template <bool right> static void first_half_only_run(const zoo_arrays &a)
{
    float *z, host[64] = { 0 };
    cudaMalloc(&z, sizeof host);
    cudaMemcpyAsync(z, host, right ? sizeof host : sizeof host / 2, cudaMemcpyHostToDevice);
    odd_ones<true><<<1, 64>>>(a.x, a.y, a.y + 64);
    cudaMemcpyAsync(host, z, sizeof host, cudaMemcpyDeviceToHost); /* BUG: first_half_only */
    cudaFree(z);
}

/* The rows are 12 numbers wide, 16 are copied back. */
template <bool right> static void rows_beside_run(const zoo_arrays &a)
{
    float *z, host[4][16] = {};
    size_t pitch, wide = right ? 12 : 16;
    cudaMallocPitch(&z, &pitch, 16 * sizeof(float), 4);
    cudaMemcpy2D(z, pitch, host, sizeof host[0], 12 * sizeof(float), 4, cudaMemcpyHostToDevice);
    odd_ones<true><<<1, 64>>>(a.x, a.y, a.y + 64);
    cudaMemcpy2D(host, 64, z, pitch, wide * 4, 4, cudaMemcpyDeviceToHost); /* BUG: rows_beside */
    cudaFree(z);
}

/* It is written, by what was not. */
template <bool right> __global__ void sum_all(const float *x, const float *z, float *y, float *sum)
{
    float s = 0;
    for (int i = 0; i < 64; i++) s += x[i] + z[i];
    *sum = s;
    y[0] = 1;
}
template <bool right> static void sum_of_unwritten_run(const zoo_arrays &a)
{
    float *z, *sum, host;
    cudaMalloc(&z, 64 * sizeof(float));
    cudaMalloc(&sum, sizeof host);
    if (right) cudaMemset(z, 0, 64 * sizeof(float));
    sum_all<right><<<1, 1>>>(a.x, z, a.y, sum);
    cudaMemcpy(&host, sum, sizeof host, cudaMemcpyDeviceToHost);
    cudaFree(z);
    cudaFree(sum);
}

/* atomicExch, atomicAnd with 0 and atomicInc up to 0 may be the first to write; atomicAdd may not. */
template <bool right> __global__ void clear_and_count(float *y, int *count, unsigned *turn)
{
    if (right) atomicExch(count, 0), atomicAnd(count + 1, 0), atomicInc(turn, 0);
    atomicAdd(count, 1);
    y[0] = *count > 1000;
}
template <bool right> static void lock_not_cleared_run(const zoo_arrays &a)
{
    int *count;
    unsigned *turn;
    cudaMalloc(&count, right ? 8 : 4);
    cudaMalloc(&turn, 4);
    clear_and_count<right><<<1, 1>>>(a.y, count, turn);
    cudaFree(count);
    cudaFree(turn);
}

/* Structures with unused bytes, copied whole: no mistake, if all members are there. */
struct Mixed {
    double value;
    int count;
    char kind;
};
template <bool right> __global__ void structures(const float *x, float *y, Mixed *m)
{
    int i = (int)threadIdx.x;
    m[i].value = x[i];
    if (right) m[i].count = i;
    m[i].kind = 'a';
    __syncthreads();
    Mixed other = m[63 - i]; /* BUG: member_forgotten */
    m[64 + i] = other;
    y[i] = other.count > 1000 ? 1.0f : 0.0f;
}
template <bool right> static void member_forgotten_run(const zoo_arrays &a)
{
    Mixed *m, host[128];
    cudaMalloc(&m, sizeof host);
    structures<right><<<1, 64>>>(a.x, a.y, m);
    if (right) cudaMemcpy(host, m, sizeof host, cudaMemcpyDeviceToHost);
    cudaFree(m);
}

/* The same with four unused bytes, whole words of them: a copy of what each has is no mistake. */
struct Pair {
    double value;
    int count;
};
template <bool right> __global__ void pairs(const float *x, float *y, Pair *p)
{
    int i = (int)threadIdx.x;
    if (right) p[i].value = x[i];
    p[i].count = i;
    y[i] = 1;
}
template <bool right> static void value_forgotten_run(const zoo_arrays &a)
{
    Pair *p, host[64];
    cudaMalloc(&p, sizeof host);
    pairs<right><<<1, 64>>>(a.x, a.y, p);
    cudaMemcpy(host, p, sizeof host, cudaMemcpyDeviceToHost); /* BUG: value_forgotten */
    cudaFree(p);
}

/* Managed memory begins with anything, too. */
template <bool right> static void managed_not_cleared_run(const zoo_arrays &a)
{
    int *count;
    cudaMallocManaged(&count, sizeof(int));
    if (right) *count = 0;
    count_positive<right><<<1, 64>>>(a.x, a.y, count);
    cudaDeviceSynchronize();
    cudaFree(count);
}

/* What the host has filled may have unused bytes. */
template <bool right> __global__ void take_pairs(float *y, const Pair *p, Pair *to)
{
    int i = (int)threadIdx.x;
    to[i] = p[i]; /* BUG: half_filled */
    y[i] = to[i].count > 1000 ? 1.0f : 0.0f;
}
template <bool right> static void half_filled_run(const zoo_arrays &a)
{
    Pair *p, *to;
    cudaMallocManaged(&p, 64 * sizeof(Pair));
    cudaMalloc(&to, 64 * sizeof(Pair));
    for (int i = 0; i < (right ? 64 : 32); i++) p[i].value = i, p[i].count = i;
    take_pairs<right><<<1, 64>>>(a.y, p, to);
    cudaDeviceSynchronize();
    cudaFree(p);
    cudaFree(to);
}

/* Pinned memory, of which the second half is copied as it came. */
template <bool right> static void staged_half_run(const zoo_arrays &a)
{
    float *pinned, *z;
    cudaMallocHost(&pinned, 64 * sizeof(float));
    cudaMalloc(&z, 64 * sizeof(float));
    for (int i = 0; i < (right ? 64 : 32); i++) pinned[i] = 1;
    cudaMemcpy(z, pinned, 64 * sizeof(float), cudaMemcpyHostToDevice);
    add<right><<<1, 64>>>(a.x, z, a.y, 64);
    cudaFree(z);
    cudaFreeHost(pinned);
}

/* clang-format off */
#define UNWRITTEN(name, outputs, words) { #name, name##_run<false>, name##_run<true>, outputs, { nullptr, nullptr, nullptr, words } }
#define COPIED(name, outputs, plain, race) { #name, name##_run<false>, name##_run<true>, outputs, { plain, nullptr, plain, race } }
/* clang-format on */

static const zoo_bug bugs[] = {
    UNWRITTEN(count_not_cleared, 1,
              "unwritten: ...a read of byte 0 of the 4 bytes allocated at unwritten.cu"),
    UNWRITTEN(input_not_copied, 64,
              "unwritten: ...a read of byte 128 of the 256 bytes allocated at unwritten.cu"),
    UNWRITTEN(border, 64, "unwritten: ...a read of byte 260 of shared tile"),
    UNWRITTEN(left_by_block, 64, "unwritten: ...block (1,0,0)...of shared dynamic shared memory"),
    COPIED(half_computed, 64,
           "unwritten: ...copies 256 bytes to the host, of which 128 are as cudaMalloc left them",
           "unwritten: ...cudaMemcpy copies 256 bytes to the host of which nobody has written 128"),
    COPIED(copied_twice, 64,
           "unwritten: ...of which 16 are as cudaMalloc left them...the first is byte 240 of the 256",
           "unwritten: ...nobody has written 16, the first is byte 240 of the 256 bytes"),
    COPIED(never_launched, 64, "unwritten: ...of which 256 are as cudaMalloc left them",
           "unwritten: ...nobody has written 256"),
    COPIED(first_half_only, 64,
           "unwritten: ...of which 128 are as cudaMalloc left them...the first is byte 128",
           "unwritten: ...nobody has written 128, the first is byte 128"),
    COPIED(rows_beside, 64, "unwritten: ...cudaMemcpy2D copies", "unwritten: ...cudaMemcpy2D copies"),
    COPIED(sum_of_unwritten, 1, "unwritten: ...computed from what nobody has written",
           "unwritten: ...a read of byte 0 of the 256 bytes allocated at unwritten.cu"),
    UNWRITTEN(lock_not_cleared, 1, "unwritten: ...a read of byte 0 of the 4 bytes allocated at unwritten.cu"),
    UNWRITTEN(member_forgotten, 64, "unwritten: ...which nobody has written"),
    COPIED(value_forgotten, 64, "unwritten: ...cudaMemcpy copies 1024 bytes to the host, of which ",
           "unwritten: ...nobody has written 768, the first is byte 0 of the 1024"),
    UNWRITTEN(managed_not_cleared, 1,
              "unwritten: ...a read of byte 0 of the 4 bytes allocated at unwritten.cu"),
    UNWRITTEN(half_filled, 64, "unwritten: ...a read of byte 512 of the 1024 bytes allocated"),
    UNWRITTEN(staged_half, 64, "unwritten: ...a read of byte 128 of the 256 bytes allocated"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_unwritten = { __FILE__, bugs };
