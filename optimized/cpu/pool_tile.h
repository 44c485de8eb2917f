/* pool_tile.h - pooling in vectors, WIDTH windows of a row side by side; see pool_vector.h. Included after
 * the words of vec_avx2.h or vec_avx512.h and these, which pool_avx2.c and pool_avx512.c define:
 *
 *   lanes           which of a vector of windows there are: low and high of the two vectors that they are
 *                   read from, out of what is written
 *   vec_load_lanes, vec_store_lanes, places_store    those lanes
 *   vec_even        elements 0, 2, 4, ... of two vectors, in an order of their own
 *   vec_odd         elements 1, 3, 5, ... in the same order
 *   vec_in_order    puts these right
 *   vec_larger      where the second number is larger than the first, or the first NaN
 *   vec_choose      by that, of two vectors
 *   places          ints: of an offset everywhere, and of offsets from `first` on, `step` apart
 *
 * Windows that are two apart need every second number: of two vectors that lie side by side in memory, the
 * even and the odd ones are each taken by one shuffle, and so are the results put in order at the end. */

/* number s of each window from x on: x[s], x[s + stride], ... Where the stride is 2 the windows have two
 * numbers or more, and the second and all later ones are taken from the odd places: nothing behind the last
 * window is read. */
VEC vec window_column(const float *x, int s, int stride, struct lanes n)
{
    if (stride == 1) return vec_load_lanes(x + s, n.low);
    const float *at = s ? x + s - 1 : x;
    vec low = vec_load_lanes(at, n.low), high = vec_load_lanes(at + WIDTH, n.high);
    return s ? vec_odd(low, high) : vec_even(low, high);
}

/* windows of `rows` rows of S numbers, the first at x, which is at `place` in its plane */
VEC void largest(int rows, int S, int stride, int W, struct lanes n, const float *x, int place, float *y,
                 int *index)
{
    vec most = window_column(x, 0, stride, n);
    places where = places_all(0);
    for (int r = 0; r < rows; r++)
        for (int s = !r; s < S; s++) {
            vec here = window_column(x + (ptrdiff_t)r * W, s, stride, n);
            choice larger = vec_larger(most, here);
            most = vec_choose(larger, here, most);
            where = places_choose(larger, places_all(r * W + s), where);
        }
    if (stride == 2) most = vec_in_order(most), where = places_in_order(where);
    vec_store_lanes(y, n.out, most);
    places_store(index, n.out, places_add(where, places_from(place, stride)));
}

/* likewise the sum, times `factor` */
VEC void scaled_sum(int rows, int S, int stride, int W, struct lanes n, const float *x, float factor,
                    float *y)
{
    vec sum = vec_zero();
    for (int r = 0; r < rows; r++)
        for (int s = 0; s < S; s++) sum = vec_add(sum, window_column(x + (ptrdiff_t)r * W, s, stride, n));
    sum = vec_mul(sum, vec_set1(factor));
    vec_store_lanes(y, n.out, stride == 2 ? vec_in_order(sum) : sum);
}

/* The first window of the next vector, q or earlier: without masks the row's last vector overlaps the one
 * before it. -1: there are too few windows for a vector. */
VEC int vector_at(const struct pool *v, int q)
{
    if (HAS_MASKS || v->inner_end - q >= WIDTH) return q;
    return v->inner_end - v->inner >= WIDTH ? v->inner_end - WIDTH : -1;
}

/* A plane's windows from vector to vector, each down all rows: what is the same for them is worked out once.
 * R, S and stride are v's; where they are constants, the compiler writes a window out. */
