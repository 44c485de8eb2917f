/* modules.cpp - reads the ELF symbol table of each file that kernels are launched from, once. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <elf.h>
#include <fstream>
#include <link.h>
#include <list>
#include <unordered_map>
#include "emu_internal.h"
#include "modules.h"

namespace emu
{

/* ---- finding the file ---- */

struct Search {
    uintptr_t address;
    Module *found; /* file, bias, low and high are filled in */
};

static int visit(dl_phdr_info *info, size_t, void *argument)
{
    Search *search = (Search *)argument;
    bool here = false;
    uintptr_t low = UINTPTR_MAX, high = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) &header = info->dlpi_phdr[i];
        if (header.p_type != PT_LOAD) continue;
        uintptr_t begin = info->dlpi_addr + header.p_vaddr, end = begin + header.p_memsz;
        if (search->address >= begin && search->address < end) here = true;
        if (!(header.p_flags & PF_W)) continue;
        low = std::min(low, begin);
        high = std::max(high, end);
    }
    if (!here) return 0;
    search->found->file = *info->dlpi_name ? info->dlpi_name : "/proc/self/exe";
    search->found->bias = info->dlpi_addr;
    search->found->low = (char *)low;
    search->found->high = (char *)std::max(low, high);
    return 1;
}

/* ---- reading its symbols ---- */

/* True for a variable whose name ends in the ABI tag that __shared__ gives; not for the guard that gcc
 * gives to one of a class. */
static bool is_shared(const std::string &symbol)
{
    return symbol.compare(0, 2, "_Z") == 0 && symbol.compare(0, 4, "_ZGV") != 0 &&
           symbol.find("B6shared") != std::string::npos;
}

bool is_guard(const void *address)
{
    static std::unordered_map<const void *, bool> &known = *new std::unordered_map<const void *, bool>;
    auto [found, fresh] = known.insert({ address, false });
    if (fresh)
        if (const Module *module = module_at(address))
            if (const Variable *variable = variable_at(*module, address))
                found->second = variable->symbol.compare(0, 4, "_ZGV") == 0;
    return found->second;
}

/* bytes of the file at offset, as count items of type T; empty if the file is too short */
template <class T> static std::vector<T> read_items(std::ifstream &file, size_t offset, size_t count)
{
    std::vector<T> items(count);
    file.seekg((std::streamoff)offset);
    if (!file.read((char *)items.data(), (std::streamsize)(count * sizeof(T)))) items.clear();
    return items;
}

typedef ElfW(Sym) Symbol;
typedef ElfW(Shdr) Section;

static void take_symbol(Module &module, const Symbol &symbol, const char *name)
{
    uintptr_t start = module.bias + symbol.st_value;
    if ((symbol.st_info & 15) == STT_OBJECT)
        module.variables.push_back({ (char *)start, symbol.st_size, name, is_shared(name) });
    else if ((symbol.st_info & 15) == STT_FUNC)
        module.functions.emplace(start, FunctionSymbol{ name, symbol.st_size });
}

static void read_symbols(Module &module)
{
    std::ifstream file(module.file, std::ios::binary);
    auto header = read_items<ElfW(Ehdr)>(file, 0, 1);
    if (header.empty()) return;
    auto sections = read_items<Section>(file, header[0].e_shoff, header[0].e_shnum);
    for (const Section &section : sections) {
        if (section.sh_type != SHT_SYMTAB || section.sh_link >= sections.size()) continue;
        const Section &strings = sections[section.sh_link];
        auto names = read_items<char>(file, strings.sh_offset, strings.sh_size);
        names.push_back(0);
        for (const Symbol &symbol :
             read_items<Symbol>(file, section.sh_offset, section.sh_size / sizeof(Symbol)))
            if (symbol.st_shndx != SHN_UNDEF && symbol.st_size && symbol.st_name < names.size())
                take_symbol(module, symbol, &names[symbol.st_name]);
    }
    std::sort(module.variables.begin(), module.variables.end(),
              [](const Variable &x, const Variable &y) { return x.start < y.start; });
}

