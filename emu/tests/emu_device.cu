/* emu_device.cu - what a program may ask of the device, and arithmetic in the four directions of rounding. */
#include <cstring>
#include <cuda.h>
#include <cuda_gl_interop.h>
#include <emu/testing.h>
#include <string>
#include "emu_test.h"

__global__ void plain(int *to)
{
    to[threadIdx.x] = 1;
}

__global__ void with_shared(int *to)
{
    extern __shared__ int all[];
    all[threadIdx.x] = 1;
    to[threadIdx.x] = all[threadIdx.x];
}

static int attribute(int number)
{
    int value = -1;
    CUDA(cudaDeviceGetAttribute(&value, (cudaDeviceAttr)number, 0));
    return value;
}

/* NVIDIA's numbers, and values of its tables for compute capability 9.0 */
static void check_attributes()
{
    const int known[][2] = { { 1, 1024 },  { 4, 64 },      { 5, 2147483647 }, { 10, 32 },    { 14, 512 },
                             { 19, 1 },    { 22, 131072 }, { 23, 65536 },     { 26, 16384 }, { 29, 2048 },
                             { 39, 2048 }, { 51, 32 },     { 75, 9 },         { 76, 0 },     { 82, 65536 },
                             { 83, 1 },    { 97, 232448 }, { 106, 32 },       { 111, 1024 } };
    for (const auto &k : known)
        EXPECT(attribute(k[0]) == k[1], "attribute %d is %d instead of %d", k[0], attribute(k[0]), k[1]);
    int value;
    for (int none : { 0, 44, 92, 148, -1 }) {
        EXPECT(cudaDeviceGetAttribute(&value, (cudaDeviceAttr)none, 0) == cudaErrorInvalidValue,
               "attribute %d does not exist", none);
        cudaGetLastError();
    }
    EXPECT(emu::found().size() == 1, "one finding for the line instead of %zu", emu::found().size());
    emu::forget_findings();
}

static void check_errors()
{
    EXPECT(!strcmp(cudaGetErrorName((cudaError_t)710), "cudaErrorAssert"), "710");
    EXPECT(!strcmp(cudaGetErrorString(cudaErrorAssert), "device-side assert triggered"), "its text");
    EXPECT(!strcmp(cudaGetErrorName((cudaError_t)35), "cudaErrorInsufficientDriver"), "35");
    EXPECT(!strcmp(cudaGetErrorString((cudaError_t)5555), "unrecognized error code"), "5555");
}

/* the questions of the driver API, and of programs that include OpenGL's header for nothing */
static void check_driver_questions()
{
    int count = 0, version = 0, major = 0, minor = 0;
    CUdevice device = -1;
    char name[9] = "";
    size_t bytes = 0, unused = 0, total = 1;
    EXPECT(cuInit(0) == CUDA_SUCCESS && cuInit(1) != CUDA_SUCCESS, "cuInit");
    EXPECT(!cuDeviceGetCount(&count) && count == 1 && !cuDeviceGet(&device, 0) && device == 0, "one device");
    EXPECT(cuDeviceGet(&device, 1) == cudaErrorInvalidDevice && device == 0, "no second one");
    EXPECT(!cuDriverGetVersion(&version) && version >= 12000, "version %d", version);
    EXPECT(!cuDeviceComputeCapability(&major, &minor, device) && major == 9 && minor == 0, "%d.%d", major,
           minor);
    EXPECT(!cuDeviceGetName(name, 9, device) && !strcmp(name, "emulated"), "its name, cut off: '%s'", name);
    EXPECT(!cuDeviceTotalMem(&bytes, device) && !cuMemGetInfo(&unused, &total) && bytes == total &&
               unused <= total,
           "memory: %zu, %zu of %zu", bytes, unused, total);
    const char *text = "";
    EXPECT(!cuGetErrorName((CUresult)710, &text) && !strcmp(text, "cudaErrorAssert"), "name %s", text);
    EXPECT(!cuGetErrorString(CUDA_SUCCESS, &text) && !strcmp(text, "no error"), "text %s", text);
}

