/* peers.c - the peers, and above all the libraries; see peers.h.
 *
 * A library chooses its kernels when it is loaded, by the CPU, or as a variable of the environment says.
 * Where its choice is none of those that fit the CPU (peer_kernels.h), the variable is set. */
#include "peers.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../optimized/check.h"
#include "../base/memory.h"
#include "pinning.h"
#include "peer_frameworks.h"
#include "peer_kernels.h"

#if !defined RUNGS_OPENBLAS_LIBRARY
#define RUNGS_OPENBLAS_LIBRARY NULL
#endif
#if !defined RUNGS_BLIS_LIBRARY
#define RUNGS_BLIS_LIBRARY NULL
#endif
#if !defined RUNGS_ONEDNN_LIBRARY
#define RUNGS_ONEDNN_LIBRARY NULL
#endif
#if !defined RUNGS_SLEEF_LIBRARY
#define RUNGS_SLEEF_LIBRARY NULL
#endif

/* ---- the libraries ---- */

typedef char *text_fn(void);
typedef int number_fn(void);
typedef const char *text_of_fn(int);
struct dnnl_version_head {
    int major, minor, patch;
};
typedef const struct dnnl_version_head *dnnl_version_fn(void);

static const char *openblas_kernels(void *library)
{
    text_fn *core = (text_fn *)peer_function(library, "openblas_get_corename");
    return core ? core() : "unknown";
}

static void describe_openblas(void *library, char *text, size_t room)
{
    text_fn *config = (text_fn *)peer_function(library, "openblas_get_config");
    char name[48] = "OpenBLAS";
    if (config) sscanf(config(), "%23s", name);
    if (config) sscanf(config(), "%*s %23s", name + strlen(name) + 1), name[strlen(name)] = ' ';
    snprintf(text, room, "%s, %s kernels", name, openblas_kernels(library));
}

static const char *blis_kernels(void *library)
{
    number_fn *id = (number_fn *)peer_function(library, "bli_arch_query_id");
    text_of_fn *name = (text_of_fn *)peer_function(library, "bli_arch_string");
    return id && name ? name(id()) : "unknown";
}

static void describe_blis(void *library, char *text, size_t room)
{
    text_fn *version = (text_fn *)peer_function(library, "bli_info_get_version_str");
    snprintf(text, room, "BLIS %s, %s kernels", version ? version() : "", blis_kernels(library));
}

static void describe_onednn(void *library, char *text, size_t room)
{
    dnnl_version_fn *version = (dnnl_version_fn *)peer_function(library, "dnnl_version");
    if (version)
        snprintf(text, room, "oneDNN %d.%d.%d", version()->major, version()->minor, version()->patch);
    else
        snprintf(text, room, "oneDNN");
}

struct library {
    const char *name;          /* in peer_names */
    const char *path_variable; /* the user's choice of another build */
    /* either finds its functions by itself, and describes them in p->pick; 0 and the
     * reason there if it cannot */
    int (*open)(void *library, struct peer *p);
    const char *gemm, *set_threads; /* or these names of functions will do */
    void (*describe)(void *library, char *text, size_t room);
    const char *(*kernels)(
        void *library); /* the name of those that it has chosen; NULL: no choice is made for it */
    void (*open_more)(void *library, struct peer *p); /* what there is beside; may be NULL  */
    const char *variable;                             /* that chooses its kernels */
    int numbers; /* its values are 0..numbers-1, which mean other kernels in each version; 0: the names */
};

/* BLIS counts threads in its own integer type */
static any_fn *blis_set;

static void set_blis_threads(int threads)
{
    ((void (*)(int64_t))blis_set)(threads);
}

static void wrap_blis_threads(void *handle, struct peer *p)
{
    (void)handle;
    blis_set = (any_fn *)p->set_threads;
    p->set_threads = set_blis_threads;
}

static const struct library library[LIBRARIES] = {
    { "openblas", "RUNGS_OPENBLAS_LIBRARY", NULL, "cblas_sgemm", "openblas_set_num_threads",
      describe_openblas, openblas_kernels, NULL, "OPENBLAS_CORETYPE", 0 },
    { "blis", "RUNGS_BLIS_LIBRARY", NULL, "cblas_sgemm", "bli_thread_set_num_threads", describe_blis,
      blis_kernels, wrap_blis_threads, "BLIS_ARCH_TYPE", 20 },
    { "onednn", "RUNGS_ONEDNN_LIBRARY", NULL, "dnnl_sgemm", "omp_set_num_threads", describe_onednn, NULL,
      peer_onednn_open, NULL, 0 },
    { .name = "sleef", .path_variable = "RUNGS_SLEEF_LIBRARY", .open = peer_sleef_open },
    { .name = "onednn_own_layout", .path_variable = "RUNGS_ONEDNN_LIBRARY", .open = peer_onednn_own_open },
};

