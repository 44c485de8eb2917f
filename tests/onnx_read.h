/* onnx_read.h - a second reader of ONNX files, and an interpreter of their operators, for tests. It knows
 * the format and the operators' definitions, and nothing of our writer. */
#ifndef RUNGS_ONNX_READ_H
#define RUNGS_ONNX_READ_H

#include <stddef.h>
#include <stdint.h>

enum { NODES = 96, TENSORS = 64, NAME = 80, INPUTS = 5, ATTRIBUTES = 8, INTS = 8 };

struct onnx_tensor {
    char name[NAME];
    int type; /* 1 float, 7 int64 */
    int dims;
    int64_t dim[4];
    const unsigned char *raw; /* in the file */
    size_t bytes;
};

struct onnx_attribute {
    char name[NAME];
    int type, ints; /* type: 1 float, 2 int, 4 tensor, 7 ints */
    float f;
    int64_t i, list[INTS];
    struct onnx_tensor tensor;
};

struct onnx_node {
    char op[NAME], name[NAME], input[INPUTS][NAME], output[NAME];
    int inputs, attributes;
    struct onnx_attribute attribute[ATTRIBUTES];
};

struct onnx_model {
    int64_t ir, opset;
    int nodes, tensors;
    struct onnx_node node[NODES];
    struct onnx_tensor tensor[TENSORS]; /* initializers */
    struct onnx_tensor input, output;   /* of a dimension without a number, -1 */
};

/* 0 if a field is cut off, too long or unknown, or a needed one is missing */
int onnx_read(const unsigned char *file, size_t n, struct onnx_model *m);

/* What the model makes of n inputs x, in double -> y (n, outputs). 0 if an operator, an attribute or a shape
 * is none that its definition allows. */
int onnx_run(const struct onnx_model *m, int n, const float *x, int outputs, double *y);

#endif
