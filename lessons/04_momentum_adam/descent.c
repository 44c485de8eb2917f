/* descent.c - how many steps do they need? Four optimizers in three valleys, each at its best rate and mu of
 * a sweep, until the loss is a millionth of the start's; beside the ravine's counts those of the closed
 * forms, ln(1/1000) / ln(factor), as the loss goes with the square of the weights. */
#include "paths.h"

static void table(const struct valley *l, const double *factor)
{
    puts(l->name);
    for (int i = 0; i < KINDS; i++) {
        double rate = 0, mu = 0;
        int steps = fewest_steps(l, (enum kind)i, &rate, &mu);
        printf("  %-18s rate %.4f  mu %.2f  %5d steps", kind_name[i], rate, mu, steps);
        if (factor && factor[i] > 0)
            printf("   closed form: factor %.4f, %2.0f steps", factor[i], ceil(log(1e-3) / log(factor[i])));
        putchar('\n');
    }
}

int main(void)
{
    const double kappa = (double)RAVINE_B / RAVINE_A;
    const double factor[KINDS] = { (kappa - 1) / (kappa + 1), (sqrt(kappa) - 1) / (sqrt(kappa) + 1),
                                   1 - 2 / sqrt(3 * kappa + 1) };
    table(&ravine, factor);
    table(&turned, factor);
    table(&rosenbrock, NULL);
    return 0;
}
