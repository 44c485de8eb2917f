/* cub/block/block_reduce.cuh - CUB: see emu/cub_block.h. */
#include "../../emu/cub_block.h"
