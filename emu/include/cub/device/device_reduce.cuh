/* cub/device/device_reduce.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
