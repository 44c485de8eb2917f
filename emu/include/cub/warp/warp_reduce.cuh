/* cub/warp/warp_reduce.cuh - CUB: see emu/cub_warp.h. */
#include "../../emu/cub_warp.h"
