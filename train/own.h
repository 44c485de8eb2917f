/* own.h - a user's own data: `data PATH` in a network file, where PATH has a slash or a dot in it.
 *
 *     ./digits.csv   a table (table.h), plain or .gz; a sixth of its lines, drawn at random, tests
 *     ./digits       a folder with train.csv and test.csv, plain or .gz, or with the four files of an IDX
 *                    set, train-images-idx3-ubyte and so on, plain or .gz
 *
 * Classes are counted from 0 to the largest that there is.
 */
#ifndef RUNGS_OWN_H
#define RUNGS_OWN_H

#include "data.h"
#include "shape.h"

/* Reads them for a network whose input has that shape: numbers in tables are images of it if they are as
 * many, else a row. 0 and a sentence: *data is then all zero. data->set lives as long as the program. */
int own_load(const char *path, struct shape input, struct dataset *data, char *error);

#endif
