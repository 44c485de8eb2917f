/* peers.h - cuBLAS and cuBLASLt as rungs, for the bench. */
#ifndef RUNGS_CUDA_PEERS_H
#define RUNGS_CUDA_PEERS_H

#include "../device.h"

/* The libraries' ladders by operation; empty where they cannot be opened */
const struct device_rungs *peers();

/* frees their handles and workspaces */
void peers_close();

#endif
