/* schedule.h - running the threads of one block. */
#ifndef EMU_SCHEDULE_H
#define EMU_SCHEDULE_H

#include "emu_internal.h"

namespace emu
{

/* Why a block leaves the CPU: all its threads have exited (or one has failed), they spin, or they wait for
 * threads of other blocks. */
enum class Left { finished, spinning, waiting };

Left run_block();        /* block.index and block.linear are set */
Left resume_block();     /* ... of one that has left             */
void schedule_reserve(); /* room for the largest block: running blocks needs no more */
bool block_moved();      /* did anything change since it began or was resumed? */

/* What the scheduler knows of a block beside `block` itself. */
struct Turns {
    std::vector<int> order;
    int live = 0, waiting = 0, predicates = 0;
};
void exchange_turns(Turns &other); /* with those of the block that runs */

[[noreturn]] void report_no_progress(const std::string &others);

bool only_waits(const std::vector<Thread> &threads); /* does memory alone, or another, end each wait? */
bool has_spins(const std::vector<Thread> &threads);  /* does one wait in a loop that may end by itself? */

void looked(const void *address, const void *pc); /* a volatile read: many are a loop that waits */

void wait_as(State state, Where where); /* the current thread leaves the CPU until it is ready */
void make_ready(Thread &thread);        /* ... which also counts as progress                   */

/* ---- state.cpp ---- */

extern unsigned long turns; /* how often a thread was given the CPU */

/* The scheduler writes what kernels see as constants, so here they have other names. */
extern uint3 writable_threadIdx __asm__("threadIdx"), writable_blockIdx __asm__("blockIdx");
extern dim3 writable_blockDim __asm__("blockDim"), writable_gridDim __asm__("gridDim");

/* ---- warp.cpp ----
 *
 * Scheduler and warps are one module: a lane that waits for its warp gives the CPU to the scheduler,
 * and the scheduler, where no thread can run, has the warps settled. Neither can be understood, or
 * changed, without the other. */

/* wakes lanes that wait for others which have exited, or that converge; true if it woke any */
bool settle_warps(bool nothing_else_runs);
void report_disagreement();
const char *name_of(Collective kind);

/* ---- report.cpp ---- */

/* who acts, "gemm<16>, block (0,1,0), thread (3,0,0)" */
std::string acting();

/* for a failure that nobody caught */
extern bool failed;
void throw_failure(); /* if failed */

} // namespace emu
#endif
