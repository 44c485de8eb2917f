/* own.h - a user's own data: `data PATH` in a network file, where PATH has a slash or a dot in it.
 *
 *     ./digits.csv   a table (table.h), plain or .gz
 *     ./digits.npz   NumPy arrays: x and y, images and labels, or x_train, y_train, x_test, y_test (arrays.h)
 *     ./digits       a folder with one of
 *                      train.csv and test.csv, plain or .gz
 *                      the same arrays as files: x.npy and y.npy and so on
 *                      the four files of an IDX set, train-images-idx3-ubyte and so on, plain or .gz
 *                      a folder of images per class, or train and test with such folders (image_folder.h)
 *
 * Where no part is there to test with, a sixth of the examples, drawn at random, tests. Classes that are
 * numbers are counted from 0 to the largest that there is.
 */
#ifndef RUNGS_OWN_H
#define RUNGS_OWN_H

#include "data.h"
#include "shape.h"

/* Reads them for a network whose input has that shape: rows of numbers are images of it if they are as many,
 * else a row. label: of tables, the column of the class, see table.h. 0 and a sentence: *data is then all
 * zero. data->set lives as long as the program. */
int own_load(const char *path, const char *label, struct shape input, struct dataset *data, char *error);

#endif
