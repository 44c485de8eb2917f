/* emu_ptx.cu - each instruction of inline PTX that computes, against C: integers, bits, floating point,
 * comparisons, conversions. Results must be the same to the last bit. */
#include <cfenv>
#include <cmath>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>
#include "emu_test.h"

typedef unsigned long long u64;
typedef long long s64;

/* NAME: a function of three values by PTX, %0 of %1 %2 %3, and what it must give. */
#define WANT(TO, FROM, ...)                \
    static TO want(FROM a, FROM b, FROM c) \
    {                                      \
        (void)a, (void)b, (void)c;         \
        return __VA_ARGS__;                \
    }                                      \
    static const char *name()
#define U32(NAME, TEXT, ...)                                               \
    struct NAME {                                                          \
        typedef unsigned From;                                             \
        static __device__ unsigned run(unsigned a, unsigned b, unsigned c) \
        {                                                                  \
            unsigned r;                                                    \
            asm(TEXT : "=r"(r) : "r"(a), "r"(b), "r"(c));                  \
            return r;                                                      \
        }                                                                  \
        WANT(unsigned, unsigned, __VA_ARGS__)                              \
        {                                                                  \
            return #NAME;                                                  \
        }                                                                  \
    };
#define S32(NAME, TEXT, ...)                              \
    struct NAME {                                         \
        typedef int From;                                 \
        static __device__ int run(int a, int b, int c)    \
        {                                                 \
            int r;                                        \
            asm(TEXT : "=r"(r) : "r"(a), "r"(b), "r"(c)); \
            return r;                                     \
        }                                                 \
        WANT(int, int, __VA_ARGS__)                       \
        {                                                 \
            return #NAME;                                 \
        }                                                 \
    };
#define U64(NAME, TEXT, ...)                              \
    struct NAME {                                         \
        typedef u64 From;                                 \
        static __device__ u64 run(u64 a, u64 b, u64 c)    \
        {                                                 \
            u64 r;                                        \
            asm(TEXT : "=l"(r) : "l"(a), "l"(b), "l"(c)); \
            return r;                                     \
        }                                                 \
        WANT(u64, u64, __VA_ARGS__)                       \
        {                                                 \
            return #NAME;                                 \
        }                                                 \
    };
#define S64(NAME, TEXT, ...)                              \
    struct NAME {                                         \
        typedef s64 From;                                 \
        static __device__ s64 run(s64 a, s64 b, s64 c)    \
        {                                                 \
            s64 r;                                        \
            asm(TEXT : "=l"(r) : "l"(a), "l"(b), "l"(c)); \
            return r;                                     \
        }                                                 \
        WANT(s64, s64, __VA_ARGS__)                       \
        {                                                 \
            return #NAME;                                 \
        }                                                 \
    };
#define F32(NAME, TEXT, ...)                                   \
    struct NAME {                                              \
        typedef float From;                                    \
        static __device__ float run(float a, float b, float c) \
        {                                                      \
            float r;                                           \
            asm(TEXT : "=f"(r) : "f"(a), "f"(b), "f"(c));      \
            return r;                                          \
        }                                                      \
        WANT(float, float, __VA_ARGS__)                        \
        {                                                      \
            return #NAME;                                      \
        }                                                      \
    };
#define F64(NAME, TEXT, ...)                                       \
    struct NAME {                                                  \
        typedef double From;                                       \
        static __device__ double run(double a, double b, double c) \
        {                                                          \
            double r;                                              \
            asm(TEXT : "=d"(r) : "d"(a), "d"(b), "d"(c));          \
            return r;                                              \
        }                                                          \
        WANT(double, double, __VA_ARGS__)                          \
        {                                                          \
            return #NAME;                                          \
        }                                                          \
    };
#define WIDE_U(NAME, TEXT, ...)                                       \
    struct NAME {                                                     \
        typedef unsigned From;                                        \
        static __device__ u64 run(unsigned a, unsigned b, unsigned c) \
        {                                                             \
            u64 r;                                                    \
            asm(TEXT : "=l"(r) : "r"(a), "r"(b), "r"(c));             \
            return r;                                                 \
        }                                                             \
        WANT(u64, unsigned, __VA_ARGS__)                              \
        {                                                             \
            return #NAME;                                             \
        }                                                             \
    };
