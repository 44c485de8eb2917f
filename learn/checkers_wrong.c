/* checkers_wrong.c - gradient checkers that find too little, or too much: submissions of exercise 1.6 that
 * its grader must reject. Some are the solution, given only part of the problem, others simple ones with a
 * single h.
 */
#include "judged.h"

#include <math.h>

#include "solutions/1.6_write_the_checker.c"

/* ---- checkers that look at a part: the solution, given only that part ---- */

static struct {
    int n, m;
    const double *x;
    forward_fn *forward;
    backward_fn *backward;
} whole;

#define CHECKER int n, int m, const double *x, forward_fn *forward, backward_fn *backward

static void keep(CHECKER)
{
    whole.n = n, whole.m = m, whole.x = x, whole.forward = forward, whole.backward = backward;
}

/* x of which the first element alone moves */
static void first_forward(const double *x, double *y)
{
    double all[MOST];
    memcpy(all, whole.x, (size_t)whole.n * sizeof *all);
    all[0] = x[0];
    whole.forward(all, y);
}

static void first_backward(const double *x, const double *dy, double *dx)
{
    double all[MOST];
    (void)x;
    for (int i = 0; i < whole.n; i++) all[i] = (double)NAN;
    whole.backward(whole.x, dy, all);
    dx[0] = all[0];
}

static int first_element(CHECKER)
{
    keep(n, m, x, forward, backward);
    return write_the_checker(1, m, x, first_forward, first_backward);
}

/* y as one number, in which each counts as much as that */
static double count_of(int j, int is_one)
{
    return is_one ? 1 : 1 + 0.7 * sin(2.4 * j * j);
}

static double sum_of(const double *x, int is_one)
{
    double y[MOST] = { 0 }, sum = 0;
    whole.forward(x, y);
    for (int j = 0; j < whole.m; j++) sum += count_of(j, is_one) * y[j];
    return sum;
}

static void sum_backward(const double *x, const double *dy, double *dx, int is_one)
{
    double counts[MOST];
    for (int j = 0; j < whole.m; j++) counts[j] = count_of(j, is_one);
    whole.backward(x, counts, dx);
    for (int i = 0; i < whole.n; i++) dx[i] *= dy[0];
}

static void ones_forward(const double *x, double *y)
{
    y[0] = sum_of(x, 1);
}

static void ones_backward(const double *x, const double *dy, double *dx)
{
    sum_backward(x, dy, dx, 1);
}

static int upstream_of_ones(CHECKER)
{
    keep(n, m, x, forward, backward);
    return write_the_checker(n, 1, x, ones_forward, ones_backward);
}

static void positive_forward(const double *x, double *y)
{
    y[0] = sum_of(x, 0);
}

static void positive_backward(const double *x, const double *dy, double *dx)
{
    sum_backward(x, dy, dx, 0);
}

static int positive_upstream(CHECKER)
{
    keep(n, m, x, forward, backward);
    return write_the_checker(n, 1, x, positive_forward, positive_backward);
}

static void clean_backward(const double *x, const double *dy, double *dx)
{
    for (int i = 0; i < whole.n; i++) dx[i] = 0;
    whole.backward(x, dy, dx);
}

static int clean_buffer(CHECKER)
{
    keep(n, m, x, forward, backward);
    return write_the_checker(n, m, x, forward, clean_backward);
}

/* ---- plain checkers: one h ---- */

static double loss_at(CHECKER, int i, double h)
{
    double at[MOST], y[MOST] = { 0 }, sum = 0;
    (void)backward;
    memcpy(at, x, (size_t)n * sizeof *at);
    at[i] += h;
    forward(at, y);
    for (int j = 0; j < m; j++) sum += (j % 2 ? -1 : 1) * count_of(j, 0) * y[j];
    return sum;
}

/* differences of one step, or of two */
static int plain(CHECKER, double h, double relative, double absolute, int is_central)
{
    double dy[MOST], dx[MOST];
    for (int j = 0; j < m; j++) dy[j] = (j % 2 ? -1 : 1) * count_of(j, 0);
    for (int i = 0; i < n; i++) dx[i] = (double)NAN;
    backward(x, dy, dx);
    for (int i = 0; i < n; i++) {
        double back = is_central ? h : 0, high = loss_at(n, m, x, forward, backward, i, h);
        double slope = (high - loss_at(n, m, x, forward, backward, i, -back)) / (h + back);
        if (!(fabs(dx[i] - slope) <= absolute + relative * fabs(slope))) return 1;
    }
    return 0;
}

#define PLAIN(name, ...)                                       \
    static int name(CHECKER)                                   \
    {                                                          \
        return plain(n, m, x, forward, backward, __VA_ARGS__); \
    }
PLAIN(large_h, 1e-1, 1e-4, 1e-8, 1)
PLAIN(small_h, 1e-12, 1e-4, 1e-8, 1)
PLAIN(one_sided, 1e-7, 1e-5, 1e-8, 0)
PLAIN(central, 1e-5, 1e-5, 1e-8, 1)
PLAIN(loose, 1e-5, 1e-1, 1e-1, 1)

static int accuses_nothing(CHECKER)
{
    (void)n, (void)m, (void)x, (void)forward, (void)backward;
    return 0;
}

static int accuses_everything(CHECKER)
{
    (void)n, (void)m, (void)x, (void)forward, (void)backward;
    return 1;
}

#define WRONG(...) WRONG_JUDGE("write_the_checker", __VA_ARGS__)
const struct mistake wrong_checkers[] = {
    WRONG(accuses_nothing, "accuses nothing", "it accepts every gradient"),
    WRONG(accuses_everything, "accuses everything", "it accuses every gradient"),
    WRONG(first_element, "first element", "it checks one element"),
    WRONG(upstream_of_ones, "upstream of ones", "an upstream that is ignored does not show"),
    WRONG(positive_upstream, "positive upstream", "the sign of the upstream does not show"),
    WRONG(clean_buffer, "clean buffer", "dx holds zeros before: adding to it does not show"),
    WRONG(large_h, "h too large", "with h = 0.1 a curve is not a straight line"),
    WRONG(small_h, "h too small", "with h = 1e-12 the difference is rounding"),
    WRONG(one_sided, "one-sided", "a one-sided difference has half of the digits"),
    WRONG(central, "one h for all", "h = 1e-5 suits only numbers near 1"),
    WRONG(loose, "loose", "a tolerance of a tenth lets small errors and small gradients through"),
    { 0 },
};
