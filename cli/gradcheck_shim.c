/* gradcheck_shim.c - writes a plan down as C: a gc_problem whose callbacks call the user's two functions. It
 * is meant to be read (--keep), and to be copied by who wants to fill a gc_problem by hand. */
#include "gradcheck_plan.h"

#include <ctype.h>

static const char *type_of(gc_dtype dt)
{
    return dt == GC_F64 ? "double" : dt == GC_F32 ? "float" : "int";
}

/* ---- declarations ---- */

/* "const double *W": arrays of any shape are pointers for the machine */
static void put_arg(FILE *f, const struct proto_arg *a)
{
    fprintf(f, "%s%s %s%s", a->constant ? "const " : "", a->spelling, a->pointer ? "*" : "", a->name);
}

static void put_function(FILE *f, const struct proto *p, const char *name)
{
    static const char *const type[] = { "void", "float", "double", "int" };
    fprintf(f, "typedef %s %s_fn(", type[p->type], name);
    for (int i = 0; i < p->args; i++) {
        if (i) fputs(", ", f);
        put_arg(f, &p->arg[i]);
    }
    fprintf(f,
            "%s);\nextern %s_fn *gradcheck_%s;\n%s_fn *gradcheck_%s; /* %s of the library; the checker sets "
            "it */\n\n",
            p->args ? "" : "void", name, name, name, name, p->name);
}

/* "{ "W", NULL, GC_F64, 2, { 16, 8 }, GC_GRAD }," */
static void put_tensor(FILE *f, const struct plan_tensor *t, int is_input)
{
    static const struct {
        unsigned bit;
        const char *name;
    } flags[] = { { GC_GRAD, "GC_GRAD" },
                  { GC_LINEAR, "GC_LINEAR" },
                  { GC_FIXED, "GC_FIXED" },
                  { GC_POSITIVE, "GC_POSITIVE" } };
    fprintf(f, "    { \"%s\", NULL, %s, %d, { ", t->name,
            t->dt == GC_F64   ? "GC_F64"
            : t->dt == GC_F32 ? "GC_F32"
                              : "GC_I32",
            t->nd);
    for (int k = 0; k < t->nd; k++) fprintf(f, "%s%zu", k ? ", " : "", t->dim[k]);
    fputs(t->nd ? " }, " : "0 }, ", f);
    const char *between = "";
    for (size_t i = 0; is_input && i < sizeof flags / sizeof *flags; i++)
        if (t->flags & flags[i].bit) fprintf(f, "%s%s", between, flags[i].name), between = " | ";
    fprintf(f, "%s },\n", *between ? "" : "0");
}

static void put_tensors(FILE *f, const char *name, const struct plan_tensor *t, int n, int are_inputs)
{
    fprintf(f, "static const gc_tensor %s[] = {\n", name);
    for (int i = 0; i < n; i++) put_tensor(f, &t[i], are_inputs);
    fputs("};\n", f);
}

static void put_caches(FILE *f, const struct plan *plan)
{
    if (plan->ncache) fputs("/* what the loss writes besides; the gradient may read it */\n", f);
    for (int i = 0; i < plan->ncache; i++)
        fprintf(f, "static %s cache%d[%zu]; /* %s */\n", type_of(plan->cache[i].dt), i,
                plan->cache[i].elements, plan->cache[i].name);
    fputs("/* for gradients that are not asked for */\n", f);
    for (int i = 0; i < plan->nin; i++)
        if (plan->in[i].flags & GC_GRAD)
            fprintf(f, "static %s spare%d[%zu]; /* of %s */\n", type_of(plan->in[i].dt), i,
                    plan->in[i].elements, plan->in[i].name);
    fputc('\n', f);
}

/* ---- calls ---- */

static void put_tensor_use(FILE *f, const struct plan_use *use, const char *array,
                           const struct plan_tensor *t)
{
    if (use->by_value)
        fprintf(f, "*(const %s *)%s[%d].data", type_of(t->dt), array, use->index);
    else
        fprintf(f, "%s[%d].data", array, use->index);
}

