/* ptx_modifiers.cpp - the words behind an opcode, ".rn.f16x2.f32": see ptx.h. */
#include "ptx.h"

namespace emu
{
namespace ptx
{

bool Modifiers::take(const char *name)
{
    for (size_t i = 0; i < word.size(); i++)
        if (word[i] == name) return word.erase(word.begin() + (long)i), true;
    return false;
}

Type type_named(const std::string &name)
{
    static const char *const names[] = { "",    "pred",   "b8",     "b16",  "b32",    "b64",  "b128",
                                         "u8",  "u16",    "u32",    "u64",  "s8",     "s16",  "s32",
                                         "s64", "f16",    "f16x2",  "bf16", "bf16x2", "tf32", "f32",
                                         "f64", "e4m3x2", "e5m2x2", "e4m3", "e5m2" };
    for (int i = 1; i <= (int)Type::e5m2; i++)
        if (name == names[i]) return (Type)i;
    return Type::none;
}

Type Modifiers::take_type()
{
    for (size_t i = 0; i < word.size(); i++)
        if (Type type = type_named(word[i]); type != Type::none)
            return word.erase(word.begin() + (long)i), type;
    return Type::none;
}

} // namespace ptx
} // namespace emu
