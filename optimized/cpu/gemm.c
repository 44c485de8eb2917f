/* gemm.c - the five loops around the micro-kernel; see gemm.h.
 *
 *   5th loop  jc  columns of C, nc at a time
 *   4th loop  pc  the sum over k, kc at a time: a panel of B (kc,nr) stays in L1
 *   3rd loop  ic  rows of C, mc at a time: a block of A (mc,kc) stays in L2
 *   2nd loop  jr  panels of B, packed when first used
 *   1st loop  ir  tiles: the micro-kernel
 */
#include "gemm.h"

#include <pthread.h>
#include <string.h>

#include "../rung.h"
#include "../team.h"
#include "../workspace.h"

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* ---- packing: panels that the micro-kernel reads from front to back ---- */

/* panel (depth,width) <- src, element (k,j) at src[k * step + j * across]; columns from `have` on become 0 */
static void pack_any(int depth, int width, int have, const float *src, ptrdiff_t step, ptrdiff_t across,
                     float *panel)
{
    for (int k = 0; k < depth; k++, src += step, panel += width) {
        for (int j = 0; j < have; j++) panel[j] = src[j * across];
        for (int j = have; j < width; j++) panel[j] = 0;
    }
}

/* the same for numbers that lie side by side; width is a constant where this is
 * inlined, the copy a few moves */
static inline void pack_rows(int depth, const int width, const float *src, ptrdiff_t step, float *panel)
{
    for (int k = 0; k < depth; k++)
        memcpy(panel + (ptrdiff_t)k * width, src + k * step, (size_t)width * sizeof *panel);
}

static void pack(const struct gemm_kernel *kernel, int depth, int width, int have, const float *src,
                 ptrdiff_t step, ptrdiff_t across, float *panel)
{
    int k = 0;
    if (have == width && across == 1) {
        switch (width) {
        case 4: pack_rows(depth, 4, src, step, panel); return;
        case 5: pack_rows(depth, 5, src, step, panel); return;
        case 6: pack_rows(depth, 6, src, step, panel); return;
        case 8: pack_rows(depth, 8, src, step, panel); return;
        case 16: pack_rows(depth, 16, src, step, panel); return;
        case 64: pack_rows(depth, 64, src, step, panel); return;
        }
    } else if (have == width && step == 1 && kernel->pack_transposed) {
        k = kernel->pack_transposed(depth, width, src, across, panel);
    }
    pack_any(depth - k, width, have, src + k * step, step, across, panel + (size_t)k * (size_t)width);
}

/* ---- how a product is cut up ---- */

/* Decided once for the whole product: the cut of K fixes the order of summation, and so the bits of the
 * result, which must not depend on how many threads share the work. */
struct plan {
    int kc, mc, nc, pack_a;
};

enum { LINE = 16 };     /* floats of a cache line */
enum { KC_MAX = 1024 }; /* no plan cuts K into longer parts; every kernel's kc is below */

/* `whole` in equal parts of at most `most` each, rounded up to a multiple of `unit` */
static int even_part(int whole, int most, int unit)
{
    int parts = (whole + most - 1) / most, part = (whole + parts - 1) / parts;
    return (part + unit - 1) / unit * unit;
}

static struct plan make_plan(const struct gemm_kernel *kernel, const struct gemm *g)
{
    enum { THIN_KC = 512, TALL_KC = KC_MAX, L2_FLOATS = 1 << 16, REUSE = 768, TINY = 4096 };
    struct plan p = { .kc = even_part(g->K, g->M <= kernel->mc ? THIN_KC : kernel->kc, 1),
                      .mc = even_part(g->M, kernel->mc, kernel->mr),
                      .nc = even_part(g->N, kernel->nc, kernel->nr) };
    int tall = even_part(g->K, TALL_KC, 1);
    /* C tall, all of B in L2: then A may stream past it, read once, a panel at a time */
    if (g->M >= 2 * g->N && (size_t)tall * (size_t)g->N <= L2_FLOATS) p.kc = tall, p.mc = kernel->mr;
    /* rows of A are read well as they lie; copying pays only if they are read often. Columns are not. */
    p.pack_a = g->a_col == 1 ? g->N >= REUSE : (size_t)g->M * (size_t)g->K > TINY;
    return p;
}

/* Do `depth` rows of b, used again and again, stay in L1 (64 sets of 8 lines at least) where they lie? Rows a
 * large power of two apart share a few sets and throw each other out. */
