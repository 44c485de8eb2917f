/* emu_cub.cu - CUB's functions of warps, blocks and the device, against the C++ library's; sizes 0, 1 and
 * odd ones. */
#include <algorithm>
#include <cub/cub.cuh>
#include <emu/testing.h>
#include <functional>
#include <numeric>
#include <thrust/iterator/counting_iterator.h>
#include "emu_test.h"

static std::vector<int> numbers(int n)
{
    std::vector<int> all((size_t)n);
    unsigned state = 12345;
    for (int &x : all) x = (int)((state = state * 1664525 + 1013904223) >> 20) % 200 - 100;
    return all;
}

/* ---- of a block ---- */

struct Running { /* of a prefix: what came before this tile */
    int sum;
    __device__ int operator()(int of_tile)
    {
        int before = sum;
        sum += of_tile;
        return before;
    }
};

/* Blocks of 96 threads with 3 items each. */
template <cub::BlockLoadAlgorithm Load, cub::BlockStoreAlgorithm Store>
__global__ void tiles(const int *x, int *scanned, int *sorted, int *totals, int valid)
{
    typedef cub::BlockLoad<int, 96, 3, Load> Loader;
    typedef cub::BlockStore<int, 96, 3, Store> Storer;
    typedef cub::BlockScan<int, 96> Scanner;
    typedef cub::BlockReduce<int, 96> Reducer;
    typedef cub::BlockRadixSort<int, 96, 3> Sorter;
    __shared__ union {
        typename Loader::TempStorage load;
        typename Storer::TempStorage store;
        typename Scanner::TempStorage scan;
        typename Reducer::TempStorage reduce;
        typename Sorter::TempStorage sort;
    } temp;
    int items[3], sums[3], total;
    Loader(temp.load).Load(x, items, valid, 0);
    __syncthreads();
    Scanner(temp.scan).ExclusiveSum(items, sums, total);
    __syncthreads();
    Storer(temp.store).Store(scanned, sums);
    __syncthreads();
    int most = Reducer(temp.reduce).Reduce(items, cub::Max());
    __syncthreads();
    int first = Reducer(temp.reduce).Sum(items[0], 10);
    if (threadIdx.x == 0) totals[0] = total, totals[1] = most, totals[2] = first;
    __syncthreads();
    Sorter(temp.sort).SortDescending(items);
    __syncthreads();
    Storer(temp.store).Store(sorted, items);
}

/* 64 numbers by 32 threads and two tiles, after each other. */
__global__ void running(const int *x, int *scanned)
{
    typedef cub::BlockScan<int, 32> Scanner;
    __shared__ typename Scanner::TempStorage temp;
    Running before = { 0 };
    for (int tile = 0; tile < 64; tile += 32) {
        int sum;
        Scanner(temp).InclusiveSum(x[tile + threadIdx.x], sum, before);
        scanned[tile + threadIdx.x] = sum;
        __syncthreads();
    }
}

__global__ void parts(const int *x, int *out, unsigned *bins)
{
    typedef cub::WarpReduce<int, 16> Reducer;
    typedef cub::WarpScan<int> Scanner;
    typedef cub::BlockExchange<int, 32, 2> Exchanger;
    typedef cub::BlockHistogram<unsigned char, 32, 2, 4> Counter;
    __shared__ typename Reducer::TempStorage reduce[2];
    __shared__ typename Scanner::TempStorage scan;
    __shared__ typename Exchanger::TempStorage exchange;
    __shared__ typename Counter::TempStorage count;
    __shared__ unsigned counts[4];
    int i = threadIdx.x, sum, items[2] = { i, i + 32 };
    int of_part = Reducer(reduce[i / 16]).Sum(x[i]),
        least = Reducer(reduce[i / 16]).Reduce(x[i], cub::Min(), 5);
    Scanner(scan).ExclusiveScan(x[i], sum, 7, cub::Sum());
    Exchanger(exchange).StripedToBlocked(items);
    unsigned char colours[2] = { (unsigned char)(i % 4), 3 };
    Counter(count).Histogram(colours, counts);
    __syncthreads();
    if (i % 16 == 0) out[i / 16] = of_part, out[2 + i / 16] = least;
    out[4 + i] = sum;
    out[36 + 2 * i] = items[0], out[37 + 2 * i] = items[1];
    if (i < 4) bins[i] = counts[i];
}

