/* optimizer_steps.h - the optimizers of optimizers.c as people write them, once in float and once in double:
 * included with `real` and STEP(name) defined. `is(mistake)` marks the lines where people go wrong. */

static int STEP(velocity)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *state,
                          void *unused)
{
    const struct recipe *k = ctx;
    const real *g = gradient, lr = (real)k->lr, mu = k->plain ? 0 : (real)k->mu, wd = (real)k->wd;
    real *w = weights, *v = state;
    (void)t, (void)unused;
    if (is(own_buffer)) v = STEP(buffer);
    if (is(reads_before_start)) w[0] += 0 * ((const volatile real *)g)[-1];
    for (size_t i = 0; i < n + (is(one_too_many) ? 1 : 0); i++) {
        if (is(no_tail) && i >= n / 4 * 4) break;
        real d = is(decay_twice) ? g[i] + 2 * wd * w[i] : g[i] + wd * w[i], before = v[i];
        if (is(no_decay) || is(decay_apart)) d = g[i];
        if (is(decay_uphill)) d = g[i] - wd * w[i];
        v[i] = mu * v[i] + (is(dampened) ? 1 - mu : 1) * d;
        if (is(forgets)) v[i] = d;
        real step = k->nesterov ? d + mu * v[i] : v[i];
        if (is(nesterov_for_plain)) step = d + mu * v[i];
        if (is(plain_for_nesterov)) step = v[i];
        if (is(old_velocity)) step = before;
        if (is(nesterov_without_gradient)) step = mu * v[i];
        if (is(no_lr))
            w[i] -= step;
        else if (is(lr_twice))
            w[i] -= lr * (lr * step);
        else if (is(uphill))
            w[i] += lr * step;
        else
            w[i] -= lr * step + (is(decay_apart) ? lr * wd * w[i] : 0);
        if (is(clears_gradient)) ((real *)(uintptr_t)g)[i] = 0;
    }
    return 0;
}

/* v = mu v - lr g, w += v: the same walk */
static int STEP(sutskever)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *state,
                           void *unused)
{
    const struct recipe *k = ctx;
    const real *g = gradient, lr = (real)k->lr, mu = (real)k->mu, wd = (real)k->wd;
    real *w = weights, *v = state;
    (void)t, (void)unused;
    for (size_t i = 0; i < n; i++) {
        v[i] = mu * v[i] - lr * (g[i] + wd * w[i]);
        w[i] += v[i];
    }
    return 0;
}

static int STEP(adam)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *first,
                      void *second)
{
    const struct recipe *k = ctx;
    const real *g = gradient, lr = (real)k->lr, wd = (real)k->wd, eps = (real)k->eps;
    real *w = weights, *m = first, *v = second, b1 = (real)k->b1, b2 = (real)k->b2;
    if (is(betas_swapped)) b1 = (real)k->b2, b2 = (real)k->b1;
    if (is(one_beta)) b2 = b1;
    if (is(t_from_0)) t--;
    if (is(t_from_2)) t++;
    if (is(counts_itself)) t = ++own_count;
    real c1 = is(no_bias) || is(no_bias1) ? 1 : 1 - (real)pow((double)b1, t);
    real c2 = is(no_bias) || is(no_bias2) ? 1 : 1 - (real)pow((double)b2, t);
    if (is(corrects_once) && t > 1) c1 = c2 = 1;
    for (size_t i = 0; i < n; i++) {
        size_t j = is(one_moment_for_all) ? 0 : i;
        int decays = k->apart ? is(coupled) : !is(decay_apart);
        real d = g[i] + (decays ? wd * w[i] : 0), before = m[j];
        m[j] = b1 * m[j] + (is(no_share) ? 1 : 1 - b1) * d;
        v[j] = b2 * v[j] + (is(no_share) ? 1 : 1 - b2) * (is(no_square) ? (d < 0 ? -d : d) : d * d);
        if (is(square_of_mean)) v[j] += (1 - b2) * (m[j] * m[j] - d * d);
        if (is(float_inside)) v[j] = (real)(float)v[j];
        real mean = (is(old_moment) ? before : m[j]) / c1, under = (real)sqrt((double)(v[j] / c2)) + eps;
        if (k->hat != is(other_eps)) under = ((real)sqrt((double)v[j]) + eps) / (real)sqrt((double)c2);
        if (is(eps_inside)) under = (real)sqrt((double)(v[j] / c2 + eps));
        if (is(no_eps)) under = (real)sqrt((double)(v[j] / c2));
        if (is(no_root)) under = v[j] / c2 + eps;
        if (is(only_sign)) mean = (real)((mean > 0) - (mean < 0)) * under;
        real step = lr * mean / under;
        if (is(lr_twice)) step *= lr;
        if (k->apart && !is(coupled)) step += (is(decay_bare) ? 1 : lr) * wd * w[i];
        if (!k->apart && is(decay_apart)) step += lr * wd * w[i];
        w[i] += is(uphill) ? step : -step;
    }
    return 0;
}

static int STEP(rms)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *state,
                     void *unused)
{
    const struct recipe *k = ctx;
    const real *g = gradient, lr = (real)k->lr, eps = (real)k->eps, b2 = (real)k->b2;
    real *w = weights, *s = state;
    (void)t, (void)unused;
    for (size_t i = 0; i < n; i++) {
        int sums = k->sums != is(sums_exchanged);
        real share = sums || is(no_share) ? 1 : 1 - b2;
        s[i] = (sums ? 1 : b2) * s[i] + share * (is(no_square) ? (g[i] < 0 ? -g[i] : g[i]) : g[i] * g[i]);
        if (is(forgets)) s[i] = share * g[i] * g[i];
        int inside = k->inside != is(other_eps);
        real under = inside ? (real)sqrt((double)(s[i] + eps)) : (real)sqrt((double)s[i]) + eps;
        if (is(no_root)) under = s[i] + eps;
        if (is(no_eps)) under = (real)sqrt((double)s[i]);
        w[i] -= lr * g[i] / under;
    }
    return 0;
}
