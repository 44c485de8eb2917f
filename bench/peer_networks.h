/* peer_networks.h - training steps of whole networks in PyTorch and JAX, each in a process of its own
 * (peer_networks.py), on the same parameters, images and labels as the rungs. */
#ifndef RUNGS_PEER_NETWORKS_H
#define RUNGS_PEER_NETWORKS_H

#include "peer_child.h"

/* A network in the words of peer_networks.py, and what its first step begins with */
struct peer_network {
    const char *words; /* "adam 0.001 64x1x28x28 conv:32:3:0 relu maxpool:2 dense:10" */
    size_t params, pixels, labels;
    const float *param, *x;
    const int *label;
};

/* Gives a framework's process (peer_framework_start) a network, which it makes, and compiles if it does. All
 * of these return 0, or NaN, where the child is lost. */
int peer_network_give(struct peer_child *child, const struct peer_network *n);

/* The loss and the gradient (params) of the first step */
int peer_network_first(struct peer_child *child, const struct peer_network *n, float *loss, float *gradient);

/* Seconds that so many steps take, from the first on, by the child's clock */
double peer_network_steps(struct peer_child *child, int steps);

#endif
