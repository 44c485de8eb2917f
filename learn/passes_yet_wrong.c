/* passes_yet_wrong.c - exercise 7.3: convolutions that read other pixels or other taps than they should, with
 * gradients that are exact all the same: each is the list of products that it adds up, gone through forwards
 * for y and backwards for dx and dw. And tests that do not tell them from right ones.
 */
#include "judged.h"

#include <math.h>

#include "../reference/reference.h"
#include "passes_yet_wrong.h"

enum { MOST_ALONG = 16, MOST_ELEMENTS = 8192 };
enum { C_, H_, W_, K_, R_, S_, PAD_ };

/* ---- the products ---- */

/* DIRECT is right, and so are BACKWARDS and IN_FLOAT */
enum {
    DIRECT,
    BACKWARDS,
    IN_FLOAT,
    CLAMPED,
    CIRCULAR,
    FLIPPED,
    SHIFTED,
    TRANSPOSED,
    MIXED,
    LAST_ROW,
    EXCHANGED,
    BORDER_LOST
};

/* where along an axis of n pixels coordinate i is found; -1: it is 0 */
static int found(int i, int n, int variant)
{
    if (i >= 0 && i < n) return i;
    if (variant == CLAMPED) return i < 0 ? 0 : n - 1;
    if (variant == CIRCULAR) return (i % n + n) % n;
    return -1;
}

/* the element of x, or -1 */
static int pixel_of(const int *size, int variant, int c, int h, int w)
{
    const int C = size[C_], H = size[H_], W = size[W_];
    h = found(h, H, variant), w = found(w, W, variant);
    if (h < 0 || w < 0) return -1;
    if (variant == MIXED) c = (c + 1) % C;
    return variant == EXCHANGED ? (c * W + w) * H + h : (c * H + h) * W + w;
}

static int tap_of(const int *size, int variant, int k, int c, int r, int s)
{
    const int C = size[C_], R = size[R_], S = size[S_], plane = (k * C + c) * R * S;
    if (variant == FLIPPED) return plane + (R - 1 - r) * S + S - 1 - s;
    return plane + (variant == TRANSPOSED ? s * R + r : r * S + s);
}

typedef void product_fn(int out, int pixel, int tap, void *arg);

/* every product of the sum of output p, q of kernel k */
static void products_of(const int *size, int variant, int k, int p, int q, product_fn *each, void *arg)
{
    const int C = size[C_], R = size[R_], S = size[S_], all = C * R * S, pad = size[PAD_];
    const int P = size[H_] + 2 * pad - R + 1, Q = size[W_] + 2 * pad - S + 1;
    const int top = variant == SHIFTED && pad ? pad - 1 : pad;
    if (variant == LAST_ROW && p == P - 1) return;
    for (int n = 0; n < all; n++) {
        int at = variant == BACKWARDS ? all - 1 - n : n, c = at / (R * S), r = at / S % R, s = at % S;
        int pixel = pixel_of(size, variant, c, p + r - top, q + s - top);
        if (pixel >= 0) each((k * P + p) * Q + q, pixel, tap_of(size, variant, k, c, r, s), arg);
    }
}

static void all_products(const int *size, int variant, product_fn *each, void *arg)
{
    const int P = size[H_] + 2 * size[PAD_] - size[R_] + 1, Q = size[W_] + 2 * size[PAD_] - size[S_] + 1;
    for (int k = 0; k < size[K_]; k++)
        for (int p = 0; p < P; p++)
            for (int q = 0; q < Q; q++) products_of(size, variant, k, p, q, each, arg);
}

struct arrays {
    const double *x, *w, *dy;
    double *y, *dx, *dw;
};

static void add(int out, int pixel, int tap, void *arg)
{
    struct arrays *a = arg;
    a->y[out] += a->x[pixel] * a->w[tap];
}

static void add_in_float(int out, int pixel, int tap, void *arg)
{
    struct arrays *a = arg;
    a->y[out] = (double)((float)a->y[out] + (float)a->x[pixel] * (float)a->w[tap]);
}

