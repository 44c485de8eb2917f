/* stream_order.h - which operations come before which in every order that streams, events and the host's
 * waits allow: what holds on any GPU, whatever order this run takes.
 *
 * Each operation knows, of each stream, the last operation that surely comes before it. What the host knows
 * it has learned by waiting, and hands on to all operations that it submits afterwards. */
#ifndef EMU_STREAM_ORDER_H
#define EMU_STREAM_ORDER_H

#include <vector>
#include "streams.h"

namespace emu
{

/* The operation that runs: its ticket, and what it is; 0 and nothing while the host's own code does. */
struct RunningOperation {
    Ticket ticket = 0;
    std::string name;
    Where where = { nullptr, 0 };
};
const RunningOperation &stream_running(); /* streams.cpp */
bool stream_all_after(Ticket ticket);     /* ... does it come before all that are pending? */

/* The operation is submitted to the stream of that number; it comes after those. */
void order_submit(Ticket ticket, unsigned stream, const std::vector<Ticket> &after);

void order_host_waited(Ticket ticket); /* the host knows that it is done */
void order_host_waited_for_all(Ticket newest);

/* Does `then` surely come before `now`? */
bool order_before(Ticket then, Ticket now);

/* May an operation that is still to come be unordered with it? */
bool order_is_open(Ticket ticket);

} // namespace emu
#endif
