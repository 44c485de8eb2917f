/* emu/standard.h - cuda::std: host and device code are one here, so it is the host's own library. */
#ifndef EMU_STANDARD_H
#define EMU_STANDARD_H

#include <array>
#include <cassert>
#include <cfloat>
#include <climits>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <limits>
#include <ratio>
#include <tuple>
#include <type_traits>
#include <utility>

namespace cuda
{
namespace std
{
using namespace ::std;
#if __cplusplus < 202002L
struct identity { /* C++20's */
    template <class T> constexpr T &&operator()(T &&value) const noexcept
    {
        return ::std::forward<T>(value);
    }
};
#endif
} // namespace std
} // namespace cuda

#endif
