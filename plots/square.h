/* square.h - pictures of a classifier: curves in the unit square (ROC, calibration), and a confusion matrix.
 * See draw.h for what a zero means. */
#ifndef RUNGS_SQUARE_H
#define RUNGS_SQUARE_H

enum { SQUARE_CURVES = 10, SQUARE_CLASSES = 20 };

struct square_curve {
    const char *name; /* in the list beside the square */
    int n;
    const double *x, *y; /* (n), from 0 to 1 */
};

/* Draws at most SQUARE_CURVES curves over the diagonal as NAME.svg and NAME.png in the folder out. dots: a
 * mark at each point, too. */
int square_draw(const struct square_curve *curve, int n, int dots, const char *heading, const char *x,
                const char *y, const char *name, const char *out);

/* Draws count (classes, classes), at most SQUARE_CLASSES: how many of each true class, a row, were guessed to
 * be of each class. A square is the darker the larger its part of the row. */
int confusion_draw(int classes, const long *count, const char *const *class_name, const char *heading,
                   const char *name, const char *out);

#endif
