/* emu_graphs.cu - CUDA graphs: captured, built of nodes, updated, with memory and conditions of their own;
 * and memory pools. */
#include "emu_test.h"
#include "emu/testing.h"

__global__ void add(int *x, int n, int value)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] += value;
}

__global__ void multiply(int *x, int n, int value)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] *= value;
}

enum { N = 100 };

static void expect_all(const int *device, int wanted, const char *what, EMU_HERE)
{
    std::vector<int> x = to_host(device, N);
    for (int i = 0; i < N; i++)
        EXPECT(x[i] == wanted, "%s (line %d): %d is %d, not %d", what, where_.line, i, x[i], wanted);
}

static void test_capture()
{
    cudaStream_t one, two;
    cudaEvent_t begun, done;
    CUDA(cudaStreamCreate(&one));
    CUDA(cudaStreamCreate(&two));
    CUDA(cudaEventCreate(&begun));
    CUDA(cudaEventCreate(&done));
    std::vector<int> zeros(N, 0), result(N, -1);
    int *x = to_device(zeros), *y = to_device(zeros), called = 0;
    CUDA(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal));
    CUDA(cudaEventRecord(begun, one));
    CUDA(cudaStreamWaitEvent(two, begun));
    CUDA(cudaMemsetAsync(y, 0, N * sizeof(int), two));
    add<<<1, 128, 0, two>>>(y, N, 5);
    CUDA(cudaEventRecord(done, two));
    add<<<1, 128, 0, one>>>(x, N, 3);
    CUDA(cudaStreamWaitEvent(one, done));
    multiply<<<1, 128, 0, one>>>(y, N, 2);
    CUDA(cudaMemcpyAsync(result.data(), y, N * sizeof(int), cudaMemcpyDeviceToHost, one));
    CUDA(cudaLaunchHostFunc(
        one, [](void *count) { ++*(int *)count; }, &called));
    cudaGraph_t graph, clone;
    cudaStreamCaptureStatus status;
    CUDA(cudaStreamIsCapturing(two, &status));
    EXPECT(status == cudaStreamCaptureStatusActive, "the second stream takes no part");
    CUDA(cudaStreamEndCapture(one, &graph));
    size_t nodes = 0, roots = 0;
    CUDA(cudaGraphGetNodes(graph, nullptr, &nodes));
    CUDA(cudaGraphGetRootNodes(graph, nullptr, &roots));
    EXPECT(nodes == 6 && roots == 2, "%zu nodes, %zu roots", nodes, roots);
    expect_all(x, 0, "nothing runs in a capture");
    EXPECT(result[0] == -1 && !called, "nothing is copied in a capture");
    cudaGraphExec_t exec, other;
    CUDA(cudaGraphInstantiate(&exec, graph, NULL, NULL, 0));
    CUDA(cudaGraphClone(&clone, graph));
    CUDA(cudaGraphDestroy(graph));
    CUDA(cudaGraphInstantiate(&other, clone, 0));
    for (int round = 0; round < 3; round++) CUDA(cudaGraphLaunch(exec, two));
    CUDA(cudaStreamSynchronize(two));
    CUDA(cudaGraphLaunch(other, one));
    CUDA(cudaStreamSynchronize(one));
    EXPECT(called == 4, "the host function ran %d times", called);
    for (int i = 0; i < N; i++) EXPECT(result[i] == 10, "result %d is %d", i, result[i]);
    expect_all(x, 12, "x");
    CUDA(cudaGraphExecDestroy(exec));
    CUDA(cudaGraphExecDestroy(other));
    CUDA(cudaGraphDestroy(clone));
    CUDA(cudaFree(x));
    CUDA(cudaFree(y));
    CUDA(cudaEventDestroy(begun));
    CUDA(cudaEventDestroy(done));
    CUDA(cudaStreamDestroy(one));
    CUDA(cudaStreamDestroy(two));
}

