/* emu/grid.h - what the headers ask of the grid as a whole: barriers of all its blocks. */
#ifndef EMU_GRID_H
#define EMU_GRID_H

#include "core.h"

namespace emu
{

/* Waits for every thread of the grid, which must be launched with all blocks resident. */
void grid_barrier(Where where);
bool grid_is_cooperative();

} // namespace emu
#endif
