/* core_copy.cpp - how a copy of the process gives up: see core_copy.h. */
#include "core_copy.h"

#include <malloc.h>
#include <unistd.h>

namespace emu
{

bool in_copy;
volatile bool *copy_has_given_up;

void copy_gives_up()
{
    if (copy_has_given_up) *copy_has_given_up = true;
    _exit(1);
}

/* ---- the heap ---- */

static size_t own_heap; /* bytes */

size_t kernels_heap()
{
#ifdef EMU_CORES
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd - own_heap;
#else
    return 0;
#endif
}

OwnHeap::OwnHeap() : before(kernels_heap())
{
}

OwnHeap::~OwnHeap()
{
    own_heap += kernels_heap() - before;
}

} // namespace emu
