/* emu_ptx_matrix.cu - ldmatrix, stmatrix, movmatrix and mma by PTX: which lane holds which element, by
 * the formulas of NVIDIA's PTX ISA (9.7.14, "Matrix Fragments"), written here case by case, and
 * products against sums in double. */
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>
#include "emu_test.h"

/* ---- moving matrices ---- */

enum { LD1, LD2, LD4, LD1T, LD2T, LD4T };

/* Four matrices of 8 x 8, whose elements are 64 k + 8 row + column. Rows are 24 bytes apart in no order
 * but the address's: lane i names row i % 8 of matrix i / 8. */
__global__ void load(int how, unsigned *to)
{
    __shared__ alignas(16) unsigned short matrix[4][8][24];
    const int lane = threadIdx.x;
    for (int i = lane; i < 256; i += 32) matrix[i / 64][i / 8 % 8][i % 8] = (unsigned short)i;
    __syncthreads();
    const unsigned at = (unsigned)__cvta_generic_to_shared(&matrix[lane / 8][lane % 8][0]);
    unsigned r[4] = {};
    if (how == LD1)
        asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(at));
    if (how == LD2)
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                     : "=r"(r[0]), "=r"(r[1])
                     : "r"(at));
    if (how == LD4)
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                     : "r"(at));
    if (how == LD1T)
        asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(at));
    if (how == LD2T)
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared::cta.b16 {%0, %1}, [%2];"
                     : "=r"(r[0]), "=r"(r[1])
                     : "r"(at));
    if (how == LD4T)
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4 + 0];"
                     : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                     : "r"(at));
    for (int k = 0; k < 4; k++) to[4 * lane + k] = r[k];
}

static void check_load(int how)
{
    unsigned *to = to_device(std::vector<unsigned>(128));
    load<<<1, 32>>>(how, to);
    const std::vector<unsigned> got = to_host(to, 128);
    const int count = 1 << how % 3;
    int wrong = 0;
    for (int lane = 0; lane < 32; lane++)
        for (int k = 0; k < 4; k++) {
            /* row lane / 4, the two elements from 2 (lane % 4) on; transposed: the column */
            const int first =
                64 * k + (how < LD1T ? 8 * (lane / 4) + 2 * (lane % 4) : 8 * (2 * (lane % 4)) + lane / 4);
            const int second = first + (how < LD1T ? 1 : 8);
            wrong += got[4 * lane + k] != (k < count ? (unsigned)(first | second << 16) : 0);
        }
    EXPECT(!wrong, "ldmatrix %d: %d wrong", how, wrong);
    CUDA(cudaFree(to));
}

__global__ void store(unsigned short *to, bool transposed)
{
    __shared__ alignas(16) unsigned short matrix[2][8][8];
    const unsigned lane = threadIdx.x, low = 2 * lane | (2 * lane + 1) << 16, high = low + 64 + (64 << 16);
    const unsigned at = (unsigned)__cvta_generic_to_shared(&matrix[lane / 8 % 2][lane % 8][0]);
    if (transposed)
        asm volatile("stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%0], {%1, %2};" ::"r"(at), "r"(low),
                     "r"(high)
                     : "memory");
    else
        asm volatile("stmatrix.sync.aligned.m8n8.x2.shared.b16 [%0], {%1, %2};" ::"r"(at), "r"(low), "r"(high)
                     : "memory");
    __syncthreads();
    for (int i = (int)lane; i < 128; i += 32) to[i] = (&matrix[0][0][0])[i];
}

__global__ void transpose(unsigned *to)
{
    const unsigned lane = threadIdx.x, in = 2 * lane | (2 * lane + 1) << 16;
    asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(to[lane]) : "r"(in));
}

static void check_store()
{
    for (bool transposed : { false, true }) {
        unsigned short *to = to_device(std::vector<unsigned short>(128));
        store<<<1, 32>>>(to, transposed);
        const auto got = to_host(to, 128);
        int wrong = 0;
        for (int i = 0; i < 128; i++) {
            const int row = i / 8 % 8, column = i % 8;
            wrong += got[i] != i / 64 * 64 + (transposed ? 8 * column + row : 8 * row + column);
        }
        EXPECT(!wrong, "stmatrix, transposed %d: %d wrong", transposed, wrong);
        CUDA(cudaFree(to));
    }
    unsigned *to = to_device(std::vector<unsigned>(32));
    transpose<<<1, 32>>>(to);
    const auto got = to_host(to, 32);
    for (unsigned lane = 0; lane < 32; lane++) {
        const unsigned first = 8 * (2 * (lane % 4)) + lane / 4;
        EXPECT(got[lane] == (first | (first + 8) << 16), "movmatrix, lane %u: %08x", lane, got[lane]);
    }
    CUDA(cudaFree(to));
}

