/* optimizer.c - an optimizer at work; see optimizer.h. */
#include "optimizer.h"

#include <string.h>

#include "../base/memory.h"
#include "../optimized/op.h"

enum { PIECE = 1 << 14 }; /* elements: 64 KiB of each array, a multiple of every vector */

void optimizer_make(struct optimizer *o, const struct netfile *file, size_t n, const float *dw, float *w,
                    const char *height)
{
    const struct net_line *line = netfile_line(file, "optimizer");
    const struct optimizer_kind *kind = line->choice->optimizer;
    const struct rung *rung = rung_at_height(op_find(kind->op), height);
    *o = (struct optimizer){
        .kind = kind, .line = line, .schedule = netfile_line(file, "schedule"), .rung = rung->name
    };
    o->whole = (struct optimizer_call){ .run = rung->run, .n = (int)n, .dw = dw, .w = w };
    for (int v = 0; v < WORD_VALUES; v++) o->whole.value[v] = (float)line->value[v].number;
    for (int s = 0; s < kind->states; s++) {
        o->whole.state[s] = memory_huge(n * sizeof(float));
        if (!o->whole.state[s])
            memory_fail("out of memory: cannot allocate %zu bytes for the optimizer's state",
                        n * sizeof(float));
    }
}

void optimizer_free(struct optimizer *o)
{
    for (int s = 0; s < OPTIMIZER_STATES; s++)
        memory_huge_free(o->whole.state[s], (size_t)o->whole.n * sizeof(float));
    memset(o, 0, sizeof *o);
}

void optimizer_begin(struct optimizer *o, double epoch, int epochs, long t)
{
    double factor = o->schedule->choice->schedule->factor(o->schedule->value, epoch, epochs);
    o->whole.lr = (float)(net_line_number(o->line, "lr") * factor);
    o->whole.t = t;
}

int optimizer_pieces(const struct optimizer *o)
{
    return o->whole.n / PIECE + (o->whole.n % PIECE > 0);
}

void optimizer_piece(const struct optimizer *o, int piece)
{
    struct optimizer_call c = o->whole;
    size_t at = (size_t)piece * PIECE;
    int left = c.n - piece * PIECE;
    c.n = left < PIECE ? left : PIECE;
    c.dw += at;
    c.w += at;
    for (int s = 0; s < o->kind->states; s++) c.state[s] += at;
    o->kind->step(&c);
}

void optimizer_step(const struct optimizer *o)
{
    for (int k = 0, n = optimizer_pieces(o); k < n; k++) optimizer_piece(o, k);
}
