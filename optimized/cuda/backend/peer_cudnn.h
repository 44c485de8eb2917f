/* peer_cudnn.h - the bodies of peer_softmax.h for GPUs. cuDNN is no part of the CUDA toolkit: neither its
 * library nor its headers are needed to build. What is called is declared here as NVIDIA's API reference of
 * cuDNN 8 and 9 has it, and compared with the headers where they are. */
#ifndef RUNGS_CUDA_PEER_CUDNN_H
#define RUNGS_CUDA_PEER_CUDNN_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<cudnn.h>)
#include <cudnn.h>

#include <type_traits>
#endif

/* ---- what cuDNN's headers say; its enums are ints, its handles and descriptors pointers ---- */

enum {
    PEER_DNN_DONE = 0,
    PEER_DNN_NCHW = 0,
    PEER_DNN_FLOAT = 0,
    PEER_DNN_ACCURATE = 1,
    PEER_DNN_BY_INSTANCE = 0
};

struct peer_dnn {
    int (*create)(void **handle);
    int (*destroy)(void *handle);
    int (*describe)(void **tensor);
    int (*forget)(void *tensor);
    int (*set_4d)(void *tensor, int format, int type, int n, int c, int h, int w);
    int (*forward)(void *handle, int algorithm, int mode, const void *alpha, void *x_is, const void *x,
                   const void *beta, void *y_is, void *y);
    int (*backward)(void *handle, int algorithm, int mode, const void *alpha, void *y_is, const void *y,
                    void *dy_is, const void *dy, const void *beta, void *dx_is, void *dx);
    void *handle, *rows; /* made by the first call: cuDNN's, and the description of N rows of C floats */
};

#if __has_include(<cudnn.h>)
static_assert((int)PEER_DNN_DONE == CUDNN_STATUS_SUCCESS && (int)PEER_DNN_NCHW == CUDNN_TENSOR_NCHW &&
                  (int)PEER_DNN_FLOAT == CUDNN_DATA_FLOAT &&
                  (int)PEER_DNN_ACCURATE == CUDNN_SOFTMAX_ACCURATE &&
                  (int)PEER_DNN_BY_INSTANCE == CUDNN_SOFTMAX_MODE_INSTANCE,
              "cuDNN's headers have another number");

/* as many arguments, pointers and numbers in the same places */
template <class... OURS, class... THEIRS>
constexpr bool peer_dnn_alike(int (*)(OURS...), cudnnStatus_t (*)(THEIRS...))
{
    return (
        (sizeof(OURS) == sizeof(THEIRS) && std::is_pointer<OURS>::value == std::is_pointer<THEIRS>::value) &&
        ...);
}
#define PEER_DNN_ALIKE(ours, theirs)                                                              \
    static_assert(peer_dnn_alike(decltype(peer_dnn::ours)(nullptr), decltype (&theirs)(nullptr)), \
                  "cuDNN's headers have other arguments")
PEER_DNN_ALIKE(create, cudnnCreate);
PEER_DNN_ALIKE(destroy, cudnnDestroy);
PEER_DNN_ALIKE(describe, cudnnCreateTensorDescriptor);
PEER_DNN_ALIKE(forget, cudnnDestroyTensorDescriptor);
PEER_DNN_ALIKE(set_4d, cudnnSetTensor4dDescriptor);
PEER_DNN_ALIKE(forward, cudnnSoftmaxForward);
PEER_DNN_ALIKE(backward, cudnnSoftmaxBackward);
#undef PEER_DNN_ALIKE
#endif

/* ---- opening ---- */

inline peer_dnn &peer_softmax_library()
{
    static peer_dnn all;
    return all;
}

inline void *peer_dnn_file()
{
    const char *own = getenv("RUNGS_CUDNN_LIBRARY");
    if (own) return dlopen(own, RTLD_NOW | RTLD_LOCAL);
    void *library = dlopen("libcudnn.so.9", RTLD_NOW | RTLD_LOCAL);
    return library ? library : dlopen("libcudnn.so.8", RTLD_NOW | RTLD_LOCAL);
}

template <class F> bool peer_dnn_symbol(void *library, const char *name, F *&function)
{
    function = (F *)dlsym(library, name);
    return function != nullptr;
}

inline bool peer_dnn_open_once()
{
    peer_dnn &p = peer_softmax_library();
    void *file = peer_dnn_file();
    return file && peer_dnn_symbol(file, "cudnnCreate", p.create) &&
           peer_dnn_symbol(file, "cudnnDestroy", p.destroy) &&
           peer_dnn_symbol(file, "cudnnCreateTensorDescriptor", p.describe) &&
           peer_dnn_symbol(file, "cudnnDestroyTensorDescriptor", p.forget) &&
           peer_dnn_symbol(file, "cudnnSetTensor4dDescriptor", p.set_4d) &&
           peer_dnn_symbol(file, "cudnnSoftmaxForward", p.forward) &&
           peer_dnn_symbol(file, "cudnnSoftmaxBackward", p.backward);
}

inline bool peer_softmax_open()
{
    static const bool open = peer_dnn_open_once();
    return open;
}

inline void peer_softmax_close()
{
    peer_dnn &p = peer_softmax_library();
    if (p.rows) p.forget(p.rows);
    if (p.handle) p.destroy(p.handle);
    p.rows = p.handle = nullptr;
}

/* ---- softmax ---- */

/* A library's refusal: outputs keep what they held, which no check accepts, and this says why. */
inline bool peer_dnn_done(int status, const char *what)
{
    if (status == PEER_DNN_DONE) return true;
    fprintf(stderr, "rungs: %s failed with status %d of cuDNN\n", what, status);
    return false;
}

/* N images of C channels and one pixel: an instance is a row */
inline bool peer_dnn_ready(int N, int C)
{
    peer_dnn &p = peer_softmax_library();
    return (p.handle || peer_dnn_done(p.create(&p.handle), "cudnnCreate")) &&
           (p.rows || peer_dnn_done(p.describe(&p.rows), "cudnnCreateTensorDescriptor")) &&
           peer_dnn_done(p.set_4d(p.rows, PEER_DNN_NCHW, PEER_DNN_FLOAT, N, C, 1, 1),
                         "cudnnSetTensor4dDescriptor");
}

inline void peer_softmax(int N, int C, const float *x, float *y)
{
    peer_dnn &p = peer_softmax_library();
    const float one = 1, zero = 0;
    if (peer_dnn_ready(N, C))
        peer_dnn_done(
            p.forward(p.handle, PEER_DNN_ACCURATE, PEER_DNN_BY_INSTANCE, &one, p.rows, x, &zero, p.rows, y),
            "cudnnSoftmaxForward");
}

inline void peer_softmax_back(int N, int C, const float *y, const float *dy, float *dx)
{
    peer_dnn &p = peer_softmax_library();
    const float one = 1, zero = 0;
    if (peer_dnn_ready(N, C))
        peer_dnn_done(p.backward(p.handle, PEER_DNN_ACCURATE, PEER_DNN_BY_INSTANCE, &one, p.rows, y, p.rows,
                                 dy, &zero, p.rows, dx),
                      "cudnnSoftmaxBackward");
}

#endif
