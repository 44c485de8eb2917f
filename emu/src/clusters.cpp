/* clusters.cpp - who is in which cluster, its barrier, and its blocks' shared memory: see clusters.h. */
#include "clusters.h"

#include <algorithm>
#include <unordered_map>
#include "emu/cluster.h"
#include "memory.h"
#include "schedule.h"

namespace emu
{

static const size_t PORTABLE = 8, MOST = 16; /* blocks in a cluster */

namespace
{
struct Cluster {
    Meeting barrier;
    std::vector<unsigned> slot; /* by rank */
    std::vector<bool> begun;    /* by rank */
    size_t finished = 0;
};
} // namespace

static std::unordered_map<size_t, Cluster> clusters; /* those that have begun and are not finished */

/* ---- shapes ---- */

size_t cluster_size(const dim3 &cluster)
{
    return (size_t)cluster.x * cluster.y * cluster.z;
}

size_t cluster_most(bool more_than_portable)
{
    return more_than_portable ? MOST : PORTABLE;
}

std::string wrong_cluster(const dim3 &grid, const dim3 &cluster, bool more_than_portable)
{
    char text[300] = "";
    size_t blocks = cluster_size(cluster);
    if (blocks == 0)
        snprintf(text, sizeof text, "its cluster is (%u,%u,%u); each extent must be at least 1", cluster.x,
                 cluster.y, cluster.z);
    else if (blocks > cluster_most(more_than_portable))
        snprintf(text, sizeof text,
                 "its cluster has %zu blocks; at most %zu are possible, and %zu after "
                 "cudaFuncSetAttribute(.., cudaFuncAttributeNonPortableClusterSizeAllowed, 1)",
                 blocks, PORTABLE, MOST);
    else if (grid.x % cluster.x || grid.y % cluster.y || grid.z % cluster.z)
        snprintf(text, sizeof text,
                 "its grid of (%u,%u,%u) blocks is not a multiple of its cluster, (%u,%u,%u)", grid.x, grid.y,
                 grid.z, cluster.x, cluster.y, cluster.z);
    return text;
}

static uint3 index_of(size_t linear, const dim3 &extent)
{
    return { (unsigned)(linear % extent.x), (unsigned)(linear / extent.x % extent.y),
             (unsigned)(linear / extent.x / extent.y) };
}

static size_t linear_of(const uint3 &index, const dim3 &extent)
{
    return index.x + (size_t)extent.x * (index.y + (size_t)extent.y * index.z);
}

size_t cluster_of(size_t linear)
{
    const dim3 &c = kernel->cluster;
    if (!kernel->clustered) return linear;
    uint3 block_index = index_of(linear, kernel->grid);
    return linear_of({ block_index.x / c.x, block_index.y / c.y, block_index.z / c.z },
                     { kernel->grid.x / c.x, kernel->grid.y / c.y, kernel->grid.z / c.z });
}

static unsigned rank_of(size_t linear)
{
    const dim3 &c = kernel->cluster;
    uint3 i = index_of(linear, kernel->grid);
    return (unsigned)linear_of({ i.x % c.x, i.y % c.y, i.z % c.z }, c);
}

/* The block of that cluster and rank. */
static size_t block_at(size_t cluster, unsigned rank)
{
    const dim3 &c = kernel->cluster, &g = kernel->grid;
    uint3 of_cluster = index_of(cluster, { g.x / c.x, g.y / c.y, g.z / c.z }), in = index_of(rank, c);
    return linear_of({ of_cluster.x * c.x + in.x, of_cluster.y * c.y + in.y, of_cluster.z * c.z + in.z }, g);
}

/* 0..count-1 by options.order */
static std::vector<size_t> order_of(size_t count)
{
    std::vector<size_t> order(count);
    for (size_t i = 0; i < count; i++) order[i] = options.order == Order::reverse ? count - 1 - i : i;
    if (options.order == Order::random)
        for (size_t i = count - 1; i > 0; i--) std::swap(order[i], order[random_below((unsigned)i + 1)]);
    return order;
}

std::deque<size_t> clusters_in_order()
{
    std::deque<size_t> blocks;
    const dim3 &g = kernel->grid;
    size_t size = cluster_size(kernel->cluster);
    for (size_t cluster : order_of((size_t)g.x * g.y * g.z / size))
        for (size_t rank : order_of(size)) blocks.push_back(block_at(cluster, (unsigned)rank));
    return blocks;
}

/* ---- beginning and end ---- */

/* Of an address in the window of that slot: whose shared memory it is, and why it cannot be used. */
static std::string describe_slot(unsigned slot)
{
    for (const auto &c : clusters)
        for (size_t rank = 0; rank < c.second.slot.size(); rank++) {
            if (c.second.slot[rank] != slot) continue;
            uint3 i = index_of(block_at(c.first, (unsigned)rank), kernel->grid);
            std::string name = "shared memory of block (" + std::to_string(i.x) + "," + std::to_string(i.y) +
                               "," + std::to_string(i.z) + ")";
            return name + (c.second.begun[rank]
                               ? ", which has returned: cluster.sync() at the end keeps a block there until "
                                 "the others have used its memory"
                               : ", which has not begun to run: cluster.sync() at the start waits for it");
        }
    return "shared memory of a cluster that has ended";
}

static unsigned slot_at(unsigned rank)
{
    if (!kernel->clustered || rank >= cluster_blocks()) return rank == 0 ? block.slot : ~0u;
    return clusters[cluster_of(block.linear)].slot[rank];
}

static unsigned rank_at(unsigned slot)
{
    const std::vector<unsigned> &all = clusters[cluster_of(block.linear)].slot;
    return (unsigned)(std::find(all.begin(), all.end(), slot) - all.begin());
}

void clusters_begin()
{
    clusters.clear();
    describe_window = describe_slot;
    slot_of_rank = slot_at, rank_of_slot = rank_at;
}

bool cluster_begun(size_t linear)
{
    return clusters.count(cluster_of(linear));
}

unsigned cluster_start(size_t linear, unsigned (*take)())
{
    Cluster &cluster = clusters[cluster_of(linear)];
    size_t size = cluster_size(kernel->cluster), threads = cluster_size(kernel->block);
    if (cluster.slot.empty()) {
        for (size_t rank = 0; rank < size; rank++) {
            cluster.slot.push_back(take());
            shared_window_close(cluster.slot.back());
        }
        cluster.begun.resize(size);
        cluster.barrier.expected = size * threads;
    }
    unsigned rank = rank_of(linear);
    cluster.begun[rank] = true;
    shared_window_open(cluster.slot[rank]);
    return cluster.slot[rank];
}

void cluster_end(size_t linear, std::vector<unsigned> &slots)
{
    auto found = clusters.find(cluster_of(linear));
    Cluster &cluster = found->second;
    shared_window_close(cluster.slot[rank_of(linear)]);
    if (++cluster.finished < cluster.slot.size()) return;
    slots.insert(slots.end(), cluster.slot.begin(), cluster.slot.end());
    clusters.erase(found);
}

/* ---- what a thread asks ---- */

dim3 cluster_extent()
{
    return kernel->clustered ? kernel->cluster : dim3(1, 1, 1);
}

unsigned cluster_rank()
{
    return kernel->clustered ? rank_of(block.linear) : 0;
}

uint3 cluster_position()
{
    return index_of(cluster_rank(), cluster_extent());
}

unsigned cluster_blocks()
{
    return (unsigned)cluster_size(cluster_extent());
}

bool cluster_is_explicit()
{
    return kernel->clustered;
}

/* ---- its barrier ---- */

void cluster_arrive(Where where, bool releases)
{
    if (!current) fail("host", where, "a cluster's barrier is called by host code");
    if (left_out("cluster.sync", where)) return;
    if (current->cluster_arrived != current->cluster_waited)
        fail("cluster", where,
             "this thread has arrived at the cluster's barrier, and arrives again without a wait between");
    current->cluster_arrived++;
    current->fenced = false;
    if (!kernel->clustered) return;
    Cluster &cluster = clusters[cluster_of(block.linear)];
    current->meeting = &cluster.barrier;
    current->phase = cluster.barrier.phase;
    if (releases) tell(&Hooks::cluster_arrive, (const void *)&cluster, current->phase);
    meeting_arrive(cluster.barrier);
}

void cluster_wait(Where where)
{
    if (!current) fail("host", where, "a cluster's barrier is called by host code");
    if (left_out("cluster.sync", where)) return;
    if (current->cluster_arrived == current->cluster_waited)
        fail("cluster", where, "this thread waits at the cluster's barrier without having arrived there");
    current->cluster_waited++;
    if (!kernel->clustered) {
        block_barrier(false, where);
        return;
    }
    if (current->meeting->phase == current->phase) wait_as(State::at_meeting, where);
    tell(&Hooks::cluster_wait, (const void *)&clusters[cluster_of(block.linear)], current->phase);
}

bool cluster_waits(const Thread &thread, size_t linear, size_t *expected, size_t *arrived)
{
    auto found = kernel->clustered ? clusters.find(cluster_of(linear)) : clusters.end();
    if (found == clusters.end() || thread.meeting != &found->second.barrier) return false;
    *expected = found->second.barrier.expected;
    *arrived = found->second.barrier.arrived;
    return true;
}

/* ---- its shared memory ---- */

void *cluster_shared(const void *address, unsigned rank, Where where, const char *call)
{
    if (!current) fail("host", where, "%s is called by host code", call);
    if (rank >= cluster_blocks())
        fail("cluster", where, "%s of rank %u; the cluster has %u blocks", call, rank, cluster_blocks());
    unsigned slot = block.slot;
    const void *own = shared_own(address, &slot);
    if (!own)
        fail("cluster", where, "%s of an address that is not in shared memory (%s)", call,
             describe(address).c_str());
    if (rank == cluster_rank()) return const_cast<void *>(own);
    return shared_in_window(clusters[cluster_of(block.linear)].slot[rank], own);
}

unsigned cluster_rank_of(const void *address, Where where, const char *call)
{
    unsigned slot = block.slot;
    if (!shared_own(address, &slot))
        fail("cluster", where, "%s of an address that is not in shared memory (%s)", call,
             describe(address).c_str());
    if (slot == block.slot) return cluster_rank();
    return rank_at(slot);
}

} // namespace emu
