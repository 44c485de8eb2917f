/* image_folder.h - a user's own data as a folder of images, with one folder in it for each class:
 *
 *     pets/cat/0001.png          or, with a part to test with,     pets/train/cat/0001.png
 *     pets/dog/0001.pgm                                            pets/test/cat/0002.png
 *
 * Classes and images are in the order of their names; of classes called by numbers, in that of these. All
 * images are of one size, and all grey or all in colour. Names that begin with a dot are passed over.
 */
#ifndef RUNGS_IMAGE_FOLDER_H
#define RUNGS_IMAGE_FOLDER_H

#include "examples.h"

/* 0 and a sentence: *r then holds what data_free and classes_free free. */
int image_folder_load(const char *folder, struct own_read *r, char *error);

/* 1 if there are folders in it */
int image_folder_is(const char *folder);

#endif
