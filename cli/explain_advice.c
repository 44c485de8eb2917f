/* explain_advice.c - what is wrong with an access, and what mends it; see explain.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

double explain_excess(const struct explain_access *a)
{
    return a->ideal > 0 ? a->moved / a->ideal : 1;
}

static int is_atomic(const struct explain_access *a)
{
    return !strcmp(a->kind, "atomic");
}

/* The most lanes that meet at one address, of an average request. */
static double meeting(const struct explain_access *a)
{
    return a->requests > 0 ? a->same / a->requests : 1;
}

const char explain_parted_advice[] =
    "Few lanes are active: let the condition depend on the warp (threadIdx.x / 32) or the block in place of the lane, "
    "or order the work so that neighbours take one way.";

int explain_is_parted(double lanes, double share)
{
    return lanes < 24 && share >= 0.1;
}

int explain_is_bad(const struct explain_access *a)
{
    return explain_excess(a) >= 1.2 || (is_atomic(a) && meeting(a) >= 2);
}

/* ---- patterns of the worst request ---- */

/* Bytes from each lane to the next, if they are the same for all, whichever are active; else 0. */
static long stride_of(const struct explain_access *a)
{
    long stride = 0;
    for (int lane = 0, last = -1; lane < EXPLAIN_LANES; lane++) {
        if (a->at[lane] < 0) continue;
        if (last >= 0) {
            long step = (a->at[lane] - a->at[last]) / (lane - last);
            if (step * (lane - last) != a->at[lane] - a->at[last] || (stride && step != stride)) return 0;
            stride = step;
        }
        last = lane;
    }
    return labs(stride);
}

static int active(const struct explain_access *a)
{
    int n = 0;
    for (int lane = 0; lane < EXPLAIN_LANES; lane++) n += a->at[lane] >= 0;
    return n;
}

/* Does the lowest byte begin a sector? */
static int is_aligned(const struct explain_access *a)
{
    long low = -1;
    for (int lane = 0; lane < EXPLAIN_LANES; lane++)
        if (a->at[lane] >= 0 && (low < 0 || a->at[lane] < low)) low = a->at[lane];
    return low % 32 == 0;
}

/* Groups of lanes in rows: the step within a row, where it is the same but for jumps between rows. */
static long step_within(const struct explain_access *a)
{
    long step = 0;
    int alike = 0, steps = 0;
    for (int lane = 1; lane < EXPLAIN_LANES; lane++) {
        if (a->at[lane] < 0 || a->at[lane - 1] < 0) continue;
        long now = labs(a->at[lane] - a->at[lane - 1]);
        if (!steps++) step = now;
        alike += now == step;
    }
    return steps && 4 * alike >= 3 * steps ? step : 0;
}

static void say(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(char *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(text, EXPLAIN_TEXT, format, list);
    va_end(list);
}

/* ---- remedies ---- */

static void advise_global(const struct explain_access *a, char *text)
{
    long stride = stride_of(a), step = stride ? stride : step_within(a), elements = step / a->size;
    const char *do_it = !strcmp(a->kind, "load") ? "read" : "write";
    if (stride == a->size && (active(a) < EXPLAIN_LANES || is_aligned(a)))
        say(text,
            "Only %d of 32 lanes are active, spread over sectors that hold more: let whole warps take one way "
            "(a condition of threadIdx.x / 32), or let the active elements lie together.",
            active(a));
    else if (stride == a->size)
        say(text,
            "The warp's bytes do not begin at a multiple of 32, so that it touches one sector more: begin each "
            "row at such a multiple (cudaMallocPitch, or a padded row length).");
    else if (step > a->size && step % a->size == 0 && elements <= 16)
        say(text,
            "Neighbouring lanes are %ld elements apart, so that each sector is mostly wasted: an array for each "
            "field (a structure of arrays in place of an array of structures), or one vector of up to 16 bytes "
            "per lane (float4), lets neighbours %s neighbours.",
            elements, do_it);
    else if (step > a->size)
        say(text,
            "Neighbouring lanes are %ld bytes apart, a sector each: let threadIdx.x run along the contiguous "
            "dimension (swap x and y), or, as in a transpose, go through a __shared__ tile, so that both sides "
            "are contiguous.",
            step);
    else if (step == a->size)
        say(text,
            "A warp is spread over several short rows: make blockDim.x a multiple of 32, or the rows of the array "
            "as long as the block is wide.");
    else
        say(text,
            "The lanes' addresses are scattered: sort the indices, or bring a contiguous piece into __shared__ "
            "memory first and scatter there.");
}

static void advise_shared(const struct explain_access *a, char *text)
{
    long stride = stride_of(a), step = stride ? stride : step_within(a);
    double each = a->moved / a->requests;
    if (step && step % 128 == 0)
        say(text,
            "Neighbouring lanes are %ld bytes apart, all in one bank: pad the row by one element ([32][33] in "
            "place of [32][32]), or swizzle the column by the row.",
            step);
    else if (step > 4)
        say(text,
            "Neighbouring lanes are %ld bytes apart and meet in a bank (%.3g wavefronts in place of %.3g): let "
            "neighbouring lanes take neighbouring words, or pad the row so that the stride in words is odd.",
            step, each, a->ideal / a->requests);
    else
        say(text,
            "Lanes meet in a bank at different words (%.3g wavefronts in place of %.3g): pad the row by one "
            "element, or choose indices that differ modulo 32.",
            each, a->ideal / a->requests);
}

void explain_advice(const struct explain_access *a, char text[EXPLAIN_TEXT])
{
    *text = '\0';
    if (!explain_is_bad(a) && explain_is_parted(a->lanes / a->requests, a->share))
        say(text, "%s", explain_parted_advice);
    if (!explain_is_bad(a)) return;
    if (is_atomic(a) && meeting(a) >= 2)
        say(text,
            "%.3g lanes of a warp update one address, one after another: add up within the warp first "
            "(__shfl_down_sync, __reduce_add_sync)%s, then one lane does one atomic.",
            meeting(a), a->shared ? "" : " or the block (__shared__)");
    else if (a->shared)
        advise_shared(a, text);
    else
        advise_global(a, text);
}
