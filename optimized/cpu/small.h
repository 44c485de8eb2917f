/* small.h - dense forward without packing, for shapes on which packing costs more than it saves. */
#ifndef RUNGS_SMALL_H
#define RUNGS_SMALL_H

typedef void dot_forward_fn(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y,
                            int relu);

/* y = x w^T + b, then max(0, y) if relu; on x86-64 only */
extern dot_forward_fn *const dot_forward_avx2, *const dot_forward_avx512;

#endif
