/* data_set.c - writes a made-up data set: data_set FOLDER TRAIN TEST ROWS COLS */
#include <stdio.h>
#include <stdlib.h>

#include "data_made.h"

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: data_set FOLDER TRAIN TEST ROWS COLS\n");
        return 64;
    }
    made_set(argv[1], atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    return 0;
}
