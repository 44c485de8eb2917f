/* split.h - which images are trained on, which are left to choose by (validation), and which test the choice.
 */
#ifndef RUNGS_SPLIT_H
#define RUNGS_SPLIT_H

#include "data.h"
#include "netfile.h"

/* A way to divide n images, of which the first `files` come from the files to train on: sets how many are
 * trained on and how many validate. value: of the split's line. */
struct split_kind {
    void (*sizes)(const struct net_value *value, int files, int n, int *train, int *validation);
    int from_all; /* 0: only the files to train on are divided, the others test                   */
    int is_fold;  /* 1: one of `of` parts tests, and over all folds each image tests exactly once */
};

extern const struct split_kind split_files, split_parts, split_folds;

/* Divides the data as the file says, and measures mean and deviation again, on what is left to train on. The
 * images of each part are drawn at random, the same ones for every seed of a training: the split's line has a
 * seed of its own. Stratified, each part has of every class nearly its share: the images of a class in a fold
 * are within 1 of it, as are those that are held back to test or, of what is left, to validate with. 0 and a
 * sentence if a part would be empty; the data are then as before. A lack of memory ends the program. */
int split_data(struct dataset *data, const struct netfile *file, char *error);

/* 1 if there are images to validate with */
int split_validates(const struct netfile *file);

/* What people say of parts, "60/20/20 stratified=1", as a network file says it: "parts train=0.6
 * validation=0.2 stratified=1", in text, SPLIT_TEXT bytes; any other words are returned as they are. */
enum { SPLIT_TEXT = 160 };
const char *split_words(const char *words, char *text);

#endif
