/* main.c - the numbers of the section "By hand": a 4 x 4 image under a 3 x 3 kernel, forward and backward,
 * and the largest of each 2 x 2.
 *
 *   x (4,4), w (3,3), b -> y (2,2)      dy (2,2) -> dx (4,4), dw (3,3), db
 */
#include <stdio.h>
#include "../../reference/reference.h"

static void show(const char *name, int rows, int columns, const double *v)
{
    for (int i = 0; i < rows; i++) {
        printf("  %-6s", i ? "" : name);
        for (int j = 0; j < columns; j++) printf(" %6.1f", v[i * columns + j]);
        putchar('\n');
    }
}

int main(void)
{
    const double x[16] = { 1, 0, 2, 1, 0, 1, 3, 0, 2, 1, 0, 1, 1, 2, 1, 0 },
                 w[9] = { 1, 0, -1, 2, 0, -2, 1, 0, -1 }, b = 0.5, dy[4] = { 1, 2, 0, -1 };
    double y[4], dx[16], dw[9], db, largest[4];
    int where[4];
    puts("an image, a kernel that looks for vertical edges, a bias");
    show("x", 4, 4, x), show("w", 3, 3, w), show("b", 1, 1, &b);
    conv2d_forward_f64(1, 1, 4, 4, 1, 3, 3, 1, 1, 1, 0, 0, 0, 0, x, w, &b, y);
    show("y", 2, 2, y);
    puts("what comes from above, and what goes back");
    conv2d_backward_dx_f64(1, 1, 4, 4, 1, 3, 3, 1, 1, 1, 0, 0, 0, 0, w, dy, dx);
    conv2d_backward_dw_f64(1, 1, 4, 4, 1, 3, 3, 1, 1, 1, 0, 0, 0, 0, x, dy, dw, &db);
    show("dy", 2, 2, dy), show("dw", 3, 3, dw), show("db", 1, 1, &db), show("dx", 4, 4, dx);
    puts("the largest of each 2 x 2 of x");
    maxpool_forward_f64(1, 1, 4, 4, 2, 2, 0, 2, 0, x, largest, where);
    show("pool", 2, 2, largest);
    return 0;
}
