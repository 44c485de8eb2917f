/* emu/thrust_sets.h - more of Thrust's algorithms: merges, sets, partitions, searches, scans by key, and
 * those that take a stencil; each is the C++ library's, or says what its own means. */
#ifndef EMU_THRUST_SETS_H
#define EMU_THRUST_SETS_H

#include "thrust_algorithms.h"

namespace thrust
{

/* ---- merges and sets of sorted sequences ---- */

#define EMU_OF_TWO(name)                                                             \
    template <class I, class J, class O, class F = std::less<>>                      \
    O name(I first, I last, J other, J end, O out, F less = F(), EMU_HERE)           \
    {                                                                                \
        auto f = [less, a = raw(first), b = raw(last), c = raw(other), d = raw(end), \
                  into = raw(out)]() mutable {                                       \
            return (ptrdiff_t)(std::name(a, b, c, d, into, less) - into);            \
        };                                                                           \
        return out + run<I, J, O>("thrust::" #name, f, where_);                      \
    }
EMU_OF_TWO(merge)
EMU_OF_TWO(set_union)
EMU_OF_TWO(set_intersection)
EMU_OF_TWO(set_difference)
EMU_OF_TWO(set_symmetric_difference)
#undef EMU_OF_TWO

/* Of equal keys those of the first sequence come first. */
template <class K, class L, class V, class W, class O, class P, class F = std::less<>>
pair<O, P> merge_by_key(K first, K last, L other, L end, V values, W other_values, O keys_out, P values_out,
                        F less = F(), EMU_HERE)
{
    const ptrdiff_t n = last - first, m = end - other;
    auto f = [=, a = raw(first), b = raw(other), va = raw(values), vb = raw(other_values), to = raw(keys_out),
              of = raw(values_out)]() mutable {
        for (ptrdiff_t i = 0, j = 0; i < n || j < m;) {
            bool second = i == n || (j < m && less(b[j], a[i]));
            to[i + j] = second ? b[j] : a[i];
            of[i + j] = second ? vb[j] : va[i];
            second ? j++ : i++;
        }
    };
    run<K, L, V, W, O, P>("thrust::merge_by_key", f, where_);
    return { keys_out + (n + m), values_out + (n + m) };
}

/* ---- searches in a sorted sequence ---- */

template <class I, class T, class F> I lower_bound(I first, I last, const T &value, F less, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::lower_bound(a, b, value, less); };
    return place("thrust::lower_bound", first, last, find, where_);
}
template <class I, class T, class F> I upper_bound(I first, I last, const T &value, F less, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::upper_bound(a, b, value, less); };
    return place("thrust::upper_bound", first, last, find, where_);
}
template <class I, class T> pair<I, I> equal_range(I first, I last, const T &value, EMU_HERE)
{
    return { thrust::lower_bound(first, last, value, where_),
             thrust::upper_bound(first, last, value, where_) };
}
template <class I, class T, class F = std::less<>>
auto binary_search(I first, I last, const T &value, F less = F(), EMU_HERE)
    -> std::enable_if_t<std::is_invocable_v<F, Value<I>, T>, bool>
{
    auto f = [=, a = raw(first), b = raw(last)] { return std::binary_search(a, b, value, less); };
    return run<I>("thrust::binary_search", f, where_);
}

