/* tsan_receiver.cpp - takes the calls that -fsanitize=thread puts before every access of a kernel.
 *
 * Kernels are compiled with -fsanitize=thread but linked without its run-time library: the compiler's calls
 * come here and go on to the checkers. Host code in the same file calls too; of that only what it does
 * with the device's variables is looked at. This file itself, and the rest of the emulator, are compiled
 * without. */
#include <cstring>
#include "access.h"
#include "device_variables.h"
#include "emu_internal.h"
#include "fiber.h"
#include "modules.h"
#include "race.h"
#include "schedule.h"

#define NOT_INLINE    __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace emu
{

/* Being linked at all means that there are calls to take. */
static struct Subscribe {
    Subscribe()
    {
        race_subscribe();
        access_subscribe();
        unwritten_subscribe();
        host_subscribe();
        virtual_subscribe();
    }
} subscribe_checkers;

/* A thread's own stack is near this frame, and is most of what is not shared or global memory. */
static bool on_stack(const void *address)
{
    uintptr_t distance = (uintptr_t)address - (uintptr_t)__builtin_frame_address(0);
    return distance < 16 << 10;
}

/* Each thread reads the kernel's parameters where the launch has put them. */
static bool is_parameter(const void *address)
{
    return (uintptr_t)address - (uintptr_t)kernel->argument < kernel->argument_bytes;
}

/* Does none of the words of a plain access have anything to say to the checkers? */
static bool says_nothing(const void *address, size_t size, bool write, const void *pc)
{
    for (size_t i = 0; i < size; i += Shadow::WORD) {
        const char *word = (const char *)address + i;
        if (!(write ? race_overwrites(word, size, pc) : race_begins_repeats(word, pc))) return false;
    }
    return true;
}

ALWAYS_INLINE static bool is_of_words(size_t size)
{
    return size % Shadow::WORD == 0 && size <= 16;
}

NOT_INLINE static void tell_of(const void *address, size_t size, bool write, bool atomic, bool is_volatile,
                               const void *pc, Update update)
{
    if (!is_kernels()) return;
    if (!atomic && !is_volatile && is_of_words(size) && says_nothing(address, size, write, pc)) return;
    if (is_parameter(address)) return;
    Space space = space_of(address);
    Access access = { address, size, space, write, atomic, pc, { nullptr, 0 }, is_volatile, update };
    if (space != Space::local)
        tell(&Hooks::access, access);
    else if (stack_at(address) == Stack::none)
        tell(&Hooks::elsewhere, access);
    else if (!completing && stack_top(address) != stack_top(__builtin_frame_address(0)))
        uses_local_of_other(access);
}

ALWAYS_INLINE static void tell(const void *address, size_t size, bool write, bool atomic, bool is_volatile,
                               const void *pc, Update update = Update::reads)
{
    if (!current) return host_uses_variable(address, write, pc);
    if (!size || on_stack(address)) return;
    if (size == Shadow::WORD && !write && !atomic && !is_volatile && race_repeats(address, pc)) return;
    tell_of(address, size, write, atomic, is_volatile, pc, update);
}

NOT_INLINE static void check_multiple(const void *address, size_t size, const void *pc)
{
    if (is_kernels() && stack_at(address) == Stack::none && space_of(address) != Space::local)
        fail("alignment", { nullptr, 0 }, "misaligned address at %s: %zu bytes, but no multiple of them (%s)",
             source_line(pc).c_str(), size, describe(address).c_str());
}

/* The compiler calls an access unaligned if its type does not promise a multiple of its size. Where it does,
 * a GPU stops at an address that is none. */
ALWAYS_INLINE static void tell_aligned(const void *address, size_t size, bool write, bool is_volatile,
                                       const void *pc)
{
    if ((uintptr_t)address % size) check_multiple(address, size, pc);
    tell(address, size, write, false, is_volatile, pc);
}

} // namespace emu

#define CALLER __builtin_return_address(0)

