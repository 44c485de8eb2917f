/* emu/cub_warp.h - CUB's reductions and scans of a warp, or of parts of it that are a power of two. */
#ifndef EMU_CUB_WARP_H
#define EMU_CUB_WARP_H

#include "cub_common.h"

namespace cub
{

/* The lanes of the part that this one is in, and its rank there. */
template <int THREADS> struct WarpPart {
    static_assert(THREADS >= 1 && THREADS <= 32 && (THREADS & (THREADS - 1)) == 0,
                  "the emulator has parts of a warp that are a power of two");
    typedef NullType TempStorage;
    static unsigned rank()
    {
        return emu::lane_id() % THREADS;
    }
    static unsigned first()
    {
        return emu::lane_id() - rank();
    }
    static unsigned mask()
    {
        return (THREADS == 32 ? ~0u : (1u << THREADS) - 1) << first();
    }
    template <class T> static T value_of(T value, unsigned other, emu::Where where)
    {
        return emu::exchange(mask(), value, first() + other, where);
    }
};

/* A value that may be missing. */
template <class T, class Op> struct Perhaps {
    T value;
    bool there;
    struct Combine {
        Op op;
        Perhaps operator()(const Perhaps &a, const Perhaps &b)
        {
            if (!a.there || !b.there) return a.there ? a : b;
            return { op(a.value, b.value), true };
        }
    };
};

/* The result is that of the first lane alone. */
template <class T, int THREADS = 32, int = 0> class WarpReduce : WarpPart<THREADS>
{
    typedef WarpPart<THREADS> Part;

  public:
    typedef NullType TempStorage;
    WarpReduce()
    {
    }
    WarpReduce(TempStorage &)
    {
    }
    template <class Op> T Reduce(T input, Op op, int valid, EMU_HERE)
    {
        typedef Perhaps<T, Op> Value;
        Value value = { input, (int)Part::rank() < valid };
        typename Value::Combine combine = { op };
        Value all = emu::reduction(Part::mask(), value, combine, emu::Collective::reduce, where_);
        return only_if(Part::rank() == 0, all.value);
    }
    template <class Op> T Reduce(T input, Op op, EMU_HERE)
    {
        return Reduce(input, op, THREADS, where_);
    }
    T Sum(T input, EMU_HERE)
    {
        return Reduce(input, cub::Sum(), THREADS, where_);
    }
    T Sum(T input, int valid, EMU_HERE)
    {
        return Reduce(input, cub::Sum(), valid, where_);
    }
};

template <class T, int THREADS = 32, int = 0> class WarpScan : WarpPart<THREADS>
{
    typedef WarpPart<THREADS> Part;

  public:
    typedef NullType TempStorage;
    WarpScan()
    {
    }
    WarpScan(TempStorage &)
    {
    }
    template <class Op> void InclusiveScan(T in, T &out, Op op, EMU_HERE)
    {
        for (unsigned step = 1; step < THREADS; step *= 2) {
            unsigned rank = Part::rank();
            T other = Part::value_of(in, rank >= step ? rank - step : rank, where_);
            if (rank >= step) in = op(other, in);
        }
        out = in;
    }
    template <class Op> void InclusiveScan(T in, T &out, Op op, T &total, EMU_HERE)
    {
        InclusiveScan(in, out, op, where_);
        total = Part::value_of(out, THREADS - 1, where_);
    }
    void InclusiveSum(T in, T &out, EMU_HERE)
    {
        InclusiveScan(in, out, cub::Sum(), where_);
    }
    void InclusiveSum(T in, T &out, T &total, EMU_HERE)
    {
        InclusiveScan(in, out, cub::Sum(), total, where_);
    }
    /* Without a first value the first lane's is undefined. */
    template <class Op> void ExclusiveScan(T in, T &out, Op op, EMU_HERE)
    {
        T all;
        InclusiveScan(in, all, op, where_);
        T before = Part::value_of(all, Part::rank() ? Part::rank() - 1 : 0, where_);
        out = only_if(Part::rank() > 0, before);
    }
    template <class Op> void ExclusiveScan(T in, T &out, T init, Op op, EMU_HERE)
    {
        T before;
        ExclusiveScan(in, before, op, where_);
        out = Part::rank() ? op(init, before) : init;
    }
    template <class Op> void ExclusiveScan(T in, T &out, T init, Op op, T &total, EMU_HERE)
    {
        T all;
        ExclusiveScan(in, out, init, op, where_);
        InclusiveScan(in, all, op, total, where_);
    }
    void ExclusiveSum(T in, T &out, EMU_HERE)
    {
        ExclusiveScan(in, out, T(), cub::Sum(), where_);
    }
    void ExclusiveSum(T in, T &out, T &total, EMU_HERE)
    {
        ExclusiveScan(in, out, T(), cub::Sum(), total, where_);
    }
    T Broadcast(T in, unsigned from, EMU_HERE)
    {
        return Part::value_of(in, from, where_);
    }
};

} // namespace cub

#endif
