/* 4.7 muon_bill - what it costs to whiten a matrix, and what symmetry saves
 *
 *   X = x / ||x||_F,  then 5 times:  A = X X^T (k,k),  B = b A + c A A,  X = a X + B X     X (k,n), k <= n
 *
 * Muon does this to the gradient of every matrix, in every step. The bill first. At two FLOPs per product, X
 * X^T takes 2 k k n, A A 2 k k k, B X 2 k k n. But X X^T and A A are symmetric, and half of each need not be
 * computed. A training step of a dense layer (k,n) with a batch of N examples takes 6 N k n FLOPs, forward
 * and backward. From which N on is that more than the five iterations for a matrix of 512 x 512, with
 * symmetry? (To within 10 %: leave out whatever grows more slowly than the products.) Write the number after
 * the =:
 * prediction: break-even batch =
 *
 * Then write gram so that each element above the diagonal is copied from its mirror image. gram serves both
 * symmetric products.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

struct muon_triple {
    double a, b, c;
};

/* one set of coefficients serves here, the same in all steps */
static const struct muon_triple jordan = { 3.4445, -4.7750, 2.0315 };

/* a (k,k) = x (k,n) x^T */
static void gram(int k, int n, const float *x, float *a)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++) {
            float sum = 0;
            for (int l = 0; l < n; l++) sum += x[(size_t)i * n + l] * x[(size_t)j * n + l];
            a[(size_t)i * k + j] = sum;
        }
}

/* y (k,n) = a x (k,n) + b (k,k) x */
static void add_product(int k, int n, float a, const float *b, const float *x, float *y)
{
    for (int i = 0; i < k; i++) {
        float *yi = y + (size_t)i * n;
        for (int j = 0; j < n; j++) yi[j] = a * x[(size_t)i * n + j];
        for (int l = 0; l < k; l++)
            for (int j = 0; j < n; j++) yi[j] += b[(size_t)i * k + l] * x[(size_t)l * n + j];
    }
}

static double frobenius(size_t n, const float *x)
{
    double sum = 0;
    for (size_t e = 0; e < n; e++) sum += (double)x[e] * (double)x[e];
    return sqrt(sum);
}

void newton_schulz(int rows, int cols, const float *x, float *y, int coefficients, uint64_t steps, double eps)
{
    int tall = rows > cols, k = tall ? cols : rows, n = tall ? rows : cols;
    size_t elements = (size_t)k * n, square = (size_t)k * k;
    float *room = malloc((2 * elements + 2 * square) * sizeof *room), *X = room;
    if (!room) abort();
    float *next = X + elements, *A = next + elements, *B = A + square;
    double below = frobenius(elements, x) + eps;
    (void)coefficients;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++)
            X[(size_t)i * n + j] = (float)((double)x[tall ? (size_t)j * k + i : (size_t)i * n + j] / below);
    for (uint64_t step = 0; step < steps; step++) {
        float *was = X;
        gram(k, n, X, A);
        gram(k, k, A, B); /* A A, for A is symmetric */
        for (size_t e = 0; e < square; e++) B[e] = (float)jordan.b * A[e] + (float)jordan.c * B[e];
        add_product(k, n, (float)jordan.a, B, X, next);
        X = next, next = was;
    }
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++) y[tall ? (size_t)j * k + i : (size_t)i * n + j] = X[(size_t)i * n + j];
    free(room);
}