/* Multiprocessors of 2048 threads and 228 KB, of which each block takes one besides its own. */
static void check_occupancy()
{
    int blocks = 0, threads = 0;
    CUDA(cudaOccupancyMaxPotentialBlockSize(&blocks, &threads, plain));
    EXPECT(blocks == 8 && threads == 1024, "plain: %d blocks of %d", blocks, threads);
    CUDA(cudaOccupancyMaxPotentialBlockSize(&blocks, &threads, plain, 0, 768));
    EXPECT(blocks == 16 && threads == 512, "at most 768 threads: %d blocks of %d", blocks, threads);
    auto kilobyte_each = [](int size) { return size * 1024; };
    CUDA(cudaOccupancyMaxPotentialBlockSizeVariableSMem(&blocks, &threads, with_shared, kilobyte_each));
    EXPECT(blocks == 24 && threads == 32, "1 KB per thread: %d blocks of %d", blocks, threads);
    CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&blocks, with_shared, 64, 30 << 10, 0));
    EXPECT(blocks == 7, "64 threads and 30 KB: %d", blocks);
    size_t bytes = 0;
    CUDA(cudaOccupancyAvailableDynamicSMemPerBlock(&bytes, with_shared, 2, 128));
    EXPECT(bytes == 113 << 10, "two blocks: %zu bytes each", bytes);
}

static void check_limits()
{
    size_t value = 0;
    CUDA(cudaDeviceSetLimit(cudaLimitMallocHeapSize, 123 << 20));
    CUDA(cudaDeviceGetLimit(&value, cudaLimitMallocHeapSize));
    EXPECT(value == 123 << 20, "a limit is what it was set to: %zu", value);
}

/* Is down <= exact <= up, with nothing between them, and zero the one nearer 0? */
template <class T> static void check_rounded(const char *what, long double exact, T zero, T down, T up)
{
    bool around = (long double)down <= exact && exact <= (long double)up;
    bool close = down == up ? (long double)down == exact : std::nextafter(down, up) == up;
    bool towards = zero == (exact < 0 ? up : down);
    EXPECT(around && close && towards, "%s: %a, %a, %a around %La", what, (double)zero, (double)down,
           (double)up, exact);
}

static void check_float(float x, float y, float z)
{
#define SAY(name, exact, ...) \
    check_rounded(#name, exact, name##_rz(__VA_ARGS__), name##_rd(__VA_ARGS__), name##_ru(__VA_ARGS__))
    long double a = x, b = y, c = z; /* 64 bits hold these sums and products */
    SAY(__fadd, a + b, x, y);
    SAY(__fsub, a - b, x, y);
    SAY(__fmul, a * b, x, y);
    SAY(__fmaf, a * b + c, x, y, z);
    SAY(__double2float, a * b, (double)x * y);
    float down = __fdiv_rd(x, y), up = __fdiv_ru(x, y);
    long double low = (long double)down * b, high = (long double)up * b;
    EXPECT((b > 0 ? low <= a && a <= high : high <= a && a <= low), "%a / %a: %a %a", (double)x, (double)y,
           (double)down, (double)up);
    EXPECT(down == up || std::nextafter(down, up) == up, "%a / %a: %a %a are neighbours", (double)x,
           (double)y, (double)down, (double)up);
}

static void check_rounding()
{
    const float some[] = { 1.0f, -0.1f, 3.3f, 12345.678f, -7e-3f, 1.5f, 0x1.000002p0f };
    for (float x : some)
        for (float y : some)
            for (float z : { 0.25f, -1.0f / 3 }) check_float(x, y, z);
    double tiny = 0x1p-60, next = 1 + 0x1p-52;
    EXPECT(__dadd_rd(1, tiny) == 1 && __dadd_ru(1, tiny) == next && __dadd_rz(1, tiny) == 1, "1 + tiny");
    EXPECT(__dadd_rd(-1, -tiny) == -next && __dadd_ru(-1, -tiny) == -1 && __dadd_rz(-1, -tiny) == -1,
           "-1 - tiny");
    EXPECT(__fma_ru(1, 1, tiny) == next && __fma_rd(1, 1, tiny) == 1, "fma");
    EXPECT(__drcp_rd(3) < __drcp_ru(3) && __drcp_rz(-3) == __drcp_ru(-3), "1 / 3");
    EXPECT(__dsqrt_ru(2) == std::nextafter(__dsqrt_rd(2), 2.0), "sqrt(2)");
    EXPECT(__int2float_rd(16777217) == 16777216 && __int2float_ru(16777217) == 16777218, "2^24 + 1");
    EXPECT(1.0f + 0x1p-30f == 1, "the mode is as it was");
}

int main()
{
    check_attributes();
    check_errors();
    check_driver_questions();
    check_occupancy();
    check_limits();
    check_rounding();
    return finish();
}
