/* launch.cpp - a grid: its limits, its blocks one after another, and what surrounds them. */
#include <algorithm>
#include <cstdio>
#include <memory>
#include "async_copy.h"
#include "emu/launch.h"
#include "children.h"
#include "clusters.h"
#include "cores.h"
#include "fiber.h"
#include "host_memory.h"
#include "launch.h"
#include "memory.h"
#include "residents.h"
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

/* What is wrong with the shape of a launch, and what would be legal; "" if it is. */
static std::string wrong_shape(const dim3 &g, const dim3 &b)
{
    char text[200] = "";
    double threads = (double)b.x * b.y * b.z; /* may be more than any integer holds */
    if (!(g.x && g.y && g.z))
        snprintf(text, sizeof text, "its grid is (%u,%u,%u); each extent must be at least 1", g.x, g.y, g.z);
    else if (!(b.x && b.y && b.z))
        snprintf(text, sizeof text, "its block is (%u,%u,%u); each extent must be at least 1", b.x, b.y, b.z);
    else if (g.x > 0x7fffffff || g.y > 65535 || g.z > 65535)
        snprintf(text, sizeof text,
                 "its grid is (%u,%u,%u); at most 2147483647 blocks are possible in x, 65535 in y and in z",
                 g.x, g.y, g.z);
    else if (threads > THREADS_MOST)
        snprintf(text, sizeof text, "its block has %.0f threads; at most %u are possible", threads,
                 THREADS_MOST);
    else if (b.z > 64)
        snprintf(text, sizeof text, "its block is (%u,%u,%u); at most 64 threads are possible in z", b.x, b.y,
                 b.z);
    return text;
}

/* "(gemm<64, 64>)" without its parentheses */
static std::string name_of(const Request &request)
{
    std::string name = request.name;
    return name[0] == '(' ? name.substr(1, name.size() - 2) : name;
}

/* How many blocks are resident at one time, by threads and shared memory. */
static size_t most_residents(const Request &request)
{
    const dim3 &size = request.block;
    const Function &function = function_at(request.function, (const void *)request.body);
    return residents_most((size_t)size.x * size.y * size.z, function.static_bytes + request.dynamic_bytes);
}

/* False after a finding: blocks of this cooperative launch would wait for blocks that cannot start. */
static bool all_resident(const Request &request, const std::string &name)
{
    const dim3 &g = request.grid;
    size_t blocks = (size_t)g.x * g.y * g.z, most = most_residents(request);
    if (!request.cooperative || blocks <= most) return true;
    refuse(
        cudaErrorCooperativeLaunchTooLarge, request.where,
        "%s does not run: a cooperative launch of %zu blocks; %zu of this size are resident at one time, as "
        "cudaOccupancyMaxActiveBlocksPerMultiprocessor times the number of multiprocessors says",
        name.c_str(), blocks, most);
    return false;
}

/* The cluster's extent, by the launch or by __cluster_dims__; zeros: there is none. */
static dim3 extent_of_clusters(const Request &request)
{
    return request.cluster.x ? request.cluster : cluster_of_kernel(request, name_of(request));
}

/* False after a finding: what the launch says of its clusters cannot be. */
static bool clusters_fit(const Request &request, const Function &function, const std::string &name)
{
    dim3 fixed = cluster_of_kernel(request, name_of(request)), cluster = extent_of_clusters(request);
    bool other = fixed.x && memcmp(&fixed, &cluster, sizeof fixed);
    if (cluster_size(cluster) == 0) return true;
    std::string wrong = wrong_cluster(request.grid, cluster, function.large_clusters);
    if (wrong.empty() && other) wrong = "the launch gives it other clusters than its __cluster_dims__";
    if (wrong.empty() && most_residents(request) < cluster_size(cluster))
        wrong = "a cluster of blocks of this size does not fit into the emulator";
    if (wrong.empty()) return true;
    refuse(cudaErrorInvalidClusterSize, request.where, "%s does not run: %s", name.c_str(), wrong.c_str());
    return false;
}

