/* muon.c - Muon, an optimizer for matrices (Jordan and others, 2024, kellerjordan.github.io/posts/muon):
 * the step is the momentum with all its singular values moved close to 1.
 *
 *   x = U diag(s) V^T (rows,cols)  ->  U diag(f(s / ||x||_F)) V^T,   0.68 <= f(s) <= 1.21 from s = 0.0016 on
 *
 * No singular value is computed for that. An odd polynomial of a matrix, X (a + b X^T X + c (X^T X)^2), is
 * the same polynomial of each of its singular values; f is five of them, one after the other: a
 * Newton-Schulz iteration whose coefficients were chosen for speed.
 * */
#include "real.h"
#include "muon.h"
#include "reference.h"

#include <stdlib.h>

#include "../base/memory.h"

/* a (k,k) = x (k,n) x^T */
static void gram(int k, int n, const real *x, real *a)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++) {
            real sum = 0;
            for (int l = 0; l < n; l++) sum += x[(size_t)i * n + l] * x[(size_t)j * n + l];
            a[(size_t)i * k + j] = sum;
        }
}

/* y (k,n) = a x (k,n) + b (k,k) x */
static void add_product(int k, int n, real a, const real *b, const real *x, real *y)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++) {
            real sum = 0;
            for (int l = 0; l < k; l++) sum += b[(size_t)i * k + l] * x[(size_t)l * n + j];
            y[(size_t)i * n + j] = a * x[(size_t)i * n + j] + sum;
        }
}

/* ||x||_F, the root of the sum of squares of all elements */
static wide frobenius(size_t n, const real *x)
{
    wide sum = 0;
    for (size_t e = 0; e < n; e++) sum += (wide)x[e] * (wide)x[e];
    return sqrt(sum);
}

/* y (rows,cols) = x (rows,cols) with singular values close to 1: first X = x / (||x||_F + eps), so that none
 * is above 1, then `steps` times
 *
 *   A = X X^T        X = a X + (b A + c A A) X
 *
 * on the short side: of a tall matrix on its transpose, whose A is smaller. muon.h has a, b and c. */
void REF(newton_schulz)(int rows, int cols, const real *x, real *y, int coefficients, uint64_t steps,
                        double eps)
{
    int tall = rows > cols, k = tall ? cols : rows, n = tall ? rows : cols;
    size_t elements = (size_t)k * n, square = (size_t)k * k;
    real *X = memory_need(2 * elements + 2 * square, sizeof *X), *next = X + elements;
    real *A = next + elements, *B = A + square, *room = X;
    wide below = muon_margin(coefficients) * frobenius(elements, x) + eps;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++)
            X[(size_t)i * n + j] = (real)((wide)x[tall ? (size_t)j * k + i : (size_t)i * n + j] / below);
    for (uint64_t step = 0; step < steps; step++) {
        struct muon_triple p = muon_triple(coefficients, step);
        real *was = X;
        gram(k, n, X, A);
        gram(k, k, A, B); /* A A, as A^T = A */
        for (size_t e = 0; e < square; e++) B[e] = (real)p.b * A[e] + (real)p.c * B[e];
        add_product(k, n, (real)p.a, B, X, next);
        X = next, next = was;
    }
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++) y[tall ? (size_t)j * k + i : (size_t)i * n + j] = X[(size_t)i * n + j];
    free(room);
}

/* A step of Muon: dw, w and m (rows,cols), all in place; m is the running mean of the gradient, 0 before
 * the first step.
 *
 *   m = mu m + (1 - mu) dw
 *   u = mu m + (1 - mu) dw, or m itself without Nesterov's look ahead
 *   w = (1 - lr wd) w - lr' newton_schulz(u)
 *
 * lr' makes steps of matrices of all shapes alike: lr sqrt(max(1, rows/cols)) by Jordan, lr 0.2
 * sqrt(max(rows, cols)) to match the root mean square of Adam's steps (Liu and others, Muon is Scalable
 * for LLM Training, 2025). The decay has the rate as it is, as in PyTorch. */
void REF(muon_step)(int rows, int cols, const real *dw, real *w, real *m, double lr, double mu,
                    uint64_t nesterov, double wd, int adjust, int coefficients, uint64_t steps, double eps)
{
    size_t n = (size_t)rows * cols;
    real keep = (real)mu, add = (real)(1 - mu);
    real rate = (real)muon_rate(rows, cols, lr, adjust), decayed = (real)(1 - lr * wd);
    real *u = memory_need(2 * n, sizeof *u), *step = u + n;
    for (size_t e = 0; e < n; e++) {
        m[e] = keep * m[e] + add * dw[e];
        u[e] = nesterov ? keep * m[e] + add * dw[e] : m[e];
    }
    REF(newton_schulz)(rows, cols, u, step, coefficients, steps, eps);
    for (size_t e = 0; e < n; e++) w[e] = decayed * w[e] - rate * step[e];
    free(u);
}
