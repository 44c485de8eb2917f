/* fiber.h - stacks to run CUDA threads on, and the switch between them and the scheduler's own stack. */
#ifndef EMU_FIBER_H
#define EMU_FIBER_H

#include <sys/single_threaded.h>
#include "emu_internal.h"

namespace emu
{

const size_t FIBERS = 9216; /* the threads that are resident at one time, and one block more */

/* A fiber that will begin with loop(), which never returns, or that waits inside it for the next thread. It
 * is the same loop at every call. At most FIBERS are out. */
Fiber *fiber_take(void (*loop)());
void fiber_reserve(); /* room to give back all that there may be */
void fiber_give(Fiber *fiber);

void fiber_resume(Fiber *fiber); /* the scheduler's side: returns when the fiber leaves */
void fiber_leave(Fiber *fiber);  /* the fiber's side: returns when it is resumed        */

void fiber_forget_all(); /* after a failure: no fiber that is out will be resumed */

enum class Stack { none, fiber, overflow };
Stack stack_at(const void *address);

/* Is it a thread of the kernel that asks? While a kernel runs, other threads of the host may go on. */
inline bool is_kernels()
{
    return current && (__libc_single_threaded || stack_at(__builtin_frame_address(0)) == Stack::fiber);
}

void *stack_top(const void *address); /* of the stack that address is on, or has overflowed from */

} // namespace emu
#endif
