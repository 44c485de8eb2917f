/* marks.cpp - what the headers tell of memory: accesses that the compiler does not show,
 * fences, misaligned addresses. */
#include <cstring>
#include <unordered_map>
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

/* ---- atomics of the block's scope ---- */

/* Which block of the kernel was the first to use that memory so. */
static std::unordered_map<const void *, uint3> first_block;

void forget_block_atomics()
{
    first_block.clear();
}

void block_atomic(const void *address, const char *name, Where where)
{
    if (!current || space_of(address) != Space::global) return;
    uint3 first = first_block.insert({ address, block.index }).first->second;
    if (!memcmp(&first, &block.index, sizeof first)) return;
    report_at("scope", where,
              "%s of %s, which block (%u,%u,%u) uses so, too: it is atomic only among threads of one block; "
              "without _block, or with thread_scope_device, it is for all",
              name, describe(address).c_str(), first.x, first.y, first.z);
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
