/* residents.h - several blocks of a grid at one time.
 *
 * Blocks run one after another as long as each gets to its end by itself. One that waits for others - at a
 * barrier of the grid, or spinning on what another block writes - leaves the CPU: its threads keep their
 * stacks, its shared memory is put aside, and other blocks are started or go on. As many are resident as the
 * emulated device holds; the others start when those have finished. */
#ifndef EMU_RESIDENTS_H
#define EMU_RESIDENTS_H

#include <deque>
#include "fiber.h"
#include "launch.h"
#include "meeting.h"
#include "schedule.h"

namespace emu
{

/* How many blocks of this shape the device holds at one time. */
size_t residents_most(size_t threads, size_t shared_bytes);

/* Runs blocks from here on. `start` begins the block of that number in `block`, `end` ends it. If
 * `left` is not finished, the block that runs has left so. */
struct Blocks {
    std::deque<size_t> fresh; /* numbers of those not started, in their order */
    void (*start)(size_t linear);
    void (*end)();
    size_t most; /* at one time */
};
void run_residents(Blocks &blocks, Left left);

void residents_begin(); /* of a kernel */

} // namespace emu
#endif