static int stays_in_l1(ptrdiff_t b_row, int depth)
{
    ptrdiff_t lines = b_row / 16;
    int sets = 64;
    if (b_row % 16) return depth <= 192; /* rows that start anywhere touch two lines, but spread well */
    for (; sets > 1 && lines % 2 == 0; lines /= 2) sets /= 2;
    return depth <= 8 * sets;
}

/* ---- one tile ---- */

struct step { /* a part of the sum over k: from p to p + depth */
    const struct gemm_kernel *kernel;
    const struct gemm *g;
    int p, depth, first, last;
};

struct operand { /* of one tile */
    const float *at;
    ptrdiff_t row, col;
};

/* Straight into C: the columns are whole vectors. keep: where the rows of b go as well, or NULL. ahead: what
 * is fetched meanwhile, or NULL; both for the largest tile only. */
static void tile_whole(const struct step *s, int i, int rows, int j, int columns, struct operand a,
                       struct operand b, float *keep, const float *ahead)
{
    const struct gemm *g = s->g;
    ptrdiff_t at = i * g->c_row + j;
    struct tile_edges e = { .scale = g->scale, .keep = keep, .ahead = ahead, .ahead_row = g->b_row };
    if (!s->first || g->scale) e.start = g->c + at, e.start_row = g->c_row;
    if (s->first && g->bias && g->bias_rows) e.each = g->bias + i;
    if (s->first && g->bias && !g->bias_rows) e.start = g->bias + j;
    if (s->last) {
        e.relu = g->relu;
        if (g->mask) e.mask = g->mask + at, e.mask_row = g->c_row;
    }
    gemm_tile_fn *tile = keep    ? s->kernel->tile_keep
                         : ahead ? s->kernel->tile_ahead
                                 : gemm_tile_of(s->kernel, rows, columns);
    tile(s->depth, a.at, a.row, a.col, b.at, b.row, g->c + at, g->c_row, &e);
}

/* tile (rows,nr) <- the part of a matrix laid out like C; 0 beyond its columns */
static void fetch(const struct step *s, const float *from, int rows, int columns, float *tile)
{
    int nr = s->kernel->nr;
    for (int r = 0; r < rows; r++)
        for (int q = 0; q < nr; q++)
            tile[r * nr + q] = q < columns ? from[r * s->g->c_row + q * s->g->c_col] : 0;
}

static void fetch_bias(const struct step *s, int i, int rows, int j, int columns, float *tile)
{
    int nr = s->kernel->nr;
    for (int r = 0; r < rows; r++)
        for (int q = 0; q < nr; q++)
            tile[r * nr + q] = q >= columns ? 0 : s->g->bias_rows ? s->g->bias[i + r] : s->g->bias[j + q];
}

/* A tile that sticks out of C, or lies across it: computed aside, then the part that exists is moved over. */
static void tile_aside(const struct step *s, int i, int rows, int j, int columns, struct operand a,
                       struct operand b)
{
    const struct gemm *g = s->g;
    ptrdiff_t at = i * g->c_row + j * g->c_col;
    int nr = s->kernel->nr;
    float tile[TILE_MR_MAX * TILE_NR_MAX], start[TILE_MR_MAX * TILE_NR_MAX], mask[TILE_MR_MAX * TILE_NR_MAX];
    struct tile_edges e = { .scale = g->scale, .start_row = nr, .mask_row = nr };
    int adds = !s->first || g->scale;
    if (adds || g->bias) e.start = start;
    if (adds) fetch(s, g->c + at, rows, columns, start);
    if (s->first && g->bias) fetch_bias(s, i, rows, j, columns, start);
    if (s->last) e.relu = g->relu;
    if (s->last && g->mask) {
        fetch(s, g->mask + at, rows, columns, mask);
        e.mask = mask;
    }
    gemm_tile_of(s->kernel, rows, columns)(s->depth, a.at, a.row, a.col, b.at, b.row, tile, nr, &e);
    if (g->c_row == 1) {
        for (int q = 0; q < columns; q++)
            for (int r = 0; r < rows; r++) g->c[at + r + q * g->c_col] = tile[r * nr + q];
    } else {
        for (int r = 0; r < rows; r++)
            memcpy(g->c + at + r * g->c_row, tile + r * nr, (size_t)columns * sizeof *tile);
    }
}

/* ---- the loops ---- */

/* What the tiles behind the first one, which packs a panel of B as it lies, fetch of the next panel: each a
 * column of lines. Where C is high, that first tile is too small a part of the whole. */
