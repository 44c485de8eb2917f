/* conv_store_tile.h - what becomes of results just before or after they are stored (struct conv_store), in
 * vectors; included after vec_avx2.h or vec_avx512.h. */
#ifndef RUNGS_CONV_STORE_TILE_H
#define RUNGS_CONV_STORE_TILE_H

/* x (n) = max(0, x) */
KERNEL static inline void relu_in_place(int n, float *x)
{
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) vec_store(x + i, vec_relu(vec_load(x + i)));
    if (i < n) vec_store_first(x + i, n - i, vec_relu(vec_load_first(x + i, n - i)));
}

/* x (n) = 0 where mask is not above 0 */
KERNEL static inline void mask_in_place(int n, const float *mask, float *x)
{
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH)
        vec_store(x + i, vec_where_positive(vec_load(x + i), vec_load(mask + i)));
    if (i < n)
        vec_store_first(x + i, n - i,
                        vec_where_positive(vec_load_first(x + i, n - i), vec_load_first(mask + i, n - i)));
}

#endif
