/* tensors.h - how n numbers that lie behind each other are cut into the tensors of a perceptron: a matrix,
 * its bias, a matrix, its bias, and so on.
 *
 * All layers have as many numbers, and the last also what is left over; a bias has the root of that. With an
 * odd number of tensors the last layer has no bias. Where there are fewer numbers than layers, all tensors
 * but the last are empty. */
#ifndef RUNGS_TENSORS_H
#define RUNGS_TENSORS_H

#include <math.h>
#include <stdint.h>

enum { TENSORS_MOST = 4096 };

struct tensors {
    int n, many;     /* numbers, tensors                        */
    int layer, bias; /* numbers in a layer, and in a bias of it */
};

/* many: 1..TENSORS_MOST */
static inline struct tensors tensors_of(int n, uint64_t many)
{
    int layer = n / (((int)many + 1) / 2);
    return (struct tensors){ n, (int)many, layer, (int)sqrt((double)layer) };
}

/* where tensor k begins, k = 0..many; the last one ends where tensor `many` would begin, at n */
static inline int tensor_begin(const struct tensors *t, int k)
{
    return k >= t->many ? t->n : k / 2 * t->layer + (k % 2 ? t->layer - t->bias : 0);
}

/* the tensor that holds number `at` */
static inline int tensor_at(const struct tensors *t, int at)
{
    int layers = (t->many + 1) / 2, layer = t->layer ? at / t->layer : layers - 1;
    int k = 2 * (layer < layers ? layer : layers - 1);
    return k + 1 < t->many && at >= tensor_begin(t, k + 1) ? k + 1 : k;
}

#endif
