/* cub/device/device_radix_sort.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
