/* peer_random.c - what a peer draws by random numbers of its own: its mask cannot be the rungs', so it is
 * judged by what every right one has. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "../optimized/check.h"
#include "peer_library.h"

enum { DEVIATIONS = 6 }; /* of the number of kept elements: beyond that once in 500 million right calls */

static int is_kept(const struct check_case *c, const void *mask, size_t k)
{
    if (c->op->arg[2].dtype == DT_BITS) return ((const uint32_t *)mask)[k / 32] >> k % 32 & 1;
    return ((const unsigned char *)mask)[k] == 1;
}

/* x (n), y (n), mask (n bits or bytes): y is x / (1 - p) where the mask is set, else 0, and the mask is set
 * in as many elements as p says */
int peer_judge_dropout(const struct check_case *c, void *const *buf, char *error, size_t room)
{
    const float *x = buf[0], *y = buf[1];
    const double p = op_scalar(c->op, "p")->real, n = (double)c->elements[0];
    double kept = 0;
    for (size_t k = 0; k < c->elements[0]; k++) {
        double right = is_kept(c, buf[2], k) ? (double)x[k] / (1 - p) : 0;
        double allowed = PEER_ROUNDINGS * 0x1p-24 * fabs(right);
        kept += is_kept(c, buf[2], k);
        if (fabs((double)y[k] - right) <= allowed) continue;
        snprintf(error, room, "y[%zu] is %.9g where its mask says %.9g", k, (double)y[k], right);
        return 0;
    }
    if (fabs(kept - n * (1 - p)) <= DEVIATIONS * sqrt(n * p * (1 - p)) + 1e-9 * n) return 1;
    snprintf(error, room, "%.0f of %.0f elements are kept, too far from %.0f", kept, n, n * (1 - p));
    return 0;
}
