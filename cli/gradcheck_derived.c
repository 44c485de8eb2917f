/* gradcheck_derived.c - rungs gradcheck map, second and complex: derivatives of a shared object that are
 * not the gradient of a real loss. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>

#include "gradcheck_derived.h"

static const char *path, *x_path, *convention;
static int n, m;
static double *x_data;

/* ---- shared with gradcheck_sampled.c ---- */

int derived_load(const char *library_path, const struct derived_name *names, char *error)
{
    void *library = library_open(library_path, error);
    for (const struct derived_name *k = names; library && k->to; k++) {
        if (!*k->name) continue;
        void *symbol = library_symbol(library, library_path, *k->name, error);
        if (!symbol) return 0;
        memcpy(k->to, &symbol, sizeof symbol); /* POSIX: a pointer of dlsym is a function's */
    }
    return library != NULL;
}

int derived_settle(const char *verb, const struct settings *set, const char *library_path, const char *file,
                   size_t count, double **x)
{
    char error[ERROR_TEXT];
    if (*gradcheck_mode())
        return args_refuse(verb,
                           "there is no such curve: vcurve and taylor draw the gradient of a real loss");
    if (set->only || set->at || set->svg)
        return args_refuse(verb, "--only, --at and --svg are for gradients of a real loss (so, sig, twin)");
    if (!elf_is_library(library_path, error)) return args_fail(gradcheck_refusal, verb, "%s", error);
    if (!file) return -1;
    *x = calloc(count, sizeof **x);
    if (!*x) return args_fail(EXIT_RESOURCES, verb, "out of memory for %zu numbers", count);
    return numbers_read(file, count, *x, error) ? -1 : args_fail(gradcheck_refusal, verb, "%s", error);
}

int derived_read(const struct manual *manual, int argc, char **argv, struct subject *s, struct settings *set,
                 const char **library_path)
{
    int code;
    if (gradcheck_read(manual, argc, argv, library_path, set, &code) < 0) return code;
    s->verb = manual->verb;
    s->code = *library_path;
    s->whole = 1;
    return -1;
}

/* ---- conventions ---- */

static const struct {
    const char *name;
    gc_convention is;
} conventions[] = {
    { "torch", GC_TORCH }, { "tensorflow", GC_TORCH }, { "jax", GC_JAX }, { "dzbar", GC_DZBAR },
    { "dz", GC_DZ },
};

enum { CONVENTIONS = sizeof conventions / sizeof *conventions };

static const char about_conventions[] =
    "    torch   dL/dx + i dL/dy, PyTorch's and TensorFlow's: the direction of steepest ascent\n"
    "    jax     dL/dx - i dL/dy, JAX's and autograd's: its conjugate\n"
    "    dzbar   (dL/dx + i dL/dy) / 2, Wirtinger's derivative by the conjugate of z\n"
    "    dz      (dL/dx - i dL/dy) / 2, Wirtinger's derivative by z\n"
    "";

/* GC_REAL: none was asked for. 0 after a sentence */
static int find_convention(const char *verb, gc_convention *is)
{
    *is = GC_REAL;
    if (!convention) return 1;
    for (int k = 0; k < CONVENTIONS; k++)
        if (!strcmp(convention, conventions[k].name)) *is = conventions[k].is;
    if (*is != GC_REAL) return 1;
    char how[64];
    snprintf(how, sizeof how, "`rungs %.30s --help` explains them", verb);
    args_unknown(verb, "there is no convention", convention,
                 (struct name_list){ &conventions[0].name, CONVENTIONS, sizeof *conventions }, how);
    return 0;
}

static void forget(void)
{
    path = x_path = convention = NULL;
    n = m = 0;
    x_data = NULL;
}

/* ---- map ---- */

static const char *map_name, *jvp_name, *vjp_name, *jacobian_name;
static gc_function function;

static int open_map(struct subject *s, char *error)
{
    const struct derived_name names[] = { { &map_name, &function.map },
                                          { &jvp_name, &function.jvp },
                                          { &vjp_name, &function.vjp },
                                          { &jacobian_name, &function.jacobian },
                                          { NULL, NULL } };
    (void)s;
    return derived_load(path, names, error);
}

int map_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    function.name = s->name, function.x = x_data;
    outcome_keep(out, gc_check_map(&function, &o));
    return 1;
}

