/* residents.cpp - blocks that wait for each other: see residents.h. */
#include "residents.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include "async_copy.h"
#include "clusters.h"
#include "emu/grid.h"
#include "fiber.h"
#include "memory.h"

namespace emu
{

namespace
{
/* A block that has left the CPU. */
struct Resident {
    Block block;
    Turns turns;
    std::vector<char> shared;
    Left left;
};
} // namespace

static const unsigned IDLE_TURNS = 500; /* of blocks that only spin: then nothing will come any more */
static const unsigned STILL_TURNS = 4;  /* of blocks that only read                                    */

static std::vector<std::unique_ptr<Resident>> away; /* those that may go on, the longest away first */
static std::vector<unsigned> slots;                 /* those that no block has */
static unsigned slots_made;
static size_t finished, last_finished; /* how many blocks have, and one of them */
static Meeting grid;

size_t residents_most(size_t threads, size_t shared_bytes)
{
    size_t blocks = 0;
    cudaDeviceProp p;
    cudaGetDeviceProperties(&p, 0);
    size_t rounded = (threads + 31) / 32 * 32, shared = shared_bytes + p.reservedSharedMemPerBlock;
    blocks = std::min((size_t)p.maxThreadsPerMultiProcessor / rounded, p.sharedMemPerMultiprocessor / shared);
    blocks = std::min(blocks, (size_t)p.maxBlocksPerMultiProcessor) * (size_t)p.multiProcessorCount;
    return std::max<size_t>(1, std::min(blocks, (FIBERS - THREADS_MOST) / rounded));
}

void residents_begin()
{
    away.clear();
    slots.clear();
    finished = 0;
    slots_made = 0;
    clusters_begin();
    block.slot = 0;
    grid = {};
    grid.expected = (size_t)kernel->grid.x * kernel->grid.y * kernel->grid.z * block.threads.size();
}

/* ---- leaving and coming back ---- */

static void leave(Left left)
{
    tell(&Hooks::block_leave);
    std::unique_ptr<Resident> resident(new Resident);
    resident->left = left;
    shared_save(resident->shared);
    async_leave(block.slot);
    exchange_turns(resident->turns);
    std::swap(resident->block, block);
    away.push_back(std::move(resident));
}

/* Puts the threads' structures where `block` is, without those of the block before. */
static void come_back(size_t which)
{
    std::unique_ptr<Resident> resident = std::move(away[which]);
    away.erase(away.begin() + (long)which);
    std::swap(resident->block, block);
    exchange_turns(resident->turns);
    async_return(block.slot);
    shared_restore(resident->shared);
    writable_blockIdx = block.index;
    for (Thread &thread : block.threads)
        if (thread.state == State::at_meeting && thread.meeting->phase != thread.phase) make_ready(thread);
    tell(&Hooks::block_return);
}

static unsigned take_slot()
{
    if (slots.empty()) return slots_made++;
    unsigned slot = slots.back();
    slots.pop_back();
    return slot;
}

static void start(Blocks &blocks)
{
    size_t linear = blocks.fresh.front();
    blocks.fresh.pop_front();
    block.slot = kernel->clustered ? cluster_start(linear, take_slot) : take_slot();
    blocks.start(linear);
}

static void end(Blocks &blocks)
{
    blocks.end();
    if (kernel->clustered)
        cluster_end(block.linear, slots);
    else
        slots.push_back(block.slot);
    last_finished = block.linear;
    finished++;
}

/* ---- whose turn it is ---- */

static bool can_go_on(const Resident &resident)
{
    if (resident.left == Left::spinning) return true;
    for (const Thread &thread : resident.block.threads)
        if (thread.state == State::at_meeting && thread.meeting->phase != thread.phase) return true;
    return false;
}

/* The block that goes on, by options.order; -1: none can. */
static int next_away()
{
    std::vector<int> able;
    for (size_t i = 0; i < away.size(); i++)
        if (can_go_on(*away[i])) able.push_back((int)i);
    if (able.empty()) return -1;
    return options.order == Order::random ? able[random_below((unsigned)able.size())] : able[0];
}

/* ---- when nobody can go on ---- */

static std::string block_name(size_t linear)
{
    dim3 extent = kernel->grid;
    return "block (" + std::to_string(linear % extent.x) + "," +
           std::to_string(linear / extent.x % extent.y) + "," + std::to_string(linear / extent.x / extent.y) +
           ")";
}

/* Who does not come to the meeting of that block's cluster, or of the grid, and why. */
static std::string missing(size_t linear, bool of_cluster)
{
    auto is_there = [&](size_t other) { return !of_cluster || cluster_of(other) == cluster_of(linear); };
    if (finished && is_there(last_finished)) return block_name(last_finished) + " has returned";
    for (const auto &resident : away)
        for (const Thread &thread : resident->block.threads) {
            if (!is_there(resident->block.linear)) break;
            std::string name = name_of(thread) + " of " + block_name(resident->block.linear);
            if (thread.state == State::done) return name + " has returned";
            if (thread.state != State::at_meeting)
                return name +
                       (thread.state == State::at_barrier ? " is in __syncthreads at " : " waits at ") +
                       source_line(thread.where);
        }
    return "the others do not come";
}

[[noreturn]] static void report_meeting(Blocks &blocks)
{
    size_t expected = grid.expected, arrived = grid.arrived, linear = away[0]->block.linear;
    const std::vector<Thread> &threads = away[0]->block.threads;
    auto first = std::find_if(threads.begin(), threads.end(),
                              [](const Thread &thread) { return thread.state == State::at_meeting; });
    bool waits = first != threads.end(),
         of_cluster = waits && cluster_waits(*first, linear, &expected, &arrived);
    std::string who = waits ? missing(linear, of_cluster) : "", name = waits ? name_of(*first) : "";
    Where where = waits ? first->where : Where{ nullptr, 0 };
    come_back(0);
    if (waits)
        fail(of_cluster ? "cluster" : "grid", where,
             "%s waits in %s.sync() for all %zu threads of the %s, of which %zu have come: %s", name.c_str(),
             of_cluster ? "cluster" : "grid", expected, of_cluster ? "cluster" : "grid", arrived,
             who.c_str());
    report_no_progress(blocks.fresh.empty() ? "" : "; other blocks have not started");
}

static std::string not_started(const Blocks &blocks)
{
    if (blocks.fresh.empty()) return "";
    return "; " + std::to_string(away.size() + 1) + " blocks are resident, " +
           std::to_string(blocks.fresh.size()) +
           " have not started: a block may wait only for blocks that have, which an atomic counter in place of "
           "blockIdx makes sure of";
}

/* ---- running ---- */

static bool may_start(const Blocks &blocks, bool running)
{
    return !blocks.fresh.empty() && away.size() + running < blocks.most;
}

/* Is a block to start rather than one to go on? Of clusters one is filled before the next begins. */
static bool starts_first(const Blocks &blocks, bool running, unsigned idle)
{
    if (!may_start(blocks, running)) return false;
    return !kernel->clustered || cluster_begun(blocks.fresh.front()) || idle > 0;
}

/* The turns since anything changed. */
struct Idle {
    unsigned turns, still; /* all; those in which threads only waited */
    clock_t since;
};

static void count_turn(Idle &idle, bool changed)
{
    if (changed) idle = {};
    if (changed || idle.turns == 0) idle.since = clock();
    if (changed) return;
    idle.turns++;
    idle.still += only_waits(block.threads);
}

/* Will nothing come any more? Of loops that may end by themselves only time can tell. */
static bool is_hopeless(const Idle &idle)
{
    bool still = idle.still == idle.turns && options.order != Order::random;
    if (idle.turns <= (still ? STILL_TURNS : IDLE_TURNS) + 4 * away.size()) return false;
    bool spins = has_spins(block.threads);
    for (const auto &resident : away) spins |= has_spins(resident->block.threads);
    if (!spins) return true;
    return options.timeout && clock() - idle.since > (clock_t)options.timeout * CLOCKS_PER_SEC;
}

void run_residents(Blocks &blocks, Left left)
{
    Idle idle = {};
    bool running = left != Left::finished; /* is there a block in `block`? */
    slots_made = running;
    while (running || !away.empty() || !blocks.fresh.empty()) {
        bool starts = starts_first(blocks, running, idle.turns);
        bool alone = running && left == Left::spinning && away.empty() && !starts;
        if (running && !alone) leave(left);
        int next = starts || alone ? 0 : next_away();
        starts |= next < 0 && may_start(blocks, false);
        if (next < 0 && !starts) report_meeting(blocks);
        if (starts) {
            start(blocks);
            left = run_block();
        } else {
            if (!alone) come_back((size_t)next);
            left = resume_block();
        }
        throw_failure();
        count_turn(idle, block_moved() || starts);
        if (is_hopeless(idle)) report_no_progress(not_started(blocks));
        running = left != Left::finished;
        if (!running) end(blocks);
    }
}

/* ---- barriers of several blocks ---- */

bool grid_is_cooperative()
{
    return kernel && kernel->cooperative;
}

bool is_in_kernel()
{
    return is_kernels();
}

void grid_barrier(Where where)
{
    if (!current) fail("host", where, "grid.sync() is called by host code");
    if (left_out("grid.sync", where)) return;
    if (!kernel->cooperative)
        fail(
            "grid", where,
            "grid.sync() in a kernel that is launched by <<<>>>: its blocks need not be resident at one time; "
            "cudaLaunchCooperativeKernel sees to it");
    current->meeting = &grid;
    current->phase = grid.phase;
    bool last = grid.arrived + 1 == grid.expected;
    if (last) forget_block_atomics();
    if (last) tell(&Hooks::grid_barrier);
    meeting_arrive(grid);
    if (!last) wait_as(State::at_meeting, where);
}

} // namespace emu
