/* bench_networks.h - the networks whose training steps are measured beside PyTorch's and JAX's: their
 * parameters, a batch of images and labels, and a step of the rungs. Four networks of this file with
 * batches of 64, or, where they are chosen, networks of `rungs train --list` as they are, but without
 * dropout. */
#ifndef RUNGS_BENCH_NETWORKS_H
#define RUNGS_BENCH_NETWORKS_H

#include "../bench/peer_networks.h"
#include "../train/optimizer.h"

enum { BENCH_MOST_BATCH = 128, BENCH_MOST_STEPS = 200 };

struct bench_network {
    struct netfile file;
    struct network net;
    struct optimizer optimizer;
    struct peer_network given; /* what a framework gets */
    char words[400];
    int batch, label[BENCH_MOST_BATCH];
};

/* From now on the networks are these, named with commas in between; NULL: as before. 0 and a sentence if
 * one is unknown, or cannot be raced: frameworks get images and the loss of softmax and cross-entropy. */
int bench_networks_choose(const char *names, char *error);

/* "fc512-fc256" for k = 0; NULL behind the last */
const char *bench_network_name(int k);

/* The file of network k, without dropout */
void bench_network_file(int k, struct netfile *file);

/* level: of the rungs. 0 and a sentence if it cannot be made; a lack of memory ends the program */
int bench_network_make(struct bench_network *b, int k, const char *level, char *error);
void bench_network_free(struct bench_network *b);

/* What a framework is told of a network, in the words of peer_networks.py, into b->words */
void bench_network_describe(struct bench_network *b);

/* Keeps the parameters as they are, for frameworks and to begin with again */
void bench_network_keep(struct bench_network *b);

/* The parameters, and the optimizer's state, as before the first step */
void bench_network_restore(struct bench_network *b);

/* Forward, backward and the optimizer's step, on all threads; number: from 0 */
void bench_network_step(struct bench_network *b, long number);

#endif
