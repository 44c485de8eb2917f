/* cub/util_allocator.cuh - CUB: see emu/cub_device.h. */
#include "../emu/cub_device.h"
