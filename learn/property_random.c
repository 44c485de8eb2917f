/* property_random.c - what is true of right dropout, and of right random numbers; see property.h. */
#include "property.h"

#include <math.h>
#include <string.h>

#include "../base/error.h"
#include "../reference/philox.h"

/* ---- the mean stays ---- */

enum { N = 1 << 15, WORDS = N / 32 };

/* what is dropped is 0 whatever it was */
static int drops_infinity(const struct op *op, call_fn *own, char *error)
{
    static const int size[MAX_SIZES] = { 3 };
    const float x[] = { INFINITY, NAN, 2 };
    const uint32_t u[] = { 0, 1, UINT32_MAX };
    float y[3];
    uint32_t mask[1];
    void *const buf[] = { (void *)x, (void *)u, y, mask };
    own(op, size, buf);
    if (y[0] == 0 && y[1] == 0) return 1;
    return error_set(error, "an infinity and a NaN that are dropped become %g and %g; they must be 0",
                     (double)y[0], (double)y[1]);
}

/* Each element is 1 / (1 - p) with probability 1 - p, so their mean has the deviation sqrt(p / (1 - p) / N):
 * six of them are exceeded once in 5e8 draws, and these are always the same. The variance of the elements
 * is p / (1 - p); that of the sample deviates by less than six times |1 - 2 p| / (1 - p)
 * sqrt(p / (1 - p) / N). */
int mean_stays(const struct op *op, call_fn *own, char *error)
{
    static const int size[MAX_SIZES] = { N };
    static float x[N], y[N];
    static uint32_t u[N], mask[WORDS];
    void *const buf[] = { x, u, y, mask };
    if (strcmp(op->name, "inverted_forward") != 0) return 1;
    const double p = op->scalar[0].real, variance = p / (1 - p), deviation = sqrt(variance / N);
    double mean = 0, squares = 0;
    for (int k = 0; k < N; k++) x[k] = 1, u[k] = philox_word(61, 1, (uint64_t)k);
    own(op, size, buf);
    for (int k = 0; k < N; k++) mean += (double)y[k] / N, squares += (double)y[k] * (double)y[k] / N;
    int ok = fabs(mean - 1) <= 6 * deviation &&
             fabs(squares - mean * mean - variance) <= 6 * fabs(1 - 2 * p) / (1 - p) * deviation;
    error_set(error,
              "%d ones with p = %g: their mean is %.4f, and should be 1 +- %.4f; their variance is %.4f, "
              "and should be %.4f",
              N, p, mean, 6 * deviation, squares - mean * mean, variance);
    return ok && drops_infinity(op, own, error);
}

/* ---- Philox's published words ---- */

/* from the authors' own kat_vectors file for philox4x32-10 */
static const struct {
    uint32_t counter[4], key[2], out[4];
} published[] = {
    { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
      { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

int published_words(const struct op *op, call_fn *own, char *error)
{
    static const int size[MAX_SIZES] = { 1 };
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const uint32_t *c = published[i].counter, *k = published[i].key, *right = published[i].out;
        uint32_t out[4] = { 0 };
        void *const buf[] = { (void *)c, (void *)k, out };
        own(op, size, buf);
        if (memcmp(out, right, sizeof out) != 0)
            return error_set(
                error,
                "for counter %08x %08x %08x %08x and key %08x %08x yours is %08x %08x %08x %08x; "
                "published is %08x %08x %08x %08x",
                c[0], c[1], c[2], c[3], k[0], k[1], out[0], out[1], out[2], out[3], right[0], right[1],
                right[2], right[3]);
    }
    return 1;
}
