/* 1.10 pack_block - blocks that stay in the cache
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * A tile of 1.9 uses each number that it loads two or four times, but where does it load from? Here every
 * pair of rows of x walks through all of w, and what does not fit in a cache is fetched from the next one
 * each time. The tile functions are right as they are, and add to y: so a sum can be computed in parts, and
 * you choose the order of the tiles.
 *
 * Cut IN into pieces of 256 numbers. 16 rows of x then take 16 KiB per piece and four rows of w take 4 KiB:
 * they fit in a first-level cache of 32 KiB while all their tiles are computed, and each number of w is
 * fetched once for sixteen rows of x. But only if they are first copied next to each other, by pack: where
 * they are, a thousand numbers apart, all rows of x compete for the same few places of the cache and evict
 * each other. Packed rows are PIECE numbers apart, so PIECE is what the tiles get as IN. First write down
 * what you expect, as a number after the =:
 * prediction: cache misses per 1000 FLOPs =
 */
#include <stddef.h>

enum { ROWS = 16, PIECE = 256 };
typedef float quad __attribute__((vector_size(16), aligned(4))); /* four floats, any alignment */

static inline quad quad_at(const float *p)
{
    return *(const quad *)p;
}

/* y += the sum of `length` products */
static void add_one(int length, const float *x, const float *w, float *y)
{
    quad acc = { 0 };
    int i = 0;
    for (; i + 4 <= length; i += 4) acc += quad_at(x + i) * quad_at(w + i);
    float sum = (acc[0] + acc[1]) + (acc[2] + acc[3]);
    for (; i < length; i++) sum += x[i] * w[i];
    *y += sum;
}

/* y[n..n+1][o..o+3] += `length` products each */
static void add_2x4(int length, int IN, int OUT, const float *x, const float *w, float *y)
{
    quad acc[2][4] = { 0 };
    int i = 0;
    for (; i + 4 <= length; i += 4)
        for (int o = 0; o < 4; o++) {
            quad wi = quad_at(w + (size_t)o * IN + i);
            acc[0][o] += quad_at(x + i) * wi;
            acc[1][o] += quad_at(x + IN + i) * wi;
        }
    for (int n = 0; n < 2; n++)
        for (int o = 0; o < 4; o++) {
            quad s = acc[n][o];
            float sum = (s[0] + s[1]) + (s[2] + s[3]);
            for (int k = i; k < length; k++) sum += x[(size_t)n * IN + k] * w[(size_t)o * IN + k];
            y[(size_t)n * OUT + o] += sum;
        }
}

/* y[n..n+rows-1][o..o+columns-1] += `length` products each; rows are 2 at most, columns 4 */
static void add_tile(int length, int rows, int columns, int IN, int OUT, const float *x, const float *w,
                     float *y)
{
    if (rows == 2 && columns == 4) {
        add_2x4(length, IN, OUT, x, w, y);
        return;
    }
    for (int n = 0; n < rows; n++)
        for (int o = 0; o < columns; o++)
            add_one(length, x + (size_t)n * IN, w + (size_t)o * IN, y + (size_t)n * OUT + o);
}

/* to (rows,PIECE) = `length` numbers of each row of `from`; its rows are IN numbers apart */
static inline void pack(int rows, int length, int IN, const float *from, float *to)
{
    for (int r = 0; r < rows; r++)
        for (int i = 0; i < length; i++) to[r * PIECE + i] = from[(size_t)r * IN + i];
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* y (N,OUT) += all products; pack is provided, and not used yet */
static void add_all(int N, int IN, int OUT, const float *x, const float *w, float *y)
{
    for (int n = 0; n < N; n += 2)
        for (int o = 0; o < OUT; o += 4)
            add_tile(IN, least(2, N - n), least(4, OUT - o), IN, OUT, x + (size_t)n * IN, w + (size_t)o * IN,
                     y + (size_t)n * OUT + o);
}

void dense_forward(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) y[(size_t)n * OUT + o] = b[o];
    add_all(N, IN, OUT, x, w, y);
}
