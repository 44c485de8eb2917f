/* functions.cpp - what is known of a kernel before it runs; see launch.h. */
#include <algorithm>
#include <map>
#include "launch.h"
#include "modules.h"

namespace emu
{

Function &function_at(const void *address)
{
    static std::map<const void *, Function> known;
    auto found = known.find(address);
    if (found != known.end()) return found->second;
    Function fresh = { address ? function_name(address) : "", address ? static_shared_bytes(address) : 0, 0 };
    fresh.dynamic_limit = SHARED_DEFAULT - std::min(fresh.static_bytes, SHARED_DEFAULT);
    if (!address) fresh.dynamic_limit = SHARED_MOST;
    return known.emplace(address, fresh).first->second;
}

} // namespace emu
