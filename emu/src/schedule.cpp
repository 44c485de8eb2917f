/* schedule.cpp - the threads of a block take turns, each until it waits, yields or exits.
 *
 * Threads start one by one, and the one that exits hands its stack to the next: a kernel without
 * barriers needs a single stack and no switch. A pass visits all threads in the order of CUEMU_ORDER;
 * passes repeat until all exit.
 */
#include <algorithm>
#include "core_copy.h"
#include "fiber.h"
#include "fiber_pass.h"
#include "launch.h"
#include "emu/intrinsics.h"
#include "schedule.h"
#include "streams.h"

namespace emu
{

static std::vector<int> order; /* of the threads in a pass */
static size_t position;        /* in order                 */
static int live, waiting;      /* threads not exited, threads at the block's barrier */
static int predicates;         /* true ones at the last barrier                      */
static bool moved;             /* did this pass change anything?                     */

bool completing;

static const int IDLE_PASSES = 200; /* then other blocks may run */
static bool moved_since;            /* the block began or was resumed */

static void enter(Thread *thread)
{
    turns++;
    current = thread;
    writable_threadIdx = thread->index;
}

[[noreturn]] static void thread_loop();

/* Gives the thread the CPU's marks, and a stack if it has none. */
static Thread *prepare(Thread &thread)
{
    if (thread.state == State::fresh) thread.fiber = fiber_take(thread_loop);
    thread.state = State::ready;
    thread.yielded = Yielded::no;
    enter(&thread);
    return &thread;
}

/* The current thread leaves the CPU: to the next that can run in this pass, else to the scheduler. */
static inline __attribute__((always_inline)) void leave()
{
    Fiber *fiber = current->fiber;
#ifdef EMU_FIBER_PASS
    while (++position < order.size()) {
        Thread &next = block.threads[order[position]];
        if (next.state != State::fresh && next.state != State::ready) continue;
        const Fiber *soon = position + 1 < order.size() ? block.threads[order[position + 1]].fiber : nullptr;
        fiber_pass(fiber, prepare(next)->fiber, soon);
        return;
    }
#endif
    fiber_leave(fiber);
}

/* ---- a thread's life ---- */

static void exit_thread()
{
    Thread &thread = *current;
    if (!thread.async.empty())
        fail("async", thread.async.front().where,
             "the thread exits without waiting for this cp.async copy (__pipeline_wait_prior)");
    tell(&Hooks::thread_exit);
    thread.state = State::done;
    block.alive[thread.warp] &= ~(1u << thread.lane);
    live--;
    moved = true;
}

/* The next thread in this pass, if it has not started yet. */
static Thread *next_fresh()
{
    if (position + 1 >= order.size()) return nullptr;
    Thread *next = &block.threads[order[position + 1]];
    if (next->state != State::fresh) return nullptr;
    position++;
    return next;
}

[[noreturn]] static void thread_loop()
{
    for (;;) {
        kernel->body(kernel->argument);
        exit_thread();
        Fiber *fiber = current->fiber;
        current->fiber = nullptr;
        if (Thread *next = next_fresh()) {
            next->fiber = fiber;
            next->state = State::ready;
            enter(next);
        } else {
            fiber_give(fiber);
            fiber_leave(fiber);
        }
    }
}

/* ---- waiting ---- */

void wait_as(State state, Where where)
{
    current->state = state;
    current->where = where;
    moved = true;
    leave();
}

void make_ready(Thread &thread)
{
    thread.state = State::ready;
    moved = true;
}

void yield(Where where)
{
    if (!current) return;
    current->yielded = Yielded::calls;
    current->where = where;
    leave();
}

static const unsigned SPINS = 256, LOOKS = 4096; /* of loops, between two visits to the scheduler */

bool spun(const char *variable, bool only_reads, Where where)
{
    static unsigned count;
    if (++count % SPINS) return false;
    if (!is_kernels()) return stream_host_spins(only_reads), false;
    current->spins_on = variable, current->spins_pc = nullptr;
    current->yielded = only_reads ? Yielded::only_reads : Yielded::spins;
    current->where = where;
    leave();
    return false;
}

void looked(const void *address, const void *pc)
{
    static unsigned count;
    if (++count % LOOKS || !is_kernels()) return;
    current->spins_on = address, current->spins_pc = pc;
    current->yielded = Yielded::spins;
    current->where = { nullptr, 0 };
    leave();
}

void progress()
{
    moved = true;
}

unsigned long long clock_ticks()
{
    static unsigned long long ticks;
    only_on_one_core();
    return ++ticks;
}

/* ---- the block's barrier ---- */

static bool same_line(Where a, Where b)
{
    return a.line == b.line && (a.file == b.file || (a.file && b.file && !strcmp(a.file, b.file)));
}

static void check_same_barrier(const std::vector<Thread *> &group)
{
    const Thread &first = *group[0];
    for (const Thread *other : group)
        if (!same_line(other->where, first.where))
            fail("barrier", first.where,
                 "barrier divergence: %s waits here, %s at %s (CUEMU_BARRIER=count allows it)",
                 name_of(first).c_str(), name_of(*other).c_str(), source_line(other->where).c_str());
    if (live == (int)block.threads.size()) return;
    for (const Thread &other : block.threads)
        if (other.state == State::done)
            fail("barrier", first.where,
                 "barrier divergence: %s waits here, %s has exited (CUEMU_BARRIER=count allows it)",
                 name_of(first).c_str(), name_of(other).c_str());
}

static std::vector<Thread *> group; /* of a barrier that all have reached */

void schedule_reserve()
{
    order.reserve(THREADS_MOST);
    group.reserve(THREADS_MOST);
    block.alive.reserve(THREADS_MOST / 32);
    block.at_warp.reserve(THREADS_MOST / 32);
    fiber_reserve();
}

static void release_barrier()
{
    group.clear();
    for (Thread &thread : block.threads)
        if (thread.state == State::at_barrier) group.push_back(&thread);
    if (!options.counting_barrier) check_same_barrier(group);
    predicates = 0;
    for (Thread *thread : group) {
        predicates += thread->predicate;
        make_ready(*thread);
    }
    waiting = 0;
    tell(&Hooks::barrier, group.data(), (int)group.size());
}

int block_barrier(bool predicate, Where where)
{
    if (!current) fail("host", where, "__syncthreads is called by host code");
    if (watches_syncs && left_out("__syncthreads", where)) return predicate;
    Thread &thread = *current;
    thread.predicate = predicate;
    thread.state = State::at_barrier;
    thread.where = where;
    if (++waiting == live) release_barrier();
    if (thread.state == State::at_barrier)
        moved = true, leave();
    else if (options.order == Order::random)
        leave(); /* the last to come need not be the first to go on */
    return predicates;
}

/* ---- passes ---- */

static std::string call_of(const Thread &thread)
{
    switch (thread.state) {
    case State::at_barrier: return "in __syncthreads";
    case State::at_warp: return std::string("in ") + name_of(thread.kind);
    case State::at_converge: return "waiting for the rest of the warp";
    case State::at_meeting: return "waiting for other blocks";
    case State::at_tile: return "in a tile's sync";
    default: break;
    }
    bool loops = thread.yielded == Yielded::spins || thread.yielded == Yielded::only_reads;
    if (!loops) return "spinning";
    if (!thread.spins_pc) return std::string("spinning on ") + (const char *)thread.spins_on;
    return "spinning on " + describe(thread.spins_on) + " at " + source_line(thread.spins_pc);
}

static bool same_location(const Thread &a, const Thread &b)
{
    return a.state == b.state && same_line(a.where, b.where);
}

/* "; 32 threads, first thread (0,0,0), in __syncwarp at dense.cu:20" for up to four places */
static std::string where_they_are()
{
    std::vector<std::pair<const Thread *, int>> locations; /* the first thread there, and how many */
    for (const Thread &thread : block.threads) {
        if (thread.state == State::done) continue;
        auto known = std::find_if(locations.begin(), locations.end(), [&](const auto &location) {
            return same_location(*location.first, thread);
        });
        if (known == locations.end())
            locations.push_back({ &thread, 1 });
        else
            known->second++;
    }
    std::string text;
    for (size_t i = 0; i < locations.size() && i < 4; i++) {
        const Thread &first = *locations[i].first;
        text +=
            "; " + std::to_string(locations[i].second) + " (first " + name_of(first) + ") " + call_of(first);
        if (first.where.file) text += " at " + source_line(first.where);
    }
    size_t exited = block.threads.size() - (size_t)live;
    return exited ? text + "; " + std::to_string(exited) + " have exited" : text;
}

static void report_deadlock()
{
    report_disagreement();
    fail("deadlock", { nullptr, 0 }, "deadlock: no thread can run%s", where_they_are().c_str());
}

void report_no_progress(const std::string &others)
{
    fail("progress", { nullptr, 0 },
         "no progress: the threads left in this block wait for a value that none of them writes%s%s",
         where_they_are().c_str(), others.c_str());
}

bool only_waits(const std::vector<Thread> &threads)
{
    if (!__libc_single_threaded) return false; /* another thread of the host may write */
    for (const Thread &thread : threads)
        if ((thread.state == State::ready || thread.state == State::fresh) &&
            thread.yielded != Yielded::only_reads)
            return false;
    return true;
}

bool has_spins(const std::vector<Thread> &threads)
{
    for (const Thread &thread : threads)
        if (thread.state == State::ready &&
            (thread.yielded == Yielded::spins ||
             (thread.yielded == Yielded::only_reads && !__libc_single_threaded)))
            return true;
    return false;
}

static bool waits_for_others()
{
    for (const Thread &thread : block.threads)
        if (thread.state == State::at_meeting) return true;
    return false;
}

static void start_block()
{
    completing = false; /* a failure may have left it */
    int count = (int)block.threads.size();
    for (Thread &thread : block.threads) {
        thread.state = State::fresh;
        thread.fiber = nullptr;
        thread.yielded = Yielded::no;
        thread.where = { nullptr, 0 };
        thread.batch = 0;
        thread.cluster_arrived = thread.cluster_waited = 0;
        thread.fenced = false;
        thread.async.clear();
    }
    block.alive.assign((count + 31) / 32, ~0u);
    if (count % 32) block.alive.back() = (1u << count % 32) - 1;
    block.at_warp.assign(block.alive.size(), 0);
    live = count;
    waiting = 0;
    order.resize(count);
    for (int i = 0; i < count; i++) order[i] = options.order == Order::reverse ? count - 1 - i : i;
}

/* Visits every thread once; returns whether any could run. */
static bool run_pass()
{
    bool ran = false;
    if (options.order == Order::random)
        for (size_t i = order.size() - 1; i > 0; i--)
            std::swap(order[i], order[random_below((unsigned)i + 1)]);
    for (position = 0; position < order.size() && !failed; position++) {
        Thread &thread = block.threads[order[position]];
        if (thread.state != State::fresh && thread.state != State::ready) continue;
        ran = true;
        fiber_resume(prepare(thread)->fiber);
        current = nullptr;
    }
    return ran;
}

Left resume_block()
{
    moved_since = false;
    for (int idle = 0; live > 0 && !failed;) {
        moved = false;
        bool ran = run_pass();
        if (failed) break;
        if (!settle_warps(!ran) && !ran && live > 0) {
            if (waits_for_others()) return Left::waiting;
            if (waiting != live) report_deadlock();
            release_barrier(); /* the last exits completed it */
        }
        moved_since |= moved;
        idle = moved ? 0 : idle + (only_waits(block.threads) ? IDLE_PASSES / 4 : 1);
        if (idle > IDLE_PASSES) return Left::spinning;
    }
    return Left::finished;
}

Left run_block()
{
    start_block();
    return resume_block();
}

bool block_moved()
{
    return moved_since;
}

void exchange_turns(Turns &other)
{
    order.swap(other.order);
    std::swap(live, other.live);
    std::swap(waiting, other.waiting);
    std::swap(predicates, other.predicates);
}

} // namespace emu
