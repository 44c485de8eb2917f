/* race_clock.cpp - ticks, bases and pasts: see race_clock.h. */
#include "race_clock.h"

#include <algorithm>

namespace emu
{

Tick Past::of(uint32_t in_block, unsigned thread, bool atomic) const
{
    Tick latest = 0;
    for (unsigned member : { thread, WARP + thread / 32, (unsigned)BLOCK, ATOMICS + thread }) {
        if (member >= ATOMICS && !atomic) break;
        uint64_t wanted = key(in_block, member);
        auto at = std::lower_bound(known.begin(), known.end(), Entry(wanted, 0));
        if (at != known.end() && at->first == wanted) latest = std::max(latest, at->second);
    }
    return latest;
}

PastRef join(const PastRef &a, const PastRef &b)
{
    if (!b || a == b) return a;
    if (!a) return b;
    auto both = std::make_shared<Past>();
    both->known.reserve(a->known.size() + b->known.size());
    auto i = a->known.begin(), j = b->known.begin();
    while (i != a->known.end() || j != b->known.end()) {
        if (j == b->known.end() || (i != a->known.end() && i->first < j->first))
            both->known.push_back(*i++);
        else if (i == a->known.end() || j->first < i->first)
            both->known.push_back(*j++);
        else {
            both->known.push_back({ i->first, std::max(i->second, j->second) });
            i++, j++;
        }
    }
    return both;
}

void RaceClock::launch_begin(std::vector<Span> unordered)
{
    settled = launch_start = ++now;
    open = std::move(unordered);
    interleaved = false;
    for (const Span &span : open) settled = std::min(settled, span.first);
    locations.clear();
    objects.clear();
    gathered.clear();
    away.clear();
}

void RaceClock::block_begin(uint32_t number, unsigned count)
{
    block = number;
    base = now++; /* no access of this block carries a stamp that small */
    first = now;
    std::fill(std::begin(warp_base), std::end(warp_base), base);
    any_rest = false;
    if (away.empty()) objects.clear(); /* else those of the resident blocks are among them */
    threads.assign(count, Thread());
    for (Thread &t : threads) t.stamp = now;
}

void RaceClock::leave(unsigned slot)
{
    interleaved = true;
    Away &a = away[slot];
    a.block = block;
    a.base = base;
    std::copy(std::begin(warp_base), std::end(warp_base), a.warp_base);
    a.any_rest = any_rest;
    a.threads.swap(threads);
}

void RaceClock::come_back(unsigned slot)
{
    Away &a = away[slot];
    block = a.block;
    base = a.base;
    std::copy(std::begin(a.warp_base), std::end(a.warp_base), warp_base);
    any_rest = a.any_rest;
    threads.swap(a.threads);
    away.erase(slot);
}

/* What came before the barrier is as far away as what came before the launch. */
void RaceClock::grid_barrier()
{
    launch_start = ++now;
    base = now++;
    std::fill(std::begin(warp_base), std::end(warp_base), base);
    for (Thread &t : threads) t.stamp = now, t.rest = nullptr;
    for (auto &it : away) {
        it.second.base = base;
        std::fill(std::begin(it.second.warp_base), std::end(it.second.warp_base), base);
        for (Thread &t : it.second.threads) t.stamp = now, t.rest = nullptr;
    }
}

/* Everything the thread knows, its own accesses included, in the form that others can take. */
PastRef RaceClock::all_known(unsigned thread) const
{
    const Thread &t = threads[thread];
    Past own;
    own.known = { { Past::key(block, thread), t.stamp },
                  { Past::key(block, Past::WARP + thread / 32), warp_base[thread / 32] },
                  { Past::key(block, Past::BLOCK), base } };
    return join(std::make_shared<const Past>(std::move(own)), t.rest);
}

/* What of it is about other blocks: after a barrier the rest is told by the base. */
PastRef RaceClock::foreign(const PastRef &past) const
{
    if (!past) return past;
    auto others = std::make_shared<Past>();
    for (const Past::Entry &e : past->known)
        if (e.first >> Past::MEMBER_BITS != block) others->known.push_back(e);
    return others->empty() ? nullptr : others;
}

/* What `met`, the state after a meeting, owes to t. Fences travel too: "every thread fences, barrier, thread
 * 0 counts" is as common as "barrier, thread 0 fences and counts". */
void RaceClock::add(Thread &met, const Thread &t, PastRef rest) const
{
    met.rest = join(met.rest, rest);
    for (int s : { FENCE_BLOCK, FENCE_DEVICE }) met.fenced[s] = join(met.fenced[s], t.fenced[s]);
}

void RaceClock::barrier()
{
    base = now++;
    Thread met;
    if (any_rest) {
        for (const Thread &t : threads) add(met, t, t.rest);
        met.rest = foreign(met.rest);
        any_rest = met.rest || met.fenced[FENCE_BLOCK];
        for (Thread &t : threads) t = met;
    }
    for (Thread &t : threads) t.stamp = now;
}

void RaceClock::meet(const std::vector<unsigned> &members)
{
    Thread met;
    for (unsigned i : members) add(met, threads[i], all_known(i));
    met.stamp = ++now;
    for (unsigned i : members) threads[i] = met;
    any_rest = true;
}

void RaceClock::warp_sync(unsigned warp, unsigned mask, unsigned live)
{
    std::vector<unsigned> members;
    for (unsigned lane = 0; lane < 32 && warp * 32 + lane < threads.size(); lane++)
        if (mask >> lane & 1) members.push_back(warp * 32 + lane);
    if ((mask & live) != live) {
        meet(members);
        return;
    }
    Thread met;
    for (unsigned i : members) add(met, threads[i], threads[i].rest);
    warp_base[warp] = now;
    met.stamp = ++now;
    for (unsigned i : members) threads[i] = met;
}

void RaceClock::release(unsigned thread, uint64_t object)
{
    PastRef &known = objects[object];
    known = join(known, all_known(thread));
    threads[thread].stamp = ++now;
}

void RaceClock::gather(unsigned thread, uint64_t object)
{
    Gathered &all = gathered[object];
    Thread &t = threads[thread];
    all.own.known.push_back({ Past::key(block, thread), t.stamp });
    all.own.known.push_back({ Past::key(block, Past::WARP + thread / 32), warp_base[thread / 32] });
    all.own.known.push_back({ Past::key(block, Past::BLOCK), base });
    if (t.rest && (all.rests.empty() || all.rests.back() != t.rest)) all.rests.push_back(t.rest);
    t.stamp = ++now;
}

/* What all have left there, as a release by each would have made it. */
static PastRef sum_of(Past own, const std::vector<PastRef> &rests)
{
    std::vector<Past::Entry> &known = own.known;
    std::sort(known.begin(), known.end(), [](const Past::Entry &a, const Past::Entry &b) {
        return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    known.erase(std::unique(known.begin(), known.end(),
                            [](const Past::Entry &a, const Past::Entry &b) { return a.first == b.first; }),
                known.end());
    PastRef sum = std::make_shared<const Past>(std::move(own));
    for (const PastRef &rest : rests) sum = join(sum, rest);
    return sum;
}

void RaceClock::acquire(unsigned thread, uint64_t object)
{
    auto open_one = gathered.find(object);
    if (open_one != gathered.end()) {
        objects[object] =
            join(objects[object], sum_of(std::move(open_one->second.own), open_one->second.rests));
        gathered.erase(open_one);
    }
    auto known = objects.find(object);
    if (known == objects.end()) return;
    threads[thread].rest = join(threads[thread].rest, known->second);
    any_rest = true;
}

void RaceClock::fence(unsigned thread, FenceScope scope)
{
    Thread &t = threads[thread];
    t.fenced[FENCE_BLOCK] = all_known(thread);
    if (scope == FENCE_DEVICE) t.fenced[FENCE_DEVICE] = t.fenced[FENCE_BLOCK];
    t.stamp = ++now;
    any_rest = true;
}

void RaceClock::atomic(unsigned thread, uint64_t address, bool writes)
{
    Thread &t = threads[thread];
    bool leaves = writes && has_fenced(thread);
    if (!leaves && locations.empty()) return;
    auto found = locations.find(address);
    if (found == locations.end()) {
        if (!leaves) return;
        found = locations.emplace(address, Location()).first;
    }
    Location &at = found->second;
    if (at.block != block) at.left[FENCE_BLOCK] = nullptr;
    for (int s : { FENCE_BLOCK, FENCE_DEVICE })
        if (at.left[s]) {
            t.rest = join(t.rest, at.left[s]);
            any_rest = true;
        }
    if (!leaves) return;
    at.block = block;
    Past itself; /* but not what came between the fence and the atomic */
    itself.known = { { Past::key(block, Past::ATOMICS + thread), t.stamp } };
    PastRef self = std::make_shared<const Past>(std::move(itself));
    for (int s : { FENCE_BLOCK, FENCE_DEVICE })
        if (t.fenced[s]) at.left[s] = join(join(at.left[s], t.fenced[s]), self);
}

} // namespace emu
