/* graph_nodes.cpp - nodes that a program adds itself, and their parameters. */
#include <algorithm>
#include <cstdio>
#include "emu/launch.h"
#include "graphs.h"
#include "host_memory.h"

using namespace emu;

/* Where a node is to go: legal, or `error`. */
namespace
{
struct Place {
    const char *call;
    Where where;
    cudaError_t error;
    std::vector<size_t> after;

    Place(const char *call_, cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *dependencies,
          size_t count, Where where_)
        : call(call_), where(where_), error(cudaErrorInvalidValue), after()
    {
        if (!node) {
            refuse(error, where, "%s needs a place for its result", call);
            return;
        }
        if (!is_graph(call, graph, where)) return;
        for (size_t i = 0; i < count; i++) {
            if (!is_node(call, dependencies[i], where)) return;
            if (dependencies[i]->graph != graph) {
                refuse(error, where, "%s after a node of another graph", call);
                return;
            }
            after.push_back(dependencies[i]->index);
        }
        error = cudaSuccess;
    }
};
} // namespace

/* Fills the node by a call of the runtime API, which checks what it checks for a stream. */
template <class Make> static cudaError_t fill(CUgraphNode_st *node, const Make &make)
{
    Into scope(node);
    return make();
}

/* Adds a node; one that cannot be filled is none. */
template <class Make>
static cudaError_t add(const Place &place, cudaGraphNodeType type, cudaGraphNode_t *node, cudaGraph_t graph,
                       const Make &make)
{
    if (place.error) return place.error;
    CUgraphNode_st made = {};
    made.type = type;
    if (cudaError_t error = fill(&made, make)) return error;
    *node = node_add(graph, type, place.after);
    (*node)->operations = made.operations;
    return cudaSuccess;
}

/* ---- kernels ---- */

static cudaError_t launch_node(const char *call, const cudaKernelNodeParams &p, Where where)
{
    if (p.extra)
        return refuse(cudaErrorNotSupported, where, "%s with `extra`; kernelParams are emulated", call);
    Request request = request_of("a kernel", where, p.gridDim, p.blockDim, p.sharedMemBytes, nullptr);
    request.function = p.func;
    return launch_at(call, request, p.kernelParams);
}

static cudaError_t no_parameters(const char *call, Where where)
{
    return refuse(cudaErrorInvalidValue, where, "%s without parameters", call);
}

cudaError_t cudaGraphAddKernelNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                   const cudaGraphNode_t *dependencies, size_t count,
                                   const cudaKernelNodeParams *parameters, Where where)
{
    const char *call = "cudaGraphAddKernelNode";
    if (!parameters) return no_parameters(call, where);
    Place place(call, node, graph, dependencies, count, where);
    cudaError_t error = add(place, cudaGraphNodeTypeKernel, node, graph,
                            [&] { return launch_node(call, *parameters, where); });
    if (!error) (*node)->kernel = *parameters;
    return error;
}

cudaError_t cudaGraphKernelNodeGetParams(cudaGraphNode_t node, cudaKernelNodeParams *parameters, Where where)
{
    const char *call = "cudaGraphKernelNodeGetParams";
    if (!is_node(call, node, where)) return cudaErrorInvalidValue;
    if (node->type != cudaGraphNodeTypeKernel || !parameters)
        return refuse(cudaErrorInvalidValue, where, "%s of a node that is no kernel", call);
    *parameters = node->kernel;
    return cudaSuccess;
}

cudaError_t cudaGraphKernelNodeSetParams(cudaGraphNode_t node, const cudaKernelNodeParams *parameters,
                                         Where where)
{
    const char *call = "cudaGraphKernelNodeSetParams";
    if (!is_node(call, node, where) || !parameters) return cudaErrorInvalidValue;
    if (node->type != cudaGraphNodeTypeKernel)
        return refuse(cudaErrorInvalidValue, where, "%s of a node that is no kernel", call);
    node->operations.clear();
    node->kernel = *parameters;
    return fill(node, [&] { return launch_node(call, *parameters, where); });
}

cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaKernelNodeParams *parameters, Where where)
{
    const char *call = "cudaGraphExecKernelNodeSetParams";
    if (!parameters) return no_parameters(call, where);
    CUgraphNode_st *renewed = exec_node(call, exec, node, where);
    if (!renewed) return cudaErrorInvalidValue;
    return fill(renewed, [&] { return launch_node(call, *parameters, where); });
}

