/* bench_fake_onednn.h - what the two files of the library that looks like oneDNN share. */
#ifndef BENCH_FAKE_ONEDNN_H
#define BENCH_FAKE_ONEDNN_H

#include <stddef.h>
#include <stdint.h>

/* Of a tensor: row-major, column-major, channels in blocks of `order`, or left to the library, which takes
 * column-major: nobody else has it by accident */
enum { ROW_MAJOR, ANY, COLUMN_MAJOR, BLOCKS_OF_8 = 8, BLOCKS_OF_16 = 16 };

struct layout {
    int n, order;
    int64_t extent[5];
};

enum what { ELEMENTS, CONVOLUTION, POOLING, REORDER };
enum pass { FORWARD, DATA, WEIGHTS };

/* Descriptors of tensors, operations and primitives are all of this type; of a tensor the layout counts, and
 * a pointer to a layout is such a descriptor. */
struct description {
    struct layout layout;
    int backward, softmax, algorithm, threads;
    float alpha;
    int64_t rows, columns;
    enum what what;
    enum pass pass;
    struct layout x, w, b, y, places; /* from and to, of a reorder: x and y */
    int64_t stride[2], gap[2], before[2], window[2];
};

struct tensor {
    int role;
    void **memory; /* holds the address of the numbers */
};

/* y, or 17 of its bits if RUNGS_FAKE is "coarse" */
float fake_rounded(float y);

/* a copy, to be freed by free; 0 for success */
int fake_copy(void **to, const void *from, size_t bytes);

/* the tensor of that role, or NULL */
float *fake_tensor(const struct tensor *t, int n, int role);

/* 0 for success */
int fake_images_execute(const struct description *d, int n, const struct tensor *t);

#endif
