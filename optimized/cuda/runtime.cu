/* runtime.cu - the part of a CUDA module that is not ladders: memory, events and facts; see runtime.h. */
#include "runtime.h"

#include <cuda_runtime.h>
#include <stdio.h>
#include <string.h>

#ifdef __CUDAEMU__
#define KIND "emu"
#else
#define KIND "gpu"
#endif

/* ---- failures ---- */

static char sentence[DEVICE_ERROR];

/* 1 if the call succeeded; else 0, with the failure kept for error() */
static int done(cudaError_t code, const char *what)
{
    if (code == cudaSuccess) return 1;
    snprintf(sentence, sizeof sentence, "%s failed: %s", what, cudaGetErrorString(code));
    return 0;
}

static const char *error_text()
{
    static char told[sizeof sentence];
    memcpy(told, sentence, sizeof told);
    sentence[0] = '\0';
    return told;
}

/* ---- facts ---- */

static int cores_of(int capability)
{
    return capability == 80 ? 64
                            : 128; /* float units of a multiprocessor: the A100 has half of its successors' */
}

static int attribute(cudaDeviceAttr which)
{
    int value = 0, device = 0;
    return cudaGetDevice(&device) == cudaSuccess &&
                   cudaDeviceGetAttribute(&value, which, device) == cudaSuccess
               ? value
               : 0;
}

static int facts(struct device_facts *f)
{
    cudaDeviceProp p;
    memset(f, 0, sizeof *f);
    if (!done(cudaGetDeviceProperties(&p, 0), "asking for a CUDA device")) return 0;
    snprintf(f->name, sizeof f->name, "%.127s", strcmp(KIND, "emu") ? p.name : "the emulator");
    f->capability = 10 * p.major + p.minor;
    f->has = (f->capability >= 80 ? NEED_SM80 : 0) | (f->capability == 90 ? NEED_SM90A : 0);
    f->multiprocessors = p.multiProcessorCount;
    f->cores_each = cores_of(f->capability);
    f->clock_hz = 1e3 * attribute(cudaDevAttrClockRate);
    f->memory_clock_hz = 1e3 * attribute(cudaDevAttrMemoryClockRate);
    f->memory_bus_bits = p.memoryBusWidth;
    f->memory_bytes = p.totalGlobalMem;
    f->l2_bytes = (size_t)p.l2CacheSize;
    f->shared_bytes = p.sharedMemPerBlockOptin;
    return done(cudaDriverGetVersion(&f->driver), "asking for the driver's version") &&
           done(cudaRuntimeGetVersion(&f->runtime), "asking for the runtime's version");
}

/* ---- memory ---- */

static void *allocate(size_t bytes)
{
    char *p = nullptr;
    return done(cudaMalloc(&p, bytes), "allocating device memory") ? p : nullptr;
}

static void release(void *p)
{
    done(cudaFree(p), "freeing device memory");
}

static int upload(void *to, const void *from, size_t bytes)
{
    return done(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copying to the device");
}

static int download(void *to, const void *from, size_t bytes)
{
    return done(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "copying from the device");
}

static int fill(void *p, int byte, size_t bytes)
{
    return done(cudaMemsetAsync(p, byte, bytes), "filling device memory");
}

static int copy(void *to, const void *from, size_t bytes)
{
    return done(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice), "copying on the device");
}

static int synchronise()
{
    return done(cudaGetLastError(), "launching a kernel") & done(cudaDeviceSynchronize(), "running a kernel");
}

static char *flush_buffer;

static int flush_l2()
{
    size_t bytes = 2 * (size_t)attribute(cudaDevAttrL2CacheSize);
    if (!flush_buffer && !done(cudaMalloc(&flush_buffer, bytes), "allocating twice the L2 cache")) return 0;
    return fill(flush_buffer, 0, bytes);
}

/* ---- events ---- */

static void *event_make()
{
    cudaEvent_t event = nullptr;
    return done(cudaEventCreate(&event), "making an event") ? (void *)event : nullptr;
}

static void event_free(void *event)
{
    done(cudaEventDestroy((cudaEvent_t)event), "freeing an event");
}

static int event_record(void *event)
{
    return done(cudaEventRecord((cudaEvent_t)event), "recording an event");
}

static double event_ms(void *begin, void *end)
{
    float ms = -1;
    if (!done(cudaEventSynchronize((cudaEvent_t)end), "waiting for an event")) return -1;
    return done(cudaEventElapsedTime(&ms, (cudaEvent_t)begin, (cudaEvent_t)end), "reading an event")
               ? (double)ms
               : -1;
}

static void (*close_rungs)();

static void close_module()
{
    done(cudaFree(flush_buffer), "freeing device memory");
    flush_buffer = nullptr;
    if (close_rungs) close_rungs();
}

/* ---- the module ---- */

struct device_module runtime_module(const struct device_rungs *ladders, const struct device_rungs *(*peers)(),
                                    void (*close)())
{
    close_rungs = close;
    return {
        DEVICE_VERSION, KIND,         ladders,  peers,      facts,        allocate, release,
        upload,         download,     fill,     copy,       synchronise,  flush_l2, event_make,
        event_free,     event_record, event_ms, error_text, close_module,
    };
}