#define WIDE_S(NAME, TEXT, ...)                           \
    struct NAME {                                         \
        typedef int From;                                 \
        static __device__ s64 run(int a, int b, int c)    \
        {                                                 \
            s64 r;                                        \
            asm(TEXT : "=l"(r) : "r"(a), "r"(b), "r"(c)); \
            return r;                                     \
        }                                                 \
        WANT(s64, int, __VA_ARGS__)                       \
        {                                                 \
            return #NAME;                                 \
        }                                                 \
    };
#define OF_F32(NAME, TEXT, ...)                                   \
    struct NAME {                                                 \
        typedef float From;                                       \
        static __device__ unsigned run(float a, float b, float c) \
        {                                                         \
            unsigned r;                                           \
            asm(TEXT : "=r"(r) : "f"(a), "f"(b), "f"(c));         \
            return r;                                             \
        }                                                         \
        WANT(unsigned, float, __VA_ARGS__)                        \
        {                                                         \
            return #NAME;                                         \
        }                                                         \
    };
#define OF_F32_LONG(NAME, TEXT, ...)                         \
    struct NAME {                                            \
        typedef float From;                                  \
        static __device__ s64 run(float a, float b, float c) \
        {                                                    \
            s64 r;                                           \
            asm(TEXT : "=l"(r) : "f"(a), "f"(b), "f"(c));    \
            return r;                                        \
        }                                                    \
        WANT(s64, float, __VA_ARGS__)                        \
        {                                                    \
            return #NAME;                                    \
        }                                                    \
    };
#define OF_F64(NAME, TEXT, ...)                                 \
    struct NAME {                                               \
        typedef double From;                                    \
        static __device__ int run(double a, double b, double c) \
        {                                                       \
            int r;                                              \
            asm(TEXT : "=r"(r) : "d"(a), "d"(b), "d"(c));       \
            return r;                                           \
        }                                                       \
        WANT(int, double, __VA_ARGS__)                          \
        {                                                       \
            return #NAME;                                       \
        }                                                       \
    };
#define TO_F32(NAME, TEXT, ...)                           \
    struct NAME {                                         \
        typedef int From;                                 \
        static __device__ float run(int a, int b, int c)  \
        {                                                 \
            float r;                                      \
            asm(TEXT : "=f"(r) : "r"(a), "r"(b), "r"(c)); \
            return r;                                     \
        }                                                 \
        WANT(float, int, __VA_ARGS__)                     \
        {                                                 \
            return #NAME;                                 \
        }                                                 \
    };
#define LONG_TO_F32(NAME, TEXT, ...)                      \
    struct NAME {                                         \
        typedef s64 From;                                 \
        static __device__ float run(s64 a, s64 b, s64 c)  \
        {                                                 \
            float r;                                      \
            asm(TEXT : "=f"(r) : "l"(a), "l"(b), "l"(c)); \
            return r;                                     \
        }                                                 \
        WANT(float, s64, __VA_ARGS__)                     \
        {                                                 \
            return #NAME;                                 \
        }                                                 \
    };
#define F64_TO_F32(NAME, TEXT, ...)                               \
    struct NAME {                                                 \
        typedef double From;                                      \
        static __device__ float run(double a, double b, double c) \
        {                                                         \
            float r;                                              \
            asm(TEXT : "=f"(r) : "d"(a), "d"(b), "d"(c));         \
            return r;                                             \
        }                                                         \
        WANT(float, double, __VA_ARGS__)                          \
        {                                                         \
            return #NAME;                                         \
        }                                                         \
    };
