/* kernels.c - how the exercises on CUDA kernels are graded, and their wrong versions; see learn.h.
 *
 * Shapes are small: in the emulator every thread of every block runs, in several orders. One below, on and
 * above the extents of a block is where kernels are wrong. */
#include "lessons.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const kernel_count_names[KERNEL_COUNTS] = {
    [KERNEL_SECTORS] = "sectors per request to global memory",
    [KERNEL_TRAFFIC] = "sectors of global memory per multiply-add",
    [KERNEL_IDLE] = "idle lanes, of 32, per request",
    [KERNEL_BANKS] = "passes of shared memory, where 1 would do",
    [KERNEL_ATOMICS] = "atomic requests",
    [KERNEL_LAUNCHES] = "kernels launched",
};

/* ---- wrong versions ---- */

char *kernel_changed(const struct exercise *e, const struct kernel_wrong *w)
{
    char *right = exercise_solution(e), *wrong = NULL;
    const char *at = right ? strstr(right, w->from) : NULL;
    if (at && !strstr(at + 1, w->from) &&
        asprintf(&wrong, "%.*s%s%s", (int)(at - right), right, w->to, at + strlen(w->from)) < 0)
        wrong = NULL;
    free(right);
    return wrong;
}

/* ---- 1.11 ---- */

static const int products[][MAX_SIZES] = { { 1, 1, 1 },   { 16, 5, 16 },  { 15, 1, 17 }, { 17, 33, 15 },
                                           { 2, 16, 40 }, { 35, 79, 19 }, { 0 } };
static const int product[MAX_SIZES] = { 64, 64, 64 };

static const struct kernel_wrong first_kernel_wrong[] = {
    { "no guard", "threads outside of y read and write, too", "    if (n >= N || o >= OUT) return;\n", "" },
    { "guard of one row more", "row N is inside", "n >= N", "n > N" },
    { "both must be outside", "threads outside in only one direction go on", "n >= N ||", "n >= N &&" },
    { "rounded down", "outputs that fill no whole block are left out",
      "(OUT + SIDE - 1) / SIDE, (N + SIDE - 1) / SIDE", "OUT / SIDE, N / SIDE" },
    { "rows across", "the grid has its rows along x, where the kernel has columns",
      "(OUT + SIDE - 1) / SIDE, (N + SIDE - 1) / SIDE", "(N + SIDE - 1) / SIDE, (OUT + SIDE - 1) / SIDE" },
    { "block left out", "every block computes the first outputs", "blockIdx.x * SIDE + ", "" },
    { "no bias", "b is not added", "float sum = b[o];", "float sum = 0;" },
    { 0 },
};

const struct kernel_task first_kernel = {
    .shapes = products,
    .counted = product,
    .wrong = first_kernel_wrong,
};

/* ---- 1.12 ---- */

static const struct kernel_wrong shared_tile_wrong[] = {
    { "bias without a barrier", "the first row of threads writes what the others read at once",
      "    __syncthreads();\n    float sum", "    float sum" },
    { "a barrier in a branch", "some of the threads wait for all of them",
      "    if (down == 0) bias[across] = o < OUT ? b[o] : 0;\n    __syncthreads();\n",
      "    if (down == 0) {\n        bias[across] = o < OUT ? b[o] : 0;\n        __syncthreads();\n    }\n" },
    { "tile not waited for", "threads read a tile that others still load",
      "        __syncthreads(); /* the tiles are whole */\n", "" },
    { "tile written over", "threads load the next tile while others read this one",
      "        __syncthreads(); /* nobody reads them any more */\n", "" },
    { "last tile left out", "the sum ends at a multiple of SIDE", "from < IN;", "from + SIDE <= IN;" },
    { "transposed", "the tile of w is read along its columns", "ws[across][k]", "ws[k][across]" },
    { "no zeros", "beyond its row the next one of x is read, and beyond the array",
      "n < N && i < IN ? x[(size_t)n * IN + i] : 0", "n < N ? x[(size_t)n * IN + i] : 0" },
    { "no tile", "every output loads its row of w on its own", "ws[across][k];",
      "(o < OUT && from + k < IN ? w[(size_t)o * IN + from + k] : 0);" },
    { 0 },
};

const struct kernel_task shared_tile = {
    .shapes = products,
    .counted = product,
    .count = { { KERNEL_TRAFFIC, 0.03 }, { KERNEL_BANKS, 1.1 } },
    .before = "1.11",
    .wrong = shared_tile_wrong,
};

/* ---- 2.5 ---- */

