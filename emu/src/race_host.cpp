/* race_host.cpp - host memory that kernels touch. On this machine they can; on a GPU it is an illegal
 * address.
 *
 * Kernels may use what cudaMalloc and its like gave, registered memory, __device__ variables, constants of
 * the program's file, their own parameters, and what they have allocated themselves by malloc or new. */
#include <cstdio>
#include <cstdlib>
#include <link.h>
#include <map>
#include <set>
#include <sys/mman.h>
#include "host_memory.h"
#include "launch.h"
#include "memory.h"
#include "modules.h"
#include "race.h"

namespace emu
{

/* ---- what a kernel may touch ---- */

/* The part of a loaded file that an address lies in. */
struct Segment {
    uintptr_t begin, end;
};

static int find_segment(dl_phdr_info *info, size_t, void *argument)
{
    Segment *wanted = (Segment *)argument;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
        uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr,
                  end = begin + info->dlpi_phdr[i].p_memsz;
        if (wanted->begin < begin || wanted->begin >= end) continue;
        *wanted = { begin, end };
        return 1;
    }
    return 0;
}

static bool is_in_file(uintptr_t address)
{
    static Segment recent;
    if (address >= recent.begin && address < recent.end) return true;
    Segment segment = { address, address };
    if (!dl_iterate_phdr(find_segment, &segment)) return false;
    recent = segment;
    return true;
}

/* ---- host memory, in words ---- */

/* The stack has a name in the list of mappings; the heap and large arrays have none, or "[heap]". */
static const char *kind_of_memory(uintptr_t address)
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    bool stack = false;
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long begin, end;
        if (sscanf(line, "%lx-%lx", &begin, &end) == 2 && address >= begin && address < end)
            stack = strstr(line, "[stack]") != nullptr;
    }
    if (maps) fclose(maps);
    return stack ? "a variable on the host's stack" : "host memory, of malloc or new";
}

/* The parameter of the kernel by which it has come to the address, or nullptr. */
static const void *parameter_before(uintptr_t address)
{
    const void *base = nullptr;
    if (kernel->pointers)
        for (const void *pointer : kernel->pointers->of_host)
            if ((uintptr_t)pointer <= address && pointer > base) base = pointer;
    return base;
}

/* Once for each kernel and pointer: what else it does through it is the same mistake. */
static void tell_host(const Access &access, const std::string &what)
{
    static std::set<std::pair<std::string, const void *>> &told =
        *new std::set<std::pair<std::string, const void *>>;
    if (!told.insert({ kernel->name, parameter_before((uintptr_t)access.address) }).second) return;
    report_at(
        "host", access.pc ? source_of(access.pc) : access.where,
        "a %s of %s, which a GPU cannot reach; it needs cudaMalloc and cudaMemcpy, cudaMallocManaged or "
        "cudaHostRegister",
        access.write ? "write" : "read", what.c_str());
}

/* ---- variables of the host, whose addresses are passed to a kernel ---- */

static std::vector<const Variable *> passed; /* in this launch */

static Hooks hooks;
static void on_access(const Access &access);

/* Most kernels get no such pointer: then nobody looks at their accesses. */
static void on_kernel_begin()
{
    passed.clear();
    hooks.access = nullptr;
    if (!kernel->pointers) return;
    for (const void *pointer : kernel->pointers->of_host) {
        const Module *module = module_at(pointer);
        const Variable *variable = module ? variable_at(*module, pointer) : nullptr;
        if (variable && !variable->shared && !is_symbol(pointer)) passed.push_back(variable);
    }
    if (!passed.empty()) hooks.access = on_access;
}

static void on_access(const Access &access)
{
    const char *at = (const char *)access.address;
    for (const Variable *variable : passed)
        if (at >= variable->start && at < variable->start + variable->size) {
            tell_host(access, "the host's variable " + plain_name(*variable) +
                                  " (of a __device__ one cudaGetSymbolAddress gives the address)");
            return;
        }
}

/* A wild address is nobody's memory: the fault that follows names it. */
static bool is_there(uintptr_t address)
{
    unsigned char resident;
    return mincore((void *)(address & ~(uintptr_t)4095), 1, &resident) == 0;
}

static void on_elsewhere(const Access &access)
{
    uintptr_t address = (uintptr_t)access.address;
    if (is_in_file(address) || is_registered(access.address)) return;
    if (!is_allocated_by_kernel(address) && is_there(address)) tell_host(access, kind_of_memory(address));
}

void uses_local_of_other(const Access &access)
{
    static std::set<const void *> looked_at; /* the lines are not searched for at each access */
    if (!looked_at.insert(access.pc).second) return;
    Where where = source_of(access.pc);
    if (!where.file || is_emulators(where.file)) return;
    report_at("local", where,
              "a %s of a local variable of another thread: on a GPU each thread has its own at that address; "
              "what threads share is __shared__ or global memory",
              access.write ? "write" : "read");
}

static void on_async_issue(const AsyncCopy &copy)
{
    if (space_of(copy.from) == Space::local && copy.bytes > copy.zero_fill)
        on_elsewhere(
            { copy.from, copy.bytes - copy.zero_fill, Space::local, false, false, nullptr, copy.where });
}

void host_subscribe()
{
    hooks.kernel_begin = on_kernel_begin;
    hooks.elsewhere = on_elsewhere;
    hooks.async_issue = on_async_issue;
    subscribe(&hooks);
}

} // namespace emu
