/* site_models.h - what the interactive figures of the site compute, by the suite's own functions. The same
 * names are in cli/site/models.js, which tests/site_models.c compares with these. */
#ifndef RUNGS_CLI_SITE_MODELS_H
#define RUNGS_CLI_SITE_MODELS_H

/* A network of two inputs, two hidden neurons with ReLU and one output, its loss the squared error. in: w1
 * (2,2), b1 (2), w2 (1,2), b2 (1), x (2), t (1); out: the loss, and its derivatives by w1, b1, w2, b2 */
enum { NETWORK_PARAMETERS = 9, NETWORK_IN = NETWORK_PARAMETERS + 3, NETWORK_OUT = 1 + NETWORK_PARAMETERS };
void model_network(const double in[NETWORK_IN], double out[NETWORK_OUT]);

/* The loss L = (x^2 + 9 y^2) / 2 after some steps of gradient descent with momentum from (3, 1). */
double model_ravine(double rate, double momentum, int steps);

/* What steps of Newton-Schulz, with the coefficients of Muon, make of a singular value in [0, 1]. */
double model_singular(double s, int steps);

/* The sectors of 32 bytes that a warp touches when lane i loads `size` bytes (4, 8 or 16) of element
 * offset + i * stride: how many; which[i] is lane i's, numbered as they come. */
enum { MODEL_LANES = 32 };
int model_sectors(int stride, int offset, int size, int which[MODEL_LANES]);

/* The most GFLOP/s at an intensity in FLOP per byte, below a flat roof in GFLOP/s and a slanted one in
 * GB/s. */
double model_roof(double peak, double bandwidth, double intensity);

#endif
