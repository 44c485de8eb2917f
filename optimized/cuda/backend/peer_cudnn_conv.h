/* peer_cudnn_conv.h - the bodies of peer_conv.h for GPUs; how cuDNN is opened, and why its headers are not
 * needed, says peer_cudnn.h. What is called is declared as NVIDIA's API reference of cuDNN 8 and 9 has it.
 *
 * The library is asked to try its algorithms on the first call of a shape (cudnnFind...), and the fastest
 * that fits the kind is kept: that is how a program which cares would do it. Three traps. Its "default math"
 * is TF32 on GPUs since the A100, also for floats: FMA_MATH means float. Winograd's and Fourier's ways have
 * other errors than the formula: the first are a kind of their own here, and the others left out. And it
 * pads alike on both sides: another padding is refused.
 */
#ifndef RUNGS_CUDA_PEER_CUDNN_CONV_H
#define RUNGS_CUDA_PEER_CUDNN_CONV_H

#include "peer_conv.h"
#include "peer_cudnn.h"

/* ---- what cuDNN's headers say ---- */

enum { PEER_DNN_CORRELATION = 1, PEER_DNN_DEFAULT_MATH = 0, PEER_DNN_FMA_MATH = 3, PEER_DNN_ALGORITHMS = 10 };

/* cudnnConvolutionFwdAlgoPerf_t, and those of the other directions, which are alike */
struct peer_dnn_tried {
    int algorithm, status;
    float time;
    size_t memory;
    int determinism, math, reserved[3];
};

/* a direction: two arrays are read, the third is written; each with its description */
typedef int peer_dnn_find(void *handle, void *a_is, void *b_is, void *how, void *c_is, int wanted, int *found,
                          struct peer_dnn_tried *tried);
typedef int peer_dnn_run(void *handle, const void *alpha, void *a_is, const void *a, void *b_is,
                         const void *b, void *how, int algorithm, void *room, size_t bytes, const void *beta,
                         void *c_is, void *c);

struct peer_dnn_conv {
    int (*create)(void **handle);
    int (*destroy)(void *handle);
    int (*tensor)(void **tensor);
    int (*forget_tensor)(void *tensor);
    int (*set_tensor)(void *tensor, int format, int type, int n, int c, int h, int w);
    int (*filter)(void **filter);
    int (*forget_filter)(void *filter);
    int (*set_filter)(void *filter, int type, int format, int k, int c, int h, int w);
    int (*convolution)(void **how);
    int (*forget_convolution)(void *how);
    int (*set_convolution)(void *how, int pad_h, int pad_w, int stride_h, int stride_w, int dilation_h,
                           int dilation_w, int mode, int type);
    int (*set_math)(void *how, int math);
    int (*set_groups)(void *how, int groups);
    int (*add)(void *handle, const void *alpha, void *a_is, const void *a, const void *beta, void *c_is,
               void *c);
    int (*sum)(void *handle, const void *alpha, void *dy_is, const void *dy, const void *beta, void *db_is,
               void *db);
    peer_dnn_find *find[3];
    peer_dnn_run *run[3];
    void *handle, *x, *y, *bias, *w, *how; /* made by the first call */
};

#if __has_include(<cudnn.h>)
static_assert((int)PEER_DNN_CORRELATION == CUDNN_CROSS_CORRELATION &&
                  (int)PEER_DNN_DEFAULT_MATH == CUDNN_DEFAULT_MATH &&
                  (int)PEER_DNN_FMA_MATH == CUDNN_FMA_MATH &&
                  sizeof(peer_dnn_tried) == sizeof(cudnnConvolutionFwdAlgoPerf_t) &&
                  offsetof(peer_dnn_tried, math) == offsetof(cudnnConvolutionFwdAlgoPerf_t, mathType),
              "cuDNN's headers have other numbers");
#define PEER_DNN_ALIKE(ours, theirs)                                                    \
    static_assert(peer_dnn_alike((decltype(ours))nullptr, decltype (&theirs)(nullptr)), \
                  "cuDNN's headers have other arguments")
