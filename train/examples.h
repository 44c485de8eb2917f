/* examples.h - what the readers of a user's own data hand to own.c: examples, their shape, their classes. */
#ifndef RUNGS_EXAMPLES_H
#define RUNGS_EXAMPLES_H

#include "classes.h"
#include "data.h"
#include "shape.h"

struct examples {
    struct split split; /* n is 0: there are none                        */
    struct shape shape; /* of each; rows is 0: a row of numbers          */
};

struct own_read {
    struct examples train,
        test; /* test.split.n is 0: the reader found one part, from which a test is drawn */
    struct classes classes;
};

/* Keeps n * features numbers as bytes if all of them are whole and from 0 to 255, else as real numbers.
 * numbers: the caller's. */
void examples_take(struct examples *e, int n, struct shape shape, const float *numbers);

#endif
