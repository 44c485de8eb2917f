/* built_as.cpp - what `rungs nvcc` links in addition: the symbol that objects of the same build need
 * (emu/core.h), and the defaults that `rungs emu` sets by variables. */
#include <cstdlib>

extern "C" {
extern const char EMU_BUILT_AS;
const char EMU_BUILT_AS = 0;
}

namespace emu
{

/* Before the variables are read, by other constructors. Those of the user count. */
__attribute__((constructor(101))) static void set_defaults()
{
    setenv("CUEMU_UNWRITTEN", "1", 0);
}

} // namespace emu
