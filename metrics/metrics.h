/* metrics.h - how good a classifier is: from what it says about n examples, p (n, classes), and what they
 * are, label (n), each from 0 to classes - 1. Every p is finite. Of equal p the lower class is guessed.
 *
 * A lack of memory ends the program.
 */
#ifndef RUNGS_METRICS_H
#define RUNGS_METRICS_H

struct judged { /* what is judged */
    int n, classes;
    const float *p;   /* (n, classes) probabilities, or any scores that rank the classes */
    const int *label; /* (n) */
};

/* ---- right and wrong ---- */

/* The class with the largest p; the first one of equals */
int metrics_guess(const struct judged *j, int k);

/* confusion (classes, classes): how many of true class [row] were guessed to be [column] */
void metrics_confusion(const struct judged *j, long *confusion);

/* Of one class against all others. Of the examples that are or were guessed to be of it, precision is the
 * part of the guessed that are, recall the part of those that are that were guessed, and F1 = 2 right /
 * (examples + guessed), their harmonic mean. A class that was never guessed has precision 0, one without
 * examples recall 0, and one that has neither has no score: all three are NaN. */
struct class_score {
    long examples, guessed, right;
    double precision, recall, f1;
};

void metrics_classes(int classes, const long *confusion, struct class_score *score);

/* Means over the classes. macro: each class counts alike, those without a score not at all. weighted: each
 * counts as its examples. micro: of all classes' counts together; as each example has one class and one
 * guess, its three numbers are the accuracy. */
enum average { AVERAGE_MACRO, AVERAGE_MICRO, AVERAGE_WEIGHTED, AVERAGES };

struct class_score metrics_average(int classes, const struct class_score *score, enum average how);

/* The part of all examples whose class is among the k of the largest p. Of equal p the lower class comes
 * first: k = 1 is the accuracy, and k = classes is 1. */
double metrics_top(const struct judged *j, int k);

/* ---- curves ---- */

/* One class against the rest: the examples that have at least `threshold` of it are said to be of the class,
 * for every threshold that changes something, from the largest down. Examples of equal p come together, in
 * one point. The first point has none, its threshold is infinite. */
struct curve_point {
    double threshold;
    long found, false_found; /* examples of the class, and others, at and above it */
};

struct class_curve {
    int points;
    struct curve_point *point; /* free it with metrics_curve_free */
    long positives, negatives; /* examples of the class, and others */
};

void metrics_curve(const struct judged *j, int class, struct class_curve *curve);
void metrics_curve_free(struct class_curve *curve);

/* The area under found / positives against false_found / negatives, by trapezoids: the probability that an
 * example of the class has a larger p than another, where equal ones count one half. NaN without examples of
 * both kinds. */
double metrics_auc(const struct class_curve *curve);

/* Average precision: the precision of each point, times what it adds to the recall. NaN without examples. */
double metrics_average_precision(const struct class_curve *curve);

/* ---- calibration ---- */

/* Examples by the p of their guess, in bins of equal width from 0 to 1; a p at a boundary belongs to the
 * upper bin, 1 and what is above it to the last, and what is below 0 to the first. */
struct calibration_bin {
    long examples, right;
    double confidence; /* the mean p of the guesses; 0 of an empty bin */
};

void metrics_calibration(const struct judged *j, int bins, struct calibration_bin *bin);

/* Expected calibration error: the mean over the examples of their bin's |right / examples - confidence| */
double metrics_calibration_error(int bins, const struct calibration_bin *bin);

/* ---- the worst ---- */

/* worst (most): the examples with the least p of their own class, from the least on; of equals the first.
 * Returns how many there are: most, or n. */
int metrics_worst(const struct judged *j, int most, int *worst);

#endif
