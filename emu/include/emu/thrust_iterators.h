/* emu/thrust_iterators.h - Thrust's iterators that hold no memory, its tuples, functions, random numbers. */
#ifndef EMU_THRUST_ITERATORS_H
#define EMU_THRUST_ITERATORS_H

#include <functional>
#include <random>
#include <tuple>
#include "thrust_run.h"

namespace thrust
{

using std::get;
using std::make_pair;
using std::make_tuple;
using std::pair;
using std::tie;
using std::tuple;

/* ---- functions ---- */

template <class T = void> using plus = std::plus<T>;
template <class T = void> using minus = std::minus<T>;
template <class T = void> using multiplies = std::multiplies<T>;
template <class T = void> using divides = std::divides<T>;
template <class T = void> using modulus = std::modulus<T>;
template <class T = void> using negate = std::negate<T>;
template <class T = void> using less = std::less<T>;
template <class T = void> using less_equal = std::less_equal<T>;
template <class T = void> using greater = std::greater<T>;
template <class T = void> using greater_equal = std::greater_equal<T>;
template <class T = void> using equal_to = std::equal_to<T>;
template <class T = void> using not_equal_to = std::not_equal_to<T>;
template <class T = void> using logical_and = std::logical_and<T>;
template <class T = void> using logical_or = std::logical_or<T>;
template <class T = void> using logical_not = std::logical_not<T>;
template <class T = void> using bit_and = std::bit_and<T>;
template <class T = void> using bit_or = std::bit_or<T>;
template <class T = void> using bit_xor = std::bit_xor<T>;
template <class T = void> struct maximum {
    template <class A> A operator()(const A &a, const A &b) const
    {
        return a < b ? b : a;
    }
};
template <class T = void> struct minimum {
    template <class A> A operator()(const A &a, const A &b) const
    {
        return b < a ? b : a;
    }
};
template <class T = void> struct identity {
    template <class A> A operator()(const A &a) const
    {
        return a;
    }
};
template <class T> struct square {
    T operator()(const T &a) const
    {
        return a * a;
    }
};
template <class A, class R> struct unary_function {
    typedef A argument_type;
    typedef R result_type;
};
template <class A, class B, class R> struct binary_function {
    typedef A first_argument_type;
    typedef B second_argument_type;
    typedef R result_type;
};

/* ---- random numbers: the engine's are Thrust's, a distribution makes others of them ---- */

typedef std::minstd_rand minstd_rand;
typedef std::minstd_rand0 minstd_rand0;
typedef std::minstd_rand default_random_engine;
template <class T = int> using uniform_int_distribution = std::uniform_int_distribution<T>;
template <class T = double> using uniform_real_distribution = std::uniform_real_distribution<T>;
template <class T = double> using normal_distribution = std::normal_distribution<T>;

namespace random
{
using thrust::default_random_engine;
using thrust::minstd_rand;
using thrust::minstd_rand0;
using thrust::normal_distribution;
using thrust::uniform_int_distribution;
using thrust::uniform_real_distribution;
} // namespace random

/* ---- iterators that compute what they point to ---- */

/* What an iterator that knows its element at each distance needs beside that. */
template <class Self, class Reference> class ComputedIterator
{
  public:
    typedef std::random_access_iterator_tag iterator_category;
    typedef std::decay_t<Reference> value_type;
    typedef ptrdiff_t difference_type;
    typedef void pointer;
    typedef Reference reference;

    Reference operator*() const
    {
        return self().at(0);
    }
    Reference operator[](ptrdiff_t n) const
    {
        return self().at(n);
    }
    Self operator+(ptrdiff_t n) const
    {
        Self moved = self();
        moved.move(n);
        return moved;
    }
    Self operator-(ptrdiff_t n) const
    {
        return *this + -n;
    }
    Self &operator+=(ptrdiff_t n)
    {
        self().move(n);
        return self();
    }
    Self &operator-=(ptrdiff_t n)
    {
        return *this += -n;
    }
    Self &operator++()
    {
        return *this += 1;
    }
    Self operator++(int)
    {
        Self before = self();
        *this += 1;
        return before;
    }
    Self &operator--()
    {
        return *this += -1;
    }
    ptrdiff_t operator-(const Self &other) const
    {
        return self().distance(other);
    }
    bool operator==(const Self &other) const
    {
        return self().distance(other) == 0;
    }
    bool operator!=(const Self &other) const
    {
        return self().distance(other) != 0;
    }
    bool operator<(const Self &other) const
    {
        return self().distance(other) < 0;
    }

  private:
    const Self &self() const
    {
        return *static_cast<const Self *>(this);
    }
    Self &self()
    {
        return *static_cast<Self *>(this);
    }
};

template <class T> class counting_iterator : public ComputedIterator<counting_iterator<T>, T>
{
  public:
    explicit counting_iterator(T from = T()) : value(from)
    {
    }
    T at(ptrdiff_t n) const
    {
        return (T)(value + (T)n);
    }
    void move(ptrdiff_t n)
    {
        value = at(n);
    }
    ptrdiff_t distance(const counting_iterator &other) const
    {
        return (ptrdiff_t)value - (ptrdiff_t)other.value;
    }

  private:
    T value;
};
template <class T> counting_iterator<T> make_counting_iterator(T from)
{
    return counting_iterator<T>(from);
}

template <class T> class constant_iterator : public ComputedIterator<constant_iterator<T>, T>
{
  public:
    explicit constant_iterator(T value_ = T(), ptrdiff_t at_ = 0) : value(value_), place(at_)
    {
    }
    T at(ptrdiff_t) const
    {
        return value;
    }
    void move(ptrdiff_t n)
    {
        place += n;
    }
    ptrdiff_t distance(const constant_iterator &other) const
    {
        return place - other.place;
    }

  private:
    T value;
    ptrdiff_t place;
};
template <class T> constant_iterator<T> make_constant_iterator(T value, ptrdiff_t at = 0)
{
    return constant_iterator<T>(value, at);
}

/* An output that keeps nothing. */
struct discarded {
    template <class T> const discarded &operator=(const T &) const
    {
        return *this;
    }
};
class discard_iterator : public ComputedIterator<discard_iterator, discarded>
{
  public:
    typedef discarded reference;
    explicit discard_iterator(ptrdiff_t at_ = 0) : place(at_)
    {
    }
    discarded at(ptrdiff_t) const
    {
        return {};
    }
    void move(ptrdiff_t n)
    {
        place += n;
    }
    ptrdiff_t distance(const discard_iterator &other) const
    {
        return place - other.place;
    }

