/* functions.cpp - what is known of a kernel before it runs; see launch.h. */
#include <algorithm>
#include <map>
#include "emu/launch.h"
#include "launch.h"
#include "modules.h"

namespace emu
{

Function &function_at(const void *address, const void *caller)
{
    static std::map<const void *, Function> known;
    const void *code = address ? address : caller;
    auto found = known.find(code);
    if (found != known.end()) return found->second;
    Function fresh = { address ? function_name(address) : "", static_shared_bytes(code), 0 };
    size_t most = address ? SHARED_DEFAULT : SHARED_MOST;
    fresh.dynamic_limit = most - std::min(fresh.static_bytes, most);
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
