/* race_shadow.h - who touched each word last: the memory of the race checker.
 *
 * Beside each 4-byte word of shared and global memory lies a Cell: its last write, and the reads since. A page (1 KiB)
 * that is touched in smaller or unaligned pieces gets a cell for each byte from then on.
 *
 * A cell cannot remember a thousand readers, and need not. Reads of lanes of one warp between two synchronisations
 * are one entry with a mask. Of reads that nothing orders, two of different warps are enough: whoever writes without
 * a barrier races with one of them. A read that happened before another one is dropped: what comes after the later
 * comes after the earlier. Atomic writes are kept among the reads too, for the plain read that conflicts with any. */
#ifndef CUEMU_RACE_SHADOW_H
#define CUEMU_RACE_SHADOW_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "race_clock.h"

namespace cuemu
{

enum AccessFlags : uint8_t {
    ACCESS_WRITE = 1,
    ACCESS_ATOMIC = 2,
    ACCESS_COPYING = 4, /* the write of a cp.async that nobody has waited for: not even its own thread may look */
};

/* One access, of one thread or (a read) of several lanes of a warp. */
struct Access {
    Tick at; /* 0: none */
    uint32_t block;
    uint32_t site; /* where in the source: see race_source.h */
    uint32_t lanes;
    uint16_t warp;
    uint8_t flags;
    uint8_t size;

    unsigned first_thread() const
    {
        return warp * 32u + (unsigned)__builtin_ctz(lanes);
    }
};

struct Cell {
    Access write, read[2];
};

class Shadow
{
  public:
    enum { PAGE = 1024, WORD = 4 };

    struct Page {
        unsigned step = WORD;    /* bytes a cell stands for: 4 or 1 */
        std::vector<Cell> cells; /* PAGE / step of them */
    };
    /* The page of that address, split into bytes if this access is not of whole words. */
    Page &page(uintptr_t address, bool whole_words)
    {
        uintptr_t number = address / PAGE;
        Recent &r = recent[number % RECENT];
        if (r.number != number) r = { number, &find(number) };
        if (!whole_words && r.page->step != 1) split(*r.page);
        return *r.page;
    }
    void clear();

  private:
    enum { RECENT = 512 };
    struct Recent {
        uintptr_t number = 0;
        Page *page = nullptr;
    };
    Page &find(uintptr_t number);
    static void split(Page &page);

    Recent recent[RECENT];
    std::unordered_map<uintptr_t, std::unique_ptr<Page>> pages;
};

} // namespace cuemu

#endif
