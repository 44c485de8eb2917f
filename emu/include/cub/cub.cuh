/* cub/cub.cuh - the part of CUB that is here: of warps, blocks and the device. */
#include "../emu/cub_block.h"
#include "../emu/cub_device.h"
#include "../emu/cub_warp.h"
