/* emu/thrust_run.h - where an algorithm of Thrust runs: on the host over its memory, as a kernel of one
 * thread over the device's, and in place if a kernel calls it. */
#ifndef EMU_THRUST_RUN_H
#define EMU_THRUST_RUN_H

#include <iostream> /* as Thrust does: programs rely on it */
#include <iterator>
#include <new>
#include <system_error>
#include <type_traits>
#include <utility>
#include "../cuda_runtime.h"
#include "grid.h"

namespace thrust
{

template <class T> class device_ptr;

using std::error_code;
using std::swap; /* programs call it by its bare name */
using std::system_error;
namespace system
{
using std::error_code;
using std::system_error;
} // namespace system

/* Policies: who calls an algorithm with raw pointers says by them whose memory that is. */
struct host_policy {
};
struct device_policy {
    cudaStream_t stream = nullptr;
    device_policy on(cudaStream_t of) const
    {
        return { of };
    }
};
struct sequence_policy {
};
static const host_policy host{};
static const device_policy device{};
static const sequence_policy seq{};

namespace cuda
{
static const device_policy par{}, par_nosync{};
}

template <class T>
inline constexpr bool is_policy =
    std::is_same_v<std::decay_t<T>, host_policy> || std::is_same_v<std::decay_t<T>, device_policy> ||
    std::is_same_v<std::decay_t<T>, sequence_policy>;

/* ---- device_ptr, and what it points to ---- */

template <class T> class device_reference
{
  public:
    explicit device_reference(T *to) : address(to)
    {
    }
    device_reference(const device_reference &) = default;
    operator std::remove_const_t<T>() const
    {
        std::remove_const_t<T> value;
        if (emu::is_in_kernel()) return *address;
        cudaMemcpy(&value, address, sizeof value, cudaMemcpyDeviceToHost);
        return value;
    }
    const device_reference &operator=(const T &value) const
    {
        if (emu::is_in_kernel())
            *address = value;
        else
            cudaMemcpy(address, &value, sizeof value, cudaMemcpyHostToDevice);
        return *this;
    }
    const device_reference &operator=(const device_reference &other) const
    {
        return *this = (T)other;
    }
    device_ptr<T> operator&() const;

  private:
    T *address;
};

template <class T> class device_ptr
{
  public:
    typedef std::random_access_iterator_tag iterator_category;
    typedef std::remove_const_t<T> value_type;
    typedef ptrdiff_t difference_type;
    typedef device_ptr pointer;
    typedef device_reference<T> reference;

    device_ptr() = default;
    explicit device_ptr(T *address_) : address(address_)
    {
    }
    template <class U, class = std::enable_if_t<std::is_convertible_v<U *, T *>>>
    device_ptr(const device_ptr<U> &other) : address(other.get())
    {
    }
    T *get() const
    {
        return address;
    }
    reference operator*() const
    {
        return reference(address);
    }
    reference operator[](ptrdiff_t i) const
    {
        return reference(address + i);
    }
    device_ptr &operator+=(ptrdiff_t n)
    {
        address += n;
        return *this;
    }
    device_ptr &operator-=(ptrdiff_t n)
    {
        return *this += -n;
    }
    device_ptr &operator++()
    {
        return *this += 1;
    }
    device_ptr &operator--()
    {
        return *this += -1;
    }
    device_ptr operator+(ptrdiff_t n) const
    {
        return device_ptr(address + n);
    }
    device_ptr operator-(ptrdiff_t n) const
    {
        return device_ptr(address - n);
    }
    ptrdiff_t operator-(const device_ptr &other) const
    {
        return address - other.address;
    }
    bool operator==(const device_ptr &other) const
    {
        return address == other.address;
    }
    bool operator!=(const device_ptr &other) const
    {
        return address != other.address;
    }
    bool operator<(const device_ptr &other) const
    {
        return address < other.address;
    }

  private:
    T *address = nullptr;
};

template <class T> void swap(device_reference<T> a, device_reference<T> b)
{
    T kept = a;
    a = b;
    b = kept;
}

/* It points to bytes of no type: nothing but its address can be asked for. */
template <> class device_ptr<void>
{
  public:
    device_ptr() = default;
    explicit device_ptr(void *address_) : address(address_)
    {
    }
    template <class U> device_ptr(const device_ptr<U> &other) : address(other.get())
    {
    }
    void *get() const
    {
        return address;
    }
    bool operator==(const device_ptr &other) const
    {
        return address == other.address;
    }
    bool operator!=(const device_ptr &other) const
    {
        return address != other.address;
    }

  private:
    void *address = nullptr;
};

template <class T> device_ptr<T> device_reference<T>::operator&() const
{
    return device_ptr<T>(address);
}

template <class T> device_ptr<T> device_pointer_cast(T *address)
{
    return device_ptr<T>(address);
}
template <class T> T *raw_pointer_cast(const device_ptr<T> &pointer)
{
    return pointer.get();
}
template <class T> T *raw_pointer_cast(T *pointer)
{
    return pointer;
}
inline device_ptr<void> device_malloc(size_t bytes, EMU_HERE)
{
    void *address = nullptr;
    if (cudaMalloc(&address, bytes, where_) != cudaSuccess) throw std::bad_alloc();
    return device_ptr<void>(address);
}
template <class T> device_ptr<T> device_malloc(size_t count, EMU_HERE)
{
    return device_ptr<T>(static_cast<T *>(device_malloc(count * sizeof(T), where_).get()));
}
template <class T> void device_free(device_ptr<T> pointer)
{
    cudaFree((void *)pointer.get());
}

/* ---- the iterator as the thread that runs sees it, and whether it needs the device ---- */

template <class I> struct Seen { /* a pointer, or the host's own iterator */
    static constexpr bool device = false;
    static I raw(const I &i)
    {
        return i;
    }
};
template <class T> struct Seen<device_ptr<T>> {
    static constexpr bool device = true;
    static T *raw(const device_ptr<T> &i)
    {
        return i.get();
    }
};
template <class I> auto raw(const I &i)
{
    return Seen<I>::raw(i);
}
template <class... I> inline constexpr bool on_device = (Seen<std::decay_t<I>>::device || ...);

/* Runs f, which holds all that it needs by value. */
template <class F> void run_as_kernel(const char *name, F f, emu::Where where)
{
    if (emu::is_in_kernel()) return (void)f();
    emu::Request request = emu::request_of(name, where, dim3(1), dim3(1), 0, nullptr);
    request.argument = new F(f);
    request.argument_bytes = sizeof(F);
    request.body = [](void *argument) { (*static_cast<F *>(argument))(); };
    request.release = [](void *argument) { delete static_cast<F *>(argument); };
    request.at_once = true;
    emu::launch(request);
}

/* ... and returns what f does. A kernel has no result: it is left in a variable of the program. */
template <class F> auto result_of_kernel(const char *name, F f, emu::Where where) -> decltype(f())
{
    typedef decltype(f()) R;
    if (emu::is_in_kernel()) return f();
    alignas(R) static unsigned char place[sizeof(R)];
    run_as_kernel(
        name, [f]() mutable { new (place) R(f()); }, where);
    return *std::launder(reinterpret_cast<R *>(place));
}

template <class... I, class F> auto run(const char *name, F f, emu::Where where) -> decltype(f())
{
    if constexpr (!on_device<I...>)
        return f();
    else if constexpr (std::is_void_v<decltype(f())>)
        run_as_kernel(name, f, where);
    else
        return result_of_kernel(name, f, where);
}

} // namespace thrust

#endif
