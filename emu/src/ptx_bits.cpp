/* ptx_bits.cpp - PTX of bits, comparisons and choices. */
#include <cmath>
#include "emu/intrinsics.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

enum { AND, OR, XOR, NOT, CNOT, SHL, SHR };

static void logic(Machine &machine, const Instruction &i)
{
    uint64_t a = get(machine, i.operand[1], i.type), b = 0, result = 0;
    if (i.mode >= SHL)
        b = get(machine, i.operand[2], Type::u32);
    else if (i.operand.size() > 2)
        b = get(machine, i.operand[2], i.type);
    const unsigned bits = 8 * size_of(i.type);
    switch (i.mode) {
    case AND: result = a & b; break;
    case OR: result = a | b; break;
    case XOR: result = a ^ b; break;
    case NOT: result = i.type == Type::pred ? !a : ~a; break;
    case CNOT: result = a == 0; break;
    case SHL: result = b >= bits ? 0 : a << b; break;
    default:
        result = is_signed(i.type) ? (uint64_t)((int64_t)a >> (b >= bits ? bits - 1 : b))
                 : b >= bits       ? 0
                                   : a >> b;
    }
    put(machine, i.operand[0], i.type, result);
}
template <int operation> static void bind_logic(Instruction &i, Modifiers &m)
{
    i.mode = operation;
    i.type = m.take_type();
    const bool plain = i.type == Type::pred || (i.type >= Type::b16 && i.type <= Type::b64);
    const size_t operands = operation == NOT || operation == CNOT ? 2 : 3;
    if (i.operand.size() == operands && (plain || (operation == SHR && is_whole(i.type)))) i.run = logic;
}

static void lop3(Machine &machine, const Instruction &i)
{
    uint32_t x[3], table = (uint32_t)get(machine, i.operand[4], Type::u32), result = 0;
    for (size_t k = 0; k < 3; k++) x[k] = (uint32_t)get(machine, i.operand[k + 1], Type::b32);
    for (int bit = 0; bit < 32; bit++) {
        unsigned row = (x[0] >> bit & 1) << 2 | (x[1] >> bit & 1) << 1 | (x[2] >> bit & 1);
        result |= (table >> row & 1) << bit;
    }
    put(machine, i.operand[0], Type::b32, result);
}
static void bind_lop3(Instruction &i, Modifiers &m)
{
    if (m.take_type() == Type::b32) i.run = lop3;
}

static void funnel(Machine &machine, const Instruction &i)
{
    const uint64_t low = get(machine, i.operand[1], Type::b32), high = get(machine, i.operand[2], Type::b32);
    uint64_t n = get(machine, i.operand[3], Type::u32), both = high << 32 | low;
    n = i.saturate ? std::min<uint64_t>(n, 32) : n & 31;
    put(machine, i.operand[0], Type::b32, i.mode ? both >> n : n == 32 ? low : both << n >> 32);
}
static void bind_shf(Instruction &i, Modifiers &m)
{
    const bool left = m.take("l"), right = m.take("r");
    i.mode = right;
    i.saturate = m.take("clamp");
    if (left != right && i.saturate != m.take("wrap") && m.take_type() == Type::b32) i.run = funnel;
}

static void permute(Machine &machine, const Instruction &i)
{
    put(machine, i.operand[0], Type::b32,
        __byte_perm((unsigned)get(machine, i.operand[1], Type::b32),
                    (unsigned)get(machine, i.operand[2], Type::b32),
                    (unsigned)get(machine, i.operand[3], Type::b32)));
}
static void bind_prmt(Instruction &i, Modifiers &m)
{
    if (m.take_type() == Type::b32) i.run = permute;
}

static void extract(Machine &machine, const Instruction &i)
{
    const unsigned most = 8 * size_of(i.type);
    uint64_t a = get(machine, i.operand[1], i.type);
    unsigned from = (unsigned)get(machine, i.operand[2], Type::u32) & 255;
    unsigned length = (unsigned)get(machine, i.operand[3], Type::u32) & 255;
    const uint64_t bits = most == 64 ? a : a & 0xffffffff;
    const unsigned top = std::min(from + length - 1, most - 1);
    const bool sign = length && is_signed(i.type) && (bits >> top & 1);
    uint64_t result = sign ? ~0ull : 0;
    for (unsigned k = 0; k < length && k < most; k++) {
        const uint64_t bit = from + k < most ? bits >> (from + k) & 1 : sign;
        result = (result & ~(1ull << k)) | bit << k;
    }
    put(machine, i.operand[0], i.type, result);
}
static void bind_bfe(Instruction &i, Modifiers &m)
{
    i.type = m.take_type();
    if (is_whole(i.type) && size_of(i.type) >= 4) i.run = extract;
}

