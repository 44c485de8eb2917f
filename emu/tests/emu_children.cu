/* emu_children.cu - kernels that kernels launch: trees, streams of the device, launches for the end. */
#include "emu_test.h"

/* A node of a binary tree adds itself, and launches its two children. */
__global__ void tree(int *count, int depth)
{
    __shared__ int own;
    if (threadIdx.x == 0) {
        own = depth;
        atomicAdd(count, 1);
    }
    __syncthreads();
    if (threadIdx.x < 2 && own > 0) tree<<<1, 32>>>(count, own - 1);
}

static void test_tree()
{
    std::vector<int> zeros(1, 0);
    int *count = to_device(zeros);
    tree<<<3, 32>>>(count, 5);
    EXPECT(to_host(count, 1)[0] == 3 * 63, "%d nodes", to_host(count, 1)[0]);
    CUDA(cudaFree(count));
}

/* Sorts a part, then both sides in streams of their own. */
__global__ void quicksort(unsigned *x, int left, int right)
{
    if (left >= right) return;
    unsigned pivot = x[(left + right) / 2];
    int i = left, j = right;
    while (i <= j) {
        while (x[i] < pivot) i++;
        while (pivot < x[j]) j--;
        if (i > j) break;
        unsigned swap = x[i];
        x[i++] = x[j];
        x[j--] = swap;
    }
    int begin[2] = { left, i }, end[2] = { j, right };
    for (int side = 0; side < 2; side++) {
        cudaStream_t stream;
        cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
        quicksort<<<1, 1, 0, stream>>>(x, begin[side], end[side]);
        cudaStreamDestroy(stream);
    }
}

static void test_quicksort()
{
    const int n = 300;
    std::vector<unsigned> x(n);
    for (int i = 0; i < n; i++) x[i] = (unsigned)i * 7919u % 1009u;
    unsigned *device = to_device(x);
    quicksort<<<1, 1>>>(device, 0, n - 1);
    std::vector<unsigned> sorted = to_host(device, n);
    for (int i = 1; i < n; i++) EXPECT(sorted[i - 1] <= sorted[i], "%d is out of order", i);
    CUDA(cudaFree(device));
}

/* Children of one stream follow each other; what is launched for the end comes after all. */
__global__ void fill(int *x, int from, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] = from + i;
}
__global__ void add_before(int *x, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[n + i] = x[n - 1 - i] + 1;
}
__global__ void total(const int *x, int n, int *sum)
{
    for (int i = 0; i < n; i++) *sum += x[i];
}
__global__ void parent(int *x, int n, int *sum)
{
    if (threadIdx.x != 0) return;
    total<<<1, 1, 0, cudaStreamTailLaunch>>>(x, 2 * n, sum);
    fill<<<(n + 31) / 32, 32>>>(x, 10, n);
    add_before<<<(n + 31) / 32, 32>>>(x, n);
}

static void test_order()
{
    const int n = 50;
    int *x = to_device(std::vector<int>(2 * n, 0)), *sum = to_device(std::vector<int>(1, 0));
    parent<<<1, 64>>>(x, n, sum);
    int wanted = 0;
    for (int i = 0; i < n; i++) wanted += 2 * (10 + i) + 1;
    EXPECT(to_host(sum, 1)[0] == wanted, "the sum is %d, not %d", to_host(sum, 1)[0], wanted);
    CUDA(cudaFree(x));
    CUDA(cudaFree(sum));
}

int main()
{
    test_tree();
    test_quicksort();
    test_order();
    return finish();
}
