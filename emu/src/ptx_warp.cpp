/* ptx_warp.cpp - PTX of threads among others: barriers, shuffles, votes, branches, ends. */
#include "emu/cluster.h"
#include "emu/intrinsics.h"
#include "emu/sync.h"
#include "emu/warp.h"
#include "emu_internal.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

/* ---- barriers ---- */

enum { SYNC, ARRIVE, RED_POPC, RED_AND, RED_OR };

/* Barriers 1 to 15 of the block that runs, and 0 where it counts some threads only. */
static struct NamedBarrier {
    uint64_t phase;
    unsigned arrived, expected;
    size_t launch, block;
} named[16];

static NamedBarrier &barrier_of(uint64_t id, Where where)
{
    if (id > 15) refuse("barrier " + std::to_string(id) + " does not exist: there are 0 to 15", where);
    NamedBarrier &barrier = named[id];
    if (barrier.launch != kernel->number + 1 || barrier.block != block.linear)
        barrier = { 0, 0, 0, kernel->number + 1, block.linear };
    return barrier;
}

static void meet(uint64_t id, unsigned threads, bool waits, Where where)
{
    NamedBarrier &barrier = barrier_of(id, where);
    if (threads % 32 || threads == 0)
        refuse("a barrier of " + std::to_string(threads) + " threads: it must be a multiple of 32", where);
    if (barrier.arrived && barrier.expected != threads)
        fail("barrier", where, "barrier %llu: this thread expects %u threads, others %u",
             (unsigned long long)id, threads, barrier.expected);
    const uint64_t phase = barrier.phase;
    barrier.expected = threads;
    tell(&Hooks::phase_arrive, (const void *)&barrier, (unsigned long)phase);
    if (++barrier.arrived == threads) barrier.arrived = 0, barrier.phase++;
    progress();
    if (!waits) return;
    while (barrier.phase == phase) yield(where);
    tell(&Hooks::phase_wait, (const void *)&barrier, (unsigned long)phase);
}

static void barrier(Machine &machine, const Instruction &i)
{
    const bool reduces = i.mode >= RED_POPC;
    const size_t first = reduces ? 1 : 0, n = i.operand.size() - (reduces ? 2 : 0);
    const uint64_t id = n ? get(machine, i.operand[first], Type::u32) : 0;
    const unsigned all = (unsigned)block.threads.size();
    const unsigned threads = n > 1 ? (unsigned)get(machine, i.operand[first + 1], Type::u32) : all;
    const bool value = reduces && get(machine, i.operand.back(), Type::pred);
    if (id == 0 && threads >= all && i.mode == SYNC) return void(block_barrier(false, machine.where));
    if (!reduces) {
        if (i.mode == ARRIVE && n < 2) refuse("'" + i.name + "' needs the number of threads", machine.where);
        return meet(id, n > 1 ? threads : (threads + 31) / 32 * 32, i.mode == SYNC, machine.where);
    }
    if (id != 0 || threads < all)
        refuse("'" + i.name + "' of some threads is not interpreted", machine.where);
    int count = block_barrier(i.mode == RED_AND ? !value : value, machine.where);
    if (i.mode == RED_POPC) return put(machine, i.operand[0], Type::u32, (uint64_t)count);
    put(machine, i.operand[0], Type::pred, i.mode == RED_AND ? count == 0 : count > 0);
}

static void sync_warp(Machine &machine, const Instruction &i)
{
    warp_collective((unsigned)get(machine, i.operand[0], Type::u32), Collective::syncwarp, nullptr, nullptr,
                    machine.where);
}

/* What a relaxed arrival does not release, a fence before it does. */
static void arrive_at_cluster(Machine &machine, const Instruction &i)
{
    cluster_arrive(machine.where, !i.mode || current->fenced);
}
static void wait_for_cluster(Machine &machine, const Instruction &)
{
    cluster_wait(machine.where);
}
static void bind_cluster_barrier(Instruction &i, Modifiers &m)
{
    m.take("aligned");
    bool arrives = m.take("arrive"), waits = m.take("wait");
    i.mode = arrives && m.take("relaxed");
    m.take(arrives ? "release" : "acquire");
    if (arrives != waits && i.operand.empty()) i.run = arrives ? arrive_at_cluster : wait_for_cluster;
}

