/* field.c - how much of the image one number sees, layer by layer, for the network conv 3x3, pool 2, conv
 * 3x3, pool 2: by the rule, and by counting which pixels a derivative reaches, and in how many ways the pixel
 * that has most.
 */
#include <stdio.h>
#include "field.h"

/* the pixels in a row that have any way, and the most ways of one */
static int counted(const double *ways, double *most)
{
    int seen = 0;
    *most = 0;
    for (int w = 0; w < SIDE; w++) {
        int here = 0;
        for (int h = 0; h < SIDE; h++) {
            double n = ways[h * SIDE + w];
            here |= n != 0;
            *most = n > *most ? n : *most;
        }
        seen += here;
    }
    return seen;
}

int main(void)
{
    int field = 1, apart = 1;
    puts("behind         apart  field, by the rule  counted  most ways of a pixel");
    for (int l = 0; l < LAYERS; l++) {
        double ways[POINTS], most;
        field += (layer[l].window - 1) * apart, apart *= layer[l].stride;
        count_ways(l + 1, ways);
        int seen = counted(ways, &most);
        printf("%-12s %7d %19d %8d %21.0f\n", layer[l].name, apart, field, seen, most);
    }
    return 0;
}
