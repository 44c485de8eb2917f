/* warp.cpp - what the lanes of a warp do together: the last lane to arrive does it for all. One module with
 * schedule.cpp; see schedule.h. */
#include "schedule.h"

namespace emu
{

const char *name_of(Collective kind)
{
    switch (kind) {
    case Collective::syncwarp: return "__syncwarp";
    case Collective::shuffle: return "a shuffle";
    case Collective::vote: return "a vote";
    case Collective::match: return "__match_sync";
    case Collective::reduce: return "__reduce_sync";
    case Collective::wmma: return "a wmma function";
    case Collective::group: return "a cooperative group's sync";
    }
    return "?";
}

static Thread *lane_zero(int warp)
{
    return &block.threads[(size_t)warp * 32];
}

static bool agree(const Thread &a, const Thread &b)
{
    return a.kind == b.kind && a.mask == b.mask;
}

/* What keeps a lane out of a call that names it; nullptr: nothing does. */
static const char *absence(const Thread &caller, int lane)
{
    if ((size_t)caller.warp * 32 + (size_t)lane >= block.threads.size()) return "does not exist";
    if (!(block.alive[caller.warp] >> lane & 1)) return "has returned";
    return caller.mask >> lane & 1 ? nullptr : "is not in the mask";
}

/* Of lanes that meet in a call: those whose result depends on lanes that take no part. */
static void check_sources(Thread *lane, unsigned lanes)
{
    Thread *const last = current;
    for (int i = 0; i < 32; i++) {
        if (!(lanes >> i & 1) || lane[i].source < 0 || lanes >> lane[i].source & 1) continue;
        current = &lane[i];
        report_at(
            "lane", lane[i].where,
            "lane %d takes the value of lane %d, which %s: it is undefined. Every lane that a shuffle reads "
            "from must exist and call it, with its bit in the mask (here %08x): let all lanes of the warp come "
            "this far, with a neutral value where there is no data",
            i, lane[i].source, absence(lane[i], lane[i].source), lane[i].mask);
    }
    current = last;
}

/* Votes and reductions leave out lanes that are gone, which CUDA allows and few programs mean. */
static void note_absent(Thread &caller, unsigned lanes)
{
    bool counts = caller.kind == Collective::vote || caller.kind == Collective::reduce;
    unsigned absent = caller.mask & ~lanes;
    if (!counts || !absent) return;
    int first = __builtin_ctz(absent);
    Thread *const last = current;
    current = &caller;
    note_at(caller.where,
            "%s with mask %08x names %d lanes that take no part: lane %d %s. The others' result leaves "
            "them out",
            name_of(caller.kind), caller.mask, __builtin_popcount(absent), first, absence(caller, first));
    current = last;
}

/* Does every live lane that the thread's call names wait in some call of the warp? */
static inline bool all_wait(const Thread &thread)
{
    const size_t warp = (size_t)thread.warp;
    return !(thread.mask & block.alive[warp] & ~block.at_warp[warp]);
}

/* Completes the collective in which thread waits, as all live lanes of its mask do. One that waits in another
 * may still come: see report_disagreement(). */
static bool try_complete(Thread &thread)
{
    Thread *lane = lane_zero(thread.warp);
    const unsigned lanes = thread.mask & block.alive[thread.warp];
    void *slot[32];
    for (int i = 0; i < 32; i++) {
        const bool here = lanes >> i & 1;
        if (here && !agree(thread, lane[i])) return false;
        slot[i] = here ? lane[i].slot : nullptr;
    }
    block.at_warp[thread.warp] &= ~lanes;
    completing = true;
    if (thread.complete) thread.complete(lanes, slot);
    completing = false;
    if (thread.kind == Collective::shuffle) check_sources(lane, lanes);
    note_absent(thread, lanes);
    tell(&Hooks::warp, thread.warp, lanes, thread.kind);
    for (int i = 0; i < 32; i++)
        if (lanes >> i & 1) make_ready(lane[i]);
    return true;
}

void warp_collective(unsigned mask, Collective kind, void *slot, CompleteFn *complete, Where where,
                     int source)
{
    if (!current) fail("host", where, "%s is called by host code", name_of(kind));
    if (watches_syncs && kind == Collective::syncwarp && left_out("__syncwarp", where)) return;
    Thread &thread = *current;
    if (!(mask >> thread.lane & 1))
        fail("warp", where, "lane %d calls %s with mask %08x, which does not name it", thread.lane,
             name_of(kind), mask);
    thread.state = State::at_warp;
    thread.where = where;
    thread.kind = kind;
    thread.mask = mask;
    thread.source = source;
    thread.slot = slot;
    thread.complete = complete;
    block.at_warp[thread.warp] |= 1u << thread.lane;
    if (!all_wait(thread) || !try_complete(thread)) wait_as(State::at_warp, where);
}

unsigned lane_id()
{
    return (unsigned)current->lane;
}

unsigned warp_id()
{
    return (unsigned)current->warp;
}

unsigned thread_rank()
{
    return (unsigned)current->linear;
}

/* ---- convergence ----
 *
 * Which lanes are "active" together is the hardware's choice. Here it is all that reach the line: a lane
 * waits until every other lane of its warp has stopped somewhere, then the lanes at one line go on together;
 * first those at the earliest line, which may then come to join the others. */

unsigned converged_mask(Where where)
{
    if (!current) fail("host", where, "__activemask is called by host code");
    wait_as(State::at_converge, where);
    return current->mask;
}

static bool stopped(const Thread &thread)
{
    return (thread.state != State::fresh && thread.state != State::ready) || thread.yielded != Yielded::no;
}

static bool settle_convergence(int warp)
{
    Thread *lane = lane_zero(warp), *first = nullptr;
    for (int i = 0; i < 32; i++) {
        if (!(block.alive[warp] >> i & 1)) continue;
        if (!stopped(lane[i])) return false;
        if (lane[i].state == State::at_converge && (!first || lane[i].where.line < first->where.line))
            first = &lane[i];
    }
    if (!first) return false;
    unsigned mask = 0;
    auto together = [&](const Thread &thread) {
        return thread.state == State::at_converge && thread.where.line == first->where.line &&
               !strcmp(thread.where.file, first->where.file);
    };
    for (int i = 0; i < 32; i++)
        if (block.alive[warp] >> i & 1 && together(lane[i])) mask |= 1u << i;
    for (int i = 0; i < 32; i++) {
        if (!(mask >> i & 1)) continue;
        lane[i].mask = mask;
        make_ready(lane[i]);
    }
    return true;
}

bool settle_warps(bool nothing_else_runs)
{
    bool woke = false;
    for (int warp = 0; warp < (int)block.alive.size(); warp++)
        if (block.alive[warp] && settle_convergence(warp)) woke = true;
    if (!nothing_else_runs) return woke;
    for (Thread &thread : block.threads)
        if (thread.state == State::at_warp && all_wait(thread) && try_complete(thread)) woke = true;
    return woke;
}

/* No thread can run. Where lanes wait for each other in different ways, that is why. */
void report_disagreement()
{
    for (const Thread &a : block.threads) {
        if (a.state != State::at_warp) continue;
        unsigned lanes = a.mask & block.alive[a.warp];
        for (int i = 0; i < 32; i++) {
            const Thread &b = lane_zero(a.warp)[i];
            if (!(lanes >> i & 1) || b.state != State::at_warp || agree(a, b)) continue;
            fail("warp", a.where,
                 "warp divergence: lane %d is in %s with mask %08x, lane %d in %s with mask %08x at %s",
                 a.lane, name_of(a.kind), a.mask, b.lane, name_of(b.kind), b.mask,
                 source_line(b.where).c_str());
        }
    }
}

} // namespace emu
