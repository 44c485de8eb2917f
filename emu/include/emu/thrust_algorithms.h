/* emu/thrust_algorithms.h - Thrust's algorithms: the C++ library's, run where their iterators point to. */
#ifndef EMU_THRUST_ALGORITHMS_H
#define EMU_THRUST_ALGORITHMS_H

#include <numeric>
#include "thrust_vectors.h"

namespace thrust
{

template <class I> using Value = typename std::iterator_traits<I>::value_type;

/* ---- made in place ---- */

template <class I, class F> void generate(I first, I last, F function, EMU_HERE)
{
    auto from = raw(first);
    const ptrdiff_t n = last - first;
    run<I>(
        "thrust::generate",
        [=]() mutable {
            for (ptrdiff_t i = 0; i < n; i++) from[i] = function();
        },
        where_);
}
template <class I, class T = Value<I>> void sequence(I first, I last, T init = T(0), T step = T(1), EMU_HERE)
{
    auto from = raw(first);
    const ptrdiff_t n = last - first;
    run<I>(
        "thrust::sequence",
        [=] {
            for (ptrdiff_t i = 0; i < n; i++) from[i] = (Value<I>)(init + (T)i * step);
        },
        where_);
}
template <class I, class F> void tabulate(I first, I last, F function, EMU_HERE)
{
    auto from = raw(first);
    const ptrdiff_t n = last - first;
    run<I>(
        "thrust::tabulate",
        [=]() mutable {
            for (ptrdiff_t i = 0; i < n; i++) from[i] = function((int)i);
        },
        where_);
}
template <class I, class F> I for_each(I first, I last, F function, EMU_HERE)
{
    auto from = raw(first);
    const ptrdiff_t n = last - first;
    run<I>(
        "thrust::for_each",
        [=]() mutable {
            for (ptrdiff_t i = 0; i < n; i++) function(from[i]);
        },
        where_);
    return last;
}
template <class I, class N, class F> I for_each_n(I first, N count, F function, EMU_HERE)
{
    return for_each(first, first + (ptrdiff_t)count, function, where_);
}
template <class I, class T> void replace(I first, I last, const T &old, const T &now, EMU_HERE)
{
    auto from = raw(first), to = raw(last);
    run<I>(
        "thrust::replace", [=] { std::replace(from, to, old, now); }, where_);
}
/* What f makes of from to to by moving elements. Where these are no variables, as in zipped sequences, the
 * C++ library cannot exchange them: f gets their values in an array, which are then written back. */
template <class I, class F> ptrdiff_t moving(I from, I to, F f)
{
    if constexpr (std::is_lvalue_reference_v<typename std::iterator_traits<I>::reference>) {
        return f(from, to) - from;
    } else {
        std::vector<Value<I>> values(from, to);
        ptrdiff_t at = f(values.begin(), values.end()) - values.begin();
        std::copy(values.begin(), values.end(), from);
        return at;
    }
}
template <class I> void reverse(I first, I last, EMU_HERE)
{
    auto reversed = [](auto a, auto b) { return std::reverse(a, b), b; };
    run<I>(
        "thrust::reverse", [=, from = raw(first), to = raw(last)] { moving(from, to, reversed); }, where_);
}

/* ---- transforms ---- */

template <class I, class O, class F> O transform(I first, I last, O out, F function, EMU_HERE)
{
    auto from = raw(first);
    auto into = raw(out);
    const ptrdiff_t n = last - first;
    run<I, O>(
        "thrust::transform",
        [=]() mutable {
            for (ptrdiff_t i = 0; i < n; i++) into[i] = function(from[i]);
        },
        where_);
    return out + n;
}
template <class I, class J, class O, class F>
O transform(I first, I last, J second, O out, F function, EMU_HERE)
{
    auto from = raw(first);
    auto other = raw(second);
    auto into = raw(out);
    const ptrdiff_t n = last - first;
    run<I, J, O>(
        "thrust::transform",
        [=]() mutable {
            for (ptrdiff_t i = 0; i < n; i++) into[i] = function(from[i], other[i]);
        },
        where_);
    return out + n;
}
template <class J, class I, class O> O gather(J map, J end, I from, O out, EMU_HERE)
{
    return thrust::copy(make_permutation_iterator(from, map), make_permutation_iterator(from, end), out,
                        where_);
}
template <class I, class J, class O> void scatter(I first, I last, J map, O out, EMU_HERE)
{
    thrust::copy(first, last, make_permutation_iterator(out, map), where_);
}

/* ---- reductions ---- */

template <class I, class T, class F> T reduce(I first, I last, T init, F function, EMU_HERE)
{
    auto from = raw(first);
    const ptrdiff_t n = last - first;
    return run<I>(
        "thrust::reduce",
        [=]() mutable {
            T sum = init;
            for (ptrdiff_t i = 0; i < n; i++) sum = function(sum, (T)from[i]);
            return sum;
        },
        where_);
}
template <class I, class T> T reduce(I first, I last, T init, EMU_HERE)
{
    return thrust::reduce(first, last, init, std::plus<T>(), where_);
}
template <class I> Value<I> reduce(I first, I last, EMU_HERE)
{
    return thrust::reduce(first, last, Value<I>(0), std::plus<Value<I>>(), where_);
}
template <class I, class U, class T, class F>
T transform_reduce(I first, I last, U unary, T init, F function, EMU_HERE)
{
    auto from = raw(first);
    const ptrdiff_t n = last - first;
    return run<I>(
        "thrust::transform_reduce",
        [=]() mutable {
            T sum = init;
            for (ptrdiff_t i = 0; i < n; i++) sum = function(sum, (T)unary(from[i]));
            return sum;
        },
        where_);
}
template <class I, class J, class T, class F, class G>
T inner_product(I first, I last, J second, T init, F sum_of, G product_of, EMU_HERE)
{
    auto from = raw(first);
    auto other = raw(second);
    const ptrdiff_t n = last - first;
    return run<I, J>(
        "thrust::inner_product",
        [=]() mutable {
            T sum = init;
            for (ptrdiff_t i = 0; i < n; i++) sum = sum_of(sum, product_of(from[i], other[i]));
            return sum;
        },
        where_);
}
template <class I, class J, class T> T inner_product(I first, I last, J second, T init, EMU_HERE)
{
    return thrust::inner_product(first, last, second, init, std::plus<T>(), std::multiplies<T>(), where_);
}
template <class I, class F> ptrdiff_t count_if(I first, I last, F function, EMU_HERE)
{
    auto from = raw(first), to = raw(last);
    return run<I>(
        "thrust::count_if", [=] { return (ptrdiff_t)std::count_if(from, to, function); }, where_);
}
template <class I, class T> ptrdiff_t count(I first, I last, const T &value, EMU_HERE)
{
    return thrust::count_if(
        first, last, [=](const Value<I> &x) { return x == value; }, where_);
}
template <class I, class F> bool all_of(I first, I last, F function, EMU_HERE)
{
    return thrust::count_if(first, last, function, where_) == last - first;
}
template <class I, class F> bool any_of(I first, I last, F function, EMU_HERE)
{
    return thrust::count_if(first, last, function, where_) > 0;
}
template <class I, class F> bool none_of(I first, I last, F function, EMU_HERE)
{
    return !thrust::any_of(first, last, function, where_);
}
template <class I, class J> bool equal(I first, I last, J second, EMU_HERE)
{
    return thrust::inner_product(first, last, second, true, std::logical_and<>(), std::equal_to<>(), where_);
}

/* ---- places ---- */

/* find(from, to) is an iterator between the two. */
template <class I, class F> I place(const char *name, I first, I last, F find, emu::Where where)
{
    auto from = raw(first), to = raw(last);
    return first + run<I>(
                       name, [=]() mutable { return (ptrdiff_t)(find(from, to) - from); }, where);
}
template <class I, class F = std::less<>> I min_element(I first, I last, F less = F(), EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::min_element(a, b, less); };
    return place("thrust::min_element", first, last, find, where_);
}
template <class I, class F = std::less<>> I max_element(I first, I last, F less = F(), EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::max_element(a, b, less); };
    return place("thrust::max_element", first, last, find, where_);
}
template <class I, class F = std::less<>> pair<I, I> minmax_element(I first, I last, F less = F(), EMU_HERE)
{
    return { thrust::min_element(first, last, less, where_), thrust::max_element(first, last, less, where_) };
}
template <class I, class F> I find_if(I first, I last, F function, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::find_if(a, b, function); };
    return place("thrust::find_if", first, last, find, where_);
}
template <class I, class T> I find(I first, I last, const T &value, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::find(a, b, value); };
    return place("thrust::find", first, last, find, where_);
}
template <class I, class T> I lower_bound(I first, I last, const T &value, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::lower_bound(a, b, value); };
    return place("thrust::lower_bound", first, last, find, where_);
}
template <class I, class T> I upper_bound(I first, I last, const T &value, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::upper_bound(a, b, value); };
    return place("thrust::upper_bound", first, last, find, where_);
}
/* ... after find has moved elements */
template <class I, class F> I place_after(const char *name, I first, I last, F find, emu::Where where)
{
    auto f = [=, from = raw(first), to = raw(last)] { return moving(from, to, find); };
    return first + run<I>(name, f, where);
}
template <class I> I unique(I first, I last, EMU_HERE)
{
    auto find = [](auto a, auto b) { return std::unique(a, b); };
    return place_after("thrust::unique", first, last, find, where_);
}
template <class I, class F> I remove_if(I first, I last, F function, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::remove_if(a, b, function); };
    return place_after("thrust::remove_if", first, last, find, where_);
}
template <class I, class T> I remove(I first, I last, const T &value, EMU_HERE)
{
    return thrust::remove_if(
        first, last, [=](const Value<I> &x) { return x == value; }, where_);
}
template <class I, class F> I partition(I first, I last, F function, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::stable_partition(a, b, function); };
    return place_after("thrust::partition", first, last, find, where_);
}
/* Of the elements, those for which the function of the stencil's is true. */
template <class I, class J, class O, class F>
O copy_if(I first, I last, J stencil, O out, F function, EMU_HERE)
{
    auto from = raw(first);
    auto flag = raw(stencil);
    auto into = raw(out);
    const ptrdiff_t n = last - first;
    return out + run<I, J, O>(
                     "thrust::copy_if",
                     [=]() mutable {
                         ptrdiff_t kept = 0;
                         for (ptrdiff_t i = 0; i < n; i++)
                             if (function(flag[i])) into[kept++] = from[i];
                         return kept;
                     },
                     where_);
}
template <class I, class O, class F> O copy_if(I first, I last, O out, F function, EMU_HERE)
{
    return thrust::copy_if(first, last, first, out, function, where_);
}

