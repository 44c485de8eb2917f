/* emu_ptx_memory.cu - inline PTX that touches memory or other threads: loads and stores with every
 * hint, atomics, cp.async, barriers, shuffles, special registers; and what is refused, with its words. */
#include <cuda_fp16.h>
#include <emu/testing.h>
#include "emu_test.h"

typedef unsigned long long u64;

/* ---- loads and stores ---- */

__global__ void load_and_store(const float *x, float *y)
{
    __shared__ alignas(16) float s[32][4];
    const unsigned t = threadIdx.x, at = (unsigned)__cvta_generic_to_shared(&s[t][0]);
    float a, b, c, d;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(a), "=f"(b), "=f"(c), "=f"(d)
                 : "l"(x + 4 * t));
    asm volatile("st.shared.v2.f32 [%0], {%1, %2};\n\t"
                 "st.shared.f32 [%0+8], %3;\n\t"
                 "st.volatile.shared.f32 [%0 + 12], %4; // a comment" ::"r"(at),
                 "f"(b), "f"(a), "f"(d), "f"(c)
                 : "memory");
    asm volatile("bar.sync 0;" ::: "memory");
    u64 pair;
    unsigned char byte;
    asm volatile("ld.shared.b64 %0, [%1];" : "=l"(pair) : "r"((unsigned)__cvta_generic_to_shared(s[31 - t])));
    unsigned low, high, last;
    asm("mov.b64 {%0, %1}, %2;" : "=r"(low), "=r"(high) : "l"(pair));
    asm volatile("{ .reg .u64 p; cvta.to.global.u64 p, %1; ld.global.ca.u8 %0, [p + 3]; }"
                 : "=r"(last)
                 : "l"(x));
    byte = (unsigned char)last;
    asm volatile("st.global.cs.f32 [%0], %1;" ::"l"(&y[4 * t]), "f"(__uint_as_float(low)) : "memory");
    asm volatile("st.global.wt.b32 [%0+4], %1;" ::"l"(&y[4 * t]), "r"(high) : "memory");
    asm volatile("st.global.L1::no_allocate.v2.f32 [%0], {%1, %2};" ::"l"(&y[4 * t + 2]), "f"((float)byte),
                 "f"(s[t][3])
                 : "memory");
    asm volatile("prefetch.global.L2 [%0];" ::"l"(x + 1000000));
}

static void check_loads()
{
    std::vector<float> x;
    for (int i = 0; i < 128; i++) x.push_back((float)(i + 1));
    float *dx = to_device(x), *dy = to_device(std::vector<float>(128));
    load_and_store<<<1, 32>>>(dx, dy);
    const auto y = to_host(dy, 128);
    for (int t = 0; t < 32; t++)
        EXPECT(y[4 * t] == x[4 * (31 - t) + 1] && y[4 * t + 1] == x[4 * (31 - t)] && y[4 * t + 2] == 0x3f &&
                   y[4 * t + 3] == x[4 * t + 2],
               "lane %d loads %g %g %g %g", t, (double)y[4 * t], (double)y[4 * t + 1], (double)y[4 * t + 2],
               (double)y[4 * t + 3]);
    CUDA(cudaFree(dx));
    CUDA(cudaFree(dy));
}

/* ---- atomics: 64 threads, thread t brings t ---- */

enum {
    SUM,
    LEAST,
    MOST,
    BITS,
    ODD,
    LAST,
    CHANGED,
    WRAPPED,
    REAL,
    DOUBLE_REAL,
    SHARED_SUM,
    OLD_SUM,
    PAIR,
    RESULTS
};

