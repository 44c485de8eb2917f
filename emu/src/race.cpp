/* race.cpp - every access is compared with those before it: see race.h. */
#include "race.h"

#include <algorithm>
#include <cstring>
#include "memory.h"
#include "race_streams.h"

namespace emu
{

static RaceClock order;
static bool atomics_used; /* in this kernel */
static Tick first_stamp;  /* of this kernel */

/* The last plain reads of each thread. */
struct Guess {
    const void *address, *site;
};
static Guess guesses[1024][4];
static unsigned next_guess;

RaceNow race_now;

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
    if (next && !next->atomic && next->address == update.conflict.address)
        update.conflict.update = next->pc ? next->pc : race_site(next->where);
    race_report(update.conflict, false);
}

/* Before whatever changes the clocks. */
static void settle()
{
    settle_write();
    settle_update(nullptr);
    race_now.thread = nullptr;
}

/* ---- reads before an atomicCAS ---- */

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
    race_now.thread = nullptr; /* the thread's next access must settle it */
    doubt.conflict = conflict;
    doubt.size = size < sizeof doubt.before ? size : sizeof doubt.before;
    memcpy(doubt.before, conflict.address, doubt.size);
}

/* ---- one cell ---- */

static inline bool surely_before(const Touch &then, const Touch &now)
{
    return !then.at || ((!(then.flags & TOUCH_COPYING) || !order.this_launch(then.at)) &&
                        order.surely_before(then.block, then.warp, then.at, now.warp * 32u));
}

/* The first thread of `then` that nothing orders before the current one, or -1. */
static int unordered(const Touch &then, const Touch &now, Space space)
{
    if (surely_before(then, now)) return -1;
    bool earlier = !order.this_launch(then.at); /* of a kernel in another stream */
    if (space == Space::shared && (earlier || cluster_of(then.block) != cluster_of(now.block)))
        return -1; /* each cluster has its own */
    unsigned self = (unsigned)current->linear;
    for (unsigned left = then.lanes; left; left &= left - 1) {
        unsigned other = then.warp * 32u + (unsigned)__builtin_ctz(left);
        if (then.flags & TOUCH_COPYING) return (int)other;
        bool own = other == self && then.block == now.block && !earlier;
        if (!own && !order.before(then.block, other, then.at, then.flags & TOUCH_ATOMIC, self))
            return (int)other;
    }
    return -1;
}

