/* bare.c - the bare loop beside an optimizer's step; see bare.h. */
#include "bare.h"

#include "../optimized/team.h"
#include "roof_kernels.h"

const char bare_name[] = "bare_loop";

enum { CHUNK = 16384 }; /* floats, as many as the threaded rungs take at a time */

int bare_fits(const struct op *op)
{
    int read = 0, updated = 0;
    if (op->kind != OP_STEP || op->nsize != 1) return 0;
    for (int a = 0; a < op->narg; a++) {
        if (op->arg[a].dtype != DT_F32 || op->arg[a].ndim != 1) return 0;
        read += op->arg[a].access == ARG_IN;
        updated += op->arg[a].access == ARG_INOUT;
    }
    return read == 1 && updated >= 1 && updated <= BARE_MOST && read + updated == op->narg;
}

struct job {
    void (*step)(size_t n, const float *x, float *const *y, int arrays);
    size_t n;
    const float *x;
    float *y[BARE_MOST];
    int arrays;
};

static void chunk(int piece, void *arg)
{
    const struct job *j = arg;
    size_t from = (size_t)piece * CHUNK, left = j->n - from;
    float *y[BARE_MOST];
    for (int a = 0; a < j->arrays; a++) y[a] = j->y[a] + from;
    j->step(left < CHUNK ? left : CHUNK, j->x + from, y, j->arrays);
}

/* of the widest vectors that this machine has */
static const struct roof_kernels *widest(void)
{
    const struct roof_kernels *best = roof_kernels;
    for (int isa = 0; isa < ROOF_ISAS; isa++)
        if (roof_kernels[isa].name && roof_kernels[isa].present()) best = &roof_kernels[isa];
    return best;
}

void bare_call(const struct op *op, const int *size, void *const *buf)
{
    struct job j = { .step = widest()->step, .n = (size_t)size[0] };
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access == ARG_IN)
            j.x = buf[a];
        else
            j.y[j.arrays++] = buf[a];
    team_run((size[0] - 1) / CHUNK + 1, chunk, &j);
}
