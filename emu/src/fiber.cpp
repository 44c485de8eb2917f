/* fiber.cpp - all stacks lie in one reservation, each above guard pages; only pages
 * that are used cost memory. */
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include "fiber.h"
#include "fiber_pass.h"
#include "fiber_switch.h"
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) (void)0
#endif
#ifdef EMU_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace emu
{

#ifdef EMU_ASAN
static const size_t STACK = 1536 << 10; /* redzones around every local variable */
#else
static const size_t STACK =
    768 << 10; /* the 512 KB of local memory that a GPU gives, and what hosts add to it */
#endif
/* A frame may reach below its stack in one step, so the guard is larger than any legal frame. */
static const size_t GUARD = 1 << 20, SLOT = GUARD + STACK, MOST = FIBERS;

struct Fiber {
    Context context;
    char *stack;
};

static Fiber fibers[MOST];
static std::vector<Fiber *> idle;
static size_t made;
/* the stacks, a thousand at a time: a process may have a limit on its address space */
static const size_t CHUNK = 1024, CHUNKS = (MOST + CHUNK - 1) / CHUNK;
static char *arena[CHUNKS];
static Context scheduler;
static void (*what_fibers_do)();

#ifdef EMU_ASAN
static const void *scheduler_stack;
static size_t scheduler_size;

static void announce(void **fake, const void *bottom, size_t size)
{
    __sanitizer_start_switch_fiber(fake, bottom, size);
}
static void arrived(void *fake, const void **bottom, size_t *size)
{
    __sanitizer_finish_switch_fiber(fake, bottom, size);
}
#endif

static void begin()
{
#ifdef EMU_ASAN
    arrived(nullptr, &scheduler_stack, &scheduler_size);
#endif
    what_fibers_do();
}

static char *make_arena()
{
    void *memory = mmap(nullptr, CHUNK * SLOT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        perror("emu: no address space for the threads' stacks");
        exit(1);
    }
    return (char *)memory;
}

static void reset(Fiber *fiber)
{
    /* Threads do the same thing at the same depth: staggered tops keep them out of
     * each other's cache sets. */
    size_t stagger = (size_t)(fiber - fibers) * 320 % 8192;
    context_make(&fiber->context, fiber->stack, STACK - stagger, begin);
}

Fiber *fiber_take(void (*loop)())
{
    what_fibers_do = loop;
    if (idle.empty()) {
        char *&chunk = arena[made / CHUNK];
        if (!chunk) chunk = make_arena();
        Fiber *fiber = &fibers[made];
        char *slot = chunk + SLOT * (made++ % CHUNK);
        if (mprotect(slot + GUARD, STACK, PROT_READ | PROT_WRITE)) {
            perror("emu: out of memory for a thread's stack");
            exit(1);
        }
        fiber->stack = slot + GUARD;
        VALGRIND_STACK_REGISTER(fiber->stack, fiber->stack + STACK);
        reset(fiber);
        idle.push_back(fiber);
    }
    Fiber *fiber = idle.back();
    idle.pop_back();
    return fiber;
}

void fiber_reserve()
{
    idle.reserve(MOST);
}

void fiber_give(Fiber *fiber)
{
    idle.push_back(fiber);
}

void fiber_resume(Fiber *fiber)
{
#ifdef EMU_ASAN
    void *fake;
    announce(&fake, fiber->stack, STACK);
    context_switch(&scheduler, &fiber->context);
    arrived(fake, nullptr, nullptr);
#else
    context_switch(&scheduler, &fiber->context);
#endif
}

void fiber_leave(Fiber *fiber)
{
#ifdef EMU_ASAN
    void *fake;
    announce(&fake, scheduler_stack, scheduler_size);
    context_switch(&fiber->context, &scheduler);
    arrived(fake, &scheduler_stack, &scheduler_size);
#else
    context_switch(&fiber->context, &scheduler);
#endif
}

#ifdef EMU_FIBER_PASS
void fiber_pass(Fiber *from, Fiber *to, const Fiber *soon)
{
#ifndef EMU_UCONTEXT
    if (soon)
        for (int line = 0; line < 4; line++) __builtin_prefetch((const char *)soon->context.sp + line * 64);
#else
    (void)soon;
#endif
    context_switch(&from->context, &to->context);
}
#endif

void fiber_forget_all()
{
    idle.clear();
    for (size_t i = made; i-- > 0;) {
#ifdef EMU_ASAN
        __asan_unpoison_memory_region(fibers[i].stack, STACK);
#endif
        reset(&fibers[i]);
        idle.push_back(&fibers[i]);
    }
}

/* The slot of a stack, its guard first, in which the address lies; nullptr: in none. */
static char *slot_of(const void *address)
{
    for (char *chunk : arena) {
        size_t offset = (size_t)((const char *)address - chunk);
        if (chunk && offset < CHUNK * SLOT) return chunk + offset / SLOT * SLOT;
    }
    return nullptr;
}

Stack stack_at(const void *address)
{
    char *slot = slot_of(address);
    if (!slot) return Stack::none;
    return (const char *)address < slot + GUARD ? Stack::overflow : Stack::fiber;
}

void *stack_top(const void *address)
{
    char *slot = slot_of(address);
    return slot ? slot + SLOT : nullptr;
}

} // namespace emu
