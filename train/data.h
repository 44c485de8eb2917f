/* data.h - the data sets: what they are, where they are looked for, and reading one.
 *
 * data_sets[] is the one list; `rungs data`, the downloader, the presets and the tests walk it.
 */
#ifndef RUNGS_DATA_H
#define RUNGS_DATA_H

#include <stddef.h>
#include "../base/error.h"
#include "../base/nearest.h"

enum { DATA_CLASSES = 10, DATA_FILES = 4, DATA_PATH = 4096 };

struct data_set {
    const char *name;
    const char *about;
    const char *folders[6];         /* searched in this order; data_folder() says how they are written  */
    const char *to_get;             /* the words that tell how to get it                                */
    const char *mirrors[4];         /* folders on the network, each ends with a slash                   */
    size_t elements[DATA_FILES];    /* in the files: pixels, labels                                     */
    const char *sha256[DATA_FILES]; /* of the files' unpacked bytes: packing differs between mirrors    */
    const char *class_name[DATA_CLASSES];
};

extern const struct data_set data_sets[]; /* ends with name == NULL */

/* "train-images-idx3-ubyte" and so on; on disk each may be plain or end with .gz, and
 * have a dot before "idx" */
extern const char *const data_files[DATA_FILES];
enum { TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS };

/* NULL if there is none of that name */
const struct data_set *data_find(const char *name);

/* All of their names */
struct name_list data_names(void);

/* Writes out a searched folder: $RUNGS_DATA from the environment, $RUNGS_HOME what data_home() says, $EXTRA
 * `data` beside the program, in a build folder a link (RUNGS_DATA_FOLDER in train/CMakeLists.txt). 0 if a
 * variable is not set, there is no such folder, or the path is too long. */
int data_folder(const char *pattern, char path[DATA_PATH]);

/* Where downloads are kept: $XDG_DATA_HOME/rungs, else ~/.local/share/rungs. 0 if neither variable is set. */
int data_home(char path[DATA_PATH]);

/* The first searched folder that holds all four files; one that $RUNGS_DATA names and that holds some of them
 * is not passed over. 0 and a sentence if there is none; it names the file that a folder lacks. */
int data_where(const struct data_set *set, char path[DATA_PATH], char *error);

/* The path of one of the four files in that folder, plain or .gz; 0 if it is not there. */
int data_file_in(const char *folder, int file, char path[DATA_PATH]);

struct split { /* the examples to train on, to test with, or to choose by in between */
    int n;
    unsigned char *image; /* (n, features) */
    unsigned char *label; /* (n)           */
};

/* What a network sees is (pixel - the mean of that pixel) / deviation, both measured on the training images.
 * A mean image that all examples share would stretch the loss along one direction, across which plain SGD
 * zigzags (LeCun, Bottou, Orr, Mueller, "Efficient BackProp", 1998, section 4.3). */
struct dataset {
    const struct data_set *set;
    int rows, cols, features;             /* features = rows * cols                                */
    float *mean;                          /* (features)                                            */
    float deviation;                      /* one for all pixels: the root of their mean variance   */
    struct split train, test, validation; /* the last: none, unless split.h divided them */
    int known; /* how many of the four files are, by their SHA-256, those of the set: see data_note */
};

/* Reads a data set, checking everything: also that no file is another known one, of another set or of this. 0
 * and a sentence if anything is wrong: *data is then all zero. */
int data_load(const struct data_set *set, struct dataset *data, char *error);
int data_load_folder(const struct data_set *set, const char *folder, struct dataset *data, char *error);
void data_free(struct dataset *data);

/* Measures mean and deviation again, after the images to train on have changed. */
void data_measure(struct dataset *data);

/* What a user is to be told of its origin, DATA_NOTE bytes; "" if all four files are known. */
enum { DATA_NOTE = 160 };
char *data_note(const struct dataset *data, char *note);

/* x (n, features), label (n): the examples order[0..n-1] of a split, scaled */
void data_gather(const struct dataset *data, const struct split *split, int n, const int *order, float *x,
                 int *label);

#endif
