/* sums.cu - the sum of many floats; see sums.h. */
#include "sums.h"

#include "rows.h"

struct floats {
    const float *from;

    __device__ float operator()(unsigned k) const
    {
        return from[k];
    }
};

struct labelled {
    const int *label;

    __device__ float operator()(unsigned k) const
    {
        return label[k] >= 0;
    }
};

/* sum[b] = the sum of block b's terms, divided */
template <class TERM>
__global__ void __launch_bounds__(one_block::THREADS)
    sum_kernel(unsigned n, TERM term, float *sum, divisor by)
{
    float mine = 0;
    for (unsigned k = blockIdx.x * one_block::SIZE + threadIdx.x; k < n; k += gridDim.x * one_block::SIZE)
        mine += term(k);
    mine = one_block::all(mine, plus());
    if (threadIdx.x == 0) sum[blockIdx.x] = mine / by.value();
}

template <class TERM> static void sum_of(unsigned n, TERM term, float *part, float *sum, divisor by)
{
    const unsigned parts = parts_of(n);
    if (parts == 1) {
        sum_kernel<<<1, one_block::THREADS>>>(n, term, sum, by);
        return;
    }
    sum_kernel<<<parts, one_block::THREADS>>>(n, term, part, divisor{ 1, nullptr });
    sum_kernel<<<1, one_block::THREADS>>>(parts, floats{ part }, sum, by);
}

void add_up(int n, const float *from, float *part, float *sum, divisor by)
{
    sum_of((unsigned)n, floats{ from }, part, sum, by);
}

void count_labels(int N, const int *label, float *part, float *count)
{
    sum_of((unsigned)N, labelled{ label }, part, count, divisor{ 1, nullptr });
}