#define F32_TO_F64(NAME, TEXT, ...)                             \
    struct NAME {                                               \
        typedef float From;                                     \
        static __device__ double run(float a, float b, float c) \
        {                                                       \
            double r;                                           \
            asm(TEXT : "=d"(r) : "f"(a), "f"(b), "f"(c));       \
            return r;                                           \
        }                                                       \
        WANT(double, float, __VA_ARGS__)                        \
        {                                                       \
            return #NAME;                                       \
        }                                                       \
    };
#define OF_U64(NAME, TEXT, ...)                             \
    struct NAME {                                           \
        typedef u64 From;                                   \
        static __device__ unsigned run(u64 a, u64 b, u64 c) \
        {                                                   \
            unsigned r;                                     \
            asm(TEXT : "=r"(r) : "l"(a), "l"(b), "l"(c));   \
            return r;                                       \
        }                                                   \
        WANT(unsigned, u64, __VA_ARGS__)                    \
        {                                                   \
            return #NAME;                                   \
        }                                                   \
    };

/* ---- integers ---- */

U32(add_u32, "add.u32 %0, %1, %2;", a + b)
U32(sub_u32, "sub.u32 %0, %1, %2;", a - b)
U32(mul_lo_u32, "mul.lo.u32 %0, %1, %2;", a *b)
U32(mul_hi_u32, "mul.hi.u32 %0, %1, %2;", (unsigned)((u64)a *b >> 32))
U32(mad_lo_u32, "mad.lo.u32 %0, %1, %2, %3;", a *b + c)
U32(mad_hi_u32, "mad.hi.u32 %0, %1, %2, %3;", (unsigned)((u64)a *b >> 32) + c)
U32(div_u32, "div.u32 %0, %1, %2;", b ? a / b : 0xffffffffu)
U32(rem_u32, "rem.u32 %0, %1, %2;", b ? a % b : a)
U32(min_u32, "min.u32 %0, %1, %2;", a < b ? a : b)
U32(max_u32, "max.u32 %0, %1, %2;", a > b ? a : b)
S32(mul_hi_s32, "mul.hi.s32 %0, %1, %2;", (int)((s64)a *b >> 32))
S32(min_s32, "min.s32 %0, %1, %2;", a < b ? a : b)
S32(max_s32, "max.s32 %0, %1, %2;", a > b ? a : b)
S32(abs_s32, "abs.s32 %0, %1;", a < 0 ? (int)(0u - (unsigned)a) : a)
S32(neg_s32, "neg.s32 %0, %1;", (int)(0u - (unsigned)a))
S32(div_s32, "div.s32 %0, %1, %2;", b == 0 ? -1 : b == -1 ? (int)(0u - (unsigned)a) : a / b)
S32(rem_s32, "rem.s32 %0, %1, %2;", b == 0 ? a : b == -1 ? 0 : a % b)
S32(add_sat, "add.sat.s32 %0, %1, %2;", (int)std::max<s64>(INT_MIN, std::min<s64>(INT_MAX, (s64)a + b)))
S32(sub_sat, "sub.sat.s32 %0, %1, %2;", (int)std::max<s64>(INT_MIN, std::min<s64>(INT_MAX, (s64)a - b)))
U64(add_u64, "add.u64 %0, %1, %2;", a + b)
U64(mul_hi_u64, "mul.hi.u64 %0, %1, %2;", __umul64hi(a, b))
S64(mul_hi_s64, "mul.hi.s64 %0, %1, %2;", __mul64hi(a, b))
S64(mad_lo_s64, "mad.lo.s64 %0, %1, %2, %3;", (s64)((u64)a *(u64)b + (u64)c))
WIDE_U(mul_wide_u32, "mul.wide.u32 %0, %1, %2;", (u64)a *b)
WIDE_S(mul_wide_s32, "mul.wide.s32 %0, %1, %2;", (s64)a *b)
WIDE_S(mad_wide_s32, "{ .reg .s64 t; cvt.s64.s32 t, %3; mad.wide.s32 %0, %1, %2, t; }",
       (s64)((u64)((s64)a *b) + (u64)(s64)c))