struct fetch {
    const float *at;
    int lines;
};

static struct fetch fetch_behind(const struct gemm *g, int jr, int columns, const float *b)
{
    enum { HIGH = 512 };
    int worth = g->M <= HIGH && jr + 2 * columns <= g->N;
    return (struct fetch){ b + columns, worth ? (columns + LINE - 1) / LINE : 0 };
}

/* 1st loop: the panels of A from row ic to iend against one panel of B */
static void column_of_tiles(const struct step *s, const struct plan *plan, int ic, int iend, int jr,
                            int pack_now, float *apanel, struct operand b, float *keep)
{
    const struct gemm *g = s->g;
    int mr = s->kernel->mr, columns = least(s->kernel->nr, g->N - jr);
    int whole = columns % s->kernel->width == 0 && g->c_col == 1;
    struct fetch next = { NULL, 0 };
    for (int ir = ic, rows; ir < iend; ir += rows, apanel += (size_t)mr * (size_t)s->depth) {
        struct operand a = { g->a + ir * g->a_row + s->p * g->a_col, g->a_row, g->a_col };
        rows = gemm_panel_rows(iend - ir, mr);
        if (plan->pack_a) {
            if (pack_now) pack(s->kernel, s->depth, rows, rows, a.at, a.col, a.row, apanel);
            a = (struct operand){ apanel, 1, rows };
        }
        if (!whole) {
            tile_aside(s, ir, rows, jr, columns, a, b);
        } else {
            int fetches = next.lines > 0 && rows == mr;
            tile_whole(s, ir, rows, jr, columns, a, b, keep, fetches ? next.at : NULL);
            if (fetches) next.lines--, next.at += LINE;
            if (!keep) continue;
            next = fetch_behind(g, jr, columns, b.at);
            b = (struct operand){ keep, s->kernel->nr, 1 }; /* packed by the tile just done */
            keep = NULL;
        }
    }
}

/* 3rd and 2nd loop for the columns from jc on; the buffers hold the packed A and B */
static void block(const struct step *s, const struct plan *plan, int jc, int nc, float *abuf, float *bbuf)
{
    const struct gemm *g = s->g;
    int mr = s->kernel->mr, nr = s->kernel->nr, one_block = g->M <= plan->mc;
    for (int ic = 0; ic < g->M; ic += plan->mc)
        for (int jr = jc; jr < jc + nc; jr += nr) {
            int columns = least(nr, g->N - jr), iend = least(ic + plan->mc, g->M);
            float *panel = bbuf + (size_t)(jr - jc) * (size_t)s->depth, *keep = NULL;
            struct operand b = { panel, nr, 1 };
            if (g->panel) {
                if (ic == 0) g->panel(g->source, s->p, s->depth, g->column + jr, columns, nr, panel);
                column_of_tiles(s, plan, ic, iend, jr, jr == jc, abuf, b, keep);
                continue;
            }
            struct operand lying = { g->b + s->p * g->b_row + jr * g->b_col, g->b_row, g->b_col };
            int usable = lying.col == 1 && columns == nr;
            if (usable && one_block && (g->M <= 2 * mr || stays_in_l1(lying.row, s->depth))) {
                b = lying; /* as it lies */
            } else if (ic == 0 && usable && g->c_col == 1 && gemm_panel_rows(iend, mr) == mr) {
                b = lying; /* packed by the first tile as it goes */
                keep = panel;
            } else if (ic == 0) {
                pack(s->kernel, s->depth, nr, columns, lying.at, lying.row, lying.col, panel);
            }
            column_of_tiles(s, plan, ic, iend, jr, jr == jc, abuf, b, keep);
        }
}

/* 5th and 4th loop */
static void run_loops(const struct gemm_kernel *kernel, const struct plan *plan, const struct gemm *g,
                      float *abuf, float *bbuf)
{
    for (int jc = 0; jc < g->N; jc += plan->nc)
        for (int p = 0; p < g->K; p += plan->kc) {
            struct step s = {
                kernel, g, p, least(plan->kc, g->K - p), p == 0 && !g->add, p + plan->kc >= g->K
            };
            block(&s, plan, jc, least(plan->nc, g->N - jc), abuf, bbuf);
        }
}

/* Floats for the packed A. mc + mr: a block's last two panels may be two short ones where
 * one and a bit would do. */
