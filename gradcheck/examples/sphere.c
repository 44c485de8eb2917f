/* sphere.c - the smallest program that checks a gradient.
 *
 *     cc sphere.c $(pkg-config --cflags --libs gradcheck) -o sphere && ./sphere
 */
#include <gc.h>

static double sphere(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

static void sphere_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = x[i]; /* it should be 2 x */
}

int main(void)
{
    const double x[] = { 0.3, -1.7, 2.2, 0.1 };
    gc_result *r = gc_check_scalar(sphere, sphere_grad, x, 4, NULL, NULL);
    gc_print(stdout, r);
    int code = gc_exit_code(r);
    gc_free(r);
    return code;
}
