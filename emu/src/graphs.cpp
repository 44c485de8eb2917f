/* graphs.cpp - graphs as a whole: made, copied, instantiated, run. */
#include "graphs.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include "devices.h"
#include "schedule.h"

using namespace emu;

/* The program's handles are addresses; what they stand for stays until the program ends, so that an old one
 * is known as such. */
static std::map<cudaGraph_t, std::shared_ptr<CUgraph_st>> &graphs =
    *new std::map<cudaGraph_t, std::shared_ptr<CUgraph_st>>;
static std::set<cudaGraphNode_t> &nodes = *new std::set<cudaGraphNode_t>;
static std::vector<std::shared_ptr<CUgraph_st>> &destroyed = *new std::vector<std::shared_ptr<CUgraph_st>>;

struct CUgraphExec_st {
    std::shared_ptr<const CUgraph_st> graph; /* never changed: an update puts another in its place */
};
static std::set<cudaGraphExec_t> &execs = *new std::set<cudaGraphExec_t>;

namespace
{
struct Condition {
    unsigned value, first;
    bool assigns; /* `first` at each launch */
};
} // namespace
static std::vector<Condition> &conditions = *new std::vector<Condition>;

/* ---- handles ---- */

bool emu::is_graph(const char *call, cudaGraph_t graph, Where where)
{
    if (graphs.count(graph)) return true;
    refuse(cudaErrorInvalidValue, where, "%s of a graph that does not exist, or no longer", call);
    return false;
}

bool emu::is_node(const char *call, cudaGraphNode_t node, Where where)
{
    if (nodes.count(node)) return true;
    refuse(cudaErrorInvalidValue, where, "%s of a node that does not exist", call);
    return false;
}

cudaGraph_t emu::graph_add(std::shared_ptr<CUgraph_st> graph)
{
    for (const auto &node : graph->nodes) nodes.insert(node.get());
    graphs[graph.get()] = graph;
    return graph.get();
}

cudaGraphNode_t emu::node_add(cudaGraph_t graph, cudaGraphNodeType type, const std::vector<size_t> &after)
{
    auto node = std::make_shared<CUgraphNode_st>();
    node->type = type;
    node->graph = graph;
    node->index = graph->nodes.size();
    node->after = after;
    graph->nodes.push_back(node);
    nodes.insert(node.get());
    return node.get();
}

std::shared_ptr<CUgraph_st> emu::graph_copy(const CUgraph_st &graph)
{
    auto copy = std::make_shared<CUgraph_st>();
    copy->conditions = graph.conditions;
    for (const auto &node : graph.nodes) {
        auto other = std::make_shared<CUgraphNode_st>(*node);
        other->graph = copy.get();
        for (auto &part : other->parts) part = graph_copy(*part);
        copy->nodes.push_back(other);
    }
    return copy;
}

cudaError_t cudaGraphCreate(cudaGraph_t *graph, unsigned flags, Where where)
{
    if (!graph || flags)
        return refuse(cudaErrorInvalidValue, where,
                      "cudaGraphCreate needs a place for its result, and flags 0");
    *graph = graph_add(std::make_shared<CUgraph_st>());
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph, Where where)
{
    if (!is_graph("cudaGraphDestroy", graph, where)) return cudaErrorInvalidValue;
    for (const auto &node : graph->nodes) nodes.erase(node.get());
    destroyed.push_back(graphs[graph]);
    graphs.erase(graph);
    return cudaSuccess;
}

cudaError_t cudaGraphClone(cudaGraph_t *clone, cudaGraph_t graph, Where where)
{
    if (!clone) return refuse(cudaErrorInvalidValue, where, "cudaGraphClone needs a place for its result");
    if (!is_graph("cudaGraphClone", graph, where)) return cudaErrorInvalidValue;
    *clone = graph_add(graph_copy(*graph));
    return cudaSuccess;
}

/* ---- conditions ---- */

