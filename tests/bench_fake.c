/* bench_fake.c - a library that looks like OpenBLAS and whose kernel choices misbehave: one crashes, one is wrong, one
 * ends the program, one is slow. Only "Zen" is both right and fast. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void cblas_sgemm(int order, int ta, int tb, int M, int N, int K, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc);
void openblas_set_num_threads(int threads);
char *openblas_get_config(void);
char *openblas_get_corename(void);

static const char *choice(void)
{
    const char *text = getenv("OPENBLAS_CORETYPE");
    return text ? text : "none";
}

/* of ones by ones: all that a trial asks for */
void cblas_sgemm(int order, int ta, int tb, int M, int N, int K, float alpha, const float *A, int lda,
                 const float *B, int ldb, float beta, float *C, int ldc)
{
    (void)order, (void)ta, (void)tb, (void)A, (void)lda, (void)B, (void)ldb;
    if (!strcmp(choice(), "Haswell")) __builtin_trap();
    if (!strcmp(choice(), "Cooperlake")) exit(0);
    if (strcmp(choice(), "Zen") != 0) usleep(20000);
    for (int m = 0; m < M; m++)
        for (int n = 0; n < N; n++) C[(size_t)m * (size_t)ldc + (size_t)n] = alpha * (float)K + beta;
    if (!strcmp(choice(), "SkylakeX")) C[0] = 0;
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
    static char text[] = "fake";
    return text;
}
