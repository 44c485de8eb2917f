/* gradcheck_twin.c - rungs gradcheck twin: one C file, written in REAL, compiled as float, double, long
 * double and double _Complex. Each precision is the judge of another. */
#include <complex.h>
#undef I

#include "gradcheck.h"

#include <dlfcn.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gradcheck_compile.h"

static const char *source, *loss_name, *grad_name, *x_path, *flags;
static int n;
static double *x_data;

enum precision { F32, F64, LONG, CPLX, PRECISIONS };

static const struct {
    const char *define, *name, *file;
} precisions[PRECISIONS] = {
    { "-DREAL_f32", "float", "f32.so" },
    { "-DREAL_f64", "double", "f64.so" },
    { "-DREAL_long", "long double", "long.so" },
    { "-DREAL_cplx", "double _Complex", "cplx.so" },
};

static const char *library_path[PRECISIONS];

/* the header that stands before the user's file */
static const char real_header[] =
    "/* REAL and RE(x), by precision; rungs gradcheck twin puts this before your file. */\n"
    "#include <tgmath.h>\n"
    "#undef I /* a name that people need */\n"
    "#if defined REAL_f32\n"
    "#define REAL float\n"
    "#elif defined REAL_f64\n"
    "#define REAL double\n"
    "#elif defined REAL_long\n"
    "#define REAL long double\n"
    "#else\n"
    "#define REAL double _Complex\n"
    "#endif\n"
    "#if defined REAL_cplx\n"
    "#define RE(x) ((double)(x))\n"
    "/* |x|, max and min have no complex derivative; these follow the real part, as a derivative does */\n"
    "static inline double _Complex gradcheck_fabs(double _Complex x) { return RE(x) < 0 ? -x : x; }\n"
    "static inline double _Complex gradcheck_fmax(double _Complex x, double _Complex y) { return RE(x) > "
    "RE(y) ? x : y; }\n"
    "static inline double _Complex gradcheck_fmin(double _Complex x, double _Complex y) { return RE(x) < "
    "RE(y) ? x : y; }\n"
    "#undef fabs\n"
    "#undef fmax\n"
    "#undef fmin\n"
    "#define fabs(x) gradcheck_fabs(x)\n"
    "#define fmax(x, y) gradcheck_fmax(x, y)\n"
    "#define fmin(x, y) gradcheck_fmin(x, y)\n"
    "#else\n"
    "#define RE(x) (x)\n"
    "#endif\n";

/* the same two functions, four times */
static struct {
    float (*loss32)(const float *x, size_t n, void *ctx);
    void (*grad32)(const float *x, size_t n, float *g, void *ctx);
    double (*loss64)(const double *x, size_t n, void *ctx);
    void (*grad64)(const double *x, size_t n, double *g, void *ctx);
    void (*grad_long)(const long double *x, size_t n, long double *g, void *ctx);
    double _Complex (*loss_cplx)(const double _Complex *x, size_t n, void *ctx);
} user;

/* ---- callbacks ---- */

static int forward32(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    *(float *)out->data = user.loss32(in->data, (size_t)n, NULL);
    return 0;
}

static int backward32(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                      gc_tensor *din)
{
    (void)ctx, (void)out, (void)dout;
    user.grad32(in->data, (size_t)n, din->data, NULL);
    return 0;
}

static int forward64(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    *(double *)out->data = user.loss64(in->data, (size_t)n, NULL);
    return 0;
}

static int backward64(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                      gc_tensor *din)
{
    (void)ctx, (void)out, (void)dout;
    user.grad64(in->data, (size_t)n, din->data, NULL);
    return 0;
}

static int forward_cplx(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    *(double _Complex *)out->data = user.loss_cplx(in->data, (size_t)n, NULL);
    return 0;
}

/* ---- in the child ---- */

/* both functions of a precision; 0 with error set */
static int find_both(enum precision p, void *loss, void *grad, char *error)
{
    void *library = library_open(library_path[p], error);
    void *found_loss = library ? library_symbol(library, library_path[p], loss_name, error) : NULL;
    void *found_grad = found_loss ? library_symbol(library, library_path[p], grad_name, error) : NULL;
    if (!found_grad) return 0;
    if (loss) memcpy(loss, &found_loss, sizeof found_loss);
    if (grad) memcpy(grad, &found_grad, sizeof found_grad);
    return 1;
}

static gc_problem problem_of(struct subject *s, gc_tensor *in, gc_tensor *out, gc_dtype dt)
{
    in[0] = (gc_tensor){ .name = "x", .dt = dt, .nd = 1, .dim = { (size_t)n }, .flags = GC_GRAD };
    out[0] = (gc_tensor){ .name = "loss", .dt = dt };
    return (gc_problem){ .name = s->name, .nin = 1, .nout = 1, .in = in, .out = out, .no_upstream = 1 };
}

