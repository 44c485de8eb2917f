/* norm_tile.h - batch normalization in vectors; see norm_vector.h. Included after the words of vec_avx2.h or
 * vec_avx512.h.
 *
 * There are two ways through the batch. In planes (HW > 1) a vector is WIDTH positions of one channel, and
 * sums are kept in ACROSS vectors, as an addition waits for the one before it. In columns (HW = 1) a vector
 * is WIDTH channels of one example, and no sum crosses its lanes. */

enum { ACROSS = 4 };

VEC vec load_lanes(int n, const float *p)
{
    return n < WIDTH ? vec_load_first(p, n) : vec_load(p);
}

VEC void store_lanes(int n, float *p, vec x)
{
    if (n < WIDTH)
        vec_store_first(p, n, x);
    else
        vec_store(p, x);
}

VEC float sum_across(const vec s[ACROSS])
{
    return vec_sum(vec_add(vec_add(s[0], s[1]), vec_add(s[2], s[3])));
}

/* ---- planes: the numbers of channel c ---- */

VEC size_t plane_of(int C, int HW, int n, int c)
{
    return ((size_t)n * (size_t)C + (size_t)c) * (size_t)HW;
}

VEC void plane_statistics(const struct norm_forward *b, int c)
{
    const float M = (float)b->N * (float)b->HW;
    const int rest = b->HW % WIDTH;
    vec s[ACROSS] = { vec_zero(), vec_zero(), vec_zero(), vec_zero() };
    for (int n = 0; n < b->N; n++) {
        const float *x = b->x + plane_of(b->C, b->HW, n, c);
        int k = 0;
        for (; k + ACROSS * WIDTH <= b->HW; k += ACROSS * WIDTH)
            for (int a = 0; a < ACROSS; a++) s[a] = vec_add(s[a], vec_load(x + k + a * WIDTH));
        for (; k + WIDTH <= b->HW; k += WIDTH) s[0] = vec_add(s[0], vec_load(x + k));
        if (rest) s[1] = vec_add(s[1], vec_load_first(x + k, rest));
    }
    b->new_mean[c] = sum_across(s) / M;
    const vec mean = vec_set1(b->new_mean[c]);
    for (int a = 0; a < ACROSS; a++) s[a] = vec_zero();
    for (int n = 0; n < b->N; n++) {
        const float *x = b->x + plane_of(b->C, b->HW, n, c);
        int k = 0;
        for (; k + ACROSS * WIDTH <= b->HW; k += ACROSS * WIDTH)
            for (int a = 0; a < ACROSS; a++) {
                vec d = vec_sub(vec_load(x + k + a * WIDTH), mean);
                s[a] = vec_fma(d, d, s[a]);
            }
        for (; k + WIDTH <= b->HW; k += WIDTH) {
            vec d = vec_sub(vec_load(x + k), mean);
            s[0] = vec_fma(d, d, s[0]);
        }
        if (!rest) continue;
        vec d = vec_first_or(rest, vec_sub(vec_load_first(x + k, rest), mean), vec_zero());
        s[1] = vec_fma(d, d, s[1]);
    }
    b->new_var[c] = sum_across(s) / M;
}

VEC void plane_apply(const struct norm_forward *b, int c)
{
    const vec mean = vec_set1(b->mean[c]), beta = vec_set1(b->beta[c]),
              scale = vec_set1(b->gamma[c] / sqrtf(b->var[c] + b->eps));
    const int rest = b->HW % WIDTH;
    for (int n = 0; n < b->N; n++) {
        const size_t at = plane_of(b->C, b->HW, n, c);
        int k = 0;
        for (; k + WIDTH <= b->HW; k += WIDTH)
            vec_store(b->y + at + k, vec_fma(vec_sub(vec_load(b->x + at + k), mean), scale, beta));
        if (!rest) continue;
        vec x = vec_load_first(b->x + at + k, rest);
        vec_store_first(b->y + at + k, rest, vec_fma(vec_sub(x, mean), scale, beta));
    }
}

/* s += dy, t += dy (x - mean) of one vector */
VEC void add_backward(vec dy, vec x, vec mean, vec *s, vec *t)
{
    *s = vec_add(*s, dy);
    *t = vec_fma(dy, vec_sub(x, mean), *t);
}

/* dbeta and dgamma of channel c. The sums are ACROSS vectors that each step of the loop names by constants,
 * so that they stay in registers; the root that all products have is multiplied once, behind them. */
VEC void plane_sums(const struct norm_backward *b, int c, float root)
{
    const vec mean = vec_set1(b->mean[c]);
    const int HW = b->HW, rest = HW % WIDTH;
    vec s[ACROSS] = { vec_zero(), vec_zero(), vec_zero(), vec_zero() };
    vec t[ACROSS] = { vec_zero(), vec_zero(), vec_zero(), vec_zero() };
    for (int n = 0; n < b->N; n++) {
        const float *dy = b->dy + plane_of(b->C, HW, n, c), *x = b->x + plane_of(b->C, HW, n, c);
        int k = 0;
        for (; k + ACROSS * WIDTH <= HW; k += ACROSS * WIDTH)
            for (int a = 0; a < ACROSS; a++)
                add_backward(vec_load(dy + k + a * WIDTH), vec_load(x + k + a * WIDTH), mean, &s[a], &t[a]);
        for (; k + WIDTH <= HW; k += WIDTH)
            add_backward(vec_load(dy + k), vec_load(x + k), mean, &s[0], &t[0]);
        if (rest) /* dy is 0 behind them */
            add_backward(vec_load_first(dy + k, rest), vec_load_first(x + k, rest), mean, &s[1], &t[1]);
    }
    b->dbeta[c] = sum_across(s), b->dgamma[c] = root * sum_across(t);
}

