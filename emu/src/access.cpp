/* access.cpp - puts the accesses of lanes together into requests of warps, and counts them.
 *
 * The emulator runs the lanes of a warp one after another, so what hardware does at once is spread over
 * time here. The rule that brings it together: between two points where the whole warp meets (a barrier, a
 * shuffle, the end of the block), the k-th time that a lane executes an access belongs to the k-th time
 * that the other lanes execute the same access. That is exact where the lanes agree how often a loop runs
 * or leave it one after the other; lanes that skip a round in the middle of a loop are matched with the
 * rounds of others one later. */
#include "access.h"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>
#include "access_explain.h"
#include "access_table.h"

namespace emu
{

namespace
{
/* One access in the source, in the kernel that runs. */
struct Site {
    AccessKey key;
    AccessCount count;
    struct Warp {
        std::vector<WarpRequest> open; /* since the warp last met */
        unsigned executed[32];         /* by each lane, since then */
    };
    Warp warp[32];
};
} // namespace

static std::unordered_map<uint64_t, Site> sites; /* by place and direction: a copy both reads and writes */
static std::vector<Site *> open_sites[32];       /* by warp: those with open requests */

static void close_warp(unsigned warp)
{
    explain_meet(warp);
    for (Site *site : open_sites[warp]) {
        Site::Warp &w = site->warp[warp];
        for (const WarpRequest &r : w.open) {
            count_request(site->count, site->key, r, warp);
            explain_request(site->key, r);
        }
        w.open.clear();
        std::fill(std::begin(w.executed), std::end(w.executed), 0u);
    }
    open_sites[warp].clear();
}

static void execute(Site &site, uintptr_t address, unsigned size)
{
    unsigned warp = (unsigned)current->warp, lane = (unsigned)current->lane;
    Site::Warp &w = site.warp[warp];
    unsigned round = w.executed[lane]++;
    if (w.open.empty()) open_sites[warp].push_back(&site);
    if (w.open.size() <= round) w.open.resize(round + 1);
    WarpRequest &r = w.open[round];
    r.lanes |= 1u << lane;
    r.size = std::max(r.size, size);
    r.address[lane] = address;
}

/* Larger objects move in pieces of 16 bytes, the most that one instruction takes. */
static void execute_all(Site &site, const void *address, size_t size)
{
    uintptr_t from = (uintptr_t)address;
    for (size_t done = 0; done < size; done += 16)
        execute(site, from + done, (unsigned)std::min<size_t>(16, size - done));
}

static Site &site_of(const Access &a)
{
    uint64_t location = (uint64_t)(uintptr_t)a.pc;
    if (!a.pc) location = (uint64_t)(uintptr_t)a.where.file << 17 ^ (uint64_t)a.where.line;
    Site &site = sites[location << 1 | (a.write ? 1 : 0)];
    if (!site.key.size)
        site.key = { kernel->name,
                     location_of(a.address),
                     a.pc,
                     a.where,
                     a.space,
                     a.write,
                     a.atomic,
                     (unsigned)std::min<size_t>(a.size, 16),
                     explain_kernel() };
    return site;
}

/* ---- hooks ---- */

static void on_access(const Access &access)
{
    execute_all(site_of(access), access.address, access.size);
}

static void on_async_issue(const AsyncCopy &copy)
{
    size_t reads = copy.bytes - copy.zero_fill;
    if (reads) on_access({ copy.from, reads, space_of(copy.from), false, false, nullptr, copy.where });
    on_access({ copy.to, copy.bytes, space_of(copy.to), true, false, nullptr, copy.where });
}

static void close_all()
{
    for (unsigned warp = 0; warp < 32; warp++) close_warp(warp);
}

static void on_barrier(Thread *const *, int count)
{
    explain_barrier(count);
    close_all();
}

static void on_warp(int warp, unsigned lanes, Collective kind)
{
    explain_collective(kind);
    if (lanes == block.alive[(size_t)warp]) close_warp((unsigned)warp);
}

static void on_kernel_end()
{
    close_all();
    std::vector<const void *> pcs;
    for (auto &site : sites)
        if (site.second.key.pc) pcs.push_back(site.second.key.pc);
    find_sources(pcs);
    for (auto &site : sites) add_to_table(site.second.key, site.second.count);
    sites.clear();
    explain_kernel_end();
}

void access_subscribe()
{
    const char *profile = getenv("CUEMU_PROFILE");
    bool profiled = profile && *profile && strcmp(profile, "0"), explained = explain_asked();
    if (!profiled && !explained) return;
    if (profiled) print_table_at_exit(profile);
    static Hooks hooks;
    if (explained) hooks.kernel_begin = explain_kernel_begin;
    hooks.kernel_end = on_kernel_end;
    hooks.block_end = hooks.block_leave = close_all;
    hooks.access = on_access;
    hooks.barrier = on_barrier;
    hooks.warp = on_warp;
    hooks.async_issue = on_async_issue;
    subscribe(&hooks);
}

} // namespace emu
