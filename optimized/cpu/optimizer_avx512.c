/* optimizer_avx512.c - optimizers' steps in vectors of sixteen: optimizer_tile.h. */
#if defined __x86_64__
#include "vec_avx512.h"

#include "optimizer_tile.h"

KERNEL void sgd_step_avx512(int n, const float *dw, float *w, float lr)
{
    sgd_all(n, dw, w, lr, vec_store);
}

KERNEL void momentum_step_avx512(int n, const float *dw, float *w, float *m, double lr, double mu,
                                 double dampening, uint64_t nesterov)
{
    momentum_all(n, dw, w, m, lr, mu, dampening, nesterov, vec_store);
}

KERNEL void rmsprop_step_avx512(int n, const float *dw, float *w, float *v, float *m, float *b, double lr,
                                double alpha, double eps, uint64_t eps_inside, uint64_t centered, double mu)
{
    rmsprop_all(n, dw, w, v, m, b, rmsprop_constants(lr, alpha, eps, eps_inside, mu), centered != 0, mu > 0);
}

KERNEL void adam_step_avx512(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                             double beta2, double eps, uint64_t t)
{
    adam_all(n, dw, w, m, v, 0, adam_constants(lr, beta1, beta2, eps, 0, t), by_reciprocal, vec_store);
}

KERNEL void adam_range_avx512(int n, const float *dw, float *w, float *m, float *v,
                              const struct adam_constants *c)
{
    adam_all(n, dw, w, m, v, 0, *c, by_reciprocal, vec_store);
}

KERNEL void adamw_step_avx512(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                              double beta2, double eps, double wd, uint64_t t)
{
    adam_all(n, dw, w, m, v, 1, adam_constants(lr, beta1, beta2, eps, wd, t), by_reciprocal, vec_store);
}
#endif
