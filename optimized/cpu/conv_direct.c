/* conv_direct.c - direct convolution: forward and dx, which is the same with turned kernels; see
 * conv_direct.h.
 *
 *   in (N,groups,in_planes,..)   out (N,groups,out_planes,..)
 *
 * Work is cut into pieces, an image of one group each (with few images, some of its planes), whose results
 * do not depend on who does them.
 */
#include "conv_direct.h"

#include <stdatomic.h>
#include <string.h>

#include "../rung.h"
#include "../team.h"
#include "../workspace.h"
#include "conv_rungs.h"

#if defined __x86_64__

/* ---- one direction ---- */

struct direct_axis direct_axis_forward(int results, int window, int stride, int dilation, int before)
{
    return (struct direct_axis){ .count = results,
                                 .step = 1,
                                 .in_step = stride,
                                 .taps = window,
                                 .every = 1,
                                 .offset_step = dilation,
                                 .front = before,
                                 .length = (results - 1) * stride + (window - 1) * dilation + 1 };
}

/* Of the numbers of x at `place`, place + stride, ... from the front padding on: those that exist, and what
 * dy sends back to them. Number h = stride i + place - before gets from result p = i - (r dilation - place) /
 * stride, for each r where that division is exact. */
static struct direct_axis axis_back(int extent, int window, int stride, int dilation, int before, int place)
{
    struct direct_axis a = { .step = stride, .in_step = 1, .every = 1 };
    int from = (before - place + stride - 1) / stride, last = extent - 1 + before - place, common = stride;
    for (int d = dilation; d;) { /* the greatest common divisor */
        int rest = common % d;
        common = d, d = rest;
    }
    a.every = stride / common;
    a.from = stride * from + place - before;
    a.count = last < 0 || last / stride < from ? 0 : last / stride - from + 1;
    while (a.first < window && a.first < a.every && (a.first * dilation - place) % stride) a.first++;
    if (a.first >= window || a.first >= a.every) return a; /* no kernel weight reaches them */
    a.taps = (window - 1 - a.first) / a.every + 1;
    a.offset_step = -dilation / common;
    a.offset = -(a.taps - 1) * a.offset_step;
    a.front = (a.first * dilation - place) / stride + a.offset - from;
    a.length = a.count + a.offset;
    return a;
}

/* ---- an operand with zeros around it ---- */

static int inside(const struct direct_axis *a, int extent)
{
    return a->front <= 0 && a->length - a->front <= extent;
}

struct direct_operand direct_operand_of(const struct direct_axis *rows, const struct direct_axis *columns,
                                        int H, int W, int split, int tail)
{
    struct direct_operand o = { .H = H, .W = W, .split = split };
    o.copy = !inside(rows, H) || !inside(columns, W) || split > 1 || tail;
    if (o.copy) {
        o.pitch = (columns->length + split - 1) / split * split;
        o.plane = (size_t)rows->length * (size_t)o.pitch;
    } else {
        o.pitch = W;
        o.plane = (size_t)H * (size_t)W;
        o.base = -(ptrdiff_t)rows->front * W - columns->front;
    }
    return o;
}

int direct_offsets(const struct direct_operand *o, const struct direct_axis *rows,
                   const struct direct_axis *columns, int planes, int *offset)
{
    const size_t most = (size_t)1 << 30;
    if (o->plane > most || o->plane * (size_t)planes > most) return 0;
    for (int c = 0; c < planes; c++)
        for (int r = 0; r < rows->taps; r++)
            for (int s = 0; s < columns->taps; s++) {
                int row = rows->offset + r * rows->offset_step,
                    column = columns->offset + s * columns->offset_step;
                *offset++ = c * (int)o->plane + row * o->pitch + column % o->split * (o->pitch / o->split) +
                            column / o->split;
            }
    return 1;
}

/* ---- blocks ---- */

