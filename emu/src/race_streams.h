/* race_streams.h - what the race checker knows of operations in streams. */
#ifndef EMU_RACE_STREAMS_H
#define EMU_RACE_STREAMS_H

#include "race.h"
#include "streams.h"

namespace emu
{

/* A kernel that has run and that later operations may be unordered with. */
struct RaceOperation {
    Ticket ticket;
    Tick first, end; /* its stamps */
    std::string name;
    dim3 grid, block;
    int device;
};

/* Of the operation that runs now: the stamps of those that nothing orders before it. */
std::vector<RaceClock::Span> race_kernel_begins();
void race_kernel_ends(Tick first, Tick end);
const RaceOperation *race_operation_at(Tick at); /* nullptr: it is of the kernel that runs */

/* Are there copies that nothing orders before this kernel? Then its accesses are compared with them. */
bool race_has_open_moves();
void race_check_moves(const Access &access);

/* A copy or a memset of the operation that runs touches these bytes. */
void race_moves(const void *start, size_t bytes, bool writes);

} // namespace emu
#endif
