/* emu_thrust_sets.cu - merges, sets, partitions, searches and scans by key of Thrust, over the device's
 * memory and the host's; results by hand or by the C++ library. */
#include <thrust/adjacent_difference.h>
#include <thrust/binary_search.h>
#include <thrust/device_free.h>
#include <thrust/device_malloc.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/discard_iterator.h>
#include <thrust/iterator/permutation_iterator.h>
#include <thrust/iterator/reverse_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/merge.h>
#include <thrust/partition.h>
#include <thrust/remove.h>
#include <thrust/replace.h>
#include <thrust/scan.h>
#include <thrust/reverse.h>
#include <thrust/set_operations.h>
#include <thrust/sort.h>
#include <thrust/swap.h>
#include <thrust/system_error.h>
#include <thrust/unique.h>
#include "emu_test.h"

typedef std::vector<int> Ints;

template <class V> static Ints ints(const V &v, ptrdiff_t count)
{
    Ints all(v.size());
    thrust::copy(v.begin(), v.end(), all.begin());
    all.resize((size_t)count);
    return all;
}

/* With the vectors of one memory or the other. */
template <template <class> class Vector> static void check_pairs()
{
    typedef Vector<int> V;
    V a(Ints{ 1, 2, 2, 5, 9 }), b(Ints{ 2, 3, 5 }), out(8), values(8), va(Ints{ 10, 11, 12, 13, 14 }),
        vb(Ints{ 20, 21, 22 });
    auto end = thrust::merge(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, end - out.begin()) == (Ints{ 1, 2, 2, 2, 3, 5, 5, 9 }), "merge");
    end = thrust::set_union(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, end - out.begin()) == (Ints{ 1, 2, 2, 3, 5, 9 }), "set_union");
    end = thrust::set_intersection(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, end - out.begin()) == (Ints{ 2, 5 }), "set_intersection");
    end = thrust::set_difference(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, end - out.begin()) == (Ints{ 1, 2, 9 }), "set_difference");
    end = thrust::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, end - out.begin()) == (Ints{ 1, 2, 3, 9 }), "set_symmetric_difference");
    auto ends = thrust::merge_by_key(a.begin(), a.end(), b.begin(), b.end(), va.begin(), vb.begin(),
                                     out.begin(), values.begin());
    EXPECT(ends.second - values.begin() == 8 && ints(values, 8) == (Ints{ 10, 11, 12, 20, 21, 13, 22, 14 }),
           "merge_by_key: of equal keys the first sequence's come first");
    thrust::lower_bound(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, 3) == (Ints{ 1, 3, 3 }), "lower_bound of each");
    thrust::upper_bound(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, 3) == (Ints{ 3, 3, 4 }), "upper_bound of each");
    thrust::binary_search(a.begin(), a.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, 3) == (Ints{ 1, 0, 1 }), "binary_search of each");
    EXPECT(thrust::binary_search(a.begin(), a.end(), 9) && !thrust::binary_search(a.begin(), a.end(), 4),
           "of one");
    V empty;
    end = thrust::set_union(empty.begin(), empty.end(), b.begin(), b.end(), out.begin());
    EXPECT(ints(out, end - out.begin()) == (Ints{ 2, 3, 5 }), "of nothing and three");
}

