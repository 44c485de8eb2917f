/* ptx.cu - the mistakes of kernels that are written with inline PTX: the same as in C, and those of
 * matrices. */
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include "zoo.h"

#define SHARED(pointer) ((unsigned)__cvta_generic_to_shared(pointer))
#define COPY_16(to, from)                                                                              \
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16; cp.async.commit_group;" ::"r"(SHARED(to)), \
                 "l"(from)                                                                             \
                 : "memory")
#define STORE(to, bits) asm volatile("st.shared.b32 [%0], %1;" ::"r"(SHARED(to)), "r"(bits) : "memory")
#define LOAD(to, from)  asm volatile("ld.global.nc.f32 %0, [%1];" : "=f"(to) : "l"(from))
#define LOAD_4(to, from)                                                  \
    asm volatile("ld.global.v4.f32 {%0, %1, %2, %3}, [%4];"               \
                 : "=f"((to).x), "=f"((to).y), "=f"((to).z), "=f"((to).w) \
                 : "l"(from))
#define LOAD_MATRIX(to, row)                                            \
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" \
                 : "=r"(to)                                             \
                 : "r"(SHARED(row))                                     \
                 : "memory")
#define MULTIPLY(d0, d1, a)                                                                             \
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%0, %1}, {%2, %2}, {%2}, {%0, %1};" \
                 : "+r"(d0), "+r"(d1)                                                                   \
                 : "r"(a))
#define ADD_ONE_ALONE(to)                                                                                    \
    asm volatile("{ .reg .s32 v; ld.global.s32 v, [%0]; add.s32 v, v, 1; st.global.s32 [%0], v; }" ::"l"(to) \
                 : "memory")
#define SHUFFLE_DOWN_4(to, from) asm volatile("shfl.sync.down.b32 %0, %1, 4, 31, -1;" : "=r"(to) : "r"(from))

/* The copies are on their way; the tile is not there yet. */
template <bool right> __global__ void ptx_copy_not_waited_for(const float *x, float *y)
{
    __shared__ alignas(16) float tile[64];
    int t = threadIdx.x;
    if (t < 16) {
        COPY_16(&tile[4 * t], &x[4 * t]); /* BUG: ptx_copy_not_waited_for */
    }
    if (right) asm volatile("cp.async.wait_group 0;" ::: "memory");
    __syncthreads();
    y[t] = tile[t]; /* BUG: ptx_copy_not_waited_for */
    asm volatile("cp.async.wait_all;" ::: "memory");
}
template <bool right> static void ptx_copy_not_waited_for_run(const zoo_arrays &a)
{
    ptx_copy_not_waited_for<right><<<1, 64>>>(a.x, a.y);
}

/* One wait too few: the newest group may still be on its way. */
template <bool right> __global__ void ptx_wrong_group(const float *x, float *y)
{
    __shared__ alignas(16) float tile[2][128];
    int t = threadIdx.x;
    for (int stage = 0; stage < 2; stage++) {
        COPY_16(&tile[stage][4 * t], &x[128 * stage + 4 * t]); /* BUG: ptx_wrong_group */
    }
    if (right)
        asm volatile("cp.async.wait_group %0;" ::"n"(0) : "memory");
    else
        asm volatile("cp.async.wait_group %0;" ::"n"(1) : "memory");
    __syncthreads();
    for (int i = t; i < 128; i += 32) y[i] = tile[0][i] + tile[1][i]; /* BUG: ptx_wrong_group */
    asm volatile("cp.async.wait_all;" ::: "memory");
}
template <bool right> static void ptx_wrong_group_run(const zoo_arrays &a)
{
    ptx_wrong_group<right><<<1, 32>>>(a.x, a.y);
}

/* Warp 1 reads the rows that warp 0 has written. */
template <bool right> __global__ void ptx_matrix_without_barrier(float *y)
{
    __shared__ alignas(16) half rows[8][8];
    const int t = threadIdx.x;
    unsigned pair = 0x3c003c00;
    if (t < 32) /* clang-format off */
        STORE(&rows[t / 4][t % 4 * 2], pair); /* BUG: ptx_matrix_without_barrier */
    if (right) __syncthreads();
    if (t >= 32) /* clang-format off */
        LOAD_MATRIX(pair, rows[t % 8]); /* BUG: ptx_matrix_without_barrier */
    y[t] = (float)pair;
}
template <bool right> static void ptx_matrix_without_barrier_run(const zoo_arrays &a)
{
    ptx_matrix_without_barrier<right><<<1, 64>>>(a.y);
}

