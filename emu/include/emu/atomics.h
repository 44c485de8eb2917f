/* emu/atomics.h - atomic functions. Threads change places only in calls of the scheduler, so plain code is
 * atomic; one that left memory as it was may be waiting for another thread, and lets it run. */
#ifndef EMU_ATOMICS_H
#define EMU_ATOMICS_H

#include "core.h"

namespace emu
{

/* May a function that changed nothing be a wait? atomicAdd(p, 0) may; an atomicMax
 * below the maximum is not. */
enum class Unchanged { waits, goes_on };

/* Is the result the same whatever was there, as of atomicExch(p, x), atomicAnd(p, 0) and atomicInc(p, 0)?
 * They may be the first to write. Asked with five old values. */
template <class T, class F> EMU_RAW bool overwrites(const F &update)
{
    T results[5];
    const int bytes[5] = { 0, 0xff, 0x7f, 0x80, 1 };
    for (int i = 0; i < 5; i++) {
        T old;
        memset(&old, bytes[i], sizeof old);
        results[i] = update(old);
        if (memcmp(&results[i], &results[0], sizeof(T)) != 0) return false;
    }
    return true;
}

template <class T, class F>
EMU_RAW T atomic_update(T *address, F update, Unchanged unchanged, const char *name, Where where,
                        Update kind = Update::reads)
{
    check_aligned(address, sizeof(T), name, where);
    if (EMU_WATCHED && kind == Update::reads && overwrites<T>(update)) kind = Update::overwrites;
    mark_access(address, sizeof(T), true, true, where, kind);
    T old = *address, now = update(old);
    *address = now;
    if (memcmp(&old, &now, sizeof(T)) != 0)
        progress();
    else if (unchanged == Unchanged::waits)
        yield();
    return old;
}

} // namespace emu

/* Each function in its three scopes. Of a block's, other blocks must not use the memory. */
#define EMU_ANY_BLOCK(address, name, where)
#define EMU_ATOMIC_AS(name, T, unchanged, expression, scope)                                  \
    inline T name(T *address, T value, EMU_HERE)                                              \
    {                                                                                         \
        scope(address, #name, where_);                                                        \
        auto update = [value](T old) -> T { return expression; };                             \
        return emu::atomic_update(address, update, emu::Unchanged::unchanged, #name, where_); \
    }
#define EMU_ATOMIC(name, T, unchanged, expression)                           \
    EMU_ATOMIC_AS(name, T, unchanged, expression, EMU_ANY_BLOCK)             \
    EMU_ATOMIC_AS(name##_block, T, unchanged, expression, emu::block_atomic) \
    EMU_ATOMIC_AS(name##_system, T, unchanged, expression, EMU_ANY_BLOCK)

/* int wraps around, as it does on the GPU */
EMU_ATOMIC(atomicAdd, int, waits, (int)((unsigned)old + (unsigned)value))
EMU_ATOMIC(atomicAdd, unsigned, waits, old + value)
EMU_ATOMIC(atomicAdd, unsigned long long, waits, old + value)
EMU_ATOMIC(atomicAdd, float, waits, old + value)
EMU_ATOMIC(atomicAdd, double, waits, old + value)
EMU_ATOMIC(atomicSub, int, waits, (int)((unsigned)old - (unsigned)value))
EMU_ATOMIC(atomicSub, unsigned, waits, old - value)
EMU_ATOMIC(atomicExch, int, waits, ((void)old, value))
EMU_ATOMIC(atomicExch, unsigned, waits, ((void)old, value))
EMU_ATOMIC(atomicExch, unsigned long long, waits, ((void)old, value))
EMU_ATOMIC(atomicExch, float, waits, ((void)old, value))
EMU_ATOMIC(atomicInc, unsigned, goes_on, old >= value ? 0 : old + 1)
EMU_ATOMIC(atomicDec, unsigned, goes_on, old == 0 || old > value ? value : old - 1)
#define EMU_ATOMIC_ORDER(T)                                      \
    EMU_ATOMIC(atomicMin, T, goes_on, value < old ? value : old) \
    EMU_ATOMIC(atomicMax, T, goes_on, old < value ? value : old)
EMU_ATOMIC_ORDER(int)
EMU_ATOMIC_ORDER(unsigned)
EMU_ATOMIC_ORDER(long long)
EMU_ATOMIC_ORDER(unsigned long long)
#define EMU_ATOMIC_BITS(T)                      \
    EMU_ATOMIC(atomicAnd, T, waits, old &value) \
    EMU_ATOMIC(atomicOr, T, waits, old | value) \
    EMU_ATOMIC(atomicXor, T, waits, old ^ value)
EMU_ATOMIC_BITS(int)
EMU_ATOMIC_BITS(unsigned)
EMU_ATOMIC_BITS(unsigned long long)

#define EMU_ATOMIC_CAS_AS(name, T, scope)                                                \
    inline T name(T *address, T compare, T value, EMU_HERE)                              \
    {                                                                                    \
        scope(address, #name, where_);                                                   \
        auto update = [=](T old) -> T { return old == compare ? value : old; };          \
        return emu::atomic_update(address, update, emu::Unchanged::waits, #name, where_, \
                                  emu::Update::compares);                                \
    }
#define EMU_ATOMIC_CAS(T)                                    \
    EMU_ATOMIC_CAS_AS(atomicCAS, T, EMU_ANY_BLOCK)           \
    EMU_ATOMIC_CAS_AS(atomicCAS_block, T, emu::block_atomic) \
    EMU_ATOMIC_CAS_AS(atomicCAS_system, T, EMU_ANY_BLOCK)
EMU_ATOMIC_CAS(unsigned short)
EMU_ATOMIC_CAS(int)
EMU_ATOMIC_CAS(unsigned)
EMU_ATOMIC_CAS(unsigned long long)

#undef EMU_ATOMIC_ORDER
#undef EMU_ATOMIC_BITS
#undef EMU_ATOMIC_CAS_AS
#undef EMU_ATOMIC_CAS

#endif
