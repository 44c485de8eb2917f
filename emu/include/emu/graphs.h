/* emu/graphs.h - CUDA graphs: captured from streams or built of nodes, instantiated, launched, updated. */
#ifndef EMU_GRAPHS_H
#define EMU_GRAPHS_H

#include "arrays.h"
#include "core.h"
#include "pools.h"

typedef struct CUgraph_st *cudaGraph_t;
typedef struct CUgraphNode_st *cudaGraphNode_t;
typedef struct CUgraphExec_st *cudaGraphExec_t;
typedef unsigned long long cudaGraphConditionalHandle;

typedef enum cudaGraphNodeType {
    cudaGraphNodeTypeKernel = 0,
    cudaGraphNodeTypeMemcpy = 1,
    cudaGraphNodeTypeMemset = 2,
    cudaGraphNodeTypeHost = 3,
    cudaGraphNodeTypeGraph = 4,
    cudaGraphNodeTypeEmpty = 5,
    cudaGraphNodeTypeWaitEvent = 6,
    cudaGraphNodeTypeEventRecord = 7,
    cudaGraphNodeTypeMemAlloc = 10,
    cudaGraphNodeTypeMemFree = 11,
    cudaGraphNodeTypeConditional = 13
} cudaGraphNodeType;

struct cudaKernelNodeParams {
    void *func;
    dim3 gridDim, blockDim;
    unsigned sharedMemBytes;
    void **kernelParams, **extra;
};
struct cudaMemsetParams {
    void *dst;
    size_t pitch;
    unsigned value, elementSize; /* 1, 2 or 4 bytes */
    size_t width, height;        /* of a row in elements, and rows */
};
struct cudaHostNodeParams {
    cudaHostFn_t fn;
    void *userData;
};
struct cudaMemAllocNodeParams {
    cudaMemPoolProps poolProps;
    const cudaMemAccessDesc *accessDescs;
    size_t accessDescCount, bytesize;
    void *dptr; /* the result */
};
struct cudaMemFreeNodeParams {
    void *dptr;
};
struct cudaChildGraphNodeParams {
    cudaGraph_t graph;
};
struct cudaEventNodeParams {
    cudaEvent_t event;
};

typedef enum cudaGraphConditionalNodeType {
    cudaGraphCondTypeIf,
    cudaGraphCondTypeWhile,
    cudaGraphCondTypeSwitch
} cudaGraphConditionalNodeType;
enum { cudaGraphCondAssignDefault = 1 };

struct cudaConditionalNodeParams {
    cudaGraphConditionalHandle handle;
    cudaGraphConditionalNodeType type;
    unsigned size;
    cudaGraph_t *phGraph_out; /* the result: `size` graphs */
};
struct cudaGraphNodeParams {
    cudaGraphNodeType type;
    int reserved0[3];
    union {
        long long reserved1[29];
        struct {
            void *func;
            uint3 gridDim, blockDim;
            unsigned sharedMemBytes;
            void **kernelParams, **extra;
        } kernel;
        struct {
            int flags, reserved[3];
            cudaMemcpy3DParms copyParams;
        } memcpy;
        cudaMemsetParams memset;
        cudaHostNodeParams host;
        cudaChildGraphNodeParams graph;
        cudaEventNodeParams eventWait, eventRecord;
        cudaMemAllocNodeParams alloc;
        cudaMemFreeNodeParams free;
        cudaConditionalNodeParams conditional;
    };
};
struct cudaGraphEdgeData {
    unsigned char from_port, to_port, type, reserved[5];
};

typedef enum cudaStreamCaptureMode {
    cudaStreamCaptureModeGlobal,
    cudaStreamCaptureModeThreadLocal,
    cudaStreamCaptureModeRelaxed
} cudaStreamCaptureMode;
typedef enum cudaStreamCaptureStatus {
    cudaStreamCaptureStatusNone,
    cudaStreamCaptureStatusActive,
    cudaStreamCaptureStatusInvalidated
} cudaStreamCaptureStatus;
enum { cudaStreamAddCaptureDependencies = 0, cudaStreamSetCaptureDependencies = 1 };

