/* gc_contract_threads.c - a gradient that adds up the parts of as many threads as there are cores, and
 * forgets those of any others, is right until there are more: the repetitions run with more, and it is
 * told so. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gradcheck/gc.h"

enum { N = 64 };

static int is_right; /* all parts are added up */

static double loss(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += sin(x[i]) * x[(i + 1) % n];
    return sum;
}

static void grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    int cores = omp_get_num_procs();
    memset(g, 0, n * sizeof *g);
#pragma omp parallel for schedule(static, 1)
    for (size_t i = 0; i < n; i++)
        if (is_right || omp_get_thread_num() < cores)
            g[i] = cos(x[i]) * x[(i + 1) % n] + sin(x[(i + n - 1) % n]);
}

int main(void)
{
    double x[N];
    int bad = 0;
    gc_options o = gc_defaults();
    o.fork = 0; /* the threads of OpenMP do not survive a fork */
    unsetenv("OMP_NUM_THREADS");
    omp_set_num_threads(omp_get_num_procs());
    for (int i = 0; i < N; i++) x[i] = 0.05 * i - 1.3;
    for (is_right = 0; is_right <= 1; is_right++) {
        gc_result *r = gc_check_scalar(loss, grad, x, N, NULL, &o);
        int expected = is_right ? r->verdict == GC_PASS
                                : r->verdict == GC_CONTRACT_BROKEN && strstr(r->reason, "22 of 44 calls");
        if (!expected)
            bad++,
                printf("%s: %s, %s\n", is_right ? "right" : "wrong", gc_verdict_name(r->verdict), r->reason);
        gc_free(r);
    }
    if (omp_get_max_threads() != omp_get_num_procs()) bad++, puts("the number of threads was not put back");
    return bad != 0;
}
