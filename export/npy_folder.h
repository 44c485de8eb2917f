/* npy_folder.h - the weights of a trained network as a folder: NAME.npy for each tensor of the list in
 * named.h, in NumPy's format 1.0, and network.net, the network file.
 */
#ifndef RUNGS_NPY_FOLDER_H
#define RUNGS_NPY_FOLDER_H

#include "named.h"

/* The folder appears as a whole: 0 and a sentence if it cannot, or has files in it already. */
int npy_folder_write(const char *path, const struct snapshot *s, char *error);

#endif