static const int elements[][MAX_SIZES] = { { 1 }, { 31 }, { 255 }, { 256 }, { 257 }, { 1000 }, { 0 } };
static const int element[MAX_SIZES] = { 4096 };

static const struct kernel_wrong no_branches_wrong[] = {
    { "a branch", "lanes diverge, and each group stores on its own",
      "    float upstream = dy[k];\n    dx[k] = y[k] > 0 ? upstream : 0;\n",
      "    if (y[k] > 0) {\n        dx[k] = dy[k];\n    } else {\n        dx[k] = 0;\n    }\n" },
    { "loads in the choice", "dy is loaded only by the lanes that need it",
      "    float upstream = dy[k];\n    dx[k] = y[k] > 0 ? upstream : 0;\n",
      "    dx[k] = y[k] > 0 ? dy[k] : 0;\n" },
    { "1 at the kink", "dx = dy where y is 0", "y[k] > 0", "y[k] >= 0" },
    { "upstream ignored", "dx is 1 or 0", "? upstream", "? 1" },
    { "no guard", "threads beyond n read and write, too", "    if (k >= n) return;\n", "" },
    { "rounded down", "the last elements are left out", "(n + THREADS - 1) / THREADS, THREADS",
      "n / THREADS, THREADS" },
    { "lanes apart", "neighbouring lanes have elements that are a grid apart",
      "blockIdx.x * THREADS + threadIdx.x", "threadIdx.x * gridDim.x + blockIdx.x" },
    { 0 },
};

const struct kernel_task no_branches = {
    .shapes = elements,
    .counted = element,
    .count = { { KERNEL_IDLE, 0 }, { KERNEL_SECTORS, 4 } },
    .wrong = no_branches_wrong,
};

/* ---- 3.5 ---- */

static const int rows[][MAX_SIZES] = { { 1, 1 }, { 5, 31 }, { 4, 32 }, { 3, 33 }, { 9, 100 }, { 0 } };
static const int row[MAX_SIZES] = { 8, 256 };

static const struct kernel_wrong warp_row_wrong[] = {
    { "atomic", "the lanes are added in the order in which they come",
      "    for (int bit = LANES / 2; bit > 0; bit /= 2) v += __shfl_xor_sync(ALL, v, bit);\n    return v;",
      "    __shared__ float sum[WARPS];\n    int warp = threadIdx.x / LANES;\n"
      "    if (threadIdx.x % LANES == 0) sum[warp] = 0;\n    __syncwarp();\n    atomicAdd(&sum[warp], v);\n"
      "    __syncwarp();\n    return sum[warp];" },
    { "a step too few", "the sum of every other lane", "bit > 0; bit /= 2) v +=", "bit > 1; bit /= 2) v +=" },
    { "down", "only lane 0 has the whole sum", "v += __shfl_xor_sync", "v += __shfl_down_sync" },
    { "half of a warp named", "lanes take part that are not in the mask", "v += __shfl_xor_sync(ALL",
      "v += __shfl_xor_sync(0xffff" },
    { "each its own largest", "each lane subtracts its own maximum, not the row's",
      "    most = largest_of_warp(most);\n", "" },
    { "lanes without an element return", "lanes that have returned are waited for", "if (n >= N) return;",
      "if (n >= N || lane >= C) return;" },
    { "no guard", "warps beyond N read and write, too", "    if (n >= N) return; /* the whole warp */\n",
      "" },
    { 0 },
};

const struct kernel_task warp_row = {
    .shapes = rows,
    .counted = row,
    .count = { { KERNEL_ATOMICS, 0 }, { KERNEL_SECTORS, 4 } },
    .wrong = warp_row_wrong,
};

/* ---- 4.5 ---- */

static const int weights[][MAX_SIZES] = { { 1 }, { 50 }, { 4099 }, { 0 } };

