/* optimizer_tile.h - optimizers' steps in vectors of eight and sixteen. Included after the words of
 * vec_avx2.h or vec_avx512.h by optimizer_avx2.c and optimizer_avx512.c, at whose ends the rungs are.
 *
 * An ..._at function does one vector of weights; an ..._all function is the loop over n of them, inlined with
 * what it is handed: how vectors are stored, how a quotient is taken. The tail of n % WIDTH elements goes
 * through the same ..._at with masked loads and stores, so that an element's bits do not depend on where it
 * is; the lanes beyond n hold 0.
 */
#include "optimizer_rungs.h"

/* w - lr dw, in the reference's two roundings: so every rung of SGD gives the same bits. A fused multiply-add
 * would save nothing, as memory sets the pace. */
VEC vec sgd_at(vec rate, vec dw, vec w)
{
    return vec_sub(w, vec_mul(rate, dw));
}

VEC void sgd_all(int n, const float *dw, float *w, float lr, void (*store)(float *, vec))
{
    const vec rate = vec_set1(lr);
    int k = 0;
    for (; k + WIDTH <= n; k += WIDTH) store(w + k, sgd_at(rate, vec_load(dw + k), vec_load(w + k)));
    if (k < n)
        vec_store_first(w + k, n - k,
                        sgd_at(rate, vec_load_first(dw + k, n - k), vec_load_first(w + k, n - k)));
}

/* ---- momentum, in the reference's roundings, too ---- */

struct momentum_lanes {
    vec lr, mu, add_m; /* add_m: 1 - dampening */
};

/* one vector: *m and *w are updated */
VEC void momentum_at(const struct momentum_lanes *c, int nesterov, vec dw, vec *w, vec *m)
{
    *m = vec_add(vec_mul(c->mu, *m), vec_mul(c->add_m, dw));
    *w = vec_sub(*w, vec_mul(c->lr, nesterov ? vec_add(dw, vec_mul(c->mu, *m)) : *m));
}

VEC void momentum_loop(int n, const float *dw, float *w, float *m, const struct momentum_lanes *c,
                       int nesterov, void (*store)(float *, vec))
{
    int k = 0;
    for (; k + WIDTH <= n; k += WIDTH) {
        vec w_now = vec_load(w + k), m_now = vec_load(m + k);
        momentum_at(c, nesterov, vec_load(dw + k), &w_now, &m_now);
        store(m + k, m_now);
        store(w + k, w_now);
    }
    if (k < n) {
        vec w_now = vec_load_first(w + k, n - k), m_now = vec_load_first(m + k, n - k);
        momentum_at(c, nesterov, vec_load_first(dw + k, n - k), &w_now, &m_now);
        vec_store_first(m + k, n - k, m_now);
        vec_store_first(w + k, n - k, w_now);
    }
}

VEC void momentum_all(int n, const float *dw, float *w, float *m, double lr, double mu, double dampening,
                      uint64_t nesterov, void (*store)(float *, vec))
{
    const struct momentum_lanes c = { vec_set1((float)lr), vec_set1((float)mu),
                                      vec_set1((float)(1 - dampening)) };
    if (nesterov)
        momentum_loop(n, dw, w, m, &c, 1, store);
    else
        momentum_loop(n, dw, w, m, &c, 0, store);
}

/* ---- Adam and AdamW ---- */

struct adam_lanes {
    vec keep_m, add_m, keep_v, add_v, keep_w, rate, small;
};

VEC struct adam_lanes adam_lanes(const struct adam_constants *c)
{
    return (struct adam_lanes){
        .keep_m = vec_set1(c->keep_m),
        .add_m = vec_set1(c->add_m),
        .keep_v = vec_set1(c->keep_v),
        .add_v = vec_set1(c->add_v),
        .keep_w = vec_set1(c->keep_w),
        .rate = vec_set1(c->rate),
        .small = vec_set1(c->small),
    };
}

/* m / d by the divider */
VEC vec by_division(vec m, vec d)
{
    return vec_div(m, d);
}

/* m / d for d > 0 by multiplication: r = (1 + e) / d is an estimate of 12 bits or more, and
 *
 *   q = m r,   q + (m - q d) r   is   (1 - e^2) m / d,
 *
 * the residue m - q d being exact but for its last rounding (Newton's method). |e| <= 1.5 x 2^-12, so e^2 is
 * at most 2.25 units of 2^-24, and two roundings are added. An infinite d counts as the largest float, else
 * 0 x infinity would be a NaN: a gradient beyond 5e20 has overflowed v, and the step is 0. */
VEC vec by_reciprocal(vec m, vec d)
{
    vec finite = vec_min(vec_set1(0x1.fffffep127f), d), r = vec_estimate(finite), q = vec_mul(m, r);
    return vec_fma(vec_fnma(q, finite, m), r, q);
}

