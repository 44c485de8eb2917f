/* peers.c - library peers; see peers.h.
 *
 * A library's choice of kernel is made when it is loaded, from the environment: each has a variable and the values
 * worth trying. */
#include "peers.h"

#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../optimized/memory.h"
#include "crew.h"

#if !defined RUNGS_OPENBLAS_LIBRARY
#define RUNGS_OPENBLAS_LIBRARY NULL
#endif
#if !defined RUNGS_BLIS_LIBRARY
#define RUNGS_BLIS_LIBRARY NULL
#endif
#if !defined RUNGS_ONEDNN_LIBRARY
#define RUNGS_ONEDNN_LIBRARY NULL
#endif

/* ---- the three libraries ---- */

typedef void cblas_sgemm_fn(int order, int ta, int tb, int M, int N, int K, float alpha, const float *A,
                            int lda, const float *B, int ldb, float beta, float *C, int ldc);
typedef int dnnl_sgemm_fn(char ta, char tb, int64_t M, int64_t N, int64_t K, float alpha, const float *A,
                          int64_t lda, const float *B, int64_t ldb, float beta, float *C, int64_t ldc);

enum { ROW_MAJOR = 101, AS_IS = 111, TRANSPOSED = 112 }; /* of the CBLAS interface */

static void product_cblas(any_fn *gemm, int ta, int tb, int M, int N, int K, const float *A, int lda,
                          const float *B, int ldb, float beta, float *C, int ldc)
{
    ((cblas_sgemm_fn *)gemm)(ROW_MAJOR, ta ? TRANSPOSED : AS_IS, tb ? TRANSPOSED : AS_IS, M, N, K, 1, A, lda,
                             B, ldb, beta, C, ldc);
}

static void product_dnnl(any_fn *gemm, int ta, int tb, int M, int N, int K, const float *A, int lda,
                         const float *B, int ldb, float beta, float *C, int ldc)
{
    ((dnnl_sgemm_fn *)gemm)(ta ? 'T' : 'N', tb ? 'T' : 'N', M, N, K, 1, A, lda, B, ldb, beta, C, ldc);
}

/* dlsym gives an object pointer; POSIX promises that it converts, ISO C does not */
static any_fn *function_named(void *library, const char *name)
{
    void *object = dlsym(library, name);
    any_fn *function;
    memcpy(&function, &object, sizeof function);
    return function;
}

typedef char *text_fn(void);
typedef int number_fn(void);
typedef const char *text_of_fn(int);
struct dnnl_version_head {
    int major, minor, patch;
};
typedef const struct dnnl_version_head *dnnl_version_fn(void);

static void describe_openblas(void *library, char *text, size_t room)
{
    text_fn *config = (text_fn *)function_named(library, "openblas_get_config");
    text_fn *core = (text_fn *)function_named(library, "openblas_get_corename");
    char name[48] = "OpenBLAS";
    if (config) sscanf(config(), "%23s", name);
    if (config) sscanf(config(), "%*s %23s", name + strlen(name) + 1), name[strlen(name)] = ' ';
    snprintf(text, room, "%s, %s kernels", name, core ? core() : "unknown");
}

static void describe_blis(void *library, char *text, size_t room)
{
    text_fn *version = (text_fn *)function_named(library, "bli_info_get_version_str");
    number_fn *id = (number_fn *)function_named(library, "bli_arch_query_id");
    text_of_fn *name = (text_of_fn *)function_named(library, "bli_arch_string");
    snprintf(text, room, "BLIS %s, %s kernels", version ? version() : "",
             id && name ? name(id()) : "unknown");
}

static void describe_onednn(void *library, char *text, size_t room)
{
    dnnl_version_fn *version = (dnnl_version_fn *)function_named(library, "dnnl_version");
    if (version)
        snprintf(text, room, "oneDNN %d.%d.%d", version()->major, version()->minor, version()->patch);
    else
        snprintf(text, room, "oneDNN");
}

struct library {
    const char *path_variable;      /* the user's choice of another build */
    const char *gemm, *set_threads; /* names of functions */
    void (*describe)(void *library, char *text, size_t room);
    const char *variable;      /* that chooses its kernels */
    const char *const *choice; /* values to try, besides leaving it unset; ends with NULL */
};

static const char *const openblas_choice[] = { "Haswell",        "Zen", "SkylakeX", "Cooperlake",
                                               "SapphireRapids", NULL };
static const char *const blis_choice[] = { "0", "1", "2", "3",  "4",  "5",  "6",
                                           "7", "8", "9", "10", "11", "12", NULL }; /* its numbers change */
static const char *const onednn_choice[] = { "AVX2", "AVX512_CORE", NULL };

