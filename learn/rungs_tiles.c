/* rungs_tiles.c - solutions of exercises on tiles; see rungs.c. */

/* ---- 7.6 ---- */

/* y[k..k+3][p][q..q+11] of rows from..end-1 of the kernels; x begins with plane 0 of the window at q, w and b
 * with kernel k */
static void tile(const struct conv *v, int from, int end, const float *x, const float *w, const float *b,
                 float *y)
{
    const size_t x_plane = (size_t)v->H * v->W, y_plane = (size_t)v->P * v->Q,
                 kernel = (size_t)v->C * v->R * v->S;
    quad acc[KERNELS][3] = { 0 };
    for (int c = 0; c < v->C; c++)
        for (int r = from; r < end; r++)
            for (int s = 0; s < v->S; s++) {
                const float *xs = x + c * x_plane + (size_t)(r * v->W + s);
                const float *ws = w + (size_t)((c * v->R + r) * v->S + s);
                quad x0 = quad_at(xs), x1 = quad_at(xs + 4), x2 = quad_at(xs + 8);
                for (int k = 0; k < KERNELS; k++) {
                    float wk = ws[k * kernel];
                    acc[k][0] += wk * x0;
                    acc[k][1] += wk * x1;
                    acc[k][2] += wk * x2;
                }
            }
    for (int k = 0; k < KERNELS; k++)
        for (int i = 0; i < 3; i++) *(quad *)(y + k * y_plane + 4 * i) = acc[k][i] + b[k];
}
