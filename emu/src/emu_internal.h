/* emu_internal.h - what the parts of the emulator know of each other.
 *
 * A launch runs its blocks one after another on one OS thread. Each CUDA thread is a fiber; it leaves
 * the CPU only in emu/core.h's functions. So the parts below need no locks, and every run with the
 * same options is the same.
 *
 * The checkers (race.cpp, access.cpp) subscribe to Hooks. The compiler shows them the plain accesses of
 * kernels that are built with -fsanitize=thread, whose calls tsan_receiver.cpp takes; atomics, cp.async
 * and wmma tell of themselves.
 */
#ifndef EMU_INTERNAL_H
#define EMU_INTERNAL_H

#include <deque>
#include <string>
#include <vector>
#include "emu/core.h"
#include "emu/testing.h"

/* Is this part of the emulator itself built with AddressSanitizer? */
#if defined(__SANITIZE_ADDRESS__)
#define EMU_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EMU_ASAN 1
#endif
#endif

namespace emu
{

struct Fiber;

/* ---- options.cpp; the options themselves are in emu/testing.h ---- */

unsigned random_below(unsigned n); /* of options.seed */

/* ---- kernels, blocks and threads ---- */

struct Pointers; /* launch.h */

struct Kernel {
    std::string name; /* as the launch spells it: "gemm_tiled<16>"          */
    Where launch;
    dim3 grid, block;
    size_t dynamic_bytes;
    void (*body)(void *); /* runs one thread */
    const void *code;     /* the __global__ function, as far as it is known       */
    size_t static_bytes;  /* of shared memory                                     */
    void *argument;
    size_t argument_bytes;
    const Pointers *pointers; /* nullptr: it gets none that matter */
    bool cooperative;         /* all its blocks are resident: grid.sync() */
    bool clustered;           /* its blocks run in clusters */
    dim3 cluster;             /* ... of this extent         */
    unsigned long number;     /* launches before this one in the process          */
};

struct Meeting; /* meeting.h */

enum class State : unsigned char {
    fresh,
    ready,
    at_barrier,
    at_warp,
    at_tile,
    at_converge,
    at_meeting,
    done
};

/* Has a thread left the CPU though it could go on? By a call; in a loop that may wait for others; in one that
 * nothing but memory ends. */
enum class Yielded : unsigned char { no, calls, spins, only_reads };

struct AsyncCopy {
    void *to;
    const void *from;
    size_t bytes, zero_fill;
    unsigned batch;       /* commits of the thread before this copy          */
    unsigned long number; /* of this copy in the launch: names the copy in hooks */
    Where where;
};

/* First, in one line of the cache, what every barrier and every call of a warp touches: it is read for all
 * threads of the block, whose cache is small. */
struct alignas(64) Thread {
    uint3 index; /* threadIdx                                           */
    State state;
    Yielded yielded;
    bool predicate;
    bool fenced; /* for more than its block, since it last arrived at its cluster's barrier */
    Fiber *fiber;
    union {
        void *slot;
        const void *spins_on; /* of a loop: a variable's name, or what is read at spins_pc */
    };
    union {
        CompleteFn *complete;
        const void *spins_pc; /* nullptr: spins_on is a name */
    };
    unsigned mask;
    short warp, lane;
    Collective kind;
    int source;  /* of a shuffle: the lane whose value it wants, else -1 */
    Where where; /* the call it waits in                                */
    int linear;
    std::deque<AsyncCopy> async; /* issued, not yet waited for, oldest first           */
    unsigned batch;              /* commits so far                                    */
    const Meeting *meeting;      /* which it waits for, and the phase that must end    */
    unsigned long phase;
    unsigned cluster_arrived, cluster_waited; /* how often, at its cluster's barrier */
};

struct Block {
    uint3 index;   /* blockIdx                          */
    size_t linear; /* x + gridDim.x * (y + gridDim.y * z) */
    std::vector<Thread> threads;
    std::vector<unsigned> alive;   /* per warp: lanes that have not exited        */
    std::vector<unsigned> at_warp; /* per warp: lanes that wait in a call of a warp */
    unsigned slot = 0;             /* which of the resident blocks; 0 where one runs after another */
};

extern const Kernel *kernel; /* nullptr while none runs                    */
extern Block block;          /* the block that runs                        */
extern bool completing;      /* lanes have met, and one does for all what they came for: in their stacks */
extern Thread *current;      /* nullptr in the host's code and between threads */

/* The number of a block's cluster; of the block itself where it has none. clusters.cpp */
size_t cluster_of(size_t linear);

/* ---- launch.cpp ---- */

unsigned long kernels_run(); /* by this process, to their end or their failure; also those of libraries */
void count_library_kernel();

/* ---- marks.cpp ---- */

void forget_block_atomics(); /* a kernel begins, or all threads of its grid have met */

/* ---- left_out.cpp ---- */

extern const bool watches_syncs; /* is any synchronisation listed, or left out? */

/* ---- hooks.cpp ---- */

enum class Space : unsigned char {
    local, /* the thread's own stack, parameters, and everything else below is not */
    shared,
    global, /* device allocations and __device__ variables                           */
};

struct Access {
    const void *address;
    size_t size;
    Space space; /* local only in elsewhere() */
    bool write;  /* an atomic read-modify-write too */
    bool atomic;
    const void *pc; /* return address into the kernel, or nullptr: then where is known */
    Where where;
    bool is_volatile = false;
    Update update = Update::reads; /* of an atomic; a loop around atomicCAS begins with a plain read */
};

/* What a checker may listen to; null where it does not care. `current` is the acting thread in all that
 * speak of one; `block` and `kernel` are always set. */
struct Hooks {
    void (*kernel_begin)();
    void (*kernel_end)();
    void (*block_begin)();
    void (*block_end)();
    void (*thread_exit)();

