/* prototype.c - rungs list OP --prototype: what a function of the user's must look like for `--with`, as a
 * file that compiles. The signature is made of the operation's own list of sizes, arguments and scalars. */
#include "prototype.h"

#include <inttypes.h>
#include <string.h>

/* ---- what the arguments are ---- */

/* The operation with the scalars by which it has most arguments: a function gets all of them, NULL for those
 * that the scalars of the call do without. */
static const struct op *widest(const struct op *op)
{
    const struct op *most = op;
    for (const struct op *const *other = op_all(); *other; other++)
        if (op_base(*other) == op_base(op) && (*other)->narg > most->narg) most = *other;
    return most;
}

static int has_argument(const struct op *op, const char *name)
{
    for (int a = 0; a < op->narg; a++)
        if (!strcmp(op->arg[a].name, name)) return 1;
    return 0;
}

/* "(N,IN), read only" */
static void put_meaning(FILE *f, const struct op *op, const struct arg *arg)
{
    static const char *const holds[] = { [DOMAIN_ANY] = "",
                                         [DOMAIN_NONNEG] = ", 0 or more",
                                         [DOMAIN_REPEATED] = "",
                                         [DOMAIN_PROBABILITY] = ", between 0 and 1",
                                         [DOMAIN_INDEX] = ", from 0 to",
                                         [DOMAIN_INDEX_OR_NONE] = ", -1 for none or from 0 to" };
    static const char *const before[] = {
        [DT_F32] = "; it holds NaN before", [DT_I32] = "", [DT_U8] = "", [DT_BITS] = ""
    };
    for (int d = 0; d < arg->ndim; d++) fprintf(f, "%s%s", d ? "," : "(", op->size[arg->dim[d]].name);
    fputs(arg->ndim ? "), " : "one number, ", f);
    if (arg->access == ARG_OUT)
        fprintf(f, "written%s%s", arg_is_index(arg) ? holds[arg->domain] : "", before[arg->dtype]);
    else
        fprintf(f, "%s%s", arg->access == ARG_IN ? "read only" : "read and written", holds[arg->domain]);
    if (arg->dtype == DT_BITS)
        fputs("; element k is bit k % 32 of word k / 32, the bits behind the last are 0", f);
    if (arg_is_index(arg)) fprintf(f, " %s - 1", op->size[arg->below].name);
}

/* "a constant of the call; the checks pass 1 (0: none, 1: mean, 2: sum)" */
static void put_constant(FILE *f, const struct scalar *v)
{
    double value = v->kind == SCALAR_REAL ? v->real : (double)v->count;
    fprintf(f, " *   %-10s a constant of the call; the checks pass %g", v->name, value);
    for (int i = 0; v->words && v->words[i]; i++)
        fprintf(f, "%s%d: %s%s", i ? ", " : " (", i, v->words[i], v->words[i + 1] ? "" : ")");
    fputc('\n', f);
}

static void put_meanings(FILE *f, const struct op *op)
{
    const struct op *all = widest(op);
    for (int a = 0; a < all->narg; a++) {
        fprintf(f, " *   %-10s ", all->arg[a].name);
        if (has_argument(op, all->arg[a].name))
            put_meaning(f, op, &all->arg[a]);
        else
            fputs("NULL, but with other scalars", f);
        fputc('\n', f);
    }
    for (int i = 0; i < op->nscalar; i++) put_constant(f, &op->scalar[i]);
    if (op->over[0])
        fprintf(f, " *\n * %s may be the same memory as %s.\n", op->arg[op->over[0]].name,
                op->arg[op->over[1]].name);
}

/* what derived sizes are, and which others are not from 1 up */
static void put_sizes(FILE *f, const struct op *op)
{
    for (int i = 0; i < op->nsize; i++)
        if (op->size[i].derive)
            fprintf(f, " * %s is %s.\n", op->size[i].name, op->size[i].rule);
        else if (op->size[i].least != 1)
            fprintf(f, " * %s may be %d.\n", op->size[i].name, op->size[i].least);
}

/* "((i * c + j) * h + k) * w + l": where an element of the first d + 1 dimensions is */
static void put_place(FILE *f, const struct op *op, const struct arg *arg, int d)
{
    static const char letter[] = "ijkl";
    if (d > 1) fputc('(', f);
    if (d > 0) put_place(f, op, arg, d - 1);
    if (d > 1) fputc(')', f);
    if (d > 0) fprintf(f, " * %s + ", op->size[arg->dim[d]].name);
    fputc(letter[d], f);
}

/* how an array of several dimensions lies in memory, by the first that there is */
static void put_order(FILE *f, const struct op *op)
{
    int a = 0;
    while (a < op->narg && op->arg[a].ndim < 2) a++;
    if (a == op->narg) return;
    const struct arg *arg = &op->arg[a];
    fprintf(f, " * Rows lie one after the other: element (%.*s) of %s is %s[", 2 * arg->ndim - 1, "i,j,k,l",
            arg->name, arg->name);
    put_place(f, op, arg, arg->ndim - 1);
    fputs("].\n", f);
}

/* ---- the function ---- */

static const char *real_type = "float"; /* of a tensor's elements, and of scalars that are as wide */

