/* ptx_memory.cpp - PTX that touches memory: ld, st, atom, red, cp.async, prefetch, cvta, fences. The
 * checkers see each access as they see a kernel's own, with the line of the statement. */
#include <cmath>
#include "emu/atomics.h"
#include "emu/cluster.h"
#include "emu/mini_float.h"
#include "emu_internal.h"
#include "memory.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

/* ---- addresses ---- */

static void take_space(Instruction &i, Modifiers &m)
{
    i.space = m.take("global")                            ? 'g'
              : m.take("shared") || m.take("shared::cta") ? 's'
              : m.take("shared::cluster")                 ? 'k'
              : m.take("local")                           ? 'l'
                                                          : 0;
}

char *pointer_to(const Machine &machine, const Ref &ref, char space)
{
    const char *name = machine.code->instruction[machine.next - 1].name.c_str();
    if (!ref.memory || !ref.parts.empty())
        refuse(std::string("'") + name + "' needs one address in brackets", machine.where);
    uint64_t address = get(machine, ref, Type::b64) + (uint64_t)ref.offset;
    if (space != 's' && space != 'k') {
        if (space == 'g' && space_of((void *)address) == Space::shared)
            fail("ptx", machine.where, "inline PTX: %s, but the address is in shared memory (%s)", name,
                 describe((void *)address).c_str());
        return (char *)address;
    }
    char *pointer = (char *)from_shared_window(address, machine.where);
    unsigned slot = block.slot;
    const void *own = shared_own(pointer, &slot);
    if (own && slot != block.slot && space == 's')
        fail("ptx", machine.where,
             "inline PTX: %s, but the address is in the shared memory of another block (%s), which "
             ".shared::cluster reaches",
             name, describe(pointer).c_str());
    if (own && space_of(own) == Space::shared) return pointer;
    const std::string past = describe_past_shared(pointer);
    fail("bounds", machine.where, "inline PTX: %s: the address 0x%llx is %s", name,
         (unsigned long long)address, past.empty() ? "in no array of shared memory" : past.c_str());
}

void read_memory(void *to, const char *from, size_t size, const Instruction &i, Where where)
{
    check_aligned(from, size, i.name.c_str(), where);
    mark_access(from, size, false, i.synchronizes, where);
    fault_where = where;
    memcpy(to, from, size);
    fault_where = {};
}

void write_memory(char *to, const void *from, size_t size, const Instruction &i, Where where)
{
    check_aligned(to, size, i.name.c_str(), where);
    mark_access(to, size, true, i.synchronizes, where);
    fault_where = where;
    memcpy(to, from, size);
    fault_where = {};
}

/* ---- ld, st ---- */

/* Hints to the caches, which are not here. */
static void take_hints(Modifiers &m)
{
    static const char *const hints[] = { "ca",
                                         "cg",
                                         "cs",
                                         "lu",
                                         "cv",
                                         "wb",
                                         "wt",
                                         "nc",
                                         "weak",
                                         "L1::evict_normal",
                                         "L1::evict_unchanged",
                                         "L1::evict_first",
                                         "L1::evict_last",
                                         "L1::no_allocate",
                                         "L2::evict_normal",
                                         "L2::evict_first",
                                         "L2::evict_last",
                                         "L2::64B",
                                         "L2::128B",
                                         "L2::256B" };
    while (m.take_one(hints) >= 0) {
    }
}

enum { RELEASES = 1 };

static void take_order(Instruction &i, Modifiers &m)
{
    static const char *const scopes[] = { "cta", "cluster", "gpu", "sys" };
    bool release = m.take("release") || m.take("acq_rel");
    i.synchronizes = m.take("acquire") || m.take("relaxed") || m.take("volatile") || release;
    m.take_one(scopes);
    if (release) i.mode |= RELEASES;
}

static int vector_of(Modifiers &m)
{
    return m.take("v2") ? 2 : m.take("v4") ? 4 : m.take("v8") ? 8 : 1;
}

static const Ref &part(const Machine &machine, const Instruction &i, const Ref &ref, int k)
{
    size_t parts = ref.kind == Ref::vector ? ref.parts.size() : 1;
    if ((int)parts != i.count)
        refuse("'" + i.name + "' needs " + std::to_string(i.count) + " registers, not " +
                   std::to_string(parts),
               machine.where);
    return ref.kind == Ref::vector ? ref.parts[(size_t)k] : ref;
}

