/* gradcheck_so.c - rungs gradcheck so: a loss and its gradient in a shared object, or a whole gc_problem. */
#include "gradcheck.h"

#include <dlfcn.h>
#include <link.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/rung.h"

typedef double loss_f64(const double *x, size_t n, void *ctx);
typedef float loss_f32(const float *x, size_t n, void *ctx);
typedef void grad_f64(const double *x, size_t n, double *g, void *ctx);
typedef void grad_f32(const float *x, size_t n, float *g, void *ctx);

static const char *path, *loss_name, *grad_name, *problem_name, *x_path, *tensors, *oracle_name, *value_text;
static int n, f32;
static void *x_data;

/* as the library gives them */
static struct {
    loss_f64 *loss64;
    loss_f32 *loss32;
    grad_f64 *grad64;
    grad_f32 *grad32;
    loss_f64 *oracle64; /* NULL: there is none */
    loss_f32 *oracle32;
} user;

/* ---- two pointers as a problem ---- */

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    if (f32)
        *(float *)out->data = user.loss32(in->data, (size_t)n, NULL);
    else
        *(double *)out->data = user.loss64(in->data, (size_t)n, NULL);
    return 0;
}

/* Is this the caller's point? */
static int is_given(const void *x)
{
    return x_data && !memcmp(x, x_data, (size_t)n * (f32 ? sizeof(float) : sizeof(double)));
}

/* The known value at the given point; elsewhere the other function, or nothing that could disagree. */
static int oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    if (value_text && is_given(in->data))
        gc_set(out, 0, strtod(value_text, NULL));
    else if (oracle_name && f32)
        *(float *)out->data = user.oracle32(in->data, (size_t)n, NULL);
    else if (oracle_name)
        *(double *)out->data = user.oracle64(in->data, (size_t)n, NULL);
    else
        return forward(ctx, in, out);
    return 0;
}

/* A value is as exact as it is written: half a unit of its last digit, relative to it. */
static double rtol_of_value(void)
{
    double last = 1, value = fabs(strtod(value_text, NULL));
    const char *at = value_text + strcspn(value_text, ".eE");
    if (*at == '.')
        while (*++at >= '0' && *at <= '9') last /= 10;
    if (*at == 'e' || *at == 'E') last *= pow(10, strtod(at + 1, NULL));
    return value > 0 ? 0.5 * last / value : 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    (void)ctx, (void)out, (void)dout;
    if (f32)
        user.grad32(in->data, (size_t)n, din->data, NULL);
    else
        user.grad64(in->data, (size_t)n, din->data, NULL);
    return 0;
}

static int open_pointers(struct subject *s, void *library, char *error)
{
    void *loss = library_symbol(library, path, loss_name, error);
    void *grad = loss ? library_symbol(library, path, grad_name, error) : NULL;
    void *other = grad && oracle_name ? library_symbol(library, path, oracle_name, error) : NULL;
    if (!grad || (oracle_name && !other)) return 0;
    /* POSIX: a pointer of dlsym is a function's */
    *(void **)&user.loss64 = *(void **)&user.loss32 = loss;
    *(void **)&user.grad64 = *(void **)&user.grad32 = grad;
    *(void **)&user.oracle64 = *(void **)&user.oracle32 = other;
    gc_dtype dt = f32 ? GC_F32 : GC_F64;
    s->in[0] =
        (gc_tensor){ .name = "x", .data = x_data, .dt = dt, .nd = 1, .dim = { (size_t)n }, .flags = GC_GRAD };
    s->out[0] = (gc_tensor){ .name = "loss", .dt = dt };
    s->problem = (gc_problem){ .name = s->name,
                               .nin = 1,
                               .nout = 1,
                               .in = s->in,
                               .out = s->out,
                               .forward = forward,
                               .backward = backward,
                               .oracle = oracle_name || value_text ? oracle : NULL,
                               .oracle_rtol = value_text ? rtol_of_value() : 0,
                               .no_upstream = 1 };
    return 1;
}

/* ---- an exported problem ---- */

/* An exported gc_problem, a pointer to one, or a function that returns one: the
 * symbol's kind and size tell. */
static const gc_problem *find_problem(void *at, char *error)
{
    Dl_info info;
    ElfW(Sym) *symbol = NULL;
    if (!dladdr1(at, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol) return at;
    if (ELF64_ST_TYPE(symbol->st_info) == STT_FUNC) {
        const gc_problem *(*make)(void);
        *(void **)&make = at;
        return make();
    }
    if (symbol->st_size == sizeof(gc_problem)) return at;
    if (symbol->st_size == sizeof(gc_problem *)) return *(const gc_problem *const *)at;
    error_set(
        error,
        "%s in %s has %zu bytes, but a gc_problem has %zu: compile the library with this program's gc.h, and "
        "export a gc_problem, a pointer to one, or a function that returns one",
        problem_name, path, (size_t)symbol->st_size, sizeof(gc_problem));
    return NULL;
}

static int open_problem(struct subject *s, void *library, char *error)
{
    void *at = library_symbol(library, path, problem_name, error);
    if (!at) return 0;
    *error = '\0';
    const gc_problem *p = find_problem(at, error);
    if (!p)
        return *error ? 0
                      : error_set(error, "%s in %s gives NULL instead of a gc_problem", problem_name, path);
    if (p->nin < 1 || p->nin > GC_MAX_TENSORS || p->nout < 1 || p->nout > GC_MAX_TENSORS || !p->in || !p->out)
        return error_set(
            error,
            "%s in %s has nin = %d and nout = %d; both must be from 1 to %d, and in and out must point to "
            "as many tensors",
            problem_name, path, p->nin, p->nout, GC_MAX_TENSORS);
    s->problem = *p;
    memcpy(s->in, p->in, (size_t)p->nin * sizeof *p->in);
    s->problem.in = s->in;
    for (int i = 0; i < p->nin; i++)
        if (!s->in[i].name)
            return error_set(error, "input %d of %s in %s has no name", i, problem_name, path);
    if (p->name) snprintf(s->name, sizeof s->name, "%s", p->name);
    return 1;
}

static int open_so(struct subject *s, char *error)
{
    void *library = library_open(path, error);
    if (!library) return 0;
    return problem_name ? open_problem(s, library, error) : open_pointers(s, library, error);
}

int so_check_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    int ok = subject_check_work(s, set, out);
    if (ok && !problem_name && out->results) mismatch_look(s, loss_name, grad_name, &out->result[0]);
    return ok;
}

