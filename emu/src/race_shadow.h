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

/* What is known of a word without its cell, so that most accesses need not look there: reads that repeat
 * others, and the first accesses after a barrier. Whoever looks at the cell calls Page::settle first. */
struct Front {
    const void *site[2]; /* of reads by two warps that the cell has not been told of: the last of each */
    uint32_t lanes[2];   /* ... as in Cell::read */
    Tick at;             /* ... the stamp; 0: there are none */
    Tick write;         /* of the cell's last write, if that and the cell's reads are plain; else LOOK, or the
                          * stamp of a launch in which two earlier blocks have read the word */
    Tick newest_read;   /* of the cell's reads */
    uint8_t warp[2];    /* of the reads here; or FREE, or TAKEN by a read that is not of this moment */
    bool anew;          /* the reads here take the place of the cell's; else their lanes are added to those */
    uint8_t write_size; /* bytes of the last write, of which this word may be a part */
};
enum : Tick { LOOK = ~(Tick)0, NO_LAUNCH = LOOK - 1 };
enum : uint8_t { WARPS = 32, FREE, TAKEN };

struct Cell {
    Touch write, read[2];
};

class Shadow
{
  public:
    enum { PAGE = 1024, WORD = 4 };

    struct Page {
        unsigned step = WORD;      /* bytes a cell stands for: 4 or 1 */
        std::vector<Cell> cells;   /* PAGE / step of them */
        std::vector<Front> fronts; /* of words */

        Cell &settle(size_t i)
        {
            if (step == WORD && fronts[i].at) settle_reads(cells[i], fronts[i]);
            return cells[i];
        }
    };
    /* The page of that address, split into bytes if this access is not of whole words. */
    Page &page(uintptr_t address, bool whole_words)
    {
        uintptr_t number = address / PAGE;
        Recent &r = recent[number % RECENT];
        if (r.number != number) r = recent_of(number);
        if (!whole_words && r.page->step != 1) split(*r.page), r.fronts = nullptr;
        return *r.page;
    }
    /* The Front of that word if its page was among the last that were asked for and has cells of words, else
     * nullptr. */
    Front *front_of(uintptr_t address)
    {
        uintptr_t number = address / PAGE;
        const Recent &r = recent[number % RECENT];
        return r.number == number && r.fronts && address % WORD == 0 ? &r.fronts[address % PAGE / WORD]
                                                                     : nullptr;
    }
    /* The cell of a word that has a Front. */
    Cell &cell_of(uintptr_t address)
    {
        return recent[address / PAGE % RECENT].page->cells[address % PAGE / WORD];
    }
    /* The page of that address, or nullptr if nothing there was ever touched. */
    Page *existing(uintptr_t address)
    {
        auto found = pages.find(address / PAGE);
        return found == pages.end() ? nullptr : found->second.get();
    }
    void clear();
    /* Each cell that has ever been touched of the 2^48 bytes from there on, with its address. */
    template <class Visit> void visit(uintptr_t from, Visit visitor)
    {
        for (auto &it : pages) {
            if ((it.first * PAGE) >> 48 != from >> 48) continue;
            Page &page = *it.second;
            for (size_t i = 0; i < page.cells.size(); i++)
                visitor(it.first * PAGE + i * page.step, page.settle(i));
        }
    }

  private:
    enum { RECENT = 512 };
    struct Recent {
        uintptr_t number = 0;
        Page *page = nullptr;
        Front *fronts = nullptr;
    };
    Recent recent_of(uintptr_t number)
    {
        Page &page = find(number);
        return { number, &page, page.step == WORD ? page.fronts.data() : nullptr };
    }
    Page &find(uintptr_t number);
    static void split(Page &page);
    static void settle_reads(Cell &cell, Front &front);

    Recent recent[RECENT];
    std::unordered_map<uintptr_t, std::unique_ptr<Page>> pages;
};

extern Shadow race_shadow; /* of all memory */

} // namespace emu

#endif
