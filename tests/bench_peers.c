/* bench_peers.c - every library that is here does every operation that it knows right, on one thread
 * and on more; a product that is wrong, kernels that crash, functions with too few bits are noticed.
 * Skipped if there is no library.
 *
 *   bench_peers                      the libraries that are here
 *   bench_peers choose VARIABLE      the only one is a fake, whose first kernels
 *                                    that fit are as VARIABLE says
 *   bench_peers kernels              the table of kernels
 *   bench_peers right|coarse PEER    the only one is a fake, whose functions are right, or have too few bits
 *   bench_peers exact PEER           the only one is a fake, which is exact
 *                                    everywhere, or but for one argument
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/pinning.h"
#include "../bench/peer_kernels.h"
#include "../bench/peers.h"
#include "../bench/race.h"
#include "../optimized/check.h"
#include "../base/memory.h"

static int failed;

static void expect(int ok, const char *what, const char *who)
{
    if (!ok) printf("FAIL: %s: %s\n", who, what);
    failed |= !ok;
}

/* Elements behind a buffer, as a race has them: BLIS 0.9 reads past the end of small matrices. */
enum { BEHIND = 80 };

/* strict: by the operation's own bound, whatever formula the library follows */
static int right_at(const struct peer *p, const struct op *op, const int *size, uint64_t seed, int strict,
                    int tell)
{
    struct check_case *c = check_case_make(op, size, seed);
    struct check result = { .verdict = CHECK_PASS };
    const struct peer_op *o = peer_find(p, op);
    struct check_case *own = strict ? NULL : peer_case(o, c);
    void *buf[MAX_ARGS];
    for (int a = 0; a < op->narg; a++) buf[a] = memory_need(c->elements[a] + BEHIND, sizeof(float));
    check_case_load(c, buf);
    o->call(p, o, size, buf);
    int right = check_case_compare(own ? own : c, buf, &result);
    if (!right && tell) printf("%s %s: %s\n", p->name, op->name, result.reason);
    for (int a = 0; a < op->narg; a++) free(buf[a]);
    check_case_rebound_free(own);
    check_case_free(c);
    return right;
}

enum { SMALL = 500000 }; /* flops */

static int can(const struct peer *p, const struct op *op, const int *size)
{
    const struct peer_op *o = peer_find(p, op);
    if (!o) expect(0, *p->lost ? p->lost : op->name, p->name);
    return o && (!o->lacks || !o->lacks(op, size));
}

/* the number of problems at which the peer is wrong: six of every shape, as 17 bits are within
 * a loss's bound in some */
static int wrong_shapes_of(const struct peer *p, const struct op *op, int strict, int tell)
{
    int wrong = 0;
    for (const int(*s)[MAX_SIZES] = op->check_shapes; **s; s++)
        for (uint64_t seed = 3; seed <= 8 && op->flops(*s) <= SMALL && can(p, op, *s); seed++)
            wrong += !right_at(p, op, *s, seed, strict, tell);
    return wrong;
}

static int wrong_shapes(const struct peer *p, int tell)
{
    int wrong = 0, known = 0, rows = 0;
    for (size_t t = 0; t < sizeof p->knows / sizeof *p->knows; t++)
        for (const struct peer_op *o = p->knows[t]; o && o->op; o++) rows++;
    for (const struct op *const *op = op_all(); *op; op++) {
        if (!peer_find(p, *op)) continue;
        known++;
        wrong += wrong_shapes_of(p, *op, 0, tell);
    }
    expect(known == rows && known > 0, "what it knows are operations", p->name);
    return wrong;
}

static peer_gemm_fn *real_product;

/* forgets what C held: without the bias */
static void forgets_beta(any_fn *gemm, int ta, int tb, int M, int N, int K, const float *A, int lda,
                         const float *B, int ldb, float beta, float *C, int ldc)
{
    (void)beta;
    real_product(gemm, ta, tb, M, N, K, A, lda, B, ldb, 0, C, ldc);
}

/* the kernels that fit this machine, from the table; EXPECTED and what the library is told
 * about the first of them */