/* 10 in blocks of at most 4 are 4, 3, 3: a tile of few has too few sums under way */
struct direct_cut direct_cut_of(int n, int most, int unit)
{
    int units = (n + unit - 1) / unit, per = most / unit, blocks = (units + per - 1) / per;
    return (struct direct_cut){ n, unit, blocks, units / blocks, units % blocks };
}

/* ---- a correlation ---- */

struct correlation {
    const struct direct_kernel *kernel;
    int N, groups, in_planes, out_planes, by_rows, T;
    struct direct_axis rows, columns;
    struct direct_operand o;
    const float *in, *bias;
    float *out;
    size_t in_plane, out_plane;
    int out_W;
    const float *w;
    size_t w_group, w_in, w_out, w_row; /* from one group, plane, row of a kernel to the next */
    int places, lanes, parts;
    struct direct_cut planes; /* of out */
    int *offset, *x_at, *y_at;
    float *weights;
    size_t weights_group;
    struct conv_store store;
    atomic_int failed;
};

enum { TRANSPOSING = 6 }; /* as long as so many products of a pixel */
enum { L1_FLOATS = 1 << 14 };
static const double OUT_OF_L1 = 1.4;
enum { CHUNK = 48 }; /* pixels that are transposed together: a multiple of 6 and of 8 */

static int rounded_up(int n, int unit)
{
    return (n + unit - 1) / unit * unit;
}

/* panel (T,width) <- the weights of n planes from `first` on, zeros behind them */
static void pack_weights(const struct correlation *c, int group, int first, int n, int width, float *panel)
{
    const struct direct_axis *rows = &c->rows, *columns = &c->columns;
    const float *w = c->w + (size_t)group * c->w_group + (size_t)first * c->w_out +
                     (size_t)rows->first * c->w_row + columns->first;
    const size_t row = (size_t)rows->every * c->w_row;
    if (n < width) memset(panel, 0, (size_t)c->T * (size_t)width * sizeof *panel);
    for (int l = 0; l < c->in_planes; l++, panel += rows->taps * columns->taps * width)
        for (int k = 0; k < n; k++) {
            const float *from = w + (size_t)l * c->w_in + (size_t)k * c->w_out;
            float *to = panel + k;
            for (int r = 0; r < rows->taps; r++)
                for (int s = 0; s < columns->taps; s++, to += width)
                    *to = from[(size_t)r * row + (size_t)(s * columns->every)];
        }
}

static void pack_block(int piece, void *arg)
{
    struct correlation *c = arg;
    int group = piece / c->planes.blocks, n, first = direct_block(&c->planes, piece % c->planes.blocks, &n);
    float *panel = c->weights + (size_t)group * c->weights_group + (size_t)first * (size_t)c->T;
    int width = rounded_up(n, c->planes.unit);
    if (!c->by_rows && c->w_in == (size_t)(c->rows.taps * c->columns.taps) &&
        c->w_row == (size_t)c->columns.taps) {
        /* a kernel lies as it is walked through */
        c->kernel->gather(c->T, width, n, c->w + (size_t)group * c->w_group + (size_t)first * c->w_out,
                          (ptrdiff_t)c->w_out, panel);
        return;
    }
    pack_weights(c, group, first, n, width, panel);
}

/* planes first..first+n-1 of an image, lanes along a row */
static void block_by_rows(const struct correlation *c, const float *in, const float *w, const float *bias,
                          int n, float *out, const struct conv_store *store)
{
    const struct direct_kernel *k = c->kernel;
    for (int v = 0; v < c->places; v += k->across[n])
        k->row_tiles[n - 1](c->T, c->offset, in, c->x_at + v, w, bias, out, c->out_plane, c->y_at + v,
                            c->lanes, store);
}

