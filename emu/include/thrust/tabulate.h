/* thrust/tabulate.h - see emu/thrust_sets.h */
#include "../emu/thrust_sets.h"
