/* hooks.cpp - who listens, and what the headers tell them. */
#include <cstdio>
#include <cstdlib>
#include "emu_internal.h"

namespace emu
{

const Hooks *subscribers[5];

void subscribe(const Hooks *hooks)
{
    for (int i = 0; i < 4; i++)
        if (!subscribers[i]) {
            subscribers[i] = hooks;
            return;
        }
    fprintf(stderr, "emu: more than 4 subscribers\n");
    abort();
}

bool listening()
{
    return subscribers[0] != nullptr;
}

void mark_access(const void *address, size_t size, bool write, bool atomic, Where where)
{
    if (!current || !listening()) return;
    Space space = space_of(address);
    if (space == Space::local) return;
    Access access = { address, size, space, write, atomic, nullptr, where };
    tell(&Hooks::access, access);
}

void phase_arrive(const void *barrier, unsigned long phase)
{
    tell(&Hooks::phase_arrive, barrier, phase);
}

void phase_wait(const void *barrier, unsigned long phase)
{
    tell(&Hooks::phase_wait, barrier, phase);
}

void fence(Scope scope)
{
    tell(&Hooks::fence, scope);
    yield(); /* whoever spins on what was published may see it */
}

void check_aligned(const void *address, size_t alignment, const char *what, Where where)
{
    if ((uintptr_t)address % alignment == 0) return;
    fail("alignment", where, "%s: the address is not a multiple of %zu bytes (%s)", what, alignment,
         describe(address).c_str());
}

} // namespace emu
