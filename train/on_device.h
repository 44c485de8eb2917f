/* on_device.h - a network whose operations run on a CUDA device, on a GPU or in the emulator.
 *
 * The network in this process's memory stays the one that is trained, tested and saved: before the way
 * forward its parameters and buffers go to the device, after the way back their gradients come from there,
 * and the optimizer moves them here. An operation without a CUDA ladder runs on the CPU, between two copies.
 * The tensors have the places on the device that arena.c gives them here.
 */
#ifndef RUNGS_ON_DEVICE_H
#define RUNGS_ON_DEVICE_H

#include "../optimized/device.h"
#include "network.h"

/* For a network that was made. level: naive, best, or a rung of the CUDA ladder of dense_forward, as
 * device_rung_at_level has it. NULL and a sentence in error[DEVICE_ERROR] if the level is unknown or the
 * device has no room. */
struct on_device *on_device_open(const struct device *d, const struct network *net, const char *level,
                                 char *error);
void on_device_close(struct on_device *o); /* NULL is allowed */

/* One call with n examples. host: where each tensor of the network is in this process's memory. skips: its
 * output is its input. */
void on_device_call(struct on_device *o, const struct network *net, const struct call *c, int n,
                    void *const *host, int skips);

/* What goes there before the calls of the way forward (dloss: of the way back), and what comes from there
 * after them, both with n examples. Tensors that have no place in host are left out. */
void on_device_begin(struct on_device *o, const struct network *net, int n, void *const *host, int is_back);
void on_device_end(struct on_device *o, const struct network *net, int n, void *const *host, int is_back);

/* What n examples have of a tensor in the arena that has numbers for each of them, copied from the device to
 * its place here */
void on_device_fetch(struct on_device *o, const struct network *net, int tensor, int n, void *const *host);

/* The first thing that the device refused, in a sentence, or NULL. From then on nothing runs there, and
 * losses are NaN. */
const char *on_device_failure(const struct on_device *o);

/* How many of the network's calls run on the CPU, as their operations have no CUDA ladder */
int on_device_calls_here(const struct on_device *o, const struct network *net);

/* "CUDA 07_async": the rung of dense layers, to tell people and checkpoints */
const char *on_device_name(const struct on_device *o);

#endif
