/* gc_contract_repeat.c - calls that go wrong now and then. A gradient that is wrong in one call of ten is
 * seen with 99 %, is never put down to stale state or to anything else that a test changed, and code that
 * does keep state is still told so. Threads that add to one array at once are seen, too. */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "../gradcheck/gc.h"

enum { N = 6, CASES = 200 };

static int failures;

#define EXPECT(condition, ...)                                       \
    do {                                                             \
        if (!(condition)) failures++, printf(__VA_ARGS__), puts(""); \
    } while (0)

/* ---- simulated: a generator of fixed seed decides which calls go wrong ---- */

struct chance {
    double rate;      /* of calls that go wrong */
    int in_forward;   /* it is the loss that does */
    uint64_t salt, k; /* the generator's: of this case, of this call */
    double last[N];   /* of the last forward: what code with state uses */
    int uses_last;
};

static int goes_wrong(struct chance *c)
{
    return gc_random_unit(c->salt, 1, c->k++) < c->rate;
}

static double loss(const double *x, size_t n, void *ctx)
{
    struct chance *c = ctx;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += sin(x[i]) * (double)(i + 1);
    memcpy(c->last, x, n * sizeof *x);
    return c->in_forward && goes_wrong(c) ? sum - sin(x[1]) : sum;
}

static void grad(const double *x, size_t n, double *g, void *ctx)
{
    struct chance *c = ctx;
    const double *at = c->uses_last ? c->last : x;
    for (size_t i = 0; i < n; i++) g[i] = cos(at[i]) * (double)(i + 1);
    if (!c->in_forward && goes_wrong(c)) g[2] *= 0.75; /* an update was lost */
}

static gc_result *check(struct chance *c)
{
    static const double x[N] = { 0.3, -0.7, 1.1, 0.2, -1.3, 0.5 };
    gc_options o = gc_defaults();
    o.fork = 0;
    return gc_check_scalar(loss, grad, x, N, c, &o);
}

static int blames_another(const gc_result *r)
{
    static const char *const words[] = { "forward at another point",
                                         "holds 1000",
                                         "elsewhere in memory",
                                         "by address",
                                         "twice the",
                                         "left behind" };
    int blames = *r->calls != '\0';
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) blames |= strstr(r->reason, words[k]) != NULL;
    return blames;
}

/* least: so many of CASES must be told as CONTRACT */
static void chances(double rate, int in_forward, int least)
{
    int seen = 0, passed = 0;
    for (int k = 0; k < CASES; k++) {
        struct chance c = { .rate = rate, .in_forward = in_forward, .salt = 77 + (uint64_t)k };
        gc_result *r = check(&c);
        seen += r->verdict == GC_CONTRACT_BROKEN, passed += r->verdict == GC_PASS;
        EXPECT(!blames_another(r), "rate %g, case %d: %s %s", rate, k, r->reason, r->calls);
        gc_free(r);
    }
    printf("%s wrong in %2.0f %% of calls: seen in %d of %d, passed %d\n",
           in_forward ? "forward" : "gradient", 100 * rate, seen, CASES, passed);
    EXPECT(seen >= least, "fewer than %d were seen", least);
}

static void state(void)
{
    struct chance keeps = { .uses_last = 1 }, right = { 0 };
    gc_result *r = check(&keeps);
    EXPECT(r->verdict == GC_PASS && strstr(r->calls, "left behind"), "caches: %s %s", r->reason, r->calls);
    EXPECT(r->repeats == 44 && fabs(gc_rate_seen(r) - 0.0994) < 1e-3, "%d repeats, rate %g", r->repeats,
           gc_rate_seen(r));
    gc_free(r);
    r = check(&right);
    EXPECT(r->verdict == GC_PASS && !*r->calls, "right: %s %s", r->reason, r->calls);
    gc_free(r);
    gc_options o = gc_defaults();
    o.checks = GC_DIRECTION;
    static const double x[N] = { 1, 2, 3, 4, 5, 6 };
    r = gc_check_scalar(loss, grad, x, N, &right, &o);
    EXPECT(r->repeats == 0 && gc_rate_seen(r) >= 1, "%d repeats without the contract's test", r->repeats);
    gc_free(r);
}

/* ---- real threads ---- */

#if defined __SANITIZE_THREAD__
enum { RACES_ARE_REPORTED = 1 };
#elif defined __has_feature
#if __has_feature(thread_sanitizer)
enum { RACES_ARE_REPORTED = 1 };
#else
enum { RACES_ARE_REPORTED = 0 };
#endif
#else
enum { RACES_ARE_REPORTED = 0 };
#endif

static double plain_loss(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += sin(x[i]) * (double)(i + 1);
    return sum;
}

struct part {
    const double *x;
    volatile double *g;
    size_t n;
};

/* Each of the threads adds a quarter of every element. */
static void *add_part(void *arg)
{
    const struct part *p = arg;
    for (size_t i = 0; i < p->n; i++) {
        double was = p->g[i];
        if (i % 2) sched_yield();
        p->g[i] = was + 0.25 * cos(p->x[i]) * (double)(i + 1);
    }
    return NULL;
}

static void racy_grad(const double *x, size_t n, double *g, void *ctx)
{
    pthread_t thread[4];
    struct part part = { x, g, n };
    (void)ctx;
    memset(g, 0, n * sizeof *g);
    for (int k = 0; k < 4; k++)
        if (pthread_create(&thread[k], NULL, add_part, &part)) return;
    for (int k = 0; k < 4; k++) pthread_join(thread[k], NULL);
}

static void threads(void)
{
    enum { LONG = 400 };
    double x[LONG];
    for (int i = 0; i < LONG; i++) x[i] = 0.01 * i - 1;
    gc_options o = gc_defaults();
    for (o.seed = 1; o.seed <= 5; o.seed++) {
        gc_result *r = gc_check_scalar(plain_loss, racy_grad, x, LONG, NULL, &o);
        EXPECT(r->verdict == GC_CONTRACT_BROKEN && strstr(r->reason, "two threads"), "race, seed %d: %s, %s",
               (int)o.seed, gc_verdict_name(r->verdict), r->reason);
        gc_free(r);
    }
}

int main(void)
{
    chances(0.1, 0, CASES * 98 / 100);
    chances(0.3, 0, CASES);
    chances(0.7, 0, CASES);
    chances(0.02, 0, CASES / 2);
    chances(0.1, 1, CASES * 98 / 100);
    chances(0.5, 1, CASES);
    state();
    if (!RACES_ARE_REPORTED) threads();
    printf("%d failures\n", failures);
    return failures != 0;
}
