/* beyond.c - derivatives that are not the gradient of a real loss: right ones, and for each a wrong one.
 *
 *     cc -O2 -fPIC -shared -o beyond.so beyond.c -lm
 *     rungs gradcheck map ./beyond.so --map polar --n 2 --m 2 --jvp polar_jvp --vjp polar_vjp
 */
#include <complex.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* ---- a vector function: length and angle of (a, b) ---- */

void polar(const double *x, size_t n, double *y, size_t m);
void polar_jvp(const double *x, size_t n, const double *v, double *jv, size_t m);
void polar_vjp(const double *x, size_t n, const double *u, double *g, size_t m);
void polar_jvp_wrong(const double *x, size_t n, const double *v, double *jv, size_t m);

void polar(const double *x, size_t n, double *y, size_t m)
{
    (void)n, (void)m;
    y[0] = hypot(x[0], x[1]), y[1] = atan2(x[1], x[0]);
}

void polar_jvp(const double *x, size_t n, const double *v, double *jv, size_t m)
{
    double r = hypot(x[0], x[1]);
    (void)n, (void)m;
    jv[0] = (x[0] * v[0] + x[1] * v[1]) / r;
    jv[1] = (x[0] * v[1] - x[1] * v[0]) / (r * r);
}

void polar_vjp(const double *x, size_t n, const double *u, double *g, size_t m)
{
    double r = hypot(x[0], x[1]);
    (void)n, (void)m;
    g[0] = x[0] / r * u[0] - x[1] / (r * r) * u[1];
    g[1] = x[1] / r * u[0] + x[0] / (r * r) * u[1];
}

/* an angle's derivative falls with the square of the length */
void polar_jvp_wrong(const double *x, size_t n, const double *v, double *jv, size_t m)
{
    polar_jvp(x, n, v, jv, m);
    jv[1] *= hypot(x[0], x[1]);
}

/* ---- second derivatives: sum (1 - a)^2 + 100 (b - a^2)^2 of pairs (a, b) ---- */

void rosenbrock_grad(const double *x, size_t n, double *g);
void rosenbrock_hvp(const double *x, size_t n, const double *v, double *hv);
void rosenbrock_gauss_newton(const double *x, size_t n, const double *v, double *hv);

void rosenbrock_grad(const double *x, size_t n, double *g)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        double r = x[i + 1] - x[i] * x[i];
        g[i] = -2 * (1 - x[i]) - 400 * x[i] * r, g[i + 1] = 200 * r;
    }
}

/* the products of first derivatives alone, as if the residuals were linear */
void rosenbrock_gauss_newton(const double *x, size_t n, const double *v, double *hv)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        double dr = v[i + 1] - 2 * x[i] * v[i];
        hv[i] = 2 * v[i] - 400 * x[i] * dr, hv[i + 1] = 200 * dr;
    }
}

void rosenbrock_hvp(const double *x, size_t n, const double *v, double *hv)
{
    rosenbrock_gauss_newton(x, n, v, hv);
    for (size_t i = 0; i + 1 < n; i += 2) hv[i] -= 400 * (x[i + 1] - x[i] * x[i]) * v[i];
}

/* ---- complex numbers: sum (|z|^2 - 1)^2, the misfit of phase retrieval ---- */

double misfit(const double _Complex *z, size_t n);
void misfit_grad(const double _Complex *z, size_t n, double _Complex *g);

double misfit(const double _Complex *z, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += pow(creal(z[i] * conj(z[i])) - 1, 2);
    return sum;
}

/* dL/dx + i dL/dy */
void misfit_grad(const double _Complex *z, size_t n, double _Complex *g)
{
    for (size_t i = 0; i < n; i++) g[i] = 4 * (creal(z[i] * conj(z[i])) - 1) * z[i];
}

/* ---- random gradients: a policy chooses i with probability softmax(x)_i and pays i^2 ---- */

double pay(const double *x, size_t n, uint64_t seed);
void reinforce(const double *x, size_t n, uint64_t seed, double *g);
void reinforce_wrong(const double *x, size_t n, uint64_t seed, double *g);

static double probability(const double *x, size_t n, size_t i)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += exp(x[k]);
    return exp(x[i]) / sum;
}

static size_t choose(const double *x, size_t n, uint64_t seed)
{
    seed = (seed ^ (seed >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    double u = (double)((seed ^ (seed >> 29)) >> 11) * 0x1p-53;
    size_t i = 0;
    while (i + 1 < n && u >= probability(x, n, i)) u -= probability(x, n, i++);
    return i;
}

double pay(const double *x, size_t n, uint64_t seed)
{
    size_t i = choose(x, n, seed);
    return (double)(i * i);
}

/* what was paid times the derivative of the logarithm of the probability */
void reinforce(const double *x, size_t n, uint64_t seed, double *g)
{
    size_t chosen = choose(x, n, seed);
    for (size_t i = 0; i < n; i++) g[i] = pay(x, n, seed) * ((i == chosen) - probability(x, n, i));
}

/* forgets that the probabilities sum to 1 */
void reinforce_wrong(const double *x, size_t n, uint64_t seed, double *g)
{
    size_t chosen = choose(x, n, seed);
    for (size_t i = 0; i < n; i++) g[i] = pay(x, n, seed) * (i == chosen);
}
