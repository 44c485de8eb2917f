/* lesson_7.c - the exercises on convolutions; see learn.h. */
#include "judged.h"
#include "lessons.h"

const struct exercise lesson_7[] = {
    {
        .number = "7.1",
        .name = "seven_loops",
        .minutes = 25,
        .file = "7.1_seven_loops.c",
        .reference = "reference/conv.c",
        .function = { "conv2d_forward" },
        .helper = { "correlate" },
        .property = delta_kernel,
        .stub = GATE_PROPERTY,
        .hint = { "Three more loops: over the planes c of the group, and over the rows r and columns s of the kernel.",
                  "h = p * stride + r * dilation - top may be -1, or H. What is x there? `continue` will do.",
                  "first = k / (K / groups) * (C / groups); sum += x[at(n, first + c, h, v, C, H, W)] * "
                  "w[at(k, c, r, s, C / groups, R, S)];" },
        .insight = "a convolution is a dense layer whose weights are shared: all of it is index arithmetic",
        .section = "lesson 7, The naive C",
    },
    {
        .number = "7.2",
        .name = "conv_dx_dw",
        .minutes = 25,
        .file = "7.2_conv_dx_dw.c",
        .reference = "reference/conv.c",
        .function = { "conv2d_backward_dx", "conv2d_backward_dw" },
        .shape = "N2 C4 H5 W6 K6 R3 S2 stride2 dilation2 groups2 top1 left2 bottom1",
        .helper = { "kernel_gradient", "plane_sums" },
        .stub = GATE_GRADIENT,
        .hint = { "Write the seven loops of 7.1 once more, with the product's two backward lines in place of the product.",
                  "dx: for every n, k, p, q, c, r, s whose h and v are in the image, dx at (n, first + c, h, v) gets "
                  "dy times w added.",
                  "dw[at(k, c, r, s, C / groups, R, S)] += dy[at(n, k, p, q, K, P, Q)] * x[at(n, first + c, h, v, C, "
                  "H, W)];" },
        .insight = "the turned kernel of the textbooks is a change of variable, not another formula",
        .section = "lesson 7, Derivation",
    },
    {
        .number = "7.3",
        .name = "passes_yet_wrong",
        .kind = EXERCISE_TEST,
        .minutes = 30,
        .file = "7.3_passes_yet_wrong.c",
        .reference = "learn/solutions/7.3_passes_yet_wrong.c",
        .function = { "passes_yet_wrong" },
        .judged = &judged_convolutions,
        .stub = GATE_VERDICTS,
        .hint = { "For which kernel is it known what comes out, without any convolution?",
                  "A single 1 at (k, c, r, s): y[k] is channel c, moved, with zeros at the border, and all other y are 0. "
                  "Try every place, with C, H, W, K, R and S all different and pad = 2.",
                  "And the gradient, which is wrong once: for random dy the sums of dy y, of dx x and of dw w are the same "
                  "number, for y is linear in both." },
        .insight =
            "a gradient check proves that the derivative fits the function, and not that it is the function meant",
        .section = "lesson 7, Check it",
    },
    {
        .number = "7.4",
        .name = "ties",
        .minutes = 15,
        .file = "7.4_ties.c",
        .reference = "reference/pool.c",
        .function = { "maxpool_forward", "maxpool_backward" },
        .shape = "n2 c2 h5 w6 r3 s2 pad1 stride1",
        .helper = { "is_larger" },
        .property = first_largest,
        .stub = GATE_PROPERTY,
        .hint = { ">= finds the last of equal numbers; which comparison keeps the first?",
                  "Every comparison with a NaN is false, so it never wins, and never loses once it is `best`. Ask "
                  "x != x: that is true of a NaN alone.",
                  "a > b || (a != a && b == b)   and in the backward += in place of =" },
        .insight =
            "where two are equal the derivative is a choice, and the index of the first is the whole memory of it",
        .section = "lesson 7, Derivation",
    },
    {
        .number = "7.8",
        .name = "halo",
        .kind = EXERCISE_KERNEL,
        .minutes = 30,
        .file = "7.8_halo.cu",
        .function = { "conv2d_forward" },
        .stub = GATE_COUNTS,
        .kernel = &halo,
        .hint = { "For SIDE x SIDE outputs a plane's tile has SIDE + 2 rows of SIDE + 2 numbers; its first is at (blockIdx.y * SIDE - 1, blockIdx.x * SIDE - 1).",
                  "Number the threads of the block from 0 on; thread t loads elements t, t + SIDE * SIDE, ... of the tile, by pixel(), and threads below 9 load a weight.",
                  "__syncthreads(); nine products of tile[threadIdx.y + r][threadIdx.x + s] and weight[r * 3 + s]; __syncthreads(); then the next plane. No thread returns before." },
        .insight =
            "what one thread loads, its neighbours need: load for the block, and do not forget its border",
        .section = "lesson 7, On the GPU",
    },
    { 0 },
};
