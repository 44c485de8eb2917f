/* race_report.cpp - a race in words: what, who, where, and the likely remedy. */
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <unordered_map>
#include "access_explain.h"
#include "devices.h"
#include "race_streams.h"

namespace emu
{

/* ---- where ---- */

namespace
{
struct Line {
    std::string text; /* "dense.cu:34" */
    std::string file;
    int number; /* 0: not known */
};
} // namespace

static std::map<std::pair<const char *, int>, Where> interned;

const void *race_site(Where where)
{
    return &interned.emplace(std::make_pair(where.file, where.line), where).first->second;
}

static const Line &line_of(const void *site)
{
    static std::unordered_map<const void *, Line> &known = *new std::unordered_map<const void *, Line>;
    auto found = known.find(site);
    if (found != known.end()) return found->second;
    std::string text;
    for (const auto &w : interned)
        if (&w.second == site) text = source_line(w.second);
    if (text.empty()) text = source_line(site);
    Line line = { text, text, 0 };
    size_t colon = text.rfind(':');
    if (colon != std::string::npos) {
        line.file = text.substr(0, colon);
        line.number = atoi(text.c_str() + colon + 1);
    }
    return known.emplace(site, line).first->second;
}

/* ---- who and what ---- */

static std::string coordinates(size_t linear, const dim3 &extent)
{
    char text[64];
    size_t z = linear / extent.x / extent.y;
    snprintf(text, sizeof text, "(%zu,%zu,%zu)", linear % extent.x, linear / extent.x % extent.y, z);
    return text;
}

static std::string who(const Touch &touch, unsigned thread)
{
    const RaceOperation *earlier = race_operation_at(touch.at);
    return "thread " + coordinates(thread, earlier ? earlier->block : kernel->block) + " of block " +
           coordinates(touch.block, earlier ? earlier->grid : kernel->grid) +
           (earlier ? " of " + earlier->name : "");
}

static bool by_atomic(const Touch &touch)
{
    return touch.flags & TOUCH_ATOMIC && !(touch.flags & TOUCH_VOLATILE);
}

static const char *what(const Touch &touch)
{
    if (touch.flags & TOUCH_COPYING) return "copied to it (cp.async)";
    if (touch.flags & TOUCH_ATOMIC)
        return touch.flags & TOUCH_WRITE ? "changed it atomically" : "read it atomically";
    return touch.flags & TOUCH_WRITE ? "wrote it" : "read it";
}

/* ---- the likely remedy ---- */

static std::string format(const char *words, ...) __attribute__((format(printf, 1, 2)));
static std::string format(const char *words, ...)
{
    char text[400];
    va_list list;
    va_start(list, words);
    vsnprintf(text, sizeof text, words, list);
    va_end(list);
    return text;
}

/* Where a barrier would go: `then` came first, but in a loop it may stand below `now`. */
static std::string missing(const char *call, const Line &then, const Line &now)
{
    if (!then.number || !now.number || then.file != now.file)
        return format("a %s is missing between them", call);
    if (then.number < now.number)
        return format("a %s is missing between line %d and line %d", call, then.number, now.number);
    if (then.number > now.number)
        return format("a %s is missing between line %d and line %d; in a loop perhaps after line %d, before "
                      "the loop comes "
                      "back to line %d",
                      call, now.number, then.number, then.number, now.number);
    return format("a %s is missing between one thread's line %d and another's", call, now.number);
}

static std::string between_blocks(const Conflict &c, bool both_write, bool same_line)
{
    if (c.space == Space::shared)
        return "both use the shared memory of one block of the cluster: a cluster.sync() is missing between them";
    const char *lock = "; if an atomic is to order them, each side needs a __threadfence() at it";
    std::string advice =
        "blocks run in any order: end the kernel between the two, or grid.sync() of a cooperative launch";
    if (same_line)
        advice = "several blocks update one element: use atomicAdd, or give each block its own";
    else if (both_write)
        advice = "two blocks write the same element: check the index";
    return advice + (c.after_atomics ? lock : "");
}

static std::string remedy(const Conflict &c, const Line &then, const Line &now)
{
    bool both_write = c.then.flags & c.now.flags & TOUCH_WRITE, same_line = then.text == now.text;
    const RaceOperation *earlier = race_operation_at(c.then.at);
    if (earlier && earlier->device != device_at_work())
        return "streams of two devices do not wait for each other: record an event after the first kernel and let "
               "the other's stream wait for it (cudaStreamWaitEvent), or cudaDeviceSynchronize() between the two "
               "while the first one's device is current";
    if (earlier)
        return "the kernels are in streams that do not wait for each other: launch both in one stream, or record an "
               "event after the first and let the other's stream wait for it (cudaStreamWaitEvent)";
    if (c.then.flags & TOUCH_COPYING)
        return missing("wait for the copy (__pipeline_wait_prior, then __syncthreads())", then, now) +
               ", or the copy starts too early";
    if (c.now.flags & TOUCH_COPYING)
        return missing("__syncthreads()", then, now) + ": the copy starts while the old tile is still in use";
    if (c.then.block != c.now.block) return between_blocks(c, both_write, same_line);
    if (c.update && line_of(c.update).text == then.text)
        return "several threads update one element, and one's update is lost: use atomicAdd, or give each its own";
    bool narrow = block.threads.size() <= 32, same_warp = c.then.warp == c.now.warp;
    std::string barrier = missing(narrow ? "__syncwarp()" : "__syncthreads()", then, now);
    if (by_atomic(c.then) != by_atomic(c.now))
        return "one of the two is atomic and the other is not: " + barrier + ", or make both atomic";
    if (same_line && both_write)
        return "several threads write one element: check the index, or use atomicAdd";
    return barrier + (same_warp && !narrow ? " (a __syncwarp() if only lanes of one warp share it)" : "");
}

/* ---- once for each pair of lines of a kernel ---- */

/* By sites, because lines take long to find; template instances of a line are distinct
 * sites of distinct kernels. */
namespace
{
struct Pair {
    std::string kernel;
    const void *then, *now;
    bool same_value;
    bool operator<(const Pair &o) const
    {
        return std::tie(then, now, same_value, kernel) < std::tie(o.then, o.now, o.same_value, o.kernel);
    }
};
} // namespace
static std::map<Pair, unsigned long> seen;
static unsigned long pairs_told, races_now; /* in this kernel */

/* What was told: pairs of lines, and the lines of each kernel and array. Another pair of such lines, as the
 * reverse order in a loop, is worth reading, but the same mistake. */
static std::set<std::string> told;
static std::map<std::string, std::set<std::string>> told_lines;

enum class News { none, more, mistake };

static News news(const std::string &mistake, const Line &then, const Line &now)
{
    if (!told.insert(mistake + " " + then.text + " " + now.text).second) return News::none;
    std::set<std::string> &lines = told_lines[mistake];
    bool known = lines.count(then.text) && lines.count(now.text);
    lines.insert(then.text);
    lines.insert(now.text);
    return known ? News::more : News::mistake;
}

static void tell_race(const std::string &text, News what)
{
    if (what == News::mistake) {
        pairs_told++;
        report("race", "%s", text.c_str());
    } else if (what == News::more && !options.throws) {
        fprintf(stderr, "emu: also: %s: %s\n", kernel->name.c_str(), text.c_str());
    }
}

/* ---- plain reads that meet atomics ----
 *
 * A loop around atomicCAS begins with a plain read, which only guesses: wrong guesses cost a round. Whether a
 * read is such a guess is known when its thread has come to the atomicCAS, so these wait for the end of the
 * kernel. */
namespace
{
struct Held {
    const void *read;
    std::string mistake, text, note;
    Line then, now;
};
} // namespace
static std::vector<Held> held;
static std::set<const void *> compared;

void race_compared(const void *site)
{
    compared.insert(site);
}

static void tell_held()
{
    for (const Held &h : held) {
        if (compared.count(h.read)) {
            if (news(h.mistake + " guess", h.then, h.now) == News::mistake && !options.throws)
                fprintf(stderr, "emu: note: %s\n", h.note.c_str());
        } else {
            tell_race(h.text, news(h.mistake, h.then, h.now));
        }
    }
    held.clear();
    compared.clear();
}

static void note(const Conflict &c, const Line &then, const Line &now)
{
    std::string first = who(c.then, c.then_thread), second = who(c.now, (unsigned)current->linear);
    fprintf(stderr,
            "emu: note: %s: %s at %s and %s at %s write the same value to %s, and nothing orders the two. "
            "Harmless on "
            "today's hardware, undefined in CUDA; CUEMU_RACE=strict makes it an error.\n",
            kernel->name.c_str(), first.c_str(), then.text.c_str(), second.c_str(), now.text.c_str(),
            describe(c.address).c_str());
}

static RaceSide side_of(const Touch &touch, unsigned thread, const Line &line)
{
    return { coordinates(thread, kernel->block), coordinates(touch.block, kernel->grid), line.file,
             what(touch), line.number };
}

/* The site of a plain read that meets an atomic, or nullptr. */
static const void *guess_of(const Conflict &c)
{
    if (!c.then.flags && by_atomic(c.now)) return c.then.site;
    return !c.now.flags && by_atomic(c.then) ? c.now.site : nullptr;
}

/* Of a variable of which each device has its own, and of kernels on two devices. */
static bool is_of_other_device(const Conflict &c)
{
    const RaceOperation *earlier = race_operation_at(c.then.at);
    return earlier && earlier->device != device_at_work() && is_of_each_device(c.address);
}

void race_report(const Conflict &c, bool same_value)
{
    if (is_of_other_device(c)) return;
    same_value = same_value && !options.strict_race;
    races_now += !same_value;
    if (seen[{ kernel->name, c.then.site, c.now.site, same_value }]++) return;
    const Line &then = line_of(c.then.site), &now = line_of(c.now.site);
    std::string mistake = kernel->name + " " + location_of(c.address).name;
    if (same_value) {
        if (news(mistake + " same", then, now) == News::mistake) note(c, then, now);
        return;
    }
    const void *guess = guess_of(c);
    News fresh = guess ? News::mistake : news(mistake, then, now);
    if (fresh == News::none) return;
    std::string where = describe(c.address);
    std::string text = who(c.then, c.then_thread) + " " + what(c.then) + " at " + then.text + ", " +
                       who(c.now, (unsigned)current->linear) + " " + what(c.now) + " at " + now.text +
                       ", and nothing orders the two: " + remedy(c, then, now) + ". It is " + where + ".";
    if (guess) {
        held.push_back(
            { guess, mistake, text,
              kernel->name + ": the plain read at " + line_of(guess).text + " of " + where +
                  " may see what an atomic is changing; before an atomicCAS, which looks again, it is "
                  "harmless",
              then, now });
        return;
    }
    tell_race(text, fresh);
    if (fresh == News::mistake)
        explain_race(side_of(c.then, c.then_thread, then), side_of(c.now, (unsigned)current->linear, now),
                     where, remedy(c, then, now));
}

void race_outlived(const Touch &then, unsigned thread, const void *address)
{
    const Line &line = line_of(then.site);
    if (!told.insert(kernel->name + " outlived " + line.text).second) return;
    report("cluster",
           "%s at %s uses %s of block %s, and nothing keeps that block from returning first, which ends its "
           "shared memory: cluster.sync() before the end, in all blocks of the cluster",
           who(then, thread).c_str(), line.text.c_str(), describe(address).c_str(),
           coordinates(block.linear, kernel->grid).c_str());
}

void race_report_begin()
{
    pairs_told = races_now = 0;
    if (!found().empty()) return;
    seen.clear(); /* a test has taken its findings back */
    told.clear();
    told_lines.clear();
}

void race_report_end()
{
    tell_held();
    if (pairs_told && !options.throws)
        fprintf(stderr, "emu: race: %s: %lu mistake%s, %lu race%s\n", kernel->name.c_str(), pairs_told,
                pairs_told == 1 ? "" : "s", races_now, races_now == 1 ? "" : "s");
}

} // namespace emu
