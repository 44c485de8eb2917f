/* race_shadow.cpp - pages of cells: see race_shadow.h. */
#include "race_shadow.h"

#include <algorithm>

namespace emu
{

Shadow race_shadow;

Shadow::Page &Shadow::find(uintptr_t number)
{
    std::unique_ptr<Page> &page = pages[number];
    if (!page) {
        page.reset(new Page);
        page->cells.resize(PAGE / WORD);
        page->fronts.resize(PAGE / WORD);
    }
    return *page;
}

/* Tells the cell of the reads that only the front knows. */
void Shadow::settle_reads(Cell &cell, Front &front)
{
    for (unsigned i = 0; i < 2; i++) {
        if (front.warp[i] >= WARPS || !front.lanes[i]) continue;
        Touch &read = cell.read[i];
        if (front.anew)
            read = { front.site[i], front.at, cell.write.block, front.lanes[i], front.warp[i], 0 };
        else
            read.lanes |= front.lanes[i], read.site = front.site[i];
    }
    front.newest_read = std::max(front.newest_read, front.at);
    front.at = 0;
}

/* Each word's cell is copied to its four bytes. */
void Shadow::split(Page &page)
{
    std::vector<Cell> bytes(PAGE);
    for (unsigned i = 0; i < PAGE; i++) bytes[i] = page.settle(i / WORD);
    page.cells.swap(bytes);
    page.step = 1;
}

void Shadow::clear()
{
    pages.clear();
    std::fill(std::begin(recent), std::end(recent), Recent());
}

} // namespace emu
