/* thrust/iterator/constant_iterator.h - see emu/thrust_algorithms.h */
#include "../../emu/thrust_algorithms.h"
