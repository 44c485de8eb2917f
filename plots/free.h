/* free.h - where in a chart there is room for a label: not on points, lines or other labels. Pixels, y
 * upwards. */
#ifndef RUNGS_FREE_H
#define RUNGS_FREE_H

enum { FREE_BOXES = 1200, FREE_LINES = 160 };

struct box {
    double left, bottom, right, top;
};

struct line {
    double x, y, to_x, to_y;
};

struct free_room {
    double wide, high;          /* of the area                                */
    struct box box[FREE_BOXES]; /* points, then labels: what is taken         */
    struct line line[FREE_LINES];
    int boxes, lines, points; /* points: so many of the boxes are no labels */
};

void free_begin(struct free_room *f, double wide, double high);
void free_take_point(struct free_room *f, double x, double y,
                     double radius); /* all points before the first label */
void free_take_label(struct free_room *f, const struct box *box);
void free_take_line(struct free_room *f, const struct line *line);

/* 1 if nothing is there */
int free_for_label(const struct free_room *f, const struct box *box);

/* 1 if the line crosses no label */
int free_for_line(const struct free_room *f, const struct line *line);

#endif
