/* gradcheck_sig.c - rungs gradcheck sig: functions of any signature, told by their C prototypes. */
#include "gradcheck.h"

#include <dlfcn.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gradcheck_compile.h"
#include "gradcheck_plan.h"

static const char *library_path, *grad_text, *keep, *tensors, *oracle_name;
static struct plan_options options_of_plan;
static struct plan plan;
static const char *shim_path; /* the compiled one */

/* ---- values ---- */

int plan_needs_fill(const struct plan *p)
{
    for (int i = 0; i < p->nin; i++)
        if (p->in[i].has_range && !p->in[i].data) return 1;
    return 0;
}

/* near normal, as the checker draws; smaller in large matrices, so that sums stay near 1 */
static double draw(const struct plan_tensor *t, uint64_t seed, uint64_t stream, size_t i)
{
    double sum = -2, longest = 1;
    for (uint64_t k = 0; k < 4; k++) sum += gc_random_unit(seed, stream, 4 * i + k);
    sum *= sqrt(3);
    if (t->flags & GC_POSITIVE) return exp(0.7 * sum);
    for (int k = 0; k < t->nd; k++) longest = fmax(longest, (double)t->dim[k]);
    return t->nd >= 2 && longest > 9 ? sum * 3 / sqrt(longest) : sum;
}

static double value_of(const struct plan_tensor *t, int point, uint64_t seed, uint64_t stream, size_t i)
{
    double u = gc_random_unit(seed, stream, i);
    if (t->data) {
        gc_tensor given = { .data = t->data, .dt = t->dt };
        double x = gc_get(&given, i);
        int moves = point > 0 && t->flags & GC_GRAD && !(t->flags & GC_FIXED);
        return moves ? x + 0.1 * (2 * u - 1) * fmax(fabs(x), t->flags & GC_POSITIVE ? 0 : 1) : x;
    }
    if (!t->has_range) return draw(t, seed, stream, i);
    if (t->dt == GC_I32) return fmin(floor(t->low + u * (t->high - t->low + 1)), t->high);
    return t->low + u * (t->high - t->low);
}

int plan_fill(const struct plan *p, int point, uint64_t seed, gc_tensor *in)
{
    for (int k = 0; k < p->nin; k++)
        for (size_t i = 0; i < p->in[k].elements; i++)
            gc_set(&in[k], i, value_of(&p->in[k], point, seed, (uint64_t)(1000 + k), i));
    return 0;
}

static int fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    (void)ctx;
    return plan_fill(&plan, point, seed, in);
}

/* ---- in the child ---- */

static void **loss_pointer, *loss_function, *oracle_function; /* the shim calls what the pointer holds */
static gc_forward shim_forward;

static int oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    *loss_pointer = oracle_function;
    int code = shim_forward(ctx, in, out);
    *loss_pointer = loss_function;
    return code;
}

/* 0 with error set */
static int add_oracle(gc_problem *p, void *shim, void *library, char *error)
{
    loss_pointer = library_symbol(shim, shim_path, "gradcheck_loss", error);
    oracle_function = loss_pointer ? library_symbol(library, library_path, oracle_name, error) : NULL;
    if (!oracle_function) return 0;
    loss_function = *loss_pointer;
    shim_forward = p->forward;
    p->oracle = oracle;
    return 1;
}

/* sets one of the shim's function pointers */
static int bind(void *shim, const char *pointer, void *library, const char *name, char *error)
{
    void **at = library_symbol(shim, shim_path, pointer, error);
    void *function = at ? library_symbol(library, library_path, name, error) : NULL;
    if (function) *at = function;
    return function != NULL;
}

static int open_sig(struct subject *s, char *error)
{
    void *library = library_open(library_path, error),
         *shim = library ? library_open(shim_path, error) : NULL;
    if (!shim || !bind(shim, "gradcheck_loss", library, plan.loss.name, error) ||
        !bind(shim, "gradcheck_grad", library, plan.grad.name, error))
        return 0;
    const gc_problem *p = library_symbol(shim, shim_path, "gradcheck_problem", error);
    if (!p) return 0;
    s->problem = *p;
    for (int i = 0; i < p->nin; i++) {
        s->in[i] = p->in[i];
        s->in[i].data = plan.in[i].data;
    }
    s->problem.in = s->in;
    s->problem.name = s->name;
    if (plan_needs_fill(&plan)) s->problem.fill = fill;
    return oracle_name ? add_oracle(&s->problem, shim, library, error) : 1;
}

/* ---- in the parent ---- */

/* the texts of the shim, in memory; NULL: no memory */
static char *shim_text(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (!f) return NULL;
    int fine = !shim_write(f, &plan);
    if (!fclose(f) && fine) return text;
    free(text);
    return NULL;
}

static int keep_file(const char *name, const char *text, char *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", keep, name);
    FILE *f = fopen(path, "w");
    int fine = f && fputs(text, f) >= 0;
    if (f) fine &= !fclose(f);
    if (!fine) error_set(error, "%.500s cannot be written", path);
    return fine || gradcheck_ends(EXIT_OUTPUT);
}

