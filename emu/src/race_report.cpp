/* race_report.cpp - a race in words: what, who, where, and the likely remedy. */
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <unordered_map>
#include "race.h"

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
    static std::unordered_map<const void *, Line> known;
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
    return "thread " + coordinates(thread, kernel->block) + " of block " +
           coordinates(touch.block, kernel->grid);
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
    const char *lock = "; if an atomic is to order them, each side needs a __threadfence() at it";
    std::string advice = "blocks run in any order: end the kernel between the two";
    if (same_line)
        advice = "several blocks update one element: use atomicAdd, or give each block its own";
    else if (both_write)
        advice = "two blocks write the same element: check the index";
    return advice + (c.after_atomics ? lock : "");
}

static std::string remedy(const Conflict &c, const Line &then, const Line &now)
{
    bool both_write = c.then.flags & c.now.flags & TOUCH_WRITE, same_line = then.text == now.text;
    if (c.then.flags & TOUCH_COPYING)
        return missing("wait for the copy (__pipeline_wait_prior, then __syncthreads())", then, now) +
               ", or the copy starts too early";
    if (c.now.flags & TOUCH_COPYING)
        return missing("__syncthreads()", then, now) + ": the copy starts while the old tile is still in use";
    if (c.then.block != c.now.block) return between_blocks(c, both_write, same_line);
    bool narrow = block.threads.size() <= 32, same_warp = c.then.warp == c.now.warp;
    std::string barrier = missing(narrow ? "__syncwarp()" : "__syncthreads()", then, now);
    if (by_atomic(c.then) != by_atomic(c.now))
        return "one of the two is atomic and the other is not: " + barrier + ", or make both atomic";
    if (same_line && c.space == Space::global) return "several threads update one element: use atomicAdd";
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
static std::set<std::string> told;          /* pairs of lines: several sites may share a line */
static unsigned long pairs_told, races_now; /* in this kernel */

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

void race_report(const Conflict &c, bool same_value)
{
    same_value = same_value && !options.strict_race;
    races_now += !same_value;
    if (seen[{ kernel->name, c.then.site, c.now.site, same_value }]++) return;
    const Line &then = line_of(c.then.site), &now = line_of(c.now.site);
    if (!told.insert(kernel->name + then.text + now.text + (same_value ? "same" : "")).second) return;
    if (same_value) {
        note(c, then, now);
        return;
    }
    pairs_told++;
    report("race", "%s %s at %s, %s %s at %s, and nothing orders the two: %s. It is %s.",
           who(c.then, c.then_thread).c_str(), what(c.then), then.text.c_str(),
           who(c.now, (unsigned)current->linear).c_str(), what(c.now), now.text.c_str(),
           remedy(c, then, now).c_str(), describe(c.address).c_str());
}

void race_report_begin()
{
    pairs_told = races_now = 0;
    if (!found().empty()) return;
    seen.clear(); /* a test has taken its findings back */
    told.clear();
}

void race_report_end()
{
    if (pairs_told && !options.throws)
        fprintf(stderr, "emu: race: %s: %lu pair%s of lines, %lu race%s\n", kernel->name.c_str(), pairs_told,
                pairs_told == 1 ? "" : "s", races_now, races_now == 1 ? "" : "s");
}

} // namespace emu