static void insert(Machine &machine, const Instruction &i)
{
    const unsigned most = 8 * size_of(i.type);
    const uint64_t a = get(machine, i.operand[1], i.type);
    uint64_t result = get(machine, i.operand[2], i.type);
    const unsigned to = (unsigned)get(machine, i.operand[3], Type::u32) & 255;
    const unsigned length = (unsigned)get(machine, i.operand[4], Type::u32) & 255;
    for (unsigned k = 0; k < length && to + k < most; k++)
        result = (result & ~(1ull << (to + k))) | (a >> k & 1) << (to + k);
    put(machine, i.operand[0], i.type, result);
}
static void bind_bfi(Instruction &i, Modifiers &m)
{
    i.type = m.take_type();
    if (i.type == Type::b32 || i.type == Type::b64) i.run = insert;
}

enum { POPC, CLZ, BREV, FIND };

static void count(Machine &machine, const Instruction &i)
{
    const bool big = size_of(i.type) == 8;
    uint64_t a = get(machine, i.operand[1], i.type);
    if (i.mode == BREV) return put(machine, i.operand[0], i.type, big ? __brevll(a) : __brev((unsigned)a));
    if (i.mode == POPC) return put(machine, i.operand[0], Type::u32, (uint64_t)__builtin_popcountll(a));
    if (is_signed(i.type) && (int64_t)a < 0) a = ~a;
    const int zeros = big ? __clzll((long long)a) : __clz((int)a), width = big ? 64 : 32;
    const int found = a == 0 ? -1 : i.saturate ? zeros : width - 1 - zeros;
    put(machine, i.operand[0], Type::u32, i.mode == CLZ ? (uint64_t)zeros : (uint64_t)found);
}
template <int operation> static void bind_count(Instruction &i, Modifiers &m)
{
    i.mode = operation;
    i.saturate = operation == FIND && m.take("shiftamt");
    i.type = m.take_type();
    const bool plain = i.type == Type::b32 || i.type == Type::b64;
    if (operation == FIND ? is_whole(i.type) && size_of(i.type) >= 4 : plain) i.run = count;
}

static void dot(Machine &machine, const Instruction &i)
{
    const uint64_t a = get(machine, i.operand[1], Type::b32), b = get(machine, i.operand[2], Type::b32);
    uint64_t sum = get(machine, i.operand[3], Type::b32);
    for (int k = 0; k < 32; k += 8) {
        const int64_t x = is_signed(i.type) ? (int8_t)(a >> k) : (uint8_t)(a >> k);
        const int64_t y = is_signed(i.from) ? (int8_t)(b >> k) : (uint8_t)(b >> k);
        sum += (uint64_t)(x * y);
    }
    put(machine, i.operand[0], is_signed(i.type) || is_signed(i.from) ? Type::s32 : Type::u32, sum);
}
static void bind_dp4a(Instruction &i, Modifiers &m)
{
    i.type = m.take_type();
    i.from = m.take_type();
    const auto suits = [](Type type) { return type == Type::u32 || type == Type::s32; };
    if (suits(i.type) && suits(i.from)) i.run = dot;
}

/* ---- comparisons ---- */

enum { EQ, NE, LT, LE, GT, GE, LO, LS, HI, HS, EQU, NEU, LTU, LEU, GTU, GEU, NUM, NAN_ };

template <class T> static bool ordered(int comparison, T a, T b)
{
    switch (comparison) {
    case EQ: return a == b;
    case NE: return a != b;
    case LT:
    case LO: return a < b;
    case LE:
    case LS: return a <= b;
    case GT:
    case HI: return a > b;
    default: return a >= b;
    }
}

static bool compared(const Machine &machine, const Instruction &i, const Ref &a, const Ref &b)
{
    if (is_real(i.from)) {
        const double x = get_real(machine, a, i.from), y = get_real(machine, b, i.from);
        const bool unordered = std::isnan(x) || std::isnan(y);
        if (i.mode == NUM || i.mode == NAN_) return unordered == (i.mode == NAN_);
        if (i.mode >= EQU) return unordered || ordered(i.mode - EQU, x, y);
        return !unordered && ordered(i.mode, x, y);
    }
    const uint64_t x = get(machine, a, i.from), y = get(machine, b, i.from);
    return is_signed(i.from) ? ordered(i.mode, (int64_t)x, (int64_t)y) : ordered(i.mode, x, y);
}

