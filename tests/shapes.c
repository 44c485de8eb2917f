/* shapes.c - shapes as text: every operation's own ones read as they are written, in both forms;
 * a convolution of 20 sizes fits; what is illegal is refused by a sentence that names the size,
 * and nothing is wrapped. */
#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../optimized/op.h"

static int failed, passed;

static void expect(int ok, const char *what, const char *text)
{
    ok ? passed++ : failed++;
    if (!ok) printf("NOT OK  %s: %s\n", what, text);
}

/* ---- a convolution with padding of its own at each side and groups: declared, not written ---- */

enum {
    N,
    C,
    H,
    W,
    K,
    R,
    S,
    TOP,
    BOTTOM,
    LEFT,
    RIGHT,
    DOWN,
    ACROSS,
    DILATION,
    GROUPS,
    P,
    Q,
    PER,
    OUTER,
    INNER
};

static int64_t rows_out(const int *s)
{
    return op_windows(s[H] + s[TOP] + s[BOTTOM], (int64_t)s[DILATION] * (s[R] - 1) + 1, s[DOWN]);
}

static int64_t columns_out(const int *s)
{
    return op_windows(s[W] + s[LEFT] + s[RIGHT], (int64_t)s[DILATION] * (s[S] - 1) + 1, s[ACROSS]);
}

static int64_t channels_of_a_group(const int *s)
{
    return s[C] / s[GROUPS];
}

static int64_t image(const int *s)
{
    return (int64_t)s[H] * s[W];
}

static int64_t window(const int *s)
{
    return (int64_t)s[R] * s[S];
}

static int groups_divide(const int *s, char *error)
{
    if (s[C] % s[GROUPS] == 0 && s[K] % s[GROUPS] == 0) return 1;
    return error_set(error, "groups is %d, but must divide c = %d and k = %d", s[GROUPS], s[C], s[K]);
}

static const struct op conv2d = {
    .name = "conv2d",
    .nsize = MAX_SIZES,
    .size = { { "n", 1, NULL, NULL, 0, NULL },
              { "c", 1, NULL, NULL, 0, NULL },
              { "h", 1, NULL, NULL, 0, NULL },
              { "w", 1, NULL, NULL, 0, NULL },
              { "k", 1, NULL, NULL, 0, NULL },
              { "r", 1, NULL, NULL, 0, NULL },
              { "s", 1, NULL, NULL, 0, NULL },
              { "top", 0, NULL, NULL, 0, NULL },
              { "bottom", 0, NULL, NULL, 0, NULL },
              { "left", 0, NULL, NULL, 0, NULL },
              { "right", 0, NULL, NULL, 0, NULL },
              { "down", 1, NULL, NULL, 0, NULL },
              { "across", 1, NULL, NULL, 0, NULL },
              { "dilation", 1, NULL, NULL, 0, NULL },
              { "groups", 1, NULL, NULL, 0, NULL },
              { "p", 1, rows_out, "(h + top + bottom - dilation (r - 1) - 1) / down + 1", 0, NULL },
              { "q", 1, columns_out, "(w + left + right - dilation (s - 1) - 1) / across + 1", 0, NULL },
              { "per", 1, channels_of_a_group, "c / groups", 0, NULL },
              { "outer", 1, image, "h w", 0, NULL },
              { "inner", 1, window, "r s", 0, NULL } },
    .legal = groups_divide,
    .example = "n64 c4 h32 w32 k32 r3 s3 top0 bottom1 left0 right1 down1 across1 dilation1 groups2",
};

#define GOOD "n64 c4 h32 w31 k32 r3 s3 top0 bottom1 left0 right1 down2 across1 dilation1 groups2"

static void check_conv2d(void)
{
    int size[MAX_SIZES], again[MAX_SIZES];
    char text[SHAPE_TEXT], error[ERROR_TEXT] = "";
    expect(op_parse_shape(&conv2d, GOOD, size, error), "parses", error);
    expect(!strcmp(op_shape_text(&conv2d, size, text), GOOD), "prints as it is written", text);
    expect(op_extent(&conv2d, P, size) == 16 && op_extent(&conv2d, Q, size) == 30, "derives p and q", text);
    expect(op_parse_shape(
               &conv2d, "S3 R3 K32 W31 H32 C4 N64 groups2 dilation1 across1 down2 right1 left0 bottom1 top0",
               again, NULL) &&
               !memcmp(again, size, 15 * sizeof *size),
           "any order, any case", text);
    for (int i = 0; i < conv2d.nsize; i++) size[i] = MOST_SIZE;
    expect(strlen(op_shape_text(&conv2d, size, text)) < SHAPE_TEXT, "fits", text);
}

