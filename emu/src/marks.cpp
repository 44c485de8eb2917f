/* marks.cpp - what the headers tell of memory: accesses that the compiler does not show,
 * fences, misaligned addresses. */
#include "core_copy.h"
#include "emu_internal.h"
#include "fiber.h"
#include "host_memory.h"
#include "memory.h"

namespace emu
{

void mark_access(const void *address, size_t size, bool write, bool atomic, Where where, Update update)
{
    if (atomic && in_copy && space_of(address) != Space::shared) copy_gives_up();
    if (!current || !listening()) return;
    Space space = space_of(address);
    Access access = { address, size, space, write, atomic, nullptr, where, false, update };
    if (space != Space::local)
        tell(&Hooks::access, access);
    else if (stack_at(address) == Stack::none)
        tell(&Hooks::elsewhere, access);
}

void fence(Scope scope)
{
    if (!current) return; /* the host's code, which cuda::atomic_ref is for, too */
    if (scope != Scope::block) only_on_one_core();
    if (scope != Scope::block) current->fenced = true;
    tell(&Hooks::fence, scope);
    yield(); /* whoever spins on what was published may see it */
}

void host_shares(const void *address)
{
    if (current || !in_device_arena(address)) return;
    Guard guard;
    device_share(address);
}

void check_aligned(const void *address, size_t alignment, const char *what, Where where)
{
    if ((uintptr_t)address % alignment == 0) return;
    fail("alignment", where, "%s: the address is not a multiple of %zu bytes (%s)", what, alignment,
         describe(address).c_str());
}

} // namespace emu
