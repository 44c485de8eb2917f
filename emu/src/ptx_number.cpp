/* ptx_number.cpp - PTX that computes: integers, floating point, and mov. */
#include <cfenv>
#include <cmath>
#include "emu/intrinsics.h"
#include "emu/mini_functions.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

__extension__ typedef unsigned __int128 WideBits;

enum Operation {
    ADD,
    SUB,
    MUL,
    DIV,
    MIN,
    MAX,
    FMA,
    ABS,
    NEG,
    REM,
    RCP,
    SQRT,
    RSQRT,
    EX2,
    LG2,
    SIN,
    COS,
    TANH,
    COPYSIGN
};

/* ---- floating point ---- */

template <class T> static T lower(T a, T b, bool keep_nan)
{
    if (std::isnan(a) || std::isnan(b)) return keep_nan ? (T)NAN : std::isnan(a) ? b : a;
    return a < b || (a == b && std::signbit(a)) ? a : b;
}

template <class T> static T computed(int operation, T a, T b, T c, bool nan)
{
    switch (operation) {
    case ADD: return a + b;
    case SUB: return a - b;
    case MUL: return a * b;
    case DIV: return a / b;
    case FMA: return std::fma(a, b, c);
    case MIN: return lower(a, b, nan);
    case MAX: return -lower(-a, -b, nan);
    case ABS: return std::fabs(a);
    case NEG: return -a;
    case RCP: return 1 / a;
    case SQRT: return std::sqrt(a);
    case RSQRT: return (T)(1 / std::sqrt((long double)a));
    case EX2: return std::exp2(a);
    case LG2: return std::log2(a);
    case SIN: return std::sin(a);
    case COS: return std::cos(a);
    case TANH: return std::tanh(a);
    default: return std::copysign(b, a);
    }
}

static float flushed(float value, bool ftz)
{
    return ftz && std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0f, value) : value;
}

/* In the direction that the instruction asks for. */
template <class T> static T directed(const Instruction &i, T a, T b, T c)
{
    volatile T x = a, y = b, z = c; /* not before the direction is set */
    std::fesetround(i.rounding == 'z' ? FE_TOWARDZERO : i.rounding == 'm' ? FE_DOWNWARD : FE_UPWARD);
    volatile T result = computed<T>(i.mode, x, y, z, i.nan);
    std::fesetround(FE_TONEAREST);
    return result;
}

template <class T> static T finished(const Instruction &i, T value)
{
    if (i.saturate) return !(value > 0) ? 0 : value > 1 ? 1 : value;
    if (i.relu) return value < 0 ? 0 : value;
    return value;
}

template <class Format> static uint64_t mini(const Instruction &i, uint64_t a, uint64_t b, uint64_t c)
{
    typedef MiniFloat<Format> T;
    T x = T::of_bits((uint16_t)a), y = T::of_bits((uint16_t)b), z = T::of_bits((uint16_t)c);
    if (i.mode == NEG) return x.bits ^ 0x8000;
    if (i.mode == ABS) return x.bits & 0x7fff;
    T result = i.mode == FMA ? multiply_add(x, y, z) : T(computed<float>(i.mode, x, y, z, i.nan));
    return T(finished<float>(i, result)).bits;
}

static uint64_t real_bits(const Instruction &i, Type type, uint64_t a, uint64_t b, uint64_t c)
{
    if (type == Type::f16) return mini<HalfFormat>(i, a, b, c);
    if (type == Type::bf16) return mini<Bfloat16Format>(i, a, b, c);
    if (type == Type::f64) {
        double x = bits_as<double>(a), y = bits_as<double>(b), z = bits_as<double>(c);
        return bits_as<uint64_t>(i.rounding == 'n' ? computed(i.mode, x, y, z, i.nan) : directed(i, x, y, z));
    }
    float x = flushed(bits_as<float>((uint32_t)a), i.ftz), y = flushed(bits_as<float>((uint32_t)b), i.ftz);
    float z = flushed(bits_as<float>((uint32_t)c), i.ftz);
    float result = i.rounding == 'n' ? computed(i.mode, x, y, z, i.nan) : directed(i, x, y, z);
    return bits_as<uint32_t>(flushed(finished(i, result), i.ftz));
}

static void real(Machine &machine, const Instruction &i)
{
    const bool pair = i.type == Type::f16x2 || i.type == Type::bf16x2;
    const Type type = i.type == Type::f16x2 ? Type::f16 : i.type == Type::bf16x2 ? Type::bf16 : i.type;
    uint64_t x[3] = {};
    for (size_t k = 1; k < i.operand.size() && k < 4; k++) x[k - 1] = get(machine, i.operand[k], i.type);
    uint64_t result = real_bits(i, type, x[0], x[1], x[2]);
    if (pair) result = (result & 0xffff) | real_bits(i, type, x[0] >> 16, x[1] >> 16, x[2] >> 16) << 16;
    put(machine, i.operand[0], i.type, result);
}

