/* ascii_chart.h - charts as text: at most 80 columns, blocks and dots if the terminal speaks
 * UTF-8, plain ASCII if not. */
#ifndef RUNGS_TEXT_CHART_H
#define RUNGS_TEXT_CHART_H

enum { TEXT_BARS = 64, TEXT_CURVES = 16 };

struct text_bar {
    char label[64], remark[40];
    double value, low, high;
};

/* Horizontal bars from 0, each with its value, the interval and the remark */
void text_bars(const char *title, const struct text_bar *bar, int n);

struct text_curve {
    const char *name;
    int n;
    const double *x, *y;
};

struct text_axes {
    const char *title, *x, *y;
    int log_x;
    double top;    /* of the y axis                                                */
    double bottom; /* 0, or more: then the y axis is logarithmic, and what is below or above its ends stands
                      at them */
};

/* Each curve is drawn with a letter of its own; where several meet, the first is seen. */
void text_curves(const struct text_axes *axes, const struct text_curve *curve, int n);

/* 1 if the terminal's character set is UTF-8 */
int text_utf8(void);

#endif