PEER_DNN_ALIKE(peer_dnn_conv::filter, cudnnCreateFilterDescriptor);
PEER_DNN_ALIKE(peer_dnn_conv::forget_filter, cudnnDestroyFilterDescriptor);
PEER_DNN_ALIKE(peer_dnn_conv::set_filter, cudnnSetFilter4dDescriptor);
PEER_DNN_ALIKE(peer_dnn_conv::convolution, cudnnCreateConvolutionDescriptor);
PEER_DNN_ALIKE(peer_dnn_conv::forget_convolution, cudnnDestroyConvolutionDescriptor);
PEER_DNN_ALIKE(peer_dnn_conv::set_convolution, cudnnSetConvolution2dDescriptor);
PEER_DNN_ALIKE(peer_dnn_conv::set_math, cudnnSetConvolutionMathType);
PEER_DNN_ALIKE(peer_dnn_conv::set_groups, cudnnSetConvolutionGroupCount);
PEER_DNN_ALIKE(peer_dnn_conv::add, cudnnAddTensor);
PEER_DNN_ALIKE(peer_dnn_conv::sum, cudnnConvolutionBackwardBias);
PEER_DNN_ALIKE((peer_dnn_find *)nullptr, cudnnFindConvolutionForwardAlgorithm);
PEER_DNN_ALIKE((peer_dnn_run *)nullptr, cudnnConvolutionForward);
PEER_DNN_ALIKE((peer_dnn_find *)nullptr, cudnnFindConvolutionBackwardDataAlgorithm);
PEER_DNN_ALIKE((peer_dnn_run *)nullptr, cudnnConvolutionBackwardData);
PEER_DNN_ALIKE((peer_dnn_find *)nullptr, cudnnFindConvolutionBackwardFilterAlgorithm);
PEER_DNN_ALIKE((peer_dnn_run *)nullptr, cudnnConvolutionBackwardFilter);
#undef PEER_DNN_ALIKE
#endif

/* ---- opening ---- */

inline peer_dnn_conv &peer_conv_library()
{
    static peer_dnn_conv all;
    return all;
}

inline bool peer_conv_open_once()
{
    peer_dnn_conv &p = peer_conv_library();
    void *file = peer_dnn_file();
    return file && peer_dnn_symbol(file, "cudnnCreate", p.create) &&
           peer_dnn_symbol(file, "cudnnDestroy", p.destroy) &&
           peer_dnn_symbol(file, "cudnnCreateTensorDescriptor", p.tensor) &&
           peer_dnn_symbol(file, "cudnnDestroyTensorDescriptor", p.forget_tensor) &&
           peer_dnn_symbol(file, "cudnnSetTensor4dDescriptor", p.set_tensor) &&
           peer_dnn_symbol(file, "cudnnCreateFilterDescriptor", p.filter) &&
           peer_dnn_symbol(file, "cudnnDestroyFilterDescriptor", p.forget_filter) &&
           peer_dnn_symbol(file, "cudnnSetFilter4dDescriptor", p.set_filter) &&
           peer_dnn_symbol(file, "cudnnCreateConvolutionDescriptor", p.convolution) &&
           peer_dnn_symbol(file, "cudnnDestroyConvolutionDescriptor", p.forget_convolution) &&
           peer_dnn_symbol(file, "cudnnSetConvolution2dDescriptor", p.set_convolution) &&
           peer_dnn_symbol(file, "cudnnSetConvolutionMathType", p.set_math) &&
           peer_dnn_symbol(file, "cudnnSetConvolutionGroupCount", p.set_groups) &&
           peer_dnn_symbol(file, "cudnnAddTensor", p.add) &&
           peer_dnn_symbol(file, "cudnnConvolutionBackwardBias", p.sum) &&
           peer_dnn_symbol(file, "cudnnFindConvolutionForwardAlgorithm", p.find[PEER_FORWARD]) &&
           peer_dnn_symbol(file, "cudnnFindConvolutionBackwardDataAlgorithm", p.find[PEER_BACKWARD_DATA]) &&
           peer_dnn_symbol(file, "cudnnFindConvolutionBackwardFilterAlgorithm",
                           p.find[PEER_BACKWARD_FILTER]) &&
           peer_dnn_symbol(file, "cudnnConvolutionForward", p.run[PEER_FORWARD]) &&
           peer_dnn_symbol(file, "cudnnConvolutionBackwardData", p.run[PEER_BACKWARD_DATA]) &&
           peer_dnn_symbol(file, "cudnnConvolutionBackwardFilter", p.run[PEER_BACKWARD_FILTER]);
}