/* two words with a carry between them */
U64(carry,
    "{ .reg .u32 a0, a1, b0, b1; mov.b64 {a0, a1}, %1; mov.b64 {b0, b1}, %2; add.cc.u32 a0, a0, b0; "
    "addc.u32 a1, a1, b1; mov.b64 %0, {a0, a1}; }",
    a + b)
U64(borrow,
    "{ .reg .u32 a<2>, b<2>;\n mov.b64 {a0, a1}, %1; mov.b64 {b0, b1}, %2; sub.cc.u32 a0, a0, b0; "
    "subc.u32 a1, a1, b1; mov.b64 %0, {a0, a1}; }",
    a - b)
U32(mad_carry, "{ .reg .u32 t; mad.lo.cc.u32 t, %1, %2, %3; madc.hi.u32 %0, %1, %2, 0; }",
    (unsigned)(((u64)a * b + c) >> 32))

/* ---- bits ---- */

U32(and_b32, "and.b32 %0, %1, %2;", a &b)
U32(or_b32, "or.b32 %0, %1, %2;", a | b)
U32(xor_b32, "xor.b32 %0, %1, %2;", a ^ b)
U32(not_b32, "not.b32 %0, %1;", ~a)
U32(cnot_b32, "cnot.b32 %0, %1;", a == 0)
U32(shl_b32, "shl.b32 %0, %1, %2;", b > 31 ? 0 : a << b)
U32(shr_u32, "shr.u32 %0, %1, %2;", b > 31 ? 0 : a >> b)
S32(shr_s32, "shr.s32 %0, %1, %2;", a >> ((unsigned)b > 31 ? 31 : b))
U32(lop3_and_or, "lop3.b32 %0, %1, %2, %3, 0xEA;", (a & b) | c)
U32(lop3_xor, "lop3.b32 %0, %1, %2, %3, 0x96;", a ^ b ^ c)
U32(lop3_select, "lop3.b32 %0, %1, %2, %3, 0xCA;", (a & b) | (~a & c))
U32(shf_l_wrap, "shf.l.wrap.b32 %0, %1, %2, %3;", c % 32 ? b << c % 32 | a >> (32 - c % 32) : b)
U32(shf_r_wrap, "shf.r.wrap.b32 %0, %1, %2, %3;", c % 32 ? b << (32 - c % 32) | a >> c % 32 : a)
U32(shf_l_clamp, "shf.l.clamp.b32 %0, %1, %2, %3;", c >= 32 ? a : c ? b << c | a >> (32 - c) : b)
U32(shf_r_clamp, "shf.r.clamp.b32 %0, %1, %2, %3;", c >= 32 ? b : c ? b << (32 - c) | a >> c : a)
U32(prmt, "prmt.b32 %0, %1, %2, 0x5410;", (a & 0xffff) | b << 16)
U32(prmt_sign, "prmt.b32 %0, %1, %2, 0xBB04;", (b & 0xff) | (a & 0xff) << 8 | (a >> 31 ? 0xffff0000u : 0))
static unsigned bits_from(unsigned x, unsigned from, unsigned length)
{
    return from > 31 || length == 0 ? 0 : x >> from & (length > 31 ? ~0u : (1u << length) - 1);
}
U32(bfe_u32, "bfe.u32 %0, %1, %2, %3;", bits_from(a, b & 255, c & 255))
static int signed_bits_from(int x, unsigned from, unsigned length)
{
    if (length == 0) return 0;
    const s64 sign_from = (s64)x >> std::min(from, 63u); /* what lies above is the sign */
    return length > 31 ? (int)sign_from : (int)((unsigned)sign_from << (32 - length)) >> (32 - length);
}
S32(bfe_s32, "bfe.s32 %0, %1, %2, %3;", signed_bits_from(a, b & 255, c & 255))
U32(bfi_b32, "bfi.b32 %0, %1, %2, 4, 9;", (b & ~(0x1ffu << 4)) | (a & 0x1ff) << 4)
U32(popc_b32, "popc.b32 %0, %1;", (unsigned)__builtin_popcount(a))
U32(clz_b32, "clz.b32 %0, %1;", a ? (unsigned)__builtin_clz(a) : 32)
OF_U64(clz_b64, "clz.b64 %0, %1;", a ? (unsigned)__builtin_clzll(a) : 64)
U32(brev_b32, "brev.b32 %0, %1;", __brev(a))
U32(bfind_u32, "bfind.u32 %0, %1;", a ? 31 - (unsigned)__builtin_clz(a) : 0xffffffff)
S32(dp4a, "dp4a.s32.s32 %0, %1, %2, %3;", __dp4a(a, b, c))
U32(halves, "{ .reg .b16 low, high; mov.b32 {low, high}, %1; mov.b32 %0, {high, low}; }", a << 16 | a >> 16)

