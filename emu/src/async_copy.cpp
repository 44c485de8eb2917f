/* async_copy.cpp - cp.async: the bytes move as late as the program allows, at its wait, so that reading them
 * too early shows; or at once with CUEMU_ASYNC=eager, so that overwriting them too early shows. */
#include <map>
#include "async_copy.h"
#include "emu/group_copy.h"
#include "emu/phase_barrier.h"
#include "emu_internal.h"

namespace emu
{

static unsigned long number;

static void move(const AsyncCopy &copy)
{
    size_t bytes = copy.bytes - copy.zero_fill;
    memcpy(copy.to, copy.from, bytes);
    memset((char *)copy.to + bytes, 0, copy.zero_fill);
}

/* A legal copy, told to the checkers. */
static AsyncCopy issue(void *to, const void *from, size_t bytes, size_t zero_fill, Where where)
{
    if (!current) fail("host", where, "cp.async is called by host code");
    if (bytes != 4 && bytes != 8 && bytes != 16)
        fail("async", where, "cp.async of %zu bytes; it copies 4, 8 or 16", bytes);
    if (zero_fill > bytes) fail("async", where, "cp.async fills %zu of %zu bytes", zero_fill, bytes);
    check_aligned(to, bytes, "cp.async to", where);
    check_aligned(from, bytes, "cp.async from", where);
    if (space_of(to) != Space::shared) fail("async", where, "cp.async to memory that is not shared memory");
    AsyncCopy copy = { to, from, bytes, zero_fill, current->batch, number++, where };
    tell(&Hooks::async_issue, copy);
    if (options.eager_async) move(copy);
    return copy;
}

static void finish(const AsyncCopy &copy)
{
    if (!options.eager_async) move(copy);
    tell(&Hooks::async_complete, copy);
}

void async_copy(void *to, const void *from, size_t bytes, size_t zero_fill, Where where)
{
    current->async.push_back(issue(to, from, bytes, zero_fill, where));
}

void async_commit(Where where)
{
    if (left_out("commit", where)) return;
    current->batch++;
}

void async_wait(unsigned newest_left, Where where)
{
    if (left_out("wait", where)) return;
    std::deque<AsyncCopy> &copies = current->async;
    while (!copies.empty() && copies.front().batch + (size_t)newest_left < current->batch) {
        finish(copies.front());
        copies.pop_front();
    }
}

/* ---- copies that a barrier waits for ---- */

struct Bound {
    AsyncCopy copy;
    Thread *thread;
};
static std::multimap<const uint64_t *, Bound> bound;

void async_copy_for(uint64_t *barrier, void *to, const void *from, size_t bytes, Where where)
{
    bound.insert({ barrier, { issue(to, from, bytes, 0, where), current } });
}

/* To the checkers each thread's copies arrive at the barrier on behalf of that thread. */
void async_finish_for(const uint64_t *barrier, unsigned long phase)
{
    Thread *const last = current;
    auto range = bound.equal_range(barrier);
    for (auto it = range.first; it != range.second; ++it) {
        current = it->second.thread;
        finish(it->second.copy);
        tell(&Hooks::phase_arrive, barrier, phase);
    }
    current = last;
    bound.erase(range.first, range.second);
}

void async_start_block()
{
    bound.clear();
}

static std::map<unsigned, std::multimap<const uint64_t *, Bound>> put_aside; /* by the block's slot */

void async_leave(unsigned slot)
{
    if (!bound.empty()) put_aside[slot].swap(bound);
}

void async_return(unsigned slot)
{
    bound.clear();
    auto found = put_aside.find(slot);
    if (found == put_aside.end()) return;
    bound.swap(found->second);
    put_aside.erase(found);
}

/* ---- copies of groups ---- */

static size_t piece_size(const void *to, const void *from, size_t bytes)
{
    size_t all = (size_t)to | (size_t)from | bytes;
    return space_of(to) != Space::shared ? 1 : all % 16 == 0 ? 16 : all % 8 == 0 ? 8 : all % 4 == 0 ? 4 : 1;
}

void copy_pieces(void *to, const void *from, size_t bytes, unsigned rank, unsigned size, uint64_t *barrier,
                 Where where)
{
    if (!current) fail("host", where, "memcpy_async is called by host code");
    const size_t piece = piece_size(to, from, bytes);
    for (size_t at = rank * piece; at < bytes; at += size * piece) {
        char *target = (char *)to + at;
        const char *source = (const char *)from + at;
        if (piece == 1) {
            mark_access(source, 1, false, false, where);
            mark_access(target, 1, true, false, where);
            *target = *source;
        } else if (barrier) {
            async_copy_for(barrier, target, source, piece, where);
        } else {
            async_copy(target, source, piece, 0, where);
        }
    }
}

} // namespace emu