static bool joined(const Instruction &i, bool value, bool other)
{
    return i.count == 1   ? value && other
           : i.count == 2 ? value || other
           : i.count == 3 ? value != other
                          : value;
}

static void set_predicate(Machine &machine, const Instruction &i)
{
    const size_t first = i.paired ? 2 : 1;
    const bool value = compared(machine, i, i.operand[first], i.operand[first + 1]);
    const bool other = i.operand.size() > first + 2 && get(machine, i.operand[first + 2], Type::pred);
    put(machine, i.operand[0], Type::pred, joined(i, value, other));
    if (i.paired) put(machine, i.operand[1], Type::pred, joined(i, !value, other));
}
static void set_number(Machine &machine, const Instruction &i)
{
    const bool value = compared(machine, i, i.operand[1], i.operand[2]);
    const bool other = i.operand.size() > 3 && get(machine, i.operand[3], Type::pred);
    const uint64_t yes = i.type == Type::f32 ? 0x3f800000 : ~0ull;
    put(machine, i.operand[0], i.type, joined(i, value, other) ? yes : 0);
}
static void bind_comparison(Instruction &i, Modifiers &m, bool predicate)
{
    static const char *const names[] = { "eq", "ne",  "lt",  "le",  "gt",  "ge",  "lo",  "ls",  "hi",
                                         "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan" };
    i.mode = m.take_one(names);
    i.count = m.take("and") ? 1 : m.take("or") ? 2 : m.take("xor") ? 3 : 0;
    m.take("ftz");
    if (!predicate) i.type = m.take_type();
    i.from = m.take_type();
    const size_t most = (i.paired ? 4u : 3u) + (i.count != 0);
    const bool known =
        is_real(i.from) ? i.from != Type::f16x2 && i.from != Type::bf16x2 : size_of(i.from) && i.mode < EQU;
    if (i.mode < 0 || i.operand.size() != most || !known) return;
    if (predicate)
        i.run = set_predicate;
    else if (i.type == Type::u32 || i.type == Type::s32 || i.type == Type::f32)
        i.run = set_number;
}
static void bind_setp(Instruction &i, Modifiers &m)
{
    bind_comparison(i, m, true);
}
static void bind_set(Instruction &i, Modifiers &m)
{
    bind_comparison(i, m, false);
}

static void select(Machine &machine, const Instruction &i)
{
    const bool first = get(machine, i.operand[3], Type::pred);
    put(machine, i.operand[0], i.type, get(machine, i.operand[first ? 1 : 2], i.type));
}
static void bind_selp(Instruction &i, Modifiers &m)
{
    i.type = m.take_type();
    if (size_of(i.type)) i.run = select;
}

static void select_by_sign(Machine &machine, const Instruction &i)
{
    const bool first = i.from == Type::f32 ? get_real(machine, i.operand[3], Type::f32) >= 0
                                           : (int32_t)get(machine, i.operand[3], Type::s32) >= 0;
    put(machine, i.operand[0], i.type, get(machine, i.operand[first ? 1 : 2], i.type));
}
static void bind_slct(Instruction &i, Modifiers &m)
{
    m.take("ftz");
    i.type = m.take_type();
    i.from = m.take_type();
    if (i.from == Type::f32 || i.from == Type::s32) i.run = select_by_sign;
}

const Opcode bit_opcodes[] = { { "and", 3, 3, bind_logic<AND> },   { "or", 3, 3, bind_logic<OR> },
                               { "xor", 3, 3, bind_logic<XOR> },   { "not", 2, 2, bind_logic<NOT> },
                               { "cnot", 2, 2, bind_logic<CNOT> }, { "shl", 3, 3, bind_logic<SHL> },
                               { "shr", 3, 3, bind_logic<SHR> },   { "lop3", 5, 5, bind_lop3 },
                               { "shf", 4, 4, bind_shf },          { "prmt", 4, 4, bind_prmt },
                               { "bfe", 4, 4, bind_bfe },          { "bfi", 5, 5, bind_bfi },
                               { "popc", 2, 2, bind_count<POPC> }, { "clz", 2, 2, bind_count<CLZ> },
                               { "brev", 2, 2, bind_count<BREV> }, { "bfind", 2, 2, bind_count<FIND> },
                               { "dp4a", 4, 4, bind_dp4a },        { "setp", 3, 5, bind_setp },
                               { "set", 3, 4, bind_set },          { "selp", 4, 4, bind_selp },
                               { "slct", 4, 4, bind_slct },        { nullptr, 0, 0, nullptr } };

} // namespace ptx
} // namespace emu
