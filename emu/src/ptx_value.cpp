/* ptx_value.cpp - what registers hold: bits, numbers, and the types' sizes. */
#include <cmath>
#include <limits>
#include "emu/eight_bits.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

void refuse(const std::string &what, Where where)
{
    fail("ptx", where, "inline PTX: %s", what.c_str());
}

unsigned size_of(Type type)
{
    static const unsigned char size[] = { 0, 1, 1, 2, 4, 8, 16, 1, 2, 4, 8, 1, 2,
                                          4, 8, 2, 4, 2, 4, 4,  4, 8, 2, 2, 1, 1 };
    static_assert(sizeof size == (size_t)Type::e5m2 + 1, "one for each type");
    return size[(int)type];
}

bool is_signed(Type type)
{
    return type >= Type::s8 && type <= Type::s64;
}

bool is_real(Type type)
{
    return type >= Type::f16 && type <= Type::f64;
}

bool is_whole(Type type)
{
    return type >= Type::u16 && type <= Type::s64 && type != Type::s8;
}

static uint64_t extended(uint64_t bits, Type type)
{
    switch (type) {
    case Type::s8: return (uint64_t)(int64_t)(int8_t)bits;
    case Type::s16: return (uint64_t)(int64_t)(int16_t)bits;
    case Type::s32: return (uint64_t)(int64_t)(int32_t)bits;
    case Type::pred: return bits & 1;
    default: return size_of(type) >= 8 ? bits : bits & ((1ull << 8 * size_of(type)) - 1);
    }
}

uint64_t get(const Machine &machine, const Ref &ref, Type type)
{
    uint64_t bits = ref.number;
    if (ref.kind == Ref::reg)
        bits = machine.reg[ref.index];
    else if (ref.kind == Ref::special)
        bits = read_special(ref.index);
    else if (ref.kind == Ref::real)
        bits = bits_of_real(ref.value, type);
    else if (ref.kind != Ref::whole)
        refuse("'" + ref.text + "' cannot be read", machine.where);
    if (type == Type::pred) bits = (bits != 0) != ref.negated;
    return extended(bits, type);
}

void put(Machine &machine, const Ref &ref, Type type, uint64_t bits)
{
    if (ref.kind == Ref::reg)
        machine.reg[ref.index] = extended(bits, type);
    else if (ref.kind != Ref::sink)
        refuse("'" + ref.text + "' cannot be written", machine.where);
}

double real_of(uint64_t bits, Type type)
{
    switch (type) {
    case Type::f16: return (double)decode((uint16_t)bits, HalfFormat());
    case Type::bf16: return (double)decode((uint16_t)bits, Bfloat16Format());
    case Type::tf32: return (double)bits_as<float>((uint32_t)bits & 0xffffe000u);
    case Type::f32: return (double)bits_as<float>((uint32_t)bits);
    case Type::f64: return bits_as<double>(bits);
    case Type::e4m3: return (double)decode_eight<E4m3Format>((uint8_t)bits);
    case Type::e5m2: return (double)decode_eight<E5m2Format>((uint8_t)bits);
    default: return is_signed(type) ? (double)(int64_t)extended(bits, type) : (double)extended(bits, type);
    }
}

uint64_t bits_of_real(double value, Type type)
{
    switch (type) {
    case Type::f16: return encode<HalfFormat>(value, Rounding::nearest);
    case Type::bf16: return encode<Bfloat16Format>(value, Rounding::nearest);
    case Type::f32:
    case Type::b32:
    case Type::tf32: return bits_as<uint32_t>((float)value);
    default: return bits_as<uint64_t>(value);
    }
}

double get_real(const Machine &machine, const Ref &ref, Type type)
{
    return real_of(get(machine, ref, type), type);
}

} // namespace ptx
} // namespace emu
