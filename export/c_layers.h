/* c_layers.h - the layers as texts of C functions, for c_source.h. */
#ifndef RUNGS_C_LAYERS_H
#define RUNGS_C_LAYERS_H

/* what a layer's function gets: see put_call in c_source.c */
enum c_call { CALL_MAP, CALL_MAP_WITH, CALL_DENSE, CALL_CONV, CALL_POOL, CALL_PLANES, CALL_NORM };

struct c_layer {
    const char *word; /* of the network file, and the function's name */
    enum c_call call;
    const char *text; /* NULL: in a test the layer does nothing */
};

/* NULL if it cannot be written */
const struct c_layer *c_layer_find(const char *word);

#endif
