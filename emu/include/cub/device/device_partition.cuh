/* cub/device/device_partition.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