/* 64 numbers by 32 threads, whose order goes through all exchanges and one sort. */
__global__ void exchanges(const int *x, int *out, int *most)
{
    typedef cub::BlockExchange<int, 32, 2> Exchanger;
    typedef cub::BlockRadixSort<int, 32, 2, int> Sorter;
    typedef cub::BlockScan<int, 32> Scanner;
    __shared__ typename Exchanger::TempStorage exchange;
    __shared__ typename Sorter::TempStorage sort;
    __shared__ typename Scanner::TempStorage scan;
    int i = threadIdx.x, items[2], same[2], backwards[2] = { 63 - 2 * i, 62 - 2 * i }, to[2], up_to, before;
    cub::LoadDirectBlocked(i, x, items);
    Exchanger(exchange).BlockedToStriped(items);
    cub::StoreDirectStriped<32>(i, out, items);
    cub::LoadDirectBlocked(i, x, items);
    __syncthreads();
    Exchanger(exchange).ScatterToBlocked(items, to, backwards);
    cub::StoreDirectBlocked(i, out + 64, to);
    __syncthreads();
    Exchanger(exchange).ScatterToStriped(items, to, backwards);
    cub::StoreDirectStriped<32>(i, out + 128, to);
    cub::LoadDirectStriped<32>(i, x, same);
    int place[2] = { i, i + 32 };
    Sorter(sort).SortBlockedToStriped(same, place);
    cub::StoreDirectStriped<32>(i, out + 192, same);
    cub::StoreDirectStriped<32>(i, out + 256, place);
    Scanner(scan).InclusiveScan(x[i], up_to, cub::Max());
    __syncthreads();
    Scanner(scan).ExclusiveScan(x[i], before, -50, cub::Max());
    most[i] = up_to, most[32 + i] = before;
    most[64 + i] = cub::WarpScan<int>().Broadcast(x[i], 5);
}

template <cub::BlockLoadAlgorithm Load, cub::BlockStoreAlgorithm Store> static void check_tiles(int valid)
{
    std::vector<int> x = numbers(valid), all = x, sums(288), seen;
    all.resize(288);
    std::exclusive_scan(all.begin(), all.end(), sums.begin(), 0);
    int *in = to_device(x), *scanned = to_device(std::vector<int>(288)),
        *sorted = to_device(std::vector<int>(288));
    int *totals = to_device(std::vector<int>(3)), first = 0;
    tiles<Load, Store><<<1, 96>>>(in, scanned, sorted, totals, valid);
    seen = to_host(totals, 3);
    bool rows =
        Load == cub::BLOCK_LOAD_STRIPED; /* then the items of a thread are not neighbours: sums differ */
    for (int i = 0; i < 10; i++) first += all[(size_t)(rows ? i : 3 * i)];
    EXPECT(seen[0] == std::accumulate(x.begin(), x.end(), 0) && seen[2] == first, "sums of a block");
    EXPECT(seen[1] == *std::max_element(all.begin(), all.end()), "the largest of a block");
    EXPECT(rows || to_host(scanned, 288) == sums, "a scan of a block");
    std::stable_sort(all.begin(), all.end(), std::greater<>());
    EXPECT(rows || to_host(sorted, 288) == all, "a sort of a block");
    for (int *array : { in, scanned, sorted, totals }) CUDA(cudaFree(array));
}