/* out <- `pixels` results of n planes, which lie as out does from place `from` on */
static void store_pixels(const struct correlation *c, int from, int pixels, int width, int n,
                         const float *tile, float *out, const float *mask)
{
    const struct direct_kernel *k = c->kernel;
    if (c->columns.step == 1 && c->columns.count == c->out_W) {
        const size_t at = (size_t)c->y_at[from];
        k->scatter(pixels, width, n, tile, out + at, (ptrdiff_t)c->out_plane);
        for (size_t j = 0; mask && j < (size_t)n; j++)
            k->mask(pixels, mask + j * c->out_plane + at, out + j * c->out_plane + at);
        return;
    }
    for (int j = 0; j < n; j++)
        for (int i = 0; i < pixels; i++) {
            const size_t at = (size_t)j * c->out_plane + (size_t)c->y_at[from + i];
            out[at] = !mask || mask[at] > 0 ? tile[i * width + j] : 0;
        }
}

/* the same, lanes across planes */
static void block_by_planes(const struct correlation *c, const float *in, const float *w, const float *bias,
                            int n, float *out, const struct conv_store *store, float *tile)
{
    const struct direct_kernel *k = c->kernel;
    const int width = rounded_up(n, k->width), vectors = width / k->width;
    float start[DIRECT_COLUMNS] = { 0 };
    if (bias) memcpy(start, bias, (size_t)n * sizeof *start);
    for (int from = 0; from < c->places; from += CHUNK) {
        int pixels = c->places - from < CHUNK ? c->places - from : CHUNK, most = k->rows[vectors];
        struct direct_cut cut = direct_cut_of(pixels, most, 1);
        for (int i = 0; i < cut.blocks; i++) {
            int rows, at = direct_block(&cut, i, &rows);
            k->blocked[(vectors - 1) * DIRECT_ROWS + rows - 1](c->T, c->offset, in, c->x_at + from + at, w,
                                                               start, 0, tile + at * width);
        }
        if (store->relu) k->relu(pixels * width, tile);
        store_pixels(c, from, pixels, width, n, tile, out, store->mask);
    }
}

static void piece_of_image(int piece, void *arg)
{
    struct correlation *c = arg;
    const int part = piece % c->parts, unit = piece / c->parts, group = unit % c->groups;
    const size_t copied = c->o.copy ? c->o.plane * (size_t)c->in_planes + DIRECT_COLUMNS : 0;
    const float *in = c->in + (size_t)unit * (size_t)c->in_planes * c->in_plane + c->o.base;
    float *copy = workspace_floats(copied + CHUNK * DIRECT_COLUMNS);
    if (!copy) {
        atomic_store(&c->failed, 1);
        return;
    }
    if (c->o.copy) {
        c->kernel->copy(&c->o, &c->rows, &c->columns, c->in_planes, in, copy);
        memset(copy + copied - DIRECT_COLUMNS, 0, DIRECT_COLUMNS * sizeof *copy);
        in = copy;
    }
    for (int i = part * c->planes.blocks / c->parts; i < (part + 1) * c->planes.blocks / c->parts; i++) {
        int n, first = direct_block(&c->planes, i, &n), plane = group * c->out_planes + first;
        const float *w = c->weights + (size_t)group * c->weights_group + (size_t)first * (size_t)c->T;
        const float *bias = c->bias ? c->bias + plane : NULL;
        const size_t at = ((size_t)unit * (size_t)c->out_planes + (size_t)first) * c->out_plane;
        const struct conv_store here = { c->store.relu, c->store.mask ? c->store.mask + at : NULL };
        if (c->by_rows)
            block_by_rows(c, in, w, bias, n, c->out + at, &here);
        else
            block_by_planes(c, in, w, bias, n, c->out + at, &here, copy + copied);
    }
}

/* Where each vector of a row, or each pixel, begins in `in` and in out. The last vector of a row overlaps the
 * one before it; the last place is there again for tiles that hang over. */