/* ---- scans ---- */

template <class I, class O, class F> O inclusive_scan(I first, I last, O out, F function, EMU_HERE)
{
    auto from = raw(first);
    auto into = raw(out);
    const ptrdiff_t n = last - first;
    run<I, O>(
        "thrust::inclusive_scan",
        [=]() mutable {
            if (n == 0) return;
            Value<I> sum = from[0];
            into[0] = sum;
            for (ptrdiff_t i = 1; i < n; i++) into[i] = sum = function(sum, (Value<I>)from[i]);
        },
        where_);
    return out + n;
}
template <class I, class O> O inclusive_scan(I first, I last, O out, EMU_HERE)
{
    return thrust::inclusive_scan(first, last, out, std::plus<>(), where_);
}
template <class I, class O, class T, class F>
O exclusive_scan(I first, I last, O out, T init, F function, EMU_HERE)
{
    auto from = raw(first);
    auto into = raw(out);
    const ptrdiff_t n = last - first;
    run<I, O>(
        "thrust::exclusive_scan",
        [=]() mutable {
            T sum = init;
            for (ptrdiff_t i = 0; i < n; i++) {
                T next = function(sum, (T)from[i]); /* in place, too */
                into[i] = sum;
                sum = next;
            }
        },
        where_);
    return out + n;
}
template <class I, class O, class T> O exclusive_scan(I first, I last, O out, T init, EMU_HERE)
{
    return thrust::exclusive_scan(first, last, out, init, std::plus<>(), where_);
}
template <class I, class O> O exclusive_scan(I first, I last, O out, EMU_HERE)
{
    return thrust::exclusive_scan(first, last, out, Value<I>(0), std::plus<>(), where_);
}
template <class I, class O, class U, class F>
O transform_inclusive_scan(I first, I last, O out, U unary, F function, EMU_HERE)
{
    return thrust::inclusive_scan(make_transform_iterator(first, unary), make_transform_iterator(last, unary),
                                  out, function, where_);
}
template <class I, class O> O adjacent_difference(I first, I last, O out, EMU_HERE)
{
    auto from = raw(first), to = raw(last);
    auto into = raw(out);
    run<I, O>(
        "thrust::adjacent_difference", [=] { (void)std::adjacent_difference(from, to, into); }, where_);
    return out + (last - first);
}