static size_t packed_a(const struct gemm_kernel *kernel, const struct plan *plan)
{
    size_t floats = (size_t)plan->kc * (size_t)(plan->mc + kernel->mr), align = 16;
    return (floats + align - 1) / align * align;
}

/* Without memory to pack into: one thread at a time, in room for one panel of A and one of B. Slow, but K is
 * cut as ever, so the bits are the same. */
static void run_in_reserve(const struct gemm_kernel *kernel, struct plan plan, const struct gemm *g)
{
    static _Alignas(64) float reserve[KC_MAX * (2 * TILE_MR_MAX + TILE_NR_MAX) + 16];
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    plan.mc = kernel->mr;
    plan.nc = kernel->nr;
    pthread_mutex_lock(&lock);
    run_loops(kernel, &plan, g, reserve, reserve + packed_a(kernel, &plan));
    pthread_mutex_unlock(&lock);
}

static void run_planned(const struct gemm_kernel *kernel, const struct plan *plan, const struct gemm *g)
{
    size_t a_floats = packed_a(kernel, plan);
    float *buffer = workspace_floats(a_floats + (size_t)plan->kc * (size_t)plan->nc);
    if (buffer)
        run_loops(kernel, plan, g, buffer, buffer + a_floats);
    else
        run_in_reserve(kernel, *plan, g);
}

void gemm_run(const struct gemm_kernel *kernel, const struct gemm *g)
{
    struct plan plan = make_plan(kernel, g);
    run_planned(kernel, &plan, g);
}

const struct gemm_kernel *gemm_best(void)
{
#if defined __x86_64__
    unsigned isa = rung_isa();
    if (isa & NEED_AVX512) return &gemm_avx512;
    if (isa & NEED_AVX2) return &gemm_avx2;
#endif
    return &gemm_portable;
}

/* ---- threads: C is cut into a grid of blocks, one a thread ----
 *
 * Nobody waits for anybody: each thread packs what its own block needs, some of it twice over, which costs
 * less than the barriers that sharing it would need. K is never cut between threads, so every number is
 * summed in the same order, and has the same bits, whatever their count. */

struct grid {
    int down, across, rows, columns; /* down x across blocks of rows x columns of C */
};

/* the grid of at most `threads` blocks whose largest block is smallest */
static struct grid make_grid(const struct gemm_kernel *kernel, const struct gemm *g, int threads)
{
    struct grid best = { 1, 1, g->M, g->N };
    for (int down = 1; down <= threads; down++) {
        int across = threads / down;
        int rows = even_part(g->M, (g->M + down - 1) / down, kernel->mr);
        int columns = even_part(g->N, (g->N + across - 1) / across, kernel->nr);
        if ((double)rows * columns < (double)best.rows * best.columns)
            best = (struct grid){ down, across, rows, columns };
    }
    return best;
}

struct shared {
    const struct gemm_kernel *kernel;
    const struct gemm *whole;
    struct plan plan;
    struct grid grid;
};

static void run_cell(int cell, void *arg)
{
    const struct shared *s = arg;
    const struct grid *grid = &s->grid;
    int i = cell / grid->across * grid->rows, j = cell % grid->across * grid->columns;
    if (i >= s->whole->M || j >= s->whole->N) return;
    struct gemm part = *s->whole;
    ptrdiff_t at = i * part.c_row + j * part.c_col;
    part.M = least(grid->rows, part.M - i);
    part.N = least(grid->columns, part.N - j);
    part.a += i * part.a_row;
    if (part.panel)
        part.column += j;
    else
        part.b += j * part.b_col;
    part.c += at;
    if (part.mask) part.mask += at;
    if (part.bias) part.bias += part.bias_rows ? i : j;
    run_planned(s->kernel, &s->plan, &part);
}

void gemm_threads(const struct gemm_kernel *kernel, const struct gemm *g)
{
    const double worth = 1e6; /* flops: about 10 us of work, several times what starting a thread costs */
    double flops = 2.0 * g->M * g->N * g->K;
    if (flops < 2 * worth) { /* before team_present, which reads a clock */
        gemm_run(kernel, g);
        return;
    }
    int threads = team_present();
    if (flops < worth * threads) threads = (int)(flops / worth);
    if (threads < 2) {
        gemm_run(kernel, g);
        return;
    }
    struct shared s = { kernel, g, make_plan(kernel, g), make_grid(kernel, g, threads) };
    team_run(s.grid.down * s.grid.across, run_cell, &s);
}
