/* thrust/system_error.h - see emu/thrust_run.h. */
#include "../emu/thrust_run.h"
