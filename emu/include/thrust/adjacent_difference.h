/* thrust/adjacent_difference.h - see emu/thrust_sets.h */
#include "../emu/thrust_sets.h"