/* Of each value in a sequence: its place, or whether it is there. */
#define EMU_OF_EACH(name, result)                                                                  \
    template <class I, class J, class O, class F = std::less<>,                                    \
              class = typename std::iterator_traits<J>::iterator_category>                         \
    O name(I first, I last, J values, J end, O out, F less = F(), EMU_HERE)                        \
    {                                                                                              \
        const ptrdiff_t n = end - values;                                                          \
        auto f = [=, a = raw(first), b = raw(last), of = raw(values), into = raw(out)]() mutable { \
            for (ptrdiff_t i = 0; i < n; i++) {                                                    \
                auto at = std::name(a, b, (Value<J>)of[i], less);                                  \
                into[i] = (Value<O>)(result);                                                      \
            }                                                                                      \
        };                                                                                         \
        run<I, J, O>("thrust::" #name, f, where_);                                                 \
        return out + n;                                                                            \
    }
EMU_OF_EACH(lower_bound, at - a)
EMU_OF_EACH(upper_bound, at - a)
EMU_OF_EACH(binary_search, at)
#undef EMU_OF_EACH

/* ---- scans by key: each run of equal keys is one scan ---- */

template <class K, class V, class O, class T, class E, class F>
O scan_by_key(const char *name, K first, K last, V values, O out, const T *init, E same, F function,
              emu::Where where)
{
    const ptrdiff_t n = last - first;
    const bool exclusive = init != nullptr;
    const T start = init ? *init : T();
    auto f = [=, key = raw(first), of = raw(values), into = raw(out)]() mutable {
        T sum = start;
        Value<K> before{};
        for (ptrdiff_t i = 0; i < n; i++) {
            Value<K> now = key[i];
            T value = of[i];
            bool fresh = i == 0 || !same(before, now);
            if (exclusive) { /* in place, too */
                if (fresh) sum = start;
                into[i] = sum;
                sum = function(sum, value);
            } else {
                into[i] = sum = fresh ? value : (T)function(sum, value);
            }
            before = now;
        }
    };
    run<K, V, O>(name, f, where);
    return out + n;
}
template <class K, class V, class O, class E = std::equal_to<>, class F = std::plus<>>
O inclusive_scan_by_key(K first, K last, V values, O out, E same = E(), F function = F(), EMU_HERE)
{
    const Value<V> *none = nullptr;
    return scan_by_key("thrust::inclusive_scan_by_key", first, last, values, out, none, same, function,
                       where_);
}
template <class K, class V, class O, class T = Value<V>, class E = std::equal_to<>, class F = std::plus<>>
O exclusive_scan_by_key(K first, K last, V values, O out, T init = T(), E same = E(), F function = F(),
                        EMU_HERE)
{
    return scan_by_key("thrust::exclusive_scan_by_key", first, last, values, out, &init, same, function,
                       where_);
}
template <class I, class O, class U, class T, class F>
O transform_exclusive_scan(I first, I last, O out, U unary, T init, F function, EMU_HERE)
{
    return thrust::exclusive_scan(make_transform_iterator(first, unary), make_transform_iterator(last, unary),
                                  out, init, function, where_);
}

/* The first element, then what the function makes of each and the one before. */
template <class I, class O, class F> O adjacent_difference(I first, I last, O out, F function, EMU_HERE)
{
    auto f = [function, from = raw(first), to = raw(last), into = raw(out)]() mutable {
        (void)std::adjacent_difference(from, to, into, function);
    };
    run<I, O>("thrust::adjacent_difference", f, where_);
    return out + (last - first);
}

/* ---- partitions ---- */

template <class I, class F> I stable_partition(I first, I last, F function, EMU_HERE)
{
    return thrust::partition(first, last, function, where_);
}
template <class I, class F> I partition_point(I first, I last, F function, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::partition_point(a, b, function); };
    return place("thrust::partition_point", first, last, find, where_);
}
template <class I, class F> bool is_partitioned(I first, I last, F function, EMU_HERE)
{
    auto f = [=, a = raw(first), b = raw(last)] { return std::is_partitioned(a, b, function); };
    return run<I>("thrust::is_partitioned", f, where_);
}
template <class I, class J, class O, class P, class F>
pair<O, P> partition_copy(I first, I last, J stencil, O yes, P no, F function, EMU_HERE)
{
    const ptrdiff_t n = last - first;
    auto f = [=, from = raw(first), flag = raw(stencil), to = raw(yes), other = raw(no)]() mutable {
        ptrdiff_t kept = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            if (function(flag[i]))
                to[kept++] = from[i];
            else
                other[i - kept] = from[i];
        }
        return kept;
    };
    ptrdiff_t kept = run<I, J, O, P>("thrust::partition_copy", f, where_);
    return { yes + kept, no + (n - kept) };
}
template <class I, class O, class P, class F>
pair<O, P> partition_copy(I first, I last, O yes, P no, F function, EMU_HERE)
{
    return thrust::partition_copy(first, last, first, yes, no, function, where_);
}
template <class I, class O, class P, class F>
pair<O, P> stable_partition_copy(I first, I last, O yes, P no, F function, EMU_HERE)
{
    return thrust::partition_copy(first, last, first, yes, no, function, where_);
}

/* ---- what is left out, put in another's place, or is there once ---- */

