/* charts.h - the charts: each finds its rows, writes gnuplot's data and has it drawn (pictures), or prints
 * itself (text). All return 1 if something was drawn, 0 if there is nothing to draw, and -1 after a sentence
 * on stderr. */
#ifndef RUNGS_CHARTS_H
#define RUNGS_CHARTS_H

#include "pick.h"

/* Speed-up of each rung over naive with intervals, and the peers. STEM_ladder_OP, or STEM_ladder_OP_SHAPE if
 * a shape is given; NULL: the one of pick_shape. */
int ladder_draw(const struct measurement *m, const char *op, const char *shape, const char *out);
int ladder_print(const struct rows *r, const char *op, const char *shape);

/* Speed against size at one thread count, a panel for each operation that has a ladder and sizes (only: that
 * operation). STEM_size or STEM_size_OP, with _Nthreads from two threads on. */
int size_draw(const struct measurement *m, const char *only, int threads, const char *out);
int size_print(const struct rows *r, const char *op, int threads);

/* The machine's roofs and every rung under them, on the fewest threads; nothing to draw if memory is the
 * limit at all sizes: then the ladder's bytes say it all. STEM_roofline_OP */
int roofline_draw(const struct measurement *m, const char *op, const char *shape, const char *out);

/* The accuracy-speed plane: nanoseconds per element against the largest error, a point for each rung of the
 * measurement whose error the table knows, and a panel for each output. STEM_accuracy_OP */
int accuracy_draw(const struct measurement *m, const struct ulp_table *t, const char *op, const char *shape,
                  const char *out);
int accuracy_print(const struct rows *r, const struct ulp_rows *errors, const char *op, const char *shape);

/* The largest error in each of many intervals of the input (x, or y where a derivative is taken at y), a line
 * for each rung and a panel for each output. STEM_over_x_OP, STEM being that of the table */
int over_x_draw(const struct ulp_table *t, const char *op, const char *input, const char *out);
int over_x_print(const struct ulp_rows *r, const char *op, const char *input);

enum { LOSS_MAX_RUNS = 8 };

struct loss_run {
    char name[64];
    int n;
    double *seconds, *samples, *loss;
};

/* Reads a file of `rungs train --log`; 0 and a sentence in error (256 bytes) if it is none. */
int loss_read(struct loss_run *run, const char *path, char *error);
void loss_free(struct loss_run *run);

/* Loss against seconds, or samples, for up to LOSS_MAX_RUNS runs. STEM or loss */
int loss_draw(const struct loss_run *run, int n, int by_samples, const char *out);
int loss_print(const struct loss_run *run, int n, int by_samples);

enum { TRAINING_COLUMNS = 5 };

struct training_log {
    char stem[64];
    int n;
    double *
        value[TRAINING_COLUMNS]; /* (n) each: epoch, loss, accuracy in %, and the two of validation, or NaN */
};

/* Reads a file of `rungs train --log`; 0 and a sentence in error (256 bytes) if it is no table. */
int training_log_read(struct training_log *l, const char *path, char *error);
void training_log_free(struct training_log *l);

/* Loss and accuracy over the epochs. STEM_training */
int training_log_draw(const struct training_log *l, const char *out);
int training_log_print(const struct training_log *l);

struct find_lr_table {
    char stem[64];
    int n;
    double *lr, *loss, *smooth; /* (n) of each step */
    double suggested;           /* NaN: nothing is */
};

/* Reads a file of `rungs train --find-lr --csv`; 0 and a sentence in error (256 bytes) if it is none. */
int find_lr_read(struct find_lr_table *f, const char *path, char *error);
void find_lr_free(struct find_lr_table *f);

/* The losses against the rate, and the one that is suggested. STEM */
int find_lr_draw(const struct find_lr_table *f, const char *out);
int find_lr_print(const struct find_lr_table *f);

enum { SWEEP_NAME = 256 };

struct sweep_cell {
    char name[SWEEP_NAME];
    int n, diverged;  /* trainings with a result, and without */
    double *accuracy; /* (n) on the images that validate, in % */
    double mean, deviation;
};

struct sweep {
    char stem[64], network[100];
    int n;
    struct sweep_cell *cell; /* (n) the best first */
};

/* Reads a file of `rungs train --sweep --csv`; 0 and a sentence in error (256 bytes) if it is none. */
int sweep_read(struct sweep *s, const char *path, char *error);
void sweep_free(struct sweep *s);

/* A row for each cell, in the picture for the best 40. STEM */
int sweep_draw(const struct sweep *s, const char *out);
int sweep_print(const struct sweep *s);

#endif
