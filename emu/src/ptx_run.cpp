/* ptx_run.cpp - runs a statement of inline PTX for the current thread. */
#include <unordered_map>
#include "core_copy.h"
#include "emu/ptx.h"
#include "emu_internal.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

/* never destroyed: what it holds is for the life of the process, and no leak */
static auto &known = *new std::unordered_map<const char *, const Code *>;

/* By the text's address; a module that is loaded where another was has another text there. */
static const Code &code_of(const char *text, int operands, Where where)
{
    auto found = known.find(text);
    if (found != known.end() && found->second->text == text) return *found->second;
    OwnHeap own;
    return *(known[text] = parse(text, operands, where));
}

static void write_back(const Operand &operand, uint64_t bits, Where where)
{
    if (!operand.to) return;
    mark_access(operand.to, operand.size, true, false, where);
    memcpy(operand.to, &bits, operand.size);
}

void run(const char *text, std::initializer_list<Operand> operands, Where where)
{
    if (!current) fail("host", where, "inline PTX is run by host code");
    const Code &code = code_of(text, (int)operands.size(), where);
    uint64_t few[64] = {};
    std::vector<uint64_t> many(code.registers > 64 ? (size_t)code.registers : 0);
    Machine machine = { &code, many.empty() ? few : many.data(), where, 0, false };
    size_t i = 0;
    for (const Operand &operand : operands) machine.reg[i++] = operand.value;
    while (machine.next < code.instruction.size()) {
        const Instruction &instruction = code.instruction[machine.next++];
        if (instruction.guard.kind == Ref::sink || get(machine, instruction.guard, Type::pred))
            instruction.run(machine, instruction);
    }
    i = 0;
    for (const Operand &operand : operands) write_back(operand, machine.reg[i++], where);
}

} // namespace ptx
} // namespace emu
