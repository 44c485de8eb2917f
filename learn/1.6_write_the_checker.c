/* 1.6 write_the_checker - a gradient checker
 *
 *   forward(x, y)        y (m) = f(x), x (n)                                          n and m up to 64
 *   backward(x, dy, dx)  dx (n) = the gradient of L = sum over j of dy[j] y[j]        dy is any (m) numbers
 *
 * Your function is called with one layer after another, each with a point x. It returns 1 if the gradient is
 * wrong there, 0 if it is right. 16 are right and 21 are wrong. f is a layer of a network, or something that
 * makes a checker's life hard: numbers of a million or of a millionth, a kink at x itself (any number between
 * the slopes of the two sides is right there), a result most of whose digits do not depend on x, a function
 * that is undefined a little further on. backward must overwrite dx, whatever dx held.
 *
 * The version below compares one element with a difference.
 */
#include <math.h>

typedef void forward_fn(const double *x, double *y);
typedef void backward_fn(const double *x, const double *dy, double *dx);

int write_the_checker(int n, int m, const double *x, forward_fn *forward, backward_fn *backward)
{
    const double h = 1e-5;
    double at[64], y[64] = { 0 }, y_more[64] = { 0 }, dy[64], dx[64] = { 0 }, slope = 0;
    for (int i = 0; i < n; i++) at[i] = x[i];
    for (int j = 0; j < m; j++) dy[j] = 1;
    forward(at, y);
    at[0] += h;
    forward(at, y_more);
    backward(x, dy, dx);
    for (int j = 0; j < m; j++) slope += dy[j] * (y_more[j] - y[j]) / h;
    return fabs(dx[0] - slope) > 1e-4;
}
