/* gc_engine_seen.c - what a right gradient leaves open is told: elements that the forward never uses, and
 * elements too small to see beside far larger ones; in the text, in JSON, SARIF and JUnit, and never as a
 * FAIL. */
#include "gc_engine_made.h"

enum { N = 9 };

/* Uses the first so many elements; of them, those at odd places only where x is positive. */
struct net {
    size_t used;
    int corners;
};

static double loss(const double *x, size_t n, void *ctx)
{
    const struct net *net = ctx;
    double sum = 0;
    for (size_t i = 0; i < net->used && i < n; i++)
        if (!(net->corners && i % 2 && x[i] < 0)) sum += x[i] * x[i];
    return sum;
}

static void grad(const double *x, size_t n, double *g, void *ctx)
{
    const struct net *net = ctx;
    for (size_t i = 0; i < n; i++)
        g[i] = i < net->used && !(net->corners && i % 2 && x[i] < 0) ? 2 * x[i] : 0;
}

static char *text_of(int (*write)(FILE *, const gc_result *const *, int), const gc_result *r)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    if (!f || write(f, &r, 1) || fclose(f) || !text) exit(77);
    return text;
}

static int print(FILE *f, const gc_result *const *r, int n)
{
    (void)n;
    return gc_print(f, *r);
}

static int junit(FILE *f, const gc_result *const *r, int n)
{
    return gc_junit(f, r, n, NULL);
}

static void expect_told(const gc_result *r, const char *words, int told)
{
    int (*const form[])(FILE *, const gc_result *const *, int) = { print, gc_json, gc_sarif, junit };
    for (size_t k = 0; k < sizeof form / sizeof *form; k++) {
        char *text = text_of(form[k], r);
        made_expect((strstr(text, words) != NULL) == told, r, "format %zu %s '%s':\n%s", k,
                    told ? "lacks" : "has", words, text);
        free(text);
    }
}

static void unused(void)
{
    double x[N];
    for (uint64_t seed = 1; seed <= 20; seed++) {
        gc_options o = gc_defaults();
        o.seed = seed, o.fork = 0;
        struct net net = { .used = N - 2, .corners = 1 };
        made_fill(x, N, seed);
        for (int i = 0; i < N; i++) x[i] *= 0.01; /* so that signs change from point to point */
        gc_result *r = gc_check_scalar(loss, grad, x, N, &net, &o);
        made_expect(gc_exit_code(r) == 0, r, "some elements unused: not a pass");
        made_expect(r->tensor[0].unused >= 2, r, "%zu unused", r->tensor[0].unused);
        expect_told(r, "elements of x had gradient 0 in all", 1);
        gc_free(r);
        struct net whole = { .used = N };
        r = gc_check_scalar(loss, grad, x, N, &whole, &o);
        made_expect(r->verdict == GC_PASS && !r->tensor[0].unused, r, "%zu unused of none",
                    r->tensor[0].unused);
        expect_told(r, "had gradient 0", 0);
        gc_free(r);
    }
}

static double sizes(const double *x, size_t n, void *ctx)
{
    (void)n, (void)ctx;
    return 1e12 * sin(x[0]) + sin(x[1]) + sin(x[2]);
}

static void sizes_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = (i ? 1 : 1e12) * cos(x[i]);
}

static void too_small(void)
{
    const double x[3] = { 0.4, 0.7, -0.2 };
    gc_options o = gc_defaults();
    o.fork = 0;
    gc_result *r = gc_check_scalar(sizes, sizes_grad, x, 3, NULL, &o);
    made_expect(gc_exit_code(r) == 0 && r->tensor[0].too_small == 2, r, "%zu too small",
                r->tensor[0].too_small);
    char *text = text_of(print, r);
    made_expect(strstr(text, "2 of 3 elements of x were too small to see") != NULL, r, "not told: %s", text);
    free(text);
    gc_free(r);
    struct net whole = { .used = 3 };
    r = gc_check_scalar(loss, grad, x, 3, &whole, &o);
    made_expect(r->verdict == GC_PASS && !r->tensor[0].too_small, r, "%zu too small of like sizes",
                r->tensor[0].too_small);
    gc_free(r);
}

int main(void)
{
    unused();
    too_small();
    return made_failures() != 0;
}