static void check_blocks()
{
    check_tiles<cub::BLOCK_LOAD_DIRECT, cub::BLOCK_STORE_TRANSPOSE>(251);
    check_tiles<cub::BLOCK_LOAD_WARP_TRANSPOSE, cub::BLOCK_STORE_DIRECT>(288);
    check_tiles<cub::BLOCK_LOAD_STRIPED, cub::BLOCK_STORE_STRIPED>(100);
    std::vector<int> x = numbers(64), sums(64);
    std::partial_sum(x.begin(), x.end(), sums.begin());
    int *in = to_device(x), *out = to_device(std::vector<int>(100));
    unsigned *bins = to_device(std::vector<unsigned>(4));
    running<<<1, 32>>>(in, out);
    EXPECT(to_host(out, 64) == sums, "a scan of two tiles");
    parts<<<1, 32>>>(in, out, bins);
    std::vector<int> seen = to_host(out, 100);
    EXPECT(seen[1] == std::accumulate(x.begin() + 16, x.begin() + 32, 0), "a sum of half a warp");
    EXPECT(seen[3] == *std::min_element(x.begin() + 16, x.begin() + 21), "the least of five lanes");
    EXPECT(seen[4] == 7 && seen[35] == 7 + sums[30], "an exclusive scan of a warp");
    for (int i = 0; i < 64; i++) EXPECT(seen[36 + i] == i, "striped to blocked");
    EXPECT((to_host(bins, 4) == std::vector<unsigned>{ 8, 8, 8, 40 }), "a histogram of a block");
    CUDA(cudaFree(in));
    CUDA(cudaFree(out));
    CUDA(cudaFree(bins));
}

static void check_exchanges()
{
    std::vector<int> x = numbers(64), backwards(x.rbegin(), x.rend()), sorted = x, most(32);
    int *in = to_device(x), *out = to_device(std::vector<int>(320)), *scans = to_device(std::vector<int>(96));
    exchanges<<<1, 32>>>(in, out, scans);
    auto part = [&](int i) { return to_host(out + 64 * i, 64); };
    EXPECT(part(0) == x, "blocked to striped");
    EXPECT(part(1) == backwards && part(2) == backwards, "scattered to their ranks");
    std::sort(sorted.begin(), sorted.end());
    EXPECT(part(3) == sorted, "sorted to striped");
    std::vector<int> seen = to_host(scans, 96);
    std::inclusive_scan(x.begin(), x.begin() + 32, most.begin(), [](int a, int b) { return std::max(a, b); });
    EXPECT(std::equal(most.begin(), most.end(), seen.begin()), "the largest so far");
    EXPECT(seen[32] == -50, "what a scan begins with");
    for (size_t i = 1; i < 32; i++) EXPECT(seen[32 + i] == std::max(-50, most[i - 1]), "the largest before");
    for (size_t i = 0; i < 32; i++) EXPECT(seen[64 + i] == x[5], "lane 5's value");
    for (int *array : { in, out, scans }) CUDA(cudaFree(array));
}

/* ---- of the device ---- */

/* Both calls of an algorithm. */
template <class Call> static void twice(Call call)
{
    void *storage = nullptr;
    size_t bytes = 0;
    CUDA(call(nullptr, bytes));
    EXPECT(bytes > 0, "temporary storage is asked for");
    CUDA(cudaMalloc(&storage, bytes));
    CUDA(call(storage, bytes));
    CUDA(cudaDeviceSynchronize());
    CUDA(cudaFree(storage));
}

