/* clip.h - the factor by which clipping shortens a gradient, for who applies it: clip_norm, or a step that
 * multiplies while it reads (optimizer.cu). */
#ifndef RUNGS_CUDA_CLIP_H
#define RUNGS_CUDA_CLIP_H

/* who adds the squares up: the rungs 00 to 02 of clip_norm */
enum norm_way { BY_ONE_BLOCK, BY_PARTS, BY_PARTS_IN_FOURS };

/* *norm = the length of dw (n); returned: min(1, max_norm / (*norm + eps)), a number in the device's memory,
 * as *norm is. It is kept up to the next call that takes scratch (scratch.h); nullptr: there is no room. */
const float *clip_factor(norm_way way, int n, const float *dw, float *norm, double max_norm, double eps);

#endif
