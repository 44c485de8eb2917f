/* runtime.h - a CUDA module around ladders: everything of struct device_module (device.h)
 * that CUDA's runtime gives. */
#ifndef RUNGS_CUDA_RUNTIME_H
#define RUNGS_CUDA_RUNTIME_H

#include "../device.h"

/* peers and close (called when the module is closed) may be nullptr. */
struct device_module runtime_module(const struct device_rungs *ladders, const struct device_rungs *(*peers)(),
                                    void (*close)());

#endif