static void list_places(struct correlation *c)
{
    const struct direct_axis *rows = &c->rows, *columns = &c->columns;
    const int per = c->by_rows ? c->kernel->width : 1;
    int i = 0;
    for (int p = 0; p < rows->count; p++)
        for (int q = 0; q < columns->count; q += per, i++) {
            int at = q + per > columns->count && columns->count >= per ? columns->count - per : q;
            c->x_at[i] = p * rows->in_step * c->o.pitch + at * columns->in_step / c->o.split;
            c->y_at[i] = (rows->from + p * rows->step) * c->out_W + columns->from + at * columns->step;
        }
    c->places = i;
    for (int j = 0; j < DIRECT_ACROSS; j++) c->x_at[i + j] = c->x_at[i - 1], c->y_at[i + j] = c->y_at[i - 1];
}

static void run(int pieces, team_fn *work, void *arg, int threads)
{
    if (threads)
        team_run(pieces, work, arg);
    else
        for (int i = 0; i < pieces; i++) work(i, arg);
}

/* 0: no memory, or an image too large for distances in int; out may be half done */
static int correlate(struct correlation *c, int in_H, int in_W, int threads)
{
    const struct direct_kernel *k = c->kernel;
    enum { FEW = 16 };
    int split = c->by_rows ? c->columns.in_step : 1;
    c->lanes = c->columns.count < k->width ? c->columns.count : k->width;
    c->o = direct_operand_of(&c->rows, &c->columns, in_H, in_W, split, c->by_rows && c->lanes < k->width);
    c->T = c->in_planes * c->rows.taps * c->columns.taps;
    c->planes = c->by_rows ? direct_cut_of(c->out_planes, DIRECT_PLANES, 1)
                           : direct_cut_of(c->out_planes, k->columns, k->width);
    c->parts = threads && (size_t)c->N * (size_t)c->groups < FEW ? team_present() : 1;
    if (c->parts > c->planes.blocks) c->parts = c->planes.blocks;
    c->weights_group = (size_t)rounded_up(c->out_planes, c->planes.unit) * (size_t)c->T;
    size_t weights = (size_t)c->groups * c->weights_group;
    size_t places = (size_t)c->rows.count * (size_t)c->columns.count + DIRECT_ACROSS;
    float *memory = workspace_floats_of_caller(weights + 2 * places + (size_t)c->T);
    if (!memory) return 0;
    c->weights = memory;
    c->x_at = (int *)(memory + weights), c->y_at = c->x_at + places, c->offset = c->y_at + places;
    if (!direct_offsets(&c->o, &c->rows, &c->columns, c->in_planes, c->offset)) return 0;
    list_places(c);
    run(c->groups * c->planes.blocks, pack_block, c, threads);
    run(c->N * c->groups * c->parts, piece_of_image, c, threads);
    return !atomic_load(&c->failed);
}

/* ---- forward and dx ---- */

/* A measure of the time that tiles take, in lanes of vectors of 8 */
static double cost(const struct direct_kernel *k, int by_rows, int planes, int rows, int columns, int T,
                   double operand)
{
    const double width = k->width > 8 && !rung_halves_avx512() ? k->width / 2 : k->width;
    if (!by_rows)
        return (double)rows * columns * rounded_up(planes, k->width) / k->width * width * (T + TRANSPOSING);
    double again = operand > L1_FLOATS && planes > DIRECT_PLANES ? OUT_OF_L1 : 1; /* read once per block */
    int places = rows * ((columns + k->width - 1) / k->width);
    double lanes = 0;
    const struct direct_cut cut = direct_cut_of(planes, DIRECT_PLANES, 1);
    for (int i = 0, n; i < cut.blocks; i++) {
        direct_block(&cut, i, &n);
        lanes += (n < 2 ? 2 : n) * width * rounded_up(places, k->across[n]); /* one plane: a load each */
    }
    return lanes * (T + 1) * again;
}

/* the tiles of the least cost among those that run here and have at most `width` lanes: vectors of 16 where
 * both are as good */
static const struct direct_kernel *cheapest(int width, int rows_too, int planes, int rows, int columns, int T,
                                            double operand, int *by_rows)
{
    const struct direct_kernel *kernels[] = { &direct_avx512, &direct_avx2 }, *best = NULL;
    double least = 0;
    for (int i = width < direct_avx512.width || rung_lacks(NEED_AVX512) ? 1 : 0; i < 2; i++)
        for (int r = rows_too; r >= 0; r--) {
            double here = cost(kernels[i], r, planes, rows, columns, T, operand);
            if (!best || here < least) best = kernels[i], least = here, *by_rows = r;
        }
    return best;
}