  private:
    ptrdiff_t place;
};
inline discard_iterator make_discard_iterator(ptrdiff_t at = 0)
{
    return discard_iterator(at);
}

/* From the end backwards. */
template <class I>
class reverse_iterator
    : public ComputedIterator<reverse_iterator<I>, typename std::iterator_traits<I>::reference>
{
  public:
    explicit reverse_iterator(I end) : of(end)
    {
    }
    typename std::iterator_traits<I>::reference at(ptrdiff_t n) const
    {
        return of[-1 - n];
    }
    void move(ptrdiff_t n)
    {
        of += -n;
    }
    ptrdiff_t distance(const reverse_iterator &other) const
    {
        return other.of - of;
    }
    I base() const
    {
        return of;
    }

  private:
    I of;
};
template <class I> reverse_iterator<I> make_reverse_iterator(I end)
{
    return reverse_iterator<I>(end);
}
template <class I> struct Seen<reverse_iterator<I>> {
    static constexpr bool device = Seen<I>::device;
    static auto raw(const reverse_iterator<I> &i)
    {
        auto of = thrust::raw(i.base());
        return reverse_iterator<decltype(of)>(of);
    }
};

template <class F, class I>
class transform_iterator
    : public ComputedIterator<
          transform_iterator<F, I>,
          std::decay_t<std::invoke_result_t<F, typename std::iterator_traits<I>::value_type>>>
{
  public:
    transform_iterator(I of_, F function_) : of(of_), function(function_)
    {
    }
    auto at(ptrdiff_t n) const
    {
        return function((typename std::iterator_traits<I>::value_type)of[n]);
    }
    void move(ptrdiff_t n)
    {
        of += n;
    }
    ptrdiff_t distance(const transform_iterator &other) const
    {
        return of - other.of;
    }
    I of;
    F function;
};
template <class I, class F> transform_iterator<F, I> make_transform_iterator(I of, F function)
{
    return { of, function };
}
template <class F, class I> struct Seen<transform_iterator<F, I>> {
    static constexpr bool device = Seen<I>::device;
    static auto raw(const transform_iterator<F, I> &i)
    {
        auto of = thrust::raw(i.of);
        return transform_iterator<F, decltype(of)>(of, i.function);
    }
};

/* The element of `of` that `index` names. */
template <class I, class J>
class permutation_iterator
    : public ComputedIterator<permutation_iterator<I, J>, typename std::iterator_traits<I>::reference>
{
  public:
    permutation_iterator(I of_, J index_) : of(of_), index(index_)
    {
    }
    typename std::iterator_traits<I>::reference at(ptrdiff_t n) const
    {
        return of[(ptrdiff_t)(typename std::iterator_traits<J>::value_type)index[n]];
    }
    void move(ptrdiff_t n)
    {
        index += n;
    }
    ptrdiff_t distance(const permutation_iterator &other) const
    {
        return index - other.index;
    }
    I of;
    J index;
};
template <class I, class J> permutation_iterator<I, J> make_permutation_iterator(I of, J index)
{
    return { of, index };
}
template <class I, class J> struct Seen<permutation_iterator<I, J>> {
    static constexpr bool device = Seen<I>::device || Seen<J>::device;
    static auto raw(const permutation_iterator<I, J> &i)
    {
        auto of = thrust::raw(i.of);
        auto index = thrust::raw(i.index);
        return permutation_iterator<decltype(of), decltype(index)>(of, index);
    }
};

template <class Tuple> class zip_iterator;
template <class... I>
class zip_iterator<std::tuple<I...>>
    : public ComputedIterator<zip_iterator<std::tuple<I...>>,
                              std::tuple<typename std::iterator_traits<I>::reference...>>
{
  public:
    typedef std::tuple<typename std::iterator_traits<I>::value_type...> value_type;
    typedef std::tuple<typename std::iterator_traits<I>::reference...> reference;

    explicit zip_iterator(const std::tuple<I...> &all_) : all(all_)
    {
    }
    reference at(ptrdiff_t n) const
    {
        return std::apply([n](const auto &...i) { return reference(i[n]...); }, all);
    }
    void move(ptrdiff_t n)
    {
        std::apply([n](auto &...i) { ((i += n), ...); }, all);
    }
    ptrdiff_t distance(const zip_iterator &other) const
    {
        return std::get<0>(all) - std::get<0>(other.all);
    }
    const std::tuple<I...> &get_iterator_tuple() const
    {
        return all;
    }

  private:
    std::tuple<I...> all;
};
template <class... I> zip_iterator<std::tuple<I...>> make_zip_iterator(const std::tuple<I...> &all)
{
    return zip_iterator<std::tuple<I...>>(all);
}
template <class A, class B, class... I>
zip_iterator<std::tuple<A, B, I...>> make_zip_iterator(A a, B b, I... i)
{
    return zip_iterator<std::tuple<A, B, I...>>(std::tuple<A, B, I...>(a, b, i...));
}
template <class... I> struct Seen<zip_iterator<std::tuple<I...>>> {
    static constexpr bool device = (Seen<I>::device || ...);
    static auto raw(const zip_iterator<std::tuple<I...>> &i)
    {
        return std::apply(
            [](const auto &...one) { return make_zip_iterator(std::make_tuple(thrust::raw(one)...)); },
            i.get_iterator_tuple());
    }
};

} // namespace thrust

#endif