static void check_sums(int n)
{
    std::vector<int> x = numbers(n), sums((size_t)n);
    int *in = to_device(x), *out = to_device(std::vector<int>((size_t)n + 1)),
        *one = to_device(std::vector<int>(1, 5));
    twice([&](void *s, size_t &b) { return cub::DeviceReduce::Sum(s, b, in, one, n); });
    EXPECT(to_host(one, 1)[0] == std::accumulate(x.begin(), x.end(), 0), "the sum of %d", n);
    twice([&](void *s, size_t &b) { return cub::DeviceReduce::Max(s, b, in, one, n); });
    EXPECT(to_host(one, 1)[0] == (n ? *std::max_element(x.begin(), x.end()) : INT_MIN), "the largest of %d",
           n);
    twice([&](void *s, size_t &b) {
        return cub::DeviceReduce::Sum(s, b, thrust::make_counting_iterator(1), one, n);
    });
    EXPECT(to_host(one, 1)[0] == n * (n + 1) / 2, "the sum of 1 to %d", n);
    twice([&](void *s, size_t &b) { return cub::DeviceScan::ExclusiveSum(s, b, in, out, n); });
    std::exclusive_scan(x.begin(), x.end(), sums.begin(), 0);
    EXPECT(to_host(out, (size_t)n) == sums, "an exclusive scan of %d", n);
    twice([&](void *s, size_t &b) { return cub::DeviceScan::InclusiveScan(s, b, in, out, cub::Min(), n); });
    std::inclusive_scan(x.begin(), x.end(), sums.begin(), [](int a, int b) { return std::min(a, b); });
    EXPECT(to_host(out, (size_t)n) == sums, "an inclusive scan of %d", n);
    cub::KeyValuePair<int, int> *place;
    CUDA(cudaMalloc(&place, sizeof *place));
    twice([&](void *s, size_t &b) { return cub::DeviceReduce::ArgMin(s, b, in, place, n); });
    if (n)
        EXPECT(to_host(place, 1)[0].key == std::min_element(x.begin(), x.end()) - x.begin(),
               "the place of the least");
    twice([&](void *s, size_t &b) { return cub::DeviceReduce::ArgMax(s, b, in, place, n); });
    if (n)
        EXPECT(to_host(place, 1)[0].key == std::max_element(x.begin(), x.end()) - x.begin(),
               "the place of the largest");
    else
        EXPECT(to_host(place, 1)[0].key == 1 && to_host(place, 1)[0].value == INT_MIN, "no place of none");
    twice([&](void *s, size_t &b) { return cub::DeviceReduce::Min(s, b, in, one, n); });
    EXPECT(to_host(one, 1)[0] == (n ? *std::min_element(x.begin(), x.end()) : INT_MAX), "the least of %d", n);
    auto square = [](int v) { return v * v; };
    twice([&](void *s, size_t &b) {
        return cub::DeviceReduce::TransformReduce(s, b, in, one, n, cub::Sum(), square, 3);
    });
    EXPECT(to_host(one, 1)[0] == std::inner_product(x.begin(), x.end(), x.begin(), 3), "squares of %d", n);
    for (void *array : { (void *)in, (void *)out, (void *)one, (void *)place }) CUDA(cudaFree(array));
}

static void check_scans(int n)
{
    std::vector<int> x = numbers(n), keys((size_t)n), expected((size_t)n), before((size_t)n);
    for (int i = 0; i < n; i++) keys[(size_t)i] = i / 7;
    int *in = to_device(x), *key = to_device(keys), *out = to_device(std::vector<int>((size_t)n + 1));
    auto larger = [](int a, int b) { return std::max(a, b); };
    twice([&](void *s, size_t &b) { return cub::DeviceScan::InclusiveSum(s, b, in, out, n); });
    std::partial_sum(x.begin(), x.end(), expected.begin());
    EXPECT(to_host(out, (size_t)n) == expected, "inclusive sums of %d", n);
    twice([&](void *s, size_t &b) {
        return cub::DeviceScan::ExclusiveScan(s, b, in, out, cub::Max(), -50, n);
    });
    std::exclusive_scan(x.begin(), x.end(), expected.begin(), -50, larger);
    EXPECT(to_host(out, (size_t)n) == expected, "the largest before each of %d", n);
    twice([&](void *s, size_t &b) {
        return cub::DeviceScan::InclusiveScanInit(s, b, in, out, cub::Max(), -50, n);
    });
    std::inclusive_scan(x.begin(), x.end(), expected.begin(), larger, -50);
    EXPECT(to_host(out, (size_t)n) == expected, "the largest up to each of %d", n);
    for (size_t i = 0; i < (size_t)n; i++) {
        before[i] = i % 7 ? expected[i - 1] : 0;
        expected[i] = before[i] + x[i];
    }
    twice([&](void *s, size_t &b) { return cub::DeviceScan::InclusiveSumByKey(s, b, key, in, out, n); });
    EXPECT(to_host(out, (size_t)n) == expected, "inclusive sums by key of %d", n);
    twice([&](void *s, size_t &b) { return cub::DeviceScan::ExclusiveSumByKey(s, b, key, in, out, n); });
    EXPECT(to_host(out, (size_t)n) == before, "exclusive sums by key of %d", n);
    for (int *array : { in, key, out }) CUDA(cudaFree(array));
}