static void take_rounding(Instruction &i, Modifiers &m)
{
    i.rounding = m.take("rz") ? 'z' : m.take("rm") ? 'm' : m.take("rp") ? 'p' : 'n';
    m.take("rn"), m.take("approx"), m.take("full");
    i.ftz = m.take("ftz");
    m.take("noftz");
    i.saturate = m.take("sat");
    i.relu = m.take("relu");
    i.nan = m.take("NaN");
}

/* ---- integers ---- */

static uint64_t lowest(const Instruction &i, uint64_t a, uint64_t b)
{
    const bool less = is_signed(i.type) ? (int64_t)a < (int64_t)b : a < b;
    return less == (i.mode == MIN) ? a : b;
}

static uint64_t quotient(const Instruction &i, uint64_t a, uint64_t b)
{
    if (b == 0) return i.mode == DIV ? ~0ull : a; /* the GPU's value is not specified */
    if (!is_signed(i.type)) return i.mode == DIV ? a / b : a % b;
    if ((int64_t)b == -1) return i.mode == DIV ? 0 - a : 0;
    return (uint64_t)(i.mode == DIV ? (int64_t)a / (int64_t)b : (int64_t)a % (int64_t)b);
}

static WideBits extended(const Instruction &i, uint64_t bits)
{
    const WideBits ones = ~(WideBits)0 << 64;
    return is_signed(i.type) && (int64_t)bits < 0 ? ones | bits : bits;
}

static uint64_t product(const Instruction &i, uint64_t a, uint64_t b)
{
    const WideBits whole = extended(i, a) * extended(i, b);
    return (uint64_t)(i.high ? whole >> 8 * size_of(i.type) : whole);
}

static void saturated_sum(Machine &machine, const Instruction &i, int64_t sum)
{
    put(machine, i.operand[0], i.type,
        (uint64_t)std::min<int64_t>(std::max<int64_t>(sum, INT32_MIN), INT32_MAX));
}

static void whole(Machine &machine, const Instruction &i)
{
    uint64_t a = get(machine, i.operand[1], i.type);
    uint64_t b = i.operand.size() > 2 ? get(machine, i.operand[2], i.type) : 0;
    if (i.saturate) return saturated_sum(machine, i, (int64_t)a + (i.mode == ADD ? (int64_t)b : -(int64_t)b));
    uint64_t result = 0;
    switch (i.mode) {
    case ADD: result = a + b; break;
    case SUB: result = a - b; break;
    case MUL: result = product(i, a, b); break;
    case DIV:
    case REM: result = quotient(i, a, b); break;
    case MIN:
    case MAX: result = lowest(i, a, b); break;
    case ABS: result = (int64_t)a < 0 ? 0 - a : a; break;
    default: result = 0 - a;
    }
    put(machine, i.operand[0], i.wide ? i.from : i.type, result);
}

static void whole_pair(Machine &machine, const Instruction &i)
{
    uint64_t result = 0;
    uint64_t a = get(machine, i.operand[1], Type::b32), b = get(machine, i.operand[2], Type::b32);
    for (int k = 0; k < 32; k += 16) {
        int64_t x = is_signed(i.type) ? (int16_t)(a >> k) : (uint16_t)(a >> k);
        int64_t y = is_signed(i.type) ? (int16_t)(b >> k) : (uint16_t)(b >> k);
        int64_t z = i.mode == ADD ? x + y : i.mode == SUB ? x - y : (x < y) == (i.mode == MIN) ? x : y;
        result |= (uint64_t)(uint16_t)z << k;
    }
    put(machine, i.operand[0], Type::b32, result);
}

static void multiply_add_whole(Machine &machine, const Instruction &i)
{
    const Type wide = i.wide ? i.from : i.type;
    uint64_t result = product(i, get(machine, i.operand[1], i.type), get(machine, i.operand[2], i.type));
    put(machine, i.operand[0], wide, result + get(machine, i.operand[3], wide));
}

/* add.cc, addc, sub.cc, subc, mad.cc, madc: sums that carry on */
static void carrying(Machine &machine, const Instruction &i)
{
    const Type type = size_of(i.type) == 8 ? Type::u64 : Type::u32;
    uint64_t a = get(machine, i.operand[1], type), b = get(machine, i.operand[2], type);
    if (i.mode == FMA) {
        a = product(i, get(machine, i.operand[1], i.type), get(machine, i.operand[2], i.type));
        if (type == Type::u32) a &= 0xffffffff;
        b = get(machine, i.operand[3], type);
    }
    const unsigned in = i.carry_in && machine.carry;
    const WideBits sum = i.mode == SUB ? (WideBits)a - b - in : (WideBits)a + b + in;
    put(machine, i.operand[0], type, (uint64_t)sum);
    if (i.carry_out) machine.carry = sum >> 8 * size_of(type) & 1;
}

static void take_product(Instruction &i, Modifiers &m)
{
    i.wide = m.take("wide");
    i.high = m.take("hi");
    m.take("lo");
}