const Module *module_at(const void *address)
{
    static std::list<Module> &modules = *new std::list<Module>;
    Module fresh;
    Search search = { (uintptr_t)address, &fresh };
    if (!dl_iterate_phdr(visit, &search)) return nullptr;
    for (const Module &module : modules)
        if (module.bias == fresh.bias && module.file == fresh.file) return &module;
    read_symbols(fresh);
    modules.push_back(fresh);
    return &modules.back();
}

const Variable *variable_at(const Module &module, const void *address)
{
    const char *at = (const char *)address;
    for (const Variable &variable : module.variables)
        if (at >= variable.start && at < variable.start + variable.size) return &variable;
    return nullptr;
}

/* ---- names for people ---- */

static std::string demangled(const std::string &symbol)
{
    int status;
    char *text = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
    std::string name = status == 0 ? text : symbol;
    free(text);
    return name;
}

std::string plain_name(const Variable &variable)
{
    std::string name = demangled(variable.symbol);
    name = name.substr(0, name.rfind("[abi:"));
    size_t scope = name.rfind("::");
    return scope == std::string::npos ? name : name.substr(scope + 2);
}

static void replace_all(std::string &text, const std::string &from, const std::string &to)
{
    for (size_t at; (at = text.find(from)) != std::string::npos;) text.replace(at, from.size(), to);
}

/* "void gemm<16, float>(float*, int)" without "void " and the parameters */
static std::string without_types(std::string name)
{
    size_t end = name.size();
    int depth = 0;
    if (name.empty() || name.back() != ')') return name;
    do {
        end--;
        depth += name[end] == ')' ? 1 : name[end] == '(' ? -1 : 0;
    } while (depth > 0 && end > 0);
    name.erase(end);
    if (name.compare(0, 5, "void ") == 0) name.erase(0, 5);
    return name;
}

std::string function_name(const void *function)
{
    const Module *module = module_at(function);
    if (!module) return "";
    auto found = module->functions.find((uintptr_t)function);
    if (found == module->functions.end()) return "";
    std::string name = without_types(demangled(found->second.symbol));
    replace_all(name, "emu::MiniFloat<emu::HalfFormat>", "__half");
    replace_all(name, "emu::MiniFloat<emu::Bfloat16Format>", "__nv_bfloat16");
    replace_all(name, "(anonymous namespace)::", "");
    return name;
}

/* ---- static variables of functions ---- */

const Variable *variable_of(const void *function, const char *variable)
{
    const Module *module = module_at(function);
    if (!module) return nullptr;
    auto found = module->functions.find((uintptr_t)function);
    if (found == module->functions.end() || found->second.symbol.compare(0, 2, "_Z")) return nullptr;
    std::string symbol =
        "_ZZ" + found->second.symbol.substr(2) + "E" + std::to_string(strlen(variable)) + variable;
    for (const Variable &v : module->variables)
        if (v.symbol == symbol) return &v;
    return nullptr;
}

/* "gemm" of "n::gemm<16>" */
static std::string base_name(const std::string &name)
{
    std::string base = name.substr(0, name.find('<'));
    size_t scope = base.rfind("::");
    return scope == std::string::npos ? base : base.substr(scope + 2);
}

const Variable *variable_in(const void *address, const std::string &function, const char *variable)
{
    const Module *module = module_at(address);
    std::string end = "E" + std::to_string(strlen(variable)) + variable, tail = std::string("::") + variable;
    if (!module) return nullptr;
    for (const Variable &v : module->variables) {
        if (v.symbol.find(end) == std::string::npos) continue;
        std::string name = demangled(v.symbol);
        size_t at = name.rfind(tail);
        if (at == std::string::npos) continue;
        if (base_name(without_types(name.substr(0, at))) == base_name(function)) return &v;
    }
    return nullptr;
}

} // namespace emu
