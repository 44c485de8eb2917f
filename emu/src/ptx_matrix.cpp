/* ptx_matrix.cpp - PTX that moves matrices of 8 x 8 halves between shared memory and a warp: ldmatrix,
 * stmatrix, movmatrix.
 *
 * Lane l holds elements 2 (l % 4) and the next of row l / 4. Lanes 8 k to 8 k + 7 name the rows of matrix k.
 */
#include "emu_internal.h"
#include "memory.h"
#include "ptx_warp.h"

namespace emu
{
namespace ptx
{

/* One lane's part of the instruction. */
struct Lane : WarpPart {
    char *row;        /* that it names; nullptr: it names none */
    uint32_t bits[4]; /* what it gives or gets                 */
    char *touched[4]; /* the rows that it has elements of      */
};

static Lane &lane_of(void *const *slot, int lane)
{
    return *static_cast<Lane *>(static_cast<WarpPart *>(slot[lane]));
}

/* Where element (row, column) of matrix k is among the lanes. */
static uint16_t *element_of(void *const *slot, int k, int row, int column)
{
    uint32_t *bits = &lane_of(slot, row * 4 + column / 2).bits[k];
    return (uint16_t *)bits + column % 2;
}

template <class F> static void each_element(const Instruction &i, void *const *slot, F f)
{
    for (int k = 0; k < i.count; k++)
        for (int row = 0; row < 8; row++) {
            char *memory = lane_of(slot, 8 * k + row).row;
            for (int quarter = 0; quarter < 4; quarter++)
                lane_of(slot, 4 * row + quarter).touched[k] = memory;
            for (int column = 0; column < 8; column++)
                f(memory + 2 * column,
                  i.transpose ? element_of(slot, k, column, row) : element_of(slot, k, row, column));
        }
}

static void complete_load(unsigned lanes, void *const *slot)
{
    const Instruction &i = *whole_warp(lanes, slot);
    each_element(i, slot, [](const char *memory, uint16_t *lane) { memcpy(lane, memory, 2); });
}

static void complete_store(unsigned lanes, void *const *slot)
{
    const Instruction &i = *whole_warp(lanes, slot);
    each_element(i, slot, [](char *memory, const uint16_t *lane) { memcpy(memory, lane, 2); });
}

static void complete_move(unsigned lanes, void *const *slot)
{
    whole_warp(lanes, slot);
    uint16_t old[8][8];
    for (int row = 0; row < 8; row++)
        for (int column = 0; column < 8; column++) old[row][column] = *element_of(slot, 0, row, column);
    for (int row = 0; row < 8; row++)
        for (int column = 0; column < 8; column++) *element_of(slot, 0, column, row) = old[row][column];
}

/* The row that this lane names, which must be there before the warp reads it. */
static char *row_of(const Machine &machine, const Instruction &i, const Ref &ref)
{
    if ((int)lane_id() >= 8 * i.count) return nullptr;
    char *row = pointer_to(machine, ref, i.space);
    if (!i.space && space_of(row) != Space::shared)
        fail("bounds", machine.where, "inline PTX: %s: the row is not in shared memory (%s)", i.name.c_str(),
             describe(row).c_str());
    check_aligned(row, 16, i.name.c_str(), machine.where);
    fault_where = machine.where;
    (void)(*(volatile char *)row + *(volatile char *)(row + 15));
    fault_where = {};
    return row;
}

/* Each lane moves four bytes of each matrix: of row l / 4, transposed or not. That is all bytes once, and the
 * banks as the hardware uses them. */
static void meet(Lane &lane, const Instruction &i, CompleteFn *complete, bool writes)
{
    warp_collective(~0u, Collective::wmma, static_cast<WarpPart *>(&lane), complete, lane.where);
    for (int k = 0; k < i.count; k++)
        mark_access(lane.touched[k] + 4 * (lane_id() % 4), 4, writes, false, lane.where);
}

static const Ref &part(const Machine &machine, const Instruction &i, const Ref &ref, int k)
{
    if (ref.kind != Ref::vector && i.count == 1) return ref;
    if (ref.kind != Ref::vector || (int)ref.parts.size() != i.count)
        refuse("'" + i.name + "' needs " + std::to_string(i.count) + " registers in { }", machine.where);
    return ref.parts[(size_t)k];
}

static void load(Machine &machine, const Instruction &i)
{
    part(machine, i, i.operand[0], 0);
    Lane lane = { { &i, machine.where }, row_of(machine, i, i.operand[1]), {}, {} };
    meet(lane, i, complete_load, false);
    for (int k = 0; k < i.count; k++)
        put(machine, part(machine, i, i.operand[0], k), Type::b32, lane.bits[k]);
}

static void store(Machine &machine, const Instruction &i)
{
    Lane lane = { { &i, machine.where }, row_of(machine, i, i.operand[0]), {}, {} };
    for (int k = 0; k < i.count; k++)
        lane.bits[k] = (uint32_t)get(machine, part(machine, i, i.operand[1], k), Type::b32);
    meet(lane, i, complete_store, true);
}

static void move(Machine &machine, const Instruction &i)
{
    Lane lane = { { &i, machine.where }, nullptr, { (uint32_t)get(machine, i.operand[1], Type::b32) }, {} };
    warp_collective(~0u, Collective::wmma, static_cast<WarpPart *>(&lane), complete_move, lane.where);
    put(machine, i.operand[0], Type::b32, lane.bits[0]);
}

static void bind_matrices(Instruction &i, Modifiers &m, Handler *run)
{
    const bool sync = m.take("sync"), aligned = m.take("aligned"), shape = m.take("m8n8");
    i.count = m.take("x1") ? 1 : m.take("x2") ? 2 : m.take("x4") ? 4 : 0;
    i.transpose = m.take("trans");
    i.space = m.take("shared") || m.take("shared::cta") ? 's' : 0;
    if (sync && aligned && shape && i.count && m.take_type() == Type::b16) i.run = run;
}
static void bind_ldmatrix(Instruction &i, Modifiers &m)
{
    bind_matrices(i, m, load);
}
static void bind_stmatrix(Instruction &i, Modifiers &m)
{
    bind_matrices(i, m, store);
}
static void bind_movmatrix(Instruction &i, Modifiers &m)
{
    const bool all = m.take("sync") && m.take("aligned") && m.take("m8n8") && m.take("trans");
    if (all && m.take_type() == Type::b16) i.run = move;
}

const Opcode matrix_opcodes[] = { { "ldmatrix", 2, 2, bind_ldmatrix },
                                  { "stmatrix", 2, 2, bind_stmatrix },
                                  { "movmatrix", 2, 2, bind_movmatrix },
                                  { nullptr, 0, 0, nullptr } };

} // namespace ptx
} // namespace emu