/* in the order of peer_names */
static struct peer peer[PEERS] = {
    { .path = RUNGS_OPENBLAS_LIBRARY, .knows = { peer_products }, .product = peer_product_cblas },
    { .path = RUNGS_BLIS_LIBRARY, .knows = { peer_products }, .product = peer_product_cblas },
    { .path = RUNGS_ONEDNN_LIBRARY,
      .knows = { peer_products, peer_onednn_ops, peer_onednn_images },
      .product = peer_product_dnnl },
    { .path = RUNGS_SLEEF_LIBRARY, .knows = { peer_sleef_ops } },
    [PEERS - 1] = { .path = RUNGS_ONEDNN_LIBRARY, .knows = { peer_onednn_own } },
};

/* library k */
static struct peer *peer_of(int k)
{
    return &peer[peer_number(library[k].name)];
}

/* 0 and the reason in p->pick if it lacks a function */
static int open_product(const struct library *l, void *handle, struct peer *p)
{
    any_fn *set = peer_function(handle, l->set_threads);
    p->gemm = peer_function(handle, l->gemm);
    p->set_threads = (void (*)(int))set;
    if (!p->gemm || !set) {
        snprintf(p->pick, sizeof p->pick, "%.90s has no %s", p->path, p->gemm ? l->set_threads : l->gemm);
        return 0;
    }
    l->describe(handle, p->pick, sizeof p->pick);
    if (l->open_more) l->open_more(handle, p);
    return 1;
}

/* Loads library k as the environment is now. Its workers are created while this thread may use all cores,
 * because some size their pool by that, and are pinned afterwards. */
static void *load(int k)
{
    struct peer *p = peer_of(k);
    pinning_unpin_self();
    pinning_note_threads();
    void *handle = dlopen(p->path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        snprintf(p->pick, sizeof p->pick, "cannot be loaded: %.120s", dlerror());
    else
        p->open = library[k].open ? library[k].open(handle, p) : open_product(&library[k], handle, p);
    return handle;
}

/* ---- which kernels? ---- */

enum { TRIAL_SIZE = 512, TRIAL_SECONDS = 20 };

static const struct peer_op *find(const struct peer *p, const struct op *op)
{
    for (size_t t = 0; t < sizeof p->knows / sizeof *p->knows; t++)
        for (const struct peer_op *o = p->knows[t]; o && o->op; o++)
            if (!strcmp(o->op, op->name)) return o;
    return NULL;
}

/* a product of ones by ones, whose sums are exact; the library must be open */
static int product_is_right(const struct peer *p)
{
    size_t elements = (size_t)TRIAL_SIZE * TRIAL_SIZE, right = 0;
    float *A = memory_need(3 * elements, sizeof *A), *B = A + elements, *C = B + elements;
    for (size_t i = 0; i < 2 * elements; i++) A[i] = 1;
    p->product(p->gemm, 0, 1, TRIAL_SIZE, TRIAL_SIZE, TRIAL_SIZE, A, TRIAL_SIZE, B, TRIAL_SIZE, 0, C,
               TRIAL_SIZE);
    for (size_t i = 0; i < elements; i++) right += C[i] == TRIAL_SIZE;
    free(A);
    return right == elements;
}

enum { KERNELS_NAME = 48 };

/* library k's variable gets the value; NULL: it is unset, whatever the caller's environment said */
static void set_choice(int k, const char *choice)
{
    if (!library[k].variable) return;
    if (choice)
        setenv(library[k].variable, choice, 1);
    else
        unsetenv(library[k].variable);
}

static void trial_in_child(int k, const char *choice, int out)
{
    char name[KERNELS_NAME] = "";
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    if (!freopen("/dev/null", "w", stderr)) _exit(1); /* a choice that does not fit may complain at length */
    set_choice(k, choice);
    void *handle = load(k);
    if (!peer_of(k)->open) _exit(1);
    pinning_pin_self();
    peer_of(k)->set_threads(1);
    if (!product_is_right(peer_of(k))) _exit(1);
    snprintf(name, sizeof name, "%s", library[k].kernels(handle));
    _exit(write(out, name, sizeof name) == sizeof name ? 0 : 1);
}

/* The name of the kernels that the library takes with that value of its variable (NULL: unset); "" if it
 * crashes, hangs or is wrong. */
static void trial(int k, const char *choice, char name[KERNELS_NAME])
{
    int pipe_end[2];
    *name = '\0';
    if (pipe(pipe_end)) return;
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
        if (ready != 1 || read(pipe_end[0], name, KERNELS_NAME) != KERNELS_NAME) *name = '\0';
        if (ready != 1) kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    }
    close(pipe_end[0]);
}

/* 1 if library k takes the wanted kernels with that value */
static int brings(int k, const char *value, const char *wanted)
{
    char name[KERNELS_NAME];
    trial(k, value, name);
    return !strcasecmp(name, wanted);
}