template <template <class> class Vector> static void check_rows()
{
    typedef Vector<int> V;
    V keys(Ints{ 7, 7, 8, 8, 8, 7 }), x(Ints{ 1, 2, 3, 4, 5, 6 }), out(6), rest(6);
    thrust::inclusive_scan_by_key(keys.begin(), keys.end(), x.begin(), out.begin());
    EXPECT(ints(out, 6) == (Ints{ 1, 3, 3, 7, 12, 6 }), "inclusive_scan_by_key");
    thrust::exclusive_scan_by_key(keys.begin(), keys.end(), x.begin(), out.begin(), 100);
    EXPECT(ints(out, 6) == (Ints{ 100, 101, 100, 103, 107, 100 }), "exclusive_scan_by_key");
    V same = x;
    thrust::exclusive_scan_by_key(keys.begin(), keys.end(), same.begin(), same.begin());
    EXPECT(ints(same, 6) == (Ints{ 0, 1, 0, 3, 7, 0 }), "... in place");
    thrust::adjacent_difference(keys.begin(), keys.end(), out.begin(), thrust::not_equal_to<int>());
    EXPECT(ints(out, 6) == (Ints{ 7, 0, 1, 0, 0, 1 }), "adjacent_difference with a function");
    auto odd = [](int v) { return v % 2 != 0; };
    auto parts = thrust::partition_copy(x.begin(), x.end(), out.begin(), rest.begin(), odd);
    EXPECT(ints(out, parts.first - out.begin()) == (Ints{ 1, 3, 5 }), "partition_copy: those");
    EXPECT(ints(rest, parts.second - rest.begin()) == (Ints{ 2, 4, 6 }), "partition_copy: the others");
    V split = x;
    auto at = thrust::stable_partition(split.begin(), split.end(), odd);
    EXPECT(at - split.begin() == 3 && ints(split, 6) == (Ints{ 1, 3, 5, 2, 4, 6 }), "stable_partition");
    EXPECT(thrust::is_partitioned(split.begin(), split.end(), odd), "is_partitioned");
    EXPECT(thrust::partition_point(split.begin(), split.end(), odd) == at, "partition_point");
    auto end = thrust::remove_copy_if(x.begin(), x.end(), out.begin(), odd);
    EXPECT(ints(out, end - out.begin()) == (Ints{ 2, 4, 6 }), "remove_copy_if");
    thrust::replace_if(split.begin(), split.end(), odd, 0);
    EXPECT(ints(split, 6) == (Ints{ 0, 0, 0, 2, 4, 6 }), "replace_if");
    auto ends = thrust::unique_by_key_copy(keys.begin(), keys.end(), x.begin(),
                                           thrust::make_discard_iterator(), out.begin());
    EXPECT(ints(out, ends.second - out.begin()) == (Ints{ 1, 3, 6 }), "unique_by_key_copy, without the keys");
    thrust::copy(thrust::make_reverse_iterator(x.end()), thrust::make_reverse_iterator(x.begin()),
                 out.begin());
    EXPECT(ints(out, 6) == (Ints{ 6, 5, 4, 3, 2, 1 }), "reverse_iterator");
    thrust::fill(out.begin(), out.end(), 0);
    thrust::transform_if(x.begin(), x.end(), keys.begin(), out.begin(), thrust::negate<int>(),
                         [](int key) { return key == 8; });
    EXPECT(ints(out, 6) == (Ints{ 0, 0, -3, -4, -5, 0 }), "transform_if");
}

