/* thrust/binary_search.h - see emu/thrust_sets.h */
#include "../emu/thrust_sets.h"
