/* spectrum.c - CSV: the singular values of what a hidden layer's weights learn from, before and after
 * Newton-Schulz.
 *
 * A 784-128-64-10 perceptron learns Fashion-MNIST (clothes.h) for one epoch with Adam, rate 0.001; beside
 * it Muon's momentum runs along, and after the last step its u (128,784) is taken: singular values as
 * shares of ||u||_F, largest first, and those of five steps with three kinds of coefficients. */
#define HIDDEN "dense 128\nrelu\ndense 64\nrelu\n"
#include "clothes.h"

#include "../../optimized/singular_values.h"

enum { ROWS = 128, COLS = 784, WEIGHTS = ROWS * COLS };

static void values_after(const double *u, int coefficients, uint64_t steps, double *s)
{
    double *y = memory_need(WEIGHTS, sizeof *y);
    newton_schulz_f64(ROWS, COLS, u, y, coefficients, steps, 1e-7);
    singular_values(ROWS, COLS, y, s);
    free(y);
}

int main(void)
{
    double before[ROWS], jordan[ROWS], polar[ROWS], classical[ROWS];
    const double mu = 0.95;
    int code = load_clothes("spectrum");
    if (code != LOADED) return code;
    double *u = memory_need(WEIGHTS, sizeof *u), *m = memory_need(WEIGHTS, sizeof *m);
    for (int e = 0; e < WEIGHTS; e++) m[e] = 0;
    begin(1);
    for (int t = 1; t <= STEPS / EPOCHS; t++) {
        gradient(1, t);
        for (int e = 0; e < WEIGHTS; e++) { /* the first layer's weights are the first parameters */
            m[e] = mu * m[e] + (1 - mu) * (double)net.dparam[e];
            u[e] = mu * m[e] + (1 - mu) * (double)net.dparam[e];
        }
        adam((int)net.params, net.dparam, net.param, state, 0.001, (uint64_t)t);
    }
    values_after(u, MUON_JORDAN, 0, before);
    values_after(u, MUON_JORDAN, 5, jordan);
    values_after(u, MUON_POLAR, 5, polar);
    values_after(u, MUON_CLASSICAL, 5, classical);
    puts("number,before,jordan,polar,classical");
    for (int k = 0; k < ROWS; k++)
        printf("%d,%.5f,%.4f,%.4f,%.4f\n", k + 1, before[k], jordan[k], polar[k], classical[k]);
    free(u), free(m);
    leave_clothes();
    return 0;
}
