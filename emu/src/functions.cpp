/* functions.cpp - what is known of a kernel before it runs; see launch.h. */
#include <algorithm>
#include <map>
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

} // namespace emu
