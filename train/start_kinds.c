/* start_kinds.c - see start.h. */
#include "start.h"

const struct start_kind start_he_uniform = { .square = 6 };
const struct start_kind start_fan_in_uniform = { .square = 1, .moves_biases = 1 };
const struct start_kind start_glorot_uniform = { .square = 6, .counts_outputs = 1 };
const struct start_kind start_ones = { .is_ones = 1 };
