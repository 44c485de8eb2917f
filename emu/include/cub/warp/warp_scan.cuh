/* cub/warp/warp_scan.cuh - CUB: see emu/cub_warp.h. */
#include "../../emu/cub_warp.h"
