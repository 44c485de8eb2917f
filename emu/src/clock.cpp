/* clock.cpp - clock(), which CUDA's kernels share with the C library: a kernel that waits for a number of a
 * GPU's ticks would wait for as many microseconds of the library's. */
#include <ctime>
#include "emu/intrinsics.h"
#include "emu_internal.h"

/* In a kernel one more at each call, as clock64(); in the host's code the process's CPU time. */
extern "C" clock_t clock() noexcept
{
    if (emu::current) return (clock_t)emu::clock_ticks();
    timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) return (clock_t)-1;
    return (clock_t)now.tv_sec * CLOCKS_PER_SEC + (clock_t)(now.tv_nsec / (1000000000 / CLOCKS_PER_SEC));
}
