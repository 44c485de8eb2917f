/* cub/device/device_histogram.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
