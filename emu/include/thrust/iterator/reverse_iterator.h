/* thrust/iterator/reverse_iterator.h - see emu/thrust_iterators.h */
#include "../../emu/thrust_iterators.h"
