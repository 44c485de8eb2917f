/* unwritten.cpp - copies to the host of memory that is as fresh memory is: what every build sees of memory
 * that nobody has written. race_unwritten.cpp sees each byte, and reads in kernels too. */
#include "unwritten.h"
#include "memory.h"

namespace emu
{

bool reads_are_watched;

void tell_unwritten(Where where, const std::string &text)
{
    for (const Failure &failure : found())
        if (failure.kind == "error") {
            note_at(where, "%s; a call was refused before", text.c_str());
            return;
        }
    report_at("unwritten", where, "%s", text.c_str());
}

bool is_fresh(const void *start, size_t bytes)
{
    uintptr_t begin = (uintptr_t)start / 4 * 4, end = (uintptr_t)start + bytes;
    for (uintptr_t at = begin; at < end; at += 4) {
        uint32_t word;
        memcpy(&word, (const void *)at, sizeof word);
        if (word != DEVICE_POISON) return false;
    }
    return true;
}

size_t fresh_bytes(const void *start, size_t bytes, const char **first)
{
    const char *end = (const char *)start + bytes;
    size_t words = 0;
    for (const char *at = (const char *)(((uintptr_t)start + 3) / 4 * 4); at + 4 <= end; at += 4) {
        if (!is_fresh(at, 4)) continue;
        if (!words++) *first = at;
    }
    return 4 * words;
}

/* May it be what lies unused between members of a structure? These are aligned to 8 or 16 bytes, or there
 * is no whole word of it. */
static bool may_be_padding(const char *from, const char *to)
{
    for (size_t alignment : { 8, 16 })
        if ((size_t)(to - from) < alignment && (uintptr_t)to % alignment == 0) return true;
    return false;
}

size_t fresh_members(const void *start, size_t bytes, const char **first)
{
    size_t all = fresh_bytes(start, bytes, first), count = 0;
    if (all == 0 || all + 4 > bytes) return all;
    const char *end = (const char *)start + bytes;
    for (const char *at = *first; at + 4 <= end; at += 4) {
        const char *from = at;
        while (at + 4 <= end && is_fresh(at, 4)) at += 4;
        if (at == from || may_be_padding(from, at)) continue;
        if (!count) *first = from;
        count += (size_t)(at - from);
    }
    return count;
}

/* A NaN keeps its bits in a sum, so a result of unwritten numbers often looks as they do. */
void check_copied(const void *from, size_t bytes, const char *call, Where where)
{
    const char *first = nullptr;
    size_t fresh = reads_are_watched ? 0 : fresh_members(from, bytes, &first);
    if (fresh)
        tell_unwritten(
            where,
            std::string(call) + " copies " + std::to_string(bytes) + " bytes to the host, of which " +
                std::to_string(fresh) +
                " are as cudaMalloc left them: nobody has written them, or they were computed from what "
                "nobody has written; the first is " +
                describe(first));
}

} // namespace emu