static void load(Machine &machine, const Instruction &i)
{
    const unsigned size = size_of(i.type);
    const char *from = pointer_to(machine, i.operand[1], i.space);
    char bytes[64];
    part(machine, i, i.operand[0], 0);
    if (i.synchronizes) yield(machine.where); /* whoever looks may be waiting */
    read_memory(bytes, from, size * (unsigned)i.count, i, machine.where);
    for (int k = 0; k < i.count; k++) {
        uint64_t bits = 0;
        memcpy(&bits, bytes + (size_t)k * size, size);
        put(machine, part(machine, i, i.operand[0], k), i.type, bits);
    }
}

static void store(Machine &machine, const Instruction &i)
{
    const unsigned size = size_of(i.type);
    char *to = pointer_to(machine, i.operand[0], i.space), bytes[64];
    for (int k = 0; k < i.count; k++) {
        uint64_t bits = get(machine, part(machine, i, i.operand[1], k), i.type);
        memcpy(bytes + (size_t)k * size, &bits, size);
    }
    if (i.mode & RELEASES) fence(Scope::device);
    write_memory(to, bytes, size * (unsigned)i.count, i, machine.where);
    if (i.synchronizes) progress();
}

static void bind_access(Instruction &i, Modifiers &m, Handler *run)
{
    take_order(i, m);
    take_space(i, m);
    take_hints(m);
    i.count = vector_of(m);
    i.type = m.take_type();
    unsigned size = size_of(i.type);
    if (size && i.type != Type::pred && size <= 8 && size * (unsigned)i.count <= 32) i.run = run;
}

static void bind_ld(Instruction &i, Modifiers &m)
{
    bind_access(i, m, load);
}
static void bind_st(Instruction &i, Modifiers &m)
{
    bind_access(i, m, store);
}

static void bind_ldu(Instruction &i, Modifiers &m)
{
    bind_access(i, m, load);
}

static void nothing(Machine &, const Instruction &)
{
}

/* A hint; the address need not exist. */
static void bind_prefetch(Instruction &i, Modifiers &m)
{
    take_space(i, m);
    take_hints(m);
    if (m.take("L1") || m.take("L2") || m.take("L2::evict_last") || m.take("L2::evict_normal"))
        i.run = nothing;
}

/* ---- atom, red ---- */

enum { ADD, MIN, MAX, AND, OR, XOR, EXCH, CAS, INC, DEC };

template <class T> static T combined(int mode, T old, T b, T c)
{
    switch (mode) {
    case ADD: return (T)(old + b);
    case MIN: return b < old ? b : old;
    case MAX: return old < b ? b : old;
    case CAS: return old == b ? c : old;
    case EXCH: return b;
    default: break;
    }
    if constexpr (std::is_integral_v<T>) {
        switch (mode) {
        case AND: return old & b;
        case OR: return old | b;
        case XOR: return old ^ b;
        case INC: return old >= b ? T(0) : (T)(old + 1);
        default: return old == 0 || old > b ? b : (T)(old - 1);
        }
    }
    return old;
}