/* A row of a matrix begins at a multiple of 16 bytes. */
template <bool right> __global__ void ptx_row_misaligned(float *y)
{
    __shared__ alignas(16) half rows[8][right ? 8 : 10];
    const int t = threadIdx.x;
    unsigned pair;
    for (int i = t; i < 64; i += 32) rows[i / 8][i % 8] = 1;
    __syncthreads();
    LOAD_MATRIX(pair, rows[t % 8]); /* BUG: ptx_row_misaligned */
    y[t] = (float)pair;
}
template <bool right> static void ptx_row_misaligned_run(const zoo_arrays &a)
{
    ptx_row_misaligned<right><<<1, 32>>>(a.y);
}

/* mma is of the whole warp, whatever the lanes need of its result. */
template <bool right> __global__ void ptx_lane_missing(float *y)
{
    const int t = threadIdx.x;
    unsigned a = 0x3c003c00, d[2] = { 0, 0 };
    if (right || t != 7) /* clang-format off */
        MULTIPLY(d[0], d[1], a); /* BUG: ptx_lane_missing */
    y[t] = (float)d[0];
}
template <bool right> static void ptx_lane_missing_run(const zoo_arrays &a)
{
    ptx_lane_missing<right><<<1, 32>>>(a.y);
}

/* Past the end of an array of cudaMalloc. */
template <bool right> __global__ void ptx_past_the_end(const float *x, float *y)
{
    float v;
    LOAD(v, x + (right ? 0 : ZOO_FLOATS) + threadIdx.x); /* BUG: ptx_past_the_end */
    y[threadIdx.x] = v;
}
template <bool right> static void ptx_past_the_end_run(const zoo_arrays &a)
{
    ptx_past_the_end<right><<<1, 32>>>(a.x, a.y);
}

/* A sum that all threads read and write. */
template <bool right> __global__ void ptx_lost_update(int *count, float *y)
{
    int sum;
    if (right)
        asm volatile("red.global.add.s32 [%0], 1;" ::"l"(count) : "memory");
    else
        ADD_ONE_ALONE(count); /* BUG: ptx_lost_update */
    __syncthreads();
    asm volatile("ld.global.s32 %0, [%1];" : "=r"(sum) : "l"(count));
    y[threadIdx.x] = (float)sum;
}
template <bool right> static void ptx_lost_update_run(const zoo_arrays &a)
{
    ptx_lost_update<right><<<1, 64>>>(a.count, a.y);
}

/* A pointer where the instruction wants an address of shared memory. */
template <bool right> __global__ void ptx_not_converted(float *y)
{
    __shared__ float s[32];
    const int t = threadIdx.x;
    size_t address = right ? __cvta_generic_to_shared(&s[t]) : (size_t)&s[t];
    asm volatile("st.shared.f32 [%0], %1;" ::"l"(address), "f"(1.0f) : "memory"); /* BUG: ptx_not_converted */
    y[t] = s[t];
}
template <bool right> static void ptx_not_converted_run(const zoo_arrays &a)
{
    ptx_not_converted<right><<<1, 32>>>(a.y);
}

/* Four floats at once need addresses that are multiples of 16. */
template <bool right> __global__ void ptx_vector_misaligned(const float *x, float *y)
{
    float4 v;
    LOAD_4(v, x + 4 * threadIdx.x + (right ? 0 : 2)); /* BUG: ptx_vector_misaligned */
    y[threadIdx.x] = v.x + v.y + v.z + v.w;
}
template <bool right> static void ptx_vector_misaligned_run(const zoo_arrays &a)
{
    ptx_vector_misaligned<right><<<1, 32>>>(a.x, a.y);
}

