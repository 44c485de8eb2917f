/* hopper_ptx.h - the PTX bodies of hopper.h. */
#ifndef RUNGS_CUDA_HOPPER_PTX_H
#define RUNGS_CUDA_HOPPER_PTX_H

#include <cuda.h>

/* Other architectures compile the kernels too, and end there: a rung that needs 9.0a is not run on them. */
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
#define HOPPER_ASM asm volatile
#else
#define HOPPER_ASM(...) __trap()
#endif

namespace hopper
{

__device__ inline uint32_t shared_address(const void *p)
{
    return (uint32_t)__cvta_generic_to_shared(p);
}

/* ---- TMA ---- */

typedef CUtensorMap tensor_map; /* on 64 bytes, passed to kernels as a __grid_constant__ */

/* cuTensorMapEncodeTiled belongs to the driver, which is not linked: the runtime knows where it is. */
inline bool make_tensor_map(tensor_map *map, const bf16 *matrix, int rows, int columns, size_t pitch,
                            int box_rows)
{
    static void *encode = nullptr;
    cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
    if (!encode && (cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &encode, 12000,
                                                     cudaEnableDefault, &found) != cudaSuccess ||
                    found != cudaDriverEntryPointSuccess))
        return false;
    const cuuint64_t size[2] = { (cuuint64_t)columns, (cuuint64_t)rows },
                     stride[1] = { pitch * sizeof *matrix };
    const cuuint32_t box[2] = { LINE, (cuuint32_t)box_rows }, step[2] = { 1, 1 };
    return ((decltype(&cuTensorMapEncodeTiled))encode)(
               map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2, const_cast<bf16 *>(matrix), size, stride, box, step,
               CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
               CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

__device__ inline void tma_load(bf16 *to, const tensor_map *map, int k, int row, uint64_t *barrier)
{
    HOPPER_ASM(
        "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], "
        "[%4];" ::"r"(shared_address(to)),
        "l"(map), "r"(k), "r"(row), "r"(shared_address(barrier))
        : "memory");
}

/* ---- barriers ---- */

__device__ inline void barrier_init(uint64_t *barrier, int count)
{
    HOPPER_ASM("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(count)
               : "memory");
}

__device__ inline void barriers_visible()
{
    HOPPER_ASM("fence.mbarrier_init.release.cluster;" ::: "memory");
}

__device__ inline void barrier_arrive(uint64_t *barrier)
{
    HOPPER_ASM("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier)) : "memory");
}

__device__ inline void barrier_expect(uint64_t *barrier, int bytes)
{
    HOPPER_ASM("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)),
               "r"(bytes)
               : "memory");
}

__device__ inline void barrier_wait(uint64_t *barrier, int parity)
{
    for (uint32_t ended = 0; !ended;)
        HOPPER_ASM("{ .reg .pred ended; mbarrier.try_wait.parity.shared::cta.b64 ended, [%1], %2; "
                   "selp.u32 %0, 1, 0, ended; }"
                   : "=r"(ended)
                   : "r"(shared_address(barrier)), "r"(parity)
                   : "memory");
}

/* ---- wgmma ---- */

/* Where a tile with lines along k lies: address / 16 in bits 0 to 13; bytes between groups of eight
 * lines / 16 in bits 32 to 45 (8 lines of 128 bytes); 1 in bits 62 and 63: swizzle of 128 bytes. Bits 16
 * to 29 do not count then. */
__device__ inline uint64_t descriptor(const bf16 *p)
{
    return (uint64_t)(shared_address(p) >> 4 & 0x3fff) | (uint64_t)1 << 16 | (uint64_t)(8 * 128 / 16) << 32 |
           (uint64_t)1 << 62;
}

__device__ inline void wgmma_begin()
{
    HOPPER_ASM("wgmma.fence.sync.aligned;" ::: "memory");
}

__device__ inline void wgmma_commit()
{
    HOPPER_ASM("wgmma.commit_group.sync.aligned;" ::: "memory");
}

/* After the last batch the compiler must not read sums before the wait, which it does
 * not see changing them. */
template <int NEWEST, int SUMS> __device__ inline void wgmma_wait(float (&sum)[SUMS])
{
    HOPPER_ASM("wgmma.wait_group.sync.aligned %0;" ::"n"(NEWEST) : "memory");
    if (NEWEST == 0)
#pragma unroll
        for (int i = 0; i < SUMS; i++) asm volatile("" : "+f"(sum[i])::"memory");
}

#define SUMS_4(i)  "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define SUMS_16(i) SUMS_4(i), SUMS_4(i + 4), SUMS_4(i + 8), SUMS_4(i + 12)

/* clang-format off */
__device__ inline void wgmma_instruction(float (&d)[64], uint64_t a, uint64_t b)
{
    HOPPER_ASM("wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "
        "%64, %65, 1, 1, 1, 0, 0;"
        : SUMS_16(0), SUMS_16(16), SUMS_16(32), SUMS_16(48)
        : "l"(a), "l"(b));
}

__device__ inline void wgmma_instruction(float (&d)[128], uint64_t a, uint64_t b)
{
    HOPPER_ASM("wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
        "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
        "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "
        "%128, %129, 1, 1, 1, 0, 0;"
        : SUMS_16(0), SUMS_16(16), SUMS_16(32), SUMS_16(48), SUMS_16(64), SUMS_16(80), SUMS_16(96), SUMS_16(112)
        : "l"(a), "l"(b));
}
/* clang-format on */

#undef SUMS_16
#undef SUMS_4

template <int SUMS> __device__ inline void wgmma(float (&sum)[SUMS], const bf16 *a, const bf16 *b)
{
    wgmma_instruction(sum, descriptor(a), descriptor(b));
}

template <int COUNT> __device__ inline void registers_release()
{
    HOPPER_ASM("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(COUNT));
}

template <int COUNT> __device__ inline void registers_acquire()
{
    HOPPER_ASM("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(COUNT));
}

#undef HOPPER_ASM

} // namespace hopper

#endif