/* memset -> add -> (child: multiply) -> copy, and an empty node beside them */
static void test_nodes()
{
    int *x, n = N, value = 4, factor = 10;
    std::vector<int> result(N, -1);
    CUDA(cudaMalloc(&x, N * sizeof(int)));
    cudaGraph_t graph, child;
    cudaGraphNode_t set, kernel, part, copy, empty, in_child;
    CUDA(cudaGraphCreate(&graph, 0));
    CUDA(cudaGraphCreate(&child, 0));
    cudaMemsetParams bytes = {};
    bytes.dst = x, bytes.value = 7, bytes.elementSize = 4, bytes.width = N, bytes.height = 1;
    CUDA(cudaGraphAddMemsetNode(&set, graph, nullptr, 0, &bytes));
    void *arguments[] = { &x, &n, &value }, *others[] = { &x, &n, &factor };
    cudaKernelNodeParams call = {};
    call.func = (void *)add, call.gridDim = dim3(1), call.blockDim = dim3(128), call.kernelParams = arguments;
    CUDA(cudaGraphAddKernelNode(&kernel, graph, &set, 1, &call));
    cudaKernelNodeParams by = call;
    by.func = (void *)multiply, by.kernelParams = others;
    CUDA(cudaGraphAddKernelNode(&in_child, child, nullptr, 0, &by));
    CUDA(cudaGraphAddChildGraphNode(&part, graph, &kernel, 1, child));
    CUDA(cudaGraphAddMemcpyNode1D(&copy, graph, nullptr, 0, result.data(), x, N * sizeof(int),
                                  cudaMemcpyDeviceToHost));
    CUDA(cudaGraphAddDependencies(graph, &part, &copy, 1));
    CUDA(cudaGraphAddEmptyNode(&empty, graph, &copy, 1));
    cudaGraphNodeType type;
    CUDA(cudaGraphNodeGetType(part, &type));
    EXPECT(type == cudaGraphNodeTypeGraph, "type %d", (int)type);
    cudaGraphExec_t exec;
    CUDA(cudaGraphInstantiate(&exec, graph));
    value = 1000; /* the node has its own copy */
    CUDA(cudaGraphLaunch(exec, 0));
    CUDA(cudaDeviceSynchronize());
    for (int i = 0; i < N; i++) EXPECT(result[i] == 110, "result %d is %d", i, result[i]);
    CUDA(cudaGraphExecKernelNodeSetParams(exec, kernel, &call));
    CUDA(cudaGraphLaunch(exec, 0));
    CUDA(cudaDeviceSynchronize());
    EXPECT(result[0] == 10070, "after an update: %d", result[0]);
    value = 1;
    CUDA(cudaGraphKernelNodeSetParams(kernel, &call));
    cudaGraphExecUpdateResultInfo info;
    CUDA(cudaGraphExecUpdate(exec, graph, &info));
    CUDA(cudaGraphLaunch(exec, 0));
    CUDA(cudaDeviceSynchronize());
    EXPECT(result[0] == 80, "after the graph's update: %d", result[0]);
    CUDA(cudaGraphAddEmptyNode(&empty, graph, &copy, 1));
    EXPECT(cudaGraphExecUpdate(exec, graph, &info) == cudaErrorGraphExecUpdateFailure &&
               info.result == cudaGraphExecUpdateErrorTopologyChanged,
           "another topology: %d", (int)info.result);
    CUDA(cudaGraphExecDestroy(exec));
    CUDA(cudaGraphDestroy(graph));
    CUDA(cudaGraphDestroy(child));
    CUDA(cudaFree(x));
}

/* ---- memory of the graph ---- */

