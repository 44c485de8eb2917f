/* streams.cpp - the queue of operations, and the orders in which they run: see streams.h.
 *
 * early:  each at the host's call, as a GPU that has nothing else to do.
 * late:   only what a wait needs runs, and of what one wait needs the last call first, so that an order
 *         which no stream or event gives does not come about by itself.
 * random: any that is legal, by options.seed. */
#include "streams.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <sys/single_threaded.h>
#include "devices.h"
#include "host_memory.h"
#include "launch.h"
#include "stream_order.h"

struct CUstream_st {
    bool blocking; /* ordered with the legacy default stream */
    emu::Ticket last;
    int priority = 0;
    unsigned number = 0; /* of its clock: see stream_order.h */
    int device = 0;
};

namespace emu
{

Capturing capturing;

static cudaError_t capture_allows(const char *call, CUstream_st *stream, bool waits, Where where)
{
    return capturing.allows ? capturing.allows(call, stream, waits, where) : cudaSuccess;
}

namespace
{
struct Pending {
    Operation operation;
    std::vector<Ticket> after;
    bool asked; /* has the host asked whether it is done? */
};
} // namespace

static const int HIGHEST = -5;    /* priority; cudaDeviceGetStreamPriorityRange says so */
static const size_t QUEUE = 1024; /* a GPU's is about as long: a call waits if it is full */

static std::map<Ticket, Pending> &pending =
    *new std::map<Ticket, Pending>; /* never destroyed: main may end first */
static std::set<CUstream_st *> &streams = *new std::set<CUstream_st *>;
static std::vector<CUstream_st> &destroyed =
    *new std::vector<CUstream_st>; /* blocking ones that are gone, for what was last in them */
static Ticket newest;
static size_t with_host; /* how many of the pending */
static thread_local bool in_host_function;

static std::recursive_mutex &one_thread = *new std::recursive_mutex;

Guard::Guard()
{
    one_thread.lock();
}

Guard::~Guard()
{
    one_thread.unlock();
}

/* The streams that each device has without asking for them. */
static struct FromStart {
    CUstream_st legacy[DEVICES_MOST], of_thread[DEVICES_MOST];
    FromStart()
    {
        for (int d = 0; d < DEVICES_MOST; d++) {
            legacy[d] = { true, 0, 0, 2 * (unsigned)d, d };
            of_thread[d] = { true, 0, 0, 2 * (unsigned)d + 1, d };
        }
    }
} &from_start = *new FromStart;

static bool is_legacy(const CUstream_st *stream)
{
    return stream == &from_start.legacy[stream->device];
}

static bool runs_at_once()
{
    return options.streams == Streams::early || !__libc_single_threaded;
}

static bool per_thread; /* what stream 0 is */

bool default_stream_per_thread();
bool default_stream_per_thread()
{
    return per_thread = true;
}

static CUstream_st *stream_of(cudaStream_t stream)
{
    Guard guard;
    CUstream_st *of_thread = &from_start.of_thread[device_now()];
    if (stream == cudaStreamPerThread || (!stream && per_thread)) return of_thread;
    if (!stream || stream == cudaStreamLegacy) return &from_start.legacy[device_now()];
    if (current && (stream == cudaStreamTailLaunch || stream == cudaStreamFireAndForget)) return of_thread;
    for (CUstream_st &legacy : from_start.legacy)
        if (stream == &legacy) return stream; /* by stream_default */
    return streams.count(stream) ? stream : nullptr;
}

CUstream_st *stream_at(cudaStream_t stream)
{
    return stream_of(stream);
}

bool stream_is_blocking(const CUstream_st *stream)
{
    return stream->blocking;
}

cudaError_t stream_check(const char *call, cudaStream_t stream, Where where)
{
    if (!stream_of(stream))
        return refuse(cudaErrorInvalidResourceHandle, where,
                      "%s of a stream that does not exist, or no longer", call);
    if (is_legacy(stream_of(stream)))
        if (cudaError_t error = capture_allows(call, stream_of(stream), false, where)) return error;
    return stream_allows(call, where);
}

cudaError_t stream_check_device(const char *call, cudaStream_t stream, Where where)
{
    if (cudaError_t error = stream_check(call, stream, where)) return error;
    int device = stream_of(stream)->device, now = device_now();
    if (device == now) return cudaSuccess;
    return refuse(cudaErrorInvalidResourceHandle, where,
                  "%s in a stream that was created on device %d, but device %d is current; "
                  "cudaSetDevice(%d) belongs before it",
                  call, device, now, device);
}

int stream_device(cudaStream_t stream)
{
    return stream_of(stream)->device;
}

cudaStream_t stream_default(int device)
{
    return &from_start.legacy[device];
}

bool stream_is_default(cudaStream_t stream)
{
    return is_legacy(stream_of(stream));
}

bool stream_calls_host()
{
    return in_host_function;
}

cudaError_t stream_allows(const char *call, Where where)
{
    if (!in_host_function) return failed_for_good();
    return refuse(
        cudaErrorNotPermitted, where,
        "%s is called by a function of the host that runs in a stream; such a function may call nothing of CUDA",
        call);
}

/* ---- running ---- */

bool stream_done(Ticket ticket)
{
    Guard guard;
    return !pending.count(ticket);
}

static void run(Ticket ticket);

/* A GPU would run these first, in any order: here the last call comes first. */
static void run_all(std::vector<Ticket> tickets)
{
    std::sort(tickets.begin(), tickets.end());
    for (auto it = tickets.rbegin(); it != tickets.rend(); ++it) run(*it);
}

static RunningOperation &running = *new RunningOperation;

const RunningOperation &stream_running()
{
    return running;
}

bool stream_all_after(Ticket ticket)
{
    return std::all_of(pending.begin(), pending.end(),
                       [=](const auto &it) { return order_before(ticket, it.first); });
}

/* Runs it, and before it what it must come after. */
static void run(Ticket ticket)
{
    auto found = pending.find(ticket);
    if (found == pending.end()) return;
    run_all(found->second.after);
    Operation operation = std::move(found->second.operation);
    pending.erase(found);
    with_host -= operation.with_host;
    device_release(ticket);
    if (!operation.run) return;
    running = { ticket, operation.name, operation.where };
    device_works(operation.device);
    operation.run();
    running = {};
}

/* With options.streams random: some that nobody waits for yet. */
static void run_some()
{
    while (options.streams == Streams::random && !pending.empty() && !with_host && random_below(2)) {
        auto it = pending.begin();
        std::advance(it, random_below((unsigned)pending.size()));
        run(it->first);
    }
}

void stream_wait(Ticket ticket)
{
    Guard guard;
    run_some();
    run(ticket);
    order_host_waited(ticket);
}

void stream_wait_all()
{
    Guard guard;
    run_some();
    while (!pending.empty()) run(pending.rbegin()->first);
    order_host_waited_for_all(newest);
}

void stream_run_device(int device)
{
    Guard guard;
    std::vector<Ticket> there;
    run_some();
    for (const auto &it : pending)
        if (it.second.operation.device == device) there.push_back(it.first);
    run_all(there);
}

void stream_wait_device(int device)
{
    Guard guard;
    if (options.devices == 1) return stream_wait_all();
    stream_run_device(device);
    order_host_waited(from_start.legacy[device].last);
    order_host_waited(from_start.of_thread[device].last);
    for (const CUstream_st *stream : streams)
        if (stream->device == device) order_host_waited(stream->last);
    for (const CUstream_st &stream : destroyed)
        if (stream.device == device) order_host_waited(stream.last);
}

void stream_host_spins(bool only_reads)
{
    static unsigned others;
    if (!only_reads && ++others % 4096) return;
    if (in_host_function || !one_thread.try_lock()) return; /* another thread's call goes on meanwhile */
    while (!current && !pending.empty()) run(pending.rbegin()->first);
    one_thread.unlock();
}

bool stream_ask(Ticket ticket)
{
    Guard guard;
    auto found = pending.find(ticket);
    if (found == pending.end()) {
        order_host_waited(ticket);
        return true;
    }
    if (!found->second.asked) {
        found->second.asked = true;
        return false;
    }
    run(ticket);
    order_host_waited(ticket);
    return true;
}

/* ---- submitting ---- */

/* What the program has never waited for when it ends: it runs for the checkers, after what functions hold in
 * static variables is destroyed, unless they never let that happen. */
static void at_end()
{
    in_host_function = false;
    for (const auto &it : pending)
        if (it.second.operation.is_kernel && found().empty())
            note_at(
                it.second.operation.where,
                "the program ends before anything has waited for %s: a GPU may not finish it, nor print what it "
                "prints; cudaDeviceSynchronize waits",
                it.second.operation.name.c_str());
    stream_wait_all();
}

/* Streams order their own operations; the legacy default stream comes after all that are not
 * cudaStreamNonBlocking, and before what follows in them. */
static std::vector<Ticket> comes_after(const CUstream_st &stream)
{
    std::vector<Ticket> after = { stream.last };
    if (is_legacy(&stream)) {
        after.push_back(from_start.of_thread[stream.device].last);
        for (const CUstream_st *other : streams)
            if (other->blocking && other->device == stream.device) after.push_back(other->last);
        for (const CUstream_st &gone : destroyed)
            if (gone.device == stream.device) after.push_back(gone.last);
    } else if (stream.blocking) {
        after.push_back(from_start.legacy[stream.device].last);
    }
    return after;
}

static void leave_out_done(std::vector<Ticket> &tickets)
{
    tickets.erase(std::remove_if(tickets.begin(), tickets.end(), stream_done), tickets.end());
}

static Ticket submit(CUstream_st &stream, Operation operation, Ticket also_after)
{
    Guard guard;
    static bool registered = atexit(at_end) == 0;
    (void)registered;
    operation.device = stream.device;
    if (capturing.anything && capturing.anything() && capturing.takes(&stream, operation)) return 0;
    Pending fresh = { std::move(operation), comes_after(stream), false };
    fresh.after.push_back(also_after);
    order_submit(newest + 1, stream.number, fresh.after);
    leave_out_done(fresh.after);
    Ticket ticket = stream.last = ++newest;
    for (const Claim &claim : fresh.operation.claims) device_claim(ticket, claim, fresh.operation);
    with_host += fresh.operation.with_host;
    pending.emplace(ticket, std::move(fresh));
    if (runs_at_once() && !with_host) run(ticket);
    while (pending.size() > QUEUE) run(pending.begin()->first);
    run_some();
    return ticket;
}

Ticket stream_submit(cudaStream_t stream, Operation operation)
{
    return submit(*stream_of(stream), std::move(operation), 0);
}

Ticket stream_mark(cudaStream_t stream, const char *name, Where where, Ticket also_after)
{
    return submit(*stream_of(stream), { name, where, nullptr, {} }, also_after);
}

} // namespace emu

