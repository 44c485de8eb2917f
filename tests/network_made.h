/* network_made.h - small networks and data for tests, and wrong rungs in them. */
#ifndef RUNGS_NETWORK_MADE_H
#define RUNGS_NETWORK_MADE_H

#include "../train/data.h"
#include "../train/network.h"

/* The network file with these lines; a mistake in them ends the test. */
void made_netfile(struct netfile *f, const char *lines);

/* The same for dense layers of size[1..layers] with relu between them, sgd and lr 0.1 */
void made_mlp(struct netfile *f, int layers, const int *size);

/* Images of side x side in memory: each class has its own bright pixels, and the first pixel is the example's
 * number. */
struct dataset made_data(int train, int test, int side);

/* All calls of that operation run this from now on. */
void made_replace(struct network *net, const char *op, any_fn *run);

#endif
