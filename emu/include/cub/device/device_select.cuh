/* cub/device/device_select.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
