/* known.c - answers that are known without a program: what the library's losses make of them.
 *
 * An error is allowed the roundings on the way to the number: a few units of the last place, times the size
 * of what was rounded. Double throughout.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { MOST = 100000, C = 10 };

static double z[MOST], p[MOST], dz[MOST];
static int wrong;

static void say(const char *answer, double known, double got, double allowed)
{
    int good = fabs(got - known) <= allowed;
    printf("%s  %-52s known %9.6f  got %9.6f\n", good ? "PASS" : "FAIL", answer, known,
           rint(got * 1e6) / 1e6 + 0); /* -0 is 0 */
    wrong += !good;
}

static double loss_of(int classes, int label, double smoothing)
{
    double loss;
    xent_forward_f64(1, classes, z, &label, &loss, smoothing, REDUCE_MEAN);
    return loss;
}

static void equal_logits(void)
{
    static const int classes[] = { 2, 10, 1000, MOST };
    char answer[80];
    for (int c = 0; c < MOST; c++) z[c] = 3;
    for (int k = 0; k < 4; k++) {
        snprintf(answer, sizeof answer, "%d equal logits: ln %d", classes[k], classes[k]);
        say(answer, log(classes[k]), loss_of(classes[k], 1, 0), 8 * DBL_EPSILON * log(classes[k]));
    }
}

static void any_logits(void)
{
    const int label = 3;
    const double far = 1e6;
    float random[C];
    double loss, sum_p = 0, sum_dz = 0, smooth = 0, two;
    philox_uniform(3, 0, C, -4, 4, random);
    for (int c = 0; c < C; c++) z[c] = (double)random[c];
    softmax_forward_f64(1, C, z, p);
    xent_with_gradient_f64(1, C, z, &label, &loss, dz, 0, REDUCE_MEAN);
    for (int c = 0; c < C; c++) sum_p += p[c], sum_dz += dz[c], smooth -= log(p[c]) / C;
    say("probabilities sum to 1", 1, sum_p, C * DBL_EPSILON);
    say("the gradients of a row sum to 0", 0, sum_dz, C * DBL_EPSILON);
    say("smoothed by 1: the mean of -ln p over the classes", smooth, loss_of(C, label, 1),
        16 * C * DBL_EPSILON);
    for (int c = 0; c < C; c++) z[c] += far;
    say("all logits moved by 1,000,000: the same loss", loss, loss_of(C, label, 0), 4 * far * DBL_EPSILON);
    z[0] = 0, z[1] = 1.25;
    const double one = 1;
    bce_logits_forward_f64(1, z + 1, &one, &two, REDUCE_MEAN);
    say("a logit's yes or no: the two classes 0 and z", loss_of(2, 1, 0), two, 8 * DBL_EPSILON);
}

int main(void)
{
    equal_logits();
    any_logits();
    const int none = -1;
    say("no label at all: loss 0", 0, loss_of(C, none, 0), 0);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
