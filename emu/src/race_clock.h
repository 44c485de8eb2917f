/* race_clock.h - which accesses of a launch happened before which: the order that
 * barriers, fences and atomics make.
 *
 * A vector clock per CUDA thread would be a thousand numbers per thread. But nearly all synchronisation in a
 * kernel is a barrier of the whole block or of a whole warp, after which everybody knows the same. So there
 * is one clock for the whole launch: every synchronisation takes the next tick. Each thread stamps its
 * accesses with the tick of its own last synchronisation, and what it knows is three things:
 *
 *   - of its block:  every access stamped up to `base` (the last __syncthreads) happened before,
 *   - of its warp:   every access stamped up to the warp's base (the last whole __syncwarp),
 *   - and the rest:  a Past, a short sorted list, made by partial warps, mbarriers, fences with atomics.
 *
 * A Past is never changed once made, so a thousand threads that waited for one mbarrier share one. */
#ifndef EMU_RACE_CLOCK_H
#define EMU_RACE_CLOCK_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace emu
{

typedef uint32_t Tick; /* 0: never */

/* Up to which stamp the accesses of threads, whole warps and whole blocks happened before. */
class Past
{
  public:
    /* The largest stamp known for that thread, directly or through its warp or its block; of atomics more may
     * be known than of plain accesses. */
    Tick of(uint32_t in_block, unsigned thread, bool atomic) const;
    bool empty() const
    {
        return known.empty();
    }

    /* Members are numbered so that one sorted list holds all kinds: 1024 threads, 32 warps, the block, and
     * the atomics alone of 1024 threads. */
    enum { WARP = 1024, BLOCK = 1056, ATOMICS = 2048, MEMBER_BITS = 12 };
    typedef std::pair<uint64_t, Tick> Entry; /* block and member, the last stamp known */
    static uint64_t key(uint32_t in_block, unsigned member)
    {
        return (uint64_t)in_block << MEMBER_BITS | member;
    }
    std::vector<Entry> known; /* sorted by key */
};
typedef std::shared_ptr<const Past> PastRef; /* null: nothing known */

/* What one or the other knows. */
PastRef join(const PastRef &a, const PastRef &b);

enum FenceScope { FENCE_BLOCK, FENCE_DEVICE };

/* The clocks of the block that runs, and what other blocks have left behind in synchronisation objects. */
class RaceClock
{
  public:
    /* Stamps of an earlier operation in another stream, first..end-1. */
    struct Span {
        Tick first, end;
    };
    /* The accesses of those operations did not happen before the launch; all others did. */
    void launch_begin(std::vector<Span> open = {});
    Tick newest_stamp() const
    {
        return now;
    }
    void block_begin(uint32_t block, unsigned threads);

    /* The block that runs leaves the CPU to another, and comes back. */
    void leave(unsigned slot);
    void come_back(unsigned slot);

    /* Every thread of every block of the grid has arrived, none has gone on. */
    void grid_barrier();
    /* Every thread of the block has arrived, none has gone on. */
    void barrier();
    /* These threads have waited for each other. */
    void meet(const std::vector<unsigned> &members);
    /* The lanes in `mask` have; `live` are the lanes of the warp that have not exited. */
    void warp_sync(unsigned warp, unsigned mask, unsigned live);

    /* A synchronisation object of the block (an mbarrier's phase): acquire learns what was
     * known at each release. */
    void release(unsigned thread, uint64_t object);
    void acquire(unsigned thread, uint64_t object);
    /* The same as release, for objects of thousands of threads of several blocks. */
    void gather(unsigned thread, uint64_t object);

    /* __threadfence: what the thread knows now travels with every later atomic of its own. */
    void fence(unsigned thread, FenceScope scope);
    /* A relaxed atomic on that address: takes what was fenced before atomics on it, leaves what this
     * thread fenced. `writes`: a load leaves nothing. Taking without a second fence is what tutorials
     * write and hardware does. */
    void atomic(unsigned thread, uint64_t address, bool writes);
    bool has_fenced(unsigned thread) const
    {
        return threads[thread].fenced[FENCE_BLOCK] != nullptr;
    }

    /* The stamp of the thread's accesses now. */
    Tick stamp(unsigned thread) const
    {
        return threads[thread].stamp;
    }
    /* Accesses of the running block have stamps from block_start() on; those up to barrier_stamp() happened
     * before what any of its threads does now. launch_stamp() is no access's. */
    Tick block_start() const
    {
        return first;
    }
    Tick barrier_stamp() const
    {
        return base;
    }
    Tick launch_stamp() const
    {
        return launch_start;
    }
    /* Did accesses of that warp with that stamp happen before what thread `me` of the running block does now?
     * The first looks only at kernels, barriers and whole warps, which is nearly always enough. */
    bool surely_before(uint32_t block_of, unsigned warp_of, Tick at, unsigned me) const
    {
        if (at < launch_start) return at < settled || !is_open(at);
        return block_of == block && (at <= base || (warp_of == me / 32 && at <= warp_base[warp_of]));
    }
    bool before(uint32_t block_of, unsigned thread_of, Tick at, bool atomic, unsigned me) const
    {
        if (surely_before(block_of, thread_of / 32, at, me)) return true;
        if (!this_launch(at)) return false;
        const Past *rest = threads[me].rest.get();
        return rest && rest->of(block_of, thread_of, atomic) >= at;
    }
    /* Is what the threads know told by their stamps, their block and their warp alone? */
    bool plain() const
    {
        return !any_rest;
    }
    /* Has no block of this launch left the CPU to another before its end? */
    bool one_by_one() const
    {
        return !interleaved;
    }
    /* Is it of the kernel that runs? */
    bool this_launch(Tick at) const
    {
        return at >= launch_start;
    }

    uint32_t block = 0;

  private:
    struct Thread {
        Tick stamp = 0;
        PastRef rest;
        PastRef fenced[2]; /* by FenceScope */
    };
    struct Location {
        PastRef left[2];    /* by FenceScope */
        uint32_t block = 0; /* whose threads may take what was fenced for the block only */
    };
    void add(Thread &met, const Thread &t, PastRef rest) const;
    PastRef all_known(unsigned thread) const;
    PastRef foreign(const PastRef &past) const;

    /* A block that is resident, but does not run. */
    struct Away {
        uint32_t block;
        Tick base, warp_base[32];
        bool any_rest;
        std::vector<Thread> threads;
    };
    bool is_open(Tick at) const
    {
        for (const Span &span : open)
            if (at >= span.first && at < span.end) return true;
        return false;
    }

    Tick now = 0, launch_start = 0, base = 0;
    Tick first = 0;   /* of the block that runs, if none has left the CPU */
    Tick settled = 0; /* what has a smaller stamp happened before the launch */
    std::vector<Span> open;
    bool interleaved = false;
    Tick warp_base[32] = {};
    bool any_rest = false; /* some thread has a Past: barriers have to join them */
    std::vector<Thread> threads;
    std::unordered_map<unsigned, Away> away; /* by slot */
    std::unordered_map<uint64_t, PastRef> objects;
    struct Gathered {
        Past own;
        std::vector<PastRef> rests; /* without repetitions in a row */
    };
    std::unordered_map<uint64_t, Gathered> gathered; /* not yet among the objects */
    std::unordered_map<uint64_t, Location> locations;
};

} // namespace emu

#endif