template <class K> static void check_sort(const std::vector<K> &keys, bool descending)
{
    size_t n = keys.size();
    std::vector<int> values(n), order(n);
    for (size_t i = 0; i < n; i++) values[i] = order[i] = (int)i;
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return descending ? keys[(size_t)b] < keys[(size_t)a] : keys[(size_t)a] < keys[(size_t)b];
    });
    cub::DoubleBuffer<K> of_keys(to_device(keys), to_device(keys));
    cub::DoubleBuffer<int> of_values(to_device(values), to_device(values));
    twice([&](void *s, size_t &b) {
        return descending ? cub::DeviceRadixSort::SortPairsDescending(s, b, of_keys, of_values, (int)n)
                          : cub::DeviceRadixSort::SortPairs(s, b, of_keys, of_values, (int)n);
    });
    EXPECT(to_host(of_values.Current(), n) == order, "a stable sort of %zu pairs", n);
    twice([&](void *s, size_t &b) {
        return cub::DeviceRadixSort::SortKeys(s, b, of_keys.Current(), of_keys.Alternate(), (int)n);
    });
    std::vector<K> seen = to_host(of_keys.Alternate(), n);
    EXPECT(std::is_sorted(seen.begin(), seen.end()), "a sort of %zu keys", n);
    twice([&](void *s, size_t &b) {
        return cub::DeviceRadixSort::SortKeysDescending(s, b, of_keys.Alternate(), of_keys.Current(), (int)n);
    });
    std::reverse(seen.begin(), seen.end());
    EXPECT(to_host(of_keys.Current(), n) == seen, "%zu keys downwards", n);
    auto up = [](K a, K b) { return a < b; };
    twice([&](void *s, size_t &b) {
        return cub::DeviceMergeSort::SortKeys(s, b, of_keys.Current(), (int)n, up);
    });
    std::reverse(seen.begin(), seen.end());
    EXPECT(to_host(of_keys.Current(), n) == seen, "a sort of %zu keys by comparison", n);
    for (void *array : { (void *)of_keys.d_buffers[0], (void *)of_keys.d_buffers[1] }) CUDA(cudaFree(array));
    for (int *array : of_values.d_buffers) CUDA(cudaFree(array));
}

static void check_selections(int n)
{
    std::vector<int> x = numbers(n), kept, rest;
    for (int v : x) (v > 0 ? kept : rest).push_back(v);
    int *in = to_device(x), *out = to_device(std::vector<int>((size_t)n + 1)),
        *count = to_device(std::vector<int>(1));
    auto positive = [](int v) { return v > 0; };
    twice([&](void *s, size_t &b) { return cub::DeviceSelect::If(s, b, in, out, count, n, positive); });
    EXPECT(to_host(count, 1)[0] == (int)kept.size() && to_host(out, kept.size()) == kept, "a selection of %d",
           n);
    twice([&](void *s, size_t &b) { return cub::DevicePartition::If(s, b, in, out, count, n, positive); });
    std::vector<int> parts = kept;
    parts.insert(parts.end(), rest.rbegin(), rest.rend());
    EXPECT(to_host(out, (size_t)n) == parts, "a partition of %d", n);
    twice([&](void *s, size_t &b) { return cub::DeviceSelect::Unique(s, b, in, out, count, n); });
    std::vector<int> unique = x;
    unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
    EXPECT(to_host(count, 1)[0] == (int)unique.size() && to_host(out, unique.size()) == unique,
           "unique of %d", n);
    std::vector<char> is_positive;
    for (int v : x) is_positive.push_back(v > 0);
    char *flags = to_device(is_positive);
    twice([&](void *s, size_t &b) { return cub::DeviceSelect::Flagged(s, b, in, flags, out, count, n); });
    EXPECT(to_host(count, 1)[0] == (int)kept.size() && to_host(out, kept.size()) == kept,
           "those with a flag of %d", n);
    twice([&](void *s, size_t &b) { return cub::DevicePartition::Flagged(s, b, in, flags, out, count, n); });
    EXPECT(to_host(count, 1)[0] == (int)kept.size() && to_host(out, (size_t)n) == parts,
           "a partition by flags of %d", n);
    CUDA(cudaFree(flags));
    for (int *array : { in, out, count }) CUDA(cudaFree(array));
}

