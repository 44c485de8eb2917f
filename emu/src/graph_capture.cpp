/* graph_capture.cpp - streams whose operations a graph gets: see graphs.h. */
#include <algorithm>
#include <map>
#include <set>
#include "graphs.h"

using namespace emu;

namespace
{
/* Of a stream that captures. */
struct Capture {
    std::shared_ptr<CUgraph_st> graph;
    cudaGraph_t handle;
    std::vector<size_t> after; /* what the next operation comes after */
    bool origin, given;        /* began here; into a graph that was there */
    unsigned long long id;
    std::vector<cudaGraphNode_t> told; /* by cudaStreamGetCaptureInfo */
};
struct Recorded {
    CUgraph_st *graph;
    std::vector<size_t> nodes;
};
} // namespace

static std::map<CUstream_st *, Capture> &captures = *new std::map<CUstream_st *, Capture>;
static std::map<cudaEvent_t, Recorded> &recorded = *new std::map<cudaEvent_t, Recorded>;
static CUgraphNode_st *into;

Into::Into(CUgraphNode_st *node)
{
    into = node;
}

Into::~Into()
{
    into = nullptr;
}

bool emu::captures_anything()
{
    return into || !captures.empty();
}

bool emu::captures_stream(CUstream_st *stream)
{
    return into || captures.count(stream);
}

static cudaGraphNodeType type_of(const Operation &operation)
{
    const std::string &name = operation.name;
    if (operation.is_kernel) return cudaGraphNodeTypeKernel;
    if (name == "the host function" || name == "the callback") return cudaGraphNodeTypeHost;
    if (name.find("emset") != std::string::npos) return cudaGraphNodeTypeMemset;
    if (name == "cudaFreeAsync") return cudaGraphNodeTypeMemFree;
    if (name == "cudaMallocAsync") return cudaGraphNodeTypeMemAlloc;
    return operation.run ? cudaGraphNodeTypeMemcpy : cudaGraphNodeTypeEmpty;
}

/* Marks without an operation of their own order nothing that the graph does not order already. */
static bool capture(CUstream_st *stream, const Operation &operation)
{
    if (into) {
        if (operation.run) into->operations.push_back(operation);
        return true;
    }
    auto found = captures.find(stream);
    if (found == captures.end()) return false;
    if (!operation.run) return true;
    Capture &c = found->second;
    cudaGraphNode_t node = node_add(c.handle, type_of(operation), c.after);
    node->operations.push_back(operation);
    c.after = { node->index };
    return true;
}

bool emu::capture_record(cudaEvent_t event, CUstream_st *stream)
{
    auto found = captures.find(stream);
    if (found == captures.end()) {
        recorded.erase(event);
        return false;
    }
    recorded[event] = { found->second.graph.get(), found->second.after };
    return true;
}

/* The stream waits for an event of a capture: it takes part in that. */
bool emu::capture_wait(CUstream_st *stream, cudaEvent_t event)
{
    auto found = recorded.find(event);
    if (found == recorded.end()) return false;
    for (auto &it : captures) {
        if (it.second.graph.get() != found->second.graph) continue;
        Capture joined = { it.second.graph, it.second.handle, {}, false, false, it.second.id, {} };
        Capture &c = captures.emplace(stream, joined).first->second;
        for (size_t node : found->second.nodes)
            if (std::find(c.after.begin(), c.after.end(), node) == c.after.end()) c.after.push_back(node);
        return true;
    }
    return false;
}

static cudaError_t capture_allows(const char *call, CUstream_st *stream, bool waits, Where where)
{
    if (into || captures.empty()) return cudaSuccess;
    if (waits && captures.count(stream))
        return refuse(cudaErrorStreamCaptureUnsupported, where,
                      "%s of a stream that is being captured: nothing runs until the graph is launched",
                      call);
    bool blocking = false;
    for (const auto &it : captures) blocking |= stream_is_blocking(it.first);
    if (waits || !blocking || stream != stream_at(nullptr)) return cudaSuccess;
    return refuse(cudaErrorStreamCaptureImplicit, where,
                  "%s in the legacy default stream while another stream is being captured; create the stream "
                  "that is captured with cudaStreamNonBlocking, or use it here too",
                  call);
}

/* ---- the program's functions ---- */

