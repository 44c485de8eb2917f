/* mlp.c - a multi-layer perceptron of any depth: forward, loss, backward, update. Read it top to bottom.
 *
 * L layers; layer l maps size[l] features to size[l+1], so size has L+1 entries. A ReLU follows every
 * layer but the last; softmax and cross-entropy follow the last. With a_0 = x:
 *
 *   z_l = a_l w_l^T + b_l        a_{l+1} = max(0, z_l)        loss = mean -log softmax(z_{L-1})[label]
 *
 * All parameters stand in one array, layer after layer: w_0 (size[1],size[0]), b_0 (size[1]), w_1, b_1 ...
 * All activations stand in one array likewise: a_1 (N,size[1]), a_2 (N,size[2]), ..., the last one being
 * the logits z_{L-1}. dparam and dact have the same layout as param and act.
 */
#include "real.h"
#include "reference.h"

/* the number of parameters: sum of size[l+1] (size[l] + 1) */
size_t REF(mlp_params)(int L, const int *size)
{
    size_t n = 0;
    for (int l = 0; l < L; l++) n += (size_t)size[l + 1] * ((size_t)size[l] + 1);
    return n;
}

/* the number of neurons, the input not counted; act and dact hold N times as many numbers */
size_t REF(mlp_neurons)(int L, const int *size)
{
    size_t n = 0;
    for (int l = 0; l < L; l++) n += (size_t)size[l + 1];
    return n;
}

/* x (N,size[0]), label (N) -> act (N * neurons), p (N,size[L]), loss (1) */
void REF(mlp_forward)(int L, const int *size, int N, const real *param, const real *x, const int *label,
                      real *act, real *p, real *loss)
{
    const real *a = x, *w = param;
    real *z = act;
    for (int l = 0; l < L; l++) {
        int IN = size[l], OUT = size[l + 1];
        const real *b = w + (size_t)OUT * IN;
        if (l < L - 1)
            REF(dense_relu_forward)(N, IN, OUT, a, w, b, z);
        else
            REF(dense_forward)(N, IN, OUT, a, w, b, z);
        a = z;
        z += (size_t)N * OUT;
        w = b + OUT;
    }
    REF(softmax_xent_forward)(N, size[L], a, label, p, loss);
}

/* From the act and p that mlp_forward left behind -> dparam, and dact = dL/dz_l as working space.
 * Walks the layers from the last to the first: each needs the gradient at its own output only. */
void REF(mlp_backward)(int L, const int *size, int N, const real *param, const real *x, const int *label,
                       const real *act, const real *p, real *dact, real *dparam)
{
    const real one = 1;
    size_t at = REF(mlp_neurons)(L, size) * N, wat = REF(mlp_params)(L, size);
    at -= (size_t)N * size[L];
    REF(softmax_xent_backward)(N, size[L], p, label, &one, dact + at);
    for (int l = L - 1; l >= 0; l--) {
        int IN = size[l], OUT = size[l + 1];
        const real *dz = dact + at;
        wat -= (size_t)OUT * ((size_t)IN + 1);
        at -= l > 0 ? (size_t)N * IN : 0;
        const real *a = l > 0 ? act + at : x;
        REF(dense_backward_dw)(N, IN, OUT, a, dz, dparam + wat, dparam + wat + (size_t)OUT * IN);
        if (l > 0) REF(dense_relu_backward_dx)(N, IN, OUT, a, param + wat, dz, dact + at);
    }
}

/* param = param - lr dparam, all layers at once; at most INT_MAX parameters */
void REF(mlp_update)(int L, const int *size, const real *dparam, real *param, real lr)
{
    REF(sgd_step)((int)REF(mlp_params)(L, size), dparam, param, lr);
}