/* False after a finding: no GPU runs this. */
static bool within_limits(const Request &request, const Function &function)
{
    std::string wrong = wrong_shape(request.grid, request.block);
    std::string name = function.name.empty() ? name_of(request) : function.name;
    if (!wrong.empty()) {
        refuse(cudaErrorInvalidConfiguration, request.where, "%s does not run: %s", name.c_str(),
               wrong.c_str());
        return false;
    }
    if (!clusters_fit(request, function, name)) return false;
    if (request.dynamic_bytes <= function.dynamic_limit) return all_resident(request, name);
    size_t most = SHARED_MOST - function.static_bytes;
    if (request.dynamic_bytes > most)
        refuse(
            cudaErrorInvalidValue, request.where,
            "%s does not run: the launch gives it %zu bytes of dynamic shared memory, beside %zu of static; at "
            "most %zu are possible",
            name.c_str(), request.dynamic_bytes, function.static_bytes, most);
    else
        refuse(
            cudaErrorInvalidValue, request.where,
            "%s does not run: the launch gives it %zu bytes of dynamic shared memory, beside %zu of static, and "
            "%zu are allowed; cudaFuncSetAttribute(%s, cudaFuncAttributeMaxDynamicSharedMemorySize, %zu) "
            "allows more, up to %zu",
            name.c_str(), request.dynamic_bytes, function.static_bytes, function.dynamic_limit, name.c_str(),
            request.dynamic_bytes, most);
    return false;
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

static void start_block(size_t linear)
{
    dim3 grid = kernel->grid;
    if (block.threads.empty()) make_threads(kernel->block); /* the one before has left with its own */
    block.linear = linear;
    block.index = { (unsigned)(linear % grid.x), (unsigned)(linear / grid.x % grid.y),
                    (unsigned)(linear / grid.x / grid.y) };
    writable_blockIdx = block.index;
    shared_poison();
    async_start_block();
    tell(&Hooks::block_begin);
}

static void end_block()
{
    shared_check();
    tell(&Hooks::block_end);
}

/* In a copy of the process. */
static void run_apart(size_t linear)
{
    start_block(linear);
    if (run_block() != Left::finished) copy_gives_up();
    throw_failure();
    end_block();
}

static void run_blocks(const Request &request)
{
    Left left = Left::finished;
    bool together = request.cooperative || kernel->clustered;
    size_t count = (size_t)kernel->grid.x * kernel->grid.y * kernel->grid.z;
    std::vector<size_t> shuffled;
    if (options.order == Order::random) {
        for (size_t i = 0; i < count; i++) shuffled.push_back(i);
        for (size_t i = count - 1; i > 0; i--)
            std::swap(shuffled[i], shuffled[random_below((unsigned)i + 1)]);
    }
    auto number = [&](size_t i) {
        return !shuffled.empty() ? shuffled[i] : options.order == Order::reverse ? count - 1 - i : i;
    };
    size_t i = 0;
    cores_begin(count);
    for (; i < count && !together; i++) {
        if (cores_run(i, run_apart)) break;
        start_block(number(i));
        left = run_block();
        throw_failure();
        together = left != Left::finished;
        if (!together) end_block();
    }
    cores_end();
    if (!together) return;
    Blocks rest = { {}, start_block, end_block, most_residents(request) };
    if (kernel->clustered) {
        rest.fresh = clusters_in_order();
        rest.most -= rest.most % cluster_size(kernel->cluster);
    } else {
        for (; i < count; i++) rest.fresh.push_back(number(i));
    }
    run_residents(rest, left);
}

/* ---- a kernel ---- */

struct Running {
    explicit Running(const Kernel &now)
    {
        kernel = &now;
        writable_gridDim = now.grid;
        writable_blockDim = now.block;
        shared_begin((const void *)now.body, now.dynamic_bytes);
        make_threads(now.block);
        residents_begin();
        device_open();
        faults_begin();
        forget_block_atomics();
        telling = 0; /* a failure may have left a subscriber for good */
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

static unsigned long launched;

unsigned long kernels_run()
{
    return launched;
}

void count_library_kernel()
{
    launched++;
}

static void run_kernel(const Request &request)
{
    const Function &function = function_at(request.function, (const void *)request.body);
    Kernel now = {};
    now.name = function.name.empty() ? name_of(request) : function.name; /* the launch may say "kernel" */
    now.launch = request.where;
    now.grid = request.grid;
    now.block = request.block;
    now.dynamic_bytes = request.dynamic_bytes;
    now.body = request.body;
    now.code = request.function;
    now.static_bytes = function.static_bytes;
    now.argument = request.argument;
    now.argument_bytes = request.argument_bytes;
    now.pointers = request.pointers;
    now.cooperative = request.cooperative;
    now.cluster = extent_of_clusters(request);
    now.clustered = cluster_size(now.cluster) > 0;
    now.number = launched++;
    try {
        Running running(now);
        run_blocks(request);
        device_check();
    } catch (...) {
        fiber_forget_all();
        children_forget();
        throw;
    }
    children_run();
}

/* What stops a kernel and lets the host go on (report.cpp): its calls fail from now on. */
static void run_to_end(const Request &request)
{
    try {
        run_kernel(request);
    } catch (const Failure &failure) {
        if (options.throws || failure.kind != "assert") throw;
        fail_for_good(cudaErrorAssert);
    }
}

/* ---- a launch ---- */

/* A child's block and its threads have memory of their own, and the parent's may be gone. */
static void check_child_parameter(const Request &request, const void *pointer)
{
    bool local = stack_at(pointer) != Stack::none;
    if (!local && space_of(pointer) != Space::shared) return;
    report_at(
        "child", request.where,
        "%s, which this kernel launches, gets a pointer to %s: the memory of another kernel's %s, which "
        "it cannot use; it needs global memory, or the value itself",
        name_of(request).c_str(), local ? "a local variable" : describe(pointer).c_str(),
        local ? "thread" : "block");
}

void note_parameter(Request &request, const void *parameter, size_t bytes, PointerUse use)
{
    for (size_t at = 0; at + sizeof(void *) <= bytes; at += sizeof(void *)) {
        const void *pointer;
        Claim claim;
        memcpy(&pointer, (const char *)parameter + at, sizeof pointer);
        if (current) check_child_parameter(request, pointer);
        bool claimable = device_claimable(pointer, &claim),
             of_host = listening() && !in_device_arena(pointer) && pointer;
        if (!claimable && !of_host) continue;
        if (!request.pointers) request.pointers = new Pointers;
        claim.writes = use == PointerUse::writes;
        if (claimable && use == PointerUse::with_host)
            request.pointers->with_host.push_back((const char *)claim.start + claim.bytes);
        else if (claimable)
            request.pointers->claims.push_back(claim);
        if (of_host) request.pointers->of_host.push_back(pointer);
    }
}

/* The request's own memory goes with the last copy of this. */
static std::shared_ptr<const Request> owned(const Request &request)
{
    return { new Request(request), [](const Request *r) {
                r->release(r->argument);
                delete r->pointers;
                delete r;
            } };
}

/* What a volatile pointer shares with the host other pointers to the same array do not claim. */
static void claim_pointers(Operation &operation, const Pointers &pointers)
{
    operation.with_host = !pointers.with_host.empty();
    for (const Claim &claim : pointers.claims) {
        const char *end = (const char *)claim.start + claim.bytes;
        if (std::find(pointers.with_host.begin(), pointers.with_host.end(), end) == pointers.with_host.end())
            operation.claims.push_back(claim);
    }
}

void launch(const Request &given)
{
    Guard guard;
    std::shared_ptr<const Request> request = owned(given);
    const Function &function = function_at(request->function, (const void *)request->body);
    check_static_bytes(*request, function);
    std::string name = function.name.empty() ? name_of(*request) : function.name;
    if (stream_check_device(("the launch of " + name).c_str(), request->stream, request->where)) return;
    if (!within_limits(*request, function)) return;
    if (current) {
        child_launch(request->stream, [request] { run_kernel(*request); });
        return;
    }
    Operation operation = { "kernel " + name, request->where, [request] { run_to_end(*request); }, {}, true };
    if (request->pointers) claim_pointers(operation, *request->pointers);
    Ticket ticket = stream_submit(request->stream, std::move(operation));
    if (request->at_once) stream_wait(ticket);
}

} // namespace emu
