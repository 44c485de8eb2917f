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

/* Adam with the largest second moment so far: the third state lies behind the second */
static int STEP(amsgrad)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *first,
                         void *second)
{
    const struct recipe *k = ctx;
    const real *g = gradient, b1 = (real)k->b1, b2 = (real)k->b2;
    real *w = weights, *m = first, *v = second, *most = v + n;
    const real c1 = (real)(1 - pow(k->b1, t)), c2 = (real)(1 - pow(k->b2, t));
    for (size_t i = 0; i < n; i++) {
        real d = g[i] + (real)k->wd * w[i];
        m[i] = b1 * m[i] + (1 - b1) * d;
        v[i] = b2 * v[i] + (1 - b2) * d * d;
        real now = is(max_corrected) ? v[i] / c2 : v[i];
        if (now > most[i] || is(forgets)) most[i] = now;
        real under = (real)sqrt((double)(is(max_corrected) ? most[i] : most[i] / c2)) + (real)k->eps;
        w[i] -= (real)k->lr * (m[i] / c1) / under;
    }
    return 0;
}

static int STEP(nadam)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *first,
                       void *second)
{
    const struct recipe *k = ctx;
    const real *g = gradient, b1 = (real)k->b1, b2 = (real)k->b2;
    real *w = weights, *m = first, *v = second;
    double product = 1, mu = 0, next = 0;
    for (int s = 1; s <= t + 1; s++) {
        mu = next;
        next = k->b1 * (is(mu_constant) ? 1 : 1 - pow(0.96, s * k->decay) / 2);
        if (s <= t) product *= next;
    }
    if (is(old_mu)) next = mu;
    const real c2 = (real)(1 - pow(k->b2, t));
    for (size_t i = 0; i < n; i++) {
        real d = g[i] + (real)k->wd * w[i];
        m[i] = b1 * m[i] + (1 - b1) * d;
        v[i] = b2 * v[i] + (1 - b2) * d * d;
        real step = (real)((1 - mu) / (1 - product)) * d + (real)(next / (1 - product * next)) * m[i];
        w[i] -= (real)k->lr * step / ((real)sqrt((double)(v[i] / c2)) + (real)k->eps);
    }
    return 0;
}

static int STEP(delta)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *squares,
                       void *steps)
{
    const struct recipe *k = ctx;
    const real *g = gradient, rho = (real)k->b2, eps = (real)k->eps;
    real *w = weights, *v = squares, *u = steps;
    (void)t;
    for (size_t i = 0; i < n; i++) {
        v[i] = rho * v[i] + (1 - rho) * g[i] * g[i];
        real step = (real)(sqrt((double)(u[i] + eps)) / sqrt((double)(v[i] + eps))) * g[i];
        if (is(forgets)) u[i] = 0;
        u[i] = rho * u[i] + (1 - rho) * step * step;
        w[i] -= (real)k->lr * step;
    }
    return 0;
}

static int STEP(lion)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *state,
                      void *unused)
{
    const struct recipe *k = ctx;
    const real *g = gradient, lr = (real)k->lr, wd = (real)k->wd;
    real *w = weights, *m = state, b1 = (real)k->b1, b2 = (real)k->b2;
    if (is(betas_swapped)) b1 = (real)k->b2, b2 = (real)k->b1;
    if (is(one_beta)) b2 = b1;
    (void)t, (void)unused;
    for (size_t i = 0; i < n; i++) {
        real d = g[i] + (is(coupled) ? wd * w[i] : 0), mix = b1 * m[i] + (1 - b1) * d;
        real sign = (real)((mix > 0) - (mix < 0));
        if (is(zero_is_positive) && sign == 0) sign = 1;
        m[i] = b2 * m[i] + (1 - b2) * d;
        w[i] -= lr * (sign + (is(coupled) ? 0 : wd * w[i]));
    }
    return 0;
}

/* schedule-free AdamW: z, the second moment, and behind that x */
static int STEP(schedule_free)(void *ctx, int t, size_t n, const void *gradient, void *weights, void *z_state,
                               void *second)
{
    const struct recipe *k = ctx;
    const real *g = gradient, b1 = (real)k->b1, b2 = (real)k->b2, wd = (real)k->wd;
    real *w = weights, *z = z_state, *v = second, *x = v + n;
    double sum = 0, factor = 0;
    for (int s = 1; s <= t; s++) {
        factor = s < k->warmup && !is(no_warmup) ? s / k->warmup : 1;
        sum += factor * factor;
    }
    const real rate = (real)(k->lr * factor), c2 = (real)(1 - pow(k->b2, t));
    const real c = is(even_mean) ? 1 / (real)t : (real)(factor * factor / sum);
    for (size_t i = 0; i < n; i++) {
        if (t == 1) z[i] = x[i] = w[i];
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
        z[i] -= rate * (g[i] / ((real)sqrt((double)(v[i] / c2)) + (real)k->eps) + wd * w[i]);
        x[i] += c * (z[i] - x[i]);
        w[i] = is(at_the_mean) ? x[i] : x[i] + (1 - b1) * (z[i] - x[i]);
    }
    return 0;
}