/* Of the running block and of another warp, since the last barrier: of which order.plain() says all. */
static inline bool unordered_now(const Touch &then)
{
    return then.at == race_now.at && then.warp != race_now.warp && !(then.flags & TOUCH_COPYING);
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
    const Touch &a = cell.read[0], &b = cell.read[1];
    if (order.plain() && order.one_by_one() && unordered_now(a) && unordered_now(b) && a.warp != b.warp)
        return;
    for (bool any_kind : { false, true }) /* an atomic does not stand for a plain access, nor the reverse */
        for (Touch &r : cell.read)
            if ((!r.at || r.flags == now.flags || any_kind) && unordered(r, now, space) < 0) {
                r = now;
                return;
            }
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
            update.open = true, update.conflict = conflict, race_now.thread = nullptr;
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

/* ---- accesses that say nothing new ---- */

static bool some_hear_all; /* does a checker, in this block, want to hear of repetitions too? */
static bool compares_used; /* some atomicCAS has run: guesses before the next are wanted */

/* May accesses go by unheard? Stamps tell the blocks apart only while these run one after another, and the
 * thread's next access may settle what is open. */
static bool repeats_count()
{
    return !some_hear_all && !compares_used && order.one_by_one() && !doubt.open && !update.open;
}

static void know_now()
{
    unsigned linear = (unsigned)current->linear;
    bool each_site = race_has_open_moves();
    race_now = { repeats_count() ? current : nullptr,
                 order.stamp(linear),
                 1u << current->lane,
                 (uint8_t)current->warp,
                 order.plain(),
                 each_site,
                 each_site ? LOOK : order.block_start(),
                 each_site ? 0 : order.barrier_stamp(),
                 each_site ? NO_LAUNCH : order.launch_stamp() };
}

/* Of the running block, at the stamp that the current thread has now? No two blocks have the same. */
static bool is_now(const Touch &then)
{
    return then.at == race_now.at;
}

/* Did the write surely come before what the threads of this warp do now? */
static bool is_settled(const Touch &write)
{
    if (!write.at) return true;
    return !(write.flags & TOUCH_COPYING) &&
           order.surely_before(write.block, write.warp, write.at, race_now.warp * 32u);
}

static bool is_atomic_write(const Touch &touch)
{
    return touch.at && touch.flags & TOUCH_WRITE;
}

/* Have two blocks of this launch read the word, of which the running one is none, and nobody written it? What
 * others read then is not remembered. */
static bool is_read_by_two(const Cell &cell)
{
    const Touch &w = cell.write, &a = cell.read[0], &b = cell.read[1];
    if (w.at && (order.this_launch(w.at) || !is_settled(w))) return false;
    for (const Touch *r : { &a, &b })
        if (r->at < order.launch_stamp() || r->at >= order.block_start()) return false;
    return a.block != b.block;
}

/* What is known of the cell from now on, after a touch. */
static void learn(const Cell &cell, Front &front, Space space)
{
    const Touch &w = cell.write, &a = cell.read[0], &b = cell.read[1];
    front.newest_read = std::max(a.at, b.at);
    if ((w.at && w.flags & TOUCH_COPYING) || (a.at && a.flags) || (b.at && b.flags))
        front.write = LOOK;
    else if (space == Space::global && is_read_by_two(cell))
        front.write = order.launch_stamp();
    else
        front.write = w.at;
}

/* Reads as this one, which has been heard, say nothing new from now on, if the write before them is far. */
static void begin_repeats(const Cell &cell, Front &front)
{
    if (!is_settled(cell.write) || is_atomic_write(cell.read[0]) || is_atomic_write(cell.read[1])) return;
    for (unsigned i = 0; i < 2; i++) {
        const Touch &r = cell.read[i];
        bool known = is_now(r) && !r.flags && (r.warp == race_now.warp || order.plain());
        front.warp[i] = known ? (uint8_t)r.warp : (uint8_t)TAKEN;
        front.site[i] = r.site;
        front.lanes[i] = 0;
        if (known) front.at = race_now.at;
    }
    front.anew = false;
}

/* The Front of a word if it may speak for its cell. */
static Front *front_now(const void *address)
{
    if (race_now.thread != current) {
        if (!repeats_count()) return nullptr;
        know_now();
    }
    return race_shadow.front_of((uintptr_t)address);
}

/* Has this block written the word, and has a barrier ended all that came since? */
static bool is_behind_barrier(const Front &front)
{
    return front.write >= race_now.first && front.write <= race_now.base &&
           front.newest_read <= race_now.base && front.at <= race_now.base;
}

static void set_reads(Front &front, unsigned i, const void *site)
{
    front.warp[i] = race_now.warp;
    front.lanes[i] = race_now.lane;
    front.site[i] = site;
}

bool race_begins_repeats(const void *address, const void *site)
{
    Front *front = front_now(address);
    if (!front) return false;
    if (front->write == race_now.launch || race_repeats(address, site)) return true;
    if (front->at == race_now.at) {
        if (!front->anew || front->warp[1] != FREE) return false;
        set_reads(*front, 1, site);
        return true;
    }
    if (!is_behind_barrier(*front)) return false;
    front->at = race_now.at;
    front->anew = true;
    set_reads(*front, 0, site);
    front->warp[1] = FREE;
    return true;
}

bool race_overwrites(const void *address, size_t size, const void *site)
{
    Front *front = front_now(address);
    if (!front || front->write_size != size || !is_behind_barrier(*front)) return false;
    Cell &cell = race_shadow.cell_of((uintptr_t)address);
    cell.write = { site, race_now.at, order.block, race_now.lane, race_now.warp, TOUCH_WRITE };
    cell.read[0].at = cell.read[1].at = 0;
    front->at = front->newest_read = 0;
    front->write = race_now.at;
    return true;
}

/* ---- ranges ---- */

static void touch_range(const void *start, size_t size, Space space, const Touch &now)
{
    bool repeatable = !now.flags && repeats_count();
    unsigned owner = block.slot;
    const char *seen = (const char *)start; /* by who acts; the cells are those of the owner's addresses */
    if (space == Space::shared) start = shared_own(start, &owner);
    uintptr_t first = (uintptr_t)start, end = first + size;
    const uintptr_t slot = space == Space::shared ? (uintptr_t)owner << 48 : 0; /* each has its own cells */
    bool whole = (first | size) % Shadow::WORD == 0;
    for (uintptr_t at = first; at < end;) {
        Shadow::Page &page = race_shadow.page(at + slot, whole);
        size_t i = at % Shadow::PAGE / page.step;
        Cell &cell = page.settle(i);
        touch(cell, now, space, seen + (at - first), page.step);
        if (page.step == Shadow::WORD) {
            Front &front = page.fronts[i];
            learn(cell, front, space);
            if (now.flags == TOUCH_WRITE) front.write_size = size <= 16 ? (uint8_t)size : 0;
            if (repeatable) begin_repeats(cell, front);
        }
        at += page.step;
    }
}

/* ---- hooks ---- */

static Touch touch_of_current(const void *site, int flags)
{
    if (race_now.thread != current) know_now();
    return { site, race_now.at, order.block, race_now.lane, race_now.warp, (uint8_t)flags };
}

/* Atomics on shared memory of one block are not those of the next. */
static uint64_t synchronises_at(const void *address, Space space)
{
    unsigned owner = block.slot;
    if (space != Space::shared) return (uintptr_t)address;
    address = shared_own(address, &owner);
    return (uintptr_t)address | (uint64_t)(kernel->clustered ? owner : order.block) << 48;
}

/* Volatile accesses are to other threads what relaxed atomics are, if the program fences before them as a
 * program that means them so must; without, `volatile` orders nothing and hides no race. */
static void on_access(const Access &access)
{
    settle_write();
    settle_update(&access);
    if (race_has_open_moves()) race_check_moves(access);
    unsigned self = (unsigned)current->linear;
    bool atomic = access.atomic || (access.is_volatile && (!access.write || order.has_fenced(self)));
    if (atomic) {
        order.atomic(self, synchronises_at(access.address, access.space), access.write);
        race_now.thread = nullptr;
    }
    int flags = (access.write ? TOUCH_WRITE : 0) | (atomic ? TOUCH_ATOMIC : 0);
    if (access.is_volatile && !access.write) flags |= TOUCH_VOLATILE;
    if (access.atomic) atomics_used = true;
    Touch now = touch_of_current(access.pc ? access.pc : race_site(access.where), flags);
    if (access.update == Update::compares)
        compares_used = true, match_guess(access);
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
        Shadow::Page &page = race_shadow.page(at + ((uintptr_t)block.slot << 48), true);
        for (unsigned byte = 0; byte < Shadow::WORD; byte += page.step) {
            Cell &cell = page.settle((at + byte) % Shadow::PAGE / page.step);
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
    unsigned owner = block.slot;
    if (const void *own = kernel->clustered ? shared_own(barrier, &owner) : nullptr) barrier = own;
    return ((uint64_t)(uintptr_t)barrier + ((uint64_t)owner << 32)) << 16 ^ (phase & 0xffff);
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
    order.launch_begin(race_kernel_begins());
    first_stamp = order.newest_stamp();
    atomics_used = false;
    memset(guesses, 0, sizeof guesses);
    race_report_begin();
}

static void on_kernel_end()
{
    settle();
    race_report_end();
    race_kernel_ends(first_stamp, order.newest_stamp() + 1);
}

static void on_block_begin()
{
    race_now.thread = nullptr;
    order.block_begin((uint32_t)block.linear, (unsigned)block.threads.size());
    some_hear_all = false;
    for (const Hooks *const *h = subscribers; *h; h++)
        some_hear_all |= (*h)->access && (*h)->access != on_access && *h != unwritten_hooks;
}

static void on_host_copy(const void *to, const void *from, size_t bytes, const char *, Where)
{
    race_moves(from, bytes, false);
    race_moves(to, bytes, true);
}

static void on_host_set(const void *address, size_t bytes)
{
    race_moves(address, bytes, true);
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

static uint64_t cluster_key(const void *cluster, unsigned long phase)
{
    return (uint64_t)(uintptr_t)cluster << 16 ^ (phase & 0xffff) ^ 0x8000000000000000;
}

static void on_cluster_arrive(const void *cluster, unsigned long phase)
{
    settle();
    order.gather((unsigned)current->linear, cluster_key(cluster, phase));
}

static void on_cluster_wait(const void *cluster, unsigned long phase)
{
    settle();
    order.acquire((unsigned)current->linear, cluster_key(cluster, phase));
}

/* Some thread of the block that ends knows that the other has used its memory. */
static bool is_awaited(const Touch &touch, unsigned other)
{
    for (unsigned i = 0; i < (unsigned)block.threads.size(); i++)
        if (order.before(touch.block, other, touch.at, touch.flags & TOUCH_ATOMIC, i)) return true;
    return false;
}

static void check_outlived(const Touch &touch, const void *address)
{
    if (!touch.at || !order.this_launch(touch.at) || touch.block == order.block) return;
    if (cluster_of(touch.block) != cluster_of(order.block)) return;
    unsigned other = touch.warp * 32u + (unsigned)__builtin_ctz(touch.lanes);
    if (!is_awaited(touch, other)) race_outlived(touch, other, address);
}

/* The end of a block ends its shared memory: what others of its cluster did there must have happened
 * before. */
static void on_block_end()
{
    settle();
    if (!kernel->clustered) return;
    race_shadow.visit((uintptr_t)block.slot << 48, [](uintptr_t address, Cell &cell) {
        const void *own = (const void *)(address & 0xffffffffffff);
        for (const Touch &touch : { cell.write, cell.read[0], cell.read[1] })
            if (touch.at && space_of(own) == Space::shared) check_outlived(touch, own);
    });
}

void race_subscribe()
{
    static const Hooks hooks = { on_kernel_begin, on_kernel_end,     on_block_begin, on_block_end,
                                 settle,          on_access,         nullptr,        on_barrier,
                                 on_warp,         on_phase_arrive,   on_phase_wait,  on_fence,
                                 on_async_issue,  on_async_complete, nullptr,        on_host_copy,
                                 on_host_set,     nullptr,           on_block_leave, on_block_return,
                                 on_grid_barrier, on_cluster_arrive, on_cluster_wait };
    subscribe(&hooks);
}

} // namespace emu