/* ---- the command line ---- */

/* 0 with error set */
static int read_x(char *error)
{
    double *x = calloc((size_t)n, sizeof *x);
    if (!x) {
        error_set(error, "out of memory for %d numbers", n);
        return gradcheck_ends(EXIT_RESOURCES);
    }
    if (!numbers_read(x_path, (size_t)n, x, error)) {
        free(x);
        return 0;
    }
    x_data = x;
    if (f32) /* in place: a float never lies behind its double */
        for (int i = 0; i < n; i++) {
            float value = (float)x[i];
            memcpy((char *)x + (size_t)i * sizeof value, &value, sizeof value);
        }
    return 1;
}

/* one number with nothing behind it */
static int is_value(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    return end > text && !*end && isfinite(value);
}

/* -1 if the words fit together */
static int settle(const char *verb)
{
    char error[ERROR_TEXT];
    if (problem_name && (loss_name || grad_name || n || x_path || f32 || oracle_name || value_text))
        return args_refuse(
            verb, "--problem gives everything: leave out --loss, --grad, --n, --x, --f32, --oracle and "
                  "--value");
    if (!problem_name && (!loss_name || !grad_name || !n))
        return args_refuse(verb, "it needs --loss, --grad and --n, or --problem; `rungs %s --help` shows how",
                           verb);
    if (value_text && !is_value(value_text))
        return args_refuse(verb, "--value %.60s: give the loss at the point of --x, a number like 0.6931",
                           value_text);
    if (value_text && !x_path)
        return args_refuse(verb, "--value is the loss at the point of --x: give that file, too");
    if (!elf_is_library(path, error) || (x_path && !read_x(error)))
        return args_fail(gradcheck_refusal, verb, "%s", error);
    return -1;
}

int so_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    path = loss_name = grad_name = problem_name = x_path = tensors = oracle_name = value_text = NULL;
    n = f32 = 0;
    x_data = NULL;
    const struct option_row options[] = {
        { "--loss", OPTION_TEXT, &loss_name, 0, 0, "double NAME(const double *x, size_t n, void *ctx)" },
        { "--grad", OPTION_TEXT, &grad_name, 0, 0,
          "void NAME(const double *x, size_t n, double *g, void *ctx)" },
        { "--n", OPTION_INT, &n, 1, 1e9, "how many numbers x has" },
        { "--x", OPTION_TEXT, &x_path, 0, 0, "a file of n numbers: the point to check at, and around" },
        { "--tensors", OPTION_TEXT, &tensors, 0, 0, "W:16x8,b:16: the tensors that x is made of" },
        { "--oracle", OPTION_TEXT, &oracle_name, 0, 0,
          "another function that must give the same losses as F" },
        { "--value", OPTION_TEXT, &value_text, 0, 0,
          "the loss at the point of --x, as far as it is known: 0.6931" },
        { "--f32", OPTION_FLAG, &f32, 0, 0, "both functions take float instead of double" },
        { "--problem", OPTION_TEXT, &problem_name, 0, 0,
          "a gc_problem instead, or a function that returns one" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        verb,
        "is the gradient in a shared object right?",
        "rungs gradcheck so LIB.so --loss F --grad G --n N [options]\n"
        "rungs gradcheck so LIB.so --problem P [options]",
        "Loads LIB.so and compares the gradient G with differences of the loss F at random points, or at and "
        "around\n"
        "the numbers in a file. F and G are C functions:\n\n"
        "    double F(const double *x, size_t n, void *ctx);\n"
        "    void G(const double *x, size_t n, double *g, void *ctx);\n\n"
        "ctx is NULL; functions without it, or a loss without n, will do. G writes every g[i]. Make the "
        "library with\n"
        "cc -O2 -fPIC -shared -o LIB.so FILE.c -lm. The code runs in a child process, and a "
        "crash is reported.\n\n"
        "A gradient check sees whether G belongs to F, not whether F is the function that was meant. --oracle and "
        "--value do:\n"
        "they compare F with another function of the library, written independently, and with a known loss.\n\n"
        "With --problem the library exports a gc_problem (gc.h): named tensors, a forward and a backward.",
        "rungs gradcheck so ./logistic.so --loss logistic --grad logistic_grad --n 5\n"
        "rungs gradcheck so ./logistic.so --loss logistic --grad logistic_grad --n 5 --x point.txt --svg "
        "charts\n"
        "rungs gradcheck so ./layer.so --problem layer --only W --at 2,1",
        options,
        1,
        1,
        NULL,
    };
    const char *word[1];
    int code;
    if (gradcheck_read(&manual, argc, argv, word, set, &code) < 0) return code;
    path = word[0];
    set->tensors = tensors;
    s->verb = verb;
    s->code = path;
    s->open = open_so;
    snprintf(s->name, sizeof s->name, "%s", problem_name ? problem_name : loss_name ? loss_name : "");
    return settle(verb);
}
