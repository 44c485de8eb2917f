/* device_memory.cpp - cudaMalloc and what may touch its memory.
 *
 * Allocations lie in one reservation of address space, each ending at a guard page (but for the rounding to
 * CUDA's 256 bytes, whose pattern is checked after each kernel). Addresses are not used again while there
 * are others, so a freed array faults. While no kernel runs, device memory cannot be touched at all, nor
 * what pending operations claim of managed and pinned memory.
 */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <map>
#include <sys/mman.h>
#include "memory.h"
#include "devices.h"
#include "host_memory.h"
#ifdef EMU_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace emu
{

static const size_t PAGE = 4096, ALIGNMENT = 256;
static const size_t ARENA = (size_t)16 << 30;
static const size_t MANY = (size_t)4 << 20; /* bytes for which pages of 2 MB are asked */

/* Of an operation that has not run yet. */
struct Held {
    Ticket ticket;
    Claim claim;
    std::string by; /* "kernel fill at FILE:7" */
};

struct Allocation {
    char *pages; /* where its pages begin; they end at a guard page */
    size_t page_bytes, size;
    Home home;
    bool freed;
    Where where;
    std::vector<Held> held = {};
    bool of_graph = false, suspended = false; /* the memory is not there now */
    int device = device_now();
    bool of_pool = false;
    unsigned readers = 0; /* of a pool: one bit for each other device that may use it */
};

static char *arena, *unused; /* addresses from unused on have never been given out */
/* by the address the program knows; freed ones too; never destroyed, for the leaks at exit */
static std::map<char *, Allocation> &allocations = *new std::map<char *, Allocation>;
static bool open_;

static size_t rounded(size_t size, size_t to)
{
    return (size + to - 1) / to * to;
}

static void protect(const Allocation &allocation, int rights)
{
    if (mprotect(allocation.pages, allocation.page_bytes, rights) == 0) return;
    perror("emu: cannot change the protection of device memory");
    exit(1);
}

/* The pages of an allocation that a claim covers, all of them if it covers the allocation. */
static void protect_claim(const char *start, const Allocation &allocation, const Claim &claim)
{
    uintptr_t from = ((uintptr_t)claim.start + PAGE - 1) / PAGE * PAGE;
    uintptr_t to = ((uintptr_t)claim.start + claim.bytes) / PAGE * PAGE;
    if ((const char *)claim.start <= start) from = (uintptr_t)allocation.pages;
    if ((const char *)claim.start + claim.bytes >= start + allocation.size)
        to = (uintptr_t)allocation.pages + allocation.page_bytes;
    if (from < to && mprotect((void *)from, to - from, claim.writes ? PROT_NONE : PROT_READ) != 0)
        perror("emu: cannot protect managed memory"), exit(1);
}

/* What the host may do while no kernel runs: nothing with device memory, with other memory what pending
 * operations leave. */
static void protect_from_host(const char *start, const Allocation &allocation)
{
    if (allocation.home == Home::device) return protect(allocation, PROT_NONE);
    protect(allocation, PROT_READ | PROT_WRITE);
    for (bool writes : { false, true })
        for (const Held &held : allocation.held)
            if (held.claim.writes == writes) protect_claim(start, allocation, held.claim);
}

/* ---- allocating ---- */

static bool make_arena()
{
    void *memory = mmap(nullptr, ARENA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    arena = (char *)memory;
    unused = arena + PAGE; /* what lies before the first array is not readable either */
    return true;
}

/* The addresses of a freed array that is large enough, when all others are used up. */
static char *recycle(size_t page_bytes)
{
    for (auto it = allocations.begin(); it != allocations.end(); ++it) {
        if (!it->second.freed || it->second.page_bytes < page_bytes) continue;
        char *pages = it->second.pages;
        allocations.erase(it);
        return pages;
    }
    return nullptr;
}

static char *take_pages(size_t page_bytes)
{
    if (!arena && !make_arena()) return nullptr;
    if ((size_t)(arena + ARENA - unused) < page_bytes + PAGE) return recycle(page_bytes);
    char *pages = unused;
    unused += page_bytes + PAGE;
    return pages;
}

static void set_edges(char *start, const Allocation &allocation, bool poison)
{
#ifdef EMU_ASAN
    char *end = allocation.pages + allocation.page_bytes;
    if (poison) {
        __asan_poison_memory_region(allocation.pages, (size_t)(start - allocation.pages));
        __asan_poison_memory_region(start + allocation.size, (size_t)(end - start) - allocation.size);
    } else {
        __asan_unpoison_memory_region(allocation.pages, allocation.page_bytes);
    }
#else
    (void)start, (void)allocation, (void)poison;
#endif
}

void *device_allocate(size_t size, Home home, Where where)
{
    if (size == 0 || size > ARENA / 2) return nullptr;
    size_t page_bytes = rounded(size, PAGE);
    char *pages = take_pages(page_bytes);
    if (!pages) return nullptr;
    char *start = pages + page_bytes - rounded(size, ALIGNMENT);
    Allocation allocation = { pages, page_bytes, size, home, false, where, {} };
    protect(allocation, PROT_READ | PROT_WRITE);
    if (page_bytes >= MANY) madvise(pages, page_bytes, MADV_HUGEPAGE); /* each launch protects every page */
    wmemset((wchar_t *)pages, (wchar_t)DEVICE_POISON, page_bytes / sizeof(wchar_t));
    set_edges(start, allocation, true);
    if (home == Home::device && !open_) protect(allocation, PROT_NONE);
    allocations[start] = allocation;
    tell(&Hooks::allocated, (const void *)start, size);
    return start;
}

static void give_back(char *start, Allocation &allocation)
{
    allocation.freed = true;
    allocation.held.clear();
    set_edges(start, allocation, false);
    protect(allocation, PROT_NONE);
    madvise(allocation.pages, allocation.page_bytes, MADV_DONTNEED);
}

void (*device_freed)(const void *);

bool device_free(void *address)
{
    auto it = allocations.find((char *)address);
    if (it == allocations.end() || it->second.freed || it->second.suspended) return false;
    if (device_freed) device_freed(address);
    if (it->second.of_graph)
        device_suspend(address);
    else
        give_back(it->first, it->second);
    return true;
}

void device_suspend(void *address)
{
    Allocation &allocation = allocations.at((char *)address);
    allocation.of_graph = allocation.suspended = true;
    protect(allocation, PROT_NONE);
}

void device_revive(void *address)
{
    Allocation &allocation = allocations.at((char *)address);
    allocation.suspended = false;
    protect(allocation, PROT_READ | PROT_WRITE);
    wmemset((wchar_t *)allocation.pages, (wchar_t)DEVICE_POISON, allocation.page_bytes / sizeof(wchar_t));
    if (!open_) protect(allocation, PROT_NONE);
    tell(&Hooks::allocated, (const void *)address, allocation.size);
}

void device_free_all(int device)
{
    for (auto &it : allocations)
        if (!it.second.freed && it.second.device == device) give_back(it.first, it.second);
}

/* ---- touching ---- */

static bool is_closed(const Allocation &allocation)
{
    return !allocation.freed && !allocation.suspended &&
           (allocation.home == Home::device || !allocation.held.empty());
}

static bool is_usable(const Allocation &allocation, int device)
{
    if (allocation.home != Home::device || allocation.device == device) return true;
    return allocation.of_pool ? allocation.readers >> device & 1 : device_reaches(device, allocation.device);
}

/* May the device that works use it? */
static bool is_within_reach(const Allocation &allocation)
{
    return is_usable(allocation, device_at_work());
}

void device_open()
{
    if (open_) return;
    open_ = true;
    for (auto &it : allocations)
        if (is_closed(it.second) && is_within_reach(it.second)) protect(it.second, PROT_READ | PROT_WRITE);
}

void device_close()
{
    if (!open_) return;
    open_ = false;
    for (auto &it : allocations)
        if (is_closed(it.second)) protect_from_host(it.first, it.second);
}

/* The live allocation that address lies in, or nullptr. */
static std::pair<char *const, Allocation> *allocation_at(const void *address)
{
    auto after = allocations.upper_bound((char *)address);
    if (after == allocations.begin()) return nullptr;
    --after;
    if (after->second.freed || (char *)address >= after->first + after->second.size) return nullptr;
    return &*after;
}

bool device_range(const void *address, size_t bytes, bool *device)
{
    *device = in_device_arena(address);
    if (!*device) return true;
    auto *found = allocation_at(address);
    return found && bytes <= found->second.size - (size_t)((char *)address - found->first);
}

bool device_managed(const void *address)
{
    auto *found = allocation_at(address);
    return found && found->second.home != Home::device;
}

bool device_pinned(const void *address)
{
    auto *found = allocation_at(address);
    return found && found->second.home == Home::pinned;
}

int device_of(const void *address)
{
    auto *found = allocation_at(address);
    return found ? found->second.device : -1;
}

int device_beyond_reach(const void *address)
{
    auto *found = allocation_at(address);
    return found && !is_within_reach(found->second) ? found->second.device : -1;
}

bool device_usable(const void *address, int device)
{
    auto *found = allocation_at(address);
    return found && is_usable(found->second, device);
}

bool device_of_pool(const void *address)
{
    auto *found = allocation_at(address);
    return found && found->second.of_pool;
}

void device_set_readers(const void *address, unsigned devices)
{
    Allocation &allocation = allocations.at((char *)address);
    allocation.of_pool = true;
    allocation.readers = devices;
}

bool device_begins(const void *address)
{
    auto *found = allocation_at(address);
    return found && found->first == address;
}

size_t device_bytes_from(const void *address)
{
    auto *found = allocation_at(address);
    return found ? found->second.size - (size_t)((const char *)address - found->first) : 0;
}

void host_touch(const void *address, bool allowed)
{
    auto *found = allocation_at(address);
    if (!found || open_ || !is_closed(found->second)) return;
    if (allowed)
        protect(found->second, PROT_READ | PROT_WRITE);
    else
        protect_from_host(found->first, found->second);
}

/* ---- claims ---- */

static std::map<Ticket, std::vector<const char *>> claimed; /* the starts of the allocations that hold them */

void device_claim(Ticket ticket, const Claim &claim, const Operation &operation)
{
    auto *found = allocation_at(claim.start);
    if (!found || found->second.home == Home::device) return;
    found->second.held.push_back({ ticket, claim, operation.name + " at " + source_line(operation.where) });
    claimed[ticket].push_back(found->first);
    if (!open_) protect_from_host(found->first, found->second);
}

void device_release(Ticket ticket)
{
    auto claims = claimed.find(ticket);
    if (claims == claimed.end()) return;
    for (const char *start : claims->second) {
        auto it = allocations.find((char *)start);
        if (it == allocations.end() || it->second.freed) continue;
        std::vector<Held> &held = it->second.held;
        held.erase(
            std::remove_if(held.begin(), held.end(), [=](const Held &h) { return h.ticket == ticket; }),
            held.end());
        if (!open_) protect_from_host(start, it->second);
    }
    claimed.erase(claims);
}

bool device_share(const void *address)
{
    auto *found = in_device_arena(address) ? allocation_at(address) : nullptr;
    if (!found || found->second.held.empty()) return false;
    found->second.held.clear();
    if (!open_) protect_from_host(found->first, found->second);
    return true;
}

bool device_claimable(const void *address, Claim *claim)
{
    auto *found = in_device_arena(address) ? allocation_at(address) : nullptr;
    if (!found || found->second.home == Home::device) return false;
    *claim = { address, device_bytes_from(address), true };
    return true;
}

std::string describe_claim(const void *address)
{
    const char *at = (const char *)address;
    for (auto &it : allocations)
        if (at >= it.second.pages && at < it.second.pages + it.second.page_bytes && !it.second.held.empty())
            return it.second.held.front().by;
    return "";
}

/* ---- checking ---- */

#ifndef EMU_ASAN
static void check_edge(const char *start, const Allocation &allocation, const char *from, const char *to)
{
    for (const char *at = from; at < to; at++)
        if ((unsigned char)*at != device_poison_at(at))
            fail("bounds", allocation.where,
                 "the kernel has written byte %td of the %zu bytes that are allocated here", at - start,
                 allocation.size);
}

#endif

void device_check()
{
#ifndef EMU_ASAN
    for (auto &it : allocations) {
        const Allocation &allocation = it.second;
        if (allocation.freed || allocation.suspended || !is_within_reach(allocation)) continue;
        const char *start = it.first, *end = allocation.pages + allocation.page_bytes;
        check_edge(start, allocation, allocation.pages, start);
        check_edge(start, allocation, start + allocation.size, end);
    }
#endif
}

std::vector<Piece> device_pieces()
{
    std::vector<Piece> all;
    for (auto &it : allocations)
        if (!it.second.freed && !it.second.suspended && is_within_reach(it.second))
            all.push_back({ it.second.pages, it.second.page_bytes });
    return all;
}

bool any_of_host()
{
    for (auto &it : allocations)
        if (!it.second.freed && it.second.home != Home::device) return true;
    return false;
}

void device_report_leaks()
{
    struct Leak {
        size_t arrays, bytes;
        Where where;
    };
    std::map<std::string, Leak> leaks; /* by line */
    for (auto &it : allocations) {
        if (it.second.freed || it.second.suspended) continue;
        Leak &leak = leaks.insert({ source_line(it.second.where), { 0, 0, it.second.where } }).first->second;
        leak.arrays++;
        leak.bytes += it.second.size;
    }
    for (auto &it : leaks) {
        const Leak &leak = it.second;
        std::string many = leak.arrays > 1 ? " in " + std::to_string(leak.arrays) + " arrays" : "";
        if (options.leaks == Leaks::finding)
            report("leak", "%zu bytes%s allocated at %s are never freed", leak.bytes, many.c_str(),
                   it.first.c_str());
        else
            note_at(leak.where, "%zu bytes%s allocated here are never freed", leak.bytes, many.c_str());
    }
}

/* ---- places ---- */

bool in_device_arena(const void *address)
{
    return arena && (size_t)((const char *)address - arena) < ARENA;
}

Location device_location(const void *address)
{
    auto *found = allocation_at(address);
    if (!found) return { Space::global, "freed or unallocated device memory", address, 0, 0 };
    return { Space::global, "the allocation at " + source_line(found->second.where), found->first,
             (size_t)((const char *)address - found->first), found->second.size };
}

/* " on device 1", where that says anything */
static std::string on_which_device(const Allocation &a)
{
    bool one = options.devices == 1 || a.home != Home::device;
    return one ? "" : " on device " + std::to_string(a.device);
}

/* The allocation whose pages or guard page address lies in: freed ones too. */
std::string describe_device(const void *address)
{
    const char *at = (const char *)address;
    for (auto &it : allocations) {
        const Allocation &a = it.second;
        if (at < a.pages || at >= a.pages + a.page_bytes + PAGE) continue;
        return "byte " + std::to_string(at - it.first) + " of the " + std::to_string(a.size) +
               " bytes allocated at " + source_line(a.where) + on_which_device(a) +
               (a.freed       ? " and freed since"
                : a.suspended ? ", whose graph has not allocated it yet, or has freed it"
                              : "");
    }
    return "device memory that is not allocated";
}

} // namespace emu