static void bind_arithmetic(Instruction &i, Modifiers &m, int operation)
{
    i.mode = operation;
    i.carry_out = m.take("cc");
    take_product(i, m);
    const bool u16x2 = m.take("u16x2"), s16x2 = m.take("s16x2");
    take_rounding(i, m);
    i.type = u16x2 ? Type::u16 : s16x2 ? Type::s16 : m.take_type();
    i.from = i.type == Type::u16   ? Type::u32
             : i.type == Type::s16 ? Type::s32
             : i.type == Type::u32 ? Type::u64
                                   : Type::s64;
    const bool fused = operation == FMA;
    if (u16x2 || s16x2)
        i.run = operation == ADD || operation == SUB || operation == MIN || operation == MAX ? whole_pair
                                                                                             : nullptr;
    else if (is_real(i.type))
        i.run = i.high || i.wide || i.carry_out || i.type == Type::tf32 ? nullptr : real;
    else if (!is_whole(i.type) || (i.wide && size_of(i.type) == 8) || i.rounding != 'n')
        return;
    else if (i.carry_out || i.carry_in)
        i.run = size_of(i.type) >= 4 && !i.wide ? carrying : nullptr;
    else if (!i.saturate || (i.type == Type::s32 && (operation == ADD || operation == SUB)))
        i.run = fused ? multiply_add_whole : whole;
}

template <int operation> static void bind_number(Instruction &i, Modifiers &m)
{
    bind_arithmetic(i, m, operation);
}
template <int operation> static void bind_carry(Instruction &i, Modifiers &m)
{
    i.carry_in = true;
    bind_arithmetic(i, m, operation);
}
template <int operation> static void bind_function(Instruction &i, Modifiers &m)
{
    bind_arithmetic(i, m, operation);
    if (i.run != real) i.run = nullptr;
}

/* fma is of floating point alone, mad of both */
static void bind_fma(Instruction &i, Modifiers &m)
{
    bind_function<FMA>(i, m);
}

/* ---- mov: registers, and their halves ---- */

static void move(Machine &machine, const Instruction &i)
{
    const Ref &to = i.operand[0], &from = i.operand[1];
    uint64_t bits = 0;
    if (from.kind == Ref::vector) {
        const unsigned part = 8 * size_of(i.type) / (unsigned)from.parts.size();
        for (size_t k = 0; k < from.parts.size(); k++)
            bits |= (get(machine, from.parts[k], Type::b64) & (~0ull >> (64 - part))) << k * part;
    } else {
        bits = get(machine, from, i.type);
    }
    if (to.kind != Ref::vector) return put(machine, to, i.type, bits);
    const unsigned part = 8 * size_of(i.type) / (unsigned)to.parts.size();
    for (size_t k = 0; k < to.parts.size(); k++)
        put(machine, to.parts[k], Type::b64, bits >> k * part & (~0ull >> (64 - part)));
}
static void bind_mov(Instruction &i, Modifiers &m)
{
    i.type = m.take_type();
    for (const Ref &ref : i.operand)
        if (ref.memory || ref.kind == Ref::label ||
            (ref.kind == Ref::vector && ref.parts.size() > size_of(i.type)))
            return;
    if (i.type != Type::none && i.type != Type::b128) i.run = move;
}

const Opcode number_opcodes[] = { { "mov", 2, 2, bind_mov },
                                  { "add", 3, 3, bind_number<ADD> },
                                  { "sub", 3, 3, bind_number<SUB> },
                                  { "mul", 3, 3, bind_number<MUL> },
                                  { "mad", 4, 4, bind_number<FMA> },
                                  { "fma", 4, 4, bind_fma },
                                  { "div", 3, 3, bind_number<DIV> },
                                  { "rem", 3, 3, bind_number<REM> },
                                  { "min", 3, 3, bind_number<MIN> },
                                  { "max", 3, 3, bind_number<MAX> },
                                  { "abs", 2, 2, bind_number<ABS> },
                                  { "neg", 2, 2, bind_number<NEG> },
                                  { "addc", 3, 3, bind_carry<ADD> },
                                  { "subc", 3, 3, bind_carry<SUB> },
                                  { "madc", 4, 4, bind_carry<FMA> },
                                  { "rcp", 2, 2, bind_function<RCP> },
                                  { "sqrt", 2, 2, bind_function<SQRT> },
                                  { "rsqrt", 2, 2, bind_function<RSQRT> },
                                  { "ex2", 2, 2, bind_function<EX2> },
                                  { "lg2", 2, 2, bind_function<LG2> },
                                  { "sin", 2, 2, bind_function<SIN> },
                                  { "cos", 2, 2, bind_function<COS> },
                                  { "tanh", 2, 2, bind_function<TANH> },
                                  { "copysign", 3, 3, bind_function<COPYSIGN> },
                                  { nullptr, 0, 0, nullptr } };

} // namespace ptx
} // namespace emu
