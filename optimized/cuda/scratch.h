/* scratch.h - device memory that rungs use between a launch and the next, kept from call to call. */
#ifndef RUNGS_CUDA_SCRATCH_H
#define RUNGS_CUDA_SCRATCH_H

#include <stddef.h>

/* At least `bytes` on 256 bytes, overwritten by the next caller; nullptr if the device has no room,
 * which the next synchronise() reports. Only a call that needs more than all before it allocates, and
 * so waits for the device. */
void *scratch(size_t bytes);
void scratch_free();

#endif
