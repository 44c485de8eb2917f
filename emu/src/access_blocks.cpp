/* access_blocks.cpp - how many lanes of a warp are active, and what they compute: see access_explain.h.
 *
 * A program that is built with -fsanitize-coverage=trace-pc calls at the begin of each basic block (code
 * without a branch into it or out of it). As with accesses, the k-th time that a lane enters a block
 * belongs to the k-th time that the other lanes do, between two points where the warp meets. Where all
 * lanes of a warp take one way, 32 enter each block; where they part, fewer do.
 *
 * Operations are counted in the machine code: what a block holds, by objdump, times how often it was
 * entered. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <unordered_map>
#include "access_explain.h"
#include "fiber.h"
#include "modules.h"

namespace emu
{

namespace
{
struct Entered {
    const void *pc; /* the instruction after the call at its begin */
    Lanes lanes;
    struct Warp {
        std::vector<uint32_t> open; /* lanes of each round, since the warp last met */
        unsigned executed[32];
    };
    Warp warp[32];
};
} // namespace

static std::unordered_map<const void *, Entered> entered; /* of the kernel that runs */
static std::vector<Entered *> open_blocks[32];            /* by warp: those with open rounds */
static bool counting;                                     /* a kernel runs, and is to be explained */
static bool seen;

/* of all kernels; never destroyed, as what is registered with atexit reads it */
typedef std::map<std::pair<unsigned, const void *>, Lanes> Totals;
static Totals &totals = *new Totals;

static Entered &block_at(const void *pc)
{
    static struct {
        const void *pc;
        Entered *entry;
    } recent[256];
    auto &r = recent[(uintptr_t)pc / 4 % 256];
    if (r.pc != pc || entered.empty()) {
        Entered &fresh = entered[pc];
        fresh.pc = pc;
        r = { pc, &fresh };
    }
    return *r.entry;
}

static void enter(const void *pc)
{
    if (!counting || !is_kernels()) return;
    seen = true;
    unsigned warp = (unsigned)current->warp, lane = (unsigned)current->lane;
    Entered &here = block_at(pc);
    Entered::Warp &w = here.warp[warp];
    unsigned round = w.executed[lane]++;
    if (w.open.empty()) open_blocks[warp].push_back(&here);
    if (w.open.size() <= round) w.open.resize(round + 1);
    w.open[round] |= 1u << lane;
}

void blocks_kernel_begin()
{
    counting = true;
}

void blocks_meet(unsigned warp)
{
    for (Entered *b : open_blocks[warp]) {
        Entered::Warp &w = b->warp[warp];
        b->lanes.warps += w.open.size();
        for (uint32_t lanes : w.open) b->lanes.threads += (unsigned)__builtin_popcount(lanes);
        w.open.clear();
        std::fill(std::begin(w.executed), std::end(w.executed), 0u);
    }
    open_blocks[warp].clear();
}

/* The blocks stay, with nothing counted, for the next kernel: most programs launch one again and again. */
void blocks_kernel_end(unsigned number)
{
    counting = false;
    for (auto &b : entered) {
        Lanes &all = totals[{ number, b.first }], &now = b.second.lanes;
        all.warps += now.warps;
        all.threads += now.threads;
        now = { 0, 0 };
    }
}

bool blocks_were_seen()
{
    return seen;
}

static std::vector<const void *> all_blocks()
{
    std::vector<const void *> pcs;
    for (const auto &t : totals) pcs.push_back(t.first.second);
    return pcs;
}

/* Code of the emulator's own headers that no line of the user's calls is none of the kernel's: left out. */
void each_line_of_lanes(const std::function<void(unsigned number, Where where, const Lanes &lanes)> &visit)
{
    std::map<std::pair<unsigned, std::pair<std::string, int>>, Lanes> lines;
    find_sources(all_blocks());
    for (const auto &t : totals) {
        Where where = source_of(t.first.second);
        if (!where.file || is_emulators(where.file) || !t.second.warps) continue;
        Lanes &sum = lines[{ t.first.first, { where.file, where.line } }];
        sum.warps += t.second.warps;
        sum.threads += t.second.threads;
    }
    for (const auto &l : lines)
        visit(l.first.first, { l.first.second.first.c_str(), l.first.second.second }, l.second);
}

/* ---- operations ---- */

static bool begins(const std::string &text, const char *words)
{
    return text.compare(0, strlen(words), words) == 0;
}

