/* emu_atomics.cu - atomic functions in all types and scopes, and the bit and conversion intrinsics. */
#include <cmath>
#include "emu_test.h"

template <class T> __global__ void sums(T *sum)
{
    atomicAdd(&sum[0], (T)1);
    atomicAdd_system(&sum[1], (T)2);
    atomicAdd_block(&sum[2 + blockIdx.x], (T)(threadIdx.x % 5));
}

template <class T> static void check_sums(const char *type)
{
    T *device = to_device(std::vector<T>(6, (T)0));
    sums<T><<<4, 100>>>(device);
    std::vector<T> sum = to_host(device, 6);
    EXPECT(sum[0] == 400 && sum[1] == 800, "atomicAdd of %s", type);
    for (int block = 0; block < 4; block++) EXPECT(sum[2 + block] == 200, "atomicAdd_block of %s", type);
    CUDA(cudaFree(device));
}

template <class T> __global__ void extremes(T *x)
{
    T mine = (T)(threadIdx.x * 37 % 101);
    atomicMin(&x[0], mine);
    atomicMax(&x[1], mine);
    atomicMax(&x[2], (T)0);
}

template <class T> static void check_extremes(const char *type)
{
    T *device = to_device(std::vector<T>{ 50, 50, (T)-1 });
    extremes<T><<<1, 101>>>(device);
    std::vector<T> x = to_host(device, 3);
    EXPECT(x[0] == 0 && x[1] == 100 && x[2] == ((T)-1 < (T)0 ? (T)0 : (T)-1), "atomicMin and atomicMax of %s",
           type);
    CUDA(cudaFree(device));
}

template <class T> __global__ void bits(T *x)
{
    atomicOr(&x[0], (T)1 << threadIdx.x % 31);
    atomicAnd(&x[1], ~((T)1 << threadIdx.x % 31));
    atomicXor(&x[2], (T)1 << threadIdx.x % 31);
}

template <class T> static void check_bits(const char *type)
{
    T *device = to_device(std::vector<T>{ 0, (T)0x7fffffff, 0 });
    bits<T><<<1, 31 * 3>>>(device);
    std::vector<T> x = to_host(device, 3);
    EXPECT(x[0] == 0x7fffffff && x[1] == 0 && x[2] == 0x7fffffff, "atomicOr, And, Xor of %s", type);
    CUDA(cudaFree(device));
}

__global__ void counters(unsigned *x)
{
    atomicInc(&x[0], 9);
    atomicDec(&x[1], 9);
    atomicSub(&x[2], 3u);
    unsigned before = atomicExch(&x[3], threadIdx.x);
    if (before != 1000) atomicAdd(&x[4], before);
}

static void check_counters()
{
    unsigned *device = to_device(std::vector<unsigned>{ 0, 0, 1000, 1000, 0 });
    counters<<<1, 25>>>(device);
    std::vector<unsigned> x = to_host(device, 5);
    EXPECT(x[0] == 5 && x[1] == 5, "atomicInc to %u, atomicDec to %u", x[0], x[1]);
    EXPECT(x[2] == 925 && x[3] + x[4] == 300, "atomicSub to %u, atomicExch lost something", x[2]);
    CUDA(cudaFree(device));
}

/* A lock that every thread takes once; and the double atomicAdd that old GPUs lack, by compare and swap. */
__global__ void locks(int *lock, int *count, unsigned long long *sum)
{
    while (atomicCAS(lock, 0, 1) != 0) {
    }
    int seen = *(volatile int *)count;
    __threadfence();
    *(volatile int *)count = seen + 1;
    __threadfence();
    atomicExch(lock, 0);
    unsigned long long old = *(volatile unsigned long long *)sum, assumed;
    do {
        assumed = old;
        old = atomicCAS(sum, assumed, __double_as_longlong(0.5 + __longlong_as_double(assumed)));
    } while (assumed != old);
}

static void check_locks()
{
    int *lock = to_device(std::vector<int>{ 0 }), *count = to_device(std::vector<int>{ 0 });
    unsigned long long *sum = to_device(std::vector<unsigned long long>{ 0 });
    locks<<<3, 64>>>(lock, count, sum);
    EXPECT(to_host(count, 1)[0] == 192, "a lock let two threads in");
    EXPECT(__longlong_as_double(to_host(sum, 1)[0]) == 96, "compare and swap lost an addition");
    CUDA(cudaFree(lock));
    CUDA(cudaFree(count));
    CUDA(cudaFree(sum));
}

