/* cub/block/block_histogram.cuh - CUB: see emu/cub_block.h. */
#include "../../emu/cub_block.h"
