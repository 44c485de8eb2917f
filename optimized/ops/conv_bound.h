/* conv_bound.h - how far Winograd's convolution may be off (cpu/conv_winograd.h). */
#ifndef RUNGS_CONV_BOUND_H
#define RUNGS_CONV_BOUND_H

struct conv_bound {
    int m; /* side of a tile of results: 2 or 4 */
    int N, C, H, W, K, P, Q;
    int top, left;
    const double *x, *w, *bias; /* x (N,C,H,W), w (K,C,3,3), bias (K) or NULL */
    double tiny;                /* what a rounding to a subnormal may lose */
};

/* bound (N,K,P,Q): the largest |y - oracle| of a right version */
void conv_bound_winograd(const struct conv_bound *c, double *bound);

#endif
