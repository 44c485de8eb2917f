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

size_t fresh_bytes(const void *start, size_t bytes, const char **first)
{
    const char *end = (const char *)start + bytes;
    size_t words = 0;
    for (const char *at = (const char *)(((uintptr_t)start + 3) / 4 * 4); at + 4 <= end; at += 4) {
        uint32_t word;
        memcpy(&word, at, sizeof word);
        if (word != DEVICE_POISON) continue;
        if (!words++) *first = at;
    }
    return 4 * words;
}

/* A NaN keeps its bits in a sum, so a result of unwritten numbers often looks as they do. */
void check_copied(const void *from, size_t bytes, const char *call, Where where)
{
    const char *first = nullptr;
    size_t fresh = reads_are_watched ? 0 : fresh_bytes(from, bytes, &first);
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
