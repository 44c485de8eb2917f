/* main.c - the numbers of the section "By hand": three functions at three places, and the
 * softmax of three numbers.
 *
 *   x (3) -> y = f(x) (3) and the slope f'(x) (3), for sigmoid, ReLU and GELU; of GELU also P(x) and the
 *   density p(x) x (1,3) -> y = softmax(x) (1,3); upstream gradient dy (1,3) -> dx (1,3)
 *
 * cc main.c librungs_reference.a -lm compiles it on its own.
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum { N = 1, C = 3 };

static const double one[C] = { 1, 1, 1 };

static void show(const char *name, const double *v)
{
    printf("  %-6s", name);
    for (int k = 0; k < C; k++) printf(" %8.4f", v[k]);
    putchar('\n');
}

static void show_both(const char *title, const double *y, const double *slope)
{
    puts(title);
    show("y", y);
    show("slope", slope);
}

static void three_functions(void)
{
    const double x[C] = { -2, 0, 2 };
    double y[C], slope[C], P[C], p[C];
    puts("given");
    show("x", x);
    sigmoid_forward_f64(C, x, y);
    sigmoid_backward_f64(C, y, one, slope); /* at y */
    show_both("sigmoid", y, slope);
    relu_forward_f64(C, x, y);
    relu_backward_f64(C, y, one, slope); /* at y */
    show_both("relu", y, slope);
    gelu_forward_f64(C, x, y);
    gelu_backward_f64(C, x, one, slope); /* at x */
    for (int k = 0; k < C; k++) {
        P[k] = erfc(-x[k] / sqrt(2)) / 2;
        p[k] = exp(-x[k] * x[k] / 2) / sqrt(2 * acos(-1));
    }
    show_both("gelu", y, slope);
    show("P", P), show("p", p);
}

static void softmax(void)
{
    const double x[C] = { 1, 2, 3 }, dy[C] = { 1, 0, -1 };
    double y[C], dx[C], dot = 0;
    softmax_forward_f64(N, C, x, y);
    softmax_backward_f64(N, C, y, dy, dx);
    for (int c = 0; c < C; c++) dot += dy[c] * y[c];
    puts("softmax");
    show("x", x), show("y", y), show("dy", dy);
    printf("  dot    %8.4f\n", dot);
    show("dx", dx);
}

int main(void)
{
    three_functions();
    softmax();
    return 0;
}
