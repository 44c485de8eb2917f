/* emu/core.h - CUDA's keywords, and what the headers of the emulator ask of its scheduler.
 *
 * Kernels never include this: they include cuda_runtime.h and its neighbours, which do.
 */
#ifndef EMU_CORE_H
#define EMU_CORE_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include "vector_types.h"

#ifndef __CUDAEMU__
#define __CUDAEMU__ 1
#endif
/* Of a .cu file: __CUDACC__ is defined by who compiles it, and not for a .cpp file that includes this. */
#ifdef __CUDACC__
#define __CUDACC_VER_MAJOR__ 13
#define __CUDACC_VER_MINOR__ 0
#define __CUDACC_VER_BUILD__ 88
#endif

/* rungs-nvcc: the symbol is in the emulator that objects of this kind are linked with, and in no other. */
#ifdef EMU_BUILT_AS
extern "C" const char EMU_BUILT_AS;
[[gnu::used]] static const char *const emu_built_as = &EMU_BUILT_AS;
#endif

/* What __CUDA_ARCH__ is in device code: cu2cpp/arch.c. The device is an H100's kin unless nvcc's -arch says
 * less. */
#ifndef EMU_CUDA_ARCH
#ifdef __CUDA_ARCH__
#define EMU_CUDA_ARCH __CUDA_ARCH__
#else
#define EMU_CUDA_ARCH 900
#endif
#endif

#define __global__
#define __device__
#define __host__
#define __constant__
#define __managed__ __attribute__((section("emu_managed")))
#define __grid_constant__
#define __cluster_dims__(...)
/* cu2cpp repeats it in the kernel's body, where a launch finds the variable by its symbol (functions.cpp). */
#define EMU_CLUSTER_DIMS(...) __attribute__((used)) static const unsigned cluster_dims_[4] = { __VA_ARGS__ };
#define __launch_bounds__(...)
#define __maxnreg__(...)
#define __forceinline__ inline __attribute__((always_inline))
#define __align__(n)    __attribute__((aligned(n)))

/* The threads of a block share one address space and blocks run one after another, so a static variable is
 * the block's shared memory. Its ABI tag makes it known in the symbol table (shared_memory.cpp), `used` keeps
 * the compiler from reasoning that nobody else could write it. */
#define __shared__ static __attribute__((used, abi_tag("shared")))

/* Code that touches memory on behalf of the hardware: it tells the checkers itself what it does. */
#if defined(__SANITIZE_THREAD__)
#define EMU_RAW     __attribute__((no_sanitize("thread"), noinline))
#define EMU_WATCHED true
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define EMU_RAW     __attribute__((no_sanitize("thread"), noinline))
#define EMU_WATCHED true
#endif
#endif
#ifndef EMU_RAW
#define EMU_RAW     inline
#define EMU_WATCHED false /* does the compiler show accesses to the checkers? */
#endif

/* Last parameter of every function whose misuse is reported: the line of the call. It needs the call of
 * here(): an initializer list would get the line of this header when a template calls. */
#define EMU_HERE ::emu::Where where_ = ::emu::here()

/* What is in the parentheses, for macros that hand on lists. */
#define EMU_UNPAREN(...) __VA_ARGS__

/* Written by the scheduler; a thread sees constants. */
extern const uint3 threadIdx, blockIdx;
extern const dim3 blockDim, gridDim;
constexpr int warpSize = 32;