/* ---- batch norm with running statistics, declared: two outputs kept for the backward pass, two arguments
 * updated, and scalars that calls get ---- */

static const struct op batch_norm = {
    .kind = OP_WINDOW,
    .name = "batch_norm_forward",
    .nsize = 4,
    .size = { { "n", 1, NULL, NULL, 0, NULL },
              { "c", 1, NULL, NULL, 0, NULL },
              { "h", 1, NULL, NULL, 0, NULL },
              { "w", 1, NULL, NULL, 0, NULL } },
    .narg = 8,
    .arg = { { "x", DT_F32, ARG_IN, DOMAIN_ANY, 0, 4, { 0, 1, 2, 3 } },
             { "gamma", DT_F32, ARG_IN, DOMAIN_ANY, 0, 1, { 1 } },
             { "beta", DT_F32, ARG_IN, DOMAIN_ANY, 0, 1, { 1 } },
             { "y", DT_F32, ARG_OUT, DOMAIN_ANY, 0, 4, { 0, 1, 2, 3 } },
             { "mean", DT_F32, ARG_OUT, DOMAIN_ANY, 0, 1, { 1 } },
             { "deviation", DT_F32, ARG_OUT, DOMAIN_ANY, 0, 1, { 1 } },
             { "running_mean", DT_F32, ARG_INOUT, DOMAIN_ANY, 0, 1, { 1 } },
             { "running_variance", DT_F32, ARG_INOUT, DOMAIN_NONNEG, 0, 1, { 1 } } },
    .nscalar = 3,
    .scalar = { { "momentum", "double", SCALAR_REAL, 0.1, 0, 0, 1, NULL },
                { "eps", "double", SCALAR_REAL, 1e-5, 0, 0, 1, NULL },
                { "unbiased", "uint64_t", SCALAR_COUNT, 0, 1, 0, 1, NULL } },
    .example = "n64 c32 h26 w26",
};

static void check_batch_norm(void)
{
    int size[MAX_SIZES];
    char error[ERROR_TEXT] = "";
    expect(op_parse_shape(&batch_norm, batch_norm.example, size, error), "batch norm's shape", error);
    double image = 4.0 * 64 * 32 * 26 * 26, channel = 4.0 * 32;
    expect(op_bytes(&batch_norm, size) == 2 * image + 4 * channel + 2 * 2 * channel,
           "updated arguments count twice", batch_norm.name);
    expect(op_scalar(&batch_norm, "eps")->real == 1e-5 && !op_scalar(&batch_norm, "p"), "scalars by name",
           batch_norm.name);
}

/* bytes of each type: a mask of 33 bits takes two words */
static void check_bytes(void)
{
    const struct op *dropout = op_find("dropout_forward");
    const int n[MAX_SIZES] = { 33 };
    expect(op_arg_bytes(dropout, 2, n, sizeof(float)) == 8 &&
               op_arg_bytes(dropout, 0, n, sizeof(double)) == 264,
           "bytes of bits and of doubles", dropout->name);
}

/* ---- what is refused, and the words that the sentence must have ---- */

static void refuses(const struct op *op, const char *text, const char *word)
{
    int size[MAX_SIZES] = { -7 };
    char error[ERROR_TEXT] = "";
    int ok = !op_parse_shape(op, text, size, error) && strstr(error, word) && size[0] == -7;
    expect(ok, text, *error ? error : "it is taken");
}

/* GOOD with another `size` */
static void refuses_size(const char *good, const char *bad, const char *word)
{
    char text[SHAPE_TEXT], *at;
    snprintf(text, sizeof text, "%s", GOOD);
    at = strstr(text, good);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - text), GOOD, bad,
             &GOOD[(size_t)(at - text) + strlen(good)]);
    refuses(&conv2d, text, word);
}

