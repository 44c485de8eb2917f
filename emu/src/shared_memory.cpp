/* shared_memory.cpp - the __shared__ variables of the kernel's module, and the dynamic array behind them.
 *
 * Every block finds all of it filled with 0xff: NaN in each floating-point format, -1 in integers. The
 * dynamic array ends at a guard page.
 */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include "fiber.h"
#include "memory.h"
#include "modules.h"
#ifdef EMU_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace emu
{

static const int POISON = 0xff;
static const size_t CAPACITY = 256 << 10, GUARD = 1 << 20;
static const size_t ALIGNMENT = 1024; /* the most a kernel may ask for: TMA's swizzled tiles */

static const Module *module;
static std::vector<const Variable *> variables; /* shared ones of the module, by address */
static char *dynamic_arena, *dynamic;
static size_t dynamic_size;

static void find_variables(const void *code)
{
    const Module *now = module_at(code);
    if (now == module) return;
    module = now;
    variables.clear();
    for (const Variable &variable : module->variables)
        if (variable.shared) variables.push_back(&variable);
    if (!module->variables.empty()) return;
    fprintf(stderr, "emu: %s has no symbol table, so its shared memory cannot be found: do not strip it\n",
            module->file.c_str());
    exit(1);
}

static void make_arena()
{
    void *memory = mmap(nullptr, CAPACITY + GUARD, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || mprotect((char *)memory + CAPACITY, GUARD, PROT_NONE)) {
        perror("emu: out of memory for shared memory");
        exit(1);
    }
    dynamic_arena = (char *)memory;
}

/* The pointers that stand for arrays declared at file scope; made before main. */
static std::vector<void **> &file_scope()
{
    static std::vector<void **> &all = *new std::vector<void **>;
    return all;
}

FileShared::FileShared(void **array)
{
    file_scope().push_back(array);
}

void shared_begin(const void *code, size_t dynamic_bytes)
{
    find_variables(code);
    if (!dynamic_arena) make_arena();
    dynamic_size = dynamic_bytes;
    dynamic = dynamic_arena + CAPACITY - (dynamic_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    for (void **array : file_scope()) *array = dynamic;
#ifdef EMU_ASAN
    __asan_poison_memory_region(dynamic_arena, CAPACITY);
    __asan_unpoison_memory_region(dynamic, dynamic_size);
#endif
}

void *dynamic_shared(Where where)
{
    if (!current) fail("host", where, "an extern __shared__ array is used by host code");
    return dynamic; /* without bytes it is the guard page: one that is not used does no harm */
}

/* ---- windows: see memory.h ----
 *
 * A window has the shared variables as far apart as they are in the program, then the dynamic array, which
 * ends at a guard page here too. */

struct Window {
    char *base;
    size_t bytes;
};
static std::vector<Window> windows; /* by slot */

static const char *static_base()
{
    return variables.empty() ? nullptr
                             : (const char *)((uintptr_t)variables.front()->start & ~(uintptr_t)4095);
}

/* How much of a window lies before the dynamic array. */
static size_t static_span()
{
    if (variables.empty()) return 0;
    size_t bytes = (size_t)(variables.back()->start + variables.back()->size - static_base());
    return (bytes + 4095) & ~(size_t)4095;
}

static Window &window_of(unsigned slot)
{
    size_t bytes = static_span() + CAPACITY + GUARD;
    if (slot >= windows.size()) windows.resize(slot + 1, Window{ nullptr, 0 });
    Window &window = windows[slot];
    if (window.bytes == bytes) return window;
    if (window.base) munmap(window.base, window.bytes);
    void *memory = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        perror("emu: out of memory for the shared memory of a cluster");
        exit(1);
    }
    return window = { (char *)memory, bytes };
}

static void protect(unsigned slot, int how)
{
    if (!mprotect(window_of(slot).base, static_span() + CAPACITY, how)) return;
    perror("emu: cannot protect the shared memory of a cluster");
    exit(1);
}

void shared_window_open(unsigned slot)
{
    protect(slot, PROT_READ | PROT_WRITE);
}

void shared_window_close(unsigned slot)
{
    protect(slot, PROT_NONE);
}

void *shared_in_window(unsigned slot, const void *own)
{
    const char *at = (const char *)own;
    bool in_arena = at >= dynamic_arena && at < dynamic_arena + CAPACITY + GUARD;
    char *base = window_of(slot).base;
    return in_arena ? base + static_span() + (at - dynamic_arena) : base + (at - static_base());
}

/* The slot in whose window the address lies, or -1. */
static int window_at(const char *at)
{
    if (kernel && kernel->clustered)
        for (size_t i = 0; i < windows.size(); i++)
            if (windows[i].base && at >= windows[i].base && at < windows[i].base + windows[i].bytes)
                return (int)i;
    return -1;
}

std::string (*describe_window)(unsigned slot);
unsigned (*slot_of_rank)(unsigned rank), (*rank_of_slot)(unsigned slot);

std::string describe_past_shared(const void *address)
{
    size_t past = (size_t)((const char *)address - dynamic_arena);
    unsigned slot;
    if (window_at((const char *)address) >= 0) {
        past = (size_t)((const char *)shared_own(address, &slot) - dynamic_arena);
        if (past < CAPACITY || past >= CAPACITY + GUARD) return describe_window(slot);
        return "byte " + std::to_string(dynamic_arena + past - dynamic) + " of " +
               std::to_string(dynamic_size) + " bytes of another block's dynamic shared memory";
    }
    if (!dynamic_arena || past < CAPACITY || past >= CAPACITY + GUARD) return "";
    if (!dynamic_size)
        return "an extern __shared__ array, but the launch at " + source_line(kernel->launch) +
               " gives no bytes for it";
    return "byte " + std::to_string((const char *)address - dynamic) + " of " + std::to_string(dynamic_size) +
           " bytes of dynamic shared memory";
}

#ifdef EMU_ASAN /* which watches what is outside */
static size_t slack()
{
    return 0;
}
#else
/* The bytes between the dynamic array's end and the guard page. */
static size_t slack()
{
    return (size_t)(dynamic_arena + CAPACITY - dynamic) - dynamic_size;
}
#endif

#ifdef EMU_ASAN
/* To clang's AddressSanitizer a red zone is a part of its variable: that is filled
 * too, which memset refuses. */
__attribute__((no_sanitize("address"))) static void fill(char *start, size_t size)
{
    for (volatile char *at = start; at < start + size; at++) *at = (char)POISON;
}
#else
static void fill(char *start, size_t size)
{
    memset(start, POISON, size);
}
#endif

void shared_poison()
{
    for (const Variable *variable : variables) fill(variable->start, variable->size);
    memset(dynamic, POISON, dynamic_size + slack());
}

/* Several blocks of a grid are resident, but each variable has one address: what it holds changes places. */
void shared_save(std::vector<char> &saved)
{
    saved.clear();
    if (kernel->clustered) {
        for (const Variable *variable : variables)
            memcpy(shared_in_window(block.slot, variable->start), variable->start, variable->size);
        memcpy(shared_in_window(block.slot, dynamic), dynamic, dynamic_size + slack());
        return;
    }
    for (const Variable *variable : variables)
        saved.insert(saved.end(), variable->start, variable->start + variable->size);
    saved.insert(saved.end(), dynamic, dynamic + dynamic_size + slack());
}

void shared_restore(const std::vector<char> &saved)
{
    if (kernel->clustered) {
        for (const Variable *variable : variables)
            memcpy(variable->start, shared_in_window(block.slot, variable->start), variable->size);
        memcpy(dynamic, shared_in_window(block.slot, dynamic), dynamic_size + slack());
        return;
    }
    const char *from = saved.data();
    for (const Variable *variable : variables) {
        memcpy(variable->start, from, variable->size);
        from += variable->size;
    }
    memcpy(dynamic, from, dynamic_size + slack());
}

void shared_check()
{
    const unsigned char *end = (const unsigned char *)dynamic + dynamic_size;
    for (size_t i = 0; i < slack(); i++)
        if (end[i] != POISON)
            fail("bounds", { nullptr, 0 },
                 "a thread of this block has written byte %zu of %zu bytes of dynamic shared memory",
                 dynamic_size + i, dynamic_size);
}

/* ---- places ---- */

static const Variable *shared_at(const char *address)
{
    auto after = std::upper_bound(variables.begin(), variables.end(), address,
                                  [](const char *a, const Variable *v) { return a < v->start; });
    if (after == variables.begin()) return nullptr;
    const Variable *variable = *(after - 1);
    return address < variable->start + variable->size ? variable : nullptr;
}

/* ---- the window: addresses of 32 bits that inline PTX has of shared memory. They are the same in
 * every run, and as aligned as the pointers. Those of another block of the cluster have its rank and 1 in
 * their high bits. ---- */

static const uint64_t WINDOW_OF_DYNAMIC = 0x01000000, WINDOW_OF_STATIC = 0x02000000;
static const unsigned RANK = 27; /* the lowest bit of it */
static const uint64_t WINDOW_END = 1ull << RANK;

uint64_t shared_window(const void *address, Where where)
{
    const char *at = (const char *)address;
    if (window_at(at) >= 0) {
        unsigned slot;
        uint64_t own = shared_window(shared_own(address, &slot), where);
        return (rank_of_slot(slot) + 1ull) << RANK | own;
    }
    if (dynamic_arena && at >= dynamic_arena && at < dynamic_arena + CAPACITY + GUARD)
        return WINDOW_OF_DYNAMIC + (uint64_t)(at - dynamic_arena);
    if (static_base() && at >= variables.front()->start &&
        at <= variables.back()->start + variables.back()->size)
        return WINDOW_OF_STATIC + (uint64_t)(at - static_base());
    fail("ptx", where, "an address that is not in shared memory is converted to one of shared memory (%s)",
         describe(address).c_str());
}

static void *of_other_block(uint64_t address, Where where)
{
    unsigned rank = (unsigned)(address >> RANK) - 1, slot = slot_of_rank(rank);
    void *own = from_shared_window(address & (WINDOW_END - 1), where);
    if (slot == ~0u)
        fail("ptx", where, "0x%llx is no address of the cluster's shared memory: no block of it has rank %u",
             (unsigned long long)address, rank);
    return slot == block.slot ? own : shared_in_window(slot, own);
}

void *from_shared_window(uint64_t address, Where where)
{
    if (address >= WINDOW_END && address < 1ull << 32) return of_other_block(address, where);
    if (address >= WINDOW_OF_DYNAMIC && address < WINDOW_OF_DYNAMIC + CAPACITY + GUARD && dynamic_arena)
        return dynamic_arena + (address - WINDOW_OF_DYNAMIC);
    if (address >= WINDOW_OF_STATIC && address < WINDOW_END && static_base())
        return (char *)static_base() + (address - WINDOW_OF_STATIC);
    fail("ptx", where,
         "0x%llx is no address of shared memory; a pointer becomes one by __cvta_generic_to_shared or "
         "cvta.to.shared",
         (unsigned long long)address);
}

/* threadIdx and its like are variables only here */
extern "C" char __start_emu_builtins[], __stop_emu_builtins[];

static bool is_builtin(const char *address)
{
    return address >= __start_emu_builtins && address < __stop_emu_builtins;
}

std::vector<Piece> shared_other_variables()
{
    std::vector<Piece> all;
    for (const Variable &v : module->variables) {
        bool writable = v.start >= module->low && v.start + v.size <= module->high;
        bool own = is_builtin(v.start) || v.symbol.find("3emu") != std::string::npos;
        if (writable && !own && !v.shared) all.push_back({ v.start, v.size });
    }
    return all;
}

Space space_of(const void *address)
{
    const char *at = (const char *)address;
    if (stack_at(at) != Stack::none) return Space::local;
    if (in_device_arena(at)) return Space::global;
    if (at >= dynamic && at < dynamic + dynamic_size) return Space::shared;
    if (!module || at < module->low || at >= module->high || is_builtin(at))
        return window_at(at) < 0 ? Space::local : Space::shared;
    return shared_at(at) ? Space::shared : Space::global;
}

const void *shared_own(const void *address, unsigned *slot)
{
    const char *at = (const char *)address;
    int window = window_at(at);
    if (window < 0) return space_of(address) == Space::shared ? address : nullptr;
    *slot = (unsigned)window;
    size_t offset = (size_t)(at - windows[(size_t)window].base), span = static_span();
    return offset < span ? static_base() + offset : dynamic_arena + (offset - span);
}

Location location_of(const void *address)
{
    unsigned slot;
    const char *at =
        (const char *)(window_at((const char *)address) < 0 ? address : shared_own(address, &slot));
    Space space = space_of(at);
    if (space == Space::shared && at >= dynamic && at < dynamic + dynamic_size)
        return { space, "dynamic shared memory", dynamic, (size_t)(at - dynamic), dynamic_size };
    if (space == Space::global && in_device_arena(at)) return device_location(at);
    if (space != Space::local)
        if (const Variable *variable = variable_at(*module, at))
            return { space, plain_name(*variable), variable->start, (size_t)(at - variable->start),
                     variable->size };
    return { space, space == Space::local ? "memory of the thread or the host" : "unnamed memory", at, 0, 0 };
}

std::string describe(const void *address)
{
    unsigned slot;
    if (window_at((const char *)address) >= 0)
        return describe(shared_own(address, &slot)) + " of another block";
    Location location = location_of(address);
    if (location.space == Space::local) return location.name;
    if (location.space == Space::global && in_device_arena(address)) return describe_device(address);
    return "byte " + std::to_string(location.offset) + " of " +
           (location.space == Space::shared ? "shared " : "") + location.name;
}

} // namespace emu
