/* ways.c - in how many ways the middle number behind each layer of field.h's network depends on the pixels of
 * its field and around it, 12 x 12 of them, as shares of the most. CSV on stdout.
 */
#include <stdio.h>
#include "field.h"

enum { SHOWN = 12 };

/* the first row, and column, of the field */
static int first_of(const double *ways)
{
    for (int k = 0; k < POINTS; k++)
        if (ways[k] > 0) return k / SIDE;
    return 0;
}

int main(void)
{
    static double ways[LAYERS][POINTS], most[LAYERS];
    int corner[LAYERS], field = 1, apart = 1;
    for (int l = 0; l < LAYERS; l++) {
        field += (layer[l].window - 1) * apart, apart *= layer[l].stride;
        count_ways(l + 1, ways[l]);
        for (int k = 0; k < POINTS; k++) most[l] = ways[l][k] > most[l] ? ways[l][k] : most[l];
        corner[l] = first_of(ways[l]) - (SHOWN - field) / 2;
    }
    puts("row,column,conv,pool,second conv,second pool");
    for (int k = 0; k < SHOWN * SHOWN; k++) {
        printf("%d,%d", k / SHOWN, k % SHOWN);
        for (int l = 0; l < LAYERS; l++)
            printf(",%.3g", ways[l][(corner[l] + k / SHOWN) * SIDE + corner[l] + k % SHOWN] / most[l]);
        putchar('\n');
    }
    return 0;
}
