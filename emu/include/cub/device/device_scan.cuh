/* cub/device/device_scan.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