/* ---- comparisons and choices ---- */

U32(setp_selp, "{ .reg .pred p; setp.lt.u32 p, %1, %2; selp.u32 %0, %3, 7, p; }", a < b ? c : 7)
S32(setp_pair, "{ .reg .pred p, q; setp.ge.s32 p|q, %1, %2; selp.s32 %0, 1, 2, q; }", a < b ? 1 : 2)
S32(setp_and,
    "{ .reg .pred p, q; setp.eq.s32 q, %3, 0; setp.ne.and.s32 p, %1, %2, !q; selp.s32 %0, 1, 0, p; }",
    a != b && c != 0)
U32(guarded,
    "{ .reg .pred %p; setp.hi.u32 %p, %1, %2; mov.u32 %0, 5; @%p add.u32 %0, %0, %3; @!%p mov.u32 %0, 9; }",
    a > b ? 5 + c : 9)
U32(set_u32, "set.le.u32.s32 %0, %1, %2;", (int)a <= (int)b ? 0xffffffffu : 0)
OF_F32(setp_f32, "{ .reg .pred p; setp.lt.f32 p, %1, %2; selp.u32 %0, 1, 0, p; }", a < b)
OF_F32(setp_unordered, "{ .reg .pred p; setp.geu.f32 p, %1, %2; selp.u32 %0, 1, 0, p; }", !(a < b))
OF_F32(setp_nan, "{ .reg .pred p; setp.nan.f32 p, %1, %2; selp.u32 %0, 1, 0, p; }",
       std::isnan(a) || std::isnan(b))
/* a loop: the number of bits */
U32(loop,
    "{ .reg .pred p; .reg .u32 x, bit; mov.u32 %0, 0; mov.u32 x, %1;\n AGAIN:\n and.b32 bit, x, 1; "
    "add.u32 %0, %0, bit; shr.u32 x, x, 1; setp.ne.u32 p, x, 0; @p bra AGAIN; }",
    (unsigned)__builtin_popcount(a))

/* ---- floating point ---- */

static float at(int direction, float (*f)(float, float, float), float x, float y, float z)
{
    std::fesetround(direction);
    volatile float a = x, b = y, c = z, result = f(a, b, c);
    std::fesetround(FE_TONEAREST);
    return result;
}
static float sum(float x, float y, float)
{
    return x + y;
}
static float product(float x, float y, float)
{
    return x * y;
}
static float without_nan(float x, float y, float smaller)
{
    if (std::isnan(x) || std::isnan(y)) return std::isnan(x) ? y : x;
    const bool less = x < y || (x == y && std::signbit(x)); /* -0 is below +0 */
    return less == (smaller > 0) ? x : y;
}
F32(add_f32, "add.f32 %0, %1, %2;", a + b)
F32(add_rz, "add.rz.f32 %0, %1, %2;", at(FE_TOWARDZERO, sum, a, b, c))
F32(add_rm, "add.rm.f32 %0, %1, %2;", at(FE_DOWNWARD, sum, a, b, c))
F32(mul_rp, "mul.rp.f32 %0, %1, %2;", at(FE_UPWARD, product, a, b, c))
F32(sub_f32, "sub.rn.f32 %0, %1, %2;", a - b)
F32(mul_sat, "mul.sat.f32 %0, %1, %2;", !(a * b > 0) ? 0 : a * b > 1 ? 1 : a * b)
F32(fma_f32, "fma.rn.f32 %0, %1, %2, %3;", std::fma(a, b, c))
F32(mad_f32, "mad.rn.f32 %0, %1, %2, %3;", std::fma(a, b, c))
F32(div_f32, "div.rn.f32 %0, %1, %2;", a / b)
F32(min_f32, "min.f32 %0, %1, %2;", without_nan(a, b, 1))
F32(max_f32, "max.f32 %0, %1, %2;", without_nan(a, b, -1))
F32(max_nan, "max.NaN.f32 %0, %1, %2;", std::isnan(a) || std::isnan(b) ? NAN : without_nan(a, b, -1))
F32(abs_f32, "abs.f32 %0, %1;", std::fabs(a))
F32(neg_f32, "neg.f32 %0, %1;", -a)
F32(ftz, "add.ftz.f32 %0, %1, 0f00000000;",
    std::fabs(a) < 0x1p-126f ? std::copysign(0.0f, a) + 0.0f : a + 0.0f)
