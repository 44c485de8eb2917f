/* cub/thread/thread_operators.cuh - CUB: see emu/cub_common.h. */
#include "../../emu/cub_common.h"