/* Zipped sequences move as one, though what they point to is no variable. */
template <template <class> class Vector> static void check_zipped()
{
    typedef Vector<int> V;
    V a(Ints{ 3, 1, 2, 1, 3, 3 }), b(Ints{ 4, 9, 5, 2, 4, 1 }), x(Ints{ 0, 1, 2, 3, 4, 5 });
    auto zipped = [&] { return thrust::make_zip_iterator(thrust::make_tuple(a.begin(), b.begin())); };
    auto expect = [&](const Ints &of_a, const Ints &of_b, const char *what) {
        EXPECT(ints(a, 6) == of_a && ints(b, 6) == of_b, "of pairs: %s", what);
    };
    thrust::sort_by_key(zipped(), zipped() + 6, x.begin());
    expect({ 1, 1, 2, 3, 3, 3 }, { 2, 9, 5, 1, 4, 4 }, "sort_by_key");
    EXPECT(ints(x, 6) == (Ints{ 3, 1, 2, 5, 0, 4 }), "the values of keys that are pairs");
    auto by_sum = [](const thrust::tuple<int, int> &p, const thrust::tuple<int, int> &q) {
        return thrust::get<0>(p) + thrust::get<1>(p) < thrust::get<0>(q) + thrust::get<1>(q);
    };
    thrust::stable_sort(zipped(), zipped() + 6, by_sum);
    expect({ 1, 3, 2, 3, 3, 1 }, { 2, 1, 5, 4, 4, 9 }, "stable_sort with a function");
    EXPECT(!thrust::is_sorted(zipped(), zipped() + 6), "is_sorted before");
    thrust::sort(zipped(), zipped() + 6);
    expect({ 1, 1, 2, 3, 3, 3 }, { 2, 9, 5, 1, 4, 4 }, "sort");
    EXPECT(thrust::is_sorted(zipped(), zipped() + 6), "is_sorted");
    EXPECT(thrust::unique(zipped(), zipped() + 6) - zipped() == 5, "unique");
    EXPECT(ints(b, 5) == (Ints{ 2, 9, 5, 1, 4 }), "what unique leaves");
    thrust::reverse(zipped(), zipped() + 5);
    EXPECT(ints(a, 5) == (Ints{ 3, 3, 2, 1, 1 }) && ints(b, 5) == (Ints{ 4, 1, 5, 9, 2 }), "reverse");
    auto odd = [](const thrust::tuple<int, int> &p) { return thrust::get<1>(p) % 2 != 0; };
    EXPECT(thrust::partition(zipped(), zipped() + 5, odd) - zipped() == 3, "partition");
    EXPECT(ints(a, 5) == (Ints{ 3, 2, 1, 3, 1 }) && ints(b, 5) == (Ints{ 1, 5, 9, 4, 2 }), "its two parts");
    EXPECT(thrust::remove_if(zipped(), zipped() + 5, odd) - zipped() == 2, "remove_if");
    EXPECT(ints(a, 2) == (Ints{ 3, 1 }) && ints(b, 2) == (Ints{ 4, 2 }), "what remove_if leaves");
    auto others = thrust::make_zip_iterator(thrust::make_tuple(x.begin(), x.begin() + 2));
    EXPECT(thrust::swap_ranges(zipped(), zipped() + 2, others) - others == 2, "swap_ranges");
    EXPECT(ints(a, 2) == (Ints{ 3, 1 }) && ints(b, 2) == (Ints{ 2, 5 }), "what came");
    EXPECT(ints(x, 4) == (Ints{ 3, 1, 4, 2 }), "what went");
}

/* Bytes of no type, as a program's own pool of memory takes them; swap by its bare name. */
static void check_pool()
{
    thrust::device_ptr<void> bytes;
    try {
        bytes = thrust::device_malloc(2 * sizeof(int));
    } catch (thrust::system_error &) {
        EXPECT(false, "device_malloc has failed");
    }
    thrust::device_ptr<int> one(static_cast<int *>(bytes.get())), other = one + 1;
    EXPECT(thrust::device_ptr<void>(one) == bytes && thrust::device_ptr<void>(other) != bytes, "of any type");
    one[0] = 7, one[1] = 8;
    swap(one[0], one[1]);
    EXPECT(one[0] == 8 && one[1] == 7, "swap of two elements");
    swap(one, other);
    EXPECT(one[0] == 7, "swap of two pointers");
    thrust::device_free(bytes);
}

int main()
{
    check_zipped<thrust::device_vector>();
    check_zipped<thrust::host_vector>();
    check_pool();
    check_pairs<thrust::device_vector>();
    check_pairs<thrust::host_vector>();
    check_rows<thrust::device_vector>();
    check_rows<thrust::host_vector>();
    int *raw = to_device(Ints{ 3, 1, 2 });
    EXPECT(thrust::any_of(thrust::device, raw, raw + 3, [](int v) { return v == 2; }),
           "any_of of a pointer, by policy");
    CUDA(cudaFree(raw));
    return finish();
}