static int check_choice(const char *what)
{
    const char *fit[PEER_KERNELS + 1], *second = "(its own choice)";
    char first[64], name[64];
    struct x86 cpu = x86_of_this_machine();
    const struct op *product[] = { op_find("dense_forward") };
    peer_kernels("openblas", &cpu, fit);
    if (!fit[0]) return 77;
    snprintf(first, sizeof first, "(OPENBLAS_CORETYPE=%s)", fit[0]);
    snprintf(name, sizeof name, "(OPENBLAS_CORETYPE=%s)", fit[1] ? fit[1] : "");
    if (fit[1]) second = name;
    setenv(what, fit[0], 1);
    setenv("OPENBLAS_CORETYPE", "Prescott", 1); /* of the caller's shell: no say in the choice */
    const struct peer *p = peers_open(product, 1);
    const char *expected = !strcmp(what, "RUNGS_FAKE_SLOW")  ? first
                           : !strcmp(what, "RUNGS_FAKE_OWN") ? "(its own choice)"
                                                             : second;
    printf("%s: %s\n", p->name, p->pick);
    expect(p->open, "it is not open", p->name);
    expect(strstr(p->pick, expected) != NULL, expected, p->name);
    return failed;
}

/* which kernels for which CPU: those of models that the libraries know, and of one that no version knows */
static int check_kernels(void)
{
    static const struct {
        const char *peer, *names;
        struct x86 cpu;
    } known[] = {
        { "openblas", "SapphireRapids Cooperlake SkylakeX", { 0, 1, 1, 1, 1 } },
        { "openblas", "Cooperlake SkylakeX", { 1, 1, 1, 1, 0 } }, /* Zen 4 and 5 */
        { "openblas", "Cooperlake SkylakeX", { 1, 1, 1, 1, 1 } },
        { "openblas", "SkylakeX", { 0, 1, 1, 0, 0 } },
        { "openblas", "Zen Haswell", { 1, 1, 0, 0, 0 } },
        { "openblas", "Haswell", { 0, 1, 0, 0, 0 } },
        { "openblas", "", { 0, 0, 0, 0, 0 } },
        { "blis", "zen5 zen4 skx", { 1, 1, 1, 1, 0 } },
        { "blis", "skx haswell", { 0, 1, 1, 0, 0 } },
        { "blis", "zen3 zen2 zen haswell", { 1, 1, 0, 0, 0 } },
        { "onednn", "", { 1, 1, 1, 1, 1 } },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *fit[PEER_KERNELS + 1];
        char names[256] = "";
        peer_kernels(known[i].peer, &known[i].cpu, fit);
        for (const char **f = fit; *f; f++) {
            if (f > fit) strcat(names, " ");
            strcat(names, *f);
        }
        if (strcmp(names, known[i].names) != 0) printf("it says %s\n", names);
        expect(!strcmp(names, known[i].names), known[i].names, known[i].peer);
    }
    return failed;
}

/* the race's verdict on the operation */
static enum outcome outcome_at(const struct peer *p, const struct op *op, uint64_t seed)
{
    const int few[MAX_SIZES] = { op->kind == OP_ROWS ? 4 : 30, 3, 7 }; /* few terms: their bounds are tight */
    const int *size = op->kind == OP_WINDOW ? op->check_shapes[0] : few;
    struct contestant c[] = { { .name = p->name, .peer = p, .peer_op = peer_find(p, op), .threads = 1 },
                              { .name = p->name, .peer = p, .peer_op = peer_find(p, op), .threads = 2 } };
    struct race quick = { .samples = 6, .sample_seconds = 2e-4, .call_limit = 1 };
    struct check_case *problem = check_case_make(op, size, seed);
    expect(race_run(&quick, problem, c, 2), "memory for a race", op->name);
    check_case_free(problem);
    expect(c[0].outcome == c[1].outcome, "two threads compute something else", op->name);
    for (int i = 0; i < 2; i++)
        expect(c[i].outcome != RACE_MEASURED || c[i].seconds.median > 0, "no time was measured", op->name);
    return c[0].outcome;
}

/* the same of six problems: RACE_MEASURED if all are right */
static enum outcome outcome_of(const struct peer *p, const struct op *op)
{
    enum outcome outcome = RACE_MEASURED;
    for (uint64_t seed = 1; seed <= 6 && outcome == RACE_MEASURED; seed++) outcome = outcome_at(p, op, seed);
    return outcome;
}

static int check_fake(const struct peer *p, const char *name, int is_right)
{
    while (strcmp(p->name, name)) p++;
    printf("%s: %s\n", p->name, p->pick);
    if (!p->open) return 77;
    for (const struct op *const *op = op_all(); *op; op++) {
        if (!peer_find(p, *op)) continue;
        int wrong = wrong_shapes_of(p, *op, 0, is_right);
        enum outcome outcome = outcome_of(p, *op);
        expect(is_right ? wrong == 0 : wrong > 0,
               is_right ? "a right result is refused" : "it was not noticed", (*op)->name);
        if (is_right && peer_find(p, *op)->formula)
            expect(wrong_shapes_of(p, *op, 1, 0) > 0, "its formula needs no allowance", (*op)->name);
        expect(outcome == (is_right ? RACE_MEASURED : RACE_WRONG), "the race thinks otherwise", (*op)->name);
    }
    return failed;
}