static void test_memory()
{
    std::vector<int> result(N, -1);
    cudaStream_t stream;
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    int *x;
    CUDA(cudaMallocAsync(&x, N * sizeof(int), stream));
    CUDA(cudaMemsetAsync(x, 0, N * sizeof(int), stream));
    add<<<1, 128, 0, stream>>>(x, N, 6);
    CUDA(cudaMemcpyAsync(result.data(), x, N * sizeof(int), cudaMemcpyDeviceToHost, stream));
    CUDA(cudaFreeAsync(x, stream));
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    CUDA(cudaStreamEndCapture(stream, &graph));
    CUDA(cudaGraphInstantiate(&exec, graph));
    for (int round = 0; round < 2; round++) {
        result.assign(N, -1);
        CUDA(cudaGraphLaunch(exec, stream));
        CUDA(cudaStreamSynchronize(stream));
        for (int i = 0; i < N; i++) EXPECT(result[i] == 6, "round %d: %d is %d", round, i, result[i]);
    }
    unsigned long long used = 1, most = 0;
    CUDA(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrUsedMemCurrent, &used));
    CUDA(cudaDeviceGetGraphMemAttribute(0, cudaGraphMemAttrUsedMemHigh, &most));
    EXPECT(used == 0 && most == N * sizeof(int), "%llu bytes in use, %llu at most", used, most);
    CUDA(cudaGraphExecDestroy(exec));
    CUDA(cudaGraphDestroy(graph));
    CUDA(cudaStreamDestroy(stream));
}

static void test_pools()
{
    cudaMemPoolProps properties = {};
    properties.allocType = cudaMemAllocationTypePinned;
    properties.location.type = cudaMemLocationTypeDevice;
    cudaMemPool_t pool, standard;
    CUDA(cudaDeviceGetDefaultMemPool(&standard, 0));
    CUDA(cudaMemPoolCreate(&pool, &properties));
    EXPECT(pool != standard, "a pool of its own");
    unsigned long long keep = 1 << 20, got = 0, used = 0, high = 0;
    CUDA(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep));
    CUDA(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &got));
    int *x, least = 1, greatest = 1, priority = 1;
    cudaStream_t stream;
    CUDA(cudaDeviceGetStreamPriorityRange(&least, &greatest));
    CUDA(cudaStreamCreateWithPriority(&stream, cudaStreamNonBlocking, greatest - 3));
    CUDA(cudaStreamGetPriority(stream, &priority));
    EXPECT(greatest < least && priority == greatest, "priority %d of %d to %d", priority, least, greatest);
    CUDA(cudaMallocFromPoolAsync(&x, 400, pool, stream));
    CUDA(cudaMemsetAsync(x, 0, N * sizeof(int), stream));
    add<<<1, 128, 0, stream>>>(x, N, 2);
    CUDA(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrUsedMemCurrent, &used));
    EXPECT(got == keep && used == 400, "threshold %llu, used %llu", got, used);
    expect_all(x, 2, "of a pool");
    CUDA(cudaFreeAsync(x, stream));
    CUDA(cudaStreamSynchronize(stream));
    CUDA(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrUsedMemCurrent, &used));
    CUDA(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrUsedMemHigh, &high));
    EXPECT(used == 0 && high == 400, "used %llu, at most %llu", used, high);
    CUDA(cudaMemPoolDestroy(pool));
    CUDA(cudaStreamDestroy(stream));
}

/* ---- conditions ---- */

__global__ void count_down(int *left, int *rounds, cudaGraphConditionalHandle handle)
{
    ++*rounds;
    cudaGraphSetConditional(handle, --*left > 0);
}