static const struct kernel_wrong many_tensors_wrong[] = {
    { "a launch per tensor", "each tensor is a list of its own",
      "    all_tensors<<<of.first[of.many], THREADS>>>(a, p, of);",
      "    for (int t = 0; t < of.many; t++) {\n        list one = of;\n        one.begin[0] = of.begin[t], "
      "one.end[0] = of.end[t];\n        one.first[1] = of.first[t + 1] - of.first[t];\n"
      "        if (one.first[1]) all_tensors<<<one.first[1], THREADS>>>(a, p, one);\n    }" },
    { "tails left out", "a tensor's last weights have no block",
      "(of.end[t] - of.begin[t] + THREADS - 1) / THREADS", "(of.end[t] - of.begin[t]) / THREADS" },
    { "no guard", "a tensor's last block goes on into the next one", "if (k < of.end[tensor]) step", "step" },
    { "the block before", "the first block of a tensor takes the one before it",
      "block >= of.first[tensor + 1]", "block > of.first[tensor + 1]" },
    { "blocks of the grid", "a block uses its place in the grid as if it were that in its tensor",
      "(block - of.first[tensor]) * THREADS", "block * THREADS" },
    { "one step of the search", "the third tensor is never found", "while (block", "if (block" },
    { "1 - beta in float", "0.999 in float has lost digits that 1 - 0.999 needs", "(float)(1 - beta2)",
      "1 - (float)beta2" },
    { 0 },
};

const struct kernel_task many_tensors = {
    .shapes = weights,
    .counted = element,
    .count = { { KERNEL_LAUNCHES, 1 } },
    .wrong = many_tensors_wrong,
};

/* ---- 6.5 ---- */

static const int masks[][MAX_SIZES] = { { 1 }, { 32 }, { 33 }, { 2100 }, { 0 } };
static const int grids[][2] = { { 1, 32 }, { 3, 96 }, { 64, 64 }, { 0 } };

static const struct kernel_wrong same_everywhere_wrong[] = {
    { "a thread's own numbers", "the number that is drawn with is not the element's", "(uint64_t)k, below",
      "(uint64_t)thread << 32 | (uint64_t)i, below" },
    { "the number in the word", "every word has the same bits", "(uint64_t)k, below", "(uint64_t)i, below" },
    { "no stride", "words beyond the grid's threads are not drawn",
      "for (int word = thread; word < (n + 31) / 32; word += threads) {",
      "int word = thread;\n    if (word < (n + 31) / 32) {" },
    { "a constant seed", "every call has the same mask", "is_kept(seed, (uint64_t)k",
      "is_kept(1234, (uint64_t)k" },
    { "bits from the other end", "element 0 is bit 31", "<< i;", "<< (31 - i);" },
    { "beyond the end", "the last word reads and writes 32 elements", "i < 32 && 32 * word + i < n",
      "i < 32" },
    { "not scaled", "what is kept is not divided by 1 - p", "x[k] * scale", "x[k]" },
    { 0 },
};

const struct kernel_task same_everywhere = {
    .shapes = masks,
    .counted = element,
    .grids = grids,
    .wrong = same_everywhere_wrong,
};

/* ---- 7.8 ---- */

#define IMAGES(n, c, h, w, k)                    \
    {                                            \
        n, c, h, w, k, 3, 3, 1, 1, 1, 1, 1, 1, 1 \
    }
static const int images[][MAX_SIZES] = {
    IMAGES(1, 1, 1, 1, 1), IMAGES(1, 2, 16, 16, 1), IMAGES(2, 1, 17, 15, 2), IMAGES(1, 3, 5, 37, 2), { 0 }
};
static const int image[MAX_SIZES] = IMAGES(1, 4, 32, 32, 2);

static const struct kernel_wrong halo_wrong[] = {
    { "tile not waited for", "threads read a tile that others still load",
      "        __syncthreads();\n        for (int r", "        for (int r" },
    { "tile written over", "threads load the next plane while others read this one",
      "        __syncthreads();\n    }", "    }" },
    { "no border", "each thread loads one number: those of the border are missing",
      "e < WIDE * WIDE; e += SIDE * SIDE", "e < SIDE * SIDE; e += SIDE * SIDE" },
    { "shifted", "the tile begins at the first output, not one before it", "e / WIDE - 1", "e / WIDE" },
    { "flipped", "the kernel is turned around, as in mathematics", "weight[r * 3 + s]",
      "weight[8 - r * 3 - s]" },
    { "one plane's weights", "the weights of plane 0 serve all planes", "w[c * 9 + thread]", "w[thread]" },
    { "returns before the barrier", "threads outside the image load nothing, and skip the barriers",
      "    float sum = b[k];\n", "    if (h >= H || v >= W) return;\n    float sum = b[k];\n" },
    { "no tile", "each output loads its nine numbers on its own", "tile[threadIdx.y + r][threadIdx.x + s]",
      "pixel(x, c, h + r - 1, v + s - 1, H, W)" },
    { 0 },
};

const struct kernel_task halo = {
    .shapes = images,
    .counted = image,
    .count = { { KERNEL_TRAFFIC, 0.1 } },
    .wrong = halo_wrong,
};