    void (*access)(const Access &access);
    /* One of memory that is neither the thread's own nor the device's: parameters, constants, the host's. */
    void (*elsewhere)(const Access &access);

    /* All count threads have arrived at a block barrier and go on. */
    void (*barrier)(Thread *const *thread, int count);
    /* The lanes have met. Only syncwarp and group order memory; the others merely bring lanes together. */
    void (*warp)(int warp, unsigned lanes, Collective kind);
    /* cuda::barrier, mbarrier and seams: arrival at, and successful wait for, a phase. */
    void (*phase_arrive)(const void *barrier, unsigned long phase);
    void (*phase_wait)(const void *barrier, unsigned long phase);
    void (*fence)(Scope scope);

    /* A copy is in flight from issue to complete (its thread's wait), whenever the bytes really move. The
     * hooks alone speak of it: there is no access() for its source and destination. */
    void (*async_issue)(const AsyncCopy &copy);
    void (*async_complete)(const AsyncCopy &copy);

    /* The host's: a new array, whether its bytes count as written; a copy that is done, and its call;
     * bytes set. */
    void (*allocated)(const void *start, size_t size);
    void (*host_copy)(const void *to, const void *from, size_t bytes, const char *call, Where where);
    void (*host_set)(const void *address, size_t bytes);

    /* A library's operation, such as cublasSgemm, is about to read or write bytes of its array `name`. */
    void (*called_library)(const void *start, size_t bytes, bool write, const char *call, const char *name,
                           Where where);
    /* The block that runs leaves the CPU to another of the grid, and comes back: see residents.h. */
    void (*block_leave)();
    void (*block_return)();
    /* Every thread of the grid has arrived at its barrier, and goes on. */
    void (*grid_barrier)();
    /* A thread arrives at its cluster's barrier, and has waited there for the end of that phase. */
    void (*cluster_arrive)(const void *cluster, unsigned long phase);
    void (*cluster_wait)(const void *cluster, unsigned long phase);
};

void subscribe(const Hooks *hooks); /* from a constructor, for the life of the process; at most 6 */
bool listening();                   /* is anybody subscribed?                                     */

extern const Hooks *subscribers[7]; /* ends with nullptr */
extern int telling;                 /* does a subscriber run now? */

template <class... P, class... A> void tell(void (*Hooks::*hook)(P...), const A &...arguments)
{
    if (!*subscribers) return;
    telling++;
    for (const Hooks *const *h = subscribers; *h; h++)
        if ((*h)->*hook) ((*h)->*hook)(arguments...);
    telling--;
}

/* ---- places: shared_memory.cpp, device_memory.cpp, fiber.cpp ---- */

Space space_of(const void *address); /* fast */

struct Location {
    Space space;
    std::string name; /* "As", "dynamic shared memory", "the allocation at dense.cu:20", "counter" */
    const void *start;
    size_t offset, size; /* of the address in it, and of the whole */
};
Location location_of(const void *address); /* slow: for reports */
std::string describe(const void *address); /* "byte 40 of shared As (1024 bytes)" */

/* ---- source.cpp ---- */

/* The instruction before a return address: its file with the path, or nullptr. Many at
 * once are found faster. */
Where source_of(const void *pc);
void find_sources(const std::vector<const void *> &pcs);
bool is_emulators(const char *file); /* one of our headers, which no user has written */

/* "dense.cu:34" of the instruction before a return address, or "?" */
std::string source_line(const void *pc);
std::string source_line(Where where);
std::string source_line(const Access &access);

/* ---- report.cpp ---- */

std::string name_of(const Thread &thread); /* "thread (3,0,0)" */

/* A finding that lets the kernel go on: one line on stderr, and the process will exit with 1. Reports with
 * the same text after the kind are printed once. kind is a short stable key for tests: "race". */
void report(const char *kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same of the current thread, or of the host's call at that line: once for each kernel and line. */
void report_at(const char *kind, Where where, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What a reader should know and no finding: once for each kernel and line. */
void note_at(Where where, const char *format, ...) __attribute__((format(printf, 2, 3)));

} // namespace emu
#endif