typedef enum cudaGraphExecUpdateResult {
    cudaGraphExecUpdateSuccess,
    cudaGraphExecUpdateError,
    cudaGraphExecUpdateErrorTopologyChanged,
    cudaGraphExecUpdateErrorNodeTypeChanged,
    cudaGraphExecUpdateErrorFunctionChanged,
    cudaGraphExecUpdateErrorParametersChanged,
    cudaGraphExecUpdateErrorNotSupported,
    cudaGraphExecUpdateErrorUnsupportedFunctionChange,
    cudaGraphExecUpdateErrorAttributesChanged
} cudaGraphExecUpdateResult;
struct cudaGraphExecUpdateResultInfo {
    cudaGraphExecUpdateResult result;
    cudaGraphNode_t errorNode, errorFromNode;
};
enum {
    cudaGraphInstantiateFlagAutoFreeOnLaunch = 1,
    cudaGraphInstantiateFlagUpload = 2,
    cudaGraphInstantiateFlagDeviceLaunch = 4,
    cudaGraphInstantiateFlagUseNodePriority = 8,
    cudaGraphDebugDotFlagsVerbose = 1
};
typedef enum cudaGraphMemAttributeType {
    cudaGraphMemAttrUsedMemCurrent,
    cudaGraphMemAttrUsedMemHigh,
    cudaGraphMemAttrReservedMemCurrent,
    cudaGraphMemAttrReservedMemHigh
} cudaGraphMemAttributeType;

/* ---- capture ---- */

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode, EMU_HERE);
cudaError_t cudaStreamBeginCaptureToGraph(cudaStream_t stream, cudaGraph_t graph,
                                          const cudaGraphNode_t *dependencies, const cudaGraphEdgeData *edges,
                                          size_t count, cudaStreamCaptureMode mode, EMU_HERE);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph, EMU_HERE);
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus *status, EMU_HERE);
cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus *status,
                                     unsigned long long *id = nullptr, cudaGraph_t *graph = nullptr,
                                     const cudaGraphNode_t **dependencies = nullptr,
                                     const cudaGraphEdgeData **edges = nullptr, size_t *count = nullptr,
                                     EMU_HERE);
cudaError_t cudaStreamUpdateCaptureDependencies(cudaStream_t stream, const cudaGraphNode_t *dependencies,
                                                const cudaGraphEdgeData *edges, size_t count, unsigned flags,
                                                EMU_HERE);
inline cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode *)
{
    return cudaSuccess;
}

/* ---- graphs and nodes; dependencies are nodes of the same graph ---- */

#define EMU_NODE cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *dependencies, size_t count

cudaError_t cudaGraphCreate(cudaGraph_t *graph, unsigned flags, EMU_HERE);
cudaError_t cudaGraphDestroy(cudaGraph_t graph, EMU_HERE);
cudaError_t cudaGraphClone(cudaGraph_t *clone, cudaGraph_t graph, EMU_HERE);
cudaError_t cudaGraphAddKernelNode(EMU_NODE, const cudaKernelNodeParams *parameters, EMU_HERE);
cudaError_t cudaGraphAddMemcpyNode(EMU_NODE, const cudaMemcpy3DParms *parameters, EMU_HERE);
cudaError_t cudaGraphAddMemcpyNode1D(EMU_NODE, void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                                     EMU_HERE);
cudaError_t cudaGraphAddMemsetNode(EMU_NODE, const cudaMemsetParams *parameters, EMU_HERE);
cudaError_t cudaGraphAddHostNode(EMU_NODE, const cudaHostNodeParams *parameters, EMU_HERE);
cudaError_t cudaGraphAddChildGraphNode(EMU_NODE, cudaGraph_t child, EMU_HERE);
cudaError_t cudaGraphAddEmptyNode(EMU_NODE, EMU_HERE);
cudaError_t cudaGraphAddEventRecordNode(EMU_NODE, cudaEvent_t event, EMU_HERE);
cudaError_t cudaGraphAddEventWaitNode(EMU_NODE, cudaEvent_t event, EMU_HERE);
cudaError_t cudaGraphAddMemAllocNode(EMU_NODE, cudaMemAllocNodeParams *parameters, EMU_HERE);
cudaError_t cudaGraphAddMemFreeNode(EMU_NODE, void *address, EMU_HERE);
cudaError_t cudaGraphAddNode(cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *dependencies,
                             const cudaGraphEdgeData *edges, size_t count, cudaGraphNodeParams *parameters,
                             EMU_HERE);
