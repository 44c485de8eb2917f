/* same_weights.c - same_weights A.ckpt B.ckpt: 0 if both have the same parameters and buffers, bit by bit,
 * and an optimizer's arrays of as many numbers; 1 and a line if not. */
#include <stdio.h>
#include <string.h>

#include "../train/checkpoint.h"

int main(int argc, char **argv)
{
    static struct checkpoint a, b;
    char error[ERROR_TEXT];
    if (argc != 3 || !checkpoint_read_file(argv[1], &a, error) || !checkpoint_read_file(argv[2], &b, error)) {
        printf("%s\n", argc == 3 ? error : "usage: same_weights A.ckpt B.ckpt");
        return 64;
    }
    int same = a.params == b.params && a.buffered == b.buffered && a.states == b.states &&
               !memcmp(a.param, b.param, a.params * sizeof *a.param) &&
               (!a.buffered || !memcmp(a.buffer, b.buffer, a.buffered * sizeof *a.buffer));
    printf("%s: %zu parameters, %zu numbers in buffers\n", same ? "the same" : "different", a.params,
           a.buffered);
    checkpoint_free(&a);
    checkpoint_free(&b);
    return !same;
}
