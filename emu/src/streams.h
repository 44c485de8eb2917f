/* streams.h - operations that the host has asked for and that may run later: kernels, copies, host
 * functions.
 *
 * A GPU promises an order only within a stream, across an event, and around the legacy default stream. Here
 * all orders that it leaves open are possible: options.streams says which of them this run takes. */
#ifndef EMU_STREAMS_H
#define EMU_STREAMS_H

#include <functional>
#include "cuda_runtime_api.h"
#include "emu_internal.h"

namespace emu
{

typedef unsigned long Ticket; /* of an operation, in the order of the host's calls; 0: none */

/* Memory of the host's side (managed, pinned) that an operation uses: until it is done the host may not
 * write there, nor read if the operation writes. */
struct Claim {
    const void *start;
    size_t bytes;
    bool writes;
};

struct Operation {
    std::string name; /* "the copy", "kernel gemm<16>" */
    Where where;      /* of the host's call */
    std::function<void()> run;
    std::vector<Claim> claims;
    bool is_kernel = false;
    bool with_host = false; /* it may wait for what the host writes meanwhile: it runs when a wait needs it */
    int device = 0;         /* that of its stream, which sets it */
};

/* One thread of the host at a time: what changes the queue or memory holds this. Programs of several threads
 * may wait for each other by means that are not CUDA's, so their operations run at the calls, as with
 * Streams::early. */
struct Guard {
    Guard();
    ~Guard();
};

/* Is it a stream that a call may use? If not, a finding with the call's name. */
cudaError_t stream_check(const char *call, cudaStream_t stream, Where where);

/* ... and one of the current device, as a launch needs it? */
cudaError_t stream_check_device(const char *call, cudaStream_t stream, Where where);

int stream_device(cudaStream_t stream);      /* whose it is */
cudaStream_t stream_default(int device);     /* the legacy one */
bool stream_is_default(cudaStream_t stream); /* is it a legacy one? */

/* A function of the host that runs in a stream may call nothing of CUDA: a finding if it does. */
cudaError_t stream_allows(const char *call, Where where);

bool stream_calls_host(); /* does such a function run now? */

/* Puts an operation behind those it must wait for; with Streams::early it also runs. */
Ticket stream_submit(cudaStream_t stream, Operation operation);
/* One that does nothing: it is done when all that went before in the stream is. */
Ticket stream_mark(cudaStream_t stream, const char *name, Where where, Ticket also_after = 0);

CUstream_st *stream_at(cudaStream_t stream);        /* nullptr: there is no such stream          */
bool stream_is_blocking(const CUstream_st *stream); /* ordered with the legacy default stream */

/* ---- graph_capture.cpp: operations that a graph gets instead ---- */

/* What streams ask of it, if the program has it. */
struct Capturing {
    bool (*anything)();
    bool (*takes)(CUstream_st *stream, const Operation &operation); /* false: the stream gets it */
    /* May this call wait for the stream, or use the legacy stream, while streams are captured? */
    cudaError_t (*allows)(const char *call, CUstream_st *stream, bool waits, Where where);
};
extern Capturing capturing;

bool captures_anything();
bool captures_stream(CUstream_st *stream);
bool capture_record(cudaEvent_t event, CUstream_st *stream); /* false: the stream is not captured */
bool capture_wait(CUstream_st *stream, cudaEvent_t event);   /* false: the event is of no capture */

/* ---- events.cpp, for graphs ---- */

void event_done(cudaEvent_t event);
void event_await(cudaEvent_t event);

bool stream_done(Ticket ticket);
/* The answer to a question whether it is done: no the first time, then it runs: who asks again and again
 * must get on. */
bool stream_ask(Ticket ticket);
void stream_wait(Ticket ticket);
void stream_wait_all();
void stream_run_device(
    int device); /* runs what is pending there; the host does not wait, so it learns nothing */
void stream_wait_device(int device);
/* The host has gone round a loop many times: if it may be waiting for it, what is pending runs. */
void stream_host_spins(bool only_reads);

} // namespace emu
#endif
