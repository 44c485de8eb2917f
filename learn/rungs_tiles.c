/* rungs_tiles.c - solutions of exercises on tiles; see rungs.c. */

/* ---- 1.10 ---- */

/* y (rows,OUT) += `length` products each; xs (rows,PIECE) is packed */
static void add_piece(int rows, int length, int IN, int OUT, const float *xs, const float *w, float *y)
{
    float ws[4 * PIECE];
    for (int o = 0; o < OUT; o += 4) {
        int columns = least(4, OUT - o);
        pack(columns, length, IN, w + (size_t)o * IN, ws);
        for (int n = 0; n < rows; n += 2)
            add_tile(length, least(2, rows - n), columns, PIECE, OUT, xs + n * PIECE, ws,
                     y + (size_t)n * OUT + o);
    }
}

/* y (N,OUT) += all products: a piece of IN at a time, and of that ROWS rows of x with all of w */
static void add_all(int N, int IN, int OUT, const float *x, const float *w, float *y)
{
    float xs[ROWS * PIECE];
    for (int i = 0; i < IN; i += PIECE)
        for (int n = 0; n < N; n += ROWS) {
            int rows = least(ROWS, N - n), length = least(PIECE, IN - i);
            pack(rows, length, IN, x + (size_t)n * IN + i, xs);
            add_piece(rows, length, IN, OUT, xs, w + i, y + (size_t)n * OUT);
        }
}

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
