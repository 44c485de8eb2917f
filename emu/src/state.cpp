/* state.cpp - what runs now: the kernel, its block, its thread, and what that thread sees of them. It is
 * written by launch.cpp and schedule.cpp, and read by all. */
#include "schedule.h"

namespace emu
{

#define EMU_BUILTIN(name) __asm__(name) __attribute__((section("emu_builtins")))
uint3 writable_threadIdx EMU_BUILTIN("threadIdx");
uint3 writable_blockIdx EMU_BUILTIN("blockIdx");
dim3 writable_blockDim EMU_BUILTIN("blockDim");
dim3 writable_gridDim EMU_BUILTIN("gridDim");

const Kernel *kernel;
Block block;
Thread *current;
unsigned long turns;

} // namespace emu
