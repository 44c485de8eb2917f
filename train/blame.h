/* blame.h - where in a network the first number is that is NaN or infinite. */
#ifndef RUNGS_BLAME_H
#define RUNGS_BLAME_H

#include "network.h"

/* After a way forward whose loss is not finite, with the same examples: runs it once more, and looks at the
 * input, and then layer by layer at the parameters and at what comes out. text, ERROR_TEXT bytes, gets the
 * first that is not finite: "w of layer 2 (dense)", "the output of layer 3 (relu)". Of a network on a device
 * these are the outputs that the device computes. 0 if all are finite but the loss, or the device fails: text
 * is then "". */
int network_blame(struct network *net, int n, const float *x, const int *label, char *text);

#endif
