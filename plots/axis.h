/* axis.h - where an axis has its tic marks and what is written at them, so that no label meets its neighbour
 * or leaves the picture. */
#ifndef RUNGS_AXIS_H
#define RUNGS_AXIS_H

#include <stdio.h>

struct axis {
    double low, high; /* its ends */
    int log;
    double pixels; /* its length                                                       */
    double size;   /* of the font                                                      */
    int upright;   /* a y axis: labels are beside, not below it                        */
    int prefixes;  /* 1k for 1000, 1M for 1000000                                      */
    double room;   /* beyond each end of an x axis, for one half of the label there    */
    double base;   /* of a logarithmic axis: labels at its powers, 10 or 2; 0: 10       */
};

/* NAME = '("0" 0, "50" 50, ...)', for eval "set xtics ".NAME; returns how wide the widest label is. */
double axis_write(FILE *var, const char *name, const struct axis *axis);

#endif
