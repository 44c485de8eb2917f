/* shared_bytes.cpp - the bytes of the __shared__ variables that a kernel has: its own and those of the
 * __device__ functions that it calls, which count against the same 48 KB.
 *
 * A program's file does not say who calls whom, but its machine code does: from the kernel on, this follows
 * calls of functions of the same file and collects the variables whose addresses the code forms. It reads
 * x86-64 only; on other processors the kernel's own variables count. */
#include <set>
#include <vector>
#include "emu_internal.h"
#include "modules.h"
#include "x86.h"

namespace emu
{

/* A variable x of function f is _ZZ<f>E1x, where f is _Z<f>; a function in extern "C" is just its name. */
static std::string prefix_of_locals(const std::string &function)
{
    bool mangled = function.compare(0, 2, "_Z") == 0;
    return "_ZZ" + (mangled ? function.substr(2) : std::to_string(function.size()) + function) + "E";
}

typedef std::set<const Variable *> Variables;

static void add_own(const Module &module, const std::string &function, Variables &to)
{
    std::string prefix = prefix_of_locals(function);
    for (const Variable &variable : module.variables)
        if (variable.shared && variable.symbol.compare(0, prefix.size(), prefix) == 0) to.insert(&variable);
}

#if defined(__x86_64__) && !defined(EMU_ASAN)
/* The __shared__ variable of some function that the address lies in, or nullptr. */
static const Variable *local_shared_at(const std::vector<const Variable *> &shared, const char *address)
{
    for (const Variable *variable : shared)
        if (address >= variable->start && address < variable->start + variable->size) return variable;
    return nullptr;
}

static int32_t number_at(const unsigned char *code)
{
    int32_t number;
    memcpy(&number, code, sizeof number);
    return number;
}

/* The variables that a function's code refers to, and the functions that it calls. */
static void read_code(const Module &module, const std::vector<const Variable *> &shared, uintptr_t start,
                      size_t size, Variables &variables, std::vector<uintptr_t> &calls)
{
    const unsigned char *code = (const unsigned char *)start, *const end = code + size;
    auto refers_to = [&](const char *address) {
        if (const Variable *found = local_shared_at(shared, address)) variables.insert(found);
    };
    while (code < end) {
        const Instruction86 is = x86_read(code, (size_t)(end - code));
        const char *target = (const char *)code + is.length;
        if (is.relative) target += number_at(code + is.relative);
        if (is.jumps)
            calls.push_back((uintptr_t)target);
        else if (is.relative)
            refers_to(target);
        if (!module.bias) /* the program is where it was linked for: addresses are numbers */
            for (size_t at : { is.displacement, is.constant })
                if (at) refers_to((const char *)(uintptr_t)(uint32_t)number_at(code + at));
        code += is.length ? is.length : 1;
    }
}

static void add_called(const Module &module, uintptr_t kernel_code, Variables &to)
{
    std::vector<const Variable *> shared;
    for (const Variable &variable : module.variables)
        if (variable.shared && variable.symbol.compare(0, 3, "_ZZ") == 0) shared.push_back(&variable);
    if (shared.size() <= to.size()) return; /* all of them are the kernel's own */
    std::set<uintptr_t> seen;
    std::vector<uintptr_t> next = { kernel_code };
    while (!next.empty()) {
        uintptr_t start = next.back();
        next.pop_back();
        auto function = module.functions.find(start);
        if (function == module.functions.end() || !seen.insert(start).second) continue;
        bool ours =
            function->second.symbol.compare(0, 7, "_ZN3emu") == 0; /* of the emulator: calls no kernel code */
        if (!ours || start == kernel_code) read_code(module, shared, start, function->second.size, to, next);
    }
}
#else /* AddressSanitizer reads and writes variables by calls of its own */
static void add_called(const Module &, uintptr_t, Variables &)
{
}
#endif

size_t static_shared_bytes(const void *function)
{
    const Module *module = module_at(function);
    if (!module) return 0;
    auto found = module->functions.find((uintptr_t)function);
    if (found == module->functions.end()) return 0;
    Variables variables;
    add_own(*module, found->second.symbol, variables);
    add_called(*module, (uintptr_t)function, variables);
    size_t bytes = 0;
    for (const Variable *variable : variables) bytes += variable->size;
    return bytes;
}

} // namespace emu
