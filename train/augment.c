/* augment.c - augmentation; see augment.h. */
#include "augment.h"

#include <math.h>

#include "../reference/philox.h"

static const uint64_t STREAMS = 1ull << 35; /* the epoch is added: no other random numbers come from there */

void augment_make(struct augment *a, const struct netfile *file)
{
    const struct net_line *line = netfile_line(file, "augment");
    *a = (struct augment){ .shift = (int)net_line_number(line, "shift"),
                           .flip = net_line_number(line, "flip"),
                           .crop = net_line_number(line, "crop"),
                           .rotate = net_line_number(line, "rotate"),
                           .scale = net_line_number(line, "scale") };
}

int augment_is_on(const struct augment *a)
{
    return a->shift || a->flip > 0 || a->crop > 0 || a->rotate > 0 || a->scale > 0;
}

/* ---- drawing ---- */

enum { FLIP, DOWN, RIGHT, DEGREES, SCALE, SIDE, UP, LEFT, DRAWS };

/* each motion has its own number: what one does not use does not change another */
struct motion augment_draw(const struct augment *a, uint64_t seed, int epoch, int image)
{
    double u[DRAWS]; /* in [0, 1) */
    for (int k = 0; k < DRAWS; k++)
        u[k] = philox_word(seed, STREAMS + (uint64_t)epoch, (uint64_t)image * DRAWS + (uint64_t)k) * 0x1p-32;
    double side = 1 - a->crop * u[SIDE];
    int places = 2 * a->shift + 1;
    return (struct motion){ .side = side,
                            .up = (1 - side) * u[UP],
                            .left = (1 - side) * u[LEFT],
                            .scale = 1 + a->scale * (2 * u[SCALE] - 1),
                            .degrees = a->rotate * (2 * u[DEGREES] - 1),
                            .flip = u[FLIP] < a->flip,
                            .down = (int)(places * u[DOWN]) - a->shift,
                            .right = (int)(places * u[RIGHT]) - a->shift };
}

/* ---- the way back, from the new image to the old one ---- */

/* exact at quarter turns */
static double cos_of_degrees(double degrees)
{
    double rest = fabs(remainder(degrees, 360));
    return rest == 90 ? 0 : rest == 180 ? -1 : cos(rest * (3.14159265358979323846 / 180));
}

static double sin_of_degrees(double degrees)
{
    return cos_of_degrees(degrees - 90);
}

struct warp augment_warp(const struct motion *m, int rows, int cols)
{
    const double last[2] = { rows - 1, cols - 1 }, size = m->side / m->scale;
    const double c = cos_of_degrees(m->degrees) * size, s = sin_of_degrees(m->degrees) * size;
    const double mirror = m->flip ? -1 : 1; /* of columns */
    struct warp w = { .a = { { c, s * mirror }, { -s, c * mirror } } };
    /* the new image's centre, moved, is the window's */
    const double centre[2] = { last[0] / 2 + m->down, last[1] / 2 + m->right };
    const double window[2] = { last[0] * (m->up + m->side / 2), last[1] * (m->left + m->side / 2) };
    for (int k = 0; k < 2; k++) w.at[k] = window[k] - w.a[k][0] * centre[0] - w.a[k][1] * centre[1];
    return w;
}

/* ---- an image ---- */

struct plane { /* (rows, cols), in one of the two */
    int rows, cols;
    const unsigned char *pixel;
    const float *number;
};

static inline double number_at(const struct plane *p, int row, int col)
{
    if (row < 0 || row >= p->rows || col < 0 || col >= p->cols) return 0;
    return p->pixel ? p->pixel[row * p->cols + col] : (double)p->number[row * p->cols + col];
}

static double between(double a, double b, double part)
{
    return a + (b - a) * part;
}

static inline double sample(const struct plane *p, double row, double col)
{
    if (!(row > -1 && row < p->rows && col > -1 && col < p->cols)) return 0;
    const int r = (int)floor(row), c = (int)floor(col);
    const double below = row - r, right = col - c;
    return between(between(number_at(p, r, c), number_at(p, r, c + 1), right),
                   between(number_at(p, r + 1, c), number_at(p, r + 1, c + 1), right), below);
}

static inline void augment_plane(const struct warp *w, const struct plane *p, float *y)
{
    for (int r = 0; r < p->rows; r++)
        for (int c = 0; c < p->cols; c++)
            *y++ = (float)sample(p, w->a[0][0] * r + w->a[0][1] * c + w->at[0],
                                 w->a[1][0] * r + w->a[1][1] * c + w->at[1]);
}

void augment_image(const struct warp *w, int rows, int cols, const unsigned char *pixel, float *y)
{
    const struct plane p = { rows, cols, pixel, NULL };
    augment_plane(w, &p, y);
}

void augment_reals(const struct warp *w, int rows, int cols, const float *number, float *y)
{
    const struct plane p = { rows, cols, NULL, number };
    augment_plane(w, &p, y);
}
