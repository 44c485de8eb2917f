/* graphs.h - the parts of a graph.
 *
 * A node holds what a stream would have got, as an operation: a graph is built by making the stream's own
 * functions put their operations there instead (Capture, and Into). So a node is checked as the call that it
 * stands for is. */
#ifndef EMU_SRC_GRAPHS_H
#define EMU_SRC_GRAPHS_H

#include <memory>
#include <string>
#include <vector>
#include "emu/graphs.h"
#include "launch.h"
#include "streams.h"

struct CUgraphNode_st {
    cudaGraphNodeType type;
    CUgraph_st *graph;
    size_t index; /* in the graph: clones of a graph have the same */
    std::vector<size_t> after;
    std::vector<emu::Operation> operations;
    cudaKernelNodeParams kernel;
    std::vector<std::shared_ptr<CUgraph_st>> parts; /* the child graph, or the bodies of a condition */
    std::vector<cudaGraph_t> handles;               /* of the bodies */
    cudaGraphConditionalHandle condition;
    cudaGraphConditionalNodeType condition_type;
};

struct CUgraph_st {
    std::vector<std::shared_ptr<CUgraphNode_st>> nodes;
    std::vector<cudaGraphConditionalHandle> conditions;
};

namespace emu
{

/* False after a finding that names the call. */
bool is_graph(const char *call, cudaGraph_t graph, Where where);
bool is_node(const char *call, cudaGraphNode_t node, Where where);

cudaGraph_t graph_add(std::shared_ptr<CUgraph_st> graph); /* the program gets a handle of it */
cudaGraphNode_t node_add(cudaGraph_t graph, cudaGraphNodeType type, const std::vector<size_t> &after);
std::shared_ptr<CUgraph_st> graph_copy(const CUgraph_st &graph);

/* The node of an instantiated graph that was made of `node`, without operations; nullptr after a finding. */
CUgraphNode_st *exec_node(const char *call, cudaGraphExec_t exec, cudaGraphNode_t node, Where where);

/* While one lives, what streams would get goes into this node. */
struct Into {
    explicit Into(CUgraphNode_st *node);
    ~Into();
};

} // namespace emu
#endif
