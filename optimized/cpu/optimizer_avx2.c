/* optimizer_avx2.c - optimizers' steps in vectors of eight (optimizer_tile.h), and those with
 * streaming stores. */
#if defined __x86_64__
#include "vec_avx2.h"

#include <stdint.h>

#include "optimizer_tile.h"

KERNEL void sgd_step_avx2(int n, const float *dw, float *w, float lr)
{
    sgd_all(n, dw, w, lr, vec_store);
}

KERNEL void momentum_step_avx2(int n, const float *dw, float *w, float *m, double lr, double mu,
                               double dampening, uint64_t nesterov)
{
    momentum_all(n, dw, w, m, lr, mu, dampening, nesterov, vec_store);
}

KERNEL void rmsprop_step_avx2(int n, const float *dw, float *w, float *v, float *m, float *b, double lr,
                              double alpha, double eps, uint64_t eps_inside, uint64_t centered, double mu)
{
    rmsprop_all(n, dw, w, v, m, b, rmsprop_constants(lr, alpha, eps, eps_inside, mu), centered != 0, mu > 0);
}

KERNEL void adam_step_avx2(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                           double beta2, double eps, uint64_t t)
{
    adam_all(n, dw, w, m, v, 0, adam_constants(lr, beta1, beta2, eps, 0, t), by_division, vec_store);
}

KERNEL void adamw_step_avx2(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                            double beta2, double eps, double wd, uint64_t t)
{
    adam_all(n, dw, w, m, v, 1, adam_constants(lr, beta1, beta2, eps, wd, t), by_division, vec_store);
}

KERNEL void adam_step_reciprocal(int n, const float *dw, float *w, float *m, float *v, double lr,
                                 double beta1, double beta2, double eps, uint64_t t)
{
    adam_all(n, dw, w, m, v, 0, adam_constants(lr, beta1, beta2, eps, 0, t), by_reciprocal, vec_store);
}

KERNEL void adam_range_avx2(int n, const float *dw, float *w, float *m, float *v,
                            const struct adam_constants *c)
{
    adam_all(n, dw, w, m, v, 0, *c, by_reciprocal, vec_store);
}

KERNEL void adamw_step_reciprocal(int n, const float *dw, float *w, float *m, float *v, double lr,
                                  double beta1, double beta2, double eps, double wd, uint64_t t)
{
    adam_all(n, dw, w, m, v, 1, adam_constants(lr, beta1, beta2, eps, wd, t), by_reciprocal, vec_store);
}

/* ---- streaming stores: past the caches, to whole lines of memory ---- */

/* Below so many elements the arrays, or much of them, stay in a cache between two steps, and what is written
 * past it must be read back from memory. */
enum { STREAM_LEAST = 1 << 22 };

VEC void vec_stream(float *p, vec x)
{
    _mm256_stream_ps(p, x);
}

/* elements before p is on a boundary of a vector, which vec_stream needs; -1 if it never is */
static int until_aligned(const float *p)
{
    size_t beyond = (uintptr_t)p % sizeof(vec);
    return beyond % sizeof *p ? -1 : (int)((sizeof(vec) - beyond) % sizeof(vec) / sizeof *p);
}

KERNEL void sgd_step_stream(int n, const float *dw, float *w, float lr)
{
    int head = until_aligned(w);
    if (n < STREAM_LEAST || head < 0) {
        sgd_step_avx2(n, dw, w, lr);
        return;
    }
    sgd_step_avx2(head, dw, w, lr);
    sgd_all(n - head, dw + head, w + head, lr, vec_stream);
    _mm_sfence(); /* before other threads are told that w is there */
}

KERNEL void momentum_step_stream(int n, const float *dw, float *w, float *m, double lr, double mu,
                                 double dampening, uint64_t nesterov)
{
    int head = until_aligned(w);
    if (n < STREAM_LEAST || head < 0 || until_aligned(m) != head) {
        momentum_step_avx2(n, dw, w, m, lr, mu, dampening, nesterov);
        return;
    }
    momentum_step_avx2(head, dw, w, m, lr, mu, dampening, nesterov);
    momentum_all(n - head, dw + head, w + head, m + head, lr, mu, dampening, nesterov, vec_stream);
    _mm_sfence();
}

VEC void adam_streamed(int n, const float *dw, float *w, float *m, float *v, int decays,
                       struct adam_constants c)
{
    int head = until_aligned(w);
    if (n < STREAM_LEAST || head < 0 || until_aligned(m) != head || until_aligned(v) != head) {
        adam_all(n, dw, w, m, v, decays, c, by_reciprocal, vec_store);
        return;
    }
    adam_all(head, dw, w, m, v, decays, c, by_reciprocal, vec_store);
    adam_all(n - head, dw + head, w + head, m + head, v + head, decays, c, by_reciprocal, vec_stream);
    _mm_sfence();
}

KERNEL void adam_step_stream(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                             double beta2, double eps, uint64_t t)
{
    adam_streamed(n, dw, w, m, v, 0, adam_constants(lr, beta1, beta2, eps, 0, t));
}

KERNEL void adamw_step_stream(int n, const float *dw, float *w, float *m, float *v, double lr, double beta1,
                              double beta2, double eps, double wd, uint64_t t)
{
    adam_streamed(n, dw, w, m, v, 1, adam_constants(lr, beta1, beta2, eps, wd, t));
}
#endif