F32(literal, "mul.f32 %0, %1, 0f3F000000;", a * 0.5f)
F32(decimal, "add.f32 %0, %1, 1.5;", a + 1.5f)
F32(rcp_f32, "rcp.approx.ftz.f32 %0, 0f40800000;", 0.25f)
F32(sqrt_f32, "sqrt.rn.f32 %0, %1;", std::sqrt(a))
F32(ex2, "ex2.approx.f32 %0, %1;", std::exp2(a))
F32(lg2, "lg2.approx.f32 %0, %1;", std::log2(a))
F32(sine, "sin.approx.f32 %0, %1;", std::sin(a))
F32(cosine, "cos.approx.f32 %0, %1;", std::cos(a))
F32(tanh_f32, "tanh.approx.f32 %0, %1;", std::tanh(a))
F32(rsqrt_f32, "rsqrt.approx.f32 %0, 0f41800000;", 0.25f)
F64(fma_f64, "fma.rn.f64 %0, %1, %2, %3;", std::fma(a, b, c))
F64(div_f64, "div.rn.f64 %0, %1, %2;", a / b)

/* ---- conversions ---- */

OF_F32(f32_to_s32, "cvt.rzi.s32.f32 %0, %1;", (unsigned)__float2int_rz(a))
OF_F32(f32_to_s32_rn, "cvt.rni.s32.f32 %0, %1;", (unsigned)__float2int_rn(a))
OF_F32(f32_to_u32, "cvt.rpi.u32.f32 %0, %1;", __float2uint_ru(a))
OF_F32(f32_to_u8, "cvt.rni.u8.f32 %0, %1;",
       std::isnan(a) ? 0u : (unsigned)std::min(255.0f, std::max(0.0f, std::nearbyint(a))))
OF_F32_LONG(f32_to_s64, "cvt.rmi.s64.f32 %0, %1;", __float2ll_rd(a))
TO_F32(s32_to_f32, "cvt.rn.f32.s32 %0, %1;", (float)a)
LONG_TO_F32(
    s64_to_f32, "cvt.rz.f32.s64 %0, %1;",
    at(
        FE_TOWARDZERO, [](float, float, float) { return 0.0f; }, 0, 0, 0) +
        [](s64 x) {
            float f = (float)x; /* to nearest; towards 0 it is the one before, if that was away */
            return std::fabs((long double)f) > std::fabs((long double)x) ? std::nextafter(f, 0.0f) : f;
        }(a))
