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
    const Thread *thread; /* nullptr: not known, or each access must be looked at */
    Tick at;
    uint32_t lane;
    uint8_t warp;
    bool plain;     /* RaceClock::plain */
    bool each_site; /* each line's first access must be looked at */
    /* What this block did with stamps first..base happened before; launch: RaceClock's. If each_site, no
     * stamp is in there, and no launch has that stamp. */
    Tick first, base, launch;
};
extern RaceNow race_now;

/* Does that read of one word repeat one that all checkers have heard of, so that none needs to hear of it?
 * Most do: this is asked first. */
inline bool race_repeats(const void *address, const void *site)
{
    if (race_now.thread != current) return false;
    Front *front = race_shadow.front_of((uintptr_t)address);
    if (!front || front->at != race_now.at) return false;
    for (unsigned i = 0; i < 2; i++)
        if (front->warp[i] == race_now.warp) {
            if (front->site[i] != site && race_now.each_site) return false;
            front->site[i] = site;
            front->lanes[i] |= race_now.lane;
            return true;
        }
    /* two other warps have read it since the last barrier, and two are all that is remembered */
    return race_now.plain && front->warp[0] < WARPS && front->warp[1] < WARPS;
}

/* The same for the first such read of a thread, a warp or a block: of a word that the block has written
 * before its last barrier, or that two blocks before it have read. */
bool race_begins_repeats(const void *address, const void *site);

/* A plain write of one word, which is part of `size` bytes. Is it ordered after all accesses before it, and
 * has the block written the word as this one does, so that no checker has anything to say of it? Then it is
 * noted. */
bool race_overwrites(const void *address, size_t size, const void *site);

/* race_unwritten.cpp: also looks for reads of memory that nobody has written, if CUEMU_UNWRITTEN=1. */
void unwritten_subscribe();
extern const Hooks *unwritten_hooks; /* nullptr: it does not */

/* race_virtual.cpp: also looks for calls of virtual functions of objects that the host has made. */
void virtual_subscribe();
void object_made(const void *address); /* its table's address is written there, by who runs */

/* race_host.cpp: also looks for accesses to memory of the host. */
void host_subscribe();
void uses_local_of_other(const Access &access); /* a variable on the stack of another thread */
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
/* `then`, of another block of the cluster, used the shared memory of the block that ends, which has not
 * waited for it. Once for each line. */
void race_outlived(const Touch &then, unsigned thread, const void *address);
void race_report_begin(); /* of a kernel */
void race_report_end();

/* Stands for a call whose file and line are known where otherwise a return address does. */
const void *race_site(Where where);

} // namespace emu

#endif
