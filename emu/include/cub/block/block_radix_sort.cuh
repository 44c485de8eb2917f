/* cub/block/block_radix_sort.cuh - CUB: see emu/cub_block.h. */
#include "../../emu/cub_block.h"
