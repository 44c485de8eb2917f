/* ptx_convert.cpp - PTX's cvt: every type to every other, rounded as it says. */
#include <cfenv>
#include <cmath>
#include <limits>
#include "emu/eight_bits.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

static Rounding rounding_of(const Instruction &i)
{
    return i.rounding == 'z'   ? Rounding::zero
           : i.rounding == 'm' ? Rounding::down
           : i.rounding == 'p' ? Rounding::up
                               : Rounding::nearest;
}

static long double to_integer(long double value, Rounding rounding)
{
    switch (rounding) {
    case Rounding::zero: return std::trunc(value);
    case Rounding::down: return std::floor(value);
    case Rounding::up: return std::ceil(value);
    default: return std::nearbyint(value);
    }
}

template <class T> static T directed(long double value, Rounding rounding)
{
    volatile long double exact = value; /* not before the direction is set */
    if (rounding != Rounding::nearest)
        std::fesetround(rounding == Rounding::zero   ? FE_TOWARDZERO
                        : rounding == Rounding::down ? FE_DOWNWARD
                                                     : FE_UPWARD);
    volatile T result = (T)exact;
    std::fesetround(FE_TONEAREST);
    return result;
}

/* float to the 19 bits of tf32, to nearest, ties away from zero or to even */
static uint32_t tf32(float value, bool away)
{
    const uint32_t bits = bits_as<uint32_t>(value);
    if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fffffff;
    return (bits + (away ? 0x1000 : 0xfff + (bits >> 13 & 1))) & 0xffffe000;
}

/* ---- values ---- */

/* Exact: long double has 64 bits. */
static long double value_of(uint64_t bits, Type type)
{
    if (is_real(type)) return real_of(bits, type);
    return is_signed(type) ? (long double)(int64_t)bits : (long double)bits;
}

static uint64_t clamped(long double value, Type type)
{
    const unsigned bits = 8 * size_of(type);
    const long double most = std::ldexp(1.0L, (int)bits - is_signed(type)),
                      least = is_signed(type) ? -most : 0;
    if (std::isnan(value)) return 0;
    if (value >= most) return is_signed(type) ? (1ull << (bits - 1)) - 1 : ~0ull >> (64 - bits);
    if (value <= least) return is_signed(type) ? 1ull << (bits - 1) : 0;
    return is_signed(type) ? (uint64_t)(int64_t)value : (uint64_t)value;
}

static uint64_t encoded(long double value, Type type, const Instruction &i)
{
    const Rounding rounding = i.integral ? Rounding::nearest : rounding_of(i);
    if (i.integral) value = to_integer(value, rounding_of(i));
    if (i.saturate) value = !(value > 0) ? 0 : value > 1 ? 1 : value;
    if (i.relu && value < 0) value = 0;
    if (i.ftz && type == Type::f32 && std::fabs(value) < 0x1p-126L) value = std::copysign(0.0L, value);
    switch (type) {
    case Type::f16: return encode<HalfFormat>(value, rounding);
    case Type::bf16: return encode<Bfloat16Format>(value, rounding);
    case Type::tf32: return tf32((float)value, i.rounding == 'a');
    case Type::f32: return bits_as<uint32_t>(directed<float>(value, rounding));
    default: return bits_as<uint64_t>(directed<double>(value, rounding));
    }
}

static void convert(Machine &machine, const Instruction &i)
{
    const uint64_t bits = get(machine, i.operand[1], i.from);
    if (is_real(i.type))
        return put(machine, i.operand[0], i.type, encoded(value_of(bits, i.from), i.type, i));
    if (is_real(i.from))
        return put(machine, i.operand[0], i.type,
                   clamped(to_integer(value_of(bits, i.from), rounding_of(i)), i.type));
    put(machine, i.operand[0], i.type, i.saturate ? clamped(value_of(bits, i.from), i.type) : bits);
}