extern "C" {

void __tsan_init()
{
}
void __tsan_func_entry(void *)
{
}
void __tsan_func_exit()
{
}
void __tsan_vptr_update(void **p, void *)
{
    emu::object_made(p);
}
void __tsan_vptr_read(void **)
{
}
void __tsan_read_range(void *p, unsigned long n)
{
    emu::tell(p, n, false, false, false, CALLER);
}
void __tsan_write_range(void *p, unsigned long n)
{
    emu::tell(p, n, true, false, false, CALLER);
}

/* A loop that waits gives way before it looks: what it sees afterwards is from then. */
#define PLAIN(name, size, write, is_volatile)                   \
    void __tsan_##name##size(void *p)                           \
    {                                                           \
        if (is_volatile && !write) emu::looked(p, CALLER);      \
        emu::tell_aligned(p, size, write, is_volatile, CALLER); \
    }                                                           \
    void __tsan_unaligned_##name##size(void *p)                 \
    {                                                           \
        if (is_volatile && !write) emu::looked(p, CALLER);      \
        emu::tell(p, size, write, false, is_volatile, CALLER);  \
    }
#define PLAIN_OF_SIZE(size)                 \
    PLAIN(read, size, false, false)         \
    PLAIN(write, size, true, false)         \
    PLAIN(volatile_read, size, false, true) \
    PLAIN(volatile_write, size, true, true)
PLAIN_OF_SIZE(1)
PLAIN_OF_SIZE(2)
PLAIN_OF_SIZE(4)
PLAIN_OF_SIZE(8)
PLAIN_OF_SIZE(16)

void *__tsan_memcpy(void *to, const void *from, size_t n)
{
    emu::tell(from, n, false, false, false, CALLER);
    emu::tell(to, n, true, false, false, CALLER);
    return memcpy(to, from, n);
}
void *__tsan_memmove(void *to, const void *from, size_t n)
{
    emu::tell(from, n, false, false, false, CALLER);
    emu::tell(to, n, true, false, false, CALLER);
    return memmove(to, from, n);
}
void *__tsan_memset(void *to, int value, size_t n)
{
    emu::tell(to, n, true, false, false, CALLER);
    return memset(to, value, n);
}

/* ---- __atomic_ built-ins: the compiler leaves also the operation itself to us; one
 * thread runs at a time ---- */

void __tsan_atomic_thread_fence(int)
{
    if (emu::is_kernels()) emu::tell(&emu::Hooks::fence, emu::Scope::device);
}
void __tsan_atomic_signal_fence(int)
{
}

#define UPDATE(bits, T, name, kind, result)                                            \
    T __tsan_atomic##bits##_##name(volatile T *p, T value, int)                        \
    {                                                                                  \
        emu::host_shares((void *)p);                                                   \
        emu::tell((void *)p, sizeof(T), true, true, false, CALLER, emu::Update::kind); \
        T old = *p;                                                                    \
        *p = (T)(result);                                                              \
        return old;                                                                    \
    }
#define COMPARE(bits, T, name)                                                       \
    int __tsan_atomic##bits##_##name(volatile T *p, T *expected, T wanted, int, int) \
    {                                                                                \
        emu::host_shares((void *)p);                                                 \
        emu::tell((void *)p, sizeof(T), true, true, false, CALLER);                  \
        T old = *p;                                                                  \
        bool same = old == *expected;                                                \
        if (same)                                                                    \
            *p = wanted;                                                             \
        else                                                                         \
            *expected = old;                                                         \
        return same;                                                                 \
    }
#define ATOMICS(bits, T)                                                                     \
    T __tsan_atomic##bits##_load(const volatile T *p, int)                                   \
    {                                                                                        \
        emu::host_shares((const void *)p);                                                   \
        if (sizeof(T) > 1 || !emu::is_guard((const void *)p))                                \
            emu::tell((const void *)p, sizeof(T), false, true, false, CALLER);               \
        return *p;                                                                           \
    }                                                                                        \
    void __tsan_atomic##bits##_store(volatile T *p, T value, int)                            \
    {                                                                                        \
        emu::host_shares((void *)p);                                                         \
        emu::tell((void *)p, sizeof(T), true, true, false, CALLER, emu::Update::overwrites); \
        *p = value;                                                                          \
    }                                                                                        \
    UPDATE(bits, T, exchange, overwrites, value)                                             \
    UPDATE(bits, T, fetch_add, reads, old + value)                                           \
    UPDATE(bits, T, fetch_sub, reads, old - value)                                           \
    UPDATE(bits, T, fetch_and, reads, old &value)                                            \
    UPDATE(bits, T, fetch_or, reads, old | value)                                            \
    UPDATE(bits, T, fetch_xor, reads, old ^ value)                                           \
    UPDATE(bits, T, fetch_nand, reads, ~(old & value))                                       \
    COMPARE(bits, T, compare_exchange_strong)                                                \
    COMPARE(bits, T, compare_exchange_weak)
ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)
}