inline bool peer_conv_open()
{
    static const bool open = peer_conv_open_once();
    return open;
}

inline void peer_conv_close()
{
    peer_dnn_conv &p = peer_conv_library();
    if (p.x) p.forget_tensor(p.x);
    if (p.y) p.forget_tensor(p.y);
    if (p.bias) p.forget_tensor(p.bias);
    if (p.w) p.forget_filter(p.w);
    if (p.how) p.forget_convolution(p.how);
    if (p.handle) p.destroy(p.handle);
    p.x = p.y = p.bias = p.w = p.how = p.handle = nullptr;
}

/* ---- descriptions ---- */

inline bool peer_conv_made(peer_dnn_conv &p)
{
    return (p.handle || peer_dnn_done(p.create(&p.handle), "cudnnCreate")) &&
           (p.x || peer_dnn_done(p.tensor(&p.x), "cudnnCreateTensorDescriptor")) &&
           (p.y || peer_dnn_done(p.tensor(&p.y), "cudnnCreateTensorDescriptor")) &&
           (p.bias || peer_dnn_done(p.tensor(&p.bias), "cudnnCreateTensorDescriptor")) &&
           (p.w || peer_dnn_done(p.filter(&p.w), "cudnnCreateFilterDescriptor")) &&
           (p.how || peer_dnn_done(p.convolution(&p.how), "cudnnCreateConvolutionDescriptor"));
}

inline int peer_conv_math(enum peer_conv_kind kind)
{
    return kind == PEER_CONV_TF32 ? PEER_DNN_DEFAULT_MATH : PEER_DNN_FMA_MATH;
}

inline bool peer_conv_described(peer_dnn_conv &p, const peer_convolution &c)
{
    if (c.top != c.bottom || c.left != c.right) {
        fprintf(stderr, "rungs: cuDNN pads alike on both sides; give it top = bottom and left = right\n");
        return false;
    }
    const int nchw = PEER_DNN_NCHW, type = PEER_DNN_FLOAT;
    return peer_conv_made(p) &&
           peer_dnn_done(p.set_tensor(p.x, nchw, type, c.N, c.C, c.H, c.W), "cudnnSetTensor4dDescriptor") &&
           peer_dnn_done(p.set_tensor(p.y, nchw, type, c.N, c.K, c.P, c.Q), "cudnnSetTensor4dDescriptor") &&
           peer_dnn_done(p.set_tensor(p.bias, nchw, type, 1, c.K, 1, 1), "cudnnSetTensor4dDescriptor") &&
           peer_dnn_done(p.set_filter(p.w, type, nchw, c.K, c.C / c.groups, c.R, c.S),
                         "cudnnSetFilter4dDescriptor") &&
           peer_dnn_done(p.set_convolution(p.how, c.top, c.left, c.stride, c.stride, c.dilation, c.dilation,
                                           PEER_DNN_CORRELATION, type),
                         "cudnnSetConvolution2dDescriptor") &&
           peer_dnn_done(p.set_groups(p.how, c.groups), "cudnnSetConvolutionGroupCount") &&
           peer_dnn_done(p.set_math(p.how, peer_conv_math(c.kind)), "cudnnSetConvolutionMathType");
}