F64_TO_F32(f64_to_f32, "cvt.rn.f32.f64 %0, %1;", (float)a)
F32_TO_F64(f32_to_f64, "cvt.f64.f32 %0, %1;", (double)a)
F32(round_f32, "cvt.rni.f32.f32 %0, %1;", std::nearbyint(a))
F32(sat_f32, "cvt.sat.f32.f32 %0, %1;", !(a > 0) ? 0 : a > 1 ? 1 : a)
U32(s8_to_s32, "cvt.s32.s8 %0, %1;", (unsigned)(int)(signed char)a)
U32(u16_to_u32, "cvt.u32.u16 %0, %1;", a & 0xffff)
U32(sat_u8, "cvt.sat.u8.s32 %0, %1;", (unsigned)std::min(255, std::max(0, (int)a)))
OF_U64(u64_to_u32, "cvt.u32.u64 %0, %1;", (unsigned)a)
static unsigned bits_of(half2 pair)
{
    return (unsigned)pair.x.bits | (unsigned)pair.y.bits << 16;
}
static unsigned bits_of(__nv_bfloat162 pair)
{
    return (unsigned)pair.x.bits | (unsigned)pair.y.bits << 16;
}
OF_F32(to_f16x2, "cvt.rn.f16x2.f32 %0, %2, %1;", bits_of(__floats2half2_rn(a, b)))
OF_F32(to_f16x2_rz, "cvt.rz.f16x2.f32 %0, %2, %1;", bits_of(half2(__float2half_rz(a), __float2half_rz(b))))
OF_F32(to_f16x2_relu, "cvt.rn.relu.f16x2.f32 %0, %2, %1;",
       bits_of(half2(a < 0 ? half(0.0f) : half(a), b < 0 ? half(0.0f) : half(b))))
OF_F32(to_bf16x2, "cvt.rn.bf16x2.f32 %0, %2, %1;", bits_of(__floats2bfloat162_rn(a, b)))
OF_F32(to_tf32, "cvt.rna.tf32.f32 %0, %1;",
       std::isnan(a) ? 0x7fffffffu : (__float_as_uint(a) + 0x1000) & 0xffffe000)
OF_F32(to_e4m3x2, "{ .reg .b16 t; cvt.rn.satfinite.e4m3x2.f32 t, %2, %1; cvt.u32.u16 %0, t; }",
       __nv_cvt_float2_to_fp8x2(make_float2(a, b), __NV_SATFINITE, __NV_E4M3))
OF_F32(to_e5m2x2, "{ .reg .b16 t; cvt.rn.satfinite.e5m2x2.f32 t, %2, %1; cvt.u32.u16 %0, t; }",
       __nv_cvt_float2_to_fp8x2(make_float2(a, b), __NV_SATFINITE, __NV_E5M2))
U32(of_e4m3x2, "{ .reg .b16 t; cvt.u16.u32 t, %1; cvt.rn.f16x2.e4m3x2 %0, t; }",
    bits_of(half2(__nv_cvt_fp8x2_to_halfraw2((unsigned short)a, __NV_E4M3))))
static half2 pair_of(unsigned bits)
{
    return half2(half::of_bits((unsigned short)bits), half::of_bits((unsigned short)(bits >> 16)));
}
U32(add_f16x2, "add.rn.f16x2 %0, %1, %2;", bits_of(__hadd2(pair_of(a), pair_of(b))))
U32(fma_f16x2, "fma.rn.f16x2 %0, %1, %2, %3;", bits_of(__hfma2(pair_of(a), pair_of(b), pair_of(c))))
U32(max_f16x2, "max.f16x2 %0, %1, %2;", bits_of(__hmax2(pair_of(a), pair_of(b))))
U32(neg_f16x2, "neg.f16x2 %0, %1;", a ^ 0x80008000)
OF_F32(f16_of_f32, "{ .reg .f16 h; cvt.rn.f16.f32 h, %1; mov.b32 %0, {h, h}; }",
       __float2half(a).bits * 0x10001u)

/* ---- all of them ---- */

static const unsigned words[] = { 0,   1,      2,          3,          7,          31,         32,        33,
                                  255, 0x8000, 0x3c00bc00, 0x7fffffff, 0x80000000, 0xdeadbeef, 0xffffffff };
static const u64 longs[] = {
    0, 1, 3, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0x123456789abcdef0, ~0ull
};
static const float floats[] = { 0,      -0.0f, 1,     -1,   0.5f, 1.5f,   2.5f,   0.1f,     -3.3f,
                                255.5f, 448,   70000, 1e9f, 3e9f, -1e20f, 1e-40f, INFINITY, NAN };