cudaError_t cudaGraphConditionalHandleCreate(cudaGraphConditionalHandle *handle, cudaGraph_t graph,
                                             unsigned value, unsigned flags, Where where)
{
    const char *call = "cudaGraphConditionalHandleCreate";
    if (!handle) return refuse(cudaErrorInvalidValue, where, "%s needs a place for its result", call);
    if (!is_graph(call, graph, where)) return cudaErrorInvalidValue;
    conditions.push_back({ value, value, flags == cudaGraphCondAssignDefault });
    *handle = conditions.size();
    graph->conditions.push_back(*handle);
    return cudaSuccess;
}

void cudaGraphSetConditional(cudaGraphConditionalHandle handle, unsigned value, Where where)
{
    if (!current) fail("host", where, "cudaGraphSetConditional is called by host code");
    if (handle == 0 || handle > conditions.size())
        fail("graph", where,
             "cudaGraphSetConditional of a handle that cudaGraphConditionalHandleCreate did not give");
    conditions[handle - 1].value = value;
}

/* ---- running ---- */

static void run_graph(const CUgraph_st &graph);

static void run_condition(const CUgraphNode_st &node)
{
    const Condition &c = conditions[node.condition - 1];
    switch (node.condition_type) {
    case cudaGraphCondTypeIf:
        if (c.value)
            run_graph(*node.parts[0]);
        else if (node.parts.size() > 1)
            run_graph(*node.parts[1]);
        break;
    case cudaGraphCondTypeWhile:
        while (conditions[node.condition - 1].value) run_graph(*node.parts[0]);
        break;
    case cudaGraphCondTypeSwitch:
        if (c.value < node.parts.size()) run_graph(*node.parts[c.value]);
        break;
    }
}

static void run_node(const CUgraphNode_st &node)
{
    for (const Operation &operation : node.operations)
        if (operation.run) device_works(operation.device), operation.run();
    if (node.type == cudaGraphNodeTypeConditional)
        run_condition(node);
    else
        for (const auto &part : node.parts) run_graph(*part);
}

/* Of the nodes that may run, options.order takes the first, the last or any. */
static void run_graph(const CUgraph_st &graph)
{
    std::vector<char> done(graph.nodes.size());
    for (size_t left = graph.nodes.size(); left > 0; left--) {
        std::vector<size_t> able;
        for (const auto &node : graph.nodes)
            if (!done[node->index] && std::all_of(node->after.begin(), node->after.end(),
                                                  [&](size_t before) { return done[before]; }))
                able.push_back(node->index);
        size_t next = options.order == Order::forward   ? able.front()
                      : options.order == Order::reverse ? able.back()
                                                        : able[random_below((unsigned)able.size())];
        run_node(*graph.nodes[next]);
        done[next] = 1;
    }
}

/* What all its nodes use. */
static void collect_claims(const CUgraph_st &graph, Operation &all)
{
    for (const auto &node : graph.nodes) {
        for (const Operation &operation : node->operations) {
            all.claims.insert(all.claims.end(), operation.claims.begin(), operation.claims.end());
            all.with_host |= operation.with_host;
        }
        for (const auto &part : node->parts) collect_claims(*part, all);
    }
}

/* ---- graphs that can be launched ---- */

/* A circle of dependencies has no first node. */
static bool has_circle(const CUgraph_st &graph)
{
    std::vector<char> done(graph.nodes.size());
    for (size_t round = 0; round < graph.nodes.size(); round++)
        for (const auto &node : graph.nodes)
            done[node->index] |= std::all_of(node->after.begin(), node->after.end(),
                                             [&](size_t before) { return done[before]; });
    return std::count(done.begin(), done.end(), 1) != (long)done.size();
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *exec, cudaGraph_t graph, unsigned long long, Where where)
{
    if (!exec)
        return refuse(cudaErrorInvalidValue, where, "cudaGraphInstantiate needs a place for its result");
    if (!is_graph("cudaGraphInstantiate", graph, where)) return cudaErrorInvalidValue;
    if (has_circle(*graph))
        return refuse(cudaErrorInvalidValue, where,
                      "cudaGraphInstantiate of a graph whose nodes wait for each other in a circle");
    execs.insert(*exec = new CUgraphExec_st{ graph_copy(*graph) });
    return cudaSuccess;
}

