/* sweep_grid.h - the grid of `rungs train NETWORK --sweep GRID`: some settings with some values each, and a
 * cell for every choice of one value per setting.
 *
 *     lr=0.1,0.01 batch=32,128
 *     optimizer=sgd lr=0.1|adamw lr=1e-3; hidden=64,32
 *
 * Blanks between settings and commas between values: 4 cells. With a ; or | in it, ; is between settings;
 * where a setting has a |, that is between its values, which may then hold commas: 4 cells, too.
 */
#ifndef RUNGS_SWEEP_GRID_H
#define RUNGS_SWEEP_GRID_H

#include "../base/error.h"

enum { SWEEP_TEXT = 1024, SWEEP_AXES = 8, SWEEP_VALUES = 64, SWEEP_CELLS = 1000 };

struct sweep_axis {
    const char *name; /* of the setting, as an option without its minuses: "early-stop" */
    int n;
    const char *value[SWEEP_VALUES];
};

struct sweep_grid {
    char text[SWEEP_TEXT]; /* what names and values point into: a grid cannot be copied */
    int axes, cells;
    struct sweep_axis axis[SWEEP_AXES];
};

/* 0 and a sentence if the words are no grid. Whether there are such settings and values is not looked at. */
int sweep_grid_read(struct sweep_grid *g, const char *words, char *error);

/* The value that cell k = 0..cells-1 has for an axis; the last axis changes fastest */
const char *sweep_grid_value(const struct sweep_grid *g, int cell, int axis);

/* "lr=0.1 batch=32", or, where values have blanks, "optimizer=sgd lr=0.1; batch=32"; text holds SWEEP_TEXT */
const char *sweep_grid_cell(const struct sweep_grid *g, int cell, char *text);

#endif
