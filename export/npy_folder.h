/* npy_folder.h - the weights of a trained network as a folder: NAME.npy for each tensor of the list in
 * named.h, in NumPy's format 1.0, and network.net, the network file.
 */
#ifndef RUNGS_NPY_FOLDER_H
#define RUNGS_NPY_FOLDER_H

#include "named.h"

/* The folder appears as a whole: 0 and a sentence if it cannot, or has files in it already. */
int npy_folder_write(const char *path, const struct snapshot *s, char *error);

/* One of its files, in a folder that is there: a tensor, or the network file. 0 and a sentence */
int npy_folder_tensor(const char *folder, const struct named *n, char *error);
int npy_folder_network(const char *folder, const struct netfile *file, char *error);

#endif
