/* named.h - the tensors of a network by name: the one list that every format writes and `rungs import` reads.
 *
 * A tensor is called after its layer, which is the word of the network file and the number that
 * `rungs train NETWORK --describe` gives it, and after its parameter:
 *
 *   dense6.w (OUT, IN)      dense6.b (OUT)                 y = x w^T + b, as PyTorch has it
 *   conv0.w (K, C / groups, R, S)      conv0.b (K)         likewise
 *   batchnorm1.gamma, .beta, .running_mean, .running_var (C)
 *
 * and what the network sees of an image is (pixel - input.mean) * input.scale: of images (C, H, W) and
 * (C, 1, 1), of rows of features (F) and (F). Where each number of an example has its own deviation, both are
 * of the input's shape.
 */
#ifndef RUNGS_NAMED_H
#define RUNGS_NAMED_H

#include <stdio.h>

#include "../train/trainer.h"

enum {
    NAMED_MOST = LAYERS_MOST * (LAYER_PARAMS + LAYER_BUFFERS),
    NAMED_TEXT = 48,
    NAMED_DIMS = 4,
    NAMED_SHAPE = 64
};

struct named {
    char name[NAMED_TEXT];
    int dims, dim[NAMED_DIMS];
    size_t elements;
    float *x; /* (elements), somebody else's */
};

/* The parameters and buffers of the layers, in their order; param and buffer as in struct network. Returns
 * how many. */
int named_list(const struct layer *layer, int layers, float *param, float *buffer,
               struct named named[NAMED_MOST]);

/* "conv0": the layer's name */
const char *named_layer(const struct layer *layer, int l, char text[NAMED_TEXT]);

/* "(32, 1, 3, 3)"; text holds NAMED_SHAPE bytes */
const char *named_shape(int dims, const int *dim, char *text);

/* A trained network, and all that a file for others is made of */
struct snapshot {
    struct trainer *t;
    int epoch;
    int tensors; /* all but the input's two */
    struct named named[NAMED_MOST];
    struct named mean, scale;
};

/* The parameters that t is tested with. 0 and a sentence if one of them, or of the rest, is NaN or infinite.
 * A lack of memory ends the program. Free it with snapshot_free. */
int snapshot_make(struct snapshot *s, struct trainer *t, int epoch, char *error);
void snapshot_free(struct snapshot *s);

/* n numbers as bytes, the lowest first: 4 n of them */
void named_bytes(const float *x, size_t n, unsigned char *to);
void named_write(FILE *out, const float *x, size_t n);

#endif
