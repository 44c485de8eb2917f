/* events.cpp - the runtime API's events: the host's and other streams' view of how far a stream has got. */
#include <set>
#include "cuda_runtime_api.h"
#include "devices.h"
#include "launch.h"
#include "streams.h"

using namespace emu;

struct CUevent_st {
    bool recorded, timed;
    Ticket ticket; /* of its last record */
    int device;    /* the current one when it was created */
    cudaStream_t stream;
    Where where; /* of the record */
};
static std::set<cudaEvent_t> events;

static cudaError_t check_event(const char *call, cudaEvent_t event, Where where)
{
    if (events.count(event)) return stream_allows(call, where);
    return refuse(cudaErrorInvalidResourceHandle, where, "%s of an event that does not exist, or no longer",
                  call);
}

cudaError_t cudaEventCreate(cudaEvent_t *event, Where where)
{
    if (!event)
        return refuse(cudaErrorInvalidValue, where, "cudaEventCreate gets a null pointer for its result");
    events.insert(*event = new CUevent_st{ false, true, 0, device_now(), nullptr, where });
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags, Where where)
{
    cudaError_t error = cudaEventCreate(event, where);
    if (!error && flags & cudaEventDisableTiming) (*event)->timed = false;
    return error;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream, Where where)
{
    if (cudaError_t error = check_event("cudaEventRecord", event, where)) return error;
    if (cudaError_t error = stream_check("cudaEventRecord", stream, where)) return error;
    if (event->device != stream_device(stream))
        return refuse(cudaErrorInvalidResourceHandle, where,
                      "cudaEventRecord of an event that was created on device %d in a stream of device %d; "
                      "both must be of one device",
                      event->device, stream_device(stream));
    event->recorded = true;
    event->ticket = 0;
    event->stream = stream;
    event->where = where;
    if (captures_anything() && capture_record(event, stream_at(stream))) return cudaSuccess;
    event->ticket = stream_mark(stream, "cudaEventRecord", where);
    return cudaSuccess;
}

/* Of an event that was never recorded it waits for nothing. */
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned, Where where)
{
    if (cudaError_t error = stream_check("cudaStreamWaitEvent", stream, where)) return error;
    if (cudaError_t error = check_event("cudaStreamWaitEvent", event, where)) return error;
    if (captures_anything() && capture_wait(stream_at(stream), event)) return cudaSuccess;
    stream_mark(stream, "cudaStreamWaitEvent", where, event->ticket);
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event, Where where)
{
    if (cudaError_t error = check_event("cudaEventSynchronize", event, where)) return error;
    stream_wait(event->ticket);
    return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event, Where where)
{
    if (cudaError_t error = check_event("cudaEventQuery", event, where)) return error;
    return stream_ask(event->ticket) ? cudaSuccess : cudaErrorNotReady;
}

/* In one stream the order of the records is that of the times. */
static void check_order(const CUevent_st &from, const CUevent_st &to, Where where)
{
    if (from.stream != to.stream || from.ticket <= to.ticket) return;
    report_at("time", where,
              "cudaEventElapsedTime takes the event that begins, then the one that ends: here the first was "
              "recorded at %s, after the second, at %s, so that the time is negative",
              source_line(from.where).c_str(), source_line(to.where).c_str());
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t from, cudaEvent_t to, Where where)
{
    if (!milliseconds)
        return refuse(cudaErrorInvalidValue, where,
                      "cudaEventElapsedTime gets a null pointer for its result");
    for (cudaEvent_t event : { from, to }) {
        if (cudaError_t error = check_event("cudaEventElapsedTime", event, where)) return error;
        if (!event->recorded)
            return refuse(
                cudaErrorInvalidResourceHandle, where,
                "cudaEventElapsedTime of an event that was never recorded; it needs cudaEventRecord");
        if (!event->timed)
            return refuse(cudaErrorInvalidResourceHandle, where,
                          "cudaEventElapsedTime of an event made with cudaEventDisableTiming; one that "
                          "cudaEventCreate makes keeps its time");
    }
    if (from->device != to->device)
        return refuse(
            cudaErrorInvalidResourceHandle, where,
            "cudaEventElapsedTime of an event that was created on device %d and one on device %d; both "
            "must be of one device",
            from->device, to->device);
    for (cudaEvent_t event : { from, to })
        if (!stream_done(event->ticket))
            return refuse(
                cudaErrorNotReady, where,
                "cudaEventElapsedTime of an event that may still be to come; it needs cudaEventSynchronize");
    check_order(*from, *to, where);
    *milliseconds = 0; /* an emulator's time would say nothing about a GPU's */
    return cudaSuccess;
}

void emu::event_done(cudaEvent_t event)
{
    if (!events.count(event)) return;
    event->recorded = true;
    event->ticket = 0;
}

void emu::event_await(cudaEvent_t event)
{
    if (events.count(event)) stream_wait(event->ticket);
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    if (!events.erase(event))
        return refuse(cudaErrorInvalidResourceHandle, source_of(__builtin_return_address(0)),
                      "cudaEventDestroy of an event that does not exist, or no longer");
    delete event;
    return cudaSuccess;
}