template <class I, class O, class F> O remove_copy_if(I first, I last, O out, F function, EMU_HERE)
{
    auto keeps = [=](const Value<I> &x) mutable { return !function(x); };
    return thrust::copy_if(first, last, out, keeps, where_);
}
template <class I, class O, class T> O remove_copy(I first, I last, O out, const T &value, EMU_HERE)
{
    auto keeps = [=](const Value<I> &x) { return !(x == value); };
    return thrust::copy_if(first, last, out, keeps, where_);
}
template <class I, class J, class F> I remove_if(I first, I last, J stencil, F function, EMU_HERE)
{
    auto keeps = [=](const Value<J> &x) mutable { return !function(x); };
    return thrust::copy_if(first, last, stencil, first, keeps, where_);
}
template <class I, class F, class T> void replace_if(I first, I last, F function, const T &now, EMU_HERE)
{
    auto f = [=, from = raw(first), to = raw(last)] { std::replace_if(from, to, function, now); };
    run<I>("thrust::replace_if", f, where_);
}
template <class I, class O, class F, class T>
O replace_copy_if(I first, I last, O out, F function, const T &now, EMU_HERE)
{
    auto replaced = [=](const Value<I> &x) mutable { return function(x) ? (Value<I>)now : x; };
    return thrust::transform(first, last, out, replaced, where_);
}
template <class I, class O, class T>
O replace_copy(I first, I last, O out, const T &old, const T &now, EMU_HERE)
{
    auto is_old = [=](const Value<I> &x) { return x == old; };
    return thrust::replace_copy_if(first, last, out, is_old, now, where_);
}
template <class I, class F> I unique(I first, I last, F same, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::unique(a, b, same); };
    return place_after("thrust::unique", first, last, find, where_);
}
template <class I, class O, class F = std::equal_to<>>
O unique_copy(I first, I last, O out, F same = F(), EMU_HERE)
{
    auto f = [same, from = raw(first), to = raw(last), into = raw(out)]() mutable {
        return (ptrdiff_t)(std::unique_copy(from, to, into, same) - into);
    };
    return out + run<I, O>("thrust::unique_copy", f, where_);
}
/* The first of each run of equal keys, with its value. */
template <class K, class V, class O, class P, class F = std::equal_to<>>
pair<O, P> unique_by_key_copy(K first, K last, V values, O keys_out, P values_out, F same = F(), EMU_HERE)
{
    const ptrdiff_t n = last - first;
    auto f = [=, key = raw(first), of = raw(values), to = raw(keys_out), into = raw(values_out)]() mutable {
        ptrdiff_t kept = 0;
        Value<K> before{};
        for (ptrdiff_t i = 0; i < n; i++) {
            Value<K> now = key[i];
            if (i == 0 || !same(before, now)) to[kept] = now, into[kept] = of[i], kept++;
            before = now;
        }
        return kept;
    };
    ptrdiff_t kept = run<K, V, O, P>("thrust::unique_by_key", f, where_);
    return { keys_out + kept, values_out + kept };
}
template <class K, class V, class F = std::equal_to<>>
pair<K, V> unique_by_key(K first, K last, V values, F same = F(), EMU_HERE)
{
    return thrust::unique_by_key_copy(first, last, values, first, values, same, where_);
}

/* ---- the rest ---- */

