/* product_threads.cu - rungs 00 and 01: one output is one thread, or one warp. Only the
 * order of the threads differs.
 *
 * A warp's 32 lanes load in one request; the memory system answers in sectors of 32 bytes. Lanes that read
 * neighbouring floats share sectors (4 a request); lanes that read 32 places far apart need 32, of which 7/8
 * of the bytes are not asked for. How many each rung needs is counted in the emulator
 * (tests/cuda_access.txt): numbers here are from there, for N = IN = OUT = 128.
 */
#include "dense_rungs.h"
#include "product.h"

enum { THREADS = 256 };

static unsigned blocks_of(size_t threads)
{
    return (unsigned)((threads - 1) / THREADS + 1);
}

/* ---- 00_naive: thread t computes element (t % M, t / M) of c, as a loop nest with m inside would. ----
 * Neighbouring lanes own neighbouring rows of c. They store a whole row apart from each other, 32 sectors for
 * 32 floats, and so they read an operand a that lies along k: forward and dx load 2.16 million sectors. Along
 * k, each multiply-add waits for two loads. Prediction: a hundredth of the machine. */

template <class P> __global__ void __launch_bounds__(THREADS) naive_kernel(P p)
{
    size_t t = (size_t)blockIdx.x * THREADS + threadIdx.x;
    if (t >= (size_t)p.M * p.N) return;
    int m = (int)(t % p.M), n = (int)(t / p.M);
    float sum = 0;
    for (int k = 0; k < p.K; k++) sum += *p.a.address(m, k) * *p.b.address(n, k);
    p.store(m, n, sum);
}

template <class P> static void naive(const P &p)
{
    naive_kernel<<<blocks_of((size_t)p.M * p.N), THREADS>>>(p);
}

DENSE_RUNG(naive, bias_gradient_naive)

/* ---- 01_coalesced: neighbouring lanes read and write neighbouring addresses. ----
 * Where b lies across k (dx, dw) it suffices to swap the indices: a warp has one m and 32 neighbouring n,
 * reads one float of a for all lanes and 32 neighbours of b. Where both operands lie along k (forward) no
 * order of the outputs helps; there a warp computes one output together, its lanes 32 neighbouring k, and
 * adds up at the end. Relieves the load units and the memory. Counted: dx loads 327,680 sectors instead of
 * 2.16 million, forward 540,672; dw loads as many as before, and the three store 2,048 (forward 16,384)
 * instead of 16,384. Prediction: 4 to 7 x, less for dw. */

template <class P> __global__ void __launch_bounds__(THREADS) lanes_along_n(P p)
{
    size_t t = (size_t)blockIdx.x * THREADS + threadIdx.x;
    if (t >= (size_t)p.M * p.N) return;
    int m = (int)(t / p.N), n = (int)(t % p.N);
    float sum = 0;
    for (int k = 0; k < p.K; k++) sum += *p.a.address(m, k) * *p.b.address(n, k);
    p.store(m, n, sum);
}

template <class P> __global__ void __launch_bounds__(THREADS) lanes_along_k(P p)
{
    size_t warp = ((size_t)blockIdx.x * THREADS + threadIdx.x) / 32;
    int lane = threadIdx.x % 32;
    if (warp >= (size_t)p.M * p.N) return; /* the whole warp */
    int m = (int)(warp / p.N), n = (int)(warp % p.N);
    float sum = 0;
    for (int k = lane; k < p.K; k += 32) sum += *p.a.address(m, k) * *p.b.address(n, k);
    for (int apart = 16; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, apart);
    if (lane == 0) p.store(m, n, sum);
}

template <class P> static void coalesced(const P &p)
{
    size_t outputs = (size_t)p.M * p.N;
    if constexpr (P::B_LAYOUT == ALONG_K)
        lanes_along_k<<<blocks_of(outputs * 32), THREADS>>>(p);
    else
        lanes_along_n<<<blocks_of(outputs), THREADS>>>(p);
}

DENSE_RUNG(coalesced, bias_gradient_naive)
