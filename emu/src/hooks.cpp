/* hooks.cpp - who listens. */
#include <cstdio>
#include <cstdlib>
#include "emu_internal.h"

namespace emu
{

const Hooks *subscribers[7];
int telling;

void subscribe(const Hooks *hooks)
{
    for (int i = 0; i < 6; i++)
        if (!subscribers[i]) {
            subscribers[i] = hooks;
            return;
        }
    fprintf(stderr, "emu: more than 6 subscribers\n");
    abort();
}

bool listening()
{
    return subscribers[0] != nullptr;
}

void phase_arrive(const void *barrier, unsigned long phase)
{
    tell(&Hooks::phase_arrive, barrier, phase);
}

void phase_wait(const void *barrier, unsigned long phase)
{
    tell(&Hooks::phase_wait, barrier, phase);
}

} // namespace emu
