/* x86.cpp - the lengths of x86-64's instructions, as compilers write them: prefixes, opcode, ModRM, SIB,
 * displacement, constant (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2
 * and appendix A). */
#include "x86.h"

#include <cstring>

namespace emu
{

namespace
{
/* What follows an opcode. */
enum Form : unsigned char {
    NONE,
    BYTE = 1,     /* a constant of one byte                                */
    WORD = 2,     /* ... of two                                            */
    FULL = 4,     /* ... of four, of two after the prefix 66               */
    WHOLE = 8,    /* ... of four, of eight with REX.W: mov                 */
    JUMP = 16,    /* four bytes that count from the end                    */
    MODRM = 32,   /* an operand in memory or a register                    */
    TESTS = 64,   /* a constant only with the operation 0 or 1 in ModRM    */
    ADDRESS = 128 /* eight bytes of address                                */
};

struct Prefixes {
    bool word = false, wide = false; /* 66; REX.W */
};
} // namespace

static bool among(unsigned char opcode, const char *ranges)
{
    for (; *ranges; ranges += 2)
        if (opcode >= (unsigned char)ranges[0] && opcode <= (unsigned char)ranges[1]) return true;
    return false;
}

/* Of the opcodes of one byte. */
static unsigned form_of(unsigned char opcode)
{
    if (opcode < 0x40) {
        const unsigned low = opcode & 7;
        return low < 4 ? MODRM : low == 4 ? BYTE : low == 5 ? FULL : NONE;
    }
    if (opcode == 0xe8 || opcode == 0xe9) return JUMP;
    if (opcode == 0x69 || opcode == 0x81 || opcode == 0xc7) return MODRM | FULL;
    if (among(opcode, "\x6b\x6b\x80\x83\xc0\xc1\xc6\xc6")) return MODRM | BYTE;
    if (opcode == 0xf6) return MODRM | BYTE | TESTS;
    if (opcode == 0xf7) return MODRM | FULL | TESTS;
    if (among(opcode, "\x63\x63\x84\x8f\xd0\xd3\xd8\xdf\xfe\xff")) return MODRM;
    if (among(opcode, "\xb8\xbf")) return WHOLE;
    if (opcode == 0x68 || opcode == 0xa9) return FULL;
    if (opcode == 0xc2) return WORD;
    if (opcode == 0xc8) return WORD | BYTE;
    if (among(opcode, "\xa0\xa3")) return ADDRESS;
    if (among(opcode, "\x6a\x6a\x70\x7f\xa8\xa8\xb0\xb7\xcd\xcd\xe0\xe7\xeb\xeb")) return BYTE;
    return NONE;
}

/* Of those after 0f, which VEX and EVEX call map 1. */
static unsigned form_of_map_1(unsigned char opcode)
{
    if (among(opcode, "\x80\x8f")) return JUMP;
    if (among(opcode, "\x05\x09\x0b\x0b\x0e\x0e\x30\x37\x77\x77\xa0\xa2\xa8\xaa\xc8\xcf")) return NONE;
    if (among(opcode, "\x70\x73\xa4\xa4\xac\xac\xba\xba\xc2\xc2\xc4\xc6")) return MODRM | BYTE;
    return MODRM;
}

static unsigned form_of_map(unsigned map, unsigned char opcode)
{
    if (map == 1) return form_of_map_1(opcode);
    return map == 3 ? MODRM | BYTE : MODRM;
}

/* Reads the prefixes and the opcode; `at` is then behind them. */
static unsigned read_opcode(const unsigned char *code, size_t &at, Prefixes &prefixes)
{
    while (among(code[at], "\x26\x26\x2e\x2e\x36\x36\x3e\x3e\x64\x67\xf0\xf0\xf2\xf3") && at < 12)
        prefixes.word |= code[at++] == 0x66;
    if (code[at] >> 4 == 4) prefixes.wide = code[at++] >> 3 & 1;
    switch (code[at]) {
    case 0xc5: at += 3; return form_of_map(1, code[at - 1]);
    case 0xc4: at += 4; return form_of_map(code[at - 3] & 31, code[at - 1]);
    case 0x62: at += 5; return form_of_map(code[at - 4] & 7, code[at - 1]);
    case 0x0f: break;
    default: return form_of(code[at++]);
    }
    const unsigned char second = code[++at];
    if (second != 0x38 && second != 0x3a) return at++, form_of_map(1, second);
    at += 2;
    return form_of_map(second == 0x38 ? 2 : 3, code[at - 1]);
}

/* ModRM, SIB and the displacement. */
static void read_operand(const unsigned char *code, size_t &at, Instruction86 &is)
{
    const unsigned mod = code[at] >> 6, rm = code[at] & 7;
    at++;
    if (mod == 3) return;
    const bool no_base = rm == 4 && (code[at] & 7) == 5;
    if (rm == 4) at++;
    if (mod == 0 && rm == 5)
        is.relative = at, at += 4;
    else if (mod == 2 || (mod == 0 && no_base))
        is.displacement = at, at += 4;
    else if (mod == 1)
        at++;
}

static void read_constant(unsigned form, const Prefixes &prefixes, size_t &at, Instruction86 &is)
{
    const bool full = form & FULL && !prefixes.word,
               four = full || (form & WHOLE && !prefixes.wide && !prefixes.word);
    if (four) is.constant = at;
    if (form & JUMP) is.relative = at, is.jumps = true;
    if (four || form & JUMP)
        at += 4;
    else if (form & FULL)
        at += 2;
    else if (form & WHOLE)
        at += prefixes.wide ? 8 : 2;
    at += (form & BYTE ? 1u : 0u) + (form & WORD ? 2u : 0u) + (form & ADDRESS ? 8u : 0u);
}

Instruction86 x86_read(const unsigned char *code, size_t most)
{
    unsigned char copy[32] = {}; /* no instruction has more than 15 bytes; what is read beyond is zeros */
    memcpy(copy, code, most < 15 ? most : 15);
    Instruction86 is = {};
    Prefixes prefixes;
    size_t at = 0;
    unsigned form = read_opcode(copy, at, prefixes);
    if (form & TESTS && (copy[at] >> 3 & 7) > 1) form = MODRM;
    if (form & MODRM) read_operand(copy, at, is);
    read_constant(form, prefixes, at, is);
    if (at > most || at > 15) return {};
    is.length = at;
    return is;
}

} // namespace emu
