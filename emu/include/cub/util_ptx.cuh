/* cub/util_ptx.cuh - CUB: see emu/cub_common.h. */
#include "../emu/cub_common.h"
