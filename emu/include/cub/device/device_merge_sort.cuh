/* cub/device/device_merge_sort.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
