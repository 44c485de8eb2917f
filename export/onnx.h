/* onnx.h - a trained network as an ONNX model: opset 13, IR version 7, no other domain.
 *
 *   in   pixels         float (N, C, H, W), or (N, F) where the network takes rows of features: 0 to 255, as
 *                       in the data; they are centred and scaled by the first two nodes
 *   out  probabilities  float (N, classes): network_probabilities
 *
 * N is free. The initializers are the tensors of named.h by their names, and dropout leaves no node.
 */
#ifndef RUNGS_ONNX_H
#define RUNGS_ONNX_H

#include "named.h"

/* 0 and a sentence if a layer cannot be written, or the file would be larger than ONNX allows; nothing was
 * written then. */
int onnx_write(FILE *out, const struct snapshot *s, char *error);

#endif