/* a, b, c of a direction, as its functions take them */
struct peer_conv_order {
    void *a, *b, *c;
};

inline peer_conv_order peer_conv_order_of(const peer_dnn_conv &p, enum peer_conv_direction direction)
{
    if (direction == PEER_FORWARD) return { p.x, p.w, p.y };
    if (direction == PEER_BACKWARD_DATA) return { p.w, p.y, p.x };
    return { p.x, p.y, p.w };
}

/* ---- algorithms ---- */

/* Winograd's and Fourier's, by direction, as bits of cuDNN's numbers */
inline bool peer_conv_is_of_kind(const peer_convolution &c, const peer_dnn_tried &t)
{
    static const unsigned winograd[3] = { 1u << 6 | 1u << 7, 1u << 4 | 1u << 5, 1u << 4 | 1u << 5 };
    static const unsigned fourier[3] = { 1u << 4 | 1u << 5, 1u << 2 | 1u << 3, 1u << 2 | 1u << 6 };
    const unsigned bit = 1u << t.algorithm;
    if (t.status != PEER_DNN_DONE || bit & fourier[c.direction]) return false;
    if (c.kind != PEER_CONV_TF32 && t.math != PEER_DNN_FMA_MATH) return false;
    return !(bit & winograd[c.direction]) == (c.kind != PEER_CONV_WINOGRAD);
}

struct peer_conv_choice {
    peer_convolution of;
    peer_dnn_tried best;
};

/* the fastest of the kind, kept for the last shapes; nullptr and a sentence if there is none */
inline const peer_dnn_tried *peer_conv_fastest(peer_dnn_conv &p, const peer_convolution &c)
{
    enum { KEPT = 16 };
    static peer_conv_choice kept[KEPT];
    static int next;
    for (int i = 0; i < KEPT; i++)
        if (!memcmp(&kept[i].of, &c, sizeof c)) return &kept[i].best;
    peer_dnn_tried tried[PEER_DNN_ALGORITHMS];
    const peer_conv_order o = peer_conv_order_of(p, c.direction);
    int found = 0;
    if (!peer_dnn_done(
            p.find[c.direction](p.handle, o.a, o.b, p.how, o.c, PEER_DNN_ALGORITHMS, &found, tried),
            "cudnnFindConvolution...Algorithm"))
        return nullptr;
    for (int i = 0; i < found; i++) { /* the fastest is first */
        if (!peer_conv_is_of_kind(c, tried[i])) continue;
        peer_conv_choice &choice = kept[next++ % KEPT];
        choice = { c, tried[i] };
        return &choice.best;
    }
    fprintf(stderr, "rungs: cuDNN has no algorithm of this kind for this shape\n");
    return nullptr;
}

inline void peer_conv(const peer_convolution &c, const peer_conv_arrays &in)
{
    peer_dnn_conv &p = peer_conv_library();
    if (!peer_conv_described(p, c)) return;
    const peer_dnn_tried *best = peer_conv_fastest(p, c);
    if (!best || !peer_dnn_done(p.set_math(p.how, best->math), "cudnnSetConvolutionMathType")) return;
    const peer_conv_order o = peer_conv_order_of(p, c.direction);
    const float one = 1, zero = 0;
    void *room = best->memory ? in.room(best->memory) : nullptr;
    if (best->memory && !room) return;
    if (!peer_dnn_done(p.run[c.direction](p.handle, &one, o.a, in.a, o.b, in.b, p.how, best->algorithm, room,
                                          best->memory, &zero, o.c, in.c),
                       "cudnnConvolution..."))
        return;
    if (in.bias) peer_dnn_done(p.add(p.handle, &one, p.bias, in.bias, &one, p.y, in.c), "cudnnAddTensor");
    if (in.bias_sums)
        peer_dnn_done(p.sum(p.handle, &one, p.y, in.b, &zero, p.bias, in.bias_sums),
                      "cudnnConvolutionBackwardBias");
}

#endif
