/* host_defines.h - the keywords. */
#ifndef EMU_HOST_DEFINES_H
#define EMU_HOST_DEFINES_H

#include "cuda_runtime.h"

#endif