/* cvt.rn.f16x2.f32 d, high, low */
static void convert_pair(Machine &machine, const Instruction &i)
{
    const Type half = i.type == Type::f16x2 ? Type::f16 : Type::bf16;
    const uint64_t high = encoded(get_real(machine, i.operand[1], Type::f32), half, i);
    const uint64_t low = encoded(get_real(machine, i.operand[2], Type::f32), half, i);
    put(machine, i.operand[0], Type::b32, high << 16 | low);
}

/* ---- pairs of 8 bits ---- */

static uint64_t eight(double value, Type type, const Instruction &i)
{
    if (i.relu && value < 0) value = 0;
    return type == Type::e4m3x2 ? encode_eight<E4m3Format>(value, true)
                                : encode_eight<E5m2Format>(value, true);
}

/* d, high, low of f32, or d and a pair of f16 */
static void to_eight(Machine &machine, const Instruction &i)
{
    double high, low;
    if (i.from == Type::f32) {
        high = get_real(machine, i.operand[1], Type::f32);
        low = get_real(machine, i.operand[2], Type::f32);
    } else {
        const uint64_t pair = get(machine, i.operand[1], Type::b32);
        high = real_of(pair >> 16, Type::f16);
        low = real_of(pair & 0xffff, Type::f16);
    }
    put(machine, i.operand[0], Type::b16, eight(high, i.type, i) << 8 | eight(low, i.type, i));
}

static void from_eight(Machine &machine, const Instruction &i)
{
    const uint64_t pair = get(machine, i.operand[1], Type::b16);
    const Type type = i.from == Type::e4m3x2 ? Type::e4m3 : Type::e5m2;
    const uint64_t high = encoded(real_of(pair >> 8, type), Type::f16, i),
                   low = encoded(real_of(pair & 255, type), Type::f16, i);
    put(machine, i.operand[0], Type::b32, high << 16 | low);
}

static void bind_eight(Instruction &i, Modifiers &m)
{
    const auto is = [](Type type) { return type == Type::e4m3x2 || type == Type::e5m2x2; };
    const size_t n = i.operand.size();
    if (is(i.type) && m.take("satfinite") &&
        ((i.from == Type::f32 && n == 3) || (i.from == Type::f16x2 && n == 2)))
        i.run = to_eight;
    else if (i.type == Type::f16x2 && is(i.from) && n == 2)
        i.run = from_eight;
}

static void bind_cvt(Instruction &i, Modifiers &m)
{
    static const char *const roundings[] = { "rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "rna" };
    const int rounding = m.take_one(roundings);
    i.rounding = rounding < 0 ? 'n' : rounding == 8 ? 'a' : "nzmp"[rounding % 4];
    i.integral = rounding >= 4 && rounding < 8;
    i.ftz = m.take("ftz");
    i.saturate = m.take("sat");
    i.relu = m.take("relu");
    i.type = m.take_type();
    i.from = m.take_type();
    if (i.type == Type::e4m3x2 || i.type == Type::e5m2x2 || i.from == Type::e4m3x2 || i.from == Type::e5m2x2)
        return rounding == 0 ? bind_eight(i, m) : void();
    if (i.type == Type::f16x2 || i.type == Type::bf16x2) {
        const bool rounds = rounding == 0 || rounding == 1;
        if (i.from == Type::f32 && rounds && i.operand.size() == 3) i.run = convert_pair;
        return;
    }
    const auto plain = [](Type type) { return (type >= Type::u8 && type <= Type::s64) || is_real(type); };
    const bool pair = i.from == Type::f16x2 || i.from == Type::bf16x2 || i.from == Type::tf32;
    const bool to_tf32 = i.type == Type::tf32, loses = is_real(i.type) && size_of(i.type) < size_of(i.from);
    if (!plain(i.type) || !plain(i.from) || pair || i.operand.size() != 2) return;
    if (to_tf32 && (i.from != Type::f32 || (rounding != 8 && rounding != 0))) return;
    if ((is_real(i.type) != is_real(i.from) || loses) && rounding < 0) return; /* must be said */
    if (rounding != 8 || to_tf32) i.run = convert;
}

const Opcode convert_opcodes[] = { { "cvt", 2, 3, bind_cvt }, { nullptr, 0, 0, nullptr } };

} // namespace ptx
} // namespace emu
