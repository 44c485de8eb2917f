/* activation_loops.h - from an activation of one vector to that of n elements.
 *
 * The file that includes it defines VERSION_NAMED(name), after the words of vec_avx2.h or vec_avx512.h and the functions
 * of one vector, and then takes the loops that it wants. Where a derivative is taken at y, y may be x; dx may be dy. A tail
 * of n % WIDTH elements goes through the same code with masked loads and stores.
 */
#define VECTOR_     /* what a function of one vector takes besides: nothing, or the parameter */
#define VECTOR_WITH , vec_set1(parameter)

#define FORWARD(f, with)                                                                               \
    KERNEL void VERSION_NAMED(f##_forward)(int n, const float *x, float *y TAKES_##with)               \
    {                                                                                                  \
        int i = 0;                                                                                     \
        for (; i + WIDTH <= n; i += WIDTH) vec_store(y + i, vec_##f(vec_load(x + i) VECTOR_##with));   \
        if (i < n) vec_store_first(y + i, n - i, vec_##f(vec_load_first(x + i, n - i) VECTOR_##with)); \
    }
#define BACKWARD(f, with)                                                                                    \
    KERNEL void VERSION_NAMED(f##_backward)(int n, const float *at, const float *dy, float *dx TAKES_##with) \
    {                                                                                                        \
        int i = 0;                                                                                           \
        for (; i + WIDTH <= n; i += WIDTH)                                                                   \
            vec_store(dx + i, f##_slope(vec_load(at + i), vec_load(dy + i) VECTOR_##with));                  \
        if (i < n)                                                                                           \
            vec_store_first(                                                                                 \
                dx + i, n - i,                                                                               \
                f##_slope(vec_load_first(at + i, n - i), vec_load_first(dy + i, n - i) VECTOR_##with));      \
    }
#define WITH_SLOPE(f, with)                                                                           \
    KERNEL void VERSION_NAMED(f##_with_slope)(int n, const float *x, float *y, float *s TAKES_##with) \
    {                                                                                                 \
        int i = 0;                                                                                    \
        for (; i + WIDTH <= n; i += WIDTH) {                                                          \
            vec slope, value = f##_both(vec_load(x + i), &slope VECTOR_##with);                       \
            vec_store(s + i, slope);                                                                  \
            vec_store(y + i, value);                                                                  \
        }                                                                                             \
        if (i < n) {                                                                                  \
            vec slope, value = f##_both(vec_load_first(x + i, n - i), &slope VECTOR_##with);          \
            vec_store_first(s + i, n - i, slope);                                                     \
            vec_store_first(y + i, n - i, value);                                                     \
        }                                                                                             \
    }