static cudaError_t begin(cudaStream_t stream, cudaGraph_t given, std::vector<size_t> after, Where where)
{
    static unsigned long long ids;
    const char *call = given ? "cudaStreamBeginCaptureToGraph" : "cudaStreamBeginCapture";
    if (cudaError_t error = stream_check(call, stream, where)) return error;
    CUstream_st *s = stream_at(stream);
    if (s == stream_at(nullptr))
        return refuse(cudaErrorStreamCaptureUnsupported, where,
                      "%s of the legacy default stream, which cannot be captured; it needs cudaStreamCreate",
                      call);
    if (captures.count(s))
        return refuse(cudaErrorInvalidValue, where, "%s of a stream that is being captured already", call);
    std::shared_ptr<CUgraph_st> graph;
    cudaGraph_t handle = given;
    if (given)
        graph = std::shared_ptr<CUgraph_st>(given, [](CUgraph_st *) {});
    else
        handle = graph_add(std::make_shared<CUgraph_st>()), graph.reset(handle, [](CUgraph_st *) {});
    captures[s] = { graph, handle, std::move(after), true, given != nullptr, ++ids, {} };
    return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode, Where where)
{
    return begin(stream, nullptr, {}, where);
}

cudaError_t cudaStreamBeginCaptureToGraph(cudaStream_t stream, cudaGraph_t graph,
                                          const cudaGraphNode_t *dependencies, const cudaGraphEdgeData *,
                                          size_t count, cudaStreamCaptureMode, Where where)
{
    const char *call = "cudaStreamBeginCaptureToGraph";
    std::vector<size_t> after;
    if (!is_graph(call, graph, where)) return cudaErrorInvalidValue;
    for (size_t i = 0; i < count; i++) {
        if (!is_node(call, dependencies[i], where)) return cudaErrorInvalidValue;
        after.push_back(dependencies[i]->index);
    }
    return begin(stream, graph, after, where);
}

/* All nodes that come before these, and these. */
static std::set<size_t> reached(const CUgraph_st &graph, std::vector<size_t> from)
{
    std::set<size_t> all;
    while (!from.empty()) {
        size_t node = from.back();
        from.pop_back();
        if (all.insert(node).second)
            from.insert(from.end(), graph.nodes[node]->after.begin(), graph.nodes[node]->after.end());
    }
    return all;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph, Where where)
{
    CUstream_st *s = stream_at(stream);
    if (graph) *graph = nullptr;
    auto found = captures.find(s);
    if (found == captures.end() || !found->second.origin)
        return refuse(cudaErrorStreamCaptureUnmatched, where,
                      "cudaStreamEndCapture of a stream in which no capture has begun");
    Capture c = found->second;
    std::set<size_t> joined = reached(*c.graph, c.after);
    bool unjoined = false;
    for (auto it = captures.begin(); it != captures.end();) {
        bool part = it->second.graph == c.graph;
        for (size_t node : it->second.after) unjoined |= part && !joined.count(node);
        it = part ? captures.erase(it) : std::next(it);
    }
    if (unjoined)
        return refuse(
            cudaErrorStreamCaptureUnjoined, where,
            "cudaStreamEndCapture while another stream of the capture has work that this one has not "
            "waited for; it needs cudaEventRecord there and cudaStreamWaitEvent here");
    if (graph) *graph = c.handle;
    return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus *status, Where where)
{
    if (!status)
        return refuse(cudaErrorInvalidValue, where, "cudaStreamIsCapturing without a place for its result");
    *status = captures.count(stream_at(stream)) ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
    return cudaSuccess;
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus *status,
                                     unsigned long long *id, cudaGraph_t *graph,
                                     const cudaGraphNode_t **dependencies, const cudaGraphEdgeData **edges,
                                     size_t *count, Where where)
{
    if (cudaError_t error = cudaStreamIsCapturing(stream, status, where)) return error;
    auto found = captures.find(stream_at(stream));
    if (found == captures.end()) return cudaSuccess;
    Capture &c = found->second;
    c.told.clear();
    for (size_t node : c.after) c.told.push_back(c.graph->nodes[node].get());
    if (id) *id = c.id;
    if (graph) *graph = c.handle;
    if (dependencies) *dependencies = c.told.data();
    if (edges) *edges = nullptr;
    if (count) *count = c.told.size();
    return cudaSuccess;
}

cudaError_t cudaStreamUpdateCaptureDependencies(cudaStream_t stream, const cudaGraphNode_t *dependencies,
                                                const cudaGraphEdgeData *, size_t count, unsigned flags,
                                                Where where)
{
    const char *call = "cudaStreamUpdateCaptureDependencies";
    auto found = captures.find(stream_at(stream));
    if (found == captures.end())
        return refuse(cudaErrorIllegalState, where, "%s of a stream that is not being captured", call);
    std::vector<size_t> &after = found->second.after;
    if (flags == cudaStreamSetCaptureDependencies) after.clear();
    for (size_t i = 0; i < count; i++) {
        if (!is_node(call, dependencies[i], where)) return cudaErrorInvalidValue;
        after.push_back(dependencies[i]->index);
    }
    return cudaSuccess;
}

[[maybe_unused]] static const bool told = (capturing = { captures_anything, capture, capture_allows }, true);
