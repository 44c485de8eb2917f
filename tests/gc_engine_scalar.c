/* gc_engine_scalar.c - two pointers: right gradients pass for every seed and loss scale, wrong ones fail
 * for every seed and loss scale, and the verdict does not depend on the scale. */
#include "gc_engine_made.h"

enum { SEEDS = 25, LARGEST = 64 };
static const double scales[] = { 1e-8, 1e-4, 1, 1e6 };

static gc_verdict check(const struct made_loss *l, struct made *m, uint64_t seed)
{
    double x[LARGEST];
    gc_options o = gc_defaults();
    o.seed = seed;
    o.fork = 0;
    made_fill(x, l->n, seed);
    gc_result *r = gc_check_scalar(l->loss, l->grad, x, l->n, m, &o);
    gc_verdict v = r->verdict, wanted = m->mistake == RIGHT ? GC_PASS : GC_FAIL;
    made_expect(v == wanted || (v == GC_KINK && wanted == GC_PASS), r, "%s of %zu, %s, scale %g, seed %d",
                l->name, l->n, mistake_name[m->mistake], m->scale, (int)seed);
    made_expect(gc_exit_code(r) == (wanted == GC_FAIL), r, "exit code %d", gc_exit_code(r));
    if (wanted == GC_FAIL && v == GC_FAIL) {
        const gc_tensor_result *t = &r->tensor[0];
        made_expect(t->wrong > 0 && t->verdict == GC_FAIL, r, "%s, %s: no wrong element is named", l->name,
                    mistake_name[m->mistake]);
        size_t place = m->mistake == ONE_ELEMENT ? m->element % l->n
                       : m->mistake == LAST_ZERO ? l->n - 1
                                                 : t->first;
        made_expect(t->first == place, r, "%s, %s: element %zu is named, not %zu", l->name,
                    mistake_name[m->mistake], t->first, place);
    }
    gc_free(r);
    return v;
}

/* Mistakes that change nothing in this loss are none. */
static int applies(const struct made_loss *l, enum mistake mistake)
{
    if (l->n == 1) return mistake != SWAPPED;
    return !(mistake == SWAPPED && l->loss == made_losses[2].loss && l->n / 2 % 5 == 0);
}

/* Noise of 1e-10 and corners close by: what cannot be told is not called wrong, and
 * what is plainly wrong is. */
static void corners_in_noise(void)
{
    const struct made_loss *relu = &made_losses[made_count - 1];
    for (uint64_t seed = 1; seed <= 4 * SEEDS; seed++)
        for (int wrong = 0; wrong < 2; wrong++) {
            struct made m = { .mistake = wrong ? TIMES : RIGHT, .scale = 1, .offset = 1e6 };
            double x[LARGEST];
            gc_options o = gc_defaults();
            o.seed = seed, o.fork = 0;
            made_fill(x, relu->n, seed);
            gc_result *r = gc_check_scalar(relu->loss, relu->grad, x, relu->n, &m, &o);
            made_expect((r->verdict == GC_FAIL) == wrong && r->verdict != GC_CONTRACT_BROKEN, r,
                        "corners in noise, %s, seed %d", mistake_name[m.mistake], (int)seed);
            gc_free(r);
        }
}

int main(void)
{
    corners_in_noise();
    for (int i = 0; i < made_count; i++)
        for (int mistake = 0; mistake < MISTAKES; mistake++) {
            if (!applies(&made_losses[i], (enum mistake)mistake)) continue;
            for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
                for (uint64_t seed = 1; seed <= (mistake ? SEEDS / 5 : SEEDS); seed++) {
                    struct made m = { .mistake = (enum mistake)mistake,
                                      .element = 7 * seed,
                                      .scale = scales[s] };
                    check(&made_losses[i], &m, seed);
                }
        }
    return made_failures() != 0;
}
