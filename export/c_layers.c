/* c_layers.c - see c_layers.h. They are what reference/ says, for one example. */
#include "c_layers.h"

#include <stddef.h>
#include <string.h>

#define MAP(f, formula)                                                                                     \
    {                                                                                                       \
#f, CALL_MAP,                                                                                       \
            "static void " #f "_layer(int n, float *x)\n{\n    for (int i = 0; i < n; i++) x[i] = " formula \
            ";\n}\n"                                                                                        \
    }
#define MAP_WITH(f, parameter, formula)                                      \
    {                                                                        \
#f, CALL_MAP_WITH,                                                   \
            "static void " #f "_layer(int n, float *x, float " parameter     \
            ")\n{\n    for (int i = 0; i < n; i++) x[i] = " formula ";\n}\n" \
    }

static const char dense[] =
    "/* y (out) = w (out, in) x (in) + b */\n"
    "static void dense_layer(int in, int out, const float *w, const float *b, const float *x, float *y)\n{\n"
    "    for (int o = 0; o < out; o++, w += in) {\n"
    "        float sum = b[o];\n"
    "        for (int i = 0; i < in; i++) sum += w[i] * x[i];\n"
    "        y[o] = sum;\n    }\n}\n";

static const char conv[] =
    "/* y (K, P, Q) of x (groups C, H, W): kernels of R x R over the C channels of a group */\n"
    "static void conv_layer(int C, int H, int W, int K, int P, int Q, int R, int pad, int stride, int dilation,\n"
    "                       int groups, const float *w, const float *b, const float *in, float *y)\n{\n"
    "    for (int k = 0; k < K; k++, w += C * R * R) {\n"
    "        const float *x = in + k / (K / groups) * C * H * W;\n"
    "        for (int p = 0; p < P; p++)\n"
    "            for (int q = 0; q < Q; q++) {\n"
    "                float sum = b[k];\n"
    "                for (int c = 0; c < C; c++)\n"
    "                    for (int r = 0; r < R; r++)\n"
    "                        for (int s = 0; s < R; s++) {\n"
    "                            int h = p * stride - pad + r * dilation, v = q * stride - pad + s * dilation;\n"
    "                            if (h < 0 || h >= H || v < 0 || v >= W) continue;\n"
    "                            sum += w[(c * R + r) * R + s] * x[(c * H + h) * W + v];\n"
    "                        }\n"
    "                *y++ = sum;\n"
    "            }\n    }\n}\n";

static const char maxpool[] =
    "/* y (C, P, Q): the largest of each window of R x R of x (C, H, W) */\n"
    "static void maxpool_layer(int C, int H, int W, int P, int Q, int R, int pad, int stride, int unused, const float *x,\n"
    "                    float *y)\n{\n"
    "    (void)unused;\n"
    "    for (int c = 0; c < C; c++, x += H * W)\n"
    "        for (int p = 0; p < P; p++)\n"
    "            for (int q = 0; q < Q; q++) {\n"
    "                float most = -HUGE_VALF;\n"
    "                for (int h = p * stride - pad; h < p * stride - pad + R; h++)\n"
    "                    for (int v = q * stride - pad; v < q * stride - pad + R; v++)\n"
    "                        if (h >= 0 && h < H && v >= 0 && v < W && x[h * W + v] > most) most = x[h * W + v];\n"
    "                *y++ = most;\n"
    "            }\n}\n";

static const char avgpool[] =
    "/* the end of a window, which may reach as far as the padding */\n"
    "static int window_end(int first, int R, int extent, int pad)\n{\n"
    "    return first + R < extent + pad ? first + R : extent + pad;\n}\n\n"
    "static int within(int x, int low, int high)\n{\n    return x < low ? low : x > high ? high : x;\n}\n\n"
    "/* y (C, P, Q): the mean of each window; counts_pad: what padding adds counts as zeros */\n"
    "static void avgpool_layer(int C, int H, int W, int P, int Q, int R, int pad, int stride, int counts_pad,\n"
    "                    const float *x, float *y)\n{\n"
    "    for (int c = 0; c < C; c++, x += H * W)\n"
    "        for (int p = 0; p < P; p++)\n"
    "            for (int q = 0; q < Q; q++) {\n"
    "                int top = p * stride - pad, left = q * stride - pad;\n"
    "                int bottom = window_end(top, R, H, pad), right = window_end(left, R, W, pad);\n"
    "                int all = (bottom - top) * (right - left);\n"
    "                top = within(top, 0, H), bottom = within(bottom, 0, H);\n"
    "                left = within(left, 0, W), right = within(right, 0, W);\n"
    "                float sum = 0;\n"
    "                for (int h = top; h < bottom; h++)\n"
    "                    for (int v = left; v < right; v++) sum += x[h * W + v];\n"
    "                *y++ = sum / (float)(counts_pad ? all : (bottom - top) * (right - left));\n"
    "            }\n}\n";

static const char globalavgpool[] =
    "/* y (C): the mean of each plane of x (C, n) */\n"
    "static void globalavgpool_layer(int C, int n, const float *x, float *y)\n{\n"
    "    for (int c = 0; c < C; c++, x += n) {\n"
    "        float sum = 0;\n"
    "        for (int i = 0; i < n; i++) sum += x[i];\n"
    "        y[c] = sum / (float)n;\n    }\n}\n";

static const char batchnorm[] =
    "/* x (C, n), each channel by the statistics of the training */\n"
    "static void batchnorm_layer(int C, int n, const float *gamma, const float *beta, const float *mean, const float *var,\n"
    "                      float eps, float *x)\n{\n"
    "    for (int c = 0; c < C; c++, x += n)\n"
    "        for (int i = 0; i < n; i++) x[i] = (x[i] - mean[c]) * (gamma[c] / sqrtf(var[c] + eps)) + beta[c];\n}\n";

static const struct c_layer layers[] = {
    { "dense", CALL_DENSE, dense },
    { "conv", CALL_CONV, conv },
    { "maxpool", CALL_POOL, maxpool },
    { "avgpool", CALL_POOL, avgpool },
    { "globalavgpool", CALL_PLANES, globalavgpool },
    { "batchnorm", CALL_NORM, batchnorm },
    { "flatten", CALL_MAP, NULL },
    { "dropout", CALL_MAP, NULL },
    MAP(relu, "x[i] > 0 ? x[i] : 0"),
    MAP_WITH(leaky_relu, "slope", "x[i] > 0 ? x[i] : slope * x[i]"),
    MAP_WITH(elu, "alpha", "x[i] > 0 ? x[i] : alpha * expm1f(x[i])"),
    MAP(sigmoid, "1 / (1 + expf(-x[i]))"),
    MAP(tanh, "tanhf(x[i])"),
    MAP(softplus, "fmaxf(x[i], 0) + log1pf(expf(-fabsf(x[i])))"),
    MAP(gelu, "x[i] * 0.5f * erfcf(-x[i] * 0.70710678f)"),
    MAP(gelu_tanh, "0.5f * x[i] * (1 + tanhf(0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i])))"),
    MAP(silu, "x[i] / (1 + expf(-x[i]))"),
};

const struct c_layer *c_layer_find(const char *word)
{
    for (size_t k = 0; k < sizeof layers / sizeof *layers; k++)
        if (!strcmp(layers[k].word, word)) return &layers[k];
    return NULL;
}
