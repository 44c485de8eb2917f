/* launch_config.cpp - launches with attributes, and what clusters of a launch fit on the device. */
#include "emu/launch_config.h"

#include <algorithm>
#include "clusters.h"
#include "residents.h"
#include "launch.h"

using namespace emu;

/* ---- attributes ---- */

static cudaError_t take_attribute(const cudaLaunchAttribute &attribute, Request *request, Where where)
{
    const cudaLaunchAttributeValue &value = attribute.val;
    switch (attribute.id) {
    case cudaLaunchAttributeClusterDimension:
        request->cluster = { value.clusterDim.x, value.clusterDim.y, value.clusterDim.z };
        if (cluster_size(request->cluster)) return cudaSuccess;
        return refuse(cudaErrorInvalidClusterSize, where,
                      "a launch in clusters of (%u,%u,%u) blocks; each extent must be at least 1",
                      value.clusterDim.x, value.clusterDim.y, value.clusterDim.z);
    case cudaLaunchAttributeCooperative: request->cooperative = value.cooperative != 0; return cudaSuccess;
    case cudaLaunchAttributeProgrammaticEvent:
    case cudaLaunchAttributeLaunchCompletionEvent:
    case cudaLaunchAttributeDeviceUpdatableKernelNode:
        return refuse(cudaErrorNotSupported, where,
                      "the launch attribute %d (an event or a node that the kernel itself triggers) is not "
                      "emulated; record the event after the launch",
                      (int)attribute.id);
    case cudaLaunchAttributeIgnore:
    case cudaLaunchAttributeAccessPolicyWindow:
    case cudaLaunchAttributeSynchronizationPolicy:
    case cudaLaunchAttributeClusterSchedulingPolicyPreference:
    case cudaLaunchAttributeProgrammaticStreamSerialization: /* a permission to begin early */
    case cudaLaunchAttributePriority:
    case cudaLaunchAttributeMemSyncDomainMap:
    case cudaLaunchAttributeMemSyncDomain:
    case cudaLaunchAttributePreferredClusterDimension:
    case cudaLaunchAttributePreferredSharedMemoryCarveout: return cudaSuccess;
    }
    return refuse(cudaErrorInvalidValue, where, "the launch attribute %d does not exist", (int)attribute.id);
}

cudaError_t emu::request_by(const cudaLaunchConfig_t *config, Request *request, Where where)
{
    if (!config || (config->numAttrs && !config->attrs))
        return refuse(cudaErrorInvalidValue, where, "cudaLaunchKernelEx gets a null pointer for %s",
                      config ? "its attributes" : "its configuration");
    *request = request_of("a kernel", where, config->gridDim, config->blockDim, config->dynamicSmemBytes,
                          config->stream);
    for (unsigned i = 0; i < config->numAttrs; i++)
        if (cudaError_t error = take_attribute(config->attrs[i], request, where)) return error;
    return cudaSuccess;
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *config, const void *function, void **arguments,
                                Where where)
{
    Request request;
    if (cudaError_t error = request_by(config, &request, where)) return error;
    request.function = function;
    return launch_at("cudaLaunchKernelExC", request, arguments);
}

/* ---- what fits ---- */

/* Blocks of that launch on the whole device, and the extent of its clusters. */
static cudaError_t residents_of(const char *call, const void *result, const void *function,
                                const cudaLaunchConfig_t *config, Where where, size_t *blocks, dim3 *cluster)
{
    Request request;
    if (!result) return no_result(call, where);
    if (!function) return refuse(cudaErrorInvalidDeviceFunction, where, "%s of a null pointer", call);
    if (cudaError_t error = request_by(config, &request, where)) return error;
    const Function &known = function_at(function);
    *cluster = request.cluster.x ? request.cluster : known.cluster.x ? known.cluster : dim3(1, 1, 1);
    *blocks = residents_most(cluster_size(request.block), known.static_bytes + request.dynamic_bytes);
    if (cluster_size(request.block)) return cudaSuccess;
    return refuse(cudaErrorInvalidConfiguration, where, "%s of blocks without threads", call);
}

cudaError_t cudaOccupancyMaxActiveClusters(int *clusters, const void *function,
                                           const cudaLaunchConfig_t *config, Where where)
{
    size_t blocks;
    dim3 cluster;
    if (cudaError_t error = residents_of("cudaOccupancyMaxActiveClusters", clusters, function, config, where,
                                         &blocks, &cluster))
        return error;
    *clusters = (int)(blocks / cluster_size(cluster));
    return cudaSuccess;
}

cudaError_t cudaOccupancyMaxPotentialClusterSize(int *most, const void *function,
                                                 const cudaLaunchConfig_t *config, Where where)
{
    size_t blocks;
    dim3 cluster;
    if (cudaError_t error = residents_of("cudaOccupancyMaxPotentialClusterSize", most, function, config,
                                         where, &blocks, &cluster))
        return error;
    *most = (int)std::min(blocks, cluster_most(function_at(function).large_clusters));
    return cudaSuccess;
}