static void check_segments()
{
    std::vector<int> x = numbers(100);
    int *in = to_device(x), *begin = to_device(std::vector<int>{ 0, 10, 10, 100 }),
        *out = to_device(std::vector<int>(4));
    twice([&](void *s, size_t &b) {
        return cub::DeviceSegmentedReduce::Sum(s, b, in, out, 3, begin, begin + 1);
    });
    std::vector<int> seen = to_host(out, 3);
    EXPECT(seen[0] == std::accumulate(x.begin(), x.begin() + 10, 0) && seen[1] == 0 &&
               seen[2] == std::accumulate(x.begin() + 10, x.end(), 0),
           "sums of segments, one of them empty");
    twice([&](void *s, size_t &b) {
        return cub::DeviceSegmentedReduce::Min(s, b, in, out, 3, begin, begin + 1);
    });
    seen = to_host(out, 3);
    EXPECT(seen[0] == *std::min_element(x.begin(), x.begin() + 10) && seen[1] == INT_MAX,
           "the least of segments");
    twice([&](void *s, size_t &b) {
        return cub::DeviceSegmentedReduce::Max(s, b, in, out, 3, begin, begin + 1);
    });
    seen = to_host(out, 3);
    EXPECT(seen[2] == *std::max_element(x.begin() + 10, x.end()) && seen[1] == INT_MIN,
           "the largest of segments");
    int *bins = to_device(std::vector<int>(4, 9));
    twice([&](void *s, size_t &b) {
        return cub::DeviceHistogram::HistogramEven(s, b, in, bins, 5, -80, 80, 100);
    });
    std::vector<int> counts(4), known = to_host(bins, 4);
    for (int v : x)
        if (v >= -80 && v < 80) counts[(size_t)(v + 80) / 40]++;
    EXPECT(known == counts, "a histogram of even bins");
    int *bounds = to_device(std::vector<int>{ -80, -40, 0, 40, 80 });
    twice([&](void *s, size_t &b) {
        return cub::DeviceHistogram::HistogramRange(s, b, in, bins, 5, bounds, 100);
    });
    EXPECT(to_host(bins, 4) == counts, "a histogram of given bins");
    int *keys = to_device(std::vector<int>{ 1, 1, 2, 2, 2, 1 }), *number = to_device(std::vector<int>(1));
    twice([&](void *s, size_t &b) {
        return cub::DeviceReduce::ReduceByKey(s, b, keys, out, in, bins, number, cub::Sum(), 6);
    });
    EXPECT(to_host(number, 1)[0] == 3 && to_host(bins, 3)[1] == x[2] + x[3] + x[4], "sums by key");
    twice([&](void *s, size_t &b) {
        return cub::DeviceRunLengthEncode::Encode(s, b, keys, out, bins, number, 6);
    });
    EXPECT((to_host(bins, 3) == std::vector<int>{ 2, 3, 1 }), "lengths of runs");
    for (int *array : { in, begin, out, bins, bounds, keys, number }) CUDA(cudaFree(array));
}

static void check_storage()
{
    int *in = to_device(numbers(10)), on_host = 0;
    size_t small = 3, enough = 1000;
    EXPECT(cub::DeviceReduce::Sum(in, small, in, in, 10) == cudaErrorInvalidValue,
           "too little storage is refused");
    EXPECT(cub::DeviceReduce::Sum(&on_host, enough, in, in, 10) == cudaErrorInvalidValue, "so is the host's");
    cudaGetLastError();
    emu::forget_findings();
    CUDA(cudaFree(in));
}

static void check_allocator()
{
    cub::CachingDeviceAllocator allocator(true);
    void *memory = nullptr;
    CUDA(allocator.DeviceAllocate(&memory, 100));
    CUDA(cudaMemset(memory, 0, 100));
    CUDA(allocator.DeviceFree(memory));
    CUDA(allocator.FreeAllCached());
}

int main()
{
    check_blocks();
    check_exchanges();
    check_allocator();
    for (int n : { 0, 1, 37, 1000 }) {
        check_sums(n);
        check_scans(n);
        check_selections(n);
        check_sort(numbers(n), n % 2);
    }
    check_sort(std::vector<float>{ 1, -0.5f, 3e38f, -1e-40f, 0, 1, -2 }, true);
    check_sort(std::vector<unsigned char>{ 200, 3, 255, 0, 3 }, false);
    check_sort(std::vector<double>{ -1, 1e300, -1e300, 0.25 }, false);
    check_segments();
    check_storage();
    return finish();
}
