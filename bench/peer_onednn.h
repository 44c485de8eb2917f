/* peer_onednn.h - oneDNN's interface, version 2, for the files that make operations of it; peer_onednn.c
 * finds its functions. Descriptors and handles are void *; all functions return 0 for success. */
#ifndef RUNGS_PEER_ONEDNN_H
#define RUNGS_PEER_ONEDNN_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

struct onednn_descriptor {
    alignas(16) char bytes[8192]; /* the largest that is used here has 1416 */
};

struct onednn_tensor {
    int role;
    void *memory;
};

#define ONEDNN_FUNCTIONS(F)                                                                                \
    F(engine_create, (void **engine, int kind, size_t index))                                              \
    F(stream_create, (void **stream, void *engine, unsigned flags))                                        \
    F(stream_wait, (void *stream))                                                                         \
    F(memory_desc_init_by_strides,                                                                         \
      (void *d, int dimensions, const int64_t *extents, int type, const int64_t *strides))                 \
    F(memory_create, (void **memory, const void *d, void *engine, void *data))                             \
    F(memory_set_data_handle, (void *memory, void *data))                                                  \
    F(memory_destroy, (void *memory))                                                                      \
    F(eltwise_forward_desc_init,                                                                           \
      (void *d, int prop, int algorithm, const void *data, float alpha, float beta))                       \
    F(eltwise_backward_desc_init,                                                                          \
      (void *d, int algorithm, const void *diff, const void *data, float alpha, float beta))               \
    F(softmax_forward_desc_init, (void *d, int prop, const void *data, int axis))                          \
    F(softmax_backward_desc_init, (void *d, const void *diff, const void *data, int axis))                 \
    F(primitive_desc_create,                                                                               \
      (void **primitive, const void *d, const void *attributes, void *engine, const void *forward))        \
    F(primitive_desc_destroy, (void *primitive))                                                           \
    F(primitive_create, (void **primitive, const void *d))                                                 \
    F(primitive_execute, (const void *primitive, void *stream, int n, const struct onednn_tensor *tensor)) \
    F(primitive_destroy, (void *primitive))

struct onednn_functions {
#define F(name, parameters) int(*name) parameters;
    ONEDNN_FUNCTIONS(F)
#undef F
};

extern struct onednn_functions dnnl;
void *peer_onednn_engine(void);
void *peer_onednn_stream(void);
int peer_onednn_threads(void);

#endif