__global__ void update(u64 *to)
{
    __shared__ unsigned shared;
    const unsigned t = threadIdx.x;
    unsigned old, expected = 5, wanted = 77;
    if (t == 0) shared = 0;
    __syncthreads();
    asm volatile("red.global.add.u64 [%0], %1;" ::"l"(&to[SUM]), "l"((u64)t) : "memory");
    asm volatile("red.relaxed.gpu.global.min.s32 [%0], %1;" ::"l"(&to[LEAST]), "r"((int)t - 10) : "memory");
    asm volatile("red.global.max.u32 [%0], %1;" ::"l"(&to[MOST]), "r"(t) : "memory");
    asm volatile("red.global.or.b32 [%0], %1;" ::"l"(&to[BITS]), "r"(1u << t % 8) : "memory");
    asm volatile("red.global.xor.b32 [%0], %1;" ::"l"(&to[ODD]), "r"(t) : "memory");
    asm volatile("atom.global.exch.b32 %0, [%1], %2;" : "=r"(old) : "l"(&to[LAST]), "r"(t + 1) : "memory");
    asm volatile("atom.global.cas.b32 %0, [%1], %2, %3;"
                 : "=r"(old)
                 : "l"(&to[CHANGED]), "r"(expected), "r"(wanted)
                 : "memory");
    asm volatile("atom.global.inc.u32 %0, [%1], 9;" : "=r"(old) : "l"(&to[WRAPPED]) : "memory");
    asm volatile("red.global.add.f32 [%0], %1;" ::"l"(&to[REAL]), "f"(0.5f * (float)t) : "memory");
    asm volatile("red.global.add.f64 [%0], %1;" ::"l"(&to[DOUBLE_REAL]), "d"((double)t) : "memory");
    asm volatile("red.global.add.noftz.f16x2 [%0], %1;" ::"l"(&to[PAIR]), "r"(0x40003c00) : "memory");
    asm volatile("atom.shared.add.u32 %0, [%1], %2;"
                 : "=r"(old)
                 : "r"((unsigned)__cvta_generic_to_shared(&shared)), "r"(1)
                 : "memory");
    asm volatile("red.global.add.u64 [%0], %1;" ::"l"(&to[OLD_SUM]), "l"((u64)old) : "memory");
    __syncthreads();
    if (t == 0) to[SHARED_SUM] = shared;
}

static void check_atomics()
{
    std::vector<u64> start(RESULTS, 0);
    start[CHANGED] = 5;
    u64 *to = to_device(start);
    update<<<1, 64>>>(to);
    const auto got = to_host(to, RESULTS);
    const u64 want[RESULTS] = {
        2016, (unsigned)-10, 63, 255, 0, 0, 77, 4, __float_as_uint(1008), (u64)__double_as_longlong(2016), 64,
        2016, 0x58005400
    };
    for (int i = 0; i < RESULTS; i++)
        EXPECT(i == LAST ? got[i] >= 1 && got[i] <= 64 : got[i] == want[i], "atomic %d: %llx, not %llx", i,
               got[i], want[i]);
    CUDA(cudaFree(to));
}

/* ---- cp.async ---- */

__global__ void copies(const float *x, float *y)
{
    __shared__ alignas(16) float s[4][32][4];
    const int t = threadIdx.x;
    const unsigned to = (unsigned)__cvta_generic_to_shared(&s[0][t][0]);
    for (int i = 0; i < 16; i++) s[i / 4][t][i % 4] = -1;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(to), "l"(x + 4 * t) : "memory");
    asm volatile("cp.async.ca.shared.global.L2::64B [%0 + 512], [%1], 8, %2;" ::"r"(to), "l"(x + 4 * t),
                 "r"(t < 16 ? 8 : 0)
                 : "memory");
    asm volatile("cp.async.commit_group;");
    asm volatile("cp.async.cg.shared.global.L2::256B [%0], [%1], 16, %2;" ::"r"(to + 1024), "l"(x + 4 * t),
                 "r"(t % 2 * 4 + 8)
                 : "memory");
    asm volatile("cp.async.commit_group;");
    asm volatile("cp.async.wait_group 1;" ::: "memory");
    y[16 * t] = s[0][t][0], y[16 * t + 1] = s[0][t][1];
    for (int i = 0; i < 4; i++) y[16 * t + 4 + i] = s[1][t][i];
    asm volatile("cp.async.cg.shared.global [%0], [%1], %2;" ::"r"(to + 1536), "l"(x + 4 * t), "n"(16)
                 : "memory");
    asm volatile("cp.async.wait_all;" ::: "memory");
    for (int i = 0; i < 8; i++) y[16 * t + 8 + i] = s[2 + i / 4][t][i % 4];
}

