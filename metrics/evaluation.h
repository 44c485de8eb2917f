/* evaluation.h - all that metrics.h has to say about one set of examples, computed once. */
#ifndef RUNGS_EVALUATION_H
#define RUNGS_EVALUATION_H

#include "metrics.h"

struct evaluation {
    struct judged judged; /* the caller's arrays: they must outlive it */
    long right;
    double accuracy;
    int top; /* how many guesses count in top_accuracy */
    double top_accuracy;
    long *confusion;           /* (classes, classes): metrics_confusion */
    struct class_score *score; /* (classes)                             */
    struct class_score average[AVERAGES];
    struct class_curve *curve;       /* (classes)                                       */
    double *auc, *average_precision; /* (classes), NaN: the class has none              */
    double mean_auc, mean_precision; /* over the classes that have one; NaN: none has   */
    int bins;                        /* of the calibration                              */
    struct calibration_bin *bin;     /* (bins)                                          */
    double calibration_error;
};

/* top: at least 1; more than the classes are as many as the classes */
void evaluation_make(struct evaluation *e, struct judged judged, int top, int bins);
void evaluation_free(struct evaluation *e);

#endif