VEC void largest_plane(const struct pool *v, int R, int S, int stride, const float *x, float *y, int *index)
{
    const int W = v->W, Q = v->Q;
    int q = v->inner;
    for (; q < v->inner_end; q += WIDTH) {
        const int at = vector_at(v, q), left = at * stride - v->pad;
        if (at < 0) break;
        const struct lanes n = lanes_of(v->inner_end - at, stride);
        for (int p = 0; p < v->P; p++) {
            const struct window_span rows = window_holds(p, v->H, R, v->pad, stride);
            const int place = rows.first * W + left, to = p * Q + at;
            if (rows.end - rows.first == R)
                largest(R, S, stride, W, n, x + place, place, y + to, index + to);
            else
                largest(rows.end - rows.first, S, stride, W, n, x + place, place, y + to, index + to);
        }
    }
    if (q > v->inner_end) q = v->inner_end;
    for (int p = 0; p < v->P; p++) {
        for (int k = 0; k < v->inner; k++) maxpool_window(v, p, k, x, y, index);
        for (int k = q; k < Q; k++) maxpool_window(v, p, k, x, y, index);
    }
}

VEC void mean_plane(const struct pool *v, int R, int S, int stride, const float *x, float *y)
{
    const int W = v->W;
    int q = v->inner;
    for (; q < v->inner_end; q += WIDTH) {
        const int at = vector_at(v, q), left = at * stride - v->pad;
        if (at < 0) break;
        const struct lanes n = lanes_of(v->inner_end - at, stride);
        for (int p = 0; p < v->P; p++) {
            const struct window_span rows = window_holds(p, v->H, R, v->pad, stride);
            const int here = rows.end - rows.first, counted = v->count_include_pad ? rows.padded : here;
            const float *first = x + (rows.first * W + left);
            const float factor = 1 / ((float)counted * (float)S);
            if (here == R)
                scaled_sum(R, S, stride, W, n, first, factor, y + p * v->Q + at);
            else
                scaled_sum(here, S, stride, W, n, first, factor, y + p * v->Q + at);
        }
    }
    if (q > v->inner_end) q = v->inner_end;
    for (int p = 0; p < v->P; p++) {
        for (int k = 0; k < v->inner; k++) avgpool_window(v, p, k, x, y);
        for (int k = q; k < v->Q; k++) avgpool_window(v, p, k, x, y);
    }
}

VEC int is_window(const struct pool *v, int side, int stride)
{
    return v->R == side && v->S == side && v->stride == stride;
}

VEC void largest_planes(const struct pool *v, size_t from, size_t end)
{
    const size_t in = (size_t)v->H * (size_t)v->W, out = (size_t)v->P * (size_t)v->Q;
    for (size_t k = from; k < end; k++) {
        const float *x = v->x + k * in;
        float *y = v->y + k * out;
        int *index = v->index + k * out;
        if (is_window(v, 2, 2))
            largest_plane(v, 2, 2, 2, x, y, index);
        else if (is_window(v, 3, 1))
            largest_plane(v, 3, 3, 1, x, y, index);
        else if (is_window(v, 3, 2))
            largest_plane(v, 3, 3, 2, x, y, index);
        else if (v->stride == 1)
            largest_plane(v, v->R, v->S, 1, x, y, index);
        else /* any other stride has no window between inner and inner_end */
            largest_plane(v, v->R, v->S, v->stride, x, y, index);
    }
}

VEC void mean_planes(const struct pool *v, size_t from, size_t end)
{
    const size_t in = (size_t)v->H * (size_t)v->W, out = (size_t)v->P * (size_t)v->Q;
    for (size_t k = from; k < end; k++) {
        const float *x = v->x + k * in;
        float *y = v->y + k * out;
        if (is_window(v, 2, 2))
            mean_plane(v, 2, 2, 2, x, y);
        else if (is_window(v, 3, 1))
            mean_plane(v, 3, 3, 1, x, y);
        else if (is_window(v, 3, 2))
            mean_plane(v, 3, 3, 2, x, y);
        else if (v->stride == 1)
            mean_plane(v, v->R, v->S, 1, x, y);
        else
            mean_plane(v, v->R, v->S, v->stride, x, y);
    }
}