static void check_integers()
{
    EXPECT(__popc(0xf0f0u) == 8 && __popcll(~0ull) == 64 && __ffs(0) == 0 && __ffs(8) == 4, "popc, ffs");
    EXPECT(__clz(0) == 32 && __clz(1) == 31 && __clz(-1) == 0 && __clzll(1) == 63, "clz");
    EXPECT(__brev(1) == 0x80000000u && __brev(0x12345678u) == 0x1e6a2c48u && __brevll(2) == 1ull << 62,
           "brev");
    EXPECT(__umulhi(0x80000000u, 6) == 3 && __mulhi(-1, 1) == -1, "mulhi");
    EXPECT(__umul64hi(1ull << 63, 4) == 2 && __mul24(-3, 5) == -15 && __umul24(0x1000003, 2) == 6, "mul24");
    EXPECT(__byte_perm(0x33221100, 0x77665544, 0x7531) == 0x77553311, "byte_perm");
    EXPECT(__byte_perm(0x00008000, 0, 0x9999) == 0xffffffff, "byte_perm with signs");
    EXPECT(__funnelshift_l(0x80000000u, 1, 1) == 3 && __funnelshift_r(1, 3, 1) == 0x80000000u, "funnelshift");
    EXPECT(__dp4a(0x01020304, 0x01010101, 5) == 15 && __dp4a((int)0xff000000, 2 << 24, 0) == -2, "dp4a");
    EXPECT(__sad(-3, 4, 1u) == 8 && __hadd(-3, -4) == -4 && __rhadd(3, 4) == 4, "sad, hadd");
    EXPECT(min(3, 4u) == 3 && max(-1, 2) == 2 && min(1.5f, 2) == 1.5f && max(NAN, 1.0f) == 1.0f, "min, max");
}

static void check_conversions()
{
    EXPECT(__float2int_rn(2.5f) == 2 && __float2int_rn(3.5f) == 4 && __float2int_rz(-2.9f) == -2,
           "float2int");
    EXPECT(__float2int_rd(-2.1f) == -3 && __float2int_ru(2.1f) == 3, "float2int down and up");
    EXPECT(__float2int_rn(NAN) == 0 && __float2int_rn(1e20f) == INT_MAX && __float2int_rn(-1e20f) == INT_MIN,
           "float2int saturates");
    EXPECT(__float2uint_rn(-1.0f) == 0 && __double2ll_rn(1e300) == LLONG_MAX, "negative, huge");
    EXPECT(__float_as_int(1.0f) == 0x3f800000 && __int_as_float(0x40000000) == 2.0f, "bits of a float");
    EXPECT(__hiloint2double(0x3ff00000, 0) == 1.0 && __double2hiint(1.0) == 0x3ff00000, "halves of a double");
    EXPECT(__saturatef(NAN) == 0 && __saturatef(2) == 1 && __saturatef(0.25f) == 0.25f, "saturate");
    EXPECT(std::fabs(__expf(1) - 2.7182818f) < 1e-6f && rsqrtf(4) == 0.5f && __fdividef(1, 4) == 0.25f,
           "fast maths");
    EXPECT(std::fabs(sinpif(0.5f) - 1) < 1e-6f && std::fabs(normcdff(0) - 0.5f) < 1e-6f, "sinpi, normcdf");
}

int main()
{
    check_sums<int>("int");
    check_sums<unsigned>("unsigned");
    check_sums<unsigned long long>("unsigned long long");
    check_sums<float>("float");
    check_sums<double>("double");
    check_extremes<int>("int");
    check_extremes<unsigned>("unsigned");
    check_extremes<long long>("long long");
    check_extremes<unsigned long long>("unsigned long long");
    check_bits<int>("int");
    check_bits<unsigned>("unsigned");
    check_bits<unsigned long long>("unsigned long long");
    check_counters();
    check_locks();
    check_integers();
    check_conversions();
    return finish();
}