using namespace emu;

/* ---- streams ---- */

static cudaError_t create(cudaStream_t *stream, unsigned flags, int priority, const char *call, Where where)
{
    if (!stream) return refuse(cudaErrorInvalidValue, where, "%s gets a null pointer for its result", call);
    if (flags & ~(unsigned)cudaStreamNonBlocking)
        return refuse(cudaErrorInvalidValue, where,
                      "%s with flags %u; cudaStreamDefault and cudaStreamNonBlocking are possible", call,
                      flags);
    if (cudaError_t error = stream_allows(call, where)) return error;
    Guard guard;
    static unsigned numbers = 2 * DEVICES_MOST;
    priority = std::max(HIGHEST, std::min(priority, 0));
    bool blocking = !(flags & cudaStreamNonBlocking);
    streams.insert(*stream = new CUstream_st{ blocking, 0, priority, numbers++, device_now() });
    return cudaSuccess;
}

cudaError_t cudaStreamCreate(cudaStream_t *stream, Where where)
{
    return create(stream, cudaStreamDefault, 0, "cudaStreamCreate", where);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags, Where where)
{
    return create(stream, flags, 0, "cudaStreamCreateWithFlags", where);
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned flags, int priority, Where where)
{
    return create(stream, flags, priority, "cudaStreamCreateWithPriority", where);
}

