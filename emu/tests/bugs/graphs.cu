/* graphs.cu - graphs, memory in the order of streams, and kernels launched by kernels, used wrongly. */
#include <cuda_runtime.h>

#include "zoo.h"

__global__ static void copy_row(const float *x, float *y)
{
    y[threadIdx.x] = x[threadIdx.x];
}

/* The graph is made, but nothing that could be launched of it. */
template <bool right> static void graph_not_instantiated_run(const zoo_arrays &a)
{
    cudaGraph_t graph;
    cudaGraphNode_t node;
    cudaGraphExec_t exec = nullptr;
    const float *x = a.x;
    float *y = a.y;
    void *arguments[] = { &x, &y };
    cudaKernelNodeParams call = {};
    call.func = (void *)copy_row, call.gridDim = dim3(1), call.blockDim = dim3(64),
    call.kernelParams = arguments;
    cudaGraphCreate(&graph, 0);
    cudaGraphAddKernelNode(&node, graph, nullptr, 0, &call);
    if (right) cudaGraphInstantiate(&exec, graph);
    cudaGraphLaunch(exec, 0); /* BUG: graph_not_instantiated */
    cudaDeviceSynchronize();
    cudaGraphDestroy(graph);
}

/* Two kernels of a graph, of which one uses what the other makes, and no dependency. */
template <bool right> static void dependency_missing_run(const zoo_arrays &a)
{
    cudaGraph_t graph;
    cudaGraphNode_t first, second;
    cudaGraphExec_t exec;
    const float *x = a.x;
    float *y = a.y, *z = y + 64;
    void *arguments[] = { &x, &y }, *others[] = { &y, &z };
    cudaKernelNodeParams call = {};
    call.func = (void *)copy_row, call.gridDim = dim3(1), call.blockDim = dim3(64),
    call.kernelParams = arguments;
    cudaGraphCreate(&graph, 0);
    cudaGraphAddKernelNode(&first, graph, nullptr, 0, &call);
    call.kernelParams = others;
    cudaGraphAddKernelNode(&second, graph, &first, right ? 1 : 0, &call);
    cudaGraphInstantiate(&exec, graph);
    cudaGraphLaunch(exec, 0);
    cudaDeviceSynchronize();
    cudaGraphExecDestroy(exec);
    cudaGraphDestroy(graph);
}

/* What the stream has freed is used once more. */
template <bool right> static void used_after_free_async_run(const zoo_arrays &a)
{
    float *t;
    cudaStream_t stream;
    cudaStreamCreate(&stream);
    cudaMallocAsync(&t, 64 * sizeof(float), stream); /* BUG: used_after_free_async */
    copy_row<<<1, 64, 0, stream>>>(a.x, t);
    if (!right) cudaFreeAsync(t, stream);
    copy_row<<<1, 64, 0, stream>>>(t, a.y);
    if (right) cudaFreeAsync(t, stream);
    cudaStreamSynchronize(stream);
    cudaStreamDestroy(stream);
}

/* Memory of a graph is used by a node that comes after the node that frees it. */
template <bool right> static void used_after_free_node_run(const zoo_arrays &a)
{
    float *t;
    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    cudaStreamCreate(&stream);
    cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal);
    cudaMallocAsync(&t, 64 * sizeof(float), stream); /* BUG: used_after_free_node */
    copy_row<<<1, 64, 0, stream>>>(a.x, t);
    if (!right) cudaFreeAsync(t, stream);
    copy_row<<<1, 64, 0, stream>>>(t, a.y);
    if (right) cudaFreeAsync(t, stream);
    cudaStreamEndCapture(stream, &graph);
    cudaGraphInstantiate(&exec, graph);
    cudaGraphLaunch(exec, stream);
    cudaStreamSynchronize(stream);
    cudaGraphExecDestroy(exec);
    cudaGraphDestroy(graph);
    cudaStreamDestroy(stream);
}

