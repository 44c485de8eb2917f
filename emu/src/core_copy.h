/* core_copy.h - a copy of the process that runs some blocks of a launch (cores.h), and how it gives up. */
#ifndef EMU_CORE_COPY_H
#define EMU_CORE_COPY_H

#include <cstddef>
#include "emu_internal.h"

#if defined(__GLIBC__) && !defined(EMU_ASAN)
#if __GLIBC_PREREQ(2, 33)
#define EMU_CORES 1
#endif
#endif

namespace emu
{

extern bool in_copy;                     /* is this process a copy? */
extern volatile bool *copy_has_given_up; /* what all copies and the process see alike */

[[noreturn]] void copy_gives_up();
inline void only_on_one_core()
{
    if (in_copy) copy_gives_up();
}

size_t kernels_heap(); /* bytes that malloc has given to the program, but not to an OwnHeap; 0: not known */

/* While it lives, the emulator allocates for itself what a copy may as well have alone. */
class OwnHeap
{
  public:
    OwnHeap();
    ~OwnHeap();

  private:
    size_t before;
};

} // namespace emu
#endif