namespace emu
{

struct Where {
    const char *file; /* nullptr: not known */
    int line;
};
constexpr Where here(const char *file = __builtin_FILE(), int line = __builtin_LINE())
{
    return { file, line };
}

bool is_in_kernel(); /* is it a thread of a kernel that asks? */

/* Which half of a __host__ __device__ function runs. */
constexpr bool in_device_code()
{
    return !__builtin_is_constant_evaluated() && is_in_kernel();
}

/* cu2cpp writes one behind each __device__ and __constant__ variable at file scope, so that each device has
 * its own contents of it (devices.cpp). What is const is the same for all. */
void note_device_variable(void *place, size_t bytes);
struct DeviceVariable {
    template <class T> explicit DeviceVariable(T &variable)
    {
        if constexpr (!std::is_const_v<std::remove_all_extents_t<T>>)
            note_device_variable((void *)&variable, sizeof variable);
    }
};

/* ---- barriers and warps ---- */

/* Waits for every thread of the block; returns how many of them came with a true predicate. */
int block_barrier(bool predicate, Where where);

enum class Collective { syncwarp, shuffle, vote, match, reduce, wmma, group };

/* Waits until every live lane of mask has called with the same kind and mask. The last one runs complete, if
 * it is not null, with the lanes present and each lane's slot (null for the others). */
typedef void CompleteFn(unsigned lanes, void *const *slot);
void warp_collective(unsigned mask, Collective kind, void *slot, CompleteFn *complete, Where where,
                     int source = -1 /* of a shuffle: the lane whose value this one wants */);

/* The same for `count` threads of the block from that rank on, of several warps; complete gets all their
 * slots. */
typedef void TileFn(unsigned count, void *const *slot);
void tile_collective(unsigned first, unsigned count, void *slot, TileFn *complete, Where where);

unsigned lane_id();
unsigned warp_id();
unsigned thread_rank();               /* linear index within the block */
unsigned converged_mask(Where where); /* lanes of the warp that reach this line together */

/* Lets the other threads of the block run. A block whose threads only yield is reported, unless progress()
 * says that something changed. */
void yield(Where where = { nullptr, 0 });
void progress();

/* What cu2cpp puts into a loop that may wait for what others write (cu2cpp/spins.c): now and then the other
 * threads run. If nothing but memory can end the loop, it `only_reads`. False. */
bool spun(const char *variable, bool only_reads, Where where);
constexpr bool spin(const char *variable, bool only_reads, Where where = here())
{
    return !__builtin_is_constant_evaluated() && spun(variable, only_reads, where);
}

/* ---- memory ---- */

void *dynamic_shared(Where where); /* where extern __shared__ arrays begin */

/* A pointer into shared memory as the 32 bits that inline PTX uses, and back. Others are refused. */
uint64_t shared_window(const void *address, Where where);
void *from_shared_window(uint64_t address, Where where);

/* One that is declared at file scope is a pointer, which each launch sets. It lies beside threadIdx: to
 * the checkers it is no memory of the program's. */
struct FileShared {
    FileShared(void **array);
};
#define EMU_FILE_SHARED __attribute__((section("emu_builtins")))

/* What an atomic does with the old value: an atomicCAS compares it, an atomicExch does not care. */
enum class Update { reads, compares, overwrites };

/* Tells the checkers of an access that the compiler does not show them. */
void mark_access(const void *address, size_t size, bool write, bool atomic, Where where,
                 Update update = Update::reads);

/* An atomic of the block's scope (atomicAdd_block): one only to threads of that block. */
void block_atomic(const void *address, const char *name, Where where);

/* The host uses memory by atomics: it means to share it with the kernels that are still to run. */
void host_shares(const void *address);

void check_aligned(const void *address, size_t alignment, const char *what, Where where);

/* cp.async: bytes is 4, 8 or 16, of which the last zero_fill are zeros. */
void async_copy(void *to, const void *from, size_t bytes, size_t zero_fill, Where where);
void async_commit(Where where);
void async_wait(unsigned newest_left, Where where); /* all but the newest committed batches are there */

/* Barriers in memory (cuda::barrier, mbarrier): phase counts completed phases from 0. */
void phase_arrive(const void *barrier, unsigned long phase);
void phase_wait(const void *barrier, unsigned long phase); /* the wait for this phase is over */
enum class Scope { block, device, system };
void fence(Scope scope);

/* Is this synchronisation to be left out, as CUEMU_WITHOUT says? Every function that waits
 * or arrives asks first. */
bool left_out(const char *what, Where where);

/* ---- complaints ---- */

/* One sentence about the current thread; the kernel ends there. kind is a short stable key: "barrier". */
[[noreturn]] void fail(const char *kind, Where where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

} // namespace emu
#endif