/* ---- sorting ---- */

template <class I, class F = std::less<>> void stable_sort(I first, I last, F less = F(), EMU_HERE)
{
    auto sorted = [less](auto a, auto b) { return std::stable_sort(a, b, less), b; };
    run<I>(
        "thrust::sort", [=, from = raw(first), to = raw(last)] { moving(from, to, sorted); }, where_);
}
template <class I, class F = std::less<>> void sort(I first, I last, F less = F(), EMU_HERE)
{
    thrust::stable_sort(first, last, less, where_);
}
template <class I, class F = std::less<>> bool is_sorted(I first, I last, F less = F(), EMU_HERE)
{
    auto from = raw(first), to = raw(last);
    return run<I>(
        "thrust::is_sorted", [=] { return std::is_sorted(from, to, less); }, where_);
}
template <class K, class V, class F = std::less<>>
void stable_sort_by_key(K first, K last, V values, F less = F(), EMU_HERE)
{
    auto keys = raw(first);
    auto of = raw(values);
    const ptrdiff_t n = last - first;
    run<K, V>(
        "thrust::sort_by_key",
        [=] {
            std::vector<ptrdiff_t> order((size_t)n);
            for (ptrdiff_t i = 0; i < n; i++) order[(size_t)i] = i;
            std::stable_sort(order.begin(), order.end(),
                             [&](ptrdiff_t a, ptrdiff_t b) { return less(keys[a], keys[b]); });
            std::vector<Value<K>> sorted_keys;
            std::vector<Value<V>> sorted;
            for (ptrdiff_t i : order) sorted_keys.push_back(keys[i]), sorted.push_back(of[i]);
            for (ptrdiff_t i = 0; i < n; i++) keys[i] = sorted_keys[(size_t)i], of[i] = sorted[(size_t)i];
        },
        where_);
}
template <class K, class V, class F = std::less<>>
void sort_by_key(K first, K last, V values, F less = F(), EMU_HERE)
{
    thrust::stable_sort_by_key(first, last, values, less, where_);
}
/* One key and the combination of its values for each run of equal keys. */
template <class K, class V, class L, class O, class E = std::equal_to<>, class F = std::plus<>>
pair<L, O> reduce_by_key(K first, K last, V values, L keys_out, O values_out, E same = E(), F function = F(),
                         EMU_HERE)
{
    auto keys = raw(first);
    auto of = raw(values);
    auto to_keys = raw(keys_out);
    auto to = raw(values_out);
    const ptrdiff_t n = last - first;
    ptrdiff_t runs = run<K, V, L, O>(
        "thrust::reduce_by_key",
        [=]() mutable {
            ptrdiff_t made = 0;
            for (ptrdiff_t i = 0; i < n; made++) {
                Value<K> key = keys[i];
                Value<V> sum = of[i];
                for (i++; i < n && same(key, (Value<K>)keys[i]); i++) sum = function(sum, (Value<V>)of[i]);
                to_keys[made] = key;
                to[made] = sum;
            }
            return made;
        },
        where_);
    return { keys_out + runs, values_out + runs };
}