/* Where the function of the stencil's element is true; elsewhere nothing is written. */
template <class I, class J, class O, class U, class F>
O transform_if(I first, I last, J stencil, O out, U unary, F function, EMU_HERE)
{
    const ptrdiff_t n = last - first;
    auto f = [=, from = raw(first), flag = raw(stencil), into = raw(out)]() mutable {
        for (ptrdiff_t i = 0; i < n; i++)
            if (function(flag[i])) into[i] = unary(from[i]);
    };
    run<I, J, O>("thrust::transform_if", f, where_);
    return out + n;
}
template <class I, class O, class U, class F>
O transform_if(I first, I last, O out, U unary, F function, EMU_HERE)
{
    return thrust::transform_if(first, last, first, out, unary, function, where_);
}
template <class I, class J, class S, class O, class F = identity<>>
void scatter_if(I first, I last, J map, S stencil, O out, F function = F(), EMU_HERE)
{
    thrust::transform_if(first, last, stencil, make_permutation_iterator(out, map), identity<>(), function,
                         where_);
}
template <class J, class S, class I, class O, class F = identity<>>
O gather_if(J map, J end, S stencil, I from, O out, F function = F(), EMU_HERE)
{
    return thrust::transform_if(make_permutation_iterator(from, map), make_permutation_iterator(from, end),
                                stencil, out, identity<>(), function, where_);
}
template <class I, class J> J swap_ranges(I first, I last, J other, EMU_HERE)
{
    const ptrdiff_t n = last - first;
    auto f = [=, a = raw(first), b = raw(other)] {
        for (ptrdiff_t i = 0; i < n; i++) {
            Value<I> kept = a[i];
            a[i] = (Value<J>)b[i];
            b[i] = kept;
        }
    };
    run<I, J>("thrust::swap_ranges", f, where_);
    return other + n;
}
template <class I, class O> O reverse_copy(I first, I last, O out, EMU_HERE)
{
    auto f = [=, a = raw(first), b = raw(last), into = raw(out)] { (void)std::reverse_copy(a, b, into); };
    run<I, O>("thrust::reverse_copy", f, where_);
    return out + (last - first);
}
template <class I, class J, class F = std::equal_to<>>
pair<I, J> mismatch(I first, I last, J other, F same = F(), EMU_HERE)
{
    auto f = [=, a = raw(first), b = raw(last), c = raw(other)] {
        return (ptrdiff_t)(std::mismatch(a, b, c, same).first - a);
    };
    ptrdiff_t at = run<I, J>("thrust::mismatch", f, where_);
    return { first + at, other + at };
}
template <class I, class F> I find_if_not(I first, I last, F function, EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::find_if_not(a, b, function); };
    return place("thrust::find_if_not", first, last, find, where_);
}
template <class I, class F = std::less<>> I is_sorted_until(I first, I last, F less = F(), EMU_HERE)
{
    auto find = [=](auto a, auto b) { return std::is_sorted_until(a, b, less); };
    return place("thrust::is_sorted_until", first, last, find, where_);
}
template <class I, class N, class F> I generate_n(I first, N count, F function, EMU_HERE)
{
    thrust::generate(first, first + (ptrdiff_t)count, function, where_);
    return first + (ptrdiff_t)count;
}

/* ---- with a policy: thrust_algorithms.h ---- */

#define EMU_WITH_POLICY(name)                                              \
    template <class P, class... A, class = std::enable_if_t<is_policy<P>>> \
    auto name(const P &policy, const A &...arguments)                      \
    {                                                                      \
        return thrust::name(thrust::by_policy(policy, arguments)...);      \
    }
EMU_WITH_POLICY(all_of)
EMU_WITH_POLICY(any_of)
EMU_WITH_POLICY(binary_search)
EMU_WITH_POLICY(equal)
EMU_WITH_POLICY(exclusive_scan_by_key)
EMU_WITH_POLICY(find_if)
EMU_WITH_POLICY(gather_if)
EMU_WITH_POLICY(inclusive_scan_by_key)
EMU_WITH_POLICY(is_sorted)
EMU_WITH_POLICY(lower_bound)
EMU_WITH_POLICY(merge)
EMU_WITH_POLICY(merge_by_key)
EMU_WITH_POLICY(minmax_element)
EMU_WITH_POLICY(none_of)
EMU_WITH_POLICY(partition)
EMU_WITH_POLICY(partition_copy)
EMU_WITH_POLICY(remove)
EMU_WITH_POLICY(remove_copy)
EMU_WITH_POLICY(remove_copy_if)
EMU_WITH_POLICY(remove_if)
EMU_WITH_POLICY(replace)
EMU_WITH_POLICY(replace_if)
EMU_WITH_POLICY(reverse)
EMU_WITH_POLICY(scatter_if)
EMU_WITH_POLICY(set_difference)
EMU_WITH_POLICY(set_intersection)
EMU_WITH_POLICY(set_symmetric_difference)
EMU_WITH_POLICY(set_union)
EMU_WITH_POLICY(stable_partition)
EMU_WITH_POLICY(tabulate)
EMU_WITH_POLICY(transform_exclusive_scan)
EMU_WITH_POLICY(transform_if)
EMU_WITH_POLICY(transform_inclusive_scan)
EMU_WITH_POLICY(unique_by_key)
EMU_WITH_POLICY(unique_by_key_copy)
EMU_WITH_POLICY(unique_copy)
EMU_WITH_POLICY(upper_bound)
#undef EMU_WITH_POLICY

} // namespace thrust

#endif
