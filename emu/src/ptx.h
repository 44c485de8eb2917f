/* ptx.h - inline PTX: statements, instructions and registers, as the interpreter's parts share them.
 *
 *   ptx_run.cpp       the loop over a statement
 *   ptx_parse.cpp     text to instructions
 *   ptx_number.cpp    arithmetic
 *   ptx_bits.cpp      bits, comparisons
 *   ptx_convert.cpp   cvt
 *   ptx_memory.cpp    loads, stores, atomics, cp.async
 *   ptx_warp.cpp      barriers, shuffles, branches
 *   ptx_matrix.cpp    ldmatrix, stmatrix, movmatrix
 *   ptx_mma.cpp       mma
 *   ptx_value.cpp     registers
 *   ptx_special.cpp   special registers
 *
 * The names and their meaning are those of NVIDIA's "Parallel Thread Execution ISA", version 8.7.
 */
#ifndef EMU_PTX_INTERNAL_H
#define EMU_PTX_INTERNAL_H

#include <string>
#include <vector>
#include "emu/core.h"

namespace emu
{
namespace ptx
{

enum class Type : unsigned char {
    none,
    pred,
    b8,
    b16,
    b32,
    b64,
    b128,
    u8,
    u16,
    u32,
    u64,
    s8,
    s16,
    s32,
    s64,
    f16,
    f16x2,
    bf16,
    bf16x2,
    tf32,
    f32,
    f64,
    e4m3x2,
    e5m2x2,
    e4m3,
    e5m2
};
unsigned size_of(Type type); /* in bytes */
bool is_signed(Type type);
bool is_real(Type type);
bool is_whole(Type type); /* an integer of 16 bits or more, to calculate with */

/* An operand: a register, a number, [address], or a vector {a, b}. */
struct Ref {
    enum Kind : unsigned char { sink, reg, whole, real, special, vector, label } kind = sink;
    bool negated = false; /* !p */
    bool memory = false;  /* in brackets: the address is this plus offset */
    int index = 0;        /* of the register, the special register or the instruction */
    uint64_t number = 0;
    double value = 0;
    int64_t offset = 0;
    std::vector<Ref> parts;
    std::string text;
};

struct Machine;
struct Instruction;
typedef void Handler(Machine &machine, const Instruction &instruction);

struct Instruction {
    std::string name; /* "ld.global.v4.f32" */
    Handler *run = nullptr;
    std::vector<Ref> operand;
    Ref guard; /* sink: none */
    Type type = Type::none, from = Type::none;
    char space = 0;    /* g, s, l, c, p; k: shared memory of the cluster; 0: generic */
    char rounding = 0; /* n, z, m, p; i after it is in `integral` */
    bool integral = false, saturate = false, relu = false, nan = false, absolute = false;
    bool wide = false, high = false, carry_in = false, carry_out = false, synchronizes = false, ftz = false;
    bool paired = false; /* p|q */
    int count = 1;       /* of a vector, of matrices */
    int mode = 0;        /* the handler's own */
    int transpose = 0;   /* ldmatrix */
    int shape[3] = { 0, 0, 0 };
    Type element[2] = { Type::none, Type::none }; /* mma: of a and b */
};

/* A statement, parsed. */
struct Code {
    std::string text;
    std::vector<Instruction> instruction;
    int registers = 0; /* the operands are the first */
};

/* One thread that runs a statement. */
struct Machine {
    const Code *code;
    uint64_t *reg;
    Where where;
    size_t next; /* instruction */
    bool carry;
};

/* The part of an opcode behind its first word; what nobody takes is not understood. */
struct Modifiers {
    std::vector<std::string> word;
    bool take(const char *name);
    Type take_type(); /* the first that is a type; Type::none: there is none */
    template <size_t n> int take_one(const char *const (&names)[n]) /* which of them; -1 */
    {
        for (size_t i = 0; i < n; i++)
            if (take(names[i])) return (int)i;
        return -1;
    }
};

Type type_named(const std::string &name); /* Type::none: of no type */

/* An opcode, and bind, which turns its modifiers into the fields of an instruction. run stays null if the
 * modifiers do not go together. */
struct Opcode {
    const char *name;
    int least, most; /* operands */
    void (*bind)(Instruction &instruction, Modifiers &modifiers);
};
extern const Opcode number_opcodes[], bit_opcodes[], convert_opcodes[], memory_opcodes[], warp_opcodes[],
    matrix_opcodes[], mma_opcodes[]; /* each ends with a null name */

/* ---- ptx_parse.cpp ---- */

const Code *parse(const char *text, int operands, Where where); /* or the kernel fails, in a sentence */

/* ---- ptx_value.cpp ---- */

[[noreturn]] void refuse(const std::string &what, Where where);

uint64_t get(const Machine &machine, const Ref &ref, Type type); /* its bits, signed ones extended */
void put(Machine &machine, const Ref &ref, Type type, uint64_t bits);
double get_real(const Machine &machine, const Ref &ref, Type type); /* f16, bf16, tf32, f32 or f64 */
double real_of(uint64_t bits, Type type);
uint64_t bits_of_real(double value, Type type);

/* ---- ptx_special.cpp ---- */

int special_register(const std::string &name); /* -1: there is none of that name, without % */
uint64_t read_special(int which);

/* ---- ptx_memory.cpp ---- */

/* Where the address in brackets points, of `size` bytes in a row, checked and told to the checkers. */
char *pointer_to(const Machine &machine, const Ref &ref, char space);
void read_memory(void *to, const char *from, size_t size, const Instruction &instruction, Where where);
void write_memory(char *to, const void *from, size_t size, const Instruction &instruction, Where where);

} // namespace ptx
} // namespace emu
#endif