/* ---- products: how each fragment is laid out ---- */

struct Place {
    int row, column;
};
struct Shape {
    const char *name;
    int m, k, a, b, c; /* elements of a lane */
    Place (*of_a)(int g, int t, int i), (*of_b)(int g, int t, int i), (*of_c)(int g, int t, int i);
};

static Place c_16(int g, int t, int i)
{
    return { i < 2 ? g : g + 8, 2 * t + (i & 1) };
}
static Place c_8(int g, int t, int i)
{
    return { g, 2 * t + i };
}
/* halves, k = 16: row g for a0 a1 a4 a5, column + 8 from a4 on */
static Place a_half_16(int g, int t, int i)
{
    return { i == 0 || i == 1 || i == 4 || i == 5 ? g : g + 8,
             i < 4 ? 2 * t + (i & 1) : 2 * t + (i & 1) + 8 };
}
static Place b_half_16(int g, int t, int i)
{
    return { i < 2 ? 2 * t + (i & 1) : 2 * t + (i & 1) + 8, g };
}
static Place a_half_8(int g, int t, int i)
{
    return { i < 2 ? g : g + 8, 2 * t + (i & 1) };
}
static Place b_half_8(int g, int t, int i)
{
    return { 2 * t + i, g };
}
static Place a_tf32_8(int g, int t, int i)
{
    return { i == 0 || i == 2 ? g : g + 8, i < 2 ? t : t + 4 };
}
static Place b_tf32_8(int g, int t, int i)
{
    return { i == 0 ? t : t + 4, g };
}
static Place a_tf32_4(int g, int t, int i)
{
    return { i == 0 ? g : g + 8, t };
}
static Place b_4(int g, int t, int)
{
    return { t, g };
}
static Place a_byte_32(int g, int t, int i)
{
    return { i < 4 || (i >= 8 && i < 12) ? g : g + 8, i < 8 ? 4 * t + (i & 3) : 4 * t + (i & 3) + 16 };
}
static Place b_byte_32(int g, int t, int i)
{
    return { i < 4 ? 4 * t + (i & 3) : 4 * t + (i & 3) + 16, g };
}
static Place a_byte_16(int g, int t, int i)
{
    return { i < 4 ? g : g + 8, 4 * t + (i & 3) };
}
static Place b_byte_16(int g, int t, int i)
{
    return { 4 * t + i, g };
}
static Place a_double_4(int g, int t, int)
{
    return { g, t };
}
static Place a_byte_8x16(int g, int t, int i)
{
    return { g, 4 * t + i };
}

/* ---- products ---- */

/* A lane's fragments, in memory; registers are read from there. */
struct Fragments {
    unsigned a[4], b[2], c[4], d[4];
    double a64, b64, c64[2], d64[2];
};

enum {
    HALF_16,
    HALF_8,
    HALF_TO_HALF_16,
    HALF_TO_HALF_8,
    BFLOAT_16,
    BFLOAT_8,
    TF32_8,
    TF32_4,
    S8_32,
    S8_16,
    U8_S8_32,
    S8_8X16,
    E4M3,
    E5M2,
    DOUBLE,
    KINDS
};

__device__ void multiply_float(int kind, Fragments &x)
{
    const unsigned *a = x.a, *b = x.b;
    float d[4], c[4];
    memcpy(c, x.c, sizeof c);
#define WIDE(TEXT)                                                                                         \
    asm volatile(TEXT " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"               \
                 : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])                                          \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), "f"(c[1]), \
                   "f"(c[2]), "f"(c[3]))
#define NARROW(TEXT)                                                          \
    asm volatile(TEXT " {%0, %1, %2, %3}, {%4, %5}, {%6}, {%7, %8, %9, %10};" \
                 : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])             \
                 : "r"(a[0]), "r"(a[1]), "r"(b[0]), "f"(c[0]), "f"(c[1]), "f"(c[2]), "f"(c[3]))
    switch (kind) {
    case HALF_16: WIDE("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"); break;
    case HALF_8: NARROW("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32"); break;
    case BFLOAT_16: WIDE("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"); break;
    case BFLOAT_8: NARROW("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32"); break;
    case TF32_8: WIDE("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"); break;
    case TF32_4: NARROW("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32"); break;
    case E4M3: WIDE("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32"); break;
    case E5M2: WIDE("mma.sync.aligned.m16n8k32.row.col.f32.e5m2.e5m2.f32"); break;
    }
    memcpy(x.d, d, sizeof d);
}

