/* bench_networks.h - the networks whose training steps are measured beside PyTorch's and JAX's: their
 * parameters, 64 images and labels, and a step of the rungs. */
#ifndef RUNGS_BENCH_NETWORKS_H
#define RUNGS_BENCH_NETWORKS_H

#include "../bench/peer_networks.h"
#include "../train/optimizer.h"

enum { BENCH_BATCH = 64, BENCH_MOST_STEPS = 200 };

struct bench_network {
    struct netfile file;
    struct network net;
    struct optimizer optimizer;
    struct peer_network given; /* what a framework gets */
    char words[400];
    int label[BENCH_BATCH];
};

/* "fc512-fc256" for k = 0; NULL behind the last */
const char *bench_network_name(int k);

/* 0 and a sentence if it cannot be made; a lack of memory ends the program */
int bench_network_make(struct bench_network *b, int k, char *error);
void bench_network_free(struct bench_network *b);

/* Keeps the parameters as they are, for frameworks and to begin with again */
void bench_network_keep(struct bench_network *b);

/* The parameters, and the optimizer's state, as before the first step */
void bench_network_restore(struct bench_network *b);

/* Forward, backward and the optimizer's step, on all threads; number: from 0 */
void bench_network_step(struct bench_network *b, long number);

#endif
