/* race_streams.cpp - races between operations of different streams: two kernels, or a kernel and a copy.
 *
 * What a kernel touched is in the shadow (race_shadow.h), what a copy touched is here, as ranges. Neither is
 * forgotten before the host has waited for it: until then a later operation may be unordered with it. */
#include <algorithm>
#include <deque>
#include <set>
#include "devices.h"
#include "memory.h"
#include "race_streams.h"
#include "stream_order.h"

namespace emu
{

static const size_t MOST = 4096;

namespace
{
struct Moved {
    Ticket ticket;
    const char *start;
    size_t bytes;
    bool writes;
    std::string what; /* "cudaMemcpyAsync at dense.cu:20" */
};
} // namespace

static std::deque<RaceOperation> kernels;
static std::deque<Moved> moves;
static std::vector<const Moved *> open_moves; /* unordered with the kernel that runs */

/* What the host has waited for comes before all that it has still to ask for; what it had asked for before
 * may run only now. */
static void forget_closed()
{
    Ticket now = stream_running().ticket;
    auto closed = [=](const auto &o) {
        return !order_is_open(o.ticket) && order_before(o.ticket, now) && stream_all_after(o.ticket);
    };
    kernels.erase(std::remove_if(kernels.begin(), kernels.end(), closed), kernels.end());
    moves.erase(std::remove_if(moves.begin(), moves.end(), closed), moves.end());
    while (kernels.size() > MOST) kernels.pop_front();
    while (moves.size() > MOST) moves.pop_front();
}

static std::vector<RaceClock::Span> unordered_with(Ticket ticket)
{
    std::vector<RaceClock::Span> spans;
    for (const RaceOperation &k : kernels)
        if (k.ticket != ticket && !order_before(k.ticket, ticket)) spans.push_back({ k.first, k.end });
    return spans;
}

std::vector<RaceClock::Span> race_kernel_begins()
{
    Ticket ticket = stream_running().ticket;
    forget_closed();
    open_moves.clear();
    for (const Moved &m : moves)
        if (!order_before(m.ticket, ticket)) open_moves.push_back(&m);
    return unordered_with(ticket);
}

void race_kernel_ends(Tick first, Tick end)
{
    const RunningOperation &now = stream_running();
    kernels.push_back({ now.ticket, first, end, now.name + " at " + source_line(now.where), kernel->grid,
                        kernel->block, device_at_work() });
}

const RaceOperation *race_operation_at(Tick at)
{
    for (const RaceOperation &k : kernels)
        if (at >= k.first && at < k.end) return &k;
    return nullptr;
}

/* ---- a kernel and a copy ---- */

static const char remedy[] =
    "and nothing orders the two: put both into one stream, or record an event after the first "
    "and let the other's stream wait for it (cudaStreamWaitEvent)";

static bool overlap(const Moved &m, const char *start, size_t bytes)
{
    return start < m.start + m.bytes && m.start < start + bytes;
}

static bool first_time(const std::string &a, const std::string &b)
{
    static std::set<std::string> &told = *new std::set<std::string>;
    if (found().empty()) told.clear(); /* a test has taken its findings back */
    return told.insert(a + ", " + b).second;
}

void race_check_moves(const Access &access)
{
    for (const Moved *m : open_moves) {
        if (!(m->writes || access.write) || !overlap(*m, (const char *)access.address, access.size)) continue;
        std::string line = source_line(access);
        if (!first_time(m->what, line)) continue;
        report("race", "%s %s it, %s of block (%u,%u,%u) %s it at %s, %s. It is %s.", m->what.c_str(),
               m->writes ? "writes" : "reads", name_of(*current).c_str(), block.index.x, block.index.y,
               block.index.z, access.write ? "writes" : "reads", line.c_str(), remedy,
               describe(access.address).c_str());
    }
}

bool race_has_open_moves()
{
    return !open_moves.empty();
}

/* ---- a copy and what ran before it ---- */

static bool is_in(const std::vector<RaceClock::Span> &spans, Tick at)
{
    for (const RaceClock::Span &s : spans)
        if (at >= s.first && at < s.end) return true;
    return false;
}

/* The touch of a cell that the copy conflicts with, or nullptr. */
static const Touch *conflict_in(const Cell &cell, bool writes, const std::vector<RaceClock::Span> &spans)
{
    for (const Touch *t : { &cell.write, &cell.read[0], &cell.read[1] })
        if (t->at && (writes || t->flags & TOUCH_WRITE) && is_in(spans, t->at)) return t;
    return nullptr;
}

static void check_kernels(const Moved &m)
{
    std::vector<RaceClock::Span> spans = unordered_with(m.ticket);
    if (spans.empty()) return;
    for (uintptr_t at = (uintptr_t)m.start, end = at + m.bytes; at < end;) {
        uintptr_t next = std::min(end, (at / Shadow::PAGE + 1) * Shadow::PAGE);
        Shadow::Page *page = race_shadow.existing(at);
        for (; page && at < next; at = (at / page->step + 1) * page->step) {
            const Touch *t = conflict_in(page->settle(at % Shadow::PAGE / page->step), m.writes, spans);
            const RaceOperation *k = t ? race_operation_at(t->at) : nullptr;
            if (!k) continue;
            std::string line = source_line(t->site);
            if (first_time(m.what, line))
                report("race", "%s %s it at %s, %s %s it, %s. It is %s.", k->name.c_str(),
                       t->flags & TOUCH_WRITE ? "writes" : "reads", line.c_str(), m.what.c_str(),
                       m.writes ? "writes" : "reads", remedy, describe((const void *)at).c_str());
        }
        at = next;
    }
}

void race_moves(const void *start, size_t bytes, bool writes)
{
    if (!in_device_arena(start) || !bytes) return;
    const RunningOperation &now = stream_running();
    forget_closed();
    Moved m = { now.ticket, (const char *)start, bytes, writes, now.name + " at " + source_line(now.where) };
    check_kernels(m);
    for (const Moved &other : moves)
        if ((m.writes || other.writes) && other.ticket != m.ticket && !order_before(other.ticket, m.ticket) &&
            overlap(other, m.start, m.bytes) && first_time(other.what, m.what))
            report("race", "%s %s it, %s %s it, %s. It is %s.", other.what.c_str(),
                   other.writes ? "writes" : "reads", m.what.c_str(), m.writes ? "writes" : "reads", remedy,
                   describe(std::max(m.start, other.start)).c_str());
    if (now.ticket && order_is_open(now.ticket)) moves.push_back(std::move(m));
}

} // namespace emu
