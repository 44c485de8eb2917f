/* start.c - the 32 filters of fashion-cnn's first layer before any training: 3 x 3 weights each, as the rows
 * of a picture, 16 filters beside each other in two rows. Those after training are in filters.csv, too
 * (seen.sh).
 */
#include <stdio.h>

#include "../../train/networks.h"
#include "../../train/network.h"

enum { FILTERS = 32, SIDE = 3, ACROSS = 16 };

int main(void)
{
    static struct netfile file;
    static struct network net;
    char error[ERROR_TEXT];
    network_text_read("fashion-cnn", &file);
    if (!network_make(&net, &file, 1, "naive", error)) {
        fprintf(stderr, "lesson 7 start: %s\n", error);
        return 1;
    }
    network_init(&net, (uint64_t)netfile_number(&file, "seed"));
    puts("# layer 0, conv: 32 filters of 3 x 3, before training");
    for (int y = 0; y < FILTERS / ACROSS * SIDE; y++)
        for (int x = 0; x < ACROSS * SIDE; x++) {
            int filter = y / SIDE * ACROSS + x / SIDE, weight = y % SIDE * SIDE + x % SIDE;
            printf("%.3g%c", (double)net.param[filter * SIDE * SIDE + weight],
                   x == ACROSS * SIDE - 1 ? '\n' : ',');
        }
    puts("\n");
    network_free(&net);
    return 0;
}