/* bar and barrier.cta are one; barrier without .aligned may be called by some lanes, which is no
 * difference here */
static void bind_bar(Instruction &i, Modifiers &m)
{
    if (m.take("cluster")) return bind_cluster_barrier(i, m);
    m.take("cta"), m.take("aligned");
    const size_t n = i.operand.size();
    if (m.take("warp")) return void(m.take("sync") && n == 1 ? i.run = sync_warp : nullptr);
    if (m.take("red")) {
        i.mode = m.take("popc") ? RED_POPC : m.take("and") ? RED_AND : m.take("or") ? RED_OR : 0;
        m.take(i.mode == RED_POPC ? "u32" : "pred");
        if (i.mode && n >= 3) i.run = barrier;
    } else {
        i.mode = m.take("arrive") ? ARRIVE : SYNC;
        if ((i.mode == ARRIVE || m.take("sync")) && n >= 1 && n <= 2) i.run = barrier;
    }
}

/* ---- shuffles, votes, matches, reductions ---- */

/* c holds the last lane, and which bits of the lane's number choose a part of the warp */
static void shuffle(Machine &machine, const Instruction &i)
{
    const Ref &to = i.operand[0], *valid = i.operand.size() == 6 ? &i.operand[1] : nullptr;
    const size_t a = valid ? 2 : 1;
    const unsigned value = (unsigned)get(machine, i.operand[a], Type::b32), lane = lane_id();
    const int b = (int)get(machine, i.operand[a + 1], Type::u32) & 31, mine = (int)lane;
    const unsigned c = (unsigned)get(machine, i.operand[a + 2], Type::u32);
    const int part = (int)(c >> 8 & 31), clamp = (int)(c & 31);
    const int most = (mine & part) | (clamp & ~part), least = mine & part;
    const int from = i.mode == 0   ? mine - b
                     : i.mode == 1 ? mine + b
                     : i.mode == 2 ? mine ^ b
                                   : least | (b & ~part);
    const bool inside = i.mode == 0 ? from >= most : from <= most;
    const unsigned mask = (unsigned)get(machine, i.operand[a + 3], Type::u32);
    put(machine, to, Type::b32, exchange(mask, value, inside ? (unsigned)from : lane, machine.where));
    if (valid) put(machine, *valid, Type::pred, inside);
}
static void bind_shfl(Instruction &i, Modifiers &m)
{
    static const char *const ways[] = { "up", "down", "bfly", "idx" };
    const bool sync = m.take("sync");
    i.mode = m.take_one(ways);
    if (sync && i.mode >= 0 && m.take_type() == Type::b32) i.run = shuffle;
}

static void vote(Machine &machine, const Instruction &i)
{
    const unsigned mask = (unsigned)get(machine, i.operand[2], Type::u32);
    const bool value = get(machine, i.operand[1], Type::pred);
    if (i.mode == 3) return put(machine, i.operand[0], Type::b32, __ballot_sync(mask, value, machine.where));
    const unsigned yes = __ballot_sync(mask, value, machine.where),
                   all = __ballot_sync(mask, 1, machine.where);
    put(machine, i.operand[0], Type::pred,
        i.mode == 0   ? yes == all
        : i.mode == 1 ? yes != 0
                      : yes == 0 || yes == all);
}
static void bind_vote(Instruction &i, Modifiers &m)
{
    static const char *const ways[] = { "all", "any", "uni", "ballot" };
    const bool sync = m.take("sync");
    i.mode = m.take_one(ways);
    if (sync && i.mode >= 0 && m.take_type() == (i.mode == 3 ? Type::b32 : Type::pred)) i.run = vote;
}

static void active_mask(Machine &machine, const Instruction &i)
{
    put(machine, i.operand[0], Type::b32, converged_mask(machine.where));
}
static void bind_activemask(Instruction &i, Modifiers &m)
{
    if (m.take_type() == Type::b32) i.run = active_mask;
}

