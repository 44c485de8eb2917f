/* emu_race_order.cpp - the order that synchronisation makes, and what a request costs, worked out by hand.
 *
 * Each scene is a few threads, synchronisations and the question whether one access
 * happened before another. */
#include <cstdio>

#include "../emu/src/race_clock.h"
#include "../emu/src/access.h"

static int failed, passed;

static void expect(bool ok, const char *what)
{
    if (!ok) printf("NOT OK: %s\n", what);
    failed += !ok;
    passed += ok;
}

/* Where in the launch an access was: its thread and the stamp it got. */
struct Mark {
    uint32_t block;
    unsigned thread;
    emu::Tick at;
    bool atomic;
};

struct Scene {
    emu::RaceClock clock;
    explicit Scene(unsigned threads = 96)
    {
        clock.launch_begin();
        clock.block_begin(0, threads);
    }
    Mark access(unsigned thread, bool atomic = false)
    {
        return { clock.block, thread, clock.stamp(thread), atomic };
    }
    bool before(const Mark &m, unsigned thread)
    {
        return clock.before(m.block, m.thread, m.at, m.atomic, thread);
    }
};

static void barriers()
{
    Scene s;
    Mark first = s.access(1);
    expect(!s.before(first, 2), "without a barrier nothing is ordered");
    s.clock.barrier();
    expect(s.before(first, 2) && s.before(first, 70), "a barrier orders what came before it, for every warp");
    Mark second = s.access(1);
    expect(!s.before(second, 2), "but not what comes after it");
    s.clock.block_begin(1, 96);
    expect(!s.before(first, 1), "blocks are not ordered, not even by a barrier of one of them");
    s.clock.launch_begin();
    s.clock.block_begin(0, 96);
    expect(s.before(second, 2), "kernels are");
}

static void warps()
{
    Scene s;
    Mark lane1 = s.access(1), lane20 = s.access(20), other = s.access(40);
    s.clock.warp_sync(0, 0xffff, ~0u);
    expect(s.before(lane1, 2), "a warp barrier of some lanes orders them");
    expect(!s.before(lane20, 2) && !s.before(lane1, 20), "and no lane outside its mask");
    s.clock.warp_sync(0, ~0u, ~0u);
    expect(s.before(lane20, 2) && s.before(lane1, 20), "a warp barrier of all lanes orders the warp");
    expect(!s.before(other, 2) && !s.before(lane1, 40), "and no other warp");
    Mark late = s.access(1);
    expect(!s.before(late, 2), "nor what comes after it");

    Scene t;
    Mark zero = t.access(0);
    t.clock.warp_sync(0, 0x3, ~0u);
    t.clock.warp_sync(0, 0x6, ~0u);
    expect(t.before(zero, 2), "order is transitive: lane 0 to 1, lane 1 to 2");
    expect(!t.before(zero, 3), "but lane 3 met nobody");
    t.clock.barrier();
    expect(t.before(zero, 3), "until the barrier");
}

static void phases()
{
    Scene s;
    Mark producer = s.access(3);
    s.clock.release(3, 77);
    Mark later = s.access(3);
    s.clock.acquire(64, 77);
    expect(s.before(producer, 64), "who waited for a phase sees what came before the arrival");
    expect(!s.before(later, 64), "but not what the producer did after it");
    expect(!s.before(producer, 65), "who did not wait sees nothing");
    s.clock.acquire(65, 78);
    expect(!s.before(producer, 65), "nor does who waited for another phase");
    std::vector<unsigned> members = { 1, 64 };
    Mark one = s.access(1);
    s.clock.meet(members);
    expect(s.before(producer, 1) && s.before(one, 64), "a named barrier passes on what its members knew");
}

