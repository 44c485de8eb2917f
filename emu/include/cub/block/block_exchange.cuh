/* cub/block/block_exchange.cuh - CUB: see emu/cub_block.h. */
#include "../../emu/cub_block.h"
