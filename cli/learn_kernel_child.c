/* learn_kernel_child.c - what a process that runs kernels does, whether the grader is in it or not; see
 * learn_kernel.h. */
#include "learn_kernel.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t kernel_add_bits(uint64_t sum, const void *from, size_t bytes)
{
    for (size_t k = 0; k < bytes; k++) sum = (sum ^ ((const unsigned char *)from)[k]) * 0x100000001b3;
    return sum;
}

void kernel_set_emulator(const struct kernel_run *r)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%u", r->seconds);
    setenv("CUEMU_ORDER", r->order, 1);
    setenv("CUEMU_TIMEOUT", seconds, 1);
    setenv("CUEMU_UNWRITTEN", "1", 1);
    setenv("CUEMU_LEAKS", "0", 1);
    unsetenv("CUEMU_STREAMS"), unsetenv("CUEMU_ASYNC"), unsetenv("CUEMU_BARRIER"), unsetenv("CUEMU_RACE");
    unsetenv("CUEMU_PROFILE"), unsetenv("CUEMU_SUMMARY"), unsetenv("CUEMU_EXPLAIN");
    if (r->folder) setenv("CUEMU_EXPLAIN", r->folder, 1);
}