__device__ void multiply_other(int kind, Fragments &x)
{
    const unsigned *a = x.a, *b = x.b, *c = x.c;
    unsigned *d = x.d;
#define BYTES(TEXT)                                                                                        \
    asm volatile(TEXT " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"               \
                 : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3])                                          \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(c[0]), "r"(c[1]), \
                   "r"(c[2]), "r"(c[3]))
    switch (kind) {
    case S8_32: BYTES("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32"); break;
    case U8_S8_32: BYTES("mma.sync.aligned.m16n8k32.row.col.s32.u8.s8.s32"); break;
    case S8_16:
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%7, %8, %9, %10};"
            : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3])
            : "r"(a[0]), "r"(a[1]), "r"(b[0]), "r"(c[0]), "r"(c[1]), "r"(c[2]), "r"(c[3]));
        break;
    case S8_8X16:
        asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%4, %5};"
                     : "=r"(d[0]), "=r"(d[1])
                     : "r"(a[0]), "r"(b[0]), "r"(c[0]), "r"(c[1]));
        break;
    case HALF_TO_HALF_16:
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%0, %1}, {%2, %3, %4, %5}, {%6, %7}, {%8, %9};"
            : "=r"(d[0]), "=r"(d[1])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(c[0]), "r"(c[1]));
        break;
    case HALF_TO_HALF_8:
        asm volatile("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%0, %1}, {%2, %3}, {%4}, {%5, %6};"
                     : "=r"(d[0]), "=r"(d[1])
                     : "r"(a[0]), "r"(a[1]), "r"(b[0]), "r"(c[0]), "r"(c[1]));
        break;
    case DOUBLE:
        asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%4, %5};"
                     : "=d"(x.d64[0]), "=d"(x.d64[1])
                     : "d"(x.a64), "d"(x.b64), "d"(x.c64[0]), "d"(x.c64[1]));
        break;
    }
}

__global__ void multiply(int kind, Fragments *fragments)
{
    Fragments x = fragments[threadIdx.x];
    multiply_float(kind, x);
    multiply_other(kind, x);
    fragments[threadIdx.x] = x;
}

static const Shape shapes[KINDS] = {
    { "f32 of halves, k = 16", 16, 16, 8, 4, 4, a_half_16, b_half_16, c_16 },
    { "f32 of halves, k = 8", 16, 8, 4, 2, 4, a_half_8, b_half_8, c_16 },
    { "f16, k = 16", 16, 16, 8, 4, 4, a_half_16, b_half_16, c_16 },
    { "f16, k = 8", 16, 8, 4, 2, 4, a_half_8, b_half_8, c_16 },
    { "bf16, k = 16", 16, 16, 8, 4, 4, a_half_16, b_half_16, c_16 },
    { "bf16, k = 8", 16, 8, 4, 2, 4, a_half_8, b_half_8, c_16 },
    { "tf32, k = 8", 16, 8, 4, 2, 4, a_tf32_8, b_tf32_8, c_16 },
    { "tf32, k = 4", 16, 4, 2, 1, 4, a_tf32_4, b_4, c_16 },
    { "s8, k = 32", 16, 32, 16, 8, 4, a_byte_32, b_byte_32, c_16 },
    { "s8, k = 16", 16, 16, 8, 4, 4, a_byte_16, b_byte_16, c_16 },
    { "u8 and s8, k = 32", 16, 32, 16, 8, 4, a_byte_32, b_byte_32, c_16 },
    { "s8, 8 x 8 x 16", 8, 16, 4, 4, 2, a_byte_8x16, b_byte_16, c_8 },
    { "e4m3", 16, 32, 16, 8, 4, a_byte_32, b_byte_32, c_16 },
    { "e5m2", 16, 32, 16, 8, 4, a_byte_32, b_byte_32, c_16 },
    { "double", 8, 4, 1, 1, 2, a_double_4, b_4, c_8 },
};