/* The tiles of a call. kernel NULL: the cheapest of at most `width` lanes, on all threads */
struct tiles {
    const struct direct_kernel *kernel;
    int by_rows, width;
    struct conv_store store;
};

enum { ANY_WIDTH = 16 };

static void forward(struct tiles how, CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct direct_kernel *k = how.kernel;
    const struct conv v = conv_of(CONV_GIVEN);
    struct correlation c = { .kernel = k,
                             .by_rows = how.by_rows,
                             .store = how.store,
                             .N = N,
                             .groups = groups,
                             .in_planes = v.c_per,
                             .out_planes = v.k_per,
                             .in = x,
                             .bias = b,
                             .out = y,
                             .in_plane = v.x_plane,
                             .out_plane = v.y_plane,
                             .out_W = v.Q,
                             .w = w,
                             .w_group = conv_w(&v, v.k_per, 0),
                             .w_in = v.w_plane,
                             .w_out = conv_w(&v, 1, 0),
                             .w_row = (size_t)S };
    c.rows = direct_axis_forward(v.P, R, stride, dilation, top);
    c.columns = direct_axis_forward(v.Q, S, stride, dilation, left);
    if (!k)
        c.kernel =
            cheapest(how.width, 1, v.k_per, v.P, v.Q, v.c_per * R * S, (double)v.c_per * H * W, &c.by_rows);
    if (correlate(&c, H, W, !k)) return;
    conv_forward_rows(CONV_GIVEN, x, w, b, y);
    conv_store_pass(&how.store, conv_y(&v, N, 0), y);
}

/* dx = 0 where no kernel weight reaches it */
static void clear_places(const struct correlation *c)
{
    const struct direct_axis *rows = &c->rows, *columns = &c->columns;
    for (size_t plane = 0; plane < (size_t)c->N * (size_t)c->groups * (size_t)c->out_planes; plane++)
        for (int p = 0; p < rows->count; p++)
            for (int q = 0; q < columns->count; q++)
                c->out[plane * c->out_plane + (size_t)(rows->from + p * rows->step) * (size_t)c->out_W +
                       (size_t)(columns->from + q * columns->step)] = 0;
}

/* Of the numbers of dx, those that are `stride` apart meet the same numbers of the kernel: stride x stride
 * correlations of dy, in none of which a zero is multiplied that is not beyond an edge. */
static void dx_of(struct tiles how, CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct direct_kernel *k = how.kernel;
    const struct conv v = conv_of(CONV_GIVEN);
    int done = 1;
    for (int place = 0; place < stride * stride && done; place++) {
        struct correlation c = { .kernel = k,
                                 .store = how.store,
                                 .N = N,
                                 .groups = groups,
                                 .in_planes = v.k_per,
                                 .out_planes = v.c_per,
                                 .in = dy,
                                 .out = dx,
                                 .in_plane = v.y_plane,
                                 .out_plane = v.x_plane,
                                 .out_W = W,
                                 .w = w,
                                 .w_group = conv_w(&v, v.k_per, 0),
                                 .w_in = conv_w(&v, 1, 0),
                                 .w_out = v.w_plane,
                                 .w_row = (size_t)S };
        c.rows = axis_back(H, R, stride, dilation, top, place / stride);
        c.columns = axis_back(W, S, stride, dilation, left, place % stride);
        c.by_rows = how.by_rows && stride == 1;
        if (!k)
            c.kernel = cheapest(how.width, stride == 1, v.c_per, H, W, v.k_per * R * S,
                                (double)v.k_per * v.P * v.Q, &c.by_rows);
        if (!c.rows.count || !c.columns.count) continue;
        if (!c.rows.taps || !c.columns.taps)
            clear_places(&c);
        else
            done = correlate(&c, v.P, v.Q, !k);
    }
    if (done) return;
    conv_dx_rows(CONV_GIVEN, w, dy, dx);
    conv_store_pass(&how.store, conv_x(&v, N, 0), dx);
}

