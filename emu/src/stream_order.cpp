/* stream_order.cpp - clocks of operations: see stream_order.h. */
#include "stream_order.h"

#include <algorithm>
#include <map>
#include <utility>

namespace emu
{

namespace
{
/* By stream, the last operation that comes before. */
typedef std::vector<std::pair<unsigned, Ticket>> Clock;

struct Known {
    unsigned stream;
    Clock before;
};
} // namespace

static const size_t MOST = 4096; /* older ones count as done: no program leaves so many open on purpose */

static std::map<Ticket, Known> &known = *new std::map<Ticket, Known>;
static Clock &host = *new Clock;

static void learn(Clock &clock, unsigned stream, Ticket ticket)
{
    for (auto &entry : clock)
        if (entry.first == stream) {
            entry.second = std::max(entry.second, ticket);
            return;
        }
    clock.push_back({ stream, ticket });
}

/* All that comes before an operation, and itself. */
static void learn_from(Clock &clock, Ticket ticket)
{
    auto found = known.find(ticket);
    if (found == known.end()) return;
    for (const auto &entry : found->second.before) learn(clock, entry.first, entry.second);
    learn(clock, found->second.stream, ticket);
}

void order_submit(Ticket ticket, unsigned stream, const std::vector<Ticket> &after)
{
    Known fresh = { stream, host };
    for (Ticket before : after) learn_from(fresh.before, before);
    known[ticket] = std::move(fresh);
    if (known.size() > MOST) known.erase(known.begin());
}

void order_host_waited(Ticket ticket)
{
    learn_from(host, ticket);
}

void order_host_waited_for_all(Ticket newest)
{
    known.erase(known.begin(), known.upper_bound(newest));
    host.clear();
}

static bool holds(const Clock &clock, unsigned stream, Ticket ticket)
{
    for (const auto &entry : clock)
        if (entry.first == stream) return entry.second >= ticket;
    return false;
}

bool order_before(Ticket then, Ticket now)
{
    auto a = known.find(then), b = known.find(now);
    return a == known.end() || b == known.end() || holds(b->second.before, a->second.stream, then);
}

bool order_is_open(Ticket ticket)
{
    auto found = known.find(ticket);
    return found != known.end() && !holds(host, found->second.stream, ticket);
}

} // namespace emu
