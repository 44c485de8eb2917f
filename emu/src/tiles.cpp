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

/* Members that wait in different functions would take each other's values. */
static void check_same(const Thread *first, unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        if (first[i].complete != first[0].complete)
            fail("group", first[0].where,
                 "tile divergence: %s is here, %s in another function of the same tile at %s",
                 name_of(first[0]).c_str(), name_of(first[i]).c_str(), source_line(first[i].where).c_str());
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
    current->complete = complete;
    if (!all_there(thread, count)) return wait_as(State::at_tile, where);
    check_same(thread, count);
    std::vector<void *> slots;
    std::vector<Thread *> members;
    for (unsigned i = 0; i < count; i++) slots.push_back(thread[i].slot), members.push_back(&thread[i]);
    completing = true;
    if (complete) complete(count, slots.data());
    completing = false;
    for (Thread *member : members) make_ready(*member);
    tell(&Hooks::barrier, members.data(), (int)count);
}

} // namespace emu
