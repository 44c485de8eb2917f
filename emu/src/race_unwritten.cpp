/* race_unwritten.cpp - reads of bytes that nobody has written, in kernels and by copies to the host.
 *
 * Beside each byte of shared memory and of cudaMalloc's lies how it was written: not at all, or by
 * accesses of 1, 2, 4, 8 or 16 bytes. A byte that was not seen to be written counts as written if it no
 * longer holds what fresh memory is filled with: a library may have written it unseen. */
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include "memory.h"
#include "race.h"
#include "unwritten.h"

namespace emu
{

static const unsigned char SHARED_POISON = 0xff;
static const size_t PAGE = 4096;
const Hooks *unwritten_hooks;

namespace
{
/* 0: not written, else the size of the access that did it */
struct Marks {
    unsigned char of[PAGE];
    bool of_block; /* is shared memory of the block that runs in it? */
};
} // namespace
static std::unordered_map<uintptr_t, std::unique_ptr<Marks>> pages;
static std::vector<Marks *> shared_pages; /* those of the block that runs */

static Marks &marks_at(uintptr_t address)
{
    static struct {
        uintptr_t number;
        Marks *marks;
    } recent[256];
    uintptr_t number = address / PAGE;
    auto &r = recent[number % 256];
    if (r.marks && r.number == number) return *r.marks;
    std::unique_ptr<Marks> &page = pages[number];
    if (!page) page.reset(new Marks());
    r = { number, page.get() };
    return *r.marks;
}

static unsigned char &mark_of(uintptr_t address)
{
    return marks_at(address).of[address % PAGE];
}

static void mark(const void *start, size_t size, unsigned char as)
{
    uintptr_t at = (uintptr_t)start, end = at + size;
    while (at < end) {
        uintptr_t stop = std::min(end, (at / PAGE + 1) * PAGE);
        memset(&mark_of(at), as, stop - at);
        at = stop;
    }
}

static bool is_unwritten(uintptr_t at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return !mark_of(at) && *byte == (in_device_arena(byte) ? device_poison_at(byte) : SHARED_POISON);
}

/* Are the bytes from..to-1 what lies unused between the members of a structure? Then a larger member
 * follows, or the structure's own alignment: one that is copied whole is no mistake. */
static bool is_padding(uintptr_t from, uintptr_t to)
{
    unsigned char widest = 0;
    for (uintptr_t at = from - 16; at < to + 16; at++) widest = std::max(widest, mark_of(at));
    return to - from < widest && to % widest == 0;
}

/* Has every byte of a range been seen to be written? Of most reads it is all that must be asked. */
static bool is_all_written(const void *start, size_t size)
{
    uintptr_t begin = (uintptr_t)start;
    if (begin % PAGE + size > PAGE) return false;
    const unsigned char *marks = &mark_of(begin);
    if (size == 4) {
        uint32_t four;
        memcpy(&four, marks, sizeof four);
        return !((four - 0x01010101u) & ~four & 0x80808080u); /* no byte of it is 0 */
    }
    for (size_t i = 0; i < size; i++)
        if (!marks[i]) return false;
    return true;
}

/* The unwritten bytes of a range, but for padding; the first of them in *first. */
static size_t unwritten_in(const void *start, size_t size, uintptr_t *first)
{
    uintptr_t begin = (uintptr_t)start, end = begin + size;
    size_t count = 0;
    for (uintptr_t at = begin; at < end; at++) {
        if (!is_unwritten(at)) continue;
        uintptr_t from = at, to = at;
        while (to < end && is_unwritten(to)) to++;
        if (is_padding(from, to)) {
            at = to;
            continue;
        }
        if (!count) *first = from;
        count += to - from;
        at = to;
    }
    return count;
}

/* ---- hooks ---- */

static bool is_watched(const void *address, Space space)
{
    /* in clusters others write it from afar, and read what is not here */
    return (space == Space::shared && !kernel->clustered) || in_device_arena(address);
}

/* Once for each kernel and array: what else is read of it is the same mistake. */
static void check_read(const void *address, size_t size, Where where, const void *pc)
{
    static std::set<std::pair<std::string, const void *>> told;
    uintptr_t first;
    if (is_all_written(address, size)) return;
    checking_pc = pc, fault_where = where; /* the bytes may be nobody's */
    size_t count = unwritten_in(address, size, &first);
    checking_pc = nullptr, fault_where = {};
    if (!count) return;
    mark(address, size, (unsigned char)std::min<size_t>(size, 16)); /* told once */
    if (!told.insert({ kernel->name, location_of((const void *)first).start }).second) return;
    tell_unwritten(pc ? source_of(pc) : where,
                   "a read of " + describe((const void *)first) + ", which nobody has written");
}

static void on_access(const Access &access)
{
    if (!is_watched(access.address, access.space)) return;
    bool reads = !access.write || (access.atomic && access.update != Update::overwrites);
    if (reads) check_read(access.address, access.size, access.where, access.pc);
    if (!access.write) return;
    mark(access.address, access.size, (unsigned char)std::min<size_t>(access.size, 16));
    if (access.space != Space::shared) return;
    uintptr_t last = (uintptr_t)access.address + access.size - 1;
    for (uintptr_t page = (uintptr_t)access.address / PAGE; page <= last / PAGE; page++) {
        Marks &marks = marks_at(page * PAGE);
        if (!marks.of_block) shared_pages.push_back(&marks);
        marks.of_block = true;
    }
}

static void on_async_issue(const AsyncCopy &copy)
{
    size_t reads = copy.bytes - copy.zero_fill;
    if (reads && is_watched(copy.from, space_of(copy.from)))
        check_read(copy.from, reads, copy.where, nullptr);
    on_access({ copy.to, copy.bytes, space_of(copy.to), true, false, nullptr, copy.where });
}

static void on_block_begin()
{
    for (Marks *marks : shared_pages) memset(marks, 0, sizeof *marks);
    shared_pages.clear();
}

/* Of resident blocks each has its own marks. */
static std::map<unsigned, std::vector<std::pair<Marks *, Marks>>> put_aside; /* by the block's slot */

static void on_block_leave()
{
    auto &aside = put_aside[block.slot];
    aside.clear();
    for (Marks *marks : shared_pages) aside.push_back({ marks, *marks });
    on_block_begin();
}

static void on_block_return()
{
    on_block_begin();
    for (const auto &page : put_aside[block.slot]) {
        *page.first = page.second;
        shared_pages.push_back(page.first);
    }
    put_aside.erase(block.slot);
}

static void on_allocated(const void *start, size_t size, bool written)
{
    mark(start, size, written ? 16 : 0);
}

/* Copies between arrays of the device carry their marks along: to move bytes is not to read them. */
static void on_host_copy(const void *to, const void *from, size_t bytes, const char *call, Where where)
{
    bool to_device = in_device_arena(to), from_device = in_device_arena(from);
    uintptr_t first;
    if (to_device && from_device)
        for (size_t i = 0; i < bytes; i++) {
            uintptr_t source = (uintptr_t)from + i;
            mark_of((uintptr_t)to + i) =
                is_unwritten(source) ? 0 : std::max<unsigned char>(mark_of(source), 1);
        }
    else if (to_device)
        mark(to, bytes, 1);
    else if (from_device)
        if (size_t count = unwritten_in(from, bytes, &first))
            tell_unwritten(where, std::string(call) + " copies " + std::to_string(bytes) +
                                      " bytes to the host of which nobody has written " +
                                      std::to_string(count) + ", the first is " +
                                      describe((const void *)first));
}

static void on_host_set(const void *address, size_t bytes)
{
    if (in_device_arena(address)) mark(address, bytes, 1);
}

/* What a library reads of an array that has padding is never a structure: each byte counts. */
static void on_library_call(const void *start, size_t bytes, bool write, const char *call, const char *name,
                            Where where)
{
    uintptr_t first;
    if (!in_device_arena(start)) return;
    if (write)
        mark(start, bytes, 1);
    else if (size_t count = unwritten_in(start, bytes, &first))
        tell_unwritten(where, std::string(call) + " reads " + name +
                                  ", of which nobody has written at least " + std::to_string(count) +
                                  " bytes, the first is " + describe((const void *)first));
}

void unwritten_subscribe()
{
    static Hooks hooks;
    const char *wanted = getenv("CUEMU_UNWRITTEN"); /* options.cpp checks it */
    if (!wanted || strcmp(wanted, "1") != 0) return;
    hooks.block_begin = on_block_begin;
    hooks.block_leave = on_block_leave;
    hooks.block_return = on_block_return;
    hooks.access = on_access;
    hooks.async_issue = on_async_issue;
    hooks.allocated = on_allocated;
    hooks.host_copy = on_host_copy;
    hooks.host_set = on_host_set;
    hooks.library_call = on_library_call;
    subscribe(&hooks);
    unwritten_hooks = &hooks;
    reads_are_watched = true;
}

} // namespace emu