static void check_refusals(void)
{
    const struct op *dense = op_find("dense_forward"), *relu = op_find("relu_forward");
    refuses(dense, "64x784", "N, IN and OUT; write it like '64x784x512'");
    refuses(dense, "64x784x512x1", "is not a shape");
    refuses(dense, "64x784x", "is not a shape");
    refuses(dense, "64x-784x512", "is not a shape");
    refuses(dense, "", "is not a shape");
    refuses(dense, "0x784x512", "N is 0, but must be from 1 to 67108864");
    refuses(dense, "64x67108865x512", "IN is too large: it must be from 1 to 67108864");
    refuses(dense, "64x18446744073709551617x512", "IN is too large");
    refuses(dense, "n64 in784", "lacks OUT");
    refuses(dense, "n64 in784 out512 n64", "gives N twice");
    refuses(dense, "n64 in784 out512 k3", "has no size 'k'; its sizes are N, IN and OUT");
    refuses(dense, "n64 in784 out", "is not a shape");
    refuses(relu, "1000x2", "whose size is n; write it like '1000'");
    refuses_size("top0 ", "", "lacks top");
    refuses_size("down2", "down0", "down is 0, but must be from 1");
    refuses_size("r3", "r34",
                 "p ((h + top + bottom - dilation (r - 1) - 1) / down + 1) is 0, but must be from 1");
    refuses_size("groups2", "groups3", "groups is 3, but must divide c = 4 and k = 32");
    refuses_size("h32", "h67108864", "outer (h w) is 2080374784, but must be from 1 to 67108864");
    refuses_size("k32", "k32 p3", "p follows from the other sizes ((h + top");
    refuses(&conv2d, "64x4x32", "is not a shape");
}

/* ---- optional sizes, and a name for several ---- */

static void check_optional(void)
{
    const struct op *op = op_find("conv2d_forward");
    int size[MAX_SIZES] = { 0 }, again[MAX_SIZES] = { 0 };
    char text[SHAPE_TEXT], error[ERROR_TEXT] = "";
    const char *padded = "N64 C3 H32 W32 K32 R3 S3 stride2 pad1",
               *uneven = "N64 C3 H32 W32 K32 R3 S3 bottom1";
    expect(op_parse_shape(op, padded, size, error), "pad for all four", error);
    expect(size[7] == 2 && size[8] == 1 && size[10] == 1 && size[13] == 1, "left out: the least", padded);
    expect(!strcmp(op_shape_text(op, size, text), padded), "prints what it must", text);
    expect(op_parse_shape(op, "n64 c3 h32 w32 k32 r3 s3 stride2 top1 bottom1 left1 right1 groups1", again,
                          error) &&
               !memcmp(size, again, sizeof size),
           "each by itself", error);
    expect(op_parse_shape(op, uneven, size, error) && !strcmp(op_shape_text(op, size, text), uneven),
           "one of four", text);
    refuses(op, "n64 c3 h32 w32 k32 r3 s3 pad1 left1", "gives left twice");
    refuses(op, "n64 c3 h32 w32 k32 r3 s3 left1 pad1", "gives pad twice");
    refuses(op, "n64 c3 h32 w32 k32 r3", "lacks S");
}

/* ---- every operation's own shapes ---- */

static void named_text(const struct op *op, const int *size, char *text)
{
    for (int i = 0; i < op->nsize; i++)
        if (!op->size[i].derive) text += sprintf(text, "%s%d ", op->size[i].name, size[i]);
}

static void check_own(const struct op *op, const int (*shapes)[MAX_SIZES])
{
    for (const int(*size)[MAX_SIZES] = shapes; **size; size++) {
        char text[SHAPE_TEXT], named[SHAPE_TEXT], error[ERROR_TEXT] = "";
        int one[MAX_SIZES] = { 0 }, two[MAX_SIZES] = { 0 };
        named_text(op, *size, named);
        op_shape_text(op, *size, text);
        expect(op_parse_shape(op, text, one, error) && op_parse_shape(op, named, two, error) &&
                   !memcmp(one, *size, sizeof one) && !memcmp(two, *size, sizeof two),
               op->name, *error ? error : text);
    }
}

static void check_lists(const struct op *op)
{
    char text[SHAPE_TEXT], error[ERROR_TEXT] = "";
    int size[MAX_SIZES];
    expect(op_parse_shape(op, op->example, size, error), op->name, error);
    for (int i = 0; i < op->nsize; i++) {
        const char *name = op->size[i].name;
        size[i] = MOST_SIZE;
        expect(strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(name),
               "letters", name);
    }
    expect(strlen(op_shape_text(op, size, text)) + 1 <= SHAPE_TEXT, op->name,
           "its longest shape does not fit");
    for (int a = 0; a < op->narg; a++)
        for (int d = 0; d < op->arg[a].ndim; d++)
            expect(op->size[op->arg[a].dim[d]].least >= 1, op->name, "an extent may be 0");
}

int main(void)
{
    check_conv2d();
    check_batch_norm();
    check_bytes();
    check_optional();
    check_refusals();
    for (const struct op *const *op = op_all(); *op; op++) {
        check_lists(*op);
        check_own(*op, (*op)->check_shapes);
        check_own(*op, (*op)->bench_shapes);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
