/* functions.cpp - what is known of a kernel before it runs; see launch.h. */
#include <algorithm>
#include <cstring>
#include <map>
#include "emu/launch.h"
#include "launch.h"
#include "modules.h"

namespace emu
{

/* ---- __cluster_dims__: a variable in the kernel (emu/core.h) ---- */

static dim3 extent_in(const Variable *variable)
{
    unsigned extent[4] = {};
    if (!variable) return { 0, 0, 0 };
    memcpy(extent, variable->start, std::min(variable->size, sizeof extent));
    return { extent[0], std::max(1u, extent[1]), std::max(1u, extent[2]) }; /* those not given are 1 */
}

dim3 cluster_of_kernel(const Request &request, const std::string &name)
{
    if (request.function) return function_at(request.function).cluster;
    return extent_in(variable_in((const void *)request.body, name, "cluster_dims_"));
}

Function &function_at(const void *address, const void *caller)
{
    static std::map<const void *, Function> &known = *new std::map<const void *, Function>;
    const void *code = address ? address : caller;
    auto found = known.find(code);
    if (found != known.end()) return found->second;
    Function fresh;
    fresh.name = address ? function_name(address) : "";
    fresh.static_bytes = static_shared_bytes(code);
    size_t most = address ? SHARED_DEFAULT : SHARED_MOST;
    fresh.dynamic_limit = most - std::min(fresh.static_bytes, most);
    if (address) fresh.cluster = extent_in(variable_of(address, "cluster_dims_"));
    return known.emplace(code, fresh).first->second;
}

/* ---- kernels by a void pointer ---- */

static std::map<const void *, LaunchKnown *> &launchers()
{
    static std::map<const void *, LaunchKnown *> &all = *new std::map<const void *, LaunchKnown *>;
    return all;
}

void know(const void *function, LaunchKnown *launch_it)
{
    launchers()[function] = launch_it;
}

cudaError_t launch_at(const char *call, const Request &request, void **arguments)
{
    auto found = launchers().find(request.function);
    if (found == launchers().end())
        return refuse(cudaErrorInvalidDeviceFunction, request.where,
                      "%s of a pointer whose kernel is not known here; it takes the kernel's name, or "
                      "(void *)NAME in a .cu file",
                      call);
    found->second(request.function, arguments, request);
    return cudaPeekAtLastError();
}

} // namespace emu
