/* phase_barrier.cpp - arrivals, bytes and phases in one 64-bit word, as in an mbarrier. */
#include "emu/phase_barrier.h"
#include "async_copy.h"
#include "emu_internal.h"

namespace emu
{

/* Shared memory is poisoned with ones: a word that was never initialised says so by its `expected`. */
struct Word {
    uint64_t expected : 12, pending : 12, phase : 16;
    int64_t bytes : 24;
};
static_assert(sizeof(Word) == sizeof(uint64_t), "one word");
static const unsigned NEVER_SET = 0xfff;

static Word read(const uint64_t *barrier, const char *what, Where where)
{
    if (!current) fail("host", where, "%s: a barrier in shared memory is used by host code", what);
    check_aligned(barrier, 8, what, where);
    Word word;
    memcpy(&word, barrier, sizeof word);
    if (word.expected == NEVER_SET) fail("barrier", where, "%s: the barrier has not been initialised", what);
    return word;
}

/* Puts the word back; ends the phase if nothing is missing. */
static void write(uint64_t *barrier, Word word)
{
    if (word.pending == 0 && word.bytes == 0) {
        async_finish_for(barrier, word.phase);
        word.pending = word.expected;
        word.phase++;
    }
    memcpy(barrier, &word, sizeof word);
    progress();
}

void phase_init(uint64_t *barrier, unsigned arrivals, Where where)
{
    check_aligned(barrier, 8, "barrier", where);
    if (arrivals == 0 || arrivals > PHASE_ARRIVALS_MOST)
        fail("barrier", where, "a barrier for %u arrivals; 1 to %u are possible", arrivals,
             PHASE_ARRIVALS_MOST);
    mark_access(barrier, 8, true, false, where); /* the others may use it after a barrier of the block only */
    Word word = { arrivals, arrivals, 0, 0 };
    memcpy(barrier, &word, sizeof word);
}

unsigned phase_arrive(uint64_t *barrier, unsigned arrivals, Where where)
{
    Word word = read(barrier, "arrive", where);
    unsigned phase = word.phase;
    if (left_out("arrive", where)) return phase;
    if (arrivals > word.pending)
        fail("barrier", where, "%u arrivals, but the barrier waits for %u only", arrivals,
             (unsigned)word.pending);
    mark_access(barrier, 8, false, true, where);
    tell(&Hooks::phase_arrive, barrier, phase);
    word.pending -= arrivals;
    write(barrier, word);
    return phase;
}

unsigned phase_drop(uint64_t *barrier, Where where)
{
    Word word = read(barrier, "arrive_and_drop", where);
    if (word.expected == 0) fail("barrier", where, "arrive_and_drop, but the barrier expects nobody");
    word.expected--;
    memcpy(barrier, &word, sizeof word);
    return phase_arrive(barrier, 1, where);
}

unsigned phase_expect_bytes(uint64_t *barrier, unsigned bytes, Where where)
{
    Word word = read(barrier, "expect_tx", where);
    word.bytes += bytes;
    unsigned phase = word.phase;
    memcpy(barrier, &word, sizeof word); /* an arrival follows, or has been left out on purpose */
    return phase;
}

void phase_complete_bytes(uint64_t *barrier, unsigned bytes, Where where)
{
    Word word = read(barrier, "complete_tx", where);
    tell(&Hooks::phase_arrive, barrier, (unsigned long)word.phase);
    word.bytes -= bytes;
    write(barrier, word);
}

bool phase_over(const uint64_t *barrier, unsigned phase, Where where)
{
    if (left_out("wait", where)) return true;
    if (read(barrier, "wait", where).phase == (phase & 0xffff)) return false;
    mark_access(barrier, 8, false, true, where);
    tell(&Hooks::phase_wait, barrier, (unsigned long)(phase & 0xffff));
    return true;
}

bool parity_over(const uint64_t *barrier, unsigned parity, Where where)
{
    if (left_out("wait", where)) return true;
    Word word = read(barrier, "wait", where);
    if ((word.phase & 1) == (parity & 1)) return false;
    return phase_over(barrier, word.phase - 1u, where);
}

void phase_wait(const uint64_t *barrier, unsigned phase, Where where)
{
    while (!phase_over(barrier, phase, where)) yield(where);
}

void parity_wait(const uint64_t *barrier, unsigned parity, Where where)
{
    while (!parity_over(barrier, parity, where)) yield(where);
}

} // namespace emu
