/* optimizer.c - an optimizer at work; see optimizer.h. */
#include "optimizer.h"

#include <string.h>

#include "../base/memory.h"

enum { PIECE = 1 << 14 }; /* elements: 64 KiB of each array, a multiple of every vector */

/* those that the line has a value for are as it says */
static void set_scalars(struct optimizer *o)
{
    const struct word *word = o->line->choice;
    memcpy(o->scalar, o->op->scalar, sizeof o->scalar);
    for (int s = 0; s < o->op->nscalar; s++)
        for (int v = 0; v < grammar_values(word); v++)
            if (!strcmp(word->value[v].name, o->scalar[s].name)) o->scalar[s].real = o->line->value[v].number;
}

void optimizer_make(struct optimizer *o, const struct netfile *file, size_t n, const float *dw, float *w,
                    const char *level)
{
    const struct net_line *line = netfile_line(file, "optimizer");
    const struct optimizer_kind *kind = line->choice->optimizer;
    const struct rung *rung = rung_at_level(op_find(kind->op), level);
    memset(o, 0, sizeof *o);
    o->kind = kind, o->line = line, o->op = op_find(kind->op), o->run = rung->run, o->rung = rung->name;
    schedule_make(&o->schedule, file);
    o->n = n, o->dw = dw, o->w = w;
    set_scalars(o);
    for (int s = 0; s < kind->states; s++) {
        o->state[s] = memory_huge(n * sizeof(float));
        if (!o->state[s])
            memory_fail("out of memory: cannot allocate %zu bytes for the optimizer's state",
                        n * sizeof(float));
    }
}

void optimizer_free(struct optimizer *o)
{
    for (int s = 0; s < OPTIMIZER_STATES; s++) memory_huge_free(o->state[s], o->n * sizeof(float));
    memset(o, 0, sizeof *o);
}

void optimizer_begin(struct optimizer *o, struct moment now)
{
    double lr = schedule_lr(&o->schedule, now);
    o->lr = (float)lr;
    for (int s = 0; s < o->op->nscalar; s++) {
        if (!strcmp(o->scalar[s].name, "lr")) o->scalar[s].real = lr;
        if (!strcmp(o->scalar[s].name, "t")) o->scalar[s].count = (uint64_t)now.step + 1;
    }
}

int optimizer_pieces(const struct optimizer *o)
{
    return (int)((o->n + PIECE - 1) / PIECE);
}

void optimizer_piece(const struct optimizer *o, int piece)
{
    size_t at = (size_t)piece * PIECE;
    int size[MAX_SIZES] = { (int)(o->n - at < PIECE ? o->n - at : PIECE) }, states = 0;
    void *buf[MAX_ARGS];
    for (int a = 0; a < o->op->narg; a++) {
        const char *name = o->op->arg[a].name;
        buf[a] = !strcmp(name, "dw")  ? (void *)(uintptr_t)(o->dw + at)
                 : !strcmp(name, "w") ? o->w + at
                                      : o->state[states++] + at;
    }
    o->op->call(o->run, size, buf, o->scalar);
}

void optimizer_step(const struct optimizer *o)
{
    for (int k = 0, n = optimizer_pieces(o); k < n; k++) optimizer_piece(o, k);
}
