/* thrust/detail/type_traits.h - of the C++ library. */
#include <type_traits>
#include "../../emu/thrust_iterators.h"
