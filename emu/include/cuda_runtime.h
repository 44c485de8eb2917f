/* cuda_runtime.h - found before NVIDIA's header of this name when a .cu file is built for the emulator; see
 * emu/README.md. Like NVIDIA's, it is included by the build and brings all that
 * kernels use without an include.
 */
#ifndef EMU_CUDA_RUNTIME_H
#define EMU_CUDA_RUNTIME_H
#define __CUDA_RUNTIME_H__

#ifndef __cplusplus
#include "cuda_runtime_api.h" /* all that a C file can use */
#else
#include <algorithm>
#include <cassert>
#include <cfloat>
#include <climits>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <math.h>
#include <time.h> /* NVIDIA's brings clock() and so time() */
#include <new>
#include <type_traits>
#include <utility>

#include "emu/core.h"
#include "cuda_runtime_api.h"
#include "emu/launch.h"
#include "emu/launch_config.h"
#include "emu/sync.h"
#include "emu/warp.h"
#include "emu/atomics.h"
#include "emu/intrinsics.h"
#include "emu/ptx.h"
#include "emu/textures.h"
#include "emu/texture_references.h"
#include "emu/legacy.h"

/* nvcc --default-stream per-thread, or a #define before this: for the whole program, here. */
#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
namespace emu
{
bool default_stream_per_thread();
[[maybe_unused]] static const bool per_thread_default = default_stream_per_thread();
} // namespace emu
#endif
#endif

#endif
