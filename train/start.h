/* start.h - the kinds of start: what parameters are before the first step. */
#ifndef RUNGS_START_H
#define RUNGS_START_H

/* Weights are uniform in +-sqrt(square / n), where n counts the numbers that a neuron sums, its inputs. */
struct start_kind {
    float square;
    int counts_outputs; /* 1: n counts also the neurons to which each input goes                     */
    int moves_biases;   /* 1: biases are uniform in the same interval; 0: they are 0                  */
    int is_ones;        /* 1: all weights and biases are 1 instead, for calculations by hand          */
};

/* He's keeps the variance of the activations from layer to layer under ReLU (He, Zhang, Ren, Sun, "Delving
 * deep into rectifiers", ICCV 2015). PyTorch's layers begin in an interval that is smaller by a factor of
 * sqrt(6): the first guesses are then all nearly alike, whatever the network. Keras' begin with Glorot's,
 * which keeps the variance of the activations and that of the gradients, where layers are linear (Glorot and
 * Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010). */
extern const struct start_kind start_he_uniform, start_fan_in_uniform, start_glorot_uniform, start_ones;

#endif
