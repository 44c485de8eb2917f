/* network_gradient.h - a whole network as a problem of the gradient checker (gradcheck/gc.h).
 *
 * The parameters are the tensors, the loss is the output. In double every operation is its oracle, which is
 * checked against differences of the loss; in float it is the network's own rung, in the network's own
 * memory, which is compared with that.
 */
#ifndef RUNGS_NETWORK_GRADIENT_H
#define RUNGS_NETWORK_GRADIENT_H

#include "../gradcheck/gc.h"
#include "decay.h"
#include "network.h"

struct network_gradient;

/* The problem at the network's parameters, of n examples x with their labels; in_float: of the rungs. decay:
 * its penalty is a part of the loss; NULL: there is none. All of it must outlive the problem, and the network
 * runs nothing else meanwhile. A lack of memory ends the program. */
struct network_gradient *network_gradient_open(struct network *net, const struct decay *decay, int n,
                                               const float *x, const int *label, int in_float);
const gc_problem *network_gradient_problem(const struct network_gradient *g);
void network_gradient_close(struct network_gradient *g);

#endif
