/* data_set.c - writes a made-up data set: data_set FOLDER TRAIN TEST ROWS COLS, or of CIFAR's kind,
 * data_set FOLDER TRAIN TEST cifar10|cifar100, TRAIN images for each file to train on */
#include <stdio.h>
#include <stdlib.h>

#include "data_made.h"

int main(int argc, char **argv)
{
    const struct data_set *cifar = argc == 5 ? data_find(argv[4]) : NULL;
    if (argc != 6 && !(cifar && cifar->cifar_labels)) {
        fprintf(stderr, "usage: data_set FOLDER TRAIN TEST ROWS COLS | cifar10 | cifar100\n");
        return 64;
    }
    if (cifar)
        made_cifar_set(cifar, argv[1], atoi(argv[2]), atoi(argv[3]));
    else
        made_set(argv[1], atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    return 0;
}
