/* vec_map.h - from a function of one vector to n elements. Included after the words of
 * vec_avx2.h or vec_avx512.h.
 *
 * Each is inlined where it is called, with the function that it is handed. A tail of n % WIDTH elements
 * goes through the same function, with masked loads and stores. An output may be an input. _with is for
 * functions with a parameter.
 */

/* y = f(x) */
VEC void map(int n, const float *x, float *y, vec (*f)(vec))
{
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, f(vec_load(x + i)));
    if (i < n) vec_store_first(y + i, n - i, f(vec_load_first(x + i, n - i)));
}

VEC void map_with(int n, const float *x, float *y, vec (*f)(vec, vec), float parameter)
{
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, f(vec_load(x + i), vec_set1(parameter)));
    if (i < n) vec_store_first(y + i, n - i, f(vec_load_first(x + i, n - i), vec_set1(parameter)));
}

/* dx = f(at, dy) */
VEC void map2(int n, const float *at, const float *dy, float *dx, vec (*f)(vec, vec))
{
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) vec_store(dx + i, f(vec_load(at + i), vec_load(dy + i)));
    if (i < n)
        vec_store_first(dx + i, n - i, f(vec_load_first(at + i, n - i), vec_load_first(dy + i, n - i)));
}

VEC void map2_with(int n, const float *at, const float *dy, float *dx, vec (*f)(vec, vec, vec),
                   float parameter)
{
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH)
        vec_store(dx + i, f(vec_load(at + i), vec_load(dy + i), vec_set1(parameter)));
    if (i < n)
        vec_store_first(dx + i, n - i,
                        f(vec_load_first(at + i, n - i), vec_load_first(dy + i, n - i), vec_set1(parameter)));
}

/* y = f(x, &s), s = f'(x) */
VEC void map_both(int n, const float *x, float *y, float *s, vec (*f)(vec, vec *))
{
    vec value, derivative;
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
        value = f(vec_load(x + i), &derivative);
        vec_store(s + i, derivative);
        vec_store(y + i, value);
    }
    if (i < n) {
        value = f(vec_load_first(x + i, n - i), &derivative);
        vec_store_first(s + i, n - i, derivative);
        vec_store_first(y + i, n - i, value);
    }
}

VEC void map_both_with(int n, const float *x, float *y, float *s, vec (*f)(vec, vec *, vec), float parameter)
{
    vec value, derivative;
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
        value = f(vec_load(x + i), &derivative, vec_set1(parameter));
        vec_store(s + i, derivative);
        vec_store(y + i, value);
    }
    if (i < n) {
        value = f(vec_load_first(x + i, n - i), &derivative, vec_set1(parameter));
        vec_store_first(s + i, n - i, derivative);
        vec_store_first(y + i, n - i, value);
    }
}