static void check_copies()
{
    std::vector<float> x;
    for (int i = 0; i < 128; i++) x.push_back((float)(i + 1));
    float *dx = to_device(x), *dy = to_device(std::vector<float>(512));
    copies<<<1, 32>>>(dx, dy);
    const auto y = to_host(dy, 512);
    for (int t = 0; t < 32; t++) {
        const float *v = &x[4 * t], *g = &y[16 * t];
        EXPECT(g[0] == v[0] && g[1] == -1, "4 bytes, %d", t);
        EXPECT(g[4] == (t < 16 ? v[0] : 0) && g[5] == (t < 16 ? v[1] : 0) && g[6] == -1,
               "8 bytes or none, %d", t);
        EXPECT(g[8] == v[0] && g[9] == v[1] && g[10] == (t % 2 ? v[2] : 0) && g[11] == 0,
               "8 or 12 of 16 bytes, %d", t);
        for (int i = 0; i < 4; i++) EXPECT(g[12 + i] == v[i], "16 bytes, %d", t);
    }
    CUDA(cudaFree(dx));
    CUDA(cudaFree(dy));
}

/* ---- threads ---- */

/* Each against the function of CUDA C that does the same. */
__global__ void together(unsigned *wrong)
{
    const unsigned t = threadIdx.x, lane = t % 32, all = 0xffffffff, v = 3 * t + 1;
    unsigned r[8], p[2];
    asm volatile("shfl.sync.down.b32 %0, %1, 5, 0x1f, -1;" : "=r"(r[0]) : "r"(v));
    asm volatile("shfl.sync.up.b32 %0, %1, 3, 0x0, %2;" : "=r"(r[1]) : "r"(v), "r"(all));
    asm volatile("{ .reg .pred q; shfl.sync.bfly.b32 %0|q, %2, 4, 0x1f, 0xffffffff; selp.u32 %1, 1, 0, q; }"
                 : "=r"(r[2]), "=r"(p[0])
                 : "r"(v));
    asm volatile("shfl.sync.idx.b32 %0, %1, %2, 0x181f, -1;"
                 : "=r"(r[3])
                 : "r"(v), "r"(lane + 1)); /* of eight lanes */
    asm volatile("{ .reg .pred q; setp.lt.u32 q, %1, 7; vote.sync.ballot.b32 %0, q, -1; }"
                 : "=r"(r[4])
                 : "r"(lane));
    asm volatile(
        "{ .reg .pred q, a; setp.lt.u32 q, %1, 32; vote.sync.all.pred a, q, -1; selp.u32 %0, 1, 0, a; }"
        : "=r"(p[1])
        : "r"(lane));
    asm volatile("match.any.sync.b32 %0, %1, -1;" : "=r"(r[5]) : "r"(lane / 4));
    asm volatile("redux.sync.max.s32 %0, %1, -1;" : "=r"(r[6]) : "r"((int)lane - 40));
    asm volatile("activemask.b32 %0;" : "=r"(r[7]));
    unsigned bad = r[0] != __shfl_down_sync(all, v, 5) || r[1] != __shfl_up_sync(all, v, 3) ||
                   r[2] != __shfl_xor_sync(all, v, 4);
    bad |= (r[3] != __shfl_sync(all, v, (int)lane + 1, 8) || p[0] != 1 || p[1] != 1) << 1;
    bad |= (r[4] != 127 || r[5] != 0xfu << lane / 4 * 4 || (int)r[6] != -9 || r[7] != all) << 2;
    unsigned n[12], l, w, mask;
    asm volatile("mov.u32 %0, %%tid.x; mov.u32 %1, %tid.y; mov.u32 %2, %%tid.z;"
                 : "=r"(n[0]), "=r"(n[1]), "=r"(n[2]));
    asm volatile("mov.u32 %0, %%ntid.x; mov.u32 %1, %%ntid.y; mov.u32 %2, %%ntid.z;"
                 : "=r"(n[3]), "=r"(n[4]), "=r"(n[5]));
    asm volatile("mov.u32 %0, %%ctaid.x; mov.u32 %1, %%ctaid.y; mov.u32 %2, %%ctaid.z;"
                 : "=r"(n[6]), "=r"(n[7]), "=r"(n[8]));
    asm volatile("mov.u32 %0, %%nctaid.x; mov.u32 %1, %%nctaid.y; mov.u32 %2, %%nctaid.z;"
                 : "=r"(n[9]), "=r"(n[10]), "=r"(n[11]));
    asm volatile("mov.u32 %0, %%laneid;" : "=r"(l));
    asm volatile("mov.u32 %0, %%warpid;" : "=r"(w));
    asm volatile("mov.u32 %0, %%lanemask_lt;" : "=r"(mask));
    bad |=
        (n[0] != t || n[1] || n[2] || n[3] != 64 || n[4] != 1 || n[5] != 1 || n[6] != blockIdx.x || n[9] != 2)
        << 3;
    bad |= (l != lane || w != t / 32 || mask != (1u << lane) - 1) << 4;
    long long before, after;
    unsigned sm, sms;
    asm volatile("mov.u64 %0, %%clock64;" : "=l"(before));
    asm volatile("mov.u64 %0, %%globaltimer; mov.u32 %1, %%smid; mov.u32 %2, %%nsmid;"
                 : "=l"(after), "=r"(sm), "=r"(sms));
    bad |= (after <= before || sm >= sms) << 5;
    asm volatile("membar.gl; fence.acq_rel.gpu; nanosleep.u32 20;" ::: "memory");
    atomicOr(wrong, bad);
}

