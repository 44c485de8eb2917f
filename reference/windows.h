/* windows.h - how many windows slide over an image, and what one of them holds; pooling's reference, its
 * rungs and its tests ask here. */
#ifndef RUNGS_WINDOWS_H
#define RUNGS_WINDOWS_H

/* How many windows lie along `extent` numbers, `stride` apart, the first `pad` before the first number. With
 * ceil_mode a last one may hang over the end by more than pad, if it begins before the end: PyTorch's rule.
 * 0 where the window does not fit. Extents up to 2^26 */
static inline int windows_along(int extent, int window, int pad, int stride, int ceil_mode)
{
    int room = extent + 2 * pad - window + (ceil_mode ? stride - 1 : 0), n = room / stride + 1;
    if (room < 0) return 0;
    return ceil_mode && (n - 1) * stride - pad >= extent ? n - 1 : n;
}

/* Numbers first..end-1 lie in window k. `padded` counts those and what it holds of the padding, `pad` on
 * either side: of a window that ceil_mode lets hang over further, not what is beyond. */
struct window_span {
    int first, end, padded;
};

static inline struct window_span window_holds(int k, int extent, int window, int pad, int stride)
{
    int begin = k * stride - pad, end = begin + window, edge = extent + pad;
    struct window_span s;
    s.first = begin < 0 ? 0 : begin;
    s.end = end < extent ? end : extent;
    s.padded = (end < edge ? end : edge) - begin;
    return s;
}

#endif
