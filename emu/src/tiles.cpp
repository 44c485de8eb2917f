/* tiles.cpp - what the threads of a tile larger than a warp do together: the last to arrive does it for
 * all. */
#include "schedule.h"

namespace emu
{

/* All threads of the tile wait in it; then they may go on. */
static bool all_there(const Thread *first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (first[i].state != State::at_tile || first[i].mask != count) return false;
    return true;
}

void tile_collective(unsigned first, unsigned count, void *slot, TileFn *complete, Where where)
{
    if (!current) fail("host", where, "a tile's function is called by host code");
    if (first + count > block.threads.size())
        fail("group", where, "a tile of %u threads from thread %u on; the block has %zu threads", count,
             first, block.threads.size());
    if (left_out("tile.sync", where)) return;
    Thread *thread = &block.threads[first];
    current->state = State::at_tile;
    current->where = where;
    current->mask = count; /* tells tiles of different sizes apart */
    current->slot = slot;
    if (!all_there(thread, count)) return wait_as(State::at_tile, where);
    std::vector<void *> slots;
    std::vector<Thread *> members;
    for (unsigned i = 0; i < count; i++) slots.push_back(thread[i].slot), members.push_back(&thread[i]);
    if (complete) complete(count, slots.data());
    for (Thread *member : members) make_ready(*member);
    tell(&Hooks::barrier, members.data(), (int)count);
}

} // namespace emu
