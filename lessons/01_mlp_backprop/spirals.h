/* spirals.h - the data and the network of lesson 1's two programs that train: two spirals of 60 points each,
 * wound once around each other, and a 2-16-16-2 perceptron that must tell them apart.
 */
#include <math.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum {
    LAYERS = 3,
    HID = 16,
    POINTS = 120,
    PARAMS = 3 * HID + HID * (HID + 1) + 2 * (HID + 1),
    NEURONS = 2 * HID + 2
};

static const int size[LAYERS + 1] = { 2, HID, HID, 2 };
static double x[POINTS * 2]; /* (POINTS,2) */
static int label[POINTS];

static void make_spirals(void)
{
    const double turn = 2 * acos(-1);
    for (int n = 0; n < POINTS; n++) {
        label[n] = n % 2;
        double radius = (n / 2 + 1.0) / (POINTS / 2.0), angle = turn * (radius + label[n] / 2.0);
        x[2 * n] = radius * cos(angle);
        x[2 * n + 1] = radius * sin(angle);
    }
}

/* weights uniform with variance 2 / size[l], which keeps the activations' size from
 * layer to layer; biases 0 */
static void start_weights(int seed, double *param)
{
    float random[PARAMS];
    philox_uniform((uint64_t)seed, 0, PARAMS, -1, 1, random);
    for (int l = 0, k = 0; l < LAYERS; l++) {
        int end = k + size[l] * size[l + 1];
        for (; k < end; k++) param[k] = sqrt(6.0 / size[l]) * (double)random[k];
        for (end += size[l + 1]; k < end; k++) param[k] = 0;
    }
}
