/* nvToolsExt.h - NVTX under its older name. */
#ifndef EMU_NVTOOLSEXT_H
#define EMU_NVTOOLSEXT_H

#include "nvtx3/nvToolsExt.h"

#endif