/* 0 with error set */
static int make_shim(char *error, size_t room)
{
    const char *folder = guard_folder(error), *source, *header;
    char include[PATH_MAX + 3];
    char *text = folder ? shim_text() : NULL;
    if (folder && !text) error_set(error, "out of memory for the shim");
    if (!text) return folder ? gradcheck_ends(EXIT_RESOURCES) : 0;
    int fine = !keep || (keep_file("shim.c", text, error) && keep_file("gc.h", gradcheck_header, error));
    source = fine ? compile_put("shim.c", text, error) : NULL;
    header = source ? compile_put("gc.h", gradcheck_header, error) : NULL;
    shim_path = header ? guard_file("shim.so") : NULL;
    free(text);
    if (!shim_path) return 0;
    snprintf(include, sizeof include, "-I%s", folder);
    const char *const more[] = { "-std=c99", "-w", "-Wl,-Bsymbolic", include, NULL };
    return compile_library(source, shim_path, more, error, room);
}

static int settle(const char *verb, const char *loss_text)
{
    char error[2 * ERROR_TEXT];
    if (!library_path || !grad_text)
        return args_refuse(verb, "it needs --lib and --grad; `rungs %s --help` shows how", verb);
    if (!elf_is_library(library_path, error) ||
        !plan_make(&plan, loss_text, grad_text, &options_of_plan, error))
        return args_fail(gradcheck_refusal, verb, "%s", error);
    if (keep && !report_folder(verb, keep)) return EXIT_OUTPUT;
    if (!make_shim(error, sizeof error)) return args_fail(gradcheck_refusal, verb, "%s", error);
    if (keep) fprintf(stderr, "rungs %s: the shim is %s/shim.c\n", verb, keep);
    return -1;
}

int sig_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    struct plan_options *o = &options_of_plan;
    library_path = grad_text = keep = tensors = oracle_name = NULL;
    memset(o, 0, sizeof *o);
    const struct option_row options[] = {
        { "--lib", OPTION_TEXT, &library_path, 0, 0, "the shared object that holds both functions" },
        { "--grad", OPTION_TEXT, &grad_text, 0, 0, "the gradient's prototype" },
        { "--size", OPTION_TEXT, &o->size, 0, 0, "a size or another whole number: n=32" },
        { "--range", OPTION_TEXT, &o->range, 0, 0, "draw a tensor from a range, both ends count: y=0:3" },
        { "--set", OPTION_TEXT, &o->set, 0, 0,
          "an input that is one number everywhere, and stays: rate=0.1" },
        { "--data", OPTION_TEXT, &o->data, 0, 0, "a tensor's numbers, from a file: W=w.txt" },
        { "--fixed", OPTION_TEXT, &o->fixed, 0, 0, "do not move the data of this tensor between points" },
        { "--positive", OPTION_TEXT, &o->positive, 0, 0, "this tensor is positive (a variance, a scale)" },
        { "--linear", OPTION_TEXT, &o->linear, 0, 0,
          "the outputs are affine in this tensor: adds the adjoint test" },
        { "--oracle", OPTION_TEXT, &oracle_name, 0, 0,
          "another function of the library, called as the first, that must give the same" },
        { "--map", OPTION_TEXT, &o->map, 0, 0, "an argument of the gradient by its input: gW=W" },
        { "--tensors", OPTION_TEXT, &tensors, 0, 0, "W:16x8,b:16: the tensors that a flat input is made of" },
        { "--keep", OPTION_FOLDER, &keep, 0, 0, "leave the C file that joins the two in this folder" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        verb,
        "is a gradient right, whatever the functions' arguments?",
        "rungs gradcheck sig 'PROTOTYPE' --lib LIB.so --grad 'PROTOTYPE' [options]",
        "C functions do not tell their arguments, so two prototypes do: of the loss or layer, and of its "
        "gradient.\n"
        "Sizes are in brackets, as numbers, names (--size) or sums and products of them:\n\n"
        "    double loss(const double W[16,8], const double b[16], const double X[n,8], const int y[n], int "
        "n)\n"
        "    void loss_grad(const double W[16,8], ..., double dW[16,8], double db[16], int n)\n\n"
        "Inputs are const arrays, or floating-point numbers by value. Whole numbers by value are sizes, and so\n"
        "is const int *n (by reference, as in Fortran) if --size gives n. An array that is not const is written: an\n"
        "output of the first function, a gradient of the second. A function may return its loss, or write outputs;\n"
        "an int is a return code, 0 for all right. void *ctx gets NULL.\n"
        "The gradient's arguments are found by name: W and what the forward wrote are handed over; dW, "
        "grad_W, W_grad\n"
        "or gW is the gradient by W if it is written; dY is the upstream gradient of output Y if it is "
        "const.\n"
        "Without an upstream gradient the first function must give a loss, one number. What it writes "
        "without an\n"
        "upstream of its own (a cache, a mask) is handed to the gradient under the same name.\n\n"
        "A small C file that joins the two is written, compiled with $CC or cc, and checked; --keep shows "
        "it.",
        "rungs gradcheck sig 'double f(const double x[5])' --lib ./f.so \\\n"
        "    --grad 'void g(const double x[5], double dx[5])'\n"
        "rungs gradcheck sig 'void dense(int n, const float X[n,8], const float W[16,8], float Y[n,16])' \\\n"
        "    --grad 'void dense_dw(int n, const float X[n,8], const float dY[n,16], float dW[16,8])' \\\n"
        "    --lib ./d.so --size n=32",
        options,
        1,
        1,
        NULL,
    };
    const char *word[1];
    int code;
    if (gradcheck_read(&manual, argc, argv, word, set, &code) < 0) return code;
    set->tensors = tensors;
    s->verb = verb;
    s->code = library_path;
    s->open = open_sig;
    code = settle(verb, word[0]);
    snprintf(s->name, sizeof s->name, "%s", plan.loss.name);
    return code;
}
