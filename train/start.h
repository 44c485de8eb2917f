/* start.h - the kinds of start: what parameters are before the first step. */
#ifndef RUNGS_START_H
#define RUNGS_START_H

/* Weights are uniform in +-sqrt(square / inputs), where `inputs` counts the numbers that a neuron sums. */
struct start_kind {
    float square;
    int moves_biases; /* 1: biases are uniform in the same interval; 0: they are 0 */
};

/* He's keeps the variance of the activations from layer to layer under ReLU (He, Zhang, Ren, Sun, "Delving
 * deep into rectifiers", ICCV 2015). PyTorch's layers begin in an interval that is smaller by a factor of
 * sqrt(6): the first guesses are then all nearly alike, whatever the network. */
extern const struct start_kind start_he_uniform, start_fan_in_uniform;

#endif
