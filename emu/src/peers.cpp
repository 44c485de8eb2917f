/* peers.cpp - what one device may do with another's memory. All may: the program has to ask. */
#include "cuda_runtime_api.h"
#include "devices.h"
#include "host_copy.h"
#include "host_memory.h"
#include "launch.h"
#include "memory.h"

using namespace emu;

static cudaError_t no_device(const char *call, int device, Where where)
{
    return refuse(cudaErrorInvalidDevice, where, "%s of device %d, which does not exist; %s", call, device,
                  devices_in_words().c_str());
}

cudaError_t cudaDeviceCanAccessPeer(int *can, int device, int peer, Where where)
{
    if (!can) return no_result("cudaDeviceCanAccessPeer", where);
    *can = 0;
    for (int one : { device, peer })
        if (!device_exists(one)) return no_device("cudaDeviceCanAccessPeer", one, where);
    *can = device != peer;
    return cudaSuccess;
}

/* It begins and ends for kernels that are launched from now on. */
static void set_reach(int peer, bool may)
{
    stream_run_device(device_now());
    device_set_reach(device_now(), peer, may);
}

cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned flags, Where where)
{
    const char *call = "cudaDeviceEnablePeerAccess";
    if (flags) return refuse(cudaErrorInvalidValue, where, "%s with flags %u; they must be 0", call, flags);
    if (!device_exists(peer)) return no_device(call, peer, where);
    if (peer == device_now())
        return refuse(cudaErrorInvalidDevice, where,
                      "%s of device %d, which is the current one: it is the other's number that it takes",
                      call, peer);
    if (device_reaches(device_now(), peer))
        return refuse(cudaErrorPeerAccessAlreadyEnabled, where, "%s of device %d, which is enabled already",
                      call, peer);
    set_reach(peer, true);
    return cudaSuccess;
}

cudaError_t cudaDeviceDisablePeerAccess(int peer, Where where)
{
    const char *call = "cudaDeviceDisablePeerAccess";
    if (options.devices > 1 && !device_exists(peer)) return no_device(call, peer, where);
    if (peer == device_now() || !device_exists(peer) || !device_reaches(device_now(), peer))
        return refuse(cudaErrorPeerAccessNotEnabled, where, "%s of device %d, which has never been enabled",
                      call, peer);
    set_reach(peer, false);
    return cudaSuccess;
}

cudaError_t cudaDeviceGetP2PAttribute(int *value, cudaDeviceP2PAttr attribute, int from, int to, Where where)
{
    if (!value) return no_result("cudaDeviceGetP2PAttribute", where);
    *value = 0;
    if (!device_exists(from) || !device_exists(to) || from == to)
        return refuse(cudaErrorInvalidDevice, where, "cudaDeviceGetP2PAttribute of devices %d and %d; %s",
                      from, to, devices_in_words().c_str());
    *value = attribute != cudaDevP2PAttrPerformanceRank; /* 0 is the best rank */
    return cudaSuccess;
}

/* ---- copies; they need no access ---- */

/* An end of the copy must be memory of the device that the call names. */
static cudaError_t check_end(const Call &call, const char *which, const void *address, int device)
{
    if (!device_exists(device)) return no_device(call.name, device, call.where);
    int owner = device_of(address);
    if (owner < 0 && !in_device_arena(address))
        return refuse(cudaErrorInvalidValue, call.where,
                      "%s: %s is host memory; between the host and a device cudaMemcpy copies", call.name,
                      which);
    if (owner < 0 || owner == device || device_managed(address)) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, call.where, "%s: %s is said to be on device %d, but is %s",
                  call.name, which, device, describe_device(address).c_str());
}

static cudaError_t copy_peer(const Call &call, void *to, int to_device, const void *from, int from_device,
                             size_t bytes, bool async, cudaStream_t stream)
{
    if (cudaError_t error = check_end(call, "the destination", to, to_device)) return error;
    if (cudaError_t error = check_end(call, "the source", from, from_device)) return error;
    Area area = { (char *)to, bytes, (const char *)from, bytes, bytes, 1 };
    return copy_area(call, area, cudaMemcpyDeviceToDevice, async, stream);
}

cudaError_t cudaMemcpyPeer(void *to, int to_device, const void *from, int from_device, size_t bytes,
                           Where where)
{
    return copy_peer({ "cudaMemcpyPeer", where }, to, to_device, from, from_device, bytes, false, nullptr);
}

cudaError_t cudaMemcpyPeerAsync(void *to, int to_device, const void *from, int from_device, size_t bytes,
                                cudaStream_t stream, Where where)
{
    return copy_peer({ "cudaMemcpyPeerAsync", where }, to, to_device, from, from_device, bytes, true, stream);
}
