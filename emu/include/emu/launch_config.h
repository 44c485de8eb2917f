/* emu/launch_config.h - cudaLaunchKernelEx: a launch with a list of attributes, such as the extent of its
 * clusters. */
#ifndef EMU_LAUNCH_CONFIG_H
#define EMU_LAUNCH_CONFIG_H

#include "launch.h"

struct cudaLaunchConfig_t {
    dim3 gridDim, blockDim;
    size_t dynamicSmemBytes;
    cudaStream_t stream;
    cudaLaunchAttribute *attrs;
    unsigned numAttrs;
};
typedef cudaLaunchConfig_t cudaLaunchConfig_st;

namespace emu
{

/* The launch that it describes; an error after a finding if it has an attribute that is not emulated. */
cudaError_t request_by(const cudaLaunchConfig_t *config, Request *request, Where where);

/* A configuration that knows the line of the call. */
struct ConfigHere {
    const cudaLaunchConfig_t *config;
    Where where;
    ConfigHere(const cudaLaunchConfig_t *given, EMU_HERE) : config(given), where(where_)
    {
    }
};

template <class... P, size_t... I>
void launch_tuple(void (*function)(P...), std::tuple<P...> &parameters, const Request &request,
                  std::index_sequence<I...> numbers)
{
    void *arguments[] = { (void *)&std::get<I>(parameters)..., nullptr };
    launch_with(function, arguments, request, numbers);
}

} // namespace emu

template <class... P, class... A>
cudaError_t cudaLaunchKernelEx(const emu::ConfigHere &config, void (*function)(P...), A &&...arguments)
{
    static_assert(sizeof...(P) == sizeof...(A), "cudaLaunchKernelEx takes as many arguments as the kernel");
    emu::Request request;
    if (cudaError_t error = emu::request_by(config.config, &request, config.where)) return error;
    std::tuple<P...> parameters(emu::as_parameter<P>(arguments)...);
    emu::launch_tuple(function, parameters, request, std::index_sequence_for<P...>());
    return cudaPeekAtLastError();
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *config, const void *function, void **arguments,
                                EMU_HERE);
template <class... P>
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *config, void (*function)(P...), void **arguments,
                                EMU_HERE)
{
    emu::Request request;
    if (cudaError_t error = emu::request_by(config, &request, where_)) return error;
    emu::launch_with(function, arguments, request, std::index_sequence_for<P...>());
    return cudaPeekAtLastError();
}

/* How many clusters of that launch are resident at one time; the most blocks that a cluster of it can
 * have. */
cudaError_t cudaOccupancyMaxActiveClusters(int *clusters, const void *function,
                                           const cudaLaunchConfig_t *config, EMU_HERE);
cudaError_t cudaOccupancyMaxPotentialClusterSize(int *blocks, const void *function,
                                                 const cudaLaunchConfig_t *config, EMU_HERE);
template <class... P>
cudaError_t cudaOccupancyMaxActiveClusters(int *clusters, void (*function)(P...),
                                           const cudaLaunchConfig_t *config, EMU_HERE)
{
    return cudaOccupancyMaxActiveClusters(clusters, (const void *)function, config, where_);
}
template <class... P>
cudaError_t cudaOccupancyMaxPotentialClusterSize(int *blocks, void (*function)(P...),
                                                 const cudaLaunchConfig_t *config, EMU_HERE)
{
    return cudaOccupancyMaxPotentialClusterSize(blocks, (const void *)function, config, where_);
}

/* In kernels of programmatic dependent launches: here a kernel begins when the one before has ended. */
inline void cudaGridDependencySynchronize()
{
}
inline void cudaTriggerProgrammaticLaunchCompletion()
{
}

#endif
