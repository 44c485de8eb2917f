/* arrays.h - a user's own data as NumPy arrays: images and labels, side by side, in a .npz archive or as .npy
 * files in a folder, whose names are one of array_names.
 *
 * x: (N, H, W), (N, C, H, W) with at most 3 channels, or (N, D) of bool, whole numbers or floats; y: (N) or
 * (N, 1) of whole numbers from 0 to 255.
 */
#ifndef RUNGS_ARRAYS_H
#define RUNGS_ARRAYS_H

#include "examples.h"

enum array { ARRAY_X, ARRAY_Y, ARRAY_TEST_X, ARRAY_TEST_Y, ARRAYS };

/* The first of these that is there counts. test names: NULL, or they may be there */
struct array_names {
    const char *of[ARRAYS];
};
extern const struct array_names array_names[]; /* ends with NULL */

/* 0 and a sentence: *r then holds what data_free and classes_free free. */
int arrays_load_npz(const char *path, struct own_read *r, char *error);
int arrays_load_folder(const char *folder, struct own_read *r, char *error);

/* 1 if the folder has such files */
int arrays_are_in(const char *folder);

#endif