static int open_twin(struct subject *s, char *error)
{
    if (!find_both(F32, &user.loss32, &user.grad32, error) ||
        !find_both(F64, &user.loss64, &user.grad64, error) ||
        !find_both(LONG, NULL, &user.grad_long, error) || !find_both(CPLX, &user.loss_cplx, NULL, error))
        return 0;
    s->problem = problem_of(s, s->in, s->out, GC_F64);
    s->in[0].data = x_data;
    s->problem.forward = forward64;
    s->problem.backward = backward64;
    s->problem.forward_complex = forward_cplx;
    s->twin = problem_of(s, s->twin_in, s->twin_out, GC_F32);
    s->twin.forward = forward32;
    s->twin.backward = backward32;
    return 1;
}

/* ---- the work ---- */

enum { WHOLE, TWIN, LONG_TWIN };

int twin_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    gc_result *whole = gc_check(&s->problem, &o);
    gc_verdict v = whole->verdict;
    outcome_keep(out, whole);
    if (v == GC_CRASH || v == GC_CONTRACT_BROKEN) return 1;
    outcome_keep(out, gc_check_precision_twin(&s->twin, &s->problem, &o));
    outcome_keep(out, gc_check_long(&s->problem, user.grad_long, NULL, &o));
    return 1;
}

/* ---- the four lines ---- */

static const gc_finding *worst_of(const gc_result *r, unsigned bits)
{
    const gc_finding *worst = NULL;
    for (int i = 0; i < r->findings; i++) {
        const gc_finding *f = &r->finding[i];
        if (!(f->test & bits)) continue;
        if (!worst || (f->verdict != GC_PASS && worst->verdict == GC_PASS)) worst = f;
    }
    return worst;
}

static double relative(const gc_finding *f)
{
    double scale = fmax(fabs(f->analytic), fabs(f->numeric));
    return scale > 0 ? fabs(f->analytic - f->numeric) / scale : 0;
}

static void put_row(FILE *f, const char *what, gc_verdict v, double off, double allowed, const char *of)
{
    fprintf(f, "%-34s %-12s", what, gc_verdict_name(v));
    if (off >= 0) fprintf(f, " %.1e %s, %.1e allowed", off, of, allowed);
    fputc('\n', f);
}

static void put_finding_row(FILE *f, const char *what, const gc_result *r, unsigned bits, double allowed)
{
    const gc_finding *worst = worst_of(r, bits);
    if (worst)
        put_row(f, what, worst->verdict, relative(worst), allowed, "of the derivative");
    else
        fprintf(f, "%-34s not run\n", what);
}

static void put_four_lines(FILE *f, const struct subject *s, const struct outcome *out)
{
    const gc_result *r = out->result;
    const gc_finding *in_long = out->results > LONG_TWIN ? worst_of(&r[LONG_TWIN], GC_REFERENCE) : NULL;
    int worst = 0, code = 0;
    put_finding_row(f, "complex step against double", &r[WHOLE], GC_COMPLEX, 1e-12);
    put_finding_row(f, "differences of double", &r[WHOLE], GC_DIRECTION | GC_ELEMENTS, 1e-7);
    if (out->results > TWIN)
        put_row(f, "float against double", r[TWIN].verdict,
                r[TWIN].tensor[0].looked ? r[TWIN].tensor[0].worst_rel : -1, r[TWIN].tensor[0].allowed_rel,
                "of the gradient");
    if (out->results > LONG_TWIN)
        put_row(f, "long double against double", r[LONG_TWIN].verdict, in_long ? in_long->analytic : -1,
                in_long ? in_long->allowed : 0, "of the gradient");
    for (int k = 0; k < out->results; k++)
        if (report_worse(gc_exit_code(&r[k]), code) != code) code = gc_exit_code(&r[worst = k]);
    fprintf(f, "%s %s\n", gc_verdict_name(r[worst].verdict), s->name);
}

/* ---- the command line ---- */