/* ---- copies, bytes set, functions of the host ---- */

cudaError_t cudaGraphAddMemcpyNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                   const cudaGraphNode_t *dependencies, size_t count,
                                   const cudaMemcpy3DParms *parameters, Where where)
{
    Place place("cudaGraphAddMemcpyNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeMemcpy, node, graph,
               [&] { return cudaMemcpy3DAsync(parameters, nullptr, where); });
}

cudaError_t cudaGraphAddMemcpyNode1D(cudaGraphNode_t *node, cudaGraph_t graph,
                                     const cudaGraphNode_t *dependencies, size_t count, void *to,
                                     const void *from, size_t bytes, cudaMemcpyKind kind, Where where)
{
    Place place("cudaGraphAddMemcpyNode1D", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeMemcpy, node, graph,
               [&] { return cudaMemcpyAsync(to, from, bytes, kind, nullptr, where); });
}

cudaError_t cudaGraphExecMemcpyNodeSetParams1D(cudaGraphExec_t exec, cudaGraphNode_t node, void *to,
                                               const void *from, size_t bytes, cudaMemcpyKind kind,
                                               Where where)
{
    CUgraphNode_st *renewed = exec_node("cudaGraphExecMemcpyNodeSetParams1D", exec, node, where);
    if (!renewed) return cudaErrorInvalidValue;
    return fill(renewed, [&] { return cudaMemcpyAsync(to, from, bytes, kind, nullptr, where); });
}

/* Elements of 2 and 4 bytes are set row by row. */
static cudaError_t set_elements(const cudaMemsetParams &p, Where where)
{
    size_t size = p.elementSize;
    if (size != 1 && size != 2 && size != 4)
        return refuse(cudaErrorInvalidValue, where,
                      "a memset node of elements of %zu bytes; they have 1, 2 or 4", size);
    size_t pitch = p.height > 1 ? p.pitch : p.width * size;
    cudaError_t error =
        cudaMemset2DAsync(p.dst, pitch, (int)(p.value & 0xff), p.width * size, p.height, nullptr, where);
    if (error || size == 1 || p.value == 0) return error;
    auto run = [=] {
        host_touch(p.dst, true);
        for (size_t row = 0; row < p.height; row++)
            for (size_t i = 0; i < p.width; i++)
                memcpy((char *)p.dst + row * pitch + i * size, &p.value, size);
        host_touch(p.dst, false);
    };
    stream_submit(nullptr, { "cudaMemset", where, run, {} });
    return cudaSuccess;
}

cudaError_t cudaGraphAddMemsetNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                   const cudaGraphNode_t *dependencies, size_t count,
                                   const cudaMemsetParams *parameters, Where where)
{
    if (!parameters) return no_parameters("cudaGraphAddMemsetNode", where);
    Place place("cudaGraphAddMemsetNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeMemset, node, graph, [&] { return set_elements(*parameters, where); });
}

cudaError_t cudaGraphExecMemsetNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaMemsetParams *parameters, Where where)
{
    if (!parameters) return no_parameters("cudaGraphExecMemsetNodeSetParams", where);
    CUgraphNode_st *renewed = exec_node("cudaGraphExecMemsetNodeSetParams", exec, node, where);
    if (!renewed) return cudaErrorInvalidValue;
    return fill(renewed, [&] { return set_elements(*parameters, where); });
}

cudaError_t cudaGraphAddHostNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                 const cudaGraphNode_t *dependencies, size_t count,
                                 const cudaHostNodeParams *parameters, Where where)
{
    if (!parameters) return no_parameters("cudaGraphAddHostNode", where);
    Place place("cudaGraphAddHostNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeHost, node, graph,
               [&] { return cudaLaunchHostFunc(nullptr, parameters->fn, parameters->userData, where); });
}

/* ---- graphs within graphs, and what only orders ---- */

cudaError_t cudaGraphAddChildGraphNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                       const cudaGraphNode_t *dependencies, size_t count, cudaGraph_t child,
                                       Where where)
{
    if (!is_graph("cudaGraphAddChildGraphNode", child, where)) return cudaErrorInvalidValue;
    Place place("cudaGraphAddChildGraphNode", node, graph, dependencies, count, where);
    auto copy = graph_copy(*child);
    cudaError_t error = add(place, cudaGraphNodeTypeGraph, node, graph, [] { return cudaSuccess; });
    if (!error) (*node)->parts = { copy };
    return error;
}

cudaError_t cudaGraphAddEmptyNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                  const cudaGraphNode_t *dependencies, size_t count, Where where)
{
    Place place("cudaGraphAddEmptyNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeEmpty, node, graph, [] { return cudaSuccess; });
}

/* The graph runs as one operation of its stream, so an event within it is recorded when that is done. */
cudaError_t cudaGraphAddEventRecordNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                        const cudaGraphNode_t *dependencies, size_t count, cudaEvent_t event,
                                        Where where)
{
    Place place("cudaGraphAddEventRecordNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeEventRecord, node, graph, [&] {
        stream_submit(nullptr, { "cudaEventRecord", where, [event] { event_done(event); }, {} });
        return cudaSuccess;
    });
}

cudaError_t cudaGraphAddEventWaitNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                      const cudaGraphNode_t *dependencies, size_t count, cudaEvent_t event,
                                      Where where)
{
    Place place("cudaGraphAddEventWaitNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeWaitEvent, node, graph, [&] {
        stream_submit(nullptr, { "cudaStreamWaitEvent", where, [event] { event_await(event); }, {} });
        return cudaSuccess;
    });
}

static cudaError_t add_condition(const Place &place, cudaGraphNode_t *node, cudaGraph_t graph,
                                 cudaConditionalNodeParams &p)
{
    bool fits = p.type == cudaGraphCondTypeIf      ? p.size == 1 || p.size == 2
                : p.type == cudaGraphCondTypeWhile ? p.size == 1
                                                   : p.size >= 1;
    if (!fits || !p.handle)
        return refuse(cudaErrorInvalidValue, place.where,
                      "%s of a condition with %u bodies, or without a handle: an if has 1 or 2, a while 1",
                      place.call, p.size);
    cudaError_t error = add(place, cudaGraphNodeTypeConditional, node, graph, [] { return cudaSuccess; });
    if (error) return error;
    for (unsigned i = 0; i < p.size; i++) {
        auto body = std::make_shared<CUgraph_st>();
        (*node)->parts.push_back(body);
        (*node)->handles.push_back(graph_add(body));
    }
    (*node)->condition = p.handle;
    (*node)->condition_type = p.type;
    p.phGraph_out = (*node)->handles.data();
    return cudaSuccess;
}

/* ---- memory ---- */

/* Its address is known from the start, but there is memory only from this node on, until a node or a stream
 * frees it. */
cudaError_t cudaGraphAddMemAllocNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                     const cudaGraphNode_t *dependencies, size_t count,
                                     cudaMemAllocNodeParams *parameters, Where where)
{
    if (!parameters) return no_parameters("cudaGraphAddMemAllocNode", where);
    Place place("cudaGraphAddMemAllocNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeMemAlloc, node, graph,
               [&] { return cudaMallocAsync(&parameters->dptr, parameters->bytesize, nullptr, where); });
}

cudaError_t cudaGraphAddMemFreeNode(cudaGraphNode_t *node, cudaGraph_t graph,
                                    const cudaGraphNode_t *dependencies, size_t count, void *address,
                                    Where where)
{
    Place place("cudaGraphAddMemFreeNode", node, graph, dependencies, count, where);
    return add(place, cudaGraphNodeTypeMemFree, node, graph,
               [&] { return cudaFreeAsync(address, nullptr, where); });
}

/* ---- a node of any kind ---- */

static dim3 extent(uint3 size)
{
    return dim3(size.x, size.y, size.z);
}