cudaError_t cudaStreamGetPriority(cudaStream_t stream, int *priority, Where where)
{
    if (cudaError_t error = stream_check("cudaStreamGetPriority", stream, where)) return error;
    *priority = stream_of(stream)->priority;
    return cudaSuccess;
}

cudaError_t cudaStreamGetFlags(cudaStream_t stream, unsigned *flags, Where where)
{
    if (cudaError_t error = stream_check("cudaStreamGetFlags", stream, where)) return error;
    *flags = stream_of(stream)->blocking ? cudaStreamDefault : cudaStreamNonBlocking;
    return cudaSuccess;
}

/* It does not wait: what is in the stream still runs. This and cudaEventDestroy are handed on as functions,
 * too: see cudaFree. */
cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    Guard guard;
    if (!streams.erase(stream))
        return refuse(cudaErrorInvalidResourceHandle, source_of(__builtin_return_address(0)),
                      "cudaStreamDestroy of a stream that does not exist, or no longer");
    auto is_settled = [](const CUstream_st &s) { return stream_done(s.last) && !order_is_open(s.last); };
    destroyed.erase(std::remove_if(destroyed.begin(), destroyed.end(), is_settled), destroyed.end());
    if (stream->blocking) destroyed.push_back(*stream);
    delete stream;
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream, Where where)
{
    if (cudaError_t error = stream_check("cudaStreamSynchronize", stream, where)) return error;
    if (cudaError_t error = capture_allows("cudaStreamSynchronize", stream_of(stream), true, where))
        return error;
    stream_wait(stream_mark(stream, "cudaStreamSynchronize", where));
    return cudaPeekAtLastError();
}

