/* async_copy.cpp - cp.async: the bytes move as late as the program allows, at its wait, so that reading them too
 * early shows; or at once with CUEMU_ASYNC=eager, so that overwriting them too early shows. */
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

void async_copy(void *to, const void *from, size_t bytes, size_t zero_fill, Where where)
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
    current->async.push_back(copy);
}

void async_commit()
{
    current->batch++;
}

void async_wait(unsigned newest_left)
{
    std::deque<AsyncCopy> &copies = current->async;
    while (!copies.empty() && copies.front().batch + (size_t)newest_left < current->batch) {
        if (!options.eager_async) move(copies.front());
        tell(&Hooks::async_complete, copies.front());
        copies.pop_front();
    }
}

} // namespace emu