static bool is_exec(const char *call, cudaGraphExec_t exec, Where where)
{
    if (execs.count(exec)) return true;
    refuse(cudaErrorInvalidValue, where,
           "%s of a graph that cudaGraphInstantiate has not made, or that is destroyed", call);
    return false;
}

cudaError_t cudaGraphUpload(cudaGraphExec_t exec, cudaStream_t stream, Where where)
{
    if (!is_exec("cudaGraphUpload", exec, where)) return cudaErrorInvalidValue;
    return stream_check("cudaGraphUpload", stream, where);
}

static void assign_conditions(const CUgraph_st &graph)
{
    for (cudaGraphConditionalHandle handle : graph.conditions)
        if (conditions[handle - 1].assigns) conditions[handle - 1].value = conditions[handle - 1].first;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream, Where where)
{
    if (!is_exec("cudaGraphLaunch", exec, where)) return cudaErrorInvalidValue;
    if (cudaError_t error = stream_check("cudaGraphLaunch", stream, where)) return error;
    std::shared_ptr<const CUgraph_st> graph = exec->graph;
    auto run = [graph] {
        assign_conditions(*graph);
        run_graph(*graph);
    };
    Operation operation = { "the graph", where, run, {} };
    collect_claims(*graph, operation);
    stream_submit(stream, std::move(operation));
    return cudaPeekAtLastError();
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec, Where where)
{
    if (!is_exec("cudaGraphExecDestroy", exec, where)) return cudaErrorInvalidValue;
    execs.erase(exec);
    delete exec;
    return cudaSuccess;
}

/* ---- updates ---- */

static cudaGraphExecUpdateResult compare(const CUgraph_st &now, const CUgraph_st &then, size_t *where)
{
    if (now.nodes.size() != then.nodes.size()) return cudaGraphExecUpdateErrorTopologyChanged;
    for (size_t i = 0; i < now.nodes.size(); i++) {
        const CUgraphNode_st &a = *now.nodes[i], &b = *then.nodes[i];
        *where = i;
        if (a.type != b.type) return cudaGraphExecUpdateErrorNodeTypeChanged;
        if (a.after != b.after || a.parts.size() != b.parts.size())
            return cudaGraphExecUpdateErrorTopologyChanged;
        for (size_t p = 0; p < a.parts.size(); p++)
            if (cudaGraphExecUpdateResult result = compare(*a.parts[p], *b.parts[p], where)) return result;
    }
    return cudaGraphExecUpdateSuccess;
}

/* A graph of another shape is no mistake: programs find out by this that they must instantiate again. */
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphExecUpdateResultInfo *info,
                                Where where)
{
    size_t at = 0;
    if (!is_exec("cudaGraphExecUpdate", exec, where)) return cudaErrorInvalidValue;
    if (!is_graph("cudaGraphExecUpdate", graph, where)) return cudaErrorInvalidValue;
    cudaGraphExecUpdateResult result = compare(*graph, *exec->graph, &at);
    if (info) *info = { result, result ? graph->nodes[at].get() : nullptr, nullptr };
    if (result) return cudaErrorGraphExecUpdateFailure;
    exec->graph = graph_copy(*graph);
    return cudaSuccess;
}

/* The node of an instantiated graph that was made of `node`, in a copy that takes the old graph's place. */
static CUgraphNode_st *renew(const char *call, cudaGraphExec_t exec, cudaGraphNode_t node, Where where)
{
    if (!is_exec(call, exec, where) || !is_node(call, node, where)) return nullptr;
    if (node->index >= exec->graph->nodes.size() || exec->graph->nodes[node->index]->type != node->type) {
        refuse(cudaErrorInvalidValue, where, "%s of a node that the instantiated graph was not made of",
               call);
        return nullptr;
    }
    auto copy = graph_copy(*exec->graph);
    CUgraphNode_st *renewed = copy->nodes[node->index].get();
    exec->graph = copy;
    return renewed;
}

CUgraphNode_st *emu::exec_node(const char *call, cudaGraphExec_t exec, cudaGraphNode_t node, Where where)
{
    CUgraphNode_st *renewed = renew(call, exec, node, where);
    if (renewed) renewed->operations.clear();
    return renewed;
}
