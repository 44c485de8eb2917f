/* peers.h - libraries as rungs, for the bench: cuBLAS and cuBLASLt for products (peers.cu), cuDNN for softmax
 * (peers_softmax.cu) and convolution (peers_conv.cu). */
#ifndef RUNGS_CUDA_PEERS_H
#define RUNGS_CUDA_PEERS_H

#include "../device.h"

/* The libraries' ladders by operation; empty where they cannot be opened */
const struct device_rungs *product_peers();
const struct device_rungs *softmax_peers();
const struct device_rungs *conv_peers();

/* frees their handles and workspaces */
void product_peers_close();
void softmax_peers_close();
void conv_peers_close();

#endif
