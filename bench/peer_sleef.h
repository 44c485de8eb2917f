/* peer_sleef.h - loops over vectors that call SLEEF's functions, one set for each width; x86-64 only.
 *
 * f holds the functions of that width, in the order of enum sleef_function.
 */
#ifndef RUNGS_PEER_SLEEF_H
#define RUNGS_PEER_SLEEF_H

#include "../optimized/rung.h"

enum sleef_function { SLEEF_EXP, SLEEF_EXPM1, SLEEF_LOG1P, SLEEF_TANH, SLEEF_ERFC, SLEEF_FUNCTIONS };

/* n elements from `at` on of the operation's buffers: x and y; x, y and s; or x, dy and dx */
typedef void sleef_each_fn(any_fn *const *f, int at, int n, void *const *buf);
/* the same for a loss: y, t, loss; or y, t, loss and dy, each gradient times share. Returns their sum. */
typedef double sleef_loss_fn(any_fn *const *f, int at, int n, float share, void *const *buf);
/* N rows of C numbers */
typedef void sleef_rows_fn(any_fn *const *f, int N, int C, const float *x, float *y);
/* z, label -> dz = share (p - onehot(label)), room for N x C numbers; returns the sum of the rows' losses */
typedef double sleef_xent_fn(any_fn *const *f, int N, int C, const float *z, const int *label, float share,
                             float *dz);

enum sleef_loop {
#define BOTH(name) name##_FORWARD, name##_WITH_DERIVATIVE
    BOTH(SIGMOID),
    BOTH(TANH),
    BOTH(ELU),
    BOTH(SOFTPLUS),
    BOTH(SILU),
    BOTH(GELU),
    BOTH(GELU_TANH),
#undef BOTH
    SOFTPLUS_BACKWARD,
    SILU_BACKWARD,
    GELU_BACKWARD,
    GELU_TANH_BACKWARD,
    SLEEF_LOOPS
};

struct sleef_loops {
    sleef_each_fn *each[SLEEF_LOOPS];
    sleef_rows_fn *softmax;
    sleef_loss_fn *bce_logits, *bce_logits_with_gradient;
    sleef_xent_fn *xent, *xent_with_gradient;
};

extern const struct sleef_loops sleef_avx2, sleef_avx512;

#endif
