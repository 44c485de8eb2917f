/* emu/warp.h - shuffles, votes, matches and reductions of a warp. */
#ifndef EMU_WARP_H
#define EMU_WARP_H

#include "core.h"

namespace emu
{

/* ---- exchange: every lane names the lane whose value it wants ---- */

template <class T> struct Exchange {
    T in, out;
    unsigned source;
};

/* A value from a lane that takes no part is undefined, which warp.cpp reports: all bits are set, NaN in
 * floating point. */
template <class T> void complete_exchange(unsigned lanes, void *const *slot)
{
    for (int i = 0; i < 32; i++) {
        if (!(lanes >> i & 1)) continue;
        Exchange<T> *mine = static_cast<Exchange<T> *>(slot[i]);
        if (lanes >> mine->source & 1)
            mine->out = static_cast<Exchange<T> *>(slot[mine->source])->in;
        else
            memset(static_cast<void *>(&mine->out), 0xff, sizeof(T));
    }
}

template <class T> EMU_RAW T exchange(unsigned mask, T value, unsigned source, Where where)
{
    static_assert(sizeof(T) <= 32, "a shuffle moves 32 bytes at most"); /* of cooperative groups; others 8 */
    Exchange<T> slot = { value, value, source & 31 };
    warp_collective(mask, Collective::shuffle, &slot, complete_exchange<T>, where, (int)slot.source);
    return slot.out;
}

inline void check_width(int width, Where where)
{
    if (width < 1 || width > 32 || (width & (width - 1)) != 0)
        fail("warp", where, "a shuffle of width %d; it must be a power of two up to 32", width);
}

/* ---- reduction: every lane gets the same combination, taken in the order of lanes ---- */

template <class T, class Op> struct Reduction {
    T in, out;
    Op op;
};

template <class T, class Op> void complete_reduction(unsigned lanes, void *const *slot)
{
    Reduction<T, Op> *first = nullptr;
    for (int i = 0; i < 32; i++) {
        if (!(lanes >> i & 1)) continue;
        Reduction<T, Op> *lane = static_cast<Reduction<T, Op> *>(slot[i]);
        if (first)
            first->out = first->op(first->out, lane->in);
        else
            first = lane;
    }
    for (int i = 0; i < 32; i++)
        if (lanes >> i & 1) static_cast<Reduction<T, Op> *>(slot[i])->out = first->out;
}

template <class T, class Op> EMU_RAW T reduction(unsigned mask, T value, Op op, Collective kind, Where where)
{
    Reduction<T, Op> slot = { value, value, op };
    warp_collective(mask, kind, &slot, complete_reduction<T, Op>, where);
    return slot.out;
}

struct Add {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return a + b;
    }
};
struct Least {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return b < a ? b : a;
    }
};
struct Greatest {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return a < b ? b : a;
    }
};
struct And {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return a & b;
    }
};
struct Or {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return a | b;
    }
};
struct Xor {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return a ^ b;
    }
};

/* ---- match: which lanes have the same bits as this one? ---- */

template <class T> struct Match {
    T value;
    unsigned same;
};

template <class T> void complete_match(unsigned lanes, void *const *slot)
{
    for (int i = 0; i < 32; i++) {
        if (!(lanes >> i & 1)) continue;
        Match<T> *mine = static_cast<Match<T> *>(slot[i]);
        mine->same = 0;
        for (int j = 0; j < 32; j++)
            if (lanes >> j & 1 && !memcmp(&static_cast<Match<T> *>(slot[j])->value, &mine->value, sizeof(T)))
                mine->same |= 1u << j;
    }
}

template <class T> EMU_RAW unsigned match(unsigned mask, T value, Where where)
{
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a match compares 4 or 8 bytes");
    Match<T> slot = { value, 0 };
    warp_collective(mask, Collective::match, &slot, complete_match<T>, where);
    return slot.same;
}

} // namespace emu

