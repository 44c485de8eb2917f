/* module.cu - a CUDA module without a ladder: what a kernel from outside is linked with, so that the program
 * can allocate and copy for it (device.h). */
#include "../runtime.h"

static const struct device_rungs none[] = { { nullptr, nullptr } };

extern "C" {
extern const struct device_module rungs_cuda_module;
const struct device_module rungs_cuda_module = runtime_module(none, nullptr, nullptr);
}
