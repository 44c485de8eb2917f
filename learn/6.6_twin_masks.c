/* 6.6 twin_masks - a test that finds dropout masks which depend on each other
 *
 *   mask(layer, step, kept)   the mask of 4096 neurons: kept[i] is 1 or 0; layer 0 to 3, step 0 to 7. Each
 *                             thread draws 256 of them: neurons 0 to 255, 256 to 511, ...
 *
 * Your function is called with the generator of one training run after another. It returns 1 if the generator
 * gives two layers, two steps or two threads masks that depend on each other, 0 if it does not. Do not judge
 * how many neurons are kept. Each generator runs with ten seeds, and you must be right every time; and in
 * some of the good ones a pair looks suspicious by chance, as happens in one run in a million. So count how
 * many pairs you compare, and accuse only what happens by chance less than once in a million tests.
 *
 * The version below compares two layers of one step, at three standard deviations.
 */
#include <math.h>

#define LAYERS 4
#define STEPS  8
#define MASK   4096
#define BLOCK  256 /* of a thread */

typedef void mask_fn(int layer, int step, unsigned char *kept);

int twin_masks(mask_fn *mask)
{
    unsigned char a[MASK], b[MASK];
    int equal = 0;
    mask(0, 0, a);
    mask(1, 0, b);
    for (int i = 0; i < MASK; i++) equal += a[i] == b[i];
    return fabs(equal - MASK / 2.0) > 3 * sqrt(MASK) / 2;
}
