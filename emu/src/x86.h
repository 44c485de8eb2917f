/* x86.h - the length of an x86-64 instruction, and where it holds addresses. */
#ifndef EMU_SRC_X86_H
#define EMU_SRC_X86_H

#include <cstddef>

namespace emu
{

struct Instruction86 {
    size_t length;       /* in bytes; 0: unknown, or longer than what there is                           */
    size_t relative;     /* where its four bytes are that count from its end; 0: it has none             */
    size_t displacement; /* where its four bytes are that are added to a register, or an address; 0: ... */
    size_t constant;     /* where its constant of four bytes is; 0: it has none                          */
    bool jumps;          /* `relative` is where a call or a jump goes                                    */
};

/* The instruction at `code`, of which `most` bytes may be read. */
Instruction86 x86_read(const unsigned char *code, size_t most);

} // namespace emu
#endif
