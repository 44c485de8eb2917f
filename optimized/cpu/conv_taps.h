/* conv_taps.h - dx as products of taps and sums of shifted planes: what the loops (conv_taps.c) and the sums
 * (conv_taps_tile.h) know of each other. */
#ifndef RUNGS_CONV_TAPS_H
#define RUNGS_CONV_TAPS_H

#include <stddef.h>

enum { TAPS_MOST = 7 }; /* columns of a kernel whose sums stay in one register */

/* Some rows of dx, and the rows of dy that reach them. Result (p,q) reaches row p + r dilation - top, column
 * q + s dilation - left, by tap (r,s), whose plane of products is t + (r S + s) apart, rows of Q from p on.
 */
struct taps {
    int R, S, dilation, top, left, W, Q;
    int row, end; /* of dx */
    int from, to; /* of dy */
    size_t apart;
};

/* rows row..end-1 of the plane dx (H,W) = the sums of the planes of t (R S,apart) that reach them */
typedef void taps_sum_fn(const struct taps *g, const float *t, float *dx);

taps_sum_fn taps_sum_avx2, taps_sum_avx512;

#endif
