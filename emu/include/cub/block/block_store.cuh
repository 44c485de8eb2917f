/* cub/block/block_store.cuh - CUB: see emu/cub_block.h. */
#include "../../emu/cub_block.h"