static void put_use(FILE *f, const struct plan *plan, const struct plan_use *use, const char *type)
{
    switch (use->role) {
    case PLAN_INPUT: put_tensor_use(f, use, "in", &plan->in[use->index]); break;
    case PLAN_OUTPUT: put_tensor_use(f, use, "out", &plan->out[use->index]); break;
    case PLAN_UPSTREAM: put_tensor_use(f, use, "dout", &plan->out[use->index]); break;
    case PLAN_GRADIENT:
        fprintf(f, "din[%d].data ? din[%d].data : spare%d", use->index, use->index, use->index);
        break;
    case PLAN_CACHE: fprintf(f, "%scache%d", use->by_value ? "*" : "", use->index); break;
    case PLAN_SIZE:
        if (use->by_value)
            fprintf(f, "%lld", use->number);
        else
            fprintf(f, "&(const %s){ %lld }", type, use->number);
        break;
    case PLAN_NULL: fputs("NULL", f); break;
    }
}

static void put_call(FILE *f, const struct plan *plan, const char *name, const struct proto *p,
                     const struct plan_use *use)
{
    fprintf(f, "gradcheck_%s(", name);
    for (int i = 0; i < p->args; i++) {
        if (i) fputs(",\n        ", f);
        put_use(f, plan, &use[i], p->arg[i].spelling);
        fprintf(f, " /* %s */", p->arg[i].name);
    }
    fputs(")", f);
}

static void put_forward(FILE *f, const struct plan *plan)
{
    fputs("static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)\n{\n    (void)ctx, (void)in, "
          "(void)out;\n    ",
          f);
    if (plan->loss.type == PROTO_INT) fputs("return ", f);
    if (plan->returns_loss) fprintf(f, "*(%s *)out[0].data = ", type_of(plan->out[0].dt));
    put_call(f, plan, "loss", &plan->loss, plan->loss_use);
    fputs(plan->loss.type == PROTO_INT ? ";\n}\n\n" : ";\n    return 0;\n}\n\n", f);
}

static int reads_cache(const struct plan *plan)
{
    for (int i = 0; i < plan->grad.args; i++)
        if (plan->grad_use[i].role == PLAN_CACHE) return 1;
    return 0;
}

static void put_backward(FILE *f, const struct plan *plan)
{
    fputs("static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,\n"
          "                    gc_tensor *din)\n{\n    (void)in, (void)out, (void)dout;\n",
          f);
    if (reads_cache(plan)) {
        fputs("    gc_tensor again[] = {\n", f); /* outputs of the forward that only renews the caches */
        for (int k = 0; k < plan->nout; k++) fprintf(f, "        out[%d],\n", k);
        fputs("    };\n", f);
        for (int k = 0; k < plan->nout; k++)
            fprintf(f, "    static %s unused%d[%zu];\n    again[%d].data = unused%d;\n",
                    type_of(plan->out[k].dt), k, plan->out[k].elements, k, k);
        fputs("    if (forward(ctx, in, again)) return 1; /* the caches of these inputs */\n    ", f);
    } else {
        fputs("    (void)ctx;\n    ", f);
    }
    if (plan->grad.type == PROTO_INT) fputs("return ", f);
    put_call(f, plan, "grad", &plan->grad, plan->grad_use);
    fputs(plan->grad.type == PROTO_INT ? ";\n}\n\n" : ";\n    return 0;\n}\n\n", f);
}

/* on one line, as a part of a comment, which no prototype can end */
static void put_prototype(FILE *f, const struct proto *p)
{
    fputs("\n *     ", f);
    for (const char *c = p->text; *c; c++) fputc(isspace((unsigned char)*c) ? ' ' : *c, f);
}

int shim_write(FILE *f, const struct plan *plan)
{
    fputs("/* Written by `rungs gradcheck sig` for", f);
    put_prototype(f, &plan->loss);
    put_prototype(f, &plan->grad);
    fputs("\n * gc.h explains what a gc_problem is. */\n#include <stddef.h>\n#include <stdint.h>\n#include "
          "<sys/types.h>\n\n"
          "#include \"gc.h\"\n\n",
          f);
    put_function(f, &plan->loss, "loss");
    put_function(f, &plan->grad, "grad");
    put_tensors(f, "in", plan->in, plan->nin, 1);
    put_tensors(f, "out", plan->out, plan->nout, 0);
    put_caches(f, plan);
    put_forward(f, plan);
    put_backward(f, plan);
    fprintf(f,
            "extern const gc_problem gradcheck_problem;\nconst gc_problem gradcheck_problem = {\n    .name = "
            "\"%s\",\n"
            "    .nin = %d,\n    .nout = %d,\n    .in = in,\n    .out = out,\n    .forward = forward,\n"
            "    .backward = backward,\n    .no_upstream = %d,\n};\n",
            plan->loss.name, plan->nin, plan->nout, plan->no_upstream);
    return fflush(f) || ferror(f) ? -1 : 0;
}
