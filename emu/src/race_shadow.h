/* race_shadow.h - who touched each word last: the memory of the race checker.
 *
 * Beside each 4-byte word of shared and global memory lies a Cell: its last write, and the reads since. A
 * page (1 KiB) that is touched in smaller or unaligned pieces gets a cell for each byte from then on.
 *
 * A cell cannot remember a thousand readers, and need not. Reads of lanes of one warp between two
 * synchronisations are one entry with a mask. Of reads that nothing orders, two of different warps are
 * enough: whoever writes without a barrier races with one of them. A read that happened before another one is
 * dropped: what comes after the later comes after the earlier. Atomic writes are kept among the reads too,
 * for the plain read that conflicts with any of them. */
#ifndef EMU_RACE_SHADOW_H
#define EMU_RACE_SHADOW_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "race_clock.h"

namespace emu
{

enum TouchFlags : uint8_t {
    TOUCH_WRITE = 1,
    TOUCH_ATOMIC = 2,
    TOUCH_COPYING = 4, /* a cp.async that nobody has waited for: not even its own thread may look */
    TOUCH_VOLATILE =
        8, /* a volatile read, which is TOUCH_ATOMIC too: it may look at a flag while that is raised */
};

/* An access by one thread or, for what is kept among the reads, by several lanes of a warp. */
struct Touch {
    const void *site; /* where in the source: a return address or an interned Where (race.cpp) */
    Tick at;          /* 0: none */
    uint32_t block;
    uint32_t lanes;
    uint16_t warp;
    uint8_t flags;
};

/* What makes the next read of a word a repetition, which says nothing new: then its cell need not be looked
 * at. Whoever looks at the cell calls Page::settle first. */
struct Repeat {
    Tick at;        /* the stamp; 0: nothing is known */
    uint32_t site;  /* of the reads of that warp: the lower half of its address */
    uint32_t lanes; /* that have read since: to be added to the entry of the cell's reads */
    uint16_t warp;  /* or ANY_WARP: all but two, which are in lanes */
    uint16_t entry;
};
enum { ANY_WARP = 0xffff };

struct Cell {
    Touch write, read[2];
};

class Shadow
{
  public:
    enum { PAGE = 1024, WORD = 4 };

    struct Page {
        unsigned step = WORD;        /* bytes a cell stands for: 4 or 1 */
        std::vector<Cell> cells;     /* PAGE / step of them */
        std::vector<Repeat> repeats; /* of words */

        Cell &settle(size_t i)
        {
            if (step == 1) return cells[i];
            if (repeats[i].at && repeats[i].warp != ANY_WARP)
                cells[i].read[repeats[i].entry].lanes |= repeats[i].lanes;
            repeats[i].at = 0;
            return cells[i];
        }
    };
    /* The page of that address, split into bytes if this access is not of whole words. */
    Page &page(uintptr_t address, bool whole_words)
    {
        uintptr_t number = address / PAGE;
        Recent &r = recent[number % RECENT];
        if (r.number != number) r = recent_of(number);
        if (!whole_words && r.page->step != 1) split(*r.page), r.repeats = nullptr;
        return *r.page;
    }
    /* The Repeat of that word if its page was among the last that were asked for and has cells of words, else
     * nullptr. */
    Repeat *repeat_of(uintptr_t address)
    {
        uintptr_t number = address / PAGE;
        const Recent &r = recent[number % RECENT];
        return r.number == number && r.repeats && address % WORD == 0 ? &r.repeats[address % PAGE / WORD]
                                                                      : nullptr;
    }
    /* The page of that address, or nullptr if nothing there was ever touched. */
    Page *existing(uintptr_t address)
    {
        auto found = pages.find(address / PAGE);
        return found == pages.end() ? nullptr : found->second.get();
    }
    void clear();

  private:
    enum { RECENT = 512 };
    struct Recent {
        uintptr_t number = 0;
        Page *page = nullptr;
        Repeat *repeats = nullptr;
    };
    Recent recent_of(uintptr_t number)
    {
        Page &page = find(number);
        return { number, &page, page.step == WORD ? page.repeats.data() : nullptr };
    }
    Page &find(uintptr_t number);
    static void split(Page &page);

    Recent recent[RECENT];
    std::unordered_map<uintptr_t, std::unique_ptr<Page>> pages;
};

extern Shadow race_shadow; /* of all memory */

} // namespace emu

#endif
