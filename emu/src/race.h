/* race.h - finds accesses of two CUDA threads to the same bytes that nothing orders.
 *
 * Two accesses race if one of them writes, not both are atomic, they are of different threads of a
 * launch, and neither a barrier, a warp barrier, a waited-for phase nor a fence with an atomic lies
 * between (race_clock.h). The checker sees every access, so it finds a race also where this run's order
 * gave the right result. */
#ifndef EMU_RACE_H
#define EMU_RACE_H

#include "race_shadow.h"
#include "emu_internal.h"

namespace emu
{

/* Listens from now on. Where kernels are built with -fsanitize=thread,
 * tsan_receiver.cpp calls it before main. */
void race_subscribe();

/* Where the current thread is in the order of things: what is the same for all its accesses until it
 * synchronises. */
struct RaceNow {
    const Thread *thread; /* nullptr: not known */
    Tick at;
    uint32_t lane;
    uint16_t warp;
    bool plain; /* RaceClock::plain */
};
extern RaceNow race_now;

/* Does that read of one word repeat one that all checkers have heard of, so that none needs to hear of it?
 * Most do: this is asked first. */
inline bool race_repeats(const void *address, const void *site)
{
    if (race_now.thread != current) return false;
    Repeat *repeat = race_shadow.repeat_of((uintptr_t)address);
    if (!repeat || repeat->at != race_now.at) return false;
    if (repeat->warp == race_now.warp && repeat->site == (uint32_t)(uintptr_t)site) {
        repeat->lanes |= race_now.lane;
        return true;
    }
    bool remembered = (repeat->lanes & 0xffff) == race_now.warp || repeat->lanes >> 16 == race_now.warp;
    return repeat->warp == ANY_WARP && race_now.plain && !remembered;
}

/* The same for the first such read of the thread or of its warp, after a look at what is remembered. */
bool race_begins_repeats(const void *address, const void *site);

/* race_unwritten.cpp: also looks for reads of memory that nobody has written, if CUEMU_UNWRITTEN=1. */
void unwritten_subscribe();
extern const Hooks *unwritten_hooks; /* nullptr: it does not */

/* race_host.cpp: also looks for accesses to memory of the host. */
void host_subscribe();
bool is_allocated_by_kernel(uintptr_t address); /* race_heap.cpp: by malloc or new, and not freed */

/* Two accesses that race: `then` was seen first, `now` is made by the current thread. */
struct Conflict {
    Touch then, now;
    unsigned then_thread;
    const void *address; /* of the first byte in common */
    Space space;
    bool after_atomics; /* has the kernel used any before? It may mean to synchronise by them */
    const void *update =
        nullptr; /* `now` is a read: where its thread writes the same place next, if it does */
};

/* race_report.cpp: says so once for each pair of lines, and how often at the end of the kernel. Threads that
 * write the same value are only noted, unless CUEMU_RACE=strict. */
void race_report(const Conflict &conflict, bool same_value);
/* The plain read at that site is followed by an atomicCAS of the same thread there: it only guesses. */
void race_compared(const void *site);
void race_report_begin(); /* of a kernel */
void race_report_end();

/* Stands for a call whose file and line are known where otherwise a return address does. */
const void *race_site(Where where);

} // namespace emu

#endif
