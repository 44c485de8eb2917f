/* flat.c - a network whose weights lie in one array x, as optimizers want them: W1 (3 x 2), b1 (3), W2 (3),
 * b2 (1). The derivative of its hidden layer is W2's alone: tanh' is missing, and dW1 and db1 are wrong.
 *
 *   cc -O2 -fPIC -shared -o flat.so flat.c -lm
 *   rungs gradcheck so ./flat.so --loss flat --grad flat_grad --n 13 --tensors W1:3x2,b1:3,W2:3,b2:1
 */
#include <math.h>
#include <stddef.h>

double flat(const double *x, size_t n);
void flat_grad(const double *x, size_t n, double *g);

static const double input[2] = { 0.6, -1.1 };

static double network(const double *x, double h[3])
{
    double y = x[12];
    for (int i = 0; i < 3; i++) {
        h[i] = tanh(x[2 * i] * input[0] + x[2 * i + 1] * input[1] + x[6 + i]);
        y += x[9 + i] * h[i];
    }
    return y;
}

double flat(const double *x, size_t n)
{
    (void)n;
    double h[3], error = network(x, h) - 0.5;
    return error * error / 2;
}

void flat_grad(const double *x, size_t n, double *g)
{
    (void)n;
    double h[3], error = network(x, h) - 0.5;
    for (int i = 0; i < 3; i++) {
        double dz = error * x[9 + i]; /* times 1 - h[i] * h[i] */
        g[2 * i] = dz * input[0];
        g[2 * i + 1] = dz * input[1];
        g[6 + i] = dz;
        g[9 + i] = error * h[i];
    }
    g[12] = error;
}