/* A parent reads what its child is to write: it cannot wait for it, only launch what comes after it. */
template <bool right> __global__ void child_not_waited_for(const float *x, float *y)
{
    if (threadIdx.x == 0) copy_row<<<1, 64>>>(x, y);
    __syncthreads();
    if (!right)
        y[64 + threadIdx.x] = y[threadIdx.x];
    else if (threadIdx.x == 0)
        copy_row<<<1, 64>>>(y, y + 64);
}
template <bool right> static void child_not_waited_for_run(const zoo_arrays &a)
{
    child_not_waited_for<right><<<1, 64>>>(a.x, a.y);
}

/* Streams that a kernel makes are not ordered with each other. */
template <bool right> __global__ void children_not_ordered(const float *x, float *y)
{
    if (threadIdx.x != 0) return;
    cudaStream_t one, two;
    cudaStreamCreateWithFlags(&one, cudaStreamNonBlocking);
    cudaStreamCreateWithFlags(&two, cudaStreamNonBlocking);
    copy_row<<<1, 64, 0, one>>>(x, y);
    copy_row<<<1, 64, 0, right ? one : two>>>(y, y + 64);
    cudaStreamDestroy(one);
    cudaStreamDestroy(two);
}
template <bool right> static void children_not_ordered_run(const zoo_arrays &a)
{
    children_not_ordered<right><<<1, 32>>>(a.x, a.y);
}

/* What CUDA 11 allowed: a parent that waits for its children. */
template <bool right> __global__ void waits_for_child(const float *x, float *y)
{
    if (threadIdx.x == 0) {
        copy_row<<<1, 64>>>(x, y);
        if (!right) cudaDeviceSynchronize(); /* BUG: waits_for_child */
    }
}
template <bool right> static void waits_for_child_run(const zoo_arrays &a)
{
    waits_for_child<right><<<1, 64>>>(a.x, a.y);
}

/* What is the parent's own the child does not see. */
template <bool right> __global__ void child_gets_local(const float *x, float *y)
{
    float local[64];
    for (int i = 0; i < 64; i++) local[i] = y[64 + i] = x[i];
    copy_row<<<1, 64>>>(right ? y + 64 : local, y); /* BUG: child_gets_local */
}
template <bool right> static void child_gets_local_run(const zoo_arrays &a)
{
    child_gets_local<right><<<1, 1>>>(a.x, a.y);
}

template <bool right> __global__ void child_gets_shared(const float *x, float *y)
{
    __shared__ float row[64];
    row[threadIdx.x] = y[64 + threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    if (threadIdx.x == 0) copy_row<<<1, 64>>>(right ? y + 64 : row, y); /* BUG: child_gets_shared */
}
template <bool right> static void child_gets_shared_run(const zoo_arrays &a)
{
    child_gets_shared<right><<<1, 64>>>(a.x, a.y);
}

static const zoo_bug bugs[] = {
    ZOO(child_gets_local, 64, "child: ...gets a pointer to a local variable", nullptr, nullptr,
        "child: ...gets a pointer to a local variable"),
    ZOO(child_gets_shared, 64, "child: ...gets a pointer to byte 0 of shared row", nullptr, nullptr,
        "child: ...gets a pointer to byte 0 of shared row"),
    ZOO(graph_not_instantiated, 64, "cudaGraphInstantiate has not made", nullptr, nullptr, nullptr),
    ZOO(dependency_missing, 128, nullptr, "differ", nullptr, nullptr),
    ZOO(used_after_free_async, 64, "freed since", nullptr, nullptr, nullptr),
    ZOO(used_after_free_node, 64, "whose graph", nullptr, nullptr, nullptr),
    ZOO(child_not_waited_for, 128, "NaN", nullptr, nullptr, nullptr),
    ZOO(children_not_ordered, 128, nullptr, "differ", nullptr, nullptr),
    ZOO(waits_for_child, 64, "a parent cannot wait", nullptr, nullptr, nullptr),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_graphs = { __FILE__, bugs };
