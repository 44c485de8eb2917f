/* children.h - kernels that kernels launch: see children.cpp. */
#ifndef EMU_CHILDREN_H
#define EMU_CHILDREN_H

#include <functional>
#include "cuda_runtime_api.h"

namespace emu
{

void child_launch(cudaStream_t stream, std::function<void()> run); /* by the kernel that runs */
void children_run();                                               /* those of the kernel that has ended */
void children_forget();                                            /* it has failed                      */

} // namespace emu
#endif