/* A barrier in a branch that a part of the block takes. */
template <bool right> __global__ void ptx_barrier_in_branch(const float *x, float *y)
{
    const int t = threadIdx.x;
    if (right || t < 32) asm volatile("bar.sync 0;" ::: "memory"); /* BUG: ptx_barrier_in_branch */
    if (!right && t >= 32) __syncthreads();
    y[t] = x[t];
}
template <bool right> static void ptx_barrier_in_branch_run(const zoo_arrays &a)
{
    ptx_barrier_in_branch<right><<<1, 64>>>(a.x, a.y);
}

/* A barrier of more threads than come. */
template <bool right> __global__ void ptx_barrier_of_too_many(const float *x, float *y)
{
    const int t = threadIdx.x;
    if (t < 64)
        asm volatile("bar.sync 1, %0;" ::"r"(right ? 64 : 96) : "memory"); /* BUG: ptx_barrier_of_too_many */
    y[t] = x[t];
}
template <bool right> static void ptx_barrier_of_too_many_run(const zoo_arrays &a)
{
    ptx_barrier_of_too_many<right><<<1, 96>>>(a.x, a.y);
}

/* Shared memory that nobody has written. */
template <bool right> __global__ void ptx_unwritten(float *y)
{
    __shared__ float s[64];
    const int t = threadIdx.x;
    float v;
    if (right || t < 32) s[t] = (float)t;
    __syncthreads();
    asm volatile("ld.shared.f32 %0, [%1];" : "=f"(v) : "r"(SHARED(&s[t]))); /* BUG: ptx_unwritten */
    y[t] = v;
}
template <bool right> static void ptx_unwritten_run(const zoo_arrays &a)
{
    ptx_unwritten<right><<<1, 64>>>(a.y);
}

/* The lane that the value comes from has returned. */
template <bool right> __global__ void ptx_shuffle_after_return(const float *x, float *y, int n)
{
    const int t = threadIdx.x;
    unsigned v = t < n ? __float_as_uint(x[t]) : 0, w;
    if (!right && t >= n) return;
    SHUFFLE_DOWN_4(w, v); /* BUG: ptx_shuffle_after_return */
    if (t == 0) y[0] = __uint_as_float(w);
}
template <bool right> static void ptx_shuffle_after_return_run(const zoo_arrays &a)
{
    ptx_shuffle_after_return<right><<<1, 32>>>(a.x, a.y, 20);
}

static const zoo_bug bugs[] = {
    ZOO(ptx_copy_not_waited_for, 64, "NaN", "differ", nullptr,
        "copied to it (cp.async)...wait for the copy...is missing between line"),
    ZOO(ptx_wrong_group, 128, "NaN", "differ", nullptr,
        "copied to it (cp.async)...wait for the copy...is missing between line"),
    ZOO(ptx_matrix_without_barrier, 64, nullptr, "differ", nullptr, "__syncthreads() is missing"),
    ZOO(ptx_row_misaligned, 32, "ldmatrix...not a multiple of 16 bytes", nullptr, nullptr, nullptr),
    ZOO(ptx_lane_missing, 32, "needs all 32 lanes of the warp: lane 7 is not here", nullptr, nullptr,
        nullptr),
    ZOO(ptx_past_the_end, 32, "illegal address...byte 16384 of the 16384 bytes", nullptr, nullptr, nullptr),
    ZOO(ptx_lost_update, 64, nullptr, nullptr, nullptr, "nothing orders the two...use atomicAdd"),
    ZOO(ptx_not_converted, 32, "a pointer becomes one by __cvta_generic_to_shared", nullptr, nullptr,
        nullptr),
    ZOO(ptx_vector_misaligned, 32, "ld.global.v4.f32: the address is not a multiple of 16", nullptr, nullptr,
        nullptr),
    ZOO(ptx_barrier_in_branch, 64, "barrier divergence", nullptr, nullptr, nullptr),
    ZOO(ptx_barrier_of_too_many, 96, "no progress", nullptr, nullptr, nullptr),
    ZOO(ptx_unwritten, 64, "NaN", nullptr, nullptr, "nobody has written"),
    ZOO(ptx_shuffle_after_return, 1, "lane 16 takes the value of lane 20, which has returned", nullptr,
        nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_ptx = { __FILE__, bugs };
