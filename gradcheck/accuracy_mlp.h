/* accuracy_mlp.h - the loss that accuracy.c measures on, in one precision: include it
 * with `real` and LOSS defined.
 *
 * A network 8-16-4: tanh, softmax, mean cross entropy over BATCH examples. It uses only what <tgmath.h> knows
 * for all precisions, complex ones too. p: w1 (16,8), b1 (16), w2 (4,16), b2 (4). */
static real LOSS(const real *p, const double *x, const int *label)
{
    const real *w1 = p, *b1 = w1 + HIDDEN * IN, *w2 = b1 + HIDDEN, *b2 = w2 + OUT * HIDDEN;
    real loss = 0;
    for (int n = 0; n < BATCH; n++, x += IN) {
        real h[HIDDEN], sum = 0, picked = 0;
        for (int j = 0; j < HIDDEN; j++) {
            real a = b1[j];
            for (int i = 0; i < IN; i++) a += w1[j * IN + i] * (real)x[i];
            h[j] = tanh(a);
        }
        for (int k = 0; k < OUT; k++) {
            real z = b2[k];
            for (int j = 0; j < HIDDEN; j++) z += w2[k * HIDDEN + j] * h[j];
            if (k == label[n]) picked = z;
            sum += exp(z);
        }
        loss += log(sum) - picked;
    }
    return loss / (real)BATCH;
}