cudaError_t cudaStreamQuery(cudaStream_t stream, Where where)
{
    if (cudaError_t error = stream_check("cudaStreamQuery", stream, where)) return error;
    if (cudaError_t error = capture_allows("cudaStreamQuery", stream_of(stream), true, where)) return error;
    for (Ticket ticket : comes_after(*stream_of(stream)))
        if (!stream_ask(ticket)) return cudaErrorNotReady;
    return cudaSuccess;
}

/* Programs hand this on as a function without parameters, so the line comes from the return address. */
cudaError_t cudaDeviceSynchronize()
{
    if (in_host_function)
        return stream_allows("cudaDeviceSynchronize", source_of(__builtin_return_address(0)));
    if (current)
        fail(
            "launch", source_of(__builtin_return_address(0)),
            "cudaDeviceSynchronize is called by a kernel, which nvcc refuses since CUDA 12: a parent cannot wait "
            "for its children; what uses their results is launched into cudaStreamTailLaunch, or by the host");
    if (capturing.anything && capturing.anything())
        return refuse(cudaErrorStreamCaptureUnsupported, source_of(__builtin_return_address(0)),
                      "cudaDeviceSynchronize while a stream is being captured");
    stream_wait_device(device_now());
    return cudaPeekAtLastError();
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void *argument, Where where)
{
    if (!function) return refuse(cudaErrorInvalidValue, where, "cudaLaunchHostFunc of no function");
    if (cudaError_t error = stream_check("cudaLaunchHostFunc", stream, where)) return error;
    auto call = [=] {
        in_host_function = true;
        function(argument);
        in_host_function = false;
    };
    stream_submit(stream, { "the host function", where, call, {} });
    return cudaSuccess;
}

cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t function, void *argument,
                                  unsigned, Where where)
{
    if (!function) return refuse(cudaErrorInvalidValue, where, "cudaStreamAddCallback of no function");
    if (cudaError_t error = stream_check("cudaStreamAddCallback", stream, where)) return error;
    auto call = [=] {
        in_host_function = true;
        function(stream, cudaSuccess, argument);
        in_host_function = false;
    };
    stream_submit(stream, { "the callback", where, call, {} });
    return cudaSuccess;
}
