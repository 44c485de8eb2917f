/* stopping.c - early stopping; see stopping.h. */
#include "stopping.h"

#include <math.h>
#include <string.h>

#include "../base/memory.h"

static float *room(size_t n)
{
    float *x = memory_lean(n * sizeof *x);
    if (!x) memory_fail("out of memory: cannot allocate %zu bytes for the best parameters", n * sizeof *x);
    return x;
}

void stopping_make(struct stopping *s, const struct netfile *file, const struct network *net)
{
    const struct net_line *line = netfile_line(file, "early_stop");
    *s = (struct stopping){ .patience = (int)line->value[0].number,
                            .min_delta = net_line_number(line, "min_delta"),
                            .n = net->params,
                            .buffered = net->buffered,
                            .best = HUGE_VAL };
    if (!s->patience) return;
    s->param = room(s->n);
    if (s->buffered) s->buffer = room(s->buffered);
}

void stopping_free(struct stopping *s)
{
    if (s->param) memory_lean_free(s->param, s->n * sizeof *s->param);
    if (s->buffer) memory_lean_free(s->buffer, s->buffered * sizeof *s->buffer);
    memset(s, 0, sizeof *s);
}

void stopping_observe(struct stopping *s, double loss, int epoch, const float *param, const float *buffer)
{
    if (!s->patience) return;
    s->since++;
    if (!(loss < s->best - s->min_delta)) return;
    s->best = loss, s->epoch = epoch, s->since = 0;
    memcpy(s->param, param, s->n * sizeof *param);
    if (s->buffer) memcpy(s->buffer, buffer, s->buffered * sizeof *buffer);
}

int stopping_is_over(const struct stopping *s)
{
    return s->patience && s->since >= s->patience;
}