static void test_conditions()
{
    std::vector<int> start = { 5, 0 };
    int *left = to_device(start), *rounds = left + 1;
    cudaGraph_t graph;
    cudaGraphNode_t loop, body;
    cudaGraphConditionalHandle handle;
    CUDA(cudaGraphCreate(&graph, 0));
    CUDA(cudaGraphConditionalHandleCreate(&handle, graph, 1, cudaGraphCondAssignDefault));
    cudaGraphNodeParams condition = {};
    condition.type = cudaGraphNodeTypeConditional;
    condition.conditional.handle = handle;
    condition.conditional.type = cudaGraphCondTypeWhile;
    condition.conditional.size = 1;
    CUDA(cudaGraphAddNode(&loop, graph, nullptr, nullptr, 0, &condition));
    void *arguments[] = { &left, &rounds, &handle };
    cudaGraphNodeParams kernel = {};
    kernel.type = cudaGraphNodeTypeKernel;
    kernel.kernel.func = (void *)count_down;
    kernel.kernel.gridDim = kernel.kernel.blockDim = make_uint3(1, 1, 1);
    kernel.kernel.kernelParams = arguments;
    CUDA(cudaGraphAddNode(&body, condition.conditional.phGraph_out[0], nullptr, nullptr, 0, &kernel));
    cudaGraphExec_t exec;
    CUDA(cudaGraphInstantiate(&exec, graph));
    CUDA(cudaGraphLaunch(exec, 0));
    EXPECT(to_host(left, 2)[1] == 5, "%d rounds", to_host(left, 2)[1]);
    CUDA(cudaGraphLaunch(exec, 0)); /* as a do-while loop: once more */
    EXPECT(to_host(left, 2)[1] == 6, "%d rounds", to_host(left, 2)[1]);
    CUDA(cudaGraphExecDestroy(exec));
    CUDA(cudaGraphDestroy(graph));
    CUDA(cudaFree(left));
}

/* ---- what is refused ---- */

static void expect_error(cudaError_t got, cudaError_t wanted, const char *words, EMU_HERE)
{
    const std::vector<emu::Failure> &found = emu::found();
    bool said = !found.empty() && found.back().what.find(words) != std::string::npos;
    EXPECT(got == wanted && said, "line %d: %s, and it says: %s", where_.line, cudaGetErrorName(got),
           found.empty() ? "" : found.back().what.c_str());
    (void)cudaGetLastError();
    emu::forget_findings();
}

static void test_mistakes()
{
    cudaStream_t stream, other;
    cudaGraph_t graph;
    cudaEvent_t event;
    std::vector<int> zeros(N, 0);
    int *x = to_device(zeros);
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaStreamCreate(&other));
    CUDA(cudaEventCreate(&event));
    emu::options.throws = true; /* findings are not printed */
    expect_error(cudaStreamBeginCapture(nullptr, cudaStreamCaptureModeGlobal),
                 cudaErrorStreamCaptureUnsupported, "cannot be captured");
    expect_error(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureUnmatched,
                 "no capture has begun");
    CUDA(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    expect_error(cudaStreamSynchronize(stream), cudaErrorStreamCaptureUnsupported, "nothing runs until");
    expect_error(cudaMemcpy(x, zeros.data(), 4, cudaMemcpyHostToDevice), cudaErrorStreamCaptureImplicit,
                 "in the legacy default stream");
    CUDA(cudaEventRecord(event, stream));
    CUDA(cudaStreamWaitEvent(other, event));
    add<<<1, 128, 0, other>>>(x, N, 1);
    expect_error(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureUnjoined, "has not waited for");
    EXPECT(graph == nullptr, "a graph of a capture that failed");
    CUDA(cudaGraphCreate(&graph, 0));
    expect_error(cudaGraphLaunch((cudaGraphExec_t)graph, stream), cudaErrorInvalidValue,
                 "cudaGraphInstantiate has not made");
    cudaGraphNode_t a, b;
    CUDA(cudaGraphAddEmptyNode(&a, graph, nullptr, 0));
    CUDA(cudaGraphAddEmptyNode(&b, graph, &a, 1));
    CUDA(cudaGraphAddDependencies(graph, &b, &a, 1));
    cudaGraphExec_t exec;
    expect_error(cudaGraphInstantiate(&exec, graph), cudaErrorInvalidValue, "in a circle");
    CUDA(cudaGraphDestroy(graph));
    expect_error(cudaGraphDestroy(graph), cudaErrorInvalidValue, "does not exist, or no longer");
    emu::options.throws = false;
    CUDA(cudaFree(x));
    CUDA(cudaEventDestroy(event));
    CUDA(cudaStreamDestroy(stream));
    CUDA(cudaStreamDestroy(other));
}

int main()
{
    test_capture();
    test_nodes();
    test_memory();
    test_pools();
    test_conditions();
    test_mistakes();
    return finish();
}
