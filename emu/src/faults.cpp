/* faults.cpp - signals that kernels cause become failures in CUDA's terms.
 *
 * A handler can do little safely. So it lets the thread continue in land() instead of at the instruction that
 * faulted; there fail() can do as everywhere else.
 */
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>
#include "devices.h"
#include "fiber.h"
#include "host_memory.h"
#include "memory.h"
#include "schedule.h"

namespace emu
{

Where fault_where;
const void *checking_pc;
static const void *fault_address, *fault_pc;
static bool is_no_address; /* which one, the signal does not say */
static volatile sig_atomic_t timed_out;

/* What another device allocated, and this one may not use. */
[[noreturn]] static void beyond_reach(const std::string &line, const std::string &location)
{
    int here = device_at_work();
    std::string access =
        device_of_pool(fault_address)
            ? "cudaMemPoolSetAccess for it"
            : "cudaDeviceEnablePeerAccess(" + std::to_string(device_beyond_reach(fault_address)) + ", 0)";
    fail(
        "device", { nullptr, 0 },
        "illegal address at %s: %s, and the kernel, launched at %s, runs on device %d, which cannot reach it. "
        "If the array or the launch is on the wrong device, cudaSetDevice belongs before it; else device %d "
        "needs %s, or a copy by cudaMemcpyPeer",
        line.c_str(), location.c_str(), source_line(kernel->launch).c_str(), here, here, access.c_str());
}

[[noreturn]] static void land()
{
    std::string line = fault_where.file ? source_line(fault_where)
                       : checking_pc    ? source_line(checking_pc)
                                        : source_line((const char *)fault_pc + 1);
    fault_where = {}, checking_pc = nullptr;
    if (timed_out)
        fail("progress", { nullptr, 0 },
             "no progress: the thread has run for %u seconds without a barrier or an end, now at %s "
             "(CUEMU_TIMEOUT)",
             options.timeout, line.c_str());
    if (stack_at(fault_address) == Stack::overflow)
        fail("stack", { nullptr, 0 },
             "the thread needs more stack than it has, at %s: a GPU has 512 KB of local memory for it",
             line.c_str());
    std::string location =
        in_device_arena(fault_address) ? describe_device(fault_address) : describe_past_shared(fault_address);
    std::string claim = kernel ? "" : describe_claim(fault_address);
    if (!claim.empty())
        fail("host", { nullptr, 0 },
             "host code touches, at %s, %s, though nothing has waited for %s, which uses it; it needs "
             "cudaDeviceSynchronize, or a wait for the stream or an event",
             line.c_str(), location.c_str(), claim.c_str());
    if (!kernel)
        fail("host", { nullptr, 0 }, "host code touches device memory at %s: %s; it needs cudaMemcpy",
             line.c_str(), location.c_str());
    if (kernel && device_beyond_reach(fault_address) >= 0) beyond_reach(line, location);
    if (!location.empty())
        fail("bounds", { nullptr, 0 }, "illegal address at %s: %s", line.c_str(), location.c_str());
    if (is_no_address || !fault_address)
        fail("bounds", { nullptr, 0 }, "illegal address (%s) at %s",
             is_no_address ? "misaligned, or with more bits than addresses have" : "a null pointer",
             line.c_str());
    fail("bounds", { nullptr, 0 }, "illegal address %p at %s", fault_address, line.c_str());
}

static const void *pc_of(const ucontext_t *context)
{
#if defined(__x86_64__)
    return (const void *)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (const void *)context->uc_mcontext.pc;
#else
    return nullptr;
#endif
}

static void go_to_land(ucontext_t *context)
{
#if defined(__x86_64__)
    greg_t *registers = context->uc_mcontext.gregs;
    registers[REG_RSP] =
        ((registers[REG_RSP] - 256) & ~(greg_t)15) - 8; /* below the red zone, as after a call */
    registers[REG_RIP] = (greg_t)land;
#else
    (void)context;
    land();
#endif
}

/* Is the instruction an atomic update: has it a lock prefix, or is it an exchange with memory? */
static bool is_atomic_at(const void *pc)
{
#if defined(__x86_64__)
    const unsigned char *at = (const unsigned char *)pc;
    for (; *at == 0x66 || *at == 0xf2 || *at == 0xf3 || *at == 0xf0; at++)
        if (*at == 0xf0) return true;
    if (*at >= 0x40 && *at <= 0x4f) at++;
    return *at == 0x86 || *at == 0x87;
#else
    (void)pc;
    return false;
#endif
}

/* Does the host touch by an atomic what a pending kernel uses? It may, and tries once more. */
static bool may_try_again(const siginfo_t *info, const void *context)
{
    bool atomic = is_atomic_at(pc_of((const ucontext_t *)context));
    return !current && !kernel && atomic && device_share(info->si_addr);
}

#ifdef EMU_ASAN

/* ASan and UBSan say more about a mistake than we could, but not in which thread it is. */
static void name_thread()
{
    if (kernel) fprintf(stderr, "emu: in %s\n", acting().c_str());
}
extern "C" void __asan_on_error()
{
    name_thread();
}
extern "C" void __ubsan_on_report()
{
    name_thread();
}

static struct sigaction of_asan;

static void on_segv(int number, siginfo_t *info, void *context)
{
    if (may_try_again(info, context)) return;
    if (of_asan.sa_flags & SA_SIGINFO)
        of_asan.sa_sigaction(number, info, context);
    else
        signal(number, SIG_DFL);
}

#else

/* A stack that has overflowed cannot hold land(): it continues at the top of the same stack. */
static void make_room(ucontext_t *context)
{
#if defined(__x86_64__)
    if (stack_at(fault_address) == Stack::overflow)
        context->uc_mcontext.gregs[REG_RSP] = (greg_t)stack_top(fault_address);
#else
    (void)context;
#endif
}

static void on_segv(int, siginfo_t *info, void *context)
{
    if (may_try_again(info, context)) return;
    fault_address = info->si_addr;
    is_no_address = info->si_code == SI_KERNEL;
    fault_pc = pc_of((ucontext_t *)context);
    if (current) {
        make_room((ucontext_t *)context);
        go_to_land((ucontext_t *)context);
    } else if (!kernel && in_device_arena(fault_address)) {
        go_to_land((ucontext_t *)context);
    } else {
        signal(SIGSEGV, SIG_DFL); /* not ours: returning repeats the fault */
        signal(SIGBUS, SIG_DFL);
    }
}

#endif

static void on_tick(int, siginfo_t *, void *context)
{
    static unsigned long seen;
    static unsigned ticks;
    if (!current) return;
    if (seen != turns) ticks = 0;
    seen = turns;
    if (++ticks <= options.timeout || timed_out) return;
    timed_out = 1;
    fault_pc = pc_of((ucontext_t *)context);
    go_to_land((ucontext_t *)context);
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigaction(number, &action, nullptr);
}

void faults_install()
{
    static bool installed = false;
    if (installed) return;
    installed = true;
    static char stack[64 << 10];
    stack_t alternate = {};
    alternate.ss_sp = stack;
    alternate.ss_size = sizeof stack;
    sigaltstack(&alternate, nullptr);
#ifdef EMU_ASAN
    sigaction(SIGSEGV, nullptr, &of_asan);
    handle(SIGSEGV, on_segv);
#else
    handle(SIGSEGV, on_segv);
    handle(SIGBUS, on_segv);
#endif
    handle(SIGVTALRM, on_tick);
}

static void set_timer(long seconds)
{
    itimerval every = { { seconds, 0 }, { seconds, 0 } };
    setitimer(ITIMER_VIRTUAL, &every, nullptr);
}

void faults_begin()
{
    faults_install();
    timed_out = 0;
    if (options.timeout) set_timer(1);
}

void faults_end()
{
    if (options.timeout) set_timer(0);
}

} // namespace emu
