/* bench_peers.c - every library that is here computes every dense operation right, on one thread and on more; a library
 * whose product is wrong, or whose kernel choice crashes, is noticed. Skipped if there is no library.
 *
 * With the word "fake" the only library is tests/bench_fake.c, whose kernel choices misbehave. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/crew.h"
#include "../bench/peers.h"
#include "../optimized/check.h"
#include "../optimized/memory.h"

static int failed;

static void expect(int ok, const char *what, const char *who)
{
    if (!ok) printf("FAIL: %s: %s\n", who, what);
    failed |= !ok;
}

static int right_at(const struct peer *p, const struct op *op, const int *size, int tell)
{
    struct check_case *c = check_case_make(op, size, 3);
    struct check result = { .verdict = CHECK_PASS };
    void *buf[MAX_ARGS];
    for (int a = 0; a < op->narg; a++) buf[a] = memory_need(c->elements[a], sizeof(float));
    check_case_load(c, buf);
    peer_call(p, op, size, buf);
    int right = check_case_compare(c, buf, &result);
    if (!right && tell) printf("%s %s: %s\n", p->name, op->name, result.why);
    for (int a = 0; a < op->narg; a++) free(buf[a]);
    check_case_free(c);
    return right;
}

enum { SMALL = 500000 }; /* flops */

/* the number of shapes at which some operation is wrong */
static int wrong_shapes(const struct peer *p, int tell)
{
    int wrong = 0, known = 0;
    for (const struct op *const *op = ops; *op; op++) {
        if (!peer_can(*op)) continue;
        known++;
        for (const int(*s)[MAX_SIZES] = (*op)->check_shapes; **s; s++)
            if ((*op)->flops(*s) <= SMALL) wrong += !right_at(p, *op, *s, tell);
    }
    expect(known == 5, "it knows the five dense operations", p->name);
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

static int check_fake(const struct peer *p)
{
    expect(p->open, p->pick, p->name);
    expect(strstr(p->pick, "OPENBLAS_CORETYPE=Zen") != NULL, p->pick, p->name);
    return failed;
}

int main(int argc, char **argv)
{
    const struct peer *p = peers_open();
    int open = 0;
    if (argc == 2 && !strcmp(argv[1], "fake")) return check_fake(&p[0]);
    for (int k = 0; k < PEERS; k++) {
        printf("%s: %s\n", p[k].name, p[k].pick);
        if (!p[k].open) continue;
        open++;
        for (int threads = 1; threads <= crew_cores() && threads <= 2; threads++) {
            p[k].set_threads(threads);
            expect(wrong_shapes(&p[k], 1) == 0, "a wrong result", p[k].name);
        }
        struct peer forgetful = p[k];
        real_product = p[k].product;
        forgetful.product = forgets_beta;
        expect(wrong_shapes(&forgetful, 0) > 0, "a product that forgets the bias was not noticed", p[k].name);
    }
    if (!open) puts("no library is here; on Debian: apt install libopenblas-dev");
    return open ? failed : 77;
}