/* Barrier 1 of the first warp and the second: the second gives, the first takes. Barrier 2 back. */
__global__ void handed_over(int *y)
{
    __shared__ int s[32];
    const int lane = threadIdx.x % 32;
    for (int round = 0; round < 3; round++) {
        if (threadIdx.x >= 32) {
            s[lane] = 100 * round + lane;
            asm volatile("bar.arrive 1, 64;" ::: "memory");
            asm volatile("bar.sync 2, 64;" ::: "memory");
        } else {
            asm volatile("barrier.sync 1, 64;" ::: "memory");
            y[32 * round + lane] = s[31 - lane];
            asm volatile("bar.arrive 2, %0;" ::"r"(64) : "memory");
        }
    }
}

static void check_threads()
{
    unsigned *wrong = to_device(std::vector<unsigned>{ 0 });
    together<<<2, 64>>>(wrong);
    EXPECT(to_host(wrong, 1)[0] == 0, "threads: %x", to_host(wrong, 1)[0]);
    int *y = to_device(std::vector<int>(96));
    handed_over<<<1, 64>>>(y);
    const auto got = to_host(y, 96);
    for (int i = 0; i < 96; i++)
        EXPECT(got[i] == i / 32 * 100 + 31 - i % 32, "handed over %d: %d", i, got[i]);
    CUDA(cudaFree(wrong));
    CUDA(cudaFree(y));
}

/* ---- of the host: it stays what it is ---- */

static void check_host()
{
#if defined(__x86_64__)
    unsigned long x = 5, y = 0;
    asm volatile("movq %1, %0\n\tincq %0" : "=r"(y) : "r"(x) : "cc");
    asm volatile("" ::: "memory");
    EXPECT(y == 6, "x86's asm gives %lu", y);
#endif
}

/* ---- what is refused ---- */

#define REFUSED(name, ...)             \
    __global__ void name(unsigned *to) \
    {                                  \
        unsigned x = threadIdx.x;      \
        __VA_ARGS__;                   \
        to[threadIdx.x] = x;           \
    }
REFUSED(no_such_instruction, asm volatile("wgmma.fence.sync.aligned;"))
REFUSED(no_such_modifier, asm volatile("add.u32.sideways %0, %0, 1;" : "+r"(x)))
REFUSED(no_such_form, asm volatile("mma.sync.aligned.m16n8k64.row.col.f32.f16.f16.f32 {%0}, {%0}, {%0}, {%0};"
                                   : "+r"(x)))
