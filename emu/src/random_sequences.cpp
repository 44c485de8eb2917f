/* random_sequences.cpp - threads that begin at one place of one of cuRAND's sequences draw the same numbers:
 * curand_init(seed, 0, 0, &state) in each of them, say. Some programs mean it, so it is a note. */
#include <map>
#include <tuple>
#include "emu/random.h"
#include "emu_internal.h"

namespace emu
{

typedef std::tuple<uint64_t, uint64_t, uint64_t> Start;
struct Beginner {
    size_t block;
    int thread;
    uint3 block_index, index;
};

static std::map<Start, Beginner> begun; /* by the first threads of a launch: the others do as they do */
static unsigned long launch;            /* kernels that had run before it */
static bool skips;                      /* its threads go to places of their own */
const size_t ENOUGH = 1024;

/* Of the kernel that runs. */
static void forget_others()
{
    if (launch == kernels_run()) return;
    launch = kernels_run();
    begun.clear();
    skips = false;
}

void random_begins(uint64_t seed, uint64_t sequence, uint64_t offset, Where where)
{
    if (!current) return;
    forget_others();
    if (skips || begun.size() >= ENOUGH) return;
    Beginner self = { block.linear, current->linear, block.index, current->index };
    const Beginner &first = begun.insert({ Start(seed, sequence, offset), self }).first->second;
    if (first.block == self.block && first.thread == self.thread) return;
    note_at(
        where,
        "curand_init begins where thread (%u,%u,%u) of block (%u,%u,%u) does, with seed %llu, sequence "
        "%llu and offset %llu, so that they draw the same numbers; a sequence of its own for each thread, "
        "its number in the grid, gives different ones",
        first.index.x, first.index.y, first.index.z, first.block_index.x, first.block_index.y,
        first.block_index.z, (unsigned long long)seed, (unsigned long long)sequence,
        (unsigned long long)offset);
}

void random_skips()
{
    forget_others();
    skips = true;
}

} // namespace emu
