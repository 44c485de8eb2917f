/* gc_zoo_all.c - the fast self-test of the gradient checker; another seed of the
 * random changes may be given. */
#include <stdlib.h>

#include "zoo/zoo.h"

int main(int argc, char **argv)
{
    struct zoo_options o = { .fast = 1, .quiet = 1 };
    int amiss = zoo_selftest(&o, stdout);
    if (argc > 1) amiss |= zoo_mutations(strtoull(argv[1], NULL, 10), 1000, stdout) != 0;
    return amiss;
}
