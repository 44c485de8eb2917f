/* cub/device/device_run_length_encode.cuh - CUB: see emu/cub_device.h. */
#include "../../emu/cub_device.h"
