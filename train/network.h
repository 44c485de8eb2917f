/* network.h - a multi-layer perceptron whose every operation runs on a rung of one height.
 *
 * The same network as reference/mlp.c, with the same layouts of parameters and activations: with height "naive"
 * it computes the same bits as the mlp_ functions in float.
 */
#ifndef RUNGS_NETWORK_H
#define RUNGS_NETWORK_H

#include <stddef.h>
#include <stdint.h>
#include "../optimized/op.h"
#include "../base/error.h"

enum { NETWORK_LAYERS = 16, NETWORK_WIDEST = 1 << 20 };

struct network {
    int layers, size[NETWORK_LAYERS + 1]; /* layer l maps size[l] features to size[l+1] */
    int batch;                            /* the most examples it takes at once         */
    size_t params, neurons;
    float *param, *dparam; /* (params): w_0, b_0, w_1, b_1, ...      */
    float *act, *dact;     /* (batch * neurons): a_1, a_2, ..., logits */
    float *p;              /* (batch, size[layers])                  */

    const char *rung; /* dense_forward's rung at this height, to tell people */
    dense_forward_fn *dense_forward;
    dense_backward_dw_fn *dense_backward_dw;
    dense_relu_forward_fn *dense_relu_forward;
    dense_relu_backward_dx_fn *dense_relu_backward_dx;
    softmax_xent_forward_fn *softmax_xent_forward;
    softmax_xent_backward_fn *softmax_xent_backward;
    sgd_step_fn *sgd_step;
};

/* Makes a network with all parameters 0. height: see rung_at_height. 0 and a sentence if the sizes are out of
 * range, or the height is unknown or not for this machine; *net is then all zero. A lack of memory ends the program, as in
 * memory_need. */
int network_make(struct network *net, int layers, const int *size, int batch, const char *height, char *why);
void network_free(struct network *net);

/* He's uniform start: w in +-sqrt(6 / IN), which keeps the variance of the activations from layer to layer under
 * ReLU (He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015); b = 0. Stream l of the seed for layer l. */
void network_init(struct network *net, uint64_t seed);

/* x (n, size[0]), label (n), 1 <= n <= batch -> act, p; returns the mean loss */
float network_forward(struct network *net, int n, const float *x, const int *label);

/* After network_forward with the same n, x and label -> dparam */
void network_backward(struct network *net, int n, const float *x, const int *label);

/* param = param - lr dparam */
void network_update(struct network *net, float lr);

/* The class with the largest probability for example k of the last network_forward; the first one of equals */
int network_guess(const struct network *net, int k);

#endif