int map_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    forget();
    map_name = jvp_name = vjp_name = jacobian_name = NULL;
    const struct option_row options[] = {
        { "--map", OPTION_TEXT, &map_name, 0, 0,
          "y = f(x): void F(const double *x, size_t n, double *y, size_t m, void *ctx)" },
        { "--n", OPTION_INT, &n, 1, 1e8, "how many numbers x has" },
        { "--m", OPTION_INT, &m, 1, 1e8, "how many numbers y has" },
        { "--jvp", OPTION_TEXT, &jvp_name, 0, 0, "J v, forward mode: its name" },
        { "--vjp", OPTION_TEXT, &vjp_name, 0, 0, "J'u, reverse mode: its name" },
        { "--jacobian", OPTION_TEXT, &jacobian_name, 0, 0, "J, row by row: its name" },
        { "--complex", OPTION_TEXT, &convention, 0, 0,
          "x and y are complex; gradients are by torch, jax, dzbar or dz" },
        { "--x", OPTION_TEXT, &x_path, 0, 0,
          "a file of n numbers, or pairs: the point to check at, and around" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        verb,
        "products with the Jacobian of a vector function, and the Jacobian itself",
        "rungs gradcheck map LIB.so --map F --n N --m M --jvp G [--vjp H] [--jacobian J] [options]\n"
        "rungs gradcheck map LIB.so --n N --m M --jvp G --vjp H [options]",
        "F computes the m numbers of y from the n numbers of x; J is its m x n matrix dy_i / dx_j.\n"
        "\n"
        "    void F(const double *x, size_t n, double *y, size_t m, void *ctx);\n"
        "    void jvp(const double *x, size_t n, const double *v, double *jv, size_t m, void *ctx);\n"
        "    void vjp(const double *x, size_t n, const double *u, double *g, size_t m, void *ctx);\n"
        "    void jacobian(const double *x, size_t n, double *J, size_t m, void *ctx);\n"
        "\n"
        "jvp writes J v (m numbers), vjp J'u (n numbers), jacobian J[i * n + j]; ctx is NULL. J v and J are compared\n"
        "with differences of every output; J'u with those of u'y, as a gradient. Where there are both, <u, Jv> =\n"
        "<J'u, v> to 1e-12: that needs no differences, and no F. In the report dy is J v and dy/dx is J.\n"
        "\n"
        "With --complex, x and y hold n and m `double _Complex`, and the gradients that vjp takes and gives are of a\n"
        "convention:\n"
        "    torch   dL/dx + i dL/dy, PyTorch's and TensorFlow's      jax  dL/dx - i dL/dy, JAX's\n"
        "    dzbar   half of torch's, Wirtinger's by conj z           dz   half of JAX's, Wirtinger's by z",
        "rungs gradcheck map ./polar.so --map polar --n 2 --m 2 --jvp polar_jvp --vjp polar_vjp\n"
        "rungs gradcheck map ./polar.so --map polar --n 2 --m 2 --jacobian polar_jacobian --x point.txt\n"
        "rungs gradcheck map ./dft.so --map dft --n 8 --m 8 --vjp dft_vjp --complex jax",
        options,
        1,
        1,
        NULL,
    };
    int code = derived_read(&manual, argc, argv, s, set, &path);
    if (code >= 0) return code;
    s->open = open_map;
    if (!n || !m || (!jvp_name && !vjp_name && !jacobian_name))
        return args_refuse(
            verb, "it needs --n, --m and one of --jvp, --vjp, --jacobian; `rungs %s --help` shows how", verb);
    if (!map_name && (!jvp_name || !vjp_name || jacobian_name))
        return args_refuse(verb, "without --map only --jvp and --vjp can be checked, against each other");
    function = (gc_function){ .n = (size_t)n, .m = (size_t)m };
    if (!find_convention(verb, &function.numbers)) return EXIT_USAGE;
    if (jacobian_name && convention)
        return args_refuse(
            verb, "one complex matrix has no room for derivatives by re and im: give --jvp or --vjp");
    snprintf(s->name, sizeof s->name, "%s", map_name ? map_name : jvp_name);
    return derived_settle(verb, set, path, x_path, (size_t)n * (convention ? 2 : 1), &x_data);
}

/* ---- second ---- */

static const char *loss_name, *grad_name, *hvp_name, *hessian_name;
static gc_second second;

static int open_second(struct subject *s, char *error)
{
    const struct derived_name names[] = { { &loss_name, &second.loss },
                                          { &grad_name, &second.grad },
                                          { &hvp_name, &second.hvp },
                                          { &hessian_name, &second.hessian },
                                          { NULL, NULL } };
    (void)s;
    return derived_load(path, names, error);
}

int second_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    second.name = s->name, second.x = x_data;
    outcome_keep(out, gc_check_second(&second, &o));
    return 1;
}