/* The matrices: small integers, which every type holds. */
static int of_a(int kind, int row, int k)
{
    return (row * 3 + k * 5) % 7 - (kind == U8_S8_32 ? 0 : 3);
}
static int of_b(int k, int column)
{
    return (k * 2 + column * 3) % 5 - 2;
}
static int of_c(int row, int column)
{
    return (row + 2 * column) % 9 - 4;
}

/* Element i of a register array, as the kind stores its factors. */
static void set(int kind, unsigned *registers, int i, int value)
{
    const float f = (float)value;
    unsigned bits, size;
    switch (kind) {
    case TF32_8:
    case TF32_4: size = 32, bits = __float_as_uint(f); break;
    case BFLOAT_16:
    case BFLOAT_8: size = 16, bits = __nv_bfloat16(f).bits; break;
    case E4M3: size = 8, bits = __nv_fp8_e4m3(f).__x; break;
    case E5M2: size = 8, bits = __nv_fp8_e5m2(f).__x; break;
    case S8_32:
    case S8_16:
    case S8_8X16:
    case U8_S8_32: size = 8, bits = (unsigned)value & 255; break;
    default: size = 16, bits = half(f).bits;
    }
    const int each = 32 / (int)size;
    registers[i / each] |= bits << (unsigned)(i % each) * size % 32;
}

static bool is_whole(int kind)
{
    return kind == S8_32 || kind == S8_16 || kind == S8_8X16 || kind == U8_S8_32;
}
static bool is_half_sum(int kind)
{
    return kind == HALF_TO_HALF_16 || kind == HALF_TO_HALF_8;
}

static double result(int kind, const Fragments &x, int i)
{
    if (kind == DOUBLE) return x.d64[i];
    if (is_whole(kind)) return (int)x.d[i];
    if (is_half_sum(kind)) return (double)(float)half::of_bits((unsigned short)(x.d[i / 2] >> 16 * (i % 2)));
    return (double)__uint_as_float(x.d[i]);
}

static Fragments fragments_of(int kind, int g, int t)
{
    const Shape &s = shapes[kind];
    Fragments x = {};
    for (int i = 0; i < s.a; i++) {
        const Place p = s.of_a(g, t, i);
        kind == DOUBLE ? void(x.a64 = of_a(kind, p.row, p.column))
                       : set(kind, x.a, i, of_a(kind, p.row, p.column));
    }
    for (int i = 0; i < s.b; i++) {
        const Place p = s.of_b(g, t, i);
        kind == DOUBLE ? void(x.b64 = of_b(p.row, p.column)) : set(kind, x.b, i, of_b(p.row, p.column));
    }
    for (int i = 0; i < s.c; i++) {
        const Place p = s.of_c(g, t, i);
        const int c = of_c(p.row, p.column);
        if (kind == DOUBLE)
            x.c64[i] = c;
        else if (is_half_sum(kind))
            set(HALF_16, x.c, i, c);
        else
            x.c[i] = is_whole(kind) ? (unsigned)c : __float_as_uint((float)c);
    }
    return x;
}

/* How many results are wrong; with the lanes' rows of A exchanged, as a wrong index does, some must be. */
static int count_wrong(int kind, bool exchanged)
{
    const Shape &s = shapes[kind];
    std::vector<Fragments> x;
    for (int lane = 0; lane < 32; lane++)
        x.push_back(fragments_of(kind, exchanged ? 7 - lane / 4 : lane / 4, lane % 4));
    Fragments *device = to_device(x);
    multiply<<<1, 32>>>(kind, device);
    x = to_host(device, 32);
    int wrong = 0;
    for (int lane = 0; lane < 32; lane++)
        for (int i = 0; i < s.c; i++) {
            const Place p = s.of_c(lane / 4, lane % 4, i);
            double sum = of_c(p.row, p.column);
            for (int k = 0; k < s.k; k++) sum += of_a(kind, p.row, k) * of_b(k, p.column);
            wrong += !(result(kind, x[lane], i) == sum);
        }
    CUDA(cudaFree(device));
    return wrong;
}

int main()
{
    for (int how : { LD1, LD2, LD4, LD1T, LD2T, LD4T }) check_load(how);
    check_store();
    for (int kind = 0; kind < KINDS; kind++) {
        const int wrong = count_wrong(kind, false), exchanged = count_wrong(kind, true);
        EXPECT(wrong == 0 && exchanged > 0, "mma, %s: %d wrong, with wrong indices %d", shapes[kind].name,
               wrong, exchanged);
    }
    return finish();
}