static const struct library library[PEERS] = {
    { "RUNGS_OPENBLAS_LIBRARY", "cblas_sgemm", "openblas_set_num_threads", describe_openblas,
      "OPENBLAS_CORETYPE", openblas_choice },
    { "RUNGS_BLIS_LIBRARY", "cblas_sgemm", "bli_thread_set_num_threads", describe_blis, "BLIS_ARCH_TYPE",
      blis_choice },
    { "RUNGS_ONEDNN_LIBRARY", "dnnl_sgemm", "omp_set_num_threads", describe_onednn, "DNNL_MAX_CPU_ISA",
      onednn_choice },
};

/* BLIS counts threads in its own integer type */
static any_fn *blis_set;

static void set_blis_threads(int threads)
{
    ((void (*)(int64_t))blis_set)(threads);
}

static struct peer peer[PEERS] = {
    { .name = "openblas", .path = RUNGS_OPENBLAS_LIBRARY, .product = product_cblas },
    { .name = "blis", .path = RUNGS_BLIS_LIBRARY, .product = product_cblas },
    { .name = "onednn", .path = RUNGS_ONEDNN_LIBRARY, .product = product_dnnl },
};

/* Loads library k as the environment is now. Its workers are created while this thread may use all cores, because
 * some size their pool by that, and are pinned afterwards. */
static void load(int k)
{
    struct peer *p = &peer[k];
    crew_unpin_self();
    crew_note_threads();
    void *handle = dlopen(p->path, RTLD_NOW | RTLD_LOCAL);
    p->gemm = handle ? function_named(handle, library[k].gemm) : NULL;
    any_fn *set = handle ? function_named(handle, library[k].set_threads) : NULL;
    p->open = p->gemm && set;
    if (!handle)
        snprintf(p->pick, sizeof p->pick, "cannot be loaded: %.120s", dlerror());
    else if (!p->open)
        snprintf(p->pick, sizeof p->pick, "%.90s has no %s", p->path,
                 p->gemm ? library[k].set_threads : library[k].gemm);
    else
        library[k].describe(handle, p->pick, sizeof p->pick);
    p->set_threads = (void (*)(int))set;
    if (!strcmp(p->name, "blis")) {
        blis_set = set;
        p->set_threads = set_blis_threads;
    }
}

/* ---- which kernels are fastest here? ---- */

enum { TRIAL_SIZE = 512, TRIAL_CALLS = 6, TRIAL_SECONDS = 20 };

/* seconds of one product; the library must be open */
static double time_product(const struct peer *p)
{
    size_t elements = (size_t)TRIAL_SIZE * TRIAL_SIZE;
    float *A = memory_need(3 * elements, sizeof *A), *B = A + elements, *C = B + elements;
    double best = 1e30;
    for (size_t i = 0; i < 2 * elements; i++) A[i] = 1;
    for (int i = 0; i < TRIAL_CALLS; i++) {
        double start = crew_clock();
        p->product(p->gemm, 0, 1, TRIAL_SIZE, TRIAL_SIZE, TRIAL_SIZE, A, TRIAL_SIZE, B, TRIAL_SIZE, 0, C,
                   TRIAL_SIZE);
        double seconds = crew_clock() - start;
        if (seconds < best) best = seconds;
    }
    int right = C[0] == TRIAL_SIZE && C[elements - 1] == TRIAL_SIZE; /* sums of ones are exact */
    free(A);
    return right ? best : 1e30;
}

static void trial_in_child(int k, const char *choice, int out)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    if (!freopen("/dev/null", "w", stderr)) _exit(1); /* a choice that does not fit may complain at length */
    if (choice) setenv(library[k].variable, choice, 1);
    load(k);
    if (!peer[k].open) _exit(1);
    crew_pin_self();
    peer[k].set_threads(1);
    double seconds = time_product(&peer[k]);
    _exit(write(out, &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
}

/* seconds of one product with that choice (NULL: the library's own); huge if it crashes, hangs or is wrong */
static double trial(int k, const char *choice)
{
    int pipe_end[2];
    double seconds = 1e30;
    if (pipe(pipe_end)) return seconds;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(pipe_end[0]);
        trial_in_child(k, choice, pipe_end[1]);
    }
    close(pipe_end[1]);
    if (child > 0) {
        struct pollfd wait = { .fd = pipe_end[0], .events = POLLIN };
        int ready;
        while ((ready = poll(&wait, 1, TRIAL_SECONDS * 1000)) < 0 && errno == EINTR) continue;
        if (ready == 1 && read(pipe_end[0], &seconds, sizeof seconds) != sizeof seconds) seconds = 1e30;
        if (ready != 1) kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    }
    close(pipe_end[0]);
    return seconds;
}

