/* rungs_winograd.c - the solution of exercise 7.7; see rungs.c. */

/* the sums of four numbers, `apart` from each other, in their place */
static void four_to_four(float *d, int apart)
{
    float d0 = d[0], d1 = d[apart], d2 = d[2 * apart], d3 = d[3 * apart];
    d[0] = d0 - d2, d[apart] = d1 + d2, d[2 * apart] = d2 - d1, d[3 * apart] = d1 - d3;
}

/* two results of four products */
static void four_to_two(const float *m, int m_apart, float *y, int y_apart)
{
    y[0] = m[0] + m[m_apart] + m[2 * m_apart];
    y[y_apart] = m[m_apart] - m[2 * m_apart] - m[3 * m_apart];
}

/* y (2,2) of a kernel: products of u (C,4,4) and the sums v (C,4,4) of the image */
static void results_of(int C, const float *v, const float *u, float *y)
{
    float m[16] = { 0 }, half[2][4];
    for (int c = 0; c < C; c++)
        for (int i = 0; i < 16; i++) m[i] += v[c * 16 + i] * u[c * 16 + i];
    for (int j = 0; j < 4; j++) four_to_two(m + j, 4, half[0] + j, 4);
    for (int p = 0; p < 2; p++) four_to_two(half[p], 1, y + 2 * p, 1);
}

/* y (K,2,2) without the bias; d (C,4,4) is what the four windows see, w (K,C,3,3), u (K,C,4,4) */
static void tile(int C, int K, const float *d, const float *w, const float *u, float *y)
{
    float *v = malloc((size_t)C * 16 * sizeof *v);
    (void)w;
    if (!v) abort();
    for (int i = 0; i < C * 16; i++) v[i] = d[i];
    for (int c = 0; c < C; c++) {
        for (int j = 0; j < 4; j++) four_to_four(v + c * 16 + j, 4);
        for (int i = 0; i < 4; i++) four_to_four(v + c * 16 + i * 4, 1);
    }
    for (int k = 0; k < K; k++) results_of(C, v, u + (size_t)k * C * 16, y + (size_t)k * 4);
    free(v);
}
