/* emu/ptx.h - inline PTX: what cu2cpp makes of asm("...") in a kernel.
 *
 *   asm volatile("add.u32 %0, %1, 1;" : "=r"(y) : "r"(x) : "memory");
 *   ::emu::ptx::run("add.u32 %0, %1, 1;", { ::emu::ptx::out<'r'>(y), ::emu::ptx::in<'r'>(x), });
 *
 * The text is parsed once (ptx_parse.cpp) and interpreted for each thread (ptx_run.cpp).
 */
#ifndef EMU_PTX_H
#define EMU_PTX_H

#include <initializer_list>
#include <type_traits>
#include "core.h"

namespace emu
{
namespace ptx
{

/* One operand of the statement: %0 is the first. */
struct Operand {
    char constraint; /* r, l, h, f, d, n */
    unsigned char size;
    void *to;       /* nullptr: it is only read */
    uint64_t value; /* its bits; integers that are signed are extended */
};

void run(const char *text, std::initializer_list<Operand> operands = {}, EMU_HERE);

constexpr bool is_constraint(char c)
{
    return c == 'r' || c == 'l' || c == 'h' || c == 'f' || c == 'd' || c == 'n';
}

/* Is a variable of this type what the constraint says? NVIDIA's compiler refuses others, too. */
template <char c, class T> constexpr bool suits()
{
    constexpr bool whole = std::is_integral_v<T> || std::is_enum_v<T>;
    return c == 'f'   ? std::is_same_v<T, float>
           : c == 'd' ? std::is_same_v<T, double>
           : c == 'n' ? whole
           : c == 'h' ? whole && sizeof(T) == 2
           : c == 'r' ? whole && sizeof(T) == 4
                      : (whole || std::is_pointer_v<T>)&&sizeof(T) == 8;
}

template <char c, class T> uint64_t bits_of(T value)
{
    static_assert(is_constraint(c), "asm: the constraints of PTX are r, l, h, f, d and n");
    static_assert(!is_constraint(c) || suits<c, T>(),
                  "asm: the operand's type does not suit its constraint: h is an integer of 16 bits, r of "
                  "32, l of 64, f is float, d is double, n is an integer constant");
    if constexpr (std::is_pointer_v<T>) {
        return (uint64_t)value;
    } else if constexpr (std::is_floating_point_v<T>) {
        uint64_t bits = 0;
        memcpy(&bits, &value, sizeof value < 8 ? sizeof value : 8);
        return bits;
    } else {
        return (uint64_t)(int64_t)value;
    }
}

template <char c, class T> Operand in(T value)
{
    return { c, sizeof value, nullptr, bits_of<c>(value) };
}
template <char c, class T> Operand in_out(T &variable)
{
    return { c, sizeof variable, (void *)&variable, bits_of<c>(variable) };
}
template <char c, class T> Operand out(T &variable)
{
    static_assert(
        is_constraint(c) && c != 'n' && suits<c, std::remove_volatile_t<T>>(),
        "asm: the result's type does not suit its constraint: h is an integer of 16 bits, r of 32, l "
        "of 64, f is float, d is double");
    return { c, sizeof variable, (void *)&variable, 0 };
}

} // namespace ptx
} // namespace emu
#endif