int second_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    forget();
    loss_name = grad_name = hvp_name = hessian_name = NULL;
    const struct option_row options[] = {
        { "--grad", OPTION_TEXT, &grad_name, 0, 0,
          "void NAME(const double *x, size_t n, double *g, void *ctx)" },
        { "--n", OPTION_INT, &n, 1, 1e8, "how many numbers x has" },
        { "--hvp", OPTION_TEXT, &hvp_name, 0, 0, "H v, the Hessian times a vector: its name" },
        { "--hessian", OPTION_TEXT, &hessian_name, 0, 0, "H, all n x n numbers: its name" },
        { "--loss", OPTION_TEXT, &loss_name, 0, 0, "the loss: the gradient is then checked first" },
        { "--x", OPTION_TEXT, &x_path, 0, 0, "a file of n numbers: the point to check at, and around" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        verb,
        "second derivatives: Hessian-vector products, or the Hessian",
        "rungs gradcheck second LIB.so --grad G --n N --hvp P [--hessian H] [--loss F] [options]",
        "Second derivatives are compared with differences of the gradient G, number by number.\n"
        "\n"
        "    double F(const double *x, size_t n, void *ctx);\n"
        "    void G(const double *x, size_t n, double *g, void *ctx);\n"
        "    void hvp(const double *x, size_t n, const double *v, double *hv, void *ctx);\n"
        "    void hessian(const double *x, size_t n, double *H, void *ctx);\n"
        "\n"
        "ctx is NULL. H is symmetric: <w, Hv> = <Hw, v>, and H[i * n + j] = H[j * n + i], are tested, too. In the\n"
        "report dg is H v and dg/dx is H.",
        "rungs gradcheck second ./rosenbrock.so --grad gradient --n 4 --hvp product\n"
        "rungs gradcheck second ./rosenbrock.so --loss value --grad gradient --n 4 --hessian matrix",
        options,
        1,
        1,
        NULL,
    };
    int code = derived_read(&manual, argc, argv, s, set, &path);
    if (code >= 0) return code;
    s->open = open_second;
    if (!grad_name || !n || (!hvp_name && !hessian_name))
        return args_refuse(verb, "it needs --grad, --n and --hvp or --hessian; `rungs %s --help` shows how",
                           verb);
    second = (gc_second){ .n = (size_t)n };
    snprintf(s->name, sizeof s->name, "%s", hvp_name ? hvp_name : hessian_name);
    return derived_settle(verb, set, path, x_path, (size_t)n, &x_data);
}

/* ---- complex ---- */

static struct {
    gc_scalar loss;
    gc_gradient grad;
    gc_convention numbers;
} complex_loss;

static int open_complex(struct subject *s, char *error)
{
    const struct derived_name names[] = { { &loss_name, &complex_loss.loss },
                                          { &grad_name, &complex_loss.grad },
                                          { NULL, NULL } };
    (void)s;
    return derived_load(path, names, error);
}

int complex_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    gc_result *r = gc_check_complex_scalar(complex_loss.loss, complex_loss.grad, x_data, (size_t)n,
                                           complex_loss.numbers, NULL, &o);
    snprintf(r->name, sizeof r->name, "%s", s->name);
    outcome_keep(out, r);
    return 1;
}

int complex_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64], description[1024];
    forget();
    loss_name = grad_name = NULL;
    const struct option_row options[] = {
        { "--loss", OPTION_TEXT, &loss_name, 0, 0,
          "double NAME(const double _Complex *z, size_t n, void *ctx)" },
        { "--grad", OPTION_TEXT, &grad_name, 0, 0,
          "void NAME(const double _Complex *z, size_t n, double _Complex *g, void *ctx)" },
        { "--n", OPTION_INT, &n, 1, 1e8, "how many complex numbers z has" },
        { "--by", OPTION_TEXT, &convention, 0, 0,
          "the convention of the gradient: torch, jax, dzbar or dz; see above" },
        { "--x", OPTION_TEXT, &x_path, 0, 0, "a file of n pairs: the point to check at, and around" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    snprintf(
        description, sizeof description,
        "A real loss L of z = x + iy has two derivatives, and a gradient joins them by a convention (--by):\n"
        "\n"
        "%s\n"
        "The loss and its gradient are functions of n `double _Complex` (std::complex<double>, complex(c_double)), of\n"
        "which the report's dz[i,0] is the real part and dz[i,1] the imaginary part. A gradient of another convention\n"
        "is called so.",
        about_conventions);
    const struct manual manual = {
        verb,
        "a real loss of complex numbers, by the conventions of PyTorch, JAX and Wirtinger",
        "rungs gradcheck complex LIB.so --loss F --grad G --n N --by torch|jax|dzbar|dz [options]",
        description,
        "rungs gradcheck complex ./phases.so --loss misfit --grad misfit_grad --n 4 --by torch\n"
        "rungs gradcheck complex ./phases.so --loss misfit --grad misfit_grad --n 4 --by jax --x pairs.txt",
        options,
        1,
        1,
        NULL,
    };
    int code = derived_read(&manual, argc, argv, s, set, &path);
    if (code >= 0) return code;
    s->open = open_complex;
    if (!loss_name || !grad_name || !n || !convention)
        return args_refuse(verb, "it needs --loss, --grad, --n and --by; `rungs %s --help` shows how", verb);
    if (!find_convention(verb, &complex_loss.numbers)) return EXIT_USAGE;
    snprintf(s->name, sizeof s->name, "%s", loss_name);
    return derived_settle(verb, set, path, x_path, 2 * (size_t)n, &x_data);
}