static void match_any(Machine &machine, const Instruction &i)
{
    const unsigned mask = (unsigned)get(machine, i.operand[2], Type::u32);
    put(machine, i.operand[0], Type::b32, match(mask, get(machine, i.operand[1], i.type), machine.where));
}
static void bind_match(Instruction &i, Modifiers &m)
{
    const bool any = m.take("any");
    if (!m.take("sync") || !any) return;
    i.type = m.take_type();
    if (i.type == Type::b32 || i.type == Type::b64) i.run = match_any;
}

static void reduce(Machine &machine, const Instruction &i)
{
    const unsigned mask = (unsigned)get(machine, i.operand[2], Type::u32);
    const unsigned value = (unsigned)get(machine, i.operand[1], i.type);
    const Where where = machine.where;
    const bool sign = i.type == Type::s32;
    unsigned result = i.mode == 0   ? __reduce_add_sync(mask, value, where)
                      : i.mode == 1 ? sign ? (unsigned)__reduce_min_sync(mask, (int)value, where)
                                           : __reduce_min_sync(mask, value, where)
                      : i.mode == 2 ? sign ? (unsigned)__reduce_max_sync(mask, (int)value, where)
                                           : __reduce_max_sync(mask, value, where)
                      : i.mode == 3 ? __reduce_and_sync(mask, value, where)
                      : i.mode == 4 ? __reduce_or_sync(mask, value, where)
                                    : __reduce_xor_sync(mask, value, where);
    put(machine, i.operand[0], i.type, result);
}
static void bind_redux(Instruction &i, Modifiers &m)
{
    static const char *const ways[] = { "add", "min", "max", "and", "or", "xor" };
    const bool sync = m.take("sync");
    i.mode = m.take_one(ways);
    i.type = m.take_type();
    const bool suits = i.mode > 2 ? i.type == Type::b32 : i.type == Type::u32 || i.type == Type::s32;
    if (sync && i.mode >= 0 && suits) i.run = reduce;
}

static void elect(Machine &machine, const Instruction &i)
{
    const unsigned lanes = __ballot_sync((unsigned)get(machine, i.operand[2], Type::u32), 1, machine.where);
    const unsigned leader = (unsigned)__builtin_ctz(lanes);
    put(machine, i.operand[0], Type::b32, leader);
    put(machine, i.operand[1], Type::pred, leader == lane_id());
}
static void bind_elect(Instruction &i, Modifiers &m)
{
    if (m.take("sync")) i.run = elect;
}

/* ---- where the thread goes ---- */

static void branch(Machine &machine, const Instruction &i)
{
    const size_t target = (size_t)i.operand[0].index;
    if (target < machine.next) yield(machine.where); /* a loop may be waiting */
    machine.next = target;
}
static void bind_bra(Instruction &i, Modifiers &m)
{
    m.take("uni");
    if (i.operand.size() == 1 && i.operand[0].kind == Ref::label) i.run = branch;
}
static void trap(Machine &machine, const Instruction &)
{
    fail("trap", machine.where, "inline PTX: trap");
}
static void bind_trap(Instruction &i, Modifiers &)
{
    i.run = trap;
}
static void sleep_a_little(Machine &machine, const Instruction &)
{
    yield(machine.where);
}
static void bind_nanosleep(Instruction &i, Modifiers &m)
{
    if (m.take_type() == Type::u32) i.run = sleep_a_little;
}

const Opcode warp_opcodes[] = {
    { "bar", 1, 4, bind_bar },     { "barrier", 0, 4, bind_bar },           { "shfl", 5, 6, bind_shfl },
    { "vote", 3, 3, bind_vote },   { "activemask", 1, 1, bind_activemask }, { "match", 3, 3, bind_match },
    { "redux", 3, 3, bind_redux }, { "elect", 3, 3, bind_elect },           { "bra", 1, 1, bind_bra },
    { "trap", 0, 0, bind_trap },   { "nanosleep", 1, 1, bind_nanosleep },   { nullptr, 0, 0, nullptr }
};

} // namespace ptx
} // namespace emu
