/* peer_onednn.h - version 2 of oneDNN's C interface; peer_onednn.c opens it, peer_onednn_images.c shares it.
 *
 * It is of handles, and of descriptors that the library fills by itself, so that none of its headers is
 * needed: a descriptor is room for more bytes than any of them has. The numbers are those of oneDNN 2.6's
 * <dnnl_types.h>, which no version 2 changes (version 3 has other functions, and is noticed by that).
 */
#ifndef RUNGS_PEER_ONEDNN_H
#define RUNGS_PEER_ONEDNN_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

enum { DNNL_F32 = 3, DNNL_CPU = 1, DNNL_IN_ORDER = 1, DNNL_TRAINING = 64 };

/* the roles of tensors */
enum {
    DNNL_SRC = 1,
    DNNL_DST = 17,
    DNNL_WEIGHTS = 33,
    DNNL_BIAS = 41,
    DNNL_WORKSPACE = 64,
    DNNL_DIFF_SRC = 129,
    DNNL_DIFF_DST = 145,
    DNNL_DIFF_WEIGHTS = 161,
    DNNL_DIFF_BIAS = 169
};

struct dnnl_descriptor {
    alignas(16) char bytes[8192]; /* the largest that is used here has 1416 */
};

struct dnnl_tensor {
    int role;
    void *memory;
};

/* Descriptors and handles are void *; all return 0 for success. */
#define DNNL_FUNCTIONS(F)                                                                                    \
    F(engine_create, (void **engine, int kind, size_t index))                                                \
    F(stream_create, (void **stream, void *engine, unsigned flags))                                          \
    F(stream_wait, (void *stream))                                                                           \
    F(memory_desc_init_by_strides,                                                                           \
      (void *d, int dimensions, const int64_t *extents, int type, const int64_t *strides))                   \
    F(memory_desc_init_by_tag, (void *d, int dimensions, const int64_t *extents, int type, int tag))         \
    F(memory_create, (void **memory, const void *d, void *engine, void *data))                               \
    F(memory_set_data_handle, (void *memory, void *data))                                                    \
    F(memory_destroy, (void *memory))                                                                        \
    F(eltwise_forward_desc_init,                                                                             \
      (void *d, int prop, int algorithm, const void *data, float alpha, float beta))                         \
    F(eltwise_backward_desc_init,                                                                            \
      (void *d, int algorithm, const void *diff, const void *data, float alpha, float beta))                 \
    F(softmax_forward_desc_init, (void *d, int prop, const void *data, int axis))                            \
    F(softmax_backward_desc_init, (void *d, const void *diff, const void *data, int axis))                   \
    F(dilated_convolution_forward_desc_init,                                                                 \
      (void *d, int prop, int algorithm, const void *x, const void *w, const void *b, const void *y,         \
       const int64_t *strides, const int64_t *dilations, const int64_t *before, const int64_t *after))       \
    F(dilated_convolution_backward_data_desc_init,                                                           \
      (void *d, int algorithm, const void *dx, const void *w, const void *dy, const int64_t *strides,        \
       const int64_t *dilations, const int64_t *before, const int64_t *after))                               \
    F(dilated_convolution_backward_weights_desc_init,                                                        \
      (void *d, int algorithm, const void *x, const void *dw, const void *db, const void *dy,                \
       const int64_t *strides, const int64_t *dilations, const int64_t *before, const int64_t *after))       \
    F(pooling_forward_desc_init,                                                                             \
      (void *d, int prop, int algorithm, const void *x, const void *y, const int64_t *strides,               \
       const int64_t *window, const int64_t *before, const int64_t *after))                                  \
    F(pooling_backward_desc_init,                                                                            \
      (void *d, int algorithm, const void *dx, const void *dy, const int64_t *strides,                       \
       const int64_t *window, const int64_t *before, const int64_t *after))                                  \
    F(reorder_primitive_desc_create, (void **primitive, const void *from, void *from_engine, const void *to, \
                                      void *to_engine, const void *attributes))                              \
    F(primitive_desc_create,                                                                                 \
      (void **primitive, const void *d, const void *attributes, void *engine, const void *forward))          \
    F(primitive_desc_destroy, (void *primitive))                                                             \
    F(primitive_create, (void **primitive, const void *d))                                                   \
    F(primitive_execute, (const void *primitive, void *stream, int n, const struct dnnl_tensor *t))          \
    F(primitive_destroy, (void *primitive))

/* the others: they answer a question */
#define DNNL_QUESTIONS(F)                                     \
    F(int, memory_desc_equal, (const void *a, const void *b)) \
    F(size_t, memory_desc_get_size, (const void *d))          \
    F(const void *, primitive_desc_query_md, (const void *d, int what, int index))

extern struct peer_dnnl {
#define F(name, parameters) int(*name) parameters;
    DNNL_FUNCTIONS(F)
#undef F
#define F(type, name, parameters) type(*name) parameters;
    DNNL_QUESTIONS(F)
#undef F
    void *engine, *stream;
    int threads;
} peer_dnnl;

void peer_dnnl_set_threads(int threads);

#endif