static void add_back(int out, int pixel, int tap, void *arg)
{
    struct arrays *a = arg;
    a->dx[pixel] += a->dy[out] * a->w[tap];
    a->dw[tap] += a->dy[out] * a->x[pixel];
}

/* ---- what is handed over ---- */

static const struct version convolutions[] = {
    { "direct", "", 0, NULL, DIRECT },
    { "backwards", "the sums are added up from the last product to the first", 0, NULL, BACKWARDS },
    { "in float", "it has seven digits", 0, NULL, IN_FLOAT },
    { "border repeated", "outside the image the pixel at its edge is repeated", 1, NULL, CLAMPED },
    { "circular", "beyond the right edge the left one follows", 1, NULL, CIRCULAR },
    { "flipped", "the kernel is turned by 180 degrees: a convolution in the mathematical sense", 1, NULL,
      FLIPPED },
    { "shifted", "one row and one column less of padding at the upper left, and more on the other side", 1,
      NULL, SHIFTED },
    { "kernel transposed", "taps are read as (S,R)", 1, NULL, TRANSPOSED },
    { "channels mixed", "each channel's taps meet the next channel", 1, NULL, MIXED },
    { "last row", "the last row of y stays 0", 1, NULL, LAST_ROW },
    { "image transposed", "x is read as (C,W,H)", 1, NULL, EXCHANGED },
    { "border's gradient", "y is right; dx is 0 in the first row of the image", 1, NULL, BORDER_LOST },
    { 0 },
};

static const char *are_sizes(const int *size)
{
    for (int k = C_; k <= S_; k++)
        if (size[k] < 1 || size[k] > MOST_ALONG)
            return "calls a convolution with a size that is not in 1 to 16";
    if (size[PAD_] < 0 || size[PAD_] >= size[R_] || size[PAD_] >= size[S_])
        return "calls a convolution with a pad that is not less than R and S";
    if (size[R_] > size[H_] + 2 * size[PAD_] || size[S_] > size[W_] + 2 * size[PAD_])
        return "calls a convolution with a kernel larger than the padded image";
    return NULL;
}

static const char *serve(const struct version *v, struct handed *h)
{
    const int is_back = h->which == CONV_BACKWARD;
    const char *wrong_sizes = are_sizes(h->size);
    size_t elements[3];
    if (wrong_sizes) return wrong_sizes;
    conv_elements(h->size, elements);
    if (h->arrays != (is_back ? 5 : 3)) return "calls a convolution with the wrong arrays";
    for (int k = 0; k < h->arrays; k++)
        if (h->bytes[k] != elements[k % 3] * sizeof(double))
            return "calls a convolution with the wrong arrays";
    struct arrays a = { .x = h->array[0], .w = h->array[1] };
    if (is_back) {
        a.dy = h->array[2], a.dx = h->array[3], a.dw = h->array[4];
        memset(a.dx, 0, h->bytes[3]), memset(a.dw, 0, h->bytes[4]);
        all_products(h->size, v->variant, add_back, &a);
        if (v->variant == BORDER_LOST) memset(a.dx, 0, (size_t)h->size[W_] * sizeof(double));
    } else {
        a.y = h->array[2];
        memset(a.y, 0, h->bytes[2]);
        all_products(h->size, v->variant, v->variant == IN_FLOAT ? add_in_float : add, &a);
    }
    return NULL;
}

/* ---- tests that look at too little ---- */

struct look {
    int size[7];
    int image_is_1, kernel_is_1; /* all of it */
    int is_gradient_alone, is_forward_alone;
    double tolerance;
};

static double *fill_as(size_t n, double *x, int from, int is_1)
{
    for (size_t k = 0; k < n; k++) x[k] = is_1 ? 1 : sin(from + (double)k * (double)k);
    return x;
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += a[k] * b[k];
    return sum;
}

