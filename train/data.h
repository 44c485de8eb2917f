/* data.h - the data sets: what they are, where they are looked for, and reading one.
 *
 * data_sets[] is the one list; `rungs data`, the downloader, the presets and the tests walk it.
 */
#ifndef RUNGS_DATA_H
#define RUNGS_DATA_H

#include <stddef.h>
#include "../base/error.h"
#include "../base/nearest.h"

enum { DATA_CLASSES = 10, DATA_FILES = 6, DATA_CHANNELS = 3, DATA_PATH = 4096 };

/* A few examples that are part of the program: the same ones to train on and to test with */
struct data_points {
    int n, features;
    const unsigned char *x, *label; /* (n, features), (n) */
};

struct data_set {
    const char *name;
    const char *about;
    const char *folders[6]; /* searched in this order; data_folder() says how they are written  */
    const char *to_get;     /* the words that tell how to get it                                */
    const char *mirrors[4]; /* folders on the network, each ends with a slash; none: see to_get */

    /* Its files; on disk each may be plain or end with .gz. IDX: "train-images-idx3-ubyte" and so on, or with
     * a dot before "idx", as enum data_file counts them. CIFAR: batches to train on, of which only the first
     * must be there, and at last the one to test with. */
    const char *file[DATA_FILES];
    const char
        *sha256[DATA_FILES];     /* of the unpacked bytes: packing differs between mirrors; NULL: not known */
    int are_packed_sums;         /* 1: of the .gz files instead, as its authors have them        */
    size_t elements[DATA_FILES]; /* IDX: in the files whose unpacked bytes have sums: pixels, labels */

    int cifar_labels; /* bytes of a CIFAR record's labels; 0: the files are IDX             */
    const char *archive,
        *archive_sha256; /* of CIFAR: what is downloaded, and read as it is                   */

    const struct data_points *points; /* NULL: it is read from files                             */
    int is_own;                       /* 1: a user's own data: see own.h                         */

    int classes, first_label; /* labels in the files are first_label, first_label + 1, ...     */
    int is_transposed;        /* 1: its images lie in the files column by column; read, they are rows */
    const char *class_name[DATA_CLASSES]; /* of sets that have no more */
    char *const *names;                   /* of own data, all of them; else NULL */
};

enum data_file { TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS };

extern const struct data_set data_sets[]; /* ends with name == NULL */

/* NULL if there is none of that name */
const struct data_set *data_find(const char *name);

/* 1 if that is no name but where a user's own data are: see own.h */
int data_is_path(const char *name);

/* All of their names */
struct name_list data_names(void);

/* Writes out a searched folder: $RUNGS_DATA from the environment, $RUNGS_HOME what data_home() says, $EXTRA
 * `data` beside the program, in a build folder a link (RUNGS_DATA_FOLDER in train/CMakeLists.txt). 0 if a
 * variable is not set, there is no such folder, or the path is too long. */
int data_folder(const char *pattern, char path[DATA_PATH]);

/* Where downloads are kept: $XDG_DATA_HOME/rungs, else ~/.local/share/rungs. 0 if neither variable is set. */
int data_home(char path[DATA_PATH]);

/* How many files the set has */
int data_count_files(const struct data_set *set);

/* The first searched folder that holds all of its files; one that $RUNGS_DATA names and that holds some of
 * them is not passed over. 0 and a sentence if there is none; it names the file that a folder lacks. */
int data_where(const struct data_set *set, char path[DATA_PATH], char *error);

/* The path of one of its files in that folder, plain or .gz; 0 if it is not there. */
int data_file_in(const struct data_set *set, const char *folder, int file, char path[DATA_PATH]);

struct split { /* the examples to train on, to test with, or to choose by in between */
    int n;
    unsigned char *image; /* (n, features) */
    unsigned char *label; /* (n)           */
    float *real; /* (n, features), in place of image: own data whose numbers are not all whole and 0 to 255 */
};

/* n examples of zeros, the numbers as bytes or real; a lack of memory ends the program. */
struct split split_make(int n, int features, int is_real);
void split_free(struct split *s);

/* Copies an example and its label to the place `at`. to: bytes only if from is, too. */
void split_copy(struct split *to, int at, const struct split *from, int example, int features);

/* x (features): the numbers of one example, as they are in the data */
void split_numbers(const struct split *s, int features, int example, float *x);

/* What a network sees is (pixel - mean) / deviation, both measured on the training images: of grey images
 * the mean of each pixel, and one deviation of all; of colours the mean and deviation of each channel. A
 * mean image that all examples share would stretch the loss along one direction, across which plain SGD
 * zigzags (LeCun, Bottou, Orr, Mueller, "Efficient BackProp", 1998, section 4.3). The columns of a table of
 * real numbers, which are of different sizes and units, have a deviation each. */
struct dataset {
    const struct data_set *set;
    int channels, rows, cols, features;   /* features = channels * rows * cols                     */
    float *mean;                          /* (features): each channel's own, in all of its pixels  */
    float deviation[DATA_CHANNELS];       /* of each channel: the root of its pixels' mean variance */
    float *column;                        /* (features) in place of deviation: of each number; else NULL */
    struct split train, test, validation; /* the last: none, unless split.h divided them           */
    int files, known; /* how many were read; of them, by their SHA-256, those of the set: see data_note */
};

/* Reads a data set, checking everything: also that no file is another known one, of another set or of this. 0
 * and a sentence if anything is wrong: *data is then all zero. */
int data_load(const struct data_set *set, struct dataset *data, char *error);
int data_load_folder(const struct data_set *set, const char *folder, struct dataset *data, char *error);
void data_free(struct dataset *data);

/* Measures mean and deviation again, after the images to train on have changed: on these alone. */
void data_measure(struct dataset *data);

/* The same, with a deviation for each number of an example, whatever the data are */
void data_measure_columns(struct dataset *data);

/* Takes mean and deviation of other data, whose examples have as many numbers and channels. */
void data_scale_as(struct dataset *data, const struct dataset *other);

/* "Trouser", or "class 12" where a set has no names; text holds DATA_CLASS bytes. */
enum { DATA_CLASS = 24 };
const char *data_class(const struct data_set *set, int class, char *text);

/* What a user is to be told of its origin, DATA_NOTE bytes; "" if all files are known. */
enum { DATA_NOTE = 160 };
char *data_note(const struct dataset *data, char *note);

/* x (features), pixels of one image: centred and scaled */
void data_standardize(const struct dataset *data, float *x);

/* x (n, features), label (n): the examples order[0..n-1] of a split, scaled */
void data_gather(const struct dataset *data, const struct split *split, int n, const int *order, float *x,
                 int *label);

#endif
