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

/* A training of it: all images to train on and to test with, and the order of an epoch. given.x and
 * given.label are those of the first batch, which is `labels` long. */
struct peer_training {
    struct peer_network given;
    size_t features, n, tests;
    const float *x, *test_x; /* (n, features), (tests, features) */
    const int *label, *test_label, *order;
};

/* Gives it the training; peer_network_steps then takes whole epochs, each with a test at its end. */
int peer_training_give(struct peer_child *child, const struct peer_training *t);

/* After one epoch from the start: the share of test images that is right */
int peer_training_right(struct peer_child *child, float *right);

/* The loss and the gradient (params) of the first step */
int peer_network_first(struct peer_child *child, const struct peer_network *n, float *loss, float *gradient);

/* Seconds that so many steps take, from the first on, by the child's clock */
double peer_network_steps(struct peer_child *child, int steps);

#endif