/* The value of the library's variable; NULL: unset, because its own choice fits this CPU, or nothing that
 * fits works. It lives until the next call for the same library. */
static const char *choose(int k)
{
    static char value[LIBRARIES][KERNELS_NAME];
    const char *fit[PEER_KERNELS + 1];
    char own[KERNELS_NAME];
    struct x86 cpu = x86_of_this_machine();
    peer_kernels(library[k].name, &cpu, fit);
    if (!*fit) return NULL;
    trial(k, NULL, own);
    for (const char **f = fit; *f; f++)
        if (!strcasecmp(own, *f)) return NULL;
    for (const char **f = fit; *f; f++) {
        snprintf(value[k], KERNELS_NAME, "%s", *f);
        if (!library[k].numbers && brings(k, value[k], *f)) return value[k];
        for (int number = 0; number < library[k].numbers; number++) {
            snprintf(value[k], KERNELS_NAME, "%d", number);
            if (brings(k, value[k], *f)) return value[k];
        }
    }
    return NULL;
}

/* opens library k with the kernels chosen for it, and has its workers started and pinned */
static void open_with(int k, const char *choice)
{
    struct peer *p = peer_of(k);
    set_choice(k, choice);
    (void)load(k);
    if (!p->open || !p->product) return;
    p->set_threads(pinning_cores());
    (void)product_is_right(p); /* starts its workers and fills its pools */
    pinning_adopt();
    size_t used = strlen(p->pick);
    snprintf(p->pick + used, sizeof p->pick - used, choice ? " (%s=%s)" : " (its own choice)",
             library[k].variable, choice ? choice : "");
}

static const struct peer *open_some(const struct op *const *op, int n, int with_frameworks)
{
    const char *choice[LIBRARIES];
    int asked[PEERS] = { 0 };
    for (int f = 0; f < FRAMEWORKS; f++)
        peer_framework_ops(f, peer[peer_number(peer_framework_name(f))].knows);
    for (int k = 0; k < PEERS; k++) {
        peer[k].name = peer_names[k];
        for (int i = 0; i < n; i++) asked[k] |= find(&peer[k], op[i]) != NULL;
    }
    for (int k = 0; k < LIBRARIES; k++) {
        struct peer *p = peer_of(k);
        if (getenv(library[k].path_variable)) p->path = getenv(library[k].path_variable);
        choice[k] = asked[p - peer] && p->path && library[k].kernels ? choose(k) : NULL;
    }
    for (int k = 0; k < LIBRARIES; k++) {
        struct peer *p = peer_of(k);
        if (asked[p - peer] && p->path) open_with(k, choice[k]);
        if (asked[p - peer] && !p->path) snprintf(p->pick, sizeof p->pick, "was not there at configure time");
    }
    for (int f = 0; with_frameworks && f < FRAMEWORKS; f++) {
        int k = peer_number(peer_framework_name(f));
        if (asked[k]) peer_framework_open(&peer[k], f);
    }
    pinning_pin_self();
    return peer;
}

const struct peer *peers_open(const struct op *const *op, int n)
{
    return open_some(op, n, 1);
}

const struct peer *peers_open_libraries(const struct op *const *op, int n)
{
    return open_some(op, n, 0);
}

void peers_close(void)
{
    peer_frameworks_close();
}

/* ---- the operations ---- */

const struct peer_op *peer_find(const struct peer *p, const struct op *op)
{
    return p->open && !*p->lost ? find(p, op) : NULL;
}

void peer_note(const struct peer *p, const struct peer_op *o, char *text)
{
    int used = snprintf(text, 256, "%s%s%s", p->pick, o->how ? "; calls " : "", o->how ? o->how : "");
    if (o->formula && used < 256)
        snprintf(text + used, 256 - (size_t)used, "; may err by %d roundings of the terms of %s",
                 PEER_ROUNDINGS, o->formula);
}

/* terms of output a, 0 before */
static void terms_of(const struct peer_op *o, const struct check_case *c, int a, double *terms)
{
    const float *x = c->input[0], *dy = c->input[1];
    if (o->all_terms) o->all_terms(c, a, terms);
    for (size_t k = 0; o->terms && k < c->elements[a]; k++)
        terms[k] = o->terms((double)x[k], dy ? (double)dy[k] : 1);
}

struct check_case *peer_case(const struct peer_op *o, const struct check_case *c)
{
    if (!o->terms && !o->all_terms) return NULL;
    struct check_case *own = check_case_rebound(c);
    for (int a = 0; a < c->op->narg; a++) {
        if (!c->bound[a]) continue;
        double *terms = memory_need(c->elements[a], sizeof *terms);
        terms_of(o, c, a, terms);
        for (size_t k = 0; k < c->elements[a]; k++) own->bound[a][k] += PEER_ROUNDINGS * 0x1p-24 * terms[k];
        free(terms);
    }
    return own;
}
