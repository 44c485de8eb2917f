/* cub/block/block_scan.cuh - CUB: see emu/cub_block.h. */
#include "../../emu/cub_block.h"
