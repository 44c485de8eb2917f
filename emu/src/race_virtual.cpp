/* race_virtual.cpp - kernels that call a virtual function of an object which the host has made. On a GPU the
 * object's table of functions is the host's: the call goes nowhere. Here it would arrive. */
#include <algorithm>
#include <set>
#include "memory.h"
#include "modules.h"
#include "race.h"

namespace emu
{

/* ---- tables of virtual functions ---- */

static std::vector<Variable> find_tables()
{
    std::vector<Variable> tables;
    if (const Module *module = module_at(&race_now))
        for (const Variable &v : module->variables)
            if (v.symbol.compare(0, 4, "_ZTV") == 0) tables.push_back(v);
    return tables; /* sorted, as the module's are */
}

/* The one that the word points into, or nullptr. */
static const Variable *table_at(const char *word)
{
    static const std::vector<Variable> tables = find_tables();
    if (tables.empty() || word < tables.front().start || word >= tables.back().start + tables.back().size)
        return nullptr;
    for (const Variable &v : tables)
        if (word >= v.start && word < v.start + v.size) return &v;
    return nullptr;
}

/* ---- objects ---- */

static std::set<const char *> of_host; /* where in device memory such objects have their tables' addresses */
static Hooks hooks;

static void forget(const char *start, size_t bytes)
{
    of_host.erase(of_host.lower_bound(start), of_host.lower_bound(start + bytes));
}

static void on_host_copy(const void *to, const void *from, size_t bytes, const char *, Where)
{
    const char *start = (const char *)to;
    if (!in_device_arena(to)) return;
    forget(start, bytes);
    if (in_device_arena(from)) return;
    for (size_t at = -(uintptr_t)to % sizeof(void *); at + sizeof(void *) <= bytes; at += sizeof(void *)) {
        const char *word;
        memcpy(&word, (const char *)from + at, sizeof word);
        if (table_at(word)) of_host.insert(start + at);
    }
}

static void on_host_set(const void *address, size_t bytes)
{
    forget((const char *)address, bytes);
}

static void on_access(const Access &access)
{
    const char *at = (const char *)access.address;
    if (!of_host.count(at)) return;
    if (access.write) return forget(at, access.size);
    const char *word;
    memcpy(&word, at, sizeof word);
    const Variable *table = access.size == sizeof word ? table_at(word) : nullptr;
    if (!table) return;
    std::string name = plain_name(*table);
    name = name.substr(name.rfind(' ') + 1);
    report_at(
        "virtual", access.pc ? source_of(access.pc) : access.where,
        "a virtual function of an object of class %s that the host has made: its table of functions is "
        "the host's, which a GPU cannot reach; a kernel must make such objects (new, or new(address) in "
        "memory of cudaMalloc)",
        name.c_str());
}

static void on_kernel_begin()
{
    hooks.access = of_host.empty() ? nullptr : on_access;
}

void object_made(const void *address)
{
    if (!in_device_arena(address)) return;
    if (current)
        of_host.erase((const char *)address);
    else
        of_host.insert((const char *)address);
}

void virtual_subscribe()
{
    hooks.kernel_begin = on_kernel_begin;
    hooks.host_copy = on_host_copy;
    hooks.host_set = on_host_set;
    subscribe(&hooks);
}

} // namespace emu
