/* emu/thrust_vectors.h - thrust::device_vector and host_vector, and copies between the two memories. */
#ifndef EMU_THRUST_VECTORS_H
#define EMU_THRUST_VECTORS_H

#include <algorithm>
#include <vector>
#include "thrust_iterators.h"

namespace thrust
{

/* ---- copies ---- */

template <class I> struct IsPointer : std::is_pointer<I> {
};
template <class T> struct IsPointer<device_ptr<T>> : std::true_type {
};

template <class I, class O> O copy(I first, I last, O out, EMU_HERE)
{
    typedef typename std::iterator_traits<I>::value_type T;
    const size_t count = (size_t)(last - first);
    if constexpr (on_device<I> && !on_device<O>) {
        static_assert(IsPointer<I>::value, "to the host only what lies in an array is copied");
        std::vector<T> all(count); /* vector<bool> has no array */
        if (count) cudaMemcpy(all.data(), raw(first), count * sizeof(T), cudaMemcpyDeviceToHost, where_);
        return std::copy(all.begin(), all.end(), out);
    } else if constexpr (!on_device<I> && IsPointer<O>::value && on_device<O>) {
        typedef typename std::iterator_traits<O>::value_type U;
        std::vector<U> all(first, last);
        if (count) cudaMemcpy(raw(out), all.data(), count * sizeof(U), cudaMemcpyHostToDevice, where_);
        return out + (ptrdiff_t)count;
    } else {
        auto from = raw(first), to = raw(last);
        auto into = raw(out);
        run<I, O>(
            "thrust::copy", [=] { (void)std::copy(from, to, into); }, where_);
        return out + (ptrdiff_t)count;
    }
}
template <class I, class N, class O> O copy_n(I first, N count, O out, EMU_HERE)
{
    return thrust::copy(first, first + (ptrdiff_t)count, out, where_);
}

template <class I, class T> void fill(I first, I last, const T &value, EMU_HERE)
{
    auto from = raw(first), to = raw(last);
    run<I>(
        "thrust::fill", [=] { std::fill(from, to, value); }, where_);
}
template <class I, class N, class T> I fill_n(I first, N count, const T &value, EMU_HERE)
{
    thrust::fill(first, first + (ptrdiff_t)count, value, where_);
    return first + (ptrdiff_t)count;
}

/* ---- vectors ---- */

template <class T> class device_vector;

template <class T> class host_vector : public std::vector<T>
{
  public:
    using std::vector<T>::vector;
    host_vector() = default;
    host_vector(const std::vector<T> &other) : std::vector<T>(other)
    {
    }
    template <class U> host_vector(const device_vector<U> &other)
    {
        *this = other;
    }
    template <class U> host_vector &operator=(const device_vector<U> &other)
    {
        this->resize(other.size());
        thrust::copy(other.begin(), other.end(), this->begin());
        return *this;
    }
};

template <class T> class device_vector
{
  public:
    typedef T value_type;
    typedef device_ptr<T> iterator, pointer;
    typedef device_ptr<const T> const_iterator;
    typedef device_reference<T> reference;
    typedef size_t size_type;

    device_vector() = default;
    explicit device_vector(size_t length, EMU_HERE)
    {
        resize(length, T(), where_);
    }
    device_vector(size_t length, const T &value, EMU_HERE)
    {
        resize(length, value, where_);
    }
    template <class I, class = typename std::iterator_traits<I>::iterator_category>
    device_vector(I first, I last, EMU_HERE)
    {
        assign(first, last, where_);
    }
    device_vector(const device_vector &other, EMU_HERE)
    {
        assign(other.begin(), other.end(), where_);
    }
    device_vector(device_vector &&other) noexcept
    {
        swap(other);
    }
    template <class U> device_vector(const std::vector<U> &other, EMU_HERE)
    {
        assign(other.begin(), other.end(), where_);
    }
    device_vector(std::initializer_list<T> values, EMU_HERE)
    {
        assign(values.begin(), values.end(), where_);
    }
    ~device_vector()
    {
        cudaFree(array);
    }
    device_vector &operator=(const device_vector &other)
    {
        if (this != &other) assign(other.begin(), other.end());
        return *this;
    }
    device_vector &operator=(device_vector &&other) noexcept
    {
        swap(other);
        return *this;
    }
    template <class U> device_vector &operator=(const std::vector<U> &other)
    {
        assign(other.begin(), other.end());
        return *this;
    }

    iterator begin()
    {
        only_host();
        return iterator(array);
    }
    iterator end()
    {
        return iterator(array + count);
    }
    const_iterator begin() const
    {
        only_host();
        return const_iterator(array);
    }
    const_iterator end() const
    {
        return const_iterator(array + count);
    }
    const_iterator cbegin() const
    {
        return begin();
    }
    const_iterator cend() const
    {
        return end();
    }
    pointer data()
    {
        only_host();
        return pointer(array);
    }
    const_iterator data() const
    {
        only_host();
        return const_iterator(array);
    }
    reference operator[](size_t i)
    {
        only_host();
        return reference(array + i);
    }
    device_reference<const T> operator[](size_t i) const
    {
        only_host();
        return device_reference<const T>(array + i);
    }
    reference front()
    {
        return (*this)[0];
    }
    reference back()
    {
        return (*this)[count - 1];
    }
    size_t size() const
    {
        return count;
    }
    size_t capacity() const
    {
        return room;
    }
    bool empty() const
    {
        return count == 0;
    }
    void clear()
    {
        count = 0;
    }
    void reserve(size_t wanted, EMU_HERE)
    {
        if (wanted <= room) return;
        T *more = nullptr;
        cudaMalloc(&more, wanted * sizeof(T), where_);
        if (count) cudaMemcpy(more, array, count * sizeof(T), cudaMemcpyDeviceToDevice, where_);
        cudaFree(array);
        array = more;
        room = wanted;
    }
    void resize(size_t wanted, const T &value = T(), EMU_HERE)
    {
        reserve(wanted, where_);
        size_t before = count;
        count = wanted;
        if (wanted > before) thrust::fill(begin() + (ptrdiff_t)before, end(), value, where_);
    }
    void push_back(const T &value, EMU_HERE)
    {
        if (count == room) reserve(room ? 2 * room : 8, where_);
        array_reference(count++) = value;
    }
    void pop_back()
    {
        count--;
    }
    template <class I> void assign(I first, I last, EMU_HERE)
    {
        size_t wanted = (size_t)(last - first);
        count = 0;
        reserve(wanted, where_);
        count = wanted;
        if (wanted) thrust::copy(first, last, begin(), where_);
    }
    void swap(device_vector &other) noexcept
    {
        std::swap(array, other.array);
        std::swap(count, other.count);
        std::swap(room, other.room);
    }
    void shrink_to_fit()
    {
    }

  private:
    static void only_host()
    {
        if (emu::is_in_kernel())
            emu::fail("thrust", { nullptr, 0 },
                      "a device_vector is an object of the host: give the kernel "
                      "thrust::raw_pointer_cast(v.data())");
    }

    reference array_reference(size_t i)
    {
        return reference(array + i);
    }
    T *array = nullptr;
    size_t count = 0, room = 0;
};

template <class T> bool operator==(const device_vector<T> &a, const device_vector<T> &b)
{
    return host_vector<T>(a) == host_vector<T>(b);
}

} // namespace thrust

#endif
