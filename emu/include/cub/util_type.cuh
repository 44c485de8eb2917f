/* cub/util_type.cuh - CUB: see emu/cub_common.h. */
#include "../emu/cub_common.h"
