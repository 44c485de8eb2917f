/* race.cpp - every access is compared with those before it: see race.h. */
#include "race.h"

#include <cstring>

namespace emu
{

static RaceClock order;
static Shadow shadow;
static bool atomics_used; /* in this kernel */

/* ---- writes that may change nothing ---- */

/* A write that conflicts with an earlier write, until it is known whether it changes anything. The
 * compiler's call comes before the store, so the answer is there at the thread's next call of any kind. */
static struct {
    bool open;
    Conflict conflict;
    size_t size;
    unsigned char before[16];
} doubt;

static void settle_write()
{
    if (!doubt.open) return;
    doubt.open = false;
    race_report(doubt.conflict, !memcmp(doubt.conflict.address, doubt.before, doubt.size));
}

/* ---- reads that may be half of an update ----
 *
 * s[x]++ reads, then writes the same place. A read that conflicts with an earlier write is kept until its
 * thread writes, which says whether an atomic is missing or a barrier. */
static struct {
    bool open;
    Conflict conflict;
} update;

static void settle_update(const Access *next)
{
    if (!update.open || (next && !next->write)) return;
    update.open = false;
    if (next && !next->atomic && next->address == update.conflict.address) update.conflict.update = next->pc;
    race_report(update.conflict, false);
}

static void settle()
{
    settle_write();
    settle_update(nullptr);
}

/* ---- reads before an atomicCAS ---- */

/* The last plain reads of each thread. */
struct Guess {
    const void *address, *site;
};
static Guess guesses[1024][4];
static unsigned next_guess;

static void remember_guess(const Access &access, const void *site)
{
    guesses[current->linear][next_guess++ % 4] = { access.address, site };
}

static void match_guess(const Access &access)
{
    for (const Guess &guess : guesses[current->linear])
        if (guess.address == access.address) race_compared(guess.site);
}

static void suspect(const Conflict &conflict, size_t size)
{
    settle_write();
    doubt.open = true;
    doubt.conflict = conflict;
    doubt.size = size < sizeof doubt.before ? size : sizeof doubt.before;
    memcpy(doubt.before, conflict.address, doubt.size);
}

/* ---- one cell ---- */

static bool surely_before(const Touch &then, const Touch &now)
{
    return !then.at || (!(then.flags & TOUCH_COPYING) &&
                        order.surely_before(then.block, then.warp, then.at, now.warp * 32u));
}

/* The first thread of `then` that nothing orders before the current one, or -1. */
static int unordered(const Touch &then, const Touch &now, Space space)
{
    if (surely_before(then, now) || !order.this_launch(then.at)) return -1;
    if (space == Space::shared && then.block != now.block) return -1; /* each block has its own */
    unsigned me = (unsigned)current->linear;
    for (unsigned left = then.lanes; left; left &= left - 1) {
        unsigned other = then.warp * 32u + (unsigned)__builtin_ctz(left);
        if (then.flags & TOUCH_COPYING) return (int)other;
        bool own = other == me && then.block == now.block;
        if (!own && !order.before(then.block, other, then.at, then.flags & TOUCH_ATOMIC, me))
            return (int)other;
    }
    return -1;
}

/* Keeps `now` among the cell's reads: beside one of the same moment, in place of one that it makes
 * superfluous, or so that reads of two warps, or better of two blocks, are kept. */
static void remember(Cell &cell, const Touch &now, Space space)
{
    for (Touch &r : cell.read)
        if (r.at == now.at && r.warp == now.warp && r.block == now.block && r.flags == now.flags) {
            r.lanes |= now.lanes;
            r.site = now.site;
            return;
        }
    for (bool any_kind : { false, true }) /* an atomic does not stand for a plain access, nor the reverse */
        for (Touch &r : cell.read)
            if ((!r.at || r.flags == now.flags || any_kind) && unordered(r, now, space) < 0) {
                r = now;
                return;
            }
    const Touch &a = cell.read[0], &b = cell.read[1];
    if (a.block == b.block && (a.warp == b.warp || a.block != now.block)) cell.read[1] = now;
}

/* Looks for what `now` conflicts with in a cell, and notes it there. */
static void touch(Cell &cell, const Touch &now, Space space, const void *address, size_t size)
{
    bool writes = now.flags & TOUCH_WRITE, atomic = now.flags & TOUCH_ATOMIC;
    int other;
    bool raced = false;
    for (Touch &r : cell.read) {
        if (surely_before(r, now) || !(writes || r.flags & TOUCH_WRITE) || (atomic && r.flags & TOUCH_ATOMIC))
            continue;
        if (!raced && (other = unordered(r, now, space)) >= 0) {
            race_report({ r, now, (unsigned)other, address, space, atomics_used }, false);
            raced = true;
        }
    }
    const Touch &w = cell.write;
    if (!raced && !surely_before(w, now) && !(atomic && w.flags & TOUCH_ATOMIC) &&
        (other = unordered(w, now, space)) >= 0) {
        Conflict conflict = { w, now, (unsigned)other, address, space, atomics_used };
        if (now.flags == TOUCH_WRITE && w.flags == TOUCH_WRITE)
            suspect(conflict, size);
        else if (now.flags == 0 && w.flags == TOUCH_WRITE && !update.open)
            update.open = true, update.conflict = conflict;
        else
            race_report(conflict, false);
    }
    if (!writes || atomic) {
        remember(cell, now, space);
    } else {
        cell.write = now;
        cell.read[0].at = cell.read[1].at = 0; /* ordered before this write, or reported */
    }
}

static void touch_range(const void *start, size_t size, Space space, const Touch &now)
{
    uintptr_t first = (uintptr_t)start, end = first + size;
    const uintptr_t slot =
        space == Space::shared ? (uintptr_t)block.slot << 48 : 0; /* each has its own cells */
    bool whole = (first | size) % Shadow::WORD == 0;
    for (uintptr_t at = first; at < end;) {
        Shadow::Page &page = shadow.page(at + slot, whole);
        touch(page.cells[at % Shadow::PAGE / page.step], now, space, (const void *)at, page.step);
        at += page.step;
    }
}

/* ---- hooks ---- */

static Touch touch_of_current(const void *site, int flags)
{
    Tick at = order.stamp((unsigned)current->linear);
    return { site, at, order.block, 1u << current->lane, (uint16_t)current->warp, (uint8_t)flags };
}

/* Atomics on shared memory of one block are not those of the next. */
static uint64_t synchronises_at(const void *address, Space space)
{
    return (uintptr_t)address | (space == Space::shared ? (uint64_t)order.block << 48 : 0);
}

/* Volatile accesses are to other threads what relaxed atomics are, if the program fences before them as a
 * program that means them so must; without, `volatile` orders nothing and hides no race. */
static void on_access(const Access &access)
{
    settle_write();
    settle_update(&access);
    unsigned me = (unsigned)current->linear;
    bool atomic = access.atomic || (access.is_volatile && (!access.write || order.has_fenced(me)));
    if (atomic) order.atomic(me, synchronises_at(access.address, access.space), access.write);
    int flags = (access.write ? TOUCH_WRITE : 0) | (atomic ? TOUCH_ATOMIC : 0);
    if (access.is_volatile && !access.write) flags |= TOUCH_VOLATILE;
    if (access.atomic) atomics_used = true;
    Touch now = touch_of_current(access.pc ? access.pc : race_site(access.where), flags);
    if (access.update == Update::compares)
        match_guess(access);
    else if (flags == 0)
        remember_guess(access, now.site);
    touch_range(access.address, access.size, access.space, now);
}

static void on_async_issue(const AsyncCopy &copy)
{
    settle();
    const void *site = race_site(copy.where);
    size_t reads = copy.bytes - copy.zero_fill;
    if (reads && space_of(copy.from) != Space::local)
        touch_range(copy.from, reads, space_of(copy.from), touch_of_current(site, 0));
    touch_range(copy.to, copy.bytes, space_of(copy.to), touch_of_current(site, TOUCH_WRITE | TOUCH_COPYING));
}

/* The bytes are there for the copy's own thread; for others after the next barrier. */
static void on_async_complete(const AsyncCopy &copy)
{
    settle();
    Touch done = touch_of_current(race_site(copy.where), TOUCH_WRITE);
    for (uintptr_t at = (uintptr_t)copy.to; at < (uintptr_t)copy.to + copy.bytes; at += Shadow::WORD) {
        Shadow::Page &page = shadow.page(at + ((uintptr_t)block.slot << 48), true);
        for (unsigned byte = 0; byte < Shadow::WORD; byte += page.step) {
            Cell &cell = page.cells[(at + byte) % Shadow::PAGE / page.step];
            if (cell.write.flags & TOUCH_COPYING && cell.write.lanes == done.lanes &&
                cell.write.warp == done.warp)
                cell.write = done;
        }
    }
}

static void on_barrier(Thread *const *thread, int count)
{
    settle();
    int alive = 0;
    for (unsigned lanes : block.alive) alive += __builtin_popcount(lanes);
    if (count >= alive) {
        order.barrier();
        return;
    }
    std::vector<unsigned> members;
    for (int i = 0; i < count; i++) members.push_back((unsigned)thread[i]->linear);
    order.meet(members);
}

static void on_warp(int warp, unsigned lanes, Collective kind)
{
    settle();
    if (kind == Collective::syncwarp || kind == Collective::group)
        order.warp_sync((unsigned)warp, lanes, block.alive[(size_t)warp]);
}

static uint64_t phase_key(const void *barrier, unsigned long phase)
{
    return ((uint64_t)(uintptr_t)barrier + ((uint64_t)block.slot << 32)) << 16 ^ (phase & 0xffff);
}

static void on_phase_arrive(const void *barrier, unsigned long phase)
{
    settle();
    order.release((unsigned)current->linear, phase_key(barrier, phase));
}

static void on_phase_wait(const void *barrier, unsigned long phase)
{
    settle();
    order.acquire((unsigned)current->linear, phase_key(barrier, phase));
}

static void on_fence(Scope scope)
{
    settle();
    order.fence((unsigned)current->linear, scope == Scope::block ? FENCE_BLOCK : FENCE_DEVICE);
}

static void on_kernel_begin()
{
    order.launch_begin();
    atomics_used = false;
    memset(guesses, 0, sizeof guesses);
    race_report_begin();
}

static void on_kernel_end()
{
    settle();
    race_report_end();
}

static void on_block_begin()
{
    order.block_begin((uint32_t)block.linear, (unsigned)block.threads.size());
}

static void on_block_leave()
{
    settle();
    order.leave(block.slot);
}

static void on_block_return()
{
    order.come_back(block.slot);
}

static void on_grid_barrier()
{
    settle();
    order.grid_barrier();
}

void race_subscribe()
{
    static const Hooks hooks = { on_kernel_begin, on_kernel_end,     on_block_begin, settle,
                                 settle,          on_access,         nullptr,        on_barrier,
                                 on_warp,         on_phase_arrive,   on_phase_wait,  on_fence,
                                 on_async_issue,  on_async_complete, nullptr,        nullptr,
                                 nullptr,         nullptr,           on_block_leave, on_block_return,
                                 on_grid_barrier };
    subscribe(&hooks);
}

} // namespace emu
