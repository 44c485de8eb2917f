/* emu_thrust.cu - the subset of Thrust, over device and host memory; cuda::std; a pipeline with roles. */
#include <cooperative_groups.h>
#include <cuda/pipeline>
#include <cuda/std/limits>
#include <cuda/std/type_traits>
#include <thrust/binary_search.h>
#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/extrema.h>
#include <thrust/functional.h>
#include <thrust/generate.h>
#include <thrust/host_vector.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/random.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/transform_reduce.h>
#include <thrust/unique.h>
#include "emu_test.h"

static_assert(cuda::std::is_same<cuda::std::remove_const_t<const int>, int>::value, "cuda::std");

struct squared {
    __host__ __device__ int operator()(int x) const
    {
        return x * x;
    }
};

__global__ void twice(int *x, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] *= 2;
}

static void test_vectors()
{
    thrust::host_vector<int> h(100);
    for (int i = 0; i < 100; i++) h[i] = (i * 37) % 100;
    thrust::device_vector<int> d = h, copy = d;
    twice<<<1, 128>>>(thrust::raw_pointer_cast(d.data()), 100);
    thrust::sort(d.begin(), d.end());
    thrust::host_vector<int> sorted = d;
    for (int i = 0; i < 100; i++) EXPECT(sorted[i] == 2 * i, "sorted %d is %d", i, sorted[i]);
    EXPECT(copy[3] == 11 && copy.size() == 100, "a copy is its own: %d", (int)copy[3]);
    copy[3] = -7;
    copy.push_back(1000);
    auto least = thrust::min_element(copy.begin(), copy.end());
    EXPECT(*least == -7 && least - copy.begin() == 3, "the least at %td", least - copy.begin());
    EXPECT(*thrust::max_element(copy.begin(), copy.end()) == 1000, "the greatest");
    thrust::sort(h.begin(), h.end(), thrust::greater<int>());
    EXPECT(h[0] == 99 && h[99] == 0, "on the host: %d", h[0]);
    thrust::device_vector<float> filled(10, 2.5f), none;
    EXPECT(thrust::reduce(filled.begin(), filled.end()) == 25, "filled");
    EXPECT(none.empty() && thrust::reduce(none.begin(), none.end()) == 0, "none");
}

static void test_sums()
{
    thrust::device_vector<int> x(10), y(10);
    thrust::sequence(x.begin(), x.end(), 1);
    EXPECT(thrust::reduce(x.begin(), x.end(), 100, thrust::plus<int>()) == 155, "reduce");
    EXPECT(thrust::reduce(x.begin(), x.end(), 0, thrust::maximum<int>()) == 10, "maximum");
    EXPECT(thrust::transform_reduce(x.begin(), x.end(), squared(), 0, thrust::plus<int>()) == 385, "squares");
    EXPECT(thrust::inner_product(x.begin(), x.end(), x.begin(), 0) == 385, "inner product");
    EXPECT(thrust::count_if(x.begin(), x.end(), [](int v) { return v % 3 == 0; }) == 3, "count");
    thrust::exclusive_scan(x.begin(), x.end(), y.begin());
    EXPECT(y[0] == 0 && y[9] == 45, "exclusive %d", (int)y[9]);
    thrust::inclusive_scan(thrust::device, raw_pointer_cast(x.data()), raw_pointer_cast(x.data()) + 10,
                           raw_pointer_cast(y.data()));
    EXPECT(y[0] == 1 && y[9] == 55, "inclusive %d", (int)y[9]);
    thrust::transform(x.begin(), x.end(), y.begin(), y.begin(), thrust::minus<int>());
    EXPECT(y[9] == -45, "transform %d", (int)y[9]);
    EXPECT(thrust::lower_bound(x.begin(), x.end(), 4) - x.begin() == 3, "lower bound");
    auto from = thrust::make_counting_iterator(1);
    EXPECT(thrust::reduce(from, from + 10) == 55, "counting");
    thrust::transform(from, from + 10, thrust::make_constant_iterator(3), x.begin(),
                      thrust::multiplies<int>());
    EXPECT(x[9] == 30, "constant");
}

static void test_keys()
{
    const int keys[] = { 3, 1, 3, 2, 1, 3 }, values[] = { 0, 1, 2, 3, 4, 5 };
    thrust::device_vector<int> k(keys, keys + 6), v(values, values + 6), unique_k(6), sum(6);
    thrust::sort_by_key(k.begin(), k.end(), v.begin());
    const int wanted[] = { 1, 4, 3, 0, 2, 5 };
    for (int i = 0; i < 6; i++) EXPECT(v[i] == wanted[i], "value %d is %d", i, (int)v[i]);
    auto ends = thrust::reduce_by_key(k.begin(), k.end(), v.begin(), unique_k.begin(), sum.begin());
    EXPECT(ends.first - unique_k.begin() == 3 && sum[0] == 5 && sum[1] == 3 && sum[2] == 7, "runs");
    EXPECT(thrust::unique(k.begin(), k.end()) - k.begin() == 3, "unique");
    auto zip = thrust::make_zip_iterator(thrust::make_tuple(k.begin(), v.begin()));
    thrust::for_each(zip, zip + 3,
                     [](thrust::tuple<int &, int &> t) { thrust::get<1>(t) = 10 * thrust::get<0>(t); });
    EXPECT(v[0] == 10 && v[2] == 30 && v[3] == 0, "zip %d", (int)v[2]);
    thrust::default_random_engine engine(5);
    thrust::uniform_int_distribution<int> die(1, 6);
    thrust::generate(k.begin(), k.end(), [=]() mutable { return die(engine); });
    EXPECT(*thrust::min_element(k.begin(), k.end()) >= 1 && *thrust::max_element(k.begin(), k.end()) <= 6,
           "dice");
}

/* One warp fills tiles, another adds them up; the stages are used again and again. */
__global__ void by_roles(const int *x, int tiles, int *sums)
{
    __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 2> state;
    __shared__ int tile[2][32];
    auto block = cooperative_groups::this_thread_block();
    bool fills = threadIdx.x >= 32;
    auto pipe = cuda::make_pipeline(block, &state,
                                    fills ? cuda::pipeline_role::producer : cuda::pipeline_role::consumer);
    int lane = threadIdx.x % 32, sum = 0;
    for (int t = 0; t < tiles; t++) {
        if (fills) {
            pipe.producer_acquire();
            cuda::memcpy_async(&tile[t % 2][lane], &x[t * 32 + lane], sizeof(int), pipe);
            pipe.producer_commit();
        } else {
            pipe.consumer_wait();
            sum += tile[t % 2][31 - lane];
            pipe.consumer_release();
        }
    }
    if (!fills) sums[lane] = sum;
}

static void test_roles()
{
    const int tiles = 7;
    std::vector<int> x(32 * tiles);
    for (int i = 0; i < 32 * tiles; i++) x[i] = i * i % 97;
    int *device = to_device(x), *sums = to_device(std::vector<int>(32, 0));
    by_roles<<<1, 64>>>(device, tiles, sums);
    std::vector<int> result = to_host(sums, 32);
    for (int lane = 0; lane < 32; lane++) {
        int wanted = 0;
        for (int t = 0; t < tiles; t++) wanted += x[t * 32 + 31 - lane];
        EXPECT(result[lane] == wanted, "lane %d: %d, not %d", lane, result[lane], wanted);
    }
    CUDA(cudaFree(device));
    CUDA(cudaFree(sums));
}

int main()
{
    test_vectors();
    test_sums();
    test_keys();
    test_roles();
    return finish();
}