/* What the sweep must find in that fake: nothing, or one operation's one argument;
 * figures by the definition */
static void check_worst(const struct special *s, const struct op *op, const char *word)
{
    int tail = !strcmp(word, "tail") && !strcmp(op->name, "softplus_forward"),
        not_a_number = !strcmp(word, "nan") && !strcmp(op->name, "tanh_forward"),
        limit = !strcmp(word, "limit") && !strcmp(op->name, "relu_forward"), right = !*s->at;
    const double expected =
        log1p(exp(-20)); /* 8 roundings of it are allowed, and as many subnormals, times 21^2 */
    const double bounds = (expected + 1.9e-6) / (8 * (0x1p-24 * expected + 0x1p-149 * 441));
    if (tail)
        right = !strcmp(s->at, "y at x = -20") && s->got == (double)-1.9e-6f &&
                fabs(s->expected - expected) <= 1e-15 && fabs(s->bounds / bounds - 1) < 1e-4;
    if (not_a_number)
        right = !strcmp(s->at, "y at x = 1000") && isnan(s->got) && s->expected == 1 && isinf(s->bounds);
    if (limit) right = !strcmp(s->at, "y at x = nan") && s->got == 0 && isnan(s->expected);
    if (!right)
        printf("%s: '%s' is %.9g, not %.9g (%g bounds)\n", op->name, s->at, s->got, s->expected, s->bounds);
    expect(right, "what is less exact, and by how much", op->name);
}

static void check_sweep_as(const struct peer *p, const char *word)
{
    int swept = 0;
    setenv("RUNGS_FAKE", word, 1);
    for (const struct op *const *op = ops; *op; op++) {
        struct contestant c[] = {
            { .name = "00_naive", .rung = (*op)->cpu, .threads = 1 },
            { .name = p->name, .peer = p, .peer_op = peer_find(p, *op), .threads = 1 }
        };
        /* cross-entropy from a probability that has become 1 or 0 is another matter */
        if (!c[1].peer_op || strstr((*op)->name, "xent")) continue;
        if (strcmp(word, "exact") != 0 && !strstr("softplus_forward tanh_forward relu_forward", (*op)->name))
            continue;
        race_sweep(*op, c, 2);
        expect(!*c[0].worst.at, "a rung is marked", (*op)->name);
        check_worst(&c[1].worst, *op, word);
        swept++;
    }
    expect(swept > (strcmp(word, "exact") ? 2 : 20), "the operations are swept", word);
}

static int check_sweep(const struct peer *p, const char *name)
{
    while (strcmp(p->name, name)) p++;
    printf("%s: %s\n", p->name, p->pick);
    if (!p->open) return 77;
    check_sweep_as(p, "exact");
    check_sweep_as(p, "tail");
    check_sweep_as(p, "nan");
    check_sweep_as(p, "limit");
    return failed;
}

int main(int argc, char **argv)
{
    int n = 0, open = 0;
    while (ops[n]) n++;
    if (argc == 2 && !strcmp(argv[1], "kernels")) return check_kernels();
    if (argc == 3 && !strcmp(argv[1], "choose")) return check_choice(argv[2]);
    const struct peer *p = peers_open(ops, n);
    if (argc == 3 && !strcmp(argv[1], "exact")) return check_sweep(p, argv[2]);
    if (argc == 3) return check_fake(p, argv[2], !strcmp(argv[1], "right"));
    for (int k = 0; k < PEERS; k++) {
        printf("%s: %s\n", p[k].name, p[k].pick);
        if (!p[k].open) continue;
        open++;
        for (int threads = 1; threads <= pinning_cores() && threads <= 2; threads++) {
            p[k].set_threads(threads);
            expect(wrong_shapes(&p[k], 1) == 0, "a wrong result", p[k].name);
        }
        if (!p[k].product) continue;
        struct peer forgetful = p[k];
        real_product = p[k].product;
        forgetful.product = forgets_beta;
        expect(wrong_shapes(&forgetful, 0) > 0, "a product that forgets the bias was not noticed", p[k].name);
    }
    if (!open) puts("no library is here; on Debian: apt install libopenblas-dev");
    return open ? failed : 77;
}