/* ---- 05_direct_rows_avx2, 07_direct_rows_avx512: results stay in registers, lanes along a row ----
 *
 * Changed: along the rows (01) each product loads a result and stores it again. Here a tile of 4 planes x 3
 * vectors (AVX-512: x 4) takes all its products while it is in registers; a vector of x serves all planes of
 * the tile, a weight all vectors. x is copied once per image, with zeros around it, so that no product asks
 * for an edge. Relieves: loads and stores, of which there were three per multiply-add. Where a row is no
 * multiple of a vector, the last one overlaps the one before it, and its lanes are computed twice. A zero of
 * the copy times an infinite weight is a NaN, which the reference does not have. dx with a stride takes the
 * tiles of planes.
 *
 * ---- 06_direct_planes_avx2, 08_direct_planes_avx512: lanes across planes ----
 *
 * Changed: the lanes are neighbouring planes of results, so that rows of any length, and any stride, fill
 * them: a number of x is spread over 16 planes (AVX-512: 64). Relieves: lanes that compute what is there
 * already. It costs a transposition of the results, and idle lanes where planes are few.
 *
 * ---- 13_direct_threads: the better of the two, on all threads ----
 *
 * Changed: an estimate of what rows, planes, and either width of vector take decides among the four, and
 * images are shared among threads. Relieves: idle lanes, and the one core. */

void conv_forward_direct_rows_avx2(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    forward((struct tiles){ &direct_avx2, .by_rows = 1 }, CONV_GIVEN, x, w, b, y);
}
void conv_forward_direct_planes_avx2(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    forward((struct tiles){ &direct_avx2, .by_rows = 0 }, CONV_GIVEN, x, w, b, y);
}
void conv_forward_direct_rows_avx512(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    forward((struct tiles){ &direct_avx512, .by_rows = 1 }, CONV_GIVEN, x, w, b, y);
}
void conv_forward_direct_planes_avx512(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    forward((struct tiles){ &direct_avx512, .by_rows = 0 }, CONV_GIVEN, x, w, b, y);
}
void conv_forward_direct_threads(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    forward((struct tiles){ .width = ANY_WIDTH }, CONV_GIVEN, x, w, b, y);
}

void conv_dx_direct_rows_avx2(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    dx_of((struct tiles){ &direct_avx2, .by_rows = 1 }, CONV_GIVEN, w, dy, dx);
}
void conv_dx_direct_planes_avx2(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    dx_of((struct tiles){ &direct_avx2, .by_rows = 0 }, CONV_GIVEN, w, dy, dx);
}
void conv_dx_direct_rows_avx512(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    dx_of((struct tiles){ &direct_avx512, .by_rows = 1 }, CONV_GIVEN, w, dy, dx);
}
void conv_dx_direct_planes_avx512(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    dx_of((struct tiles){ &direct_avx512, .by_rows = 0 }, CONV_GIVEN, w, dy, dx);
}
void conv_dx_direct_threads(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    dx_of((struct tiles){ .width = ANY_WIDTH }, CONV_GIVEN, w, dy, dx);
}

/* ---- with a store of its own: see conv_relu.c ---- */

void conv_forward_direct_store(int width, const struct conv_store *store, CONV_SIZES, const float *x,
                               const float *w, const float *b, float *y)
{
    forward((struct tiles){ .width = width, .store = *store }, CONV_GIVEN, x, w, b, y);
}
void conv_dx_direct_store(int width, const struct conv_store *store, CONV_SIZES, const float *w,
                          const float *dy, float *dx)
{
    dx_of((struct tiles){ .width = width, .store = *store }, CONV_GIVEN, w, dy, dx);
}
#endif
