/* ptx_mma.cpp - PTX's mma: the 32 lanes of a warp multiply two small matrices.
 *
 * With g = lane / 4 and t = lane % 4, and e elements in a register, register r of a lane holds, for j < e,
 *   of A (m x k)   row g + 8 (r % (m / 8)), column 4 e (r / (m / 8)) + e t + j
 *   of B (k x n)   row 4 e r + e t + j, column g
 *   of C and D     element i: row g + 8 (i / 2), column 2 t + i % 2
 * Products are summed in float (int for bytes, double for doubles), in another order than on a GPU.
 */
#include "emu/mini_float.h"
#include "emu_internal.h"
#include "ptx_warp.h"

namespace emu
{
namespace ptx
{

enum { M_MOST = 16, K_MOST = 32, N = 8 };

struct Lane : WarpPart {
    uint64_t a[4], b[2], c[4], d[4]; /* registers */
};

static Lane &lane_of(void *const *slot, int lane)
{
    return *static_cast<Lane *>(static_cast<WarpPart *>(slot[lane]));
}

/* The shape in other words. */
struct Layout {
    int m, k, e;         /* e: elements of a register of A and B */
    int a, b, c;         /* registers                            */
    unsigned size, sums; /* bits of an element; of C's: in a register */
};

static Layout layout_of(const Instruction &i)
{
    const unsigned bits = 8 * size_of(i.element[0]);
    const int m = i.shape[0], k = i.shape[2], e = bits >= 32 ? 1 : 32 / (int)bits;
    const int sums = i.type == Type::f16 ? 2 : 1;
    return { m, k, e, m / 8 * (k / (4 * e)), k / (4 * e), m / 8 * 2 / sums, bits, (unsigned)sums };
}

/* Bits `at` to `at + size - 1`, as the type reads them. */
template <class Sum> static Sum element(uint64_t bits, unsigned at, unsigned size, Type type)
{
    bits >>= at;
    if (size < 64) bits &= (1ull << size) - 1;
    return type == Type::s8 ? (Sum)(int8_t)bits : type == Type::u8 ? (Sum)bits : (Sum)real_of(bits, type);
}

template <class Sum> struct Matrices {
    Sum a[M_MOST][K_MOST], b[K_MOST][N], d[M_MOST][N];

    void gather(const Instruction &i, const Layout &is, const Lane &lane, int g, int t)
    {
        for (int r = 0; r < is.a; r++)
            for (int j = 0; j < is.e; j++)
                a[g + 8 * (r % (is.m / 8))][4 * is.e * (r / (is.m / 8)) + is.e * t + j] =
                    element<Sum>(lane.a[r], (unsigned)j * is.size, is.size, i.element[0]);
        for (int r = 0; r < is.b; r++)
            for (int j = 0; j < is.e; j++)
                b[4 * is.e * r + is.e * t + j][g] =
                    element<Sum>(lane.b[r], (unsigned)j * is.size, is.size, i.element[1]);
        for (int k = 0; k < is.m / 4; k++) {
            const uint64_t bits = lane.c[k / (int)is.sums] >> (is.sums == 2 ? k % 2 * 16 : 0);
            d[g + 8 * (k / 2)][2 * t + k % 2] = is.sums == 2          ? (Sum)real_of(bits & 0xffff, Type::f16)
                                                : i.type == Type::s32 ? (Sum)(int32_t)bits
                                                                      : (Sum)real_of(bits, i.type);
        }
    }
    void multiply(const Layout &is)
    {
        for (int m = 0; m < is.m; m++)
            for (int k = 0; k < is.k; k++)
                for (int n = 0; n < N; n++) d[m][n] = sum_of(d[m][n], a[m][k], b[k][n]);
    }
    void scatter(const Instruction &i, const Layout &is, Lane &lane, int g, int t)
    {
        for (int k = 0; k < is.m / 4; k++) {
            const Sum value = d[g + 8 * (k / 2)][2 * t + k % 2];
            const uint64_t bits =
                i.type == Type::s32 ? (uint32_t)(int32_t)value : bits_of_real((double)value, i.type);
            uint64_t &to = lane.d[k / (int)is.sums];
            if (is.sums == 2)
                to = k % 2 ? to | bits << 16 : bits;
            else
                to = bits;
        }
    }

  private:
    static float sum_of(float sum, float x, float y)
    {
        return sum + x * y;
    }
    static double sum_of(double sum, double x, double y)
    {
        return sum + x * y;
    }
    static int32_t sum_of(int32_t sum, int32_t x, int32_t y) /* wraps around */
    {
        return (int32_t)((uint32_t)sum + (uint32_t)(x * y));
    }
};

template <class Sum> static void complete(unsigned lanes, void *const *slot)
{
    const Instruction &i = *whole_warp(lanes, slot);
    const Layout layout = layout_of(i);
    Matrices<Sum> matrices;
    for (int lane = 0; lane < 32; lane++) matrices.gather(i, layout, lane_of(slot, lane), lane / 4, lane % 4);
    matrices.multiply(layout);
    for (int lane = 0; lane < 32; lane++)
        matrices.scatter(i, layout, lane_of(slot, lane), lane / 4, lane % 4);
}

static const Ref &part(const Machine &machine, const Instruction &i, const Ref &ref, int k, int count)
{
    if (ref.kind != Ref::vector && count == 1) return ref;
    if (ref.kind != Ref::vector || (int)ref.parts.size() != count)
        refuse("'" + i.name + "' needs " + std::to_string(count) + " registers in the place of " + ref.text,
               machine.where);
    return ref.parts[(size_t)k];
}

static void mma(Machine &machine, const Instruction &i)
{
    const Layout is = layout_of(i);
    const Type bits = i.type == Type::f64 ? Type::b64 : Type::b32;
    Lane lane = { { &i, machine.where }, {}, {}, {}, {} };
    for (int r = 0; r < is.a; r++) lane.a[r] = get(machine, part(machine, i, i.operand[1], r, is.a), bits);
    for (int r = 0; r < is.b; r++) lane.b[r] = get(machine, part(machine, i, i.operand[2], r, is.b), bits);
    for (int r = 0; r < is.c; r++) {
        const Ref &c = part(machine, i, i.operand[3], r, is.c);
        lane.c[r] = get(machine, c, c.kind == Ref::real ? i.type : bits);
    }
    warp_collective(~0u, Collective::wmma, static_cast<WarpPart *>(&lane),
                    i.type == Type::f64   ? complete<double>
                    : i.type == Type::s32 ? complete<int32_t>
                                          : complete<float>,
                    machine.where);
    for (int r = 0; r < is.c; r++) put(machine, part(machine, i, i.operand[0], r, is.c), bits, lane.d[r]);
}

/* The shapes that exist, by the type of the factors and of the sum. */
static bool exists(const Instruction &i)
{
    const Type a = i.element[0], b = i.element[1], d = i.type;
    const int m = i.shape[0], k = i.shape[2];
    const auto byte = [](Type type) { return type == Type::s8 || type == Type::u8; };
    if (i.shape[1] != 8 || (m != 8 && m != 16)) return false;
    if (byte(a) && byte(b)) return d == Type::s32 && (m == 8 ? k == 16 : k == 16 || k == 32);
    const auto eight = [](Type type) { return type == Type::e4m3 || type == Type::e5m2; };
    if (eight(a) && eight(b)) return d == Type::f32 && m == 16 && k == 32;
    if (a != b) return false;
    if (a == Type::f64) return d == Type::f64 && (m == 8 ? k == 4 : k == 4 || k == 8);
    if (m != 16) return false;
    if (a == Type::tf32) return d == Type::f32 && (k == 4 || k == 8);
    if (a == Type::bf16) return d == Type::f32 && (k == 8 || k == 16);
    return a == Type::f16 && (d == Type::f32 || d == Type::f16) && (k == 8 || k == 16);
}

static void bind_mma(Instruction &i, Modifiers &m)
{
    static const struct {
        const char *name;
        int m, n, k;
    } shapes[] = { { "m16n8k4", 16, 8, 4 },   { "m16n8k8", 16, 8, 8 }, { "m16n8k16", 16, 8, 16 },
                   { "m16n8k32", 16, 8, 32 }, { "m8n8k4", 8, 8, 4 },   { "m8n8k16", 8, 8, 16 } };
    const bool sync = m.take("sync"), aligned = m.take("aligned"), row = m.take("row"), col = m.take("col");
    for (const auto &shape : shapes)
        if (m.take(shape.name)) i.shape[0] = shape.m, i.shape[1] = shape.n, i.shape[2] = shape.k;
    i.type = m.take_type();
    i.element[0] = m.take_type();
    i.element[1] = m.take_type();
    i.from = m.take_type();
    if (sync && aligned && row && col && i.from == i.type && exists(i)) i.run = mma;
}

const Opcode mma_opcodes[] = { { "mma", 4, 4, bind_mma }, { nullptr, 0, 0, nullptr } };

} // namespace ptx
} // namespace emu
