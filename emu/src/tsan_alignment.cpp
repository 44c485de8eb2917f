/* tsan_alignment.cpp - takes the calls that gcc's -fsanitize=alignment puts where an address does not suit
 * the type that the program accesses there. A GPU stops at such an access; this processor does not.
 *
 * tsan_receiver.cpp sees addresses that suit no access of their size. This sees what it cannot: where the
 * compiler knows the variable, and so that it is misaligned, the access is not said to be of its type. */
#include "emu_internal.h"
#include "fiber.h"

namespace emu
{

/* What the compiler says of the place, in the layout that its calls have. */
struct Mismatch {
    const char *file;
    uint32_t line, column;
    const struct {
        uint16_t kind, information;
        char name[1];
    } * type;
    unsigned char alignment; /* the bits that must be 0 */
    unsigned char access;
};

static void check_access(const Mismatch &found, const void *address)
{
    if (!is_kernels() || stack_at(address) != Stack::none || space_of(address) == Space::local) return;
    Where where = { found.file, (int)found.line };
    fail("alignment", { nullptr, 0 }, "misaligned address at %s: %s needs a multiple of %u bytes (%s)",
         source_line(where).c_str(), found.type->name, 1u << found.alignment, describe(address).c_str());
}

} // namespace emu

extern "C" {
void __ubsan_handle_type_mismatch_v1(const emu::Mismatch *found, const void *address)
{
    emu::check_access(*found, address);
}
void __ubsan_handle_type_mismatch_v1_abort(const emu::Mismatch *found, const void *address)
{
    emu::check_access(*found, address);
}
}
