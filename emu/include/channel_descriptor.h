/* channel_descriptor.h - cudaCreateChannelDesc. */
#ifndef EMU_CHANNEL_DESCRIPTOR_H
#define EMU_CHANNEL_DESCRIPTOR_H

#include "cuda_runtime.h"

#endif