#if defined(__x86_64__)
/* What one instruction of x86-64 adds: "addss", "vmulpd", "vfmadd213ss", or a call of fmaf. */
static Operations operations_of(const std::string &instruction)
{
    static const char *const arithmetic[] = { "add", "sub", "mul", "div", "sqrt" };
    Operations none = { 0, 0 };
    std::string word = instruction.substr(0, instruction.find(' '));
    if (begins(word, "call")) {
        bool of_float = instruction.find("<fmaf@") != std::string::npos ||
                        instruction.find("<fmaf>") != std::string::npos;
        bool of_double =
            instruction.find("<fma@") != std::string::npos || instruction.find("<fma>") != std::string::npos;
        return { of_float ? 2. : 0., of_double ? 2. : 0. };
    }
    size_t n = word.size();
    if (n < 5) return none;
    std::string kind = word.substr(n - 2);
    if (word[0] == 'v') word.erase(0, 1);
    bool wide = instruction.find("ymm") != std::string::npos;
    double lanes = kind == "ss" || kind == "sd" ? 1 : kind == "ps" ? 4 : kind == "pd" ? 2 : 0;
    if (wide) lanes *= 2;
    double each = 0;
    for (const char *name : arithmetic)
        if (word == name + kind) each = 1;
    for (const char *name : { "fmadd", "fmsub", "fnmadd", "fnmsub" })
        if (begins(word, name)) each = 2;
    return kind[1] == 's' ? Operations{ lanes * each, 0 } : Operations{ 0, lanes * each };
}

/* "  4011a2:<tab>mulss  %xmm1,%xmm0" of objdump: the address, and the instruction; false for other lines. */
static bool take_instruction(const char *line, uintptr_t *address, std::string *instruction)
{
    char *end;
    *address = strtoull(line, &end, 16);
    if (*line != ' ' || *end != ':') return false;
    const char *text = end + 1 + strspn(end + 1, " \t");
    *instruction = std::string(text, strcspn(text, "\n"));
    return !instruction->empty();
}

/* Adds the operations of each block to those of the kernels. */
static void read_code(FILE *code, uintptr_t bias, std::map<uintptr_t, Operations> &held)
{
    char line[1024];
    uintptr_t address, in = 0; /* the block */
    std::string instruction;
    bool begin = false; /* of a block: the next instruction is its name */
    while (fgets(line, sizeof line, code)) {
        if (!take_instruction(line, &address, &instruction)) {
            if (*line != ' ' && strchr(line, '<')) in = 0; /* another function */
            continue;
        }
        if (begin) in = address + bias;
        begin =
            begins(instruction, "call") && instruction.find("__sanitizer_cov_trace_pc") != std::string::npos;
        Operations now = operations_of(instruction);
        if (!in || (now.of_float == 0 && now.of_double == 0)) continue;
        held[in].of_float += now.of_float;
        held[in].of_double += now.of_double;
    }
}

/* The functions of one module that these blocks are in. */
static bool disassemble(const Module &module, const std::vector<const void *> &pcs,
                        std::map<uintptr_t, Operations> &held)
{
    uintptr_t low = ~(uintptr_t)0, high = 0;
    for (const void *pc : pcs) {
        auto next = module.functions.upper_bound((uintptr_t)pc);
        if (next == module.functions.begin()) continue;
        auto function = std::prev(next);
        low = std::min(low, function->first);
        high = std::max(high, function->first + function->second.size);
    }
    if (low >= high) return false;
    char *path = realpath(module.file.c_str(), nullptr), range[100];
    std::string command = "objdump -d --no-show-raw-insn";
    snprintf(range, sizeof range, " --start-address=%#zx --stop-address=%#zx '", (size_t)(low - module.bias),
             (size_t)(high - module.bias));
    command += range + std::string(path ? path : module.file) + "' 2>/dev/null";
    free(path);
    FILE *pipe = popen(command.c_str(), "r");
    if (!pipe) return false;
    read_code(pipe, module.bias, held);
    return pclose(pipe) == 0;
}

bool count_operations(std::vector<Operations> &of_kernel)
{
    std::map<const Module *, std::vector<const void *>> in;
    for (const void *pc : all_blocks())
        if (const Module *module = module_at(pc)) in[module].push_back(pc);
    std::map<uintptr_t, Operations> held;
    for (const auto &m : in)
        if (!disassemble(*m.first, m.second, held)) return false;
    for (const auto &t : totals) {
        auto found = held.find((uintptr_t)t.first.second);
        if (found == held.end()) continue;
        Operations &sum = of_kernel[t.first.first];
        sum.of_float += found->second.of_float * (double)t.second.threads;
        sum.of_double += found->second.of_double * (double)t.second.threads;
    }
    return true;
}
#else
bool count_operations(std::vector<Operations> &)
{
    return false;
}
#endif

} // namespace emu

extern "C" void __sanitizer_cov_trace_pc()
{
    emu::enter(__builtin_return_address(0));
}