static const double doubles[] = {
    0, 1, -1, 0.1, 1e300, 1e-320, 16777217, -3.25, (double)INFINITY, (double)NAN
};

template <class T> std::vector<T> values()
{
    if constexpr (std::is_same_v<T, float>)
        return { std::begin(floats), std::end(floats) };
    else if constexpr (std::is_same_v<T, double>)
        return { std::begin(doubles), std::end(doubles) };
    else if constexpr (sizeof(T) == 8)
        return { std::begin(longs), std::end(longs) };
    else
        return { std::begin(words), std::end(words) };
}

template <class F, class To> __global__ void run_all(const typename F::From *values, int n, To *to)
{
    for (int i = threadIdx.x; i < n * n * n; i += blockDim.x)
        to[i] = F::run(values[i / n / n], values[i / n % n], values[i % n]);
}

template <class T> static bool same(T x, T y)
{
    return (x != x && y != y) || !memcmp(&x, &y, sizeof x);
}

template <class F> static void check()
{
    typedef decltype(F::want(0, 0, 0)) To;
    const auto from = values<typename F::From>();
    const int n = (int)from.size();
    auto *x = to_device(from);
    To *y = to_device(std::vector<To>((size_t)n * n * n));
    run_all<F, To><<<1, 64>>>(x, n, y);
    const std::vector<To> got = to_host(y, (size_t)n * n * n);
    int wrong = 0, first = -1;
    for (int i = 0; i < n * n * n; i++)
        if (!same(got[i], F::want(from[i / n / n], from[i / n % n], from[i % n])) && !wrong++) first = i;
    EXPECT(!wrong, "%s: %d of %d are wrong, first that of values %d, %d, %d", F::name(), wrong, n * n * n,
           first / n / n, first / n % n, first % n);
    CUDA(cudaFree(x));
    CUDA(cudaFree(y));
}

template <class... F> static void check_each()
{
    (check<F>(), ...);
}

int main()
{
    check_each<add_u32, sub_u32, mul_lo_u32, mul_hi_u32, mad_lo_u32, mad_hi_u32, div_u32, rem_u32, min_u32,
               max_u32, mul_hi_s32, min_s32, max_s32, abs_s32, neg_s32, div_s32, rem_s32, add_sat, sub_sat,
               add_u64, mul_hi_u64, mul_hi_s64, mad_lo_s64, mul_wide_u32, mul_wide_s32, mad_wide_s32, carry,
               borrow, mad_carry, and_b32, or_b32, xor_b32, not_b32, cnot_b32, shl_b32, shr_u32, shr_s32,
               lop3_and_or, lop3_xor, lop3_select, shf_l_wrap, shf_r_wrap, shf_l_clamp, shf_r_clamp, prmt,
               prmt_sign, bfe_u32, bfe_s32, bfi_b32, popc_b32, clz_b32, clz_b64, brev_b32, bfind_u32, dp4a,
               halves, setp_selp, setp_pair, setp_and, guarded, set_u32, setp_f32, setp_unordered, setp_nan,
               loop, add_f32, add_rz, add_rm, mul_rp, sub_f32, mul_sat, fma_f32, mad_f32, div_f32, min_f32,
               max_f32, max_nan, abs_f32, neg_f32, ftz, literal, decimal, rcp_f32, sqrt_f32, ex2, lg2, sine,
               cosine, tanh_f32, rsqrt_f32, fma_f64, div_f64, f32_to_s32, f32_to_s32_rn, f32_to_u32,
               f32_to_u8, f32_to_s64, s32_to_f32, s64_to_f32, f64_to_f32, f32_to_f64, round_f32, sat_f32,
               s8_to_s32, u16_to_u32, sat_u8, u64_to_u32, to_f16x2, to_f16x2_rz, to_f16x2_relu, to_bf16x2,
               to_tf32, to_e4m3x2, to_e5m2x2, of_e4m3x2, add_f16x2, fma_f16x2, max_f16x2, neg_f16x2,
               f16_of_f32>();
    return finish();
}
