/* host_pointers.cu - kernels that get addresses of the host. On this machine they work; on a GPU each is an
 * illegal address. */
#include <cstdlib>
#include <cstring>
#include <cuda_runtime.h>
#include <vector>

#include "zoo.h"

enum { N = 64 };
static const size_t BYTES = N * sizeof(float);

/* Arrays of the host's that the device may use are as good as its own. */
template <bool right> __global__ void from_heap(const float *x, float *y)
{
    y[threadIdx.x] = 2 * x[threadIdx.x]; /* BUG: heap_read */
}
template <bool right> static void heap_read_run(const zoo_arrays &a)
{
    float *host = (float *)malloc(BYTES), *managed;
    cudaMallocManaged(&managed, BYTES);
    for (int i = 0; i < N; i++) host[i] = managed[i] = (float)i;
    from_heap<right><<<1, N>>>(right ? managed : host, a.y);
    cudaDeviceSynchronize();
    cudaFree(managed);
    free(host);
}

template <bool right> __global__ void to_stack(const float *x, float *to)
{
    to[threadIdx.x] = x[threadIdx.x]; /* BUG: stack_written */
}
template <bool right> static void stack_written_run(const zoo_arrays &a)
{
    float host[N], *device;
    cudaMalloc(&device, BYTES);
    to_stack<right><<<1, N>>>(a.x, right ? device : host);
    cudaDeviceSynchronize();
    if (right) cudaMemcpy(host, device, BYTES, cudaMemcpyDeviceToHost);
    cudaMemcpy(a.y, host, BYTES, cudaMemcpyHostToDevice);
    cudaFree(device);
}

/* The host's array has the name, the device's has no use. */
static float table[N];
template <bool right> __global__ void from_table(const float *x, const float *numbers, float *y)
{
    y[threadIdx.x] = x[threadIdx.x] + numbers[threadIdx.x]; /* BUG: static_read */
}
template <bool right> static void static_read_run(const zoo_arrays &a)
{
    float *device;
    cudaMalloc(&device, BYTES);
    cudaMemcpy(device, table, BYTES, cudaMemcpyHostToDevice);
    from_table<right><<<1, N>>>(a.x, right ? device : table, a.y);
    cudaDeviceSynchronize();
    cudaFree(device);
}

/* The name of a __device__ variable is no address on the device, to the host. */
static __device__ float scale[N];
template <bool right> __global__ void set_scale(float *to)
{
    to[threadIdx.x] = 3; /* BUG: symbol_as_pointer */
}
template <bool right> __global__ void use_scale(const float *x, float *y)
{
    y[threadIdx.x] = x[threadIdx.x] * scale[threadIdx.x];
}
template <bool right> static void symbol_as_pointer_run(const zoo_arrays &a)
{
    void *address = scale;
    if (right) cudaGetSymbolAddress(&address, scale);
    set_scale<right><<<1, N>>>((float *)address);
    use_scale<right><<<1, N>>>(a.x, a.y);
    cudaDeviceSynchronize();
}

/* A structure on the device that points to an array of the host. */
struct Rows {
    const float *data;
    int n;
};
template <bool right> __global__ void through_structure(const Rows *rows, float *y)
{
    int i = (int)threadIdx.x;
    if (i < rows->n) y[i] = rows->data[i]; /* BUG: deep_pointer */
}
template <bool right> static void deep_pointer_run(const zoo_arrays &a)
{
    std::vector<float> host(N, 1);
    Rows rows = { right ? a.x : host.data(), N }, *device;
    cudaMalloc(&device, sizeof rows);
    cudaMemcpy(device, &rows, sizeof rows, cudaMemcpyHostToDevice);
    through_structure<right><<<1, N>>>(device, a.y);
    cudaDeviceSynchronize();
    cudaFree(device);
}

/* The structure itself is on the host. */
template <bool right> __global__ void from_structure(const Rows *rows, float *y)
{
    int i = (int)threadIdx.x;
    if (i < rows->n) y[i] = rows->data[i]; /* BUG: structure_of_host */
}
template <bool right> static void structure_of_host_run(const zoo_arrays &a)
{
    Rows *rows = new Rows{ a.x, N };
    if (right) cudaHostRegister(rows, sizeof *rows, cudaHostRegisterDefault);
    from_structure<right><<<1, N>>>(rows, a.y);
    cudaDeviceSynchronize();
    if (right) cudaHostUnregister(rows);
    delete rows;
}

