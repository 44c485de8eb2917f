/* contrast.h - how well two colours can be told apart, as WCAG 2.1 measures it. */
#ifndef RUNGS_TEST_CONTRAST_H
#define RUNGS_TEST_CONTRAST_H

#include <math.h>

/* what it asks for: of text, and of lines, marks and frames */
static const double contrast_of_text = 4.5, contrast_of_marks = 3;

/* How bright, as WCAG weighs red, green and blue, each 0..1. */
static inline double contrast_brightness(const double rgb[3])
{
    static const double weight[3] = { 0.2126, 0.7152, 0.0722 };
    double sum = 0;
    for (int i = 0; i < 3; i++)
        sum += weight[i] * (rgb[i] <= 0.04045 ? rgb[i] / 12.92 : pow((rgb[i] + 0.055) / 1.055, 2.4));
    return sum;
}

/* From 1 for the same colour to 21 for black and white. */
static inline double contrast(const double a[3], const double b[3])
{
    double p = contrast_brightness(a), q = contrast_brightness(b);
    return (fmax(p, q) + 0.05) / (fmin(p, q) + 0.05);
}

#endif