/* one vector: *m, *v and *w are updated. `decays` is a constant where this is inlined. */
VEC void adam_at(const struct adam_lanes *c, int decays, vec dw, vec *w, vec *m, vec *v,
                 vec (*quotient)(vec, vec))
{
    *m = vec_fma(c->keep_m, *m, vec_mul(c->add_m, dw));
    *v = vec_fma(vec_mul(c->add_v, dw), dw, vec_mul(c->keep_v, *v));
    if (decays) *w = vec_mul(c->keep_w, *w);
    *w = vec_fnma(c->rate, quotient(*m, vec_add(vec_sqrt(*v), c->small)), *w);
}

VEC void adam_all(int n, const float *dw, float *w, float *m, float *v, int decays,
                  struct adam_constants constants, vec (*quotient)(vec, vec), void (*store)(float *, vec))
{
    const struct adam_lanes c = adam_lanes(&constants);
    int k = 0;
    for (; k + WIDTH <= n; k += WIDTH) {
        vec w_now = vec_load(w + k), m_now = vec_load(m + k), v_now = vec_load(v + k);
        adam_at(&c, decays, vec_load(dw + k), &w_now, &m_now, &v_now, quotient);
        store(m + k, m_now);
        store(v + k, v_now);
        store(w + k, w_now);
    }
    if (k < n) {
        int left = n - k;
        vec w_now = vec_load_first(w + k, left), m_now = vec_load_first(m + k, left),
            v_now = vec_load_first(v + k, left);
        adam_at(&c, decays, vec_load_first(dw + k, left), &w_now, &m_now, &v_now, quotient);
        vec_store_first(m + k, left, m_now);
        vec_store_first(v + k, left, v_now);
        vec_store_first(w + k, left, w_now);
    }
}

/* ---- RMSprop ---- */

struct rmsprop_lanes {
    vec keep, add, inside, outside, rate, mu;
};

VEC struct rmsprop_lanes rmsprop_lanes(const struct rmsprop_constants *c)
{
    return (struct rmsprop_lanes){
        .keep = vec_set1(c->keep),
        .add = vec_set1(c->add),
        .inside = vec_set1(c->inside),
        .outside = vec_set1(c->outside),
        .rate = vec_set1(c->rate),
        .mu = vec_set1(c->mu),
    };
}

/* one vector: *w and *v are updated, *m if it is centered, *b if it moves; both are constants where this is
 * inlined */
VEC void rmsprop_at(const struct rmsprop_lanes *c, int centered, int moves, vec dw, vec *w, vec *v, vec *m,
                    vec *b)
{
    *v = vec_fma(vec_mul(c->add, dw), dw, vec_mul(c->keep, *v));
    vec spread = *v;
    if (centered) {
        *m = vec_fma(c->keep, *m, vec_mul(c->add, dw));
        spread = vec_max(vec_set1(0), vec_fnma(*m, *m, spread));
    }
    vec step = by_reciprocal(dw, vec_add(vec_sqrt(vec_add(spread, c->inside)), c->outside));
    if (moves) step = *b = vec_fma(c->mu, *b, step);
    *w = vec_fnma(c->rate, step, *w);
}

VEC void rmsprop_loop(int n, const float *dw, float *w, float *v, float *m, float *b,
                      const struct rmsprop_lanes *c, int centered, int moves)
{
    int k = 0;
    vec m_now = vec_set1(0), b_now = vec_set1(0);
    for (; k + WIDTH <= n; k += WIDTH) {
        vec w_now = vec_load(w + k), v_now = vec_load(v + k);
        if (centered) m_now = vec_load(m + k);
        if (moves) b_now = vec_load(b + k);
        rmsprop_at(c, centered, moves, vec_load(dw + k), &w_now, &v_now, &m_now, &b_now);
        vec_store(v + k, v_now);
        if (centered) vec_store(m + k, m_now);
        if (moves) vec_store(b + k, b_now);
        vec_store(w + k, w_now);
    }
    if (k < n) {
        int left = n - k;
        vec w_now = vec_load_first(w + k, left), v_now = vec_load_first(v + k, left);
        if (centered) m_now = vec_load_first(m + k, left);
        if (moves) b_now = vec_load_first(b + k, left);
        rmsprop_at(c, centered, moves, vec_load_first(dw + k, left), &w_now, &v_now, &m_now, &b_now);
        vec_store_first(v + k, left, v_now);
        if (centered) vec_store_first(m + k, left, m_now);
        if (moves) vec_store_first(b + k, left, b_now);
        vec_store_first(w + k, left, w_now);
    }
}

VEC void rmsprop_all(int n, const float *dw, float *w, float *v, float *m, float *b,
                     struct rmsprop_constants constants, int centered, int moves)
{
    const struct rmsprop_lanes c = rmsprop_lanes(&constants);
    if (centered && moves)
        rmsprop_loop(n, dw, w, v, m, b, &c, 1, 1);
    else if (centered)
        rmsprop_loop(n, dw, w, v, m, b, &c, 1, 0);
    else if (moves)
        rmsprop_loop(n, dw, w, v, m, b, &c, 0, 1);
    else
        rmsprop_loop(n, dw, w, v, m, b, &c, 0, 0);
}
