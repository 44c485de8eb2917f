/* core_copy.h - a copy of the process that runs some blocks of a launch (cores.h), and how it gives up. */
#ifndef EMU_CORE_COPY_H
#define EMU_CORE_COPY_H

namespace emu
{

extern bool in_copy;                     /* is this process a copy? */
extern volatile bool *copy_has_given_up; /* what all copies and the process see alike */

[[noreturn]] void copy_gives_up();
inline void only_on_one_core()
{
    if (in_copy) copy_gives_up();
}

} // namespace emu
#endif
