/* shapes.c - the nine activations and their slopes from -4 to 4. CSV on stdout. */
#include <stdio.h>
#include "functions.h"

int main(void)
{
    const double one = 1;
    printf("x");
    for (int i = 0; i < FUNCTIONS; i++) printf(",%s,%s slope", functions[i].name, functions[i].name);
    putchar('\n');
    for (int k = -80; k <= 80; k++) {
        double x = k / 20.0, y, slope;
        printf("%.2f", x);
        for (int i = 0; i < FUNCTIONS; i++) {
            const struct function *f = &functions[i];
            f->forward(1, &x, &y);
            f->backward(1, f->at_y ? &y : &x, &one, &slope);
            printf(",%.4f,%.4f", y, slope);
        }
        putchar('\n');
    }
    return 0;
}