/* The fastest choice, tried twice more against the library's own, which it must beat by more than noise. */
static const char *fastest_choice(int k)
{
    const char *best = NULL;
    double own = trial(k, NULL), least = 1e30;
    for (const char *const *choice = library[k].choice; *choice; choice++) {
        double seconds = trial(k, *choice);
        if (!(seconds < least)) continue;
        least = seconds;
        best = *choice;
    }
    for (int again = 0; again < 2 && best; again++) {
        own = fmin(own, trial(k, NULL));
        least = fmin(least, trial(k, best));
    }
    return least < own / 1.03 ? best : NULL;
}

const struct peer *peers_open(void)
{
    const char *choice[PEERS];
    for (int k = 0; k < PEERS; k++)
        if (getenv(library[k].path_variable)) peer[k].path = getenv(library[k].path_variable);
    for (int k = 0; k < PEERS; k++) choice[k] = peer[k].path ? fastest_choice(k) : NULL;
    for (int k = 0; k < PEERS; k++) {
        if (!peer[k].path) {
            snprintf(peer[k].pick, sizeof peer[k].pick, "was not there at configure time");
            continue;
        }
        if (choice[k]) setenv(library[k].variable, choice[k], 1);
        load(k);
        if (!peer[k].open) continue;
        peer[k].set_threads(crew_cores());
        (void)time_product(&peer[k]); /* starts its workers and fills its pools */
        crew_adopt();
        size_t used = strlen(peer[k].pick);
        snprintf(peer[k].pick + used, sizeof peer[k].pick - used,
                 choice[k] ? " (%s=%s)" : " (its own choice)", library[k].variable,
                 choice[k] ? choice[k] : "");
    }
    crew_pin_self();
    return peer;
}

/* ---- the operations ---- */

/* y (N,OUT) = x w^T + b. Laying the bias out first and adding the product to it saves a pass over y. */
static void forward(const struct peer *p, const int *s, const float *x, const float *w, const float *b,
                    float *y)
{
    int N = s[0], IN = s[1], OUT = s[2];
    for (int n = 0; n < N; n++) memcpy(y + (size_t)n * OUT, b, (size_t)OUT * sizeof *y);
    p->product(p->gemm, 0, 1, N, OUT, IN, x, IN, w, IN, 1, y, OUT);
}

/* dx (N,IN) = dy w */
static void backward_dx(const struct peer *p, const int *s, const float *w, const float *dy, float *dx)
{
    int N = s[0], IN = s[1], OUT = s[2];
    p->product(p->gemm, 0, 0, N, IN, OUT, dy, OUT, w, IN, 0, dx, IN);
}

/* dw (OUT,IN) = dy^T x,  db = column sums of dy */
static void backward_dw(const struct peer *p, const int *s, const float *x, const float *dy, float *dw,
                        float *db)
{
    int N = s[0], IN = s[1], OUT = s[2];
    p->product(p->gemm, 1, 0, OUT, IN, N, dy, OUT, x, IN, 0, dw, IN);
    memset(db, 0, (size_t)OUT * sizeof *db);
    for (int n = 0; n < N; n++) {
        const float *row = dy + (size_t)n * OUT;
        for (int o = 0; o < OUT; o++) db[o] += row[o];
    }
}

static void relu(size_t n, float *y)
{
    for (size_t i = 0; i < n; i++) y[i] = y[i] > 0 ? y[i] : 0;
}

static void relu_gradient(size_t n, const float *a, float *dz)
{
    for (size_t i = 0; i < n; i++) dz[i] = a[i] > 0 ? dz[i] : 0;
}

static const char *const known[] = { "dense_forward", "dense_backward_dx", "dense_backward_dw",
                                     "dense_relu_forward", "dense_relu_backward_dx" };

static int index_of(const struct op *op)
{
    for (int i = 0; i < (int)(sizeof known / sizeof *known); i++)
        if (!strcmp(op->name, known[i])) return i;
    return -1;
}

int peer_can(const struct op *op)
{
    return index_of(op) >= 0;
}

void peer_call(const struct peer *p, const struct op *op, const int *size, void *const *buf)
{
    size_t N = (size_t)size[0];
    switch (index_of(op)) {
    case 0: forward(p, size, buf[0], buf[1], buf[2], buf[3]); break;
    case 1: backward_dx(p, size, buf[0], buf[1], buf[2]); break;
    case 2: backward_dw(p, size, buf[0], buf[1], buf[2], buf[3]); break;
    case 3:
        forward(p, size, buf[0], buf[1], buf[2], buf[3]);
        relu(N * (size_t)size[2], buf[3]);
        break;
    case 4:
        backward_dx(p, size, buf[1], buf[2], buf[3]);
        relu_gradient(N * (size_t)size[1], buf[0], buf[3]);
        break;
    }
}