/* ---- CUDA's names ---- */

inline void __syncwarp(unsigned mask = ~0u, EMU_HERE)
{
    emu::warp_collective(mask, emu::Collective::syncwarp, nullptr, nullptr, where_);
}

inline unsigned __activemask(EMU_HERE)
{
    return emu::converged_mask(where_);
}

template <class T> T __shfl_sync(unsigned mask, T value, int source, int width = 32, EMU_HERE)
{
    emu::check_width(width, where_);
    unsigned lane = emu::lane_id(), w = (unsigned)width;
    return emu::exchange(mask, value, (lane & ~(w - 1)) | ((unsigned)source & (w - 1)), where_);
}

template <class T> T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, EMU_HERE)
{
    emu::check_width(width, where_);
    unsigned lane = emu::lane_id(), first = lane & ~((unsigned)width - 1);
    return emu::exchange(mask, value, delta > lane - first ? lane : lane - delta, where_);
}

template <class T> T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, EMU_HERE)
{
    emu::check_width(width, where_);
    unsigned lane = emu::lane_id(), last = lane | ((unsigned)width - 1);
    return emu::exchange(mask, value, delta > last - lane ? lane : lane + delta, where_);
}

/* As on the GPU, a lane may read from a segment before its own, not from one after it. */
template <class T> T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, EMU_HERE)
{
    emu::check_width(width, where_);
    unsigned lane = emu::lane_id(), last = lane | ((unsigned)width - 1), source = lane ^ (unsigned)lanes;
    return emu::exchange(mask, value, source > last ? lane : source, where_);
}

inline unsigned __ballot_sync(unsigned mask, int predicate, EMU_HERE)
{
    unsigned bit = predicate ? 1u << emu::lane_id() : 0u;
    return emu::reduction(mask, bit, emu::Or(), emu::Collective::vote, where_);
}
inline int __any_sync(unsigned mask, int predicate, EMU_HERE)
{
    return __ballot_sync(mask, predicate, where_) != 0;
}
inline int __all_sync(unsigned mask, int predicate, EMU_HERE)
{
    return __ballot_sync(mask, !predicate, where_) == 0;
}
template <class T> unsigned __match_any_sync(unsigned mask, T value, EMU_HERE)
{
    return emu::match(mask, value, where_);
}
/* The mask if all have the same value, else 0. */
template <class T> unsigned __match_all_sync(unsigned mask, T value, int *all, EMU_HERE)
{
    unsigned same = emu::match(mask, value, where_);
    *all = __all_sync(mask, (__ballot_sync(mask, 1, where_) & ~same) == 0, where_);
    return *all ? mask : 0;
}

#define EMU_REDUCE(name, Op)                                                            \
    inline unsigned name(unsigned mask, unsigned value, EMU_HERE)                       \
    {                                                                                   \
        return emu::reduction(mask, value, emu::Op(), emu::Collective::reduce, where_); \
    }
#define EMU_REDUCE_SIGNED(name, Op)                                                     \
    EMU_REDUCE(name, Op)                                                                \
    inline int name(unsigned mask, int value, EMU_HERE)                                 \
    {                                                                                   \
        return emu::reduction(mask, value, emu::Op(), emu::Collective::reduce, where_); \
    }
EMU_REDUCE_SIGNED(__reduce_min_sync, Least)
EMU_REDUCE_SIGNED(__reduce_max_sync, Greatest)
EMU_REDUCE(__reduce_and_sync, And)
EMU_REDUCE(__reduce_or_sync, Or)
EMU_REDUCE(__reduce_xor_sync, Xor)
EMU_REDUCE(__reduce_add_sync, Add)
inline int __reduce_add_sync(unsigned mask, int value, EMU_HERE) /* wraps around, as unsigned does */
{
    return (int)__reduce_add_sync(mask, (unsigned)value, where_);
}
#undef EMU_REDUCE
#undef EMU_REDUCE_SIGNED

#endif
