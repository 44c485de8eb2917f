/* explain_gpu.c - how many blocks a GPU holds at a time, and the roofs above a kernel; see explain.h. */
#include <math.h>
#include <string.h>

#include "explain.h"

/* Per SM: CUDA Programming Guide, "Technical Specifications per Compute Capability" (8.0, 9.0, 8.9). Speeds
 * are peaks without sparsity, as the data sheets have them: no kernel reaches them. */
const struct explain_gpu explain_gpus[] = {
    { "a100",
      "A100 SXM 80 GB",
      "sm_80",
      "NVIDIA A100 data sheet; CUDA Programming Guide, compute capability 8.0",
      108,
      2048,
      32,
      65536,
      164,
      163,
      2039,
      { 19.5, 9.7 },
      312 },
    { "h100",
      "H100 SXM",
      "sm_90",
      "NVIDIA H100 data sheet; CUDA Programming Guide, compute capability 9.0",
      132,
      2048,
      32,
      65536,
      228,
      227,
      3350,
      { 67, 34 },
      989 },
    { "rtx4090",
      "GeForce RTX 4090",
      "sm_89",
      "NVIDIA Ada GPU architecture white paper; CUDA Programming Guide, compute capability 8.9",
      128,
      1536,
      24,
      65536,
      100,
      99,
      1008,
      { 82.6, 1.29 },
      165.2 },
    { 0 },
};

const struct explain_gpu *explain_find_gpu(const char *word)
{
    for (const struct explain_gpu *g = explain_gpus; g->word; g++)
        if (!strcmp(g->word, word)) return g;
    return NULL;
}

const char *explain_limit_name(enum explain_limit limit)
{
    static const char *const name[] = { "threads", "blocks", "registers", "shared memory" };
    return name[limit];
}

/* ---- occupancy ---- */

enum {
    RESERVED = 1024,
    SHARED_UNIT = 128,
    REGISTER_UNIT = 256,
    PARTS = 4
}; /* 1 KB per block is the system's */

static int round_up(int n, int unit)
{
    return (n + unit - 1) / unit * unit;
}

/* Each of an SM's four parts has a quarter of its registers, and a warp has all of its own in one part. */
static int blocks_by_registers(const struct explain_gpu *gpu, int warps, int registers)
{
    int of_warp = round_up(32 * registers, REGISTER_UNIT), in_part = gpu->registers / PARTS / of_warp;
    return in_part * PARTS / warps;
}

struct explain_occupancy explain_occupancy(const struct explain_gpu *gpu, int threads, int registers,
                                           double shared_bytes, double grid)
{
    struct explain_occupancy o = { 0 };
    int warps = (threads + 31) / 32;
    int shared = round_up((int)shared_bytes + RESERVED, SHARED_UNIT);
    o.by[LIMIT_THREADS] = gpu->threads / 32 / warps;
    o.by[LIMIT_BLOCKS] = gpu->blocks;
    o.by[LIMIT_REGISTERS] = registers > 0 ? blocks_by_registers(gpu, warps, registers) : -1;
    o.by[LIMIT_SHARED] = shared_bytes > 1024. * gpu->shared_of_block ? 0 : gpu->shared * 1024 / shared;
    o.blocks = o.by[LIMIT_THREADS];
    for (int i = 0; i < 4; i++)
        if (o.by[i] >= 0 && o.by[i] < o.blocks) o.blocks = o.by[i], o.limit = (enum explain_limit)i;
    o.warps = o.blocks * warps, o.most_warps = gpu->threads / 32;
    o.waves = o.blocks ? grid / ((double)o.blocks * gpu->sms) : 0;
    return o;
}

/* ---- roofs ---- */

struct explain_roof explain_roof(const struct explain_gpu *gpu, const struct explain_kernel *k, double flops)
{
    static const char *const name[] = { "FP32", "FP64" };
    struct explain_roof r = { 0 };
    int of_double = k->operations[1] > k->operations[0];
    r.known = flops > 0 || k->operations[0] >= 0;
    r.operations = flops > 0 ? flops * k->launches : k->operations[0] + k->operations[1];
    r.peak = k->tensor_cores ? gpu->tensor : gpu->peak[of_double];
    r.peak_name = k->tensor_cores ? "FP16 tensor core" : name[of_double];
    double asked = 32 * k->asked, distinct = 32 * (k->read + k->written);
    if (!r.known || asked <= 0 || distinct <= 0) return r;
    r.asked = r.operations / asked, r.distinct = r.operations / distinct;
    r.ridge = 1000 * r.peak / gpu->bandwidth;
    r.low = fmin(r.peak, r.asked * gpu->bandwidth / 1000);
    r.high = fmin(r.peak, r.distinct * gpu->bandwidth / 1000);
    return r;
}