#undef EMU_NODE
cudaError_t cudaGraphAddDependencies(cudaGraph_t graph, const cudaGraphNode_t *from,
                                     const cudaGraphNode_t *to, const cudaGraphEdgeData *edges, size_t count,
                                     EMU_HERE);
inline cudaError_t cudaGraphAddDependencies(cudaGraph_t graph, const cudaGraphNode_t *from,
                                            const cudaGraphNode_t *to, size_t count, EMU_HERE)
{
    return cudaGraphAddDependencies(graph, from, to, nullptr, count, where_);
}
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t *nodes, size_t *count, EMU_HERE);
cudaError_t cudaGraphGetRootNodes(cudaGraph_t graph, cudaGraphNode_t *nodes, size_t *count, EMU_HERE);
cudaError_t cudaGraphNodeGetType(cudaGraphNode_t node, cudaGraphNodeType *type, EMU_HERE);
cudaError_t cudaGraphKernelNodeGetParams(cudaGraphNode_t node, cudaKernelNodeParams *parameters, EMU_HERE);
cudaError_t cudaGraphKernelNodeSetParams(cudaGraphNode_t node, const cudaKernelNodeParams *parameters,
                                         EMU_HERE);
cudaError_t cudaGraphConditionalHandleCreate(cudaGraphConditionalHandle *handle, cudaGraph_t graph,
                                             unsigned value = 0, unsigned flags = 0, EMU_HERE);
void cudaGraphSetConditional(cudaGraphConditionalHandle handle, unsigned value, EMU_HERE); /* in a kernel */
cudaError_t cudaGraphDebugDotPrint(cudaGraph_t graph, const char *path, unsigned flags, EMU_HERE);

/* ---- graphs that can be launched ---- */

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *exec, cudaGraph_t graph, unsigned long long flags = 0,
                                 EMU_HERE);
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t *exec, cudaGraph_t graph, cudaGraphNode_t *, char *,
                                        size_t, EMU_HERE)
{
    return cudaGraphInstantiate(exec, graph, 0, where_);
}
inline cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *exec, cudaGraph_t graph,
                                                 unsigned long long flags = 0, EMU_HERE)
{
    return cudaGraphInstantiate(exec, graph, flags, where_);
}
cudaError_t cudaGraphUpload(cudaGraphExec_t exec, cudaStream_t stream, EMU_HERE);
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream, EMU_HERE);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec, EMU_HERE);
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphExecUpdateResultInfo *info,
                                EMU_HERE);
inline cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphNode_t *node,
                                       cudaGraphExecUpdateResult *result, EMU_HERE)
{
    cudaGraphExecUpdateResultInfo info = {};
    cudaError_t error = cudaGraphExecUpdate(exec, graph, &info, where_);
    if (node) *node = info.errorNode;
    if (result) *result = info.result;
    return error;
}
cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaKernelNodeParams *parameters, EMU_HERE);
cudaError_t cudaGraphExecMemcpyNodeSetParams1D(cudaGraphExec_t exec, cudaGraphNode_t node, void *to,
                                               const void *from, size_t bytes, cudaMemcpyKind kind, EMU_HERE);
cudaError_t cudaGraphExecMemsetNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaMemsetParams *parameters, EMU_HERE);

/* ---- memory of graphs ---- */

cudaError_t cudaDeviceGetGraphMemAttribute(int device, cudaGraphMemAttributeType attribute, void *value,
                                           EMU_HERE);
inline cudaError_t cudaDeviceGraphMemTrim(int)
{
    return cudaSuccess;
}

#endif