REFUSED(no_such_register, asm volatile("mov.u32 %0, %%warp_size;" : "=r"(x)))
REFUSED(no_such_operand, asm volatile("add.u32 %0, %0, %2;" : "+r"(x) : "r"(1)))
REFUSED(no_semicolon, asm volatile("add.u32 %0, %0, 1\n add.u32 %0, %0, 2;" : "+r"(x)))
REFUSED(too_few, asm volatile("add.u32 %0, %0;" : "+r"(x)))
REFUSED(not_converted, asm volatile("ld.shared.u32 %0, [%1];" : "=r"(x) : "l"(to)))
REFUSED(wrong_space, __shared__ int s; asm volatile("ld.global.u32 %0, [%1];" : "=r"(x) : "l"(&s)))
REFUSED(misaligned, asm volatile("ld.global.v2.u32 {%0, %0}, [%1];" : "=r"(x) : "l"(to + 1)))
REFUSED(past_the_end, asm volatile("ld.global.u32 %0, [%1];" : "=r"(x) : "l"(to + (1 << 20))))
REFUSED(row_misaligned, __shared__ alignas(16) int s[64];
        asm volatile("ldmatrix.sync.aligned.x1.m8n8.shared.b16 {%0}, [%1];"
                     : "=r"(x)
                     : "r"((unsigned)__cvta_generic_to_shared(s) + 8)))
REFUSED(lane_missing, if (threadIdx.x != 7) asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %0;"
                                                         : "+r"(x)))
REFUSED(of_8_by_cg, __shared__ alignas(16) int s[4];
        asm volatile("cp.async.cg.shared.global [%0], [%1], 8;" ::"r"((unsigned)__cvta_generic_to_shared(s)),
                     "l"(to)))
REFUSED(odd_barrier, asm volatile("bar.sync 1, 40;"))

__global__ void past_shared(unsigned *)
{
    extern __shared__ int d[];
    asm volatile("st.shared.u32 [%0], 1;" ::"r"((unsigned)__cvta_generic_to_shared(d) + 4096) : "memory");
}

static const struct {
    void (*kernel)(unsigned *);
    const char *kind, *words;
} refused_ones[] = {
    { no_such_instruction, "ptx", "the instruction 'wgmma.fence.sync.aligned' is not interpreted" },
    { no_such_modifier, "ptx", "'.sideways' of 'add.u32.sideways'" },
    { no_such_form, "ptx", "this form of the instruction is not interpreted: 'mma.sync.aligned.m16n8k64" },
    { no_such_register, "ptx", "the register '%warp_size'" },
    { no_such_operand, "ptx", "there is no operand %2: the statement has 2" },
    { no_semicolon, "ptx", "'add.u32' does not end with ';'" },
    { too_few, "ptx", "'add.u32' has 2 operands" },
    { not_converted, "ptx", "a pointer becomes one by __cvta_generic_to_shared" },
    { wrong_space, "ptx", "the address is in shared memory" },
    { misaligned, "alignment", "ld.global.v2.u32: the address is not a multiple of 8 bytes" },
    { past_the_end, "bounds", "emu_ptx_memory.cu:" },
    { past_shared, "bounds", "byte 4096 of 64 bytes of dynamic shared memory" },
    { row_misaligned, "alignment",
      "ldmatrix.sync.aligned.x1.m8n8.shared.b16: the address is not a multiple of 16" },
    { lane_missing, "ptx", "needs all 32 lanes of the warp: lane 7 is not here" },
    { of_8_by_cg, "async", "cp.async.cg of 8 bytes; it copies 16" },
    { odd_barrier, "ptx", "a barrier of 40 threads: it must be a multiple of 32" },
};

static void check_refused()
{
    unsigned *to = to_device(std::vector<unsigned>(32));
    emu::options.throws = true;
    emu::options.streams = emu::Streams::early; /* a failure ends the statement that launches */
    for (const auto &r : refused_ones) {
        std::string said, kind;
        try {
            r.kernel<<<1, 32, 64>>>(to);
        } catch (const emu::Failure &failure) {
            said = failure.what, kind = failure.kind;
        }
        EXPECT(kind == r.kind && said.find(r.words) != std::string::npos &&
                   said.find("emu_ptx_memory.cu:") != std::string::npos,
               "'%s' must be %s; it is %s: %s", r.words, r.kind, kind.c_str(), said.c_str());
    }
    CUDA(cudaFree(to));
}

int main()
{
    check_loads();
    check_atomics();
    check_copies();
    check_threads();
    check_host();
    check_refused();
    return finish();
}
