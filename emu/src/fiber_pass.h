/* fiber_pass.h - from one fiber to another, past the scheduler, which takes twice the time. */
#ifndef EMU_FIBER_PASS_H
#define EMU_FIBER_PASS_H

#include "fiber.h"

#ifndef EMU_ASAN
#define EMU_FIBER_PASS 1

namespace emu
{

/* The stack of the one that may come after, if not nullptr, is fetched into the cache meanwhile. */
void fiber_pass(Fiber *from, Fiber *to, const Fiber *soon);

} // namespace emu
#endif
#endif