/* one precision; 0 with error set */
static int compile(enum precision p, const char *header, char *error, size_t room)
{
    const char *words[16] = { precisions[p].define, "-include", header, NULL };
    char buffer[512], said[2 * ERROR_TEXT];
    int k = 3;
    snprintf(buffer, sizeof buffer, "%s", flags ? flags : "");
    for (char *w = strtok(buffer, " "); w && k < 15; w = strtok(NULL, " ")) words[k++] = w;
    words[k] = NULL;
    library_path[p] = guard_file(precisions[p].file);
    if (!library_path[p]) return error_set(error, "the path of temporary files is too long; set TMPDIR");
    if (compile_library(source, library_path[p], words, said, sizeof said)) return 1;
    if (gradcheck_refusal == EXIT_USAGE) gradcheck_ends(EXIT_INPUT); /* it is the user's file */
    snprintf(error, room, "with REAL as %s, %s%s", precisions[p].name, said,
             p == CPLX ? "\n    (compare with RE(x) < 0; a literal like 0.5 is fine; creal is RE)" : "");
    return 0;
}

static int settle(const char *verb)
{
    char error[3 * ERROR_TEXT];
    if (!loss_name || !grad_name || !n)
        return args_refuse(verb, "it needs --loss, --grad and --n; `rungs %s --help` shows how", verb);
    if (x_path) {
        x_data = calloc((size_t)n, sizeof *x_data);
        if (!x_data) return args_fail(EXIT_RESOURCES, verb, "out of memory for %d numbers", n);
        if (!numbers_read(x_path, (size_t)n, x_data, error))
            return args_fail(gradcheck_refusal, verb, "%s", error);
    }
    FILE *f = fopen(source, "r");
    if (!f) return args_fail(EXIT_INPUT, verb, "the file %s cannot be opened", source);
    fclose(f);
    if (!guard_folder(error)) return args_fail(gradcheck_refusal, verb, "%s", error);
    const char *header = compile_put("real.h", real_header, error);
    if (!header) return args_fail(gradcheck_refusal, verb, "%s", error);
    for (int p = 0; p < PRECISIONS; p++)
        if (!compile(p, header, error, sizeof error)) return args_fail(gradcheck_refusal, verb, "%s", error);
    return -1;
}

int twin_parse(int argc, char **argv, struct subject *s, struct settings *set)
{
    static char verb[64];
    source = loss_name = grad_name = x_path = flags = NULL;
    n = 0;
    x_data = NULL;
    const struct option_row options[] = {
        { "--loss", OPTION_TEXT, &loss_name, 0, 0, "REAL NAME(const REAL *x, size_t n, void *ctx)" },
        { "--grad", OPTION_TEXT, &grad_name, 0, 0, "void NAME(const REAL *x, size_t n, REAL *g, void *ctx)" },
        { "--n", OPTION_INT, &n, 1, 1e8, "how many numbers x has" },
        { "--x", OPTION_TEXT, &x_path, 0, 0, "a file of n numbers: the point to check at, and around" },
        { "--cflags", OPTION_TEXT, &flags, 0, 0, "more words for the compiler, as in '-I include -DSIZE=3'" },
        { 0 },
    };
    snprintf(verb, sizeof verb, "%s", argv[0]);
    const struct manual manual = {
        verb,
        "one C file, compiled in four precisions that check each other",
        "rungs gradcheck twin FILE.c --loss F --grad G --n N [options]",
        "FILE.c is written in REAL instead of double:\n\n"
        "    REAL F(const REAL *x, size_t n, void *ctx);\n"
        "    void G(const REAL *x, size_t n, REAL *g, void *ctx);\n\n"
        "It is compiled as float, double, long double and double _Complex with $CC or cc. Then\n"
        "    complex step    the derivative of F, exact to rounding, against G in double (1e-12)\n"
        "    differences     of F in double, with an error bar, and everything else that `so` checks\n"
        "    float           G in float against G in double: within what rounding may do\n"
        "    long double     G in long double against G in double: shows a float inside, or a "
        "cancellation\n\n"
        "REAL and RE(x), the real part, are defined for you; <tgmath.h> is included, so that exp, log, sqrt, "
        "tanh fit\n"
        "every precision. Compare with RE(x) > 0, not x > 0. fabs, fmax and fmin follow the real part; "
        "floor, erf and\n"
        "log1p have no complex form: apply them to RE(x), or leave them out.",
        "rungs gradcheck twin twin.c --loss loss --grad grad --n 6\n"
        "rungs gradcheck twin twin.c --loss loss --grad grad --n 6 --cflags -ffp-contract=fast --svg charts",
        options,
        1,
        1,
        NULL,
    };
    const char *word[1];
    int code;
    if (gradcheck_read(&manual, argc, argv, word, set, &code) < 0) return code;
    source = word[0];
    s->verb = verb;
    s->code = source;
    s->open = open_twin;
    s->headlines = put_four_lines;
    snprintf(s->name, sizeof s->name, "%s", loss_name ? loss_name : "");
    return settle(verb);
}
