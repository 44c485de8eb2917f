/* launch.cpp - a grid: its limits, its blocks one after another, and what surrounds them. */
#include <algorithm>
#include "async_copy.h"
#include "emu/launch.h"
#include "fiber.h"
#include "launch.h"
#include "memory.h"
#include "schedule.h"

namespace emu
{

/* ---- limits ---- */

/* nvcc refuses to compile this. */
static void check_static_bytes(const Request &request, const Function &function)
{
    if (function.static_bytes > SHARED_DEFAULT)
        fail("launch", request.where,
             "%s has %zu bytes of __shared__ variables; %zu are possible, more only as extern __shared__",
             function.name.c_str(), function.static_bytes, SHARED_DEFAULT);
}

static cudaError_t check_limits(const Request &request)
{
    const dim3 &g = request.grid, &b = request.block;
    bool some = g.x && g.y && g.z && b.x && b.y && b.z;
    if (!some || g.x > 0x7fffffff || g.y > 65535 || g.z > 65535) return cudaErrorInvalidConfiguration;
    if (b.x > THREADS_MOST || b.y > THREADS_MOST || b.z > 64) return cudaErrorInvalidConfiguration;
    if (b.x * b.y * b.z > THREADS_MOST) return cudaErrorInvalidConfiguration;
    return request.dynamic_bytes > function_at(request.function).dynamic_limit ? cudaErrorInvalidValue
                                                                               : cudaSuccess;
}

/* ---- blocks ---- */

static void make_threads(dim3 size)
{
    block.threads.resize((size_t)size.x * size.y * size.z);
    for (size_t i = 0; i < block.threads.size(); i++) {
        Thread &thread = block.threads[i];
        thread.index = { (unsigned)(i % size.x), (unsigned)(i / size.x % size.y),
                         (unsigned)(i / size.x / size.y) };
        thread.linear = (int)i;
        thread.warp = (int)i / 32;
        thread.lane = (int)i % 32;
    }
}

static void run_one(size_t linear)
{
    dim3 grid = kernel->grid;
    block.linear = linear;
    block.index = { (unsigned)(linear % grid.x), (unsigned)(linear / grid.x % grid.y),
                    (unsigned)(linear / grid.x / grid.y) };
    writable_blockIdx = block.index;
    shared_poison();
    async_start_block();
    tell(&Hooks::block_begin);
    run_block();
    throw_failure();
    shared_check();
    tell(&Hooks::block_end);
}

static void run_blocks()
{
    size_t count = (size_t)kernel->grid.x * kernel->grid.y * kernel->grid.z;
    std::vector<size_t> shuffled;
    if (options.order == Order::random) {
        for (size_t i = 0; i < count; i++) shuffled.push_back(i);
        for (size_t i = count - 1; i > 0; i--)
            std::swap(shuffled[i], shuffled[random_below((unsigned)i + 1)]);
    }
    for (size_t i = 0; i < count; i++)
        run_one(!shuffled.empty() ? shuffled[i] : options.order == Order::reverse ? count - 1 - i : i);
}

/* ---- a launch ---- */

struct Running {
    explicit Running(const Kernel &now)
    {
        kernel = &now;
        writable_gridDim = now.grid;
        writable_blockDim = now.block;
        shared_begin((const void *)now.body, now.dynamic_bytes);
        make_threads(now.block);
        device_open();
        faults_begin();
        tell(&Hooks::kernel_begin);
    }
    ~Running()
    {
        tell(&Hooks::kernel_end);
        faults_end();
        device_close();
        kernel = nullptr;
        current = nullptr;
    }
};

/* "(gemm<64, 64>)" without its parentheses */
static std::string name_of(const Request &request)
{
    std::string name = request.name;
    return name[0] == '(' ? name.substr(1, name.size() - 2) : name;
}

void launch(const Request &request)
{
    if (kernel)
        fail("launch", request.where, "kernel %s is launched by a kernel, which is not emulated",
             name_of(request).c_str());
    const Function &function = function_at(request.function);
    check_static_bytes(request, function);
    if (cudaError_t error = check_limits(request)) {
        note_error(error);
        return;
    }
    static unsigned long number;
    Kernel now = {};
    now.name = function.name.empty() ? name_of(request) : function.name; /* the launch may say "kernel" */
    now.launch = request.where;
    now.grid = request.grid;
    now.block = request.block;
    now.dynamic_bytes = request.dynamic_bytes;
    now.body = request.body;
    now.argument = request.argument;
    now.number = number++;
    Running running(now);
    try {
        run_blocks();
        device_check();
    } catch (...) {
        fiber_forget_all();
        throw;
    }
}

} // namespace emu