/* ---- with a policy: it says whose memory a raw pointer is of ---- */

template <class P, class A> decltype(auto) by_policy(const P &, const A &argument)
{
    typedef std::remove_pointer_t<A> T;
    constexpr bool array = std::is_pointer_v<A> && !std::is_function_v<T> && !std::is_void_v<T>;
    if constexpr (array && std::is_same_v<P, device_policy>)
        return device_ptr<T>(argument);
    else
        return A(argument);
}

#define EMU_WITH_POLICY(name)                                              \
    template <class P, class... A, class = std::enable_if_t<is_policy<P>>> \
    auto name(const P &policy, const A &...arguments)                      \
    {                                                                      \
        return thrust::name(thrust::by_policy(policy, arguments)...);      \
    }
EMU_WITH_POLICY(adjacent_difference)
EMU_WITH_POLICY(copy)
EMU_WITH_POLICY(copy_if)
EMU_WITH_POLICY(copy_n)
EMU_WITH_POLICY(count)
EMU_WITH_POLICY(count_if)
EMU_WITH_POLICY(exclusive_scan)
EMU_WITH_POLICY(fill)
EMU_WITH_POLICY(fill_n)
EMU_WITH_POLICY(find)
EMU_WITH_POLICY(for_each)
EMU_WITH_POLICY(for_each_n)
EMU_WITH_POLICY(gather)
EMU_WITH_POLICY(generate)
EMU_WITH_POLICY(inclusive_scan)
EMU_WITH_POLICY(inner_product)
EMU_WITH_POLICY(max_element)
EMU_WITH_POLICY(min_element)
EMU_WITH_POLICY(reduce)
EMU_WITH_POLICY(reduce_by_key)
EMU_WITH_POLICY(scatter)
EMU_WITH_POLICY(sequence)
EMU_WITH_POLICY(sort)
EMU_WITH_POLICY(sort_by_key)
EMU_WITH_POLICY(stable_sort)
EMU_WITH_POLICY(stable_sort_by_key)
EMU_WITH_POLICY(transform)
EMU_WITH_POLICY(transform_reduce)
EMU_WITH_POLICY(unique)
#undef EMU_WITH_POLICY

} // namespace thrust

#endif
