/* 1.6 write_the_checker - every element, an upstream of both signs, and no fixed h: central differences with
 * steps from a quarter of x downwards. For each the error is estimated: for large steps from the difference
 * to the step before, for small ones from the rounding of y. The difference with the smallest estimate is
 * used. At a kink the slopes of the two sides stay apart however small the step is.
 */
#include <float.h>
#include <math.h>

typedef void forward_fn(const double *x, double *y);
typedef void backward_fn(const double *x, const double *dy, double *dx);

enum { MOST = 64, STEPS = 14 };

struct layer {
    int n, m;
    forward_fn *forward;
    double at[MOST], dy[MOST], y[MOST]; /* y: at x itself */
};

/* How much L grows if x[i] does so by h; *doubt: what rounding makes of it */
static double growth(struct layer *f, int i, double h, double *doubt)
{
    double y[MOST] = { 0 }, sum = 0, at = f->at[i];
    f->at[i] = at + h;
    f->forward(f->at, y);
    f->at[i] = at;
    *doubt = 0;
    for (int j = 0; j < f->m; j++) {
        sum += f->dy[j] * (y[j] - f->y[j]);
        *doubt += 4 * DBL_EPSILON * fabs(f->dy[j]) * (fabs(y[j]) + fabs(f->y[j]));
    }
    return sum;
}

/* a step that is small beside x[i], or beside the others where that is 0 */
static double first_step(const struct layer *f, int i)
{
    double scale = fabs(f->at[i]);
    for (int k = 0; k < f->n && f->at[i] == 0; k++) scale = fmax(scale, fabs(f->at[k]));
    return scale > 0 ? scale / 4 : 0.25;
}

/* between these two dx[i] has to be */
struct range {
    double low, high;
};

static struct range slopes(struct layer *f, int i)
{
    double h = first_step(f, i), least = HUGE_VAL, slope = nan(""), last = nan(""), last_gap = 0;
    struct range kink = { HUGE_VAL, -HUGE_VAL };
    for (int k = 0; k < STEPS; k++, h /= 4) {
        double doubt_up, doubt_down;
        double up = growth(f, i, h, &doubt_up) / h, down = -growth(f, i, -h, &doubt_down) / h;
        double central = (up + down) / 2, rounding = (doubt_up + doubt_down) / h, gap = fabs(up - down);
        double doubt = fabs(central - last) + rounding;
        if (doubt < least) least = doubt, slope = central;
        /* of a smooth function the gap becomes a quarter; here it has stayed, and is no rounding */
        if (k > STEPS / 2 && gap > 100 * rounding && gap > last_gap / 2)
            kink = (struct range){ fmin(up, down), fmax(up, down) };
        last = central, last_gap = gap;
    }
    double tolerance = 4 * least + 1e-7 * fabs(slope);
    return (struct range){ fmin(slope, kink.low) - tolerance, fmax(slope, kink.high) + tolerance };
}

int write_the_checker(int n, int m, const double *x, forward_fn *forward, backward_fn *backward)
{
    struct layer f = { .n = n, .m = m, .forward = forward };
    double dx[MOST];
    for (int i = 0; i < n; i++) f.at[i] = x[i], dx[i] = nan(""); /* nothing may be left of it */
    for (int j = 0; j < m; j++) f.dy[j] = (j % 2 ? -1 : 1) * (1 + 0.7 * sin(2.4 * j * j));
    forward(x, f.y);
    backward(x, f.dy, dx);
    for (int i = 0; i < n; i++) {
        struct range right = slopes(&f, i);
        if (!(dx[i] >= right.low && dx[i] <= right.high)) return 1; /* a NaN is wrong */
    }
    return 0;
}
