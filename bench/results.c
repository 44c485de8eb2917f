/* results.c - what a race and the roofs gave, as rows; see results.h. */
#include "results.h"

#include <math.h>
#include <stdio.h>

_Static_assert((int)ROW_SHAPE >= (int)SHAPE_TEXT, "a row holds every shape");

void results_add_roofs(struct rows *r, const struct roofs *roofs)
{
    for (int isa = 0; isa < ROOF_ISAS; isa++) {
        if (!(roofs->fma[isa] > 0)) continue;
        struct row *row = rows_add(r);
        row->kind = ROW_ROOF;
        row->threads = roofs->threads;
        row->flops = roofs->fma[isa];
        snprintf(row->rung, sizeof row->rung, "fma_%s", roof_kernels[isa].name);
    }
    for (int level = 0; level < LEVELS; level++) {
        for (int p = 0; p < ROOF_PATTERNS; p++) {
            if (!(roofs->bytes[level][p] > 0)) continue;
            struct row *row = rows_add(r);
            row->kind = ROW_ROOF;
            row->threads = roofs->threads;
            row->bytes = roofs->bytes[level][p];
            snprintf(row->rung, sizeof row->rung, "%s_%s", roof_pattern_name[p], roof_level_name[level]);
        }
    }
}

/* What a rung needs, and what a peer may get by with: of how it works nothing is known. rung NULL: a peer */
static double flops_of(const struct op *op, const struct rung *rung, const int *size)
{
    int winograd = rung ? rung_precision(rung->needs).winograd : WINOGRAD_MOST_SIDE;
    return op->flops_of_winograd && winograd ? op->flops_of_winograd(size, winograd) : op->flops(size);
}

static struct bound bound_of(const struct contestant *c, const struct op *op, const int *size, int cold,
                             const struct roofs *roofs)
{
    return roof_bound(roofs, op, size, flops_of(op, c->rung, size), roof_best_isa(roofs, c->rung != NULL),
                      cold);
}

int results_above_roof(const struct contestant *c, const struct op *op, const int *size, int cold,
                       const struct roofs *roofs)
{
    struct bound b = bound_of(c, op, size, cold, roofs);
    return c->outcome == RACE_MEASURED && !(c->seconds.median * ROOF_MARGIN >= b.seconds);
}

void results_add_result(struct rows *r, const struct contestant *c, const struct op *op, const int *size,
                        int cold, const struct roofs *roofs, int quick)
{
    struct bound b = bound_of(c, op, size, cold, roofs);
    struct row *row = rows_add(r);
    snprintf(row->op, sizeof row->op, "%s", op->name);
    row->kind = c->is_outside ? ROW_OUTSIDE : c->is_bare ? ROW_BARE : c->rung ? ROW_RUNG : ROW_PEER;
    row->worst = c->worst;
    row->threads = c->threads;
    row->cold = cold;
    op_shape_text(op, size, row->shape);
    snprintf(row->rung, sizeof row->rung, "%s", c->name);
    snprintf(row->roof, sizeof row->roof, "%s", b.name);
    if (c->outcome != RACE_MEASURED) {
        r->failed += c->outcome == RACE_WRONG;
        snprintf(row->note, sizeof row->note, "%s", c->note);
    } else if (results_above_roof(c, op, size, cold, roofs)) {
        r->failed++;
        snprintf(row->note, sizeof row->note,
                 "FAIL: %.4g s is below the %.4g s that %s allows, measured twice", c->seconds.median,
                 b.seconds, b.name);
    } else {
        row->seconds = c->seconds.median;
        row->low = c->seconds.low;
        row->high = c->seconds.high;
        row->flops = op->flops(size) / row->seconds;
        row->bytes = op_bytes(op, size) / row->seconds;
        row->roof_percent = 100 * b.seconds / row->seconds;
        char peer[256] = "";
        if (c->peer) peer_note(c->peer, c->peer_op, peer);
        snprintf(row->note, sizeof row->note, "%s%s%.230s", quick ? "quick: not for quoting" : "",
                 quick && *peer ? "; " : "", peer);
    }
}

void results_refresh(struct rows *r, const struct roofs *roofs, int counts)
{
    for (struct row *row = r->row; row < r->row + r->n; row++) {
        const struct op *op = op_find_with(row->op);
        int size[MAX_SIZES];
        if (!op || !(row->seconds > 0) || !op_parse_shape(op, row->shape, size, NULL)) continue;
        for (int t = 0; t < counts; t++) {
            if (roofs[t].threads != row->threads) continue;
            int isa = roof_best_isa(&roofs[t], row->kind != ROW_PEER);
            double flops = flops_of(op, rung_in(op->cpu, row->rung), size);
            struct bound b = roof_bound(&roofs[t], op, size, flops, isa, row->cold);
            snprintf(row->roof, sizeof row->roof, "%s", b.name);
            row->roof_percent = 100 * b.seconds / row->seconds;
        }
    }
}
