/* race_unwritten.cpp - reads of bytes that nobody has written, in kernels and by copies to the host.
 *
 * Beside each byte of shared memory and of cudaMalloc's lies how it was written: not at all, or by
 * accesses of 1, 2, 4, 8 or 16 bytes. A byte that was not seen to be written counts as written if it no
 * longer holds what fresh memory is filled with: a library may have written it unseen. So may the host
 * managed and pinned memory, of which whole words are asked for, in runs that are too long for the unused
 * bytes of a structure. The marks of a resident block's shared memory are at its addresses with its slot in
 * their high bits. */
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <unordered_map>
#include "host_memory.h"
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
    bool shared; /* is shared memory in it? */
};
/* Bytes, and how far from them their marks are. */
struct Place {
    uintptr_t at, to_marks;
    bool of_host = false; /* may the host have written them, too? */
};
} // namespace
static std::unordered_map<uintptr_t, std::unique_ptr<Marks>> pages;
static std::vector<std::vector<Marks *>> shared_pages; /* by the slot of the block they belong to */

/* Of what is no shared memory the marks are at the bytes' own addresses. */
static Place place_of(const void *address, Space space)
{
    unsigned slot = block.slot;
    const void *own = space == Space::shared ? shared_own(address, &slot) : address;
    uintptr_t marks = (uintptr_t)own + (space == Space::shared ? (uintptr_t)slot << 48 : 0);
    return { (uintptr_t)address, marks - (uintptr_t)address };
}

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

static void mark(Place place, size_t size, unsigned char as)
{
    uintptr_t at = place.at + place.to_marks, end = at + size;
    while (at < end) {
        uintptr_t stop = std::min(end, (at / PAGE + 1) * PAGE);
        memset(&mark_of(at), as, stop - at);
        at = stop;
    }
}

static void mark(const void *start, size_t size, unsigned char as)
{
    mark(Place{ (uintptr_t)start, 0 }, size, as);
}

/* One of the host's bytes in 256 is as the poison is there; a word of them is not. */
static bool is_unwritten(uintptr_t at, const Place &place)
{
    const unsigned char *byte = (const unsigned char *)at;
    if (mark_of(at + place.to_marks)) return false;
    if (place.of_host) return is_fresh(byte, 1);
    return *byte == (in_device_arena(byte) ? device_poison_at(byte) : SHARED_POISON);
}

/* Are the bytes from..to-1 what lies unused between the members of a structure? Then a larger member
 * follows, or the structure's own alignment: one that is copied whole is no mistake. How large the host's
 * members are is not seen. */
static bool is_padding(uintptr_t from, uintptr_t to, const Place &place, size_t size)
{
    unsigned char widest = 0;
    if (place.of_host) return to - from < std::min<size_t>(size, 16);
    for (uintptr_t at = from - 16; at < to + 16; at++)
        widest = std::max(widest, mark_of(at + place.to_marks));
    return to - from < widest && to % widest == 0;
}

