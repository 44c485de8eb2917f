/* access.h - counts what each line of a kernel asks of the memory: requests, sectors, bank conflicts.
 *
 * The lanes of a warp that execute one access together make one request. Hardware serves a request for
 * global memory in sectors of 32 bytes, and one for shared memory in wavefronts: 32 banks of 4 bytes, a
 * wavefront takes one word of each. Few sectors and one wavefront are the aim; the counts say how far a
 * line is from it. They count what the source accesses, not the instructions that a compiler makes of it,
 * and say nothing about time. */
#ifndef EMU_ACCESS_H
#define EMU_ACCESS_H

#include <cstdint>
#include "emu_internal.h"

namespace emu
{

/* One warp's execution of one access: the address of each lane in `lanes`, `size` bytes each (at most 16). */
struct WarpRequest {
    uint32_t lanes;
    unsigned size;
    uintptr_t address[32];
};

/* 32-byte sectors of global memory that the request touches. */
unsigned sectors_of(const WarpRequest &request);
/* The fewest that could hold as many different bytes. */
unsigned ideal_sectors_of(const WarpRequest &request);
/* Passes over the 32 banks of shared memory: the lanes of a half warp (8 bytes each) or of a quarter (16) go
 * together, lanes that ask for the same word share it, and a bank gives one word a pass. */
unsigned wavefronts_of(const WarpRequest &request);
unsigned ideal_wavefronts_of(const WarpRequest &request);
/* The most lanes that name one address: atomics on it are done one after another. */
unsigned same_address(const WarpRequest &request);

/* Starts counting if CUEMU_PROFILE is set: 1 prints a table at exit, a name ending in .csv or
 * .json writes it there; or if CUEMU_EXPLAIN is (access_explain.h). */
void access_subscribe();

} // namespace emu

#endif
