/* thrust/system/cuda/execution_policy.h - see emu/thrust_algorithms.h */
#include "../../../emu/thrust_algorithms.h"