template <bool right> __global__ void count_on_host(const float *x, float *y, int *count)
{
    if (x[threadIdx.x] > 0.5f) atomicAdd(count, 1); /* BUG: atomic_on_host */
    y[threadIdx.x] = 1;
}
template <bool right> static void atomic_on_host_run(const zoo_arrays &a)
{
    int *count = (int *)calloc(1, sizeof *count), *pinned;
    cudaMallocHost(&pinned, sizeof *pinned);
    *pinned = 0;
    count_on_host<right><<<1, N>>>(a.x, a.y, right ? pinned : count);
    cudaDeviceSynchronize();
    cudaFreeHost(pinned);
    free(count);
}

/* What a kernel allocates is its own; a registration that has ended is none. */
template <bool right> __global__ void own_heap(const float *x, float *y)
{
    float *own = (float *)malloc(sizeof(float)), *other = new float(1);
    *own = x[threadIdx.x];
    y[threadIdx.x] = *own + *other;
    free(own);
    delete other;
}
template <bool right> __global__ void late_write(const float *x, float *to)
{
    to[threadIdx.x] = x[threadIdx.x]; /* BUG: unregistered */
}
template <bool right> static void unregistered_run(const zoo_arrays &a)
{
    float *host = (float *)calloc(N, sizeof(float));
    cudaHostRegister(host, BYTES, cudaHostRegisterMapped);
    own_heap<right><<<1, N>>>(a.x, a.y);
    if (!right) cudaHostUnregister(host);
    late_write<right><<<1, N>>>(a.x, host);
    cudaDeviceSynchronize();
    if (right) cudaHostUnregister(host);
    free(host);
}

/* Nobody's memory, so no word of the host's: the address that a mistake in arithmetic makes. */
template <bool right> __global__ void wild(float *y, size_t off)
{
    y[off + threadIdx.x] = 1; /* BUG: wild_pointer */
}
template <bool right> static void wild_pointer_run(const zoo_arrays &a)
{
    wild<right><<<1, N>>>(a.y, right ? 0 : -((size_t)1 << 38));
}

/* In the host's code the name is that of another variable. */
static __device__ int found, wanted[2];
template <bool right> __global__ void count_found(const float *x, float *y)
{
    if (x[threadIdx.x] > (float)wanted[0]) atomicAdd(&found, 1);
    y[threadIdx.x] = 1;
}
template <bool right> static void variable_read_by_host_run(const zoo_arrays &a)
{
    int seen = 0;
    count_found<right><<<1, N>>>(a.x, a.y);
    cudaDeviceSynchronize();
    if (right)
        cudaMemcpyFromSymbol(&seen, found, sizeof seen);
    else
        seen = found; /* BUG: variable_read_by_host */
    cudaMemcpyToSymbol(found, &seen, sizeof seen);
}
template <bool right> static void variable_written_by_host_run(const zoo_arrays &a)
{
    int two = 2;
    if (right)
        cudaMemcpyToSymbol(wanted, &two, sizeof two, sizeof two);
    else
        wanted[1] = two; /* BUG: variable_written_by_host */
    count_found<right><<<1, N>>>(a.x, a.y);
}

/* clang-format off */
#define POINTER(name, words) { #name, name##_run<false>, name##_run<true>, 64, { nullptr, nullptr, nullptr, "host: ..." words } }
/* clang-format on */

static const zoo_bug bugs[] = {
    POINTER(heap_read, "a read of host memory, of malloc or new, which a GPU cannot reach"),
    POINTER(stack_written, "a write of a variable on the host's stack"),
    POINTER(static_read, "a read of the host's variable table"),
    POINTER(symbol_as_pointer, "a write of the host's variable scale"),
    POINTER(deep_pointer, "a read of host memory"),
    POINTER(structure_of_host, "a read of host memory"),
    POINTER(atomic_on_host, "a write of host memory"),
    POINTER(unregistered, "a write of host memory"),
    POINTER(variable_read_by_host,
            "the host reads found, a variable of the device...cudaMemcpyFromSymbol(.., found"),
    POINTER(variable_written_by_host,
            "the host writes wanted, a variable of the device...cudaMemcpyToSymbol(wanted"),
    { "wild_pointer",
      wild_pointer_run<false>,
      wild_pointer_run<true>,
      64,
      { "^emu: wild<false>...illegal address", nullptr, nullptr, "^emu: wild<false>...illegal address" } },
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_host_pointers = { __FILE__, bugs };