/* calls put with each parameter: type and name */
static void each_parameter(const struct op *op, void (*put)(FILE *f, const char *type, const char *name),
                           FILE *f)
{
    char type_of_real[2][40];
    snprintf(type_of_real[0], sizeof *type_of_real, "const %.20s *", real_type);
    snprintf(type_of_real[1], sizeof *type_of_real, "%.20s *", real_type);
    for (int i = 0; i < op->nsize; i++)
        if (!op->size[i].derive) put(f, "int ", op->size[i].name);
    const struct op *all = widest(op);
    for (int a = 0; a < all->narg; a++) {
        const char *const type[][2] = { [DT_F32] = { type_of_real[0], type_of_real[1] },
                                        [DT_I32] = { "const int *", "int *" },
                                        [DT_U8] = { "const unsigned char *", "unsigned char *" },
                                        [DT_BITS] = { "const uint32_t *", "uint32_t *" } };
        put(f, type[all->arg[a].dtype][all->arg[a].access != ARG_IN], all->arg[a].name);
    }
    for (int i = 0; i < op->nscalar; i++) {
        char type[24];
        snprintf(type, sizeof type, "%.20s ",
                 strcmp(op->scalar[i].type, "float") ? op->scalar[i].type : real_type);
        put(f, type, op->scalar[i].name);
    }
}

static int column, indent; /* of put_parameter: column 0 before the first */

static void put_parameter(FILE *f, const char *type, const char *name)
{
    enum { WIDTH = 100 };
    int n = (int)(strlen(type) + strlen(name));
    if (column && column + n + 3 > WIDTH) {
        fprintf(f, ",\n%*s", indent, "");
        column = indent;
    } else if (column) {
        column += fprintf(f, ", ");
    } else {
        column = indent;
    }
    column += fprintf(f, "%s%s", type, name);
}

static void put_signature(FILE *f, const struct op *op, const char *linkage)
{
    indent = fprintf(f, "%svoid %s(", linkage, op_base(op)->name);
    column = 0;
    each_parameter(op, put_parameter, f);
    fputc(')', f);
}

static void put_unused(FILE *f, const char *type, const char *name)
{
    (void)type;
    fprintf(f, "    (void)%s;\n", name);
}

static int needs_stdint(const struct op *op)
{
    int needs = 0;
    for (int a = 0; a < op->narg; a++) needs |= op->arg[a].dtype == DT_BITS;
    for (int i = 0; i < op->nscalar; i++) needs |= !strcmp(op->scalar[i].type, "uint64_t");
    return needs;
}

void prototype_write(FILE *f, const struct op *op, int is_cuda)
{
    const char *ending = is_cuda ? "cu" : "c";
    fprintf(f, "/* %s: %s\n *\n", op->name, op->formula);
    put_meanings(f, op);
    fputs(" *\n", f);
    put_order(f, op);
    put_sizes(f, op);
    fputs(" * All sizes from 1 up must work.", f);
    fputs(is_cuda ? " Pointers are the device's: launch kernels here, and do not wait for them.\n" : "\n", f);
    const char *base = op_base(op)->name, *set = op_set(op), *option = set ? " --set " : "",
               *quote = set ? "'" : "";
    for (int race = 0; race < 2; race++)
        fprintf(f, "%s *     rungs %s %s%s%s%s%s --with mine.%s\n", race ? "" : " *\n",
                race ? "bench" : "check", base, option, quote, set ? set : "", quote, ending);
    fputs(" */\n", f);
    if (needs_stdint(op)) fputs("#include <stdint.h>\n\n", f);
    if (!is_cuda) { /* a definition alone has a warning of its own: -Wmissing-prototypes */
        put_signature(f, op, "");
        fputs(";\n\n", f);
    }
    put_signature(f, op, is_cuda ? "extern \"C\" " : "");
    fputs("\n{\n    /* Write it here. These lines only say that nothing is used yet. */\n", f);
    each_parameter(op, put_unused, f);
    fputs("}\n", f);
}

void prototype_declare(FILE *f, const struct op *op, const char *real)
{
    real_type = real;
    put_signature(f, op, "");
    fputs(";\n", f);
    real_type = "float";
}

/* ---- a call ---- */

static struct {
    const struct op *op;
    const int *size;
    int n; /* parameters so far */
} called;

static void put_scalar(FILE *f, const struct scalar *v)
{
    if (v->kind == SCALAR_REAL)
        fprintf(f, "%.17g", v->real);
    else
        fprintf(f, "%" PRIu64, v->count);
}

/* the value of the parameter of that name */
static void put_value(FILE *f, const char *type, const char *name)
{
    const struct op *op = called.op;
    (void)type;
    if (called.n++) fputs(", ", f);
    for (int i = 0; i < op->nsize; i++)
        if (!op->size[i].derive && !strcmp(op->size[i].name, name)) {
            fprintf(f, "%d", called.size[i]);
            return;
        }
    for (int a = 0; a < op->narg; a++)
        if (!strcmp(op->arg[a].name, name)) {
            fprintf(f, "argument[%d]", a);
            return;
        }
    const struct scalar *v = op_scalar(op, name);
    if (v)
        put_scalar(f, v);
    else
        fputs("0", f); /* an argument that these scalars do without */
}

void prototype_call(FILE *f, const struct op *op, const int *size)
{
    called.op = op, called.size = size, called.n = 0;
    fprintf(f, "%s(", op_base(op)->name);
    each_parameter(op, put_value, f);
    fputs(");\n", f);
}