/* Has every byte of a range been seen to be written? Of most reads it is all that must be asked. */
static bool is_all_written(Place place, size_t size)
{
    uintptr_t begin = place.at + place.to_marks;
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
static size_t unwritten_in(Place place, size_t size, uintptr_t *first)
{
    uintptr_t begin = place.at, end = begin + size;
    size_t count = 0;
    for (uintptr_t at = begin; at < end; at++) {
        if (!is_unwritten(at, place)) continue;
        uintptr_t from = at, to = at;
        while (to < end && is_unwritten(to, place)) to++;
        if (is_padding(from, to, place, size)) {
            at = to;
            continue;
        }
        if (!count) *first = from;
        count += to - from;
        at = to;
    }
    return count;
}

static Place in_arena(const void *start)
{
    return { (uintptr_t)start, 0, device_managed(start) };
}

static size_t unwritten_in(const void *start, size_t size, uintptr_t *first)
{
    return unwritten_in(in_arena(start), size, first);
}

static bool is_fresh_in_part(const Place &place, size_t size)
{
    for (uintptr_t at = place.at; at < place.at + size; at++)
        if (is_unwritten(at, place)) return true;
    return false;
}

/* ---- hooks ---- */

static bool is_watched(const void *address, Space space)
{
    return space == Space::shared || in_device_arena(address);
}

/* Once for each kernel and array: what else is read of it is the same mistake. */
static void check_read(Place place, size_t size, Where where, const void *pc)
{
    static std::set<std::pair<std::string, const void *>> &told =
        *new std::set<std::pair<std::string, const void *>>;
    uintptr_t first;
    if (is_all_written(place, size)) return;
    if (!place.to_marks) place = in_arena((const void *)place.at);
    checking_pc = pc, fault_where = where; /* the bytes may be nobody's */
    size_t count = unwritten_in(place, size, &first);
    bool by_host = !count && place.of_host && !is_fresh_in_part(place, size);
    checking_pc = nullptr, fault_where = {};
    if (by_host) mark(place, size, 1); /* what is asked next time is answered at once */
    if (!count) return;
    mark(place, size, (unsigned char)std::min<size_t>(size, 16)); /* told once */
    if (!told.insert({ kernel->name, location_of((const void *)first).start }).second) return;
    tell_unwritten(pc ? source_of(pc) : where,
                   "a read of " + describe((const void *)first) + ", which nobody has written");
}

static void on_access(const Access &access)
{
    if (!is_watched(access.address, access.space)) return;
    bool reads = !access.write || (access.atomic && access.update != Update::overwrites);
    Place place = place_of(access.address, access.space);
    if (reads) check_read(place, access.size, access.where, access.pc);
    if (!access.write) return;
    mark(place, access.size, (unsigned char)std::min<size_t>(access.size, 16));
    if (access.space != Space::shared) return;
    uintptr_t first = place.at + place.to_marks, last = first + access.size - 1;
    size_t slot = first >> 48;
    if (slot >= shared_pages.size()) shared_pages.resize(slot + 1);
    for (uintptr_t page = first / PAGE; page <= last / PAGE; page++) {
        Marks &marks = marks_at(page * PAGE);
        if (!marks.shared) shared_pages[slot].push_back(&marks);
        marks.shared = true;
    }
}

static void on_async_issue(const AsyncCopy &copy)
{
    size_t reads = copy.bytes - copy.zero_fill;
    if (reads && is_watched(copy.from, space_of(copy.from)))
        check_read(place_of(copy.from, space_of(copy.from)), reads, copy.where, nullptr);
    on_access({ copy.to, copy.bytes, space_of(copy.to), true, false, nullptr, copy.where });
}

/* The slot's block before has ended. */
static void on_block_begin()
{
    if (block.slot >= shared_pages.size()) return;
    for (Marks *marks : shared_pages[block.slot]) memset(marks, 0, sizeof *marks);
    shared_pages[block.slot].clear();
}

static void on_allocated(const void *start, size_t size)
{
    mark(start, size, 0);
}

/* Copies between arrays of the device carry their marks along: to move bytes is not to read them. */
static void carry_marks(const void *to, const void *from, size_t bytes)
{
    Place place = in_arena(from);
    for (size_t i = 0; i < bytes;) {
        uintptr_t begin = place.at + i, at = begin, end = place.at + bytes;
        while (at < end && is_unwritten(at, place)) at++;
        bool written = at == begin || (place.of_host && is_padding(begin, at, place, bytes));
        if (at == begin) at++;
        for (; i < at - place.at; i++)
            mark_of((uintptr_t)to + i) = written ? std::max<unsigned char>(mark_of(place.at + i), 1) : 0;
    }
}

static void on_host_copy(const void *to, const void *from, size_t bytes, const char *call, Where where)
{
    bool to_device = in_device_arena(to), from_device = in_device_arena(from);
    uintptr_t first;
    if (to_device && from_device)
        carry_marks(to, from, bytes);
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
    hooks.access = on_access;
    hooks.async_issue = on_async_issue;
    hooks.allocated = on_allocated;
    hooks.host_copy = on_host_copy;
    hooks.host_set = on_host_set;
    hooks.called_library = on_library_call;
    subscribe(&hooks);
    unwritten_hooks = &hooks;
    reads_are_watched = true;
}

} // namespace emu
