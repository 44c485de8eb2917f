/* bench_fake.c - a library that looks like OpenBLAS, with kernels of every name. Left alone it takes
 * those that RUNGS_FAKE_OWN names; those that RUNGS_FAKE_BAD names crash, RUNGS_FAKE_WRONG's are
 * wrong, RUNGS_FAKE_SLOW's are slow, and with RUNGS_FAKE_ABSENT's it takes its own, as a library does
 * that was built without them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cblas_sgemm(int order, int ta, int tb, int M, int N, int K, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc);
void openblas_set_num_threads(int threads);
char *openblas_get_config(void);
char *openblas_get_corename(void);

static int is(const char *variable, const char *name)
{
    const char *text = getenv(variable);
    return text && !strcmp(text, name);
}

static const char *choice(void)
{
    const char *text = getenv("OPENBLAS_CORETYPE"), *own = getenv("RUNGS_FAKE_OWN");
    return text && !is("RUNGS_FAKE_ABSENT", text) ? text : own ? own : "Prescott";
}

/* of ones by ones: all that a trial asks for */
void cblas_sgemm(int order, int ta, int tb, int M, int N, int K, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc)
{
    (void)order, (void)ta, (void)tb, (void)A, (void)lda, (void)B, (void)ldb;
    if (is("RUNGS_FAKE_BAD", choice())) __builtin_trap();
    if (is("RUNGS_FAKE_SLOW", choice())) usleep(20000);
    for (int m = 0; m < M; m++)
        for (int n = 0; n < N; n++) C[(size_t)m * (size_t)ldc + (size_t)n] = alpha * (float)K + beta;
    if (is("RUNGS_FAKE_WRONG", choice())) C[0] = 0;
}

void openblas_set_num_threads(int threads)
{
    (void)threads;
}

char *openblas_get_config(void)
{
    static char text[] = "OpenBLAS 0.0 fake";
    return text;
}

char *openblas_get_corename(void)
{
    static char text[32];
    strncpy(text, choice(), sizeof text - 1);
    return text;
}
