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
        page->repeats.resize(PAGE / WORD);
    }
    return *page;
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
