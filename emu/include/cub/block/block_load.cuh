/* cub/block/block_load.cuh - CUB: see emu/cub_block.h. */
#include "../../emu/cub_block.h"