cudaError_t cudaGraphAddNode(cudaGraphNode_t *node, cudaGraph_t graph, const cudaGraphNode_t *dependencies,
                             const cudaGraphEdgeData *, size_t count, cudaGraphNodeParams *p, Where where)
{
    if (!p) return no_parameters("cudaGraphAddNode", where);
    switch (p->type) {
    case cudaGraphNodeTypeKernel: {
        cudaKernelNodeParams kernel = {
            p->kernel.func,           extent(p->kernel.gridDim), extent(p->kernel.blockDim),
            p->kernel.sharedMemBytes, p->kernel.kernelParams,    p->kernel.extra
        };
        return cudaGraphAddKernelNode(node, graph, dependencies, count, &kernel, where);
    }
    case cudaGraphNodeTypeMemcpy:
        return cudaGraphAddMemcpyNode(node, graph, dependencies, count, &p->memcpy.copyParams, where);
    case cudaGraphNodeTypeMemset:
        return cudaGraphAddMemsetNode(node, graph, dependencies, count, &p->memset, where);
    case cudaGraphNodeTypeHost:
        return cudaGraphAddHostNode(node, graph, dependencies, count, &p->host, where);
    case cudaGraphNodeTypeGraph:
        return cudaGraphAddChildGraphNode(node, graph, dependencies, count, p->graph.graph, where);
    case cudaGraphNodeTypeEmpty: return cudaGraphAddEmptyNode(node, graph, dependencies, count, where);
    case cudaGraphNodeTypeWaitEvent:
        return cudaGraphAddEventWaitNode(node, graph, dependencies, count, p->eventWait.event, where);
    case cudaGraphNodeTypeEventRecord:
        return cudaGraphAddEventRecordNode(node, graph, dependencies, count, p->eventRecord.event, where);
    case cudaGraphNodeTypeMemAlloc:
        return cudaGraphAddMemAllocNode(node, graph, dependencies, count, &p->alloc, where);
    case cudaGraphNodeTypeMemFree:
        return cudaGraphAddMemFreeNode(node, graph, dependencies, count, p->free.dptr, where);
    case cudaGraphNodeTypeConditional:
        return add_condition(Place("cudaGraphAddNode", node, graph, dependencies, count, where), node, graph,
                             p->conditional);
    }
    return refuse(cudaErrorNotSupported, where,
                  "cudaGraphAddNode of a node of type %d, which is not emulated", (int)p->type);
}

/* ---- looking ---- */

cudaError_t cudaGraphAddDependencies(cudaGraph_t graph, const cudaGraphNode_t *from,
                                     const cudaGraphNode_t *to, const cudaGraphEdgeData *, size_t count,
                                     Where where)
{
    const char *call = "cudaGraphAddDependencies";
    if (!is_graph(call, graph, where)) return cudaErrorInvalidValue;
    for (size_t i = 0; i < count; i++) {
        if (!is_node(call, from[i], where) || !is_node(call, to[i], where)) return cudaErrorInvalidValue;
        to[i]->after.push_back(from[i]->index);
    }
    return cudaSuccess;
}

static cudaError_t list_nodes(const char *call, cudaGraph_t graph, bool roots, cudaGraphNode_t *list,
                              size_t *count, Where where)
{
    if (!count) return refuse(cudaErrorInvalidValue, where, "%s needs a count", call);
    if (!is_graph(call, graph, where)) return cudaErrorInvalidValue;
    std::vector<cudaGraphNode_t> all;
    for (const auto &node : graph->nodes)
        if (!roots || node->after.empty()) all.push_back(node.get());
    for (size_t i = 0; list && i < *count; i++) list[i] = i < all.size() ? all[i] : nullptr;
    *count = list ? std::min(*count, all.size()) : all.size();
    return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t *list, size_t *count, Where where)
{
    return list_nodes("cudaGraphGetNodes", graph, false, list, count, where);
}

cudaError_t cudaGraphGetRootNodes(cudaGraph_t graph, cudaGraphNode_t *list, size_t *count, Where where)
{
    return list_nodes("cudaGraphGetRootNodes", graph, true, list, count, where);
}

cudaError_t cudaGraphNodeGetType(cudaGraphNode_t node, cudaGraphNodeType *type, Where where)
{
    if (!is_node("cudaGraphNodeGetType", node, where) || !type) return cudaErrorInvalidValue;
    *type = node->type;
    return cudaSuccess;
}

cudaError_t cudaGraphDebugDotPrint(cudaGraph_t graph, const char *path, unsigned, Where where)
{
    if (!is_graph("cudaGraphDebugDotPrint", graph, where)) return cudaErrorInvalidValue;
    FILE *out = path ? fopen(path, "w") : nullptr;
    bool written = out && fprintf(out, "digraph graph_1 {\n") > 0;
    for (const auto &node : graph->nodes) {
        if (!written) break;
        const char *name = node->operations.empty() ? "node" : node->operations[0].name.c_str();
        written = fprintf(out, "  n%zu [label=\"%zu: %s\"];\n", node->index, node->index, name) > 0;
        for (size_t before : node->after)
            written = written && fprintf(out, "  n%zu -> n%zu;\n", before, node->index) > 0;
    }
    written = written && fprintf(out, "}\n") > 0;
    if (out && fclose(out)) written = false;
    if (written) return cudaSuccess;
    return refuse(cudaErrorOperatingSystem, where, "cudaGraphDebugDotPrint cannot write %s",
                  path ? path : "");
}