template <class T> static T as(uint64_t bits)
{
    T value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

template <class T> static uint64_t update(char *at, const Instruction &i, uint64_t b, uint64_t c, Where where)
{
    Update kind = i.mode >> 1 == EXCH  ? Update::overwrites
                  : i.mode >> 1 == CAS ? Update::compares
                                       : Update::reads;
    bool waits = i.mode >> 1 != MIN && i.mode >> 1 != MAX;
    auto change = [&](T old) { return combined<T>(i.mode >> 1, old, as<T>(b), as<T>(c)); };
    fault_where = where;
    T old = atomic_update((T *)at, change, Unchanged::goes_on, i.name.c_str(), where, kind);
    fault_where = {};
    T now = change(old);
    if (waits && !memcmp(&old, &now, sizeof old)) yield(where);
    uint64_t bits = 0;
    memcpy(&bits, &old, sizeof old);
    return bits;
}

typedef MiniFloat<HalfFormat> Half;
typedef MiniFloat<Bfloat16Format> Bfloat16;

template <class T2> static uint64_t add_pair(char *at, const Instruction &i, uint64_t b, Where where)
{
    auto change = [&](T2 old) { return old + as<T2>(b); };
    T2 old = atomic_update((T2 *)at, change, Unchanged::goes_on, i.name.c_str(), where);
    uint32_t bits;
    memcpy(&bits, &old, sizeof bits);
    return bits;
}

static uint64_t update_any(char *at, const Instruction &i, uint64_t b, uint64_t c, Where where)
{
    switch (i.type) {
    case Type::b32:
    case Type::u32: return update<uint32_t>(at, i, b, c, where);
    case Type::s32: return update<int32_t>(at, i, b, c, where);
    case Type::b16: return update<uint16_t>(at, i, b, c, where);
    case Type::b64:
    case Type::u64: return update<uint64_t>(at, i, b, c, where);
    case Type::s64: return update<int64_t>(at, i, b, c, where);
    case Type::f32: return update<float>(at, i, b, c, where);
    case Type::f64: return update<double>(at, i, b, c, where);
    case Type::f16x2: return add_pair<MiniFloat2<HalfFormat>>(at, i, b, where);
    case Type::bf16x2: return add_pair<MiniFloat2<Bfloat16Format>>(at, i, b, where);
    case Type::f16: return update<Half>(at, i, b, c, where);
    default: return update<Bfloat16>(at, i, b, c, where);
    }
}

static void atom(Machine &machine, const Instruction &i)
{
    const size_t first = i.count ? 1 : 0; /* red gives no old value */
    char *at = pointer_to(machine, i.operand[first], i.space);
    uint64_t b = get(machine, i.operand[first + 1], i.type);
    uint64_t c = i.operand.size() > first + 2 ? get(machine, i.operand[first + 2], i.type) : 0;
    if (i.mode & RELEASES) fence(Scope::device);
    uint64_t old = update_any(at, i, b, c, machine.where);
    if (first) put(machine, i.operand[0], i.type, old);
}

static bool updates(int operation, Type type)
{
    const bool bits = type == Type::b32 || type == Type::b64, u32 = type == Type::u32;
    const bool whole = u32 || type == Type::u64 || type == Type::s32 || type == Type::s64;
    if (operation == ADD) return whole || (is_real(type) && type != Type::tf32);
    if (operation == MIN || operation == MAX) return whole;
    if (operation == INC || operation == DEC) return u32;
    return bits || (operation == CAS && type == Type::b16);
}

static void bind_update(Instruction &i, Modifiers &m, bool returns)
{
    static const char *const names[] = {
        "add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec"
    };
    take_order(i, m);
    take_space(i, m);
    m.take("noftz");
    int operation = m.take_one(names);
    i.type = m.take_type();
    i.count = returns;
    const size_t operands = (returns ? 3u : 2u) + (operation == CAS);
    if (operation < 0 || !updates(operation, i.type) || i.operand.size() != operands) return;
    i.mode |= operation << 1;
    i.run = atom;
}
static void bind_atom(Instruction &i, Modifiers &m)
{
    bind_update(i, m, true);
}
static void bind_red(Instruction &i, Modifiers &m)
{
    if (m.take("async")) return;
    bind_update(i, m, false);
}

/* ---- cp.async ---- */

static void copy(Machine &machine, const Instruction &i)
{
    char *to = pointer_to(machine, i.operand[0], 's');
    const char *from = pointer_to(machine, i.operand[1], 'g');
    uint64_t bytes = get(machine, i.operand[2], Type::u32), given = bytes;
    if (i.operand.size() > 3 && i.mode)
        given = get(machine, i.operand[3], Type::pred) ? 0 : bytes;
    else if (i.operand.size() > 3)
        given = get(machine, i.operand[3], Type::u32);
    if (i.count == 16 && bytes != 16)
        fail("async", machine.where, "cp.async.cg of %llu bytes; it copies 16, cp.async.ca also 4 and 8",
             (unsigned long long)bytes);
    if (given > bytes)
        fail("async", machine.where, "cp.async reads %llu of %llu bytes", (unsigned long long)given,
             (unsigned long long)bytes);
    async_copy(to, from, bytes, bytes - given, machine.where);
}
static void commit(Machine &machine, const Instruction &)
{
    async_commit(machine.where);
}
static void wait_group(Machine &machine, const Instruction &i)
{
    async_wait((unsigned)get(machine, i.operand[0], Type::u32), machine.where);
}
static void wait_all(Machine &machine, const Instruction &)
{
    async_commit(machine.where);
    async_wait(0, machine.where);
}

static void bind_cp(Instruction &i, Modifiers &m)
{
    if (!m.take("async")) return;
    if (m.take("commit_group")) return void(i.run = commit);
    if (m.take("wait_all")) return void(i.run = wait_all);
    if (m.take("wait_group")) return void(i.operand.size() == 1 ? i.run = wait_group : nullptr);
    const bool cg = m.take("cg"), ca = m.take("ca");
    const bool to = m.take("shared") || m.take("shared::cta");
    take_hints(m);
    i.count = cg ? 16 : 0;
    i.mode = i.operand.size() > 3 && i.operand[3].kind == Ref::reg && i.operand[3].text[0] != '%';
    if (to && m.take("global") && cg != ca && i.operand.size() >= 3) i.run = copy;
}

/* ---- cvta, isspacep, fences ---- */

static void cvta(Machine &machine, const Instruction &i)
{
    uint64_t address = get(machine, i.operand[1], i.type);
    if (i.space == 's' || i.space == 'k')
        address = i.mode ? shared_window((void *)address, machine.where)
                         : (uint64_t)from_shared_window(address, machine.where);
    put(machine, i.operand[0], i.type, address);
}
static void bind_cvta(Instruction &i, Modifiers &m)
{
    i.mode = m.take("to");
    take_space(i, m);
    if (!i.space && m.take("const")) i.space = 'c';
    i.type = m.take_type();
    if (i.space && (i.type == Type::u64 || (i.type == Type::u32 && (i.space == 's' || i.space == 'k'))))
        i.run = cvta;
}

static void isspacep(Machine &machine, const Instruction &i)
{
    const void *address = (void *)get(machine, i.operand[1], Type::u64);
    unsigned slot = block.slot;
    bool shared = shared_own(address, &slot), own = shared && slot == block.slot;
    put(machine, i.operand[0], Type::pred,
        i.space == 'g'   ? space_of(address) == Space::global
        : i.space == 's' ? own
                         : shared);
}
static void bind_isspacep(Instruction &i, Modifiers &m)
{
    take_space(i, m);
    if (i.space == 's' || i.space == 'k' || i.space == 'g') i.run = isspacep;
}

/* ---- the shared memory of other blocks ---- */

static void *shared_pointer(const Machine &machine, const Instruction &i)
{
    uint64_t address = get(machine, i.operand[1], i.type == Type::u32 ? Type::b32 : Type::b64);
    return i.space == 'k' ? from_shared_window(address, machine.where) : (void *)address;
}

static void mapa(Machine &machine, const Instruction &i)
{
    void *there = cluster_shared(shared_pointer(machine, i), (unsigned)get(machine, i.operand[2], Type::u32),
                                 machine.where, "mapa");
    put(machine, i.operand[0], i.type,
        i.space == 'k' ? shared_window(there, machine.where) : (uint64_t)there);
}
static void bind_mapa(Instruction &i, Modifiers &m)
{
    take_space(i, m);
    i.type = m.take_type();
    const bool window = i.space == 'k' && (i.type == Type::u32 || i.type == Type::u64);
    if (window || (i.space == 0 && i.type == Type::u64)) i.run = mapa;
}

/* Its type is that of the address; the rank has 32 bits. */
static void get_rank(Machine &machine, const Instruction &i)
{
    put(machine, i.operand[0], Type::u32,
        cluster_rank_of(shared_pointer(machine, i), machine.where, "getctarank"));
}
static void bind_getctarank(Instruction &i, Modifiers &m)
{
    bind_mapa(i, m);
    if (i.run) i.run = get_rank;
}

static void make_fence(Machine &, const Instruction &i)
{
    fence(i.mode == 0 ? Scope::block : i.mode == 3 ? Scope::system : Scope::device);
}
static void bind_fence(Instruction &i, Modifiers &m)
{
    static const char *const scopes[] = { "cta", "cluster", "gpu", "sys" };
    if (!m.take("sc")) m.take("acq_rel");
    i.mode = m.take_one(scopes);
    if (i.mode >= 0) i.run = make_fence;
}
static void bind_membar(Instruction &i, Modifiers &m)
{
    static const char *const scopes[] = { "cta", "", "gl", "sys" };
    i.mode = m.take_one(scopes);
    if (i.mode >= 0) i.run = make_fence;
}

const Opcode memory_opcodes[] = { { "ld", 2, 2, bind_ld },
                                  { "ldu", 2, 2, bind_ldu },
                                  { "st", 2, 2, bind_st },
                                  { "prefetch", 1, 1, bind_prefetch },
                                  { "atom", 3, 4, bind_atom },
                                  { "red", 2, 3, bind_red },
                                  { "cp", 0, 4, bind_cp },
                                  { "cvta", 2, 2, bind_cvta },
                                  { "isspacep", 2, 2, bind_isspacep },
                                  { "mapa", 3, 3, bind_mapa },
                                  { "getctarank", 2, 2, bind_getctarank },
                                  { "fence", 0, 0, bind_fence },
                                  { "membar", 0, 0, bind_membar },
                                  { nullptr, 0, 0, nullptr } };

} // namespace ptx
} // namespace emu