/* compared with the reference, and dx x with dy y */
static int finds(conv_fn *forward, conv_gradient_fn *backward, struct look l)
{
    static double x[MOST_ELEMENTS], w[MOST_ELEMENTS], y[MOST_ELEMENTS], right[MOST_ELEMENTS],
        dy[MOST_ELEMENTS], dx[MOST_ELEMENTS], dw[MOST_ELEMENTS];
    const double bias[MOST_ALONG] = { 0 };
    const int *n = l.size, pad = n[PAD_];
    size_t elements[3];
    conv_elements(n, elements);
    fill_as(elements[0], x, 1, l.image_is_1), fill_as(elements[1], w, 2, l.kernel_is_1);
    fill_as(elements[2], dy, 3, 0);
    forward(n, x, w, y);
    conv2d_forward_f64(1, n[C_], n[H_], n[W_], n[K_], n[R_], n[S_], 1, 1, 1, pad, pad, pad, pad, x, w, bias,
                       right);
    for (size_t k = 0; k < elements[2] && !l.is_gradient_alone; k++)
        if (!(fabs(y[k] - right[k]) <= l.tolerance)) return 1;
    if (l.is_forward_alone) return 0;
    backward(n, x, w, dy, dx, dw);
    double sum = dot(elements[2], dy, y);
    return !(fabs(dot(elements[0], dx, x) - sum) <= l.tolerance &&
             fabs(dot(elements[1], dw, w) - sum) <= l.tolerance);
}

#define TEST conv_fn *forward, conv_gradient_fn *backward
#define LOOK(name, ...)                                                \
    static int name(TEST)                                              \
    {                                                                  \
        return finds(forward, backward, (struct look){ __VA_ARGS__ }); \
    }
LOOK(gradient_alone, { 2, 5, 7, 3, 3, 4, 2 }, 0, 0, 1, 0, 1e-4)
LOOK(forward_alone, { 2, 5, 7, 3, 3, 4, 2 }, 0, 0, 0, 1, 1e-4)
LOOK(without_padding, { 2, 5, 7, 3, 3, 4, 0 }, 0, 0, 0, 0, 1e-4)
LOOK(one_channel, { 1, 5, 7, 3, 3, 4, 2 }, 0, 0, 0, 0, 1e-4)
LOOK(white_image, { 2, 5, 7, 3, 3, 4, 2 }, 1, 0, 0, 0, 1e-4)
LOOK(kernel_of_ones, { 2, 5, 7, 3, 3, 3, 1 }, 0, 1, 0, 0, 1e-4)
LOOK(too_exact, { 2, 5, 7, 3, 3, 4, 2 }, 0, 0, 0, 0, 1e-9)

static int nothing(TEST)
{
    (void)forward, (void)backward;
    return 0;
}

static int everything(TEST)
{
    (void)forward, (void)backward;
    return 1;
}

#define WRONG(...) WRONG_JUDGE("passes_yet_wrong", __VA_ARGS__)
static const struct mistake wrong[] = {
    WRONG(nothing, "accuses nothing", "it accepts every convolution"),
    WRONG(everything, "accuses everything", "it accuses every convolution"),
    WRONG(gradient_alone, "gradient alone",
          "a gradient check proves the derivative, of whatever is computed"),
    WRONG(forward_alone, "forward alone", "it never looks at a gradient"),
    WRONG(without_padding, "no padding", "without padding no border is wrong"),
    WRONG(one_channel, "one channel", "one channel cannot be mixed up"),
    WRONG(white_image, "white image", "pixels that are all alike can be read from anywhere"),
    WRONG(kernel_of_ones, "kernel of ones", "a kernel of ones can be flipped at will"),
    WRONG(too_exact, "too exact", "it requires more digits than float has"),
    { 0 },
};

const struct judged judged_convolutions = { "learn/passes_yet_wrong.h", convolutions, serve,
                                            passes_yet_wrong_entry,     wrong,        1 };
