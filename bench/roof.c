/* roof.c - measuring the roofs; see roof.h. */
#include "roof.h"

#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/interrupt.h"
#include "../base/memory.h"
#include "pinning.h"

const char *const roof_level_name[LEVELS] = { "l1", "l2", "l3", "dram" };
const char *const roof_pattern_name[ROOF_PATTERNS] = { "read", "copy", "triad", "update", "stream" };

enum { SAMPLES = 10 };
static const double sample_seconds = 0.003;

/* ---- one sample: all threads do the same work at the same time ---- */

struct job {
    double (*fma)(long repeats); /* this, or memory */
    double (*memory)(char *p, size_t bytes, long passes);
    size_t bytes; /* of each thread's own memory */
    char *arena;
    long repeats;
    double done[PINNING_MAX], start[PINNING_MAX], end[PINNING_MAX];
};

static double do_work(const struct job *j, int k, long repeats)
{
    return j->fma ? j->fma(repeats) : j->memory(j->arena + (size_t)k * j->bytes, j->bytes, repeats);
}

static void job_work(int k, void *arg)
{
    struct job *j = arg;
    do_work(j, k, 1); /* caches and clocks */
    j->start[k] = clock_seconds();
    j->done[k] = do_work(j, k, j->repeats);
    j->end[k] = clock_seconds();
}

/* units per second of all threads together: from the first start to the last end */
static double job_rate(struct job *j, int threads)
{
    if (!pinning_run(threads, job_work, j)) return 0;
    double done = 0, start = j->start[0], end = j->end[0];
    for (int k = 0; k < threads; k++) {
        done += j->done[k];
        if (j->start[k] < start) start = j->start[k];
        if (j->end[k] > end) end = j->end[k];
    }
    return end > start ? done / (end - start) : 0;
}

static double job_best(struct job *j, int threads)
{
    double best = 0;
    j->repeats = 1;
    while (!interrupt_asked()) { /* lengthen until a sample is long enough to be timed */
        double rate = job_rate(j, threads);
        if (rate <= 0) return 0;
        double seconds = j->end[0] - j->start[0];
        if (seconds >= sample_seconds / 2 || j->repeats > 1L << 40) break;
        j->repeats = seconds < sample_seconds / 100
                         ? j->repeats * 50
                         : (long)((double)j->repeats * sample_seconds / seconds) + 1;
    }
    for (int s = 0; s < SAMPLES && !interrupt_asked(); s++) {
        double rate = job_rate(j, threads);
        if (rate > best) best = rate;
    }
    return best;
}

/* ---- working sets ---- */

static size_t whole_grains(size_t bytes)
{
    return bytes < ROOF_GRAIN ? ROOF_GRAIN : bytes / ROOF_GRAIN * ROOF_GRAIN;
}

/* Bytes for each of the threads so that they come from that level and no nearer one; 0: there is no such
 * level. L1 and L2 are taken as private, L3 as shared; half a cache leaves room for what else lives there, a
 * quarter of a large L3 for the neighbours of a virtual machine. */
static size_t working_set(const size_t *cache, int level, int threads)
{
    size_t l1 = cache[0] ? cache[0] : 32 << 10, l2 = cache[1] ? cache[1] : 512 << 10, l3 = cache[2],
           mine = (size_t)threads;
    if (level == LEVEL_L1) return whole_grains(l1 * 3 / 4);
    if (level == LEVEL_L2) return whole_grains(l2 / 2 > 2 * l1 ? l2 / 2 : l2 * 3 / 4);
    if (level == LEVEL_L3) {
        size_t share = l3 / 4 / mine;
        if (share < 3 * l2) share = l3 * 3 / 4 / mine;
        return share > l2 * 3 / 2 ? whole_grains(share) : 0;
    }
    size_t far = 4 * (l3 ? l3 : l2), low = (size_t)64 << 20, high = (size_t)1 << 30;
    return whole_grains((far < low ? low : far > high ? high : far) / mine);
}

static void keep_higher(double *value, double measured)
{
    if (measured > *value) *value = measured;
}

static int measure_level(struct roofs *r, int level)
{
    int isa = roof_best_isa(r, 0);
    size_t bytes = working_set(r->cache, level, r->threads);
    if (!bytes) return 1;
    struct job j = { .bytes = bytes, .arena = memory_huge(bytes * (size_t)r->threads) };
    if (!j.arena) return 0;
    for (int p = 0; p < ROOF_PATTERNS && !interrupt_asked(); p++) {
        if (p == ROOF_STREAM && level != LEVEL_DRAM) continue; /* it goes to DRAM wherever the data was */
        j.memory = roof_kernels[isa].memory[p];
        keep_higher(&r->bytes[level][p], job_best(&j, r->threads));
    }
    memory_huge_free(j.arena, bytes * (size_t)r->threads);
    return 1;
}

int roof_measure(struct roofs *r, const struct machine *m, int threads)
{
    r->threads = threads;
    memcpy(r->cache, m->cache, sizeof r->cache);
    for (int isa = 0; isa < ROOF_ISAS && !interrupt_asked(); isa++) {
        if (!roof_kernels[isa].name || !roof_kernels[isa].present()) continue;
        struct job j = { .fma = roof_kernels[isa].fma };
        keep_higher(&r->fma[isa], job_best(&j, threads));
    }
    for (int level = 0; level < LEVELS && !interrupt_asked(); level++)
        if (!measure_level(r, level)) return 0;
    return 1;
}

/* ---- what follows for an operation ---- */

int roof_best_isa(const struct roofs *r, int ours)
{
    int best = ROOF_BASE;
    unsigned may = rung_isa();
    if (r->fma[ROOF_AVX2] > 0 && (!ours || may & NEED_AVX2)) best = ROOF_AVX2;
    if (r->fma[ROOF_AVX512] > 0 && (!ours || may & NEED_AVX512)) best = ROOF_AVX512;
    return best;
}

static int best_pattern(const struct roofs *r, int level)
{
    int best = 0;
    for (int p = 1; p < ROOF_PATTERNS; p++)
        if (r->bytes[level][p] > r->bytes[level][best]) best = p;
    return best;
}

static void must_cross(struct bound *b, const struct roofs *r, int level, double bytes)
{
    int p = best_pattern(r, level);
    double rate = r->bytes[level][p];
    if (!(rate > 0) || !(bytes / rate > b->seconds)) return;
    b->seconds = bytes / rate;
    snprintf(b->name, sizeof b->name, "%s_%s", roof_pattern_name[p], roof_level_name[level]);
}

static double input_bytes(const struct op *op, const int *size)
{
    double bytes = 0;
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access != ARG_OUT) bytes += (double)op_arg_bytes(op, a, size, sizeof(float));
    return bytes;
}

struct bound roof_bound(const struct roofs *r, const struct op *op, const int *size, double flops, int isa,
                        int cold)
{
    struct bound b = { 0 };
    double bytes = op_bytes(op, size), near = 0; /* near: what the levels before this one can hold */
    b.seconds = r->fma[isa] > 0 ? flops / r->fma[isa] : 0;
    snprintf(b.name, sizeof b.name, "fma_%s", roof_kernels[isa].name);
    for (int level = 0; level < LEVELS; level++) {
        must_cross(&b, r, level, bytes - near);
        if (level < LEVEL_DRAM) near += (double)r->cache[level] * (level < LEVEL_L3 ? r->threads : 1);
    }
    if (cold) must_cross(&b, r, LEVEL_DRAM, input_bytes(op, size));
    return b;
}
