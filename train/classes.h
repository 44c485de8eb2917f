/* classes.h - what a user calls the classes: whole numbers from 0 to 255, or names. */
#ifndef RUNGS_CLASSES_H
#define RUNGS_CLASSES_H

enum { CLASSES_MOST = 256 };

struct classes {
    enum { CLASSES_UNKNOWN, CLASSES_NUMBERS, CLASSES_NAMES } kind; /* as the first that was added */
    int n;                                                         /* how many names */
    char *name[CLASSES_MOST];
};

/* The class that the text says, and names are numbered as they come. -1 and the end of a sentence ("must be a
 * whole number from 0 to 255") if it is none, or a name where the others are numbers. */
int classes_add(struct classes *c, const char *text, const char **problem);

/* The number of a name, -1: there is none */
int classes_find(const struct classes *c, const char *name);

/* Sorts the names, as numbers if all are: to[old number] is the new one. */
void classes_sort(struct classes *c, unsigned char to[CLASSES_MOST]);

void classes_free(struct classes *c);

#endif
