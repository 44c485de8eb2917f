/* bench_random.c - a peer that draws its own mask passes if that is a dropout's, and not otherwise: right
 * masks of other seeds pass, wrong ones and wrong values do not. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../bench/peer_library.h"
#include "../optimized/check.h"
#include "../reference/reference.h"

enum { N = 100003 };

static float *y;
static uint32_t *mask;

typedef void spoil_fn(const float *x, double p, uint64_t seed);

static void right(const float *x, double p, uint64_t seed)
{
    dropout_forward_f32(N, x, y, mask, p, seed);
}

static void not_rescaled(const float *x, double p, uint64_t seed)
{
    right(x, p, seed);
    for (int k = 0; k < N; k++) y[k] *= (float)(1 - p);
}

static void kept_with_p(const float *x, double p, uint64_t seed)
{
    right(x, 1 - p, seed);
    for (int k = 0; k < N; k++) y[k] *= (float)(p / (1 - p));
}

static void p_two_percent_off(const float *x, double p, uint64_t seed)
{
    right(x, p + 0.02, seed);
    for (int k = 0; k < N; k++) y[k] *= (float)((1 - p - 0.02) / (1 - p));
}

static void not_cleared(const float *x, double p, uint64_t seed)
{
    right(x, p, seed);
    for (int k = 0; k < N; k++)
        if (y[k] == 0) y[k] = x[k];
}

static void mask_of_another_draw(const float *x, double p, uint64_t seed)
{
    float *other = memory_need(N, sizeof *other);
    right(x, p, seed);
    dropout_forward_f32(N, x, other, mask, p, seed + 1);
    free(other);
}

static void last_is_nan(const float *x, double p, uint64_t seed)
{
    right(x, p, seed);
    y[N - 1] = (float)NAN;
}

static const struct {
    const char *name, *word; /* of the sentence; NULL: it passes */
    spoil_fn *make;
} cases[] = {
    { "right", NULL, right },
    { "not rescaled", "its mask says", not_rescaled },
    { "kept with p", "elements are kept", kept_with_p },
    { "p two percent off", "elements are kept", p_two_percent_off },
    { "not cleared", "its mask says 0", not_cleared },
    { "mask of another draw", "its mask says", mask_of_another_draw },
    { "NaN", "is nan", last_is_nan },
};

int main(void)
{
    const struct op *op = op_find("dropout_forward");
    struct check_case *c = check_case_make(op, (const int[]){ N }, 1);
    int failed = 0;
    y = memory_need(N, sizeof *y), mask = memory_need(N / 32 + 1, sizeof *mask);
    void *const buf[] = { c->input[0], y, mask };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            char error[200] = "";
            cases[k].make(c->input[0], op_scalar(op, "p")->real, seed);
            int passes = peer_judge_dropout(c, buf, error, sizeof error);
            int ok = cases[k].word ? !passes && strstr(error, cases[k].word) : passes;
            if (!ok) printf("NOT OK: %s, seed %d: %s\n", cases[k].name, (int)seed, error);
            failed += !ok;
        }
    check_case_free(c);
    free(y), free(mask);
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