/* Every block leaves a result; the last one, known by a counter, adds them up. */
static void last_block_done()
{
    for (int fenced = 0; fenced < 2; fenced++) {
        Scene s;
        Mark partial = s.access(5);
        s.clock.barrier();
        if (fenced) s.clock.fence(0, emu::FENCE_DEVICE);
        Mark too_late = s.access(0);
        s.clock.atomic(0, 1000, true);
        Mark counted = s.access(0, true);
        s.clock.block_begin(1, 96);
        s.clock.fence(0, emu::FENCE_DEVICE);
        s.clock.atomic(0, 1000, true);
        s.clock.barrier();
        expect(s.before(partial, 9) == (bool)fenced, "the last block sees the results if they were fenced");
        expect(s.before(counted, 9) == (bool)fenced, "and may reset the counter");
        expect(!s.before(too_late, 9), "but not what was written between the fence and the counter");
    }
    Scene s;
    Mark partial = s.access(5);
    s.clock.fence(5, emu::FENCE_DEVICE);
    s.clock.barrier();
    s.clock.atomic(0, 1000, true);
    s.clock.block_begin(1, 96);
    s.clock.atomic(0, 1000, true);
    expect(s.before(partial, 0), "each thread may fence for itself before the barrier");
    expect(!s.before(partial, 1), "without a barrier only the thread that counted knows");

    Scene t;
    Mark mine = t.access(5);
    t.clock.fence(5, emu::FENCE_BLOCK);
    t.clock.atomic(5, 1000, true);
    t.clock.atomic(70, 1000, false);
    expect(t.before(mine, 70), "a fence for the block is enough within it");
    t.clock.block_begin(1, 96);
    t.clock.atomic(0, 1000, true);
    expect(!t.before(mine, 0), "and not beyond");
}

/* ---- requests ---- */

static emu::WarpRequest request(unsigned size, unsigned stride, unsigned lanes = 32, unsigned start = 0)
{
    emu::WarpRequest r = { lanes == 32 ? ~0u : (1u << lanes) - 1, size, {} };
    for (unsigned lane = 0; lane < lanes; lane++) r.address[lane] = 4096 + start + lane * stride;
    return r;
}

static void sectors()
{
    static const struct {
        const char *what;
        unsigned size, stride, lanes, start, sectors, ideal;
    } row[] = {
        { "neighbours", 4, 4, 32, 0, 4, 4 },
        { "neighbours, one float off", 4, 4, 32, 4, 5, 4 },
        { "stride 2", 4, 8, 32, 0, 8, 4 },
        { "a column of 128 floats", 4, 512, 32, 0, 32, 4 },
        { "one address for all", 4, 0, 32, 0, 1, 1 },
        { "float4", 16, 16, 32, 0, 16, 16 },
        { "half", 2, 2, 32, 0, 2, 2 },
        { "bytes", 1, 1, 32, 0, 1, 1 },
        { "one lane", 4, 4, 1, 0, 1, 1 },
        { "a double across two sectors", 8, 8, 1, 28, 2, 1 },
    };
    for (const auto &r : row) {
        emu::WarpRequest q = request(r.size, r.stride, r.lanes, r.start);
        if (sectors_of(q) != r.sectors || ideal_sectors_of(q) != r.ideal)
            printf("%s: %u sectors, ideal %u\n", r.what, sectors_of(q), ideal_sectors_of(q));
        expect(sectors_of(q) == r.sectors && ideal_sectors_of(q) == r.ideal, r.what);
    }
}

static void wavefronts()
{
    static const struct {
        const char *what;
        unsigned size, stride, lanes, wavefronts, ideal;
    } row[] = {
        { "neighbours", 4, 4, 32, 1, 1 },
        { "one word for all", 4, 0, 32, 1, 1 },
        { "stride 2", 4, 8, 32, 2, 1 },
        { "a column of a 32-wide tile", 4, 128, 32, 32, 1 },
        { "a column of a 33-wide tile", 4, 132, 32, 1, 1 },
        { "float2", 8, 8, 32, 2, 2 },
        { "float4", 16, 16, 32, 4, 4 },
        { "float4, every second", 16, 32, 32, 8, 4 },
        { "half, two lanes to a word", 2, 2, 32, 1, 1 },
        { "eight lanes of float4", 16, 16, 8, 1, 1 },
    };
    for (const auto &r : row) {
        emu::WarpRequest q = request(r.size, r.stride, r.lanes);
        if (wavefronts_of(q) != r.wavefronts || ideal_wavefronts_of(q) != r.ideal)
            printf("%s: %u wavefronts, ideal %u\n", r.what, wavefronts_of(q), ideal_wavefronts_of(q));
        expect(wavefronts_of(q) == r.wavefronts && ideal_wavefronts_of(q) == r.ideal, r.what);
    }
}

int main()
{
    barriers();
    warps();
    phases();
    last_block_done();
    sectors();
    wavefronts();
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