/* dx of channel c: out (dy - less - (x - mean) along), which is two multiply-adds behind the distance */
VEC void plane_backward(const struct norm_backward *b, int c)
{
    const float M = (float)b->N * (float)b->HW, root = 1 / sqrtf(b->var[c] + b->eps);
    plane_sums(b, c, root);
    const float gain = b->gamma[c] * root;
    const vec mean = vec_set1(b->mean[c]), out = vec_set1(gain), less = vec_set1(-gain * (b->dbeta[c] / M)),
              along = vec_set1(gain * root * (b->dgamma[c] / M));
    const int HW = b->HW, rest = HW % WIDTH;
    for (int n = 0; n < b->N; n++) {
        const size_t at = plane_of(b->C, HW, n, c);
        const float *dy = b->dy + at, *x = b->x + at;
        float *dx = b->dx + at;
        int k = 0;
        for (; k + WIDTH <= HW; k += WIDTH) {
            vec d = vec_sub(vec_load(x + k), mean);
            vec_store(dx + k, vec_fma(out, vec_load(dy + k), vec_fnma(along, d, less)));
        }
        if (!rest) continue;
        vec d = vec_sub(vec_load_first(x + k, rest), mean);
        vec_store_first(dx + k, rest, vec_fma(out, vec_load_first(dy + k, rest), vec_fnma(along, d, less)));
    }
}

/* ---- columns: `lanes` channels from c on, HW = 1 ---- */

VEC void column_statistics(const struct norm_forward *b, int c, int lanes)
{
    const vec M = vec_set1((float)b->N);
    vec sum = vec_zero(), squares = vec_zero();
    for (int n = 0; n < b->N; n++) sum = vec_add(sum, load_lanes(lanes, b->x + plane_of(b->C, 1, n, c)));
    const vec mean = vec_div(sum, M);
    for (int n = 0; n < b->N; n++) {
        vec d = vec_sub(load_lanes(lanes, b->x + plane_of(b->C, 1, n, c)), mean);
        squares = vec_fma(d, d, squares);
    }
    store_lanes(lanes, b->new_mean + c, mean);
    store_lanes(lanes, b->new_var + c, vec_div(squares, M));
}

VEC void column_apply(const struct norm_forward *b, int c, int lanes)
{
    const vec mean = load_lanes(lanes, b->mean + c), beta = load_lanes(lanes, b->beta + c),
              root = vec_sqrt(vec_add(load_lanes(lanes, b->var + c), vec_set1(b->eps))),
              scale = vec_div(load_lanes(lanes, b->gamma + c), root);
    for (int n = 0; n < b->N; n++) {
        const size_t at = plane_of(b->C, 1, n, c);
        store_lanes(lanes, b->y + at, vec_fma(vec_sub(load_lanes(lanes, b->x + at), mean), scale, beta));
    }
}

VEC void column_backward(const struct norm_backward *b, int c, int lanes)
{
    const vec M = vec_set1((float)b->N), mean = load_lanes(lanes, b->mean + c),
              root = vec_sqrt(vec_add(load_lanes(lanes, b->var + c), vec_set1(b->eps))),
              scale = vec_div(vec_set1(1), root);
    vec sum = vec_zero(), product = vec_zero();
    for (int n = 0; n < b->N; n++) {
        const size_t at = plane_of(b->C, 1, n, c);
        vec dy = load_lanes(lanes, b->dy + at);
        sum = vec_add(sum, dy);
        product = vec_fma(dy, vec_mul(vec_sub(load_lanes(lanes, b->x + at), mean), scale), product);
    }
    store_lanes(lanes, b->dbeta + c, sum);
    store_lanes(lanes, b->dgamma + c, product);
    const vec less = vec_div(sum, M), along = vec_div(product, M),
              out = vec_mul(load_lanes(lanes, b->gamma + c), scale);
    for (int n = 0; n < b->N; n++) {
        const size_t at = plane_of(b->C, 1, n, c);
        vec z = vec_mul(vec_sub(load_lanes(lanes, b->x + at), mean), scale),
            dy = load_lanes(lanes, b->dy + at);
        store_lanes(lanes, b->dx + at, vec_mul(out, vec_fnma(z, along, vec_sub(dy, less))));
    }
}

/* ---- either way ---- */

VEC int lanes_from(int c, int end)
{
    return end - c < WIDTH ? end - c : WIDTH;
}

VEC void forward_of(const struct norm_forward *b, int from, int end)
{
    if (b->HW > 1)
        for (int c = from; c < end; c++) {
            if (b->new_mean) plane_statistics(b, c);
            plane_apply(b, c);
        }
    else
        for (int c = from; c < end; c += WIDTH) {
            if (b->new_mean) column_statistics(b, c, lanes_from(c, end));
            column_apply(b, c, lanes_from(c, end));
        }
}

VEC void backward_of(const struct norm_backward *b, int from, int end)
{
    if (b->HW > 1)
        for (int c = from; c < end; c++) plane_backward(b, c);
    else
        for (int c = from; c < end; c += WIDTH) column_backward(b, c, lanes_from(c, end));
}
