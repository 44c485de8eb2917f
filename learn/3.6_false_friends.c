/* 3.6 false_friends - a test that tells wrong losses from right ones
 *
 *   loss(N, C, z, label, dz)   returns the loss of N rows of C logits z (N,C), each with the label of its
 *                              class, and writes its gradient dz (N,C); N and C up to 64, C at least 2
 *
 * Your function is called with one loss after another: cross-entropy, hinge, squared and others, each once
 * right and once with a common mistake. It calls the loss as often as it likes, and returns 1 if the loss is
 * wrong, 0 if it is right. Of every right one these are true:
 *
 *   - it is the mean of the losses of its rows, each computed on its own
 *   - dz is its gradient
 *   - it is finite for logits of up to 1000
 *
 * The version below tests what many people look at: whether the loss falls. With all of them it does.
 */
#include <math.h>

typedef double loss_fn(int N, int C, const double *z, const int *label, double *dz);

int false_friends(loss_fn *loss)
{
    double z[8] = { 0 }, dz[8] = { 0 };
    const int label[2] = { 1, 3 };
    double before = loss(2, 4, z, label, dz);
    for (int k = 0; k < 8; k++) z[k] -= 0.1 * dz[k];
    return !(loss(2, 4, z, label, dz) < before);
}
