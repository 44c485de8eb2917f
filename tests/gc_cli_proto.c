/* gc_cli_proto.c - the reader of C prototypes and the plans made of them: what is accepted, what is refused,
 * and at which column the caret stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli/gradcheck_plan.h"

static int failed;

#define MUST(condition, ...)     \
    do                           \
        if (!(condition)) {      \
            failed = 1;          \
            printf("FAIL  ");    \
            printf(__VA_ARGS__); \
            putchar('\n');       \
        }                        \
    while (0)

/* ---- the grammar ---- */

static const char *const accepted[] = {
    "double f(const double x[5])",
    "double f(const double W[16,8], const double b[16], const double X[n,8], const int y[n], int n)",
    "void f(const float X[n][8], float Y[n][16], int n);",
    "extern double f ( const double * restrict x , size_t n , void * ctx ) ;",
    "static inline float f(float const x[static 3], unsigned long long n)",
    "int f(const double x[2*n+1, (m - 1)/2], double y[1], int n, int m)",
    "double f(void)",
    "double f()",
    "void f(int32_t n, const int32_t y[n], double *dx)",
    "double f(const double x\n[4]\t)",
};

static const struct {
    const char *text;
    int column; /* of the caret, from 1 */
    const char *says;
} refused[] = {
    { "", 1, "empty" },
    { "   ;", 4, "a type is expected" },
    { "dobule f(const double x[5])", 1, "a type is expected" },
    { "double (const double x[5])", 8, "name of the function" },
    { "double f const double x[5])", 10, "'(' is expected" },
    { "double f(const double x[5]", 27, "')' is expected" },
    { "double f(const double x[5]) {", 29, "has ended" },
    { "double f(const double x[])", 25, "a size is missing" },
    { "double f(const double x[5)", 26, "']' is expected" },
    { "double f(const double x[5,])", 27, "a size is expected" },
    { "double f(const double x[5u])", 25, "whole number" },
    { "double f(const double x[0x10])", 25, "whole number" },
    { "double f(const double x[-1])", 25, "a size is expected" },
    { "double f(const double x[((((((((((((((((((1))))))))))))))))))])", 41, "too many parentheses" },
    { "double f(const double x[99999999999999999999999999])", 25, "too large" },
    { "double f(const double [5])", 23, "name of an argument" },
    { "double f(const double double[5])", 23, "is a word of C" },
    { "double f(const double x[5], const double x[5])", 42, "two arguments 'x'" },
    { "double f(const double **x)", 24, "pointers to pointers" },
    { "double f(double (*g)(double))", 17, "pointers to functions" },
    { "double f(const double x[5], ...)", 29, "variable number" },
    { "double f(const char *x)", 16, "cannot be handed over" },
    { "double f(const long x[5])", 21, "arrays of long" },
    { "long double f(const long double x[5])", 6, "long double" },
    { "double *f(const double x[5])", 8, "returns a pointer" },
    { "size_t f(const double x[5])", 8, "a function returns" },
    { "double f(void x)", 15, "cannot be void" },
    { "double f(const double x[1,1,1,1,1,1,1,1,1])", 41, "at most 8 sizes" },
    { "double \377(const double x[5])", 8, "name of the function" },
};

static void check_grammar(void)
{
    struct proto p;
    struct proto_error error;
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++)
        MUST(proto_read(accepted[i], &p, &error), "%s should be accepted: %s", accepted[i], error.reason);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        MUST(!proto_read(refused[i].text, &p, &error), "%s should be refused", refused[i].text);
        MUST(error.at + 1 == refused[i].column && strstr(error.reason, refused[i].says),
             "%s should be refused at column %d with '%s', not at %d with '%s'", refused[i].text,
             refused[i].column, refused[i].says, error.at + 1, error.reason);
    }
    MUST(proto_read(accepted[1], &p, &error) && p.args == 5 && p.arg[0].nd == 2 && p.arg[0].constant &&
             p.arg[3].type == PROTO_INT && !p.arg[4].pointer && !strcmp(p.arg[2].name, "X"),
         "the parts of %s", accepted[1]);
}

/* ---- sizes ---- */

static int look_up(void *ctx, const char *name, long long *value)
{
    (void)ctx;
    *value = !strcmp(name, "n") ? 6 : !strcmp(name, "m") ? 3 : 0;
    return *value != 0;
}

static void check_sizes(void)
{
    static const struct {
        const char *text;
        size_t size; /* 0: refused */
    } sizes[] = {
        { "n]", 6 },
        { "2*n+1]", 13 },
        { "2*(n+1)]", 14 },
        { "n/m - 1]", 1 },
        { "n-m-m]", 0 },
        { "m-n]", 0 },
        { "n/(m-3)]", 0 },
        { "k]", 0 },
        { "1048576*1048576]", (size_t)1 << 40 },
        { "1048577*1048576]", 0 },
        { "(m-n)*1099511627776]", 0 },
        { "1099511627776+1]", 0 },
    };
    struct proto_error error;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t size = 0;
        int ok = proto_size(sizes[i].text, 0, look_up, NULL, &size, &error);
        MUST(ok == (sizes[i].size != 0) && (!ok || size == sizes[i].size), "the size %s is %zu, not %zu",
             sizes[i].text, sizes[i].size, size);
    }
}

/* ---- plans ---- */

struct plan_case {
    const char *loss, *grad, *size, *range, *map;
    const char *says; /* NULL: it is a plan */
};

static const struct plan_case plans[] = {
    { "double f(const double x[5])", "void g(const double x[5], double dx[5])", NULL, NULL, NULL, NULL },
    { "double f(const double x[n], int n)", "void g(const double *x, double *dx, int n)", "n=4", NULL, NULL,
      NULL },
    { "double f(const double x[n], int n)", "void g(const double *x, double *x_grad, int n)", "n=4", NULL,
      NULL, NULL },
    { "double f(const double W[2])", "void g(const double *W, double *grad_w)", NULL, NULL, NULL, NULL },
    { "double f(const double W[2])", "void g(const double *W, double *out)", NULL, NULL, "out=W", NULL },
    { "void f(const float X[2,3], float Y[2,4])", "void g(const float *X, const float *dY, float *dX)", NULL,
      NULL, NULL, NULL },
    { "double f(const double z[n,4], const int y[n], double p[n,4], int n)",
      "void g(const double *p, const int *y, double *dz, int n)", "n=3", "y=0:3", NULL, NULL },
    { "double f(const double z[2], double rate)",
      "void g(const double *z, double rate, double *dz, double *drate)", NULL, NULL, NULL, NULL },
    { "double f(const double z[2], double dz[2])", "double f(const double z[2], double dz[2])", NULL, NULL,
      NULL, NULL },
    { "double f(const double x[n], int n)", "void g(const double *x, double *dx, int n)", NULL, NULL, NULL,
      "size 'n' is not known; add --size n=NUMBER" },
    { "double f(const double x[2], int stride)", "void g(const double *x, double *dx)", NULL, NULL, NULL,
      "value of 'stride' is not known" },
    { "double f(const double *x)", "void g(const double *x, double *dx)", NULL, NULL, NULL,
      "how many numbers has 'x'" },
    { "double f(const double x[2])", "void g(const double *x, double *dX1)", NULL, NULL, NULL,
      "by none of x" },
    { "double f(const double x[2])", "void g(const double *x, double dx[3])", NULL, NULL, NULL,
      "'dx' has 3 numbers" },
    { "double f(const double x[2])", "void g(const double *x, float dx[2])", NULL, NULL, NULL,
      "is of float" },
    { "double f(const double x[2])", "void g(const double *x)", NULL, NULL, NULL, "has no gradient" },
    { "double f(const double x[2])", "void g(const double *y, double *dx)", NULL, NULL, NULL,
      "'y' is neither" },
    { "double f(const double x[2])", "void g(const double *x, double *dx, double *grad_x)", NULL, NULL, NULL,
      "second gradient by x" },
    { "void f(const double x[2], double y[2])", "void g(const double *x, double *dx)", NULL, NULL, NULL,
      "reads no upstream gradient" },
    { "void f(const double x[2])", "void g(const double *x, double *dx)", NULL, NULL, NULL, "has no output" },
    { "double f(double *x)", "void g(double *dx)", NULL, NULL, NULL, "how many numbers has 'x'" },
    { "double f(const double x[n], const int *n)", "void g(const double *x, const int *n, double *dx)", "n=2",
      NULL, NULL, NULL },
    { "double f(const double x[2], const int *n)", "void g(const double *x, double *dx)", NULL, NULL, NULL,
      "or for a size by reference --size n=NUMBER" },
    { "double f(int n)", "void g(double *dx)", "n=2", NULL, NULL, "has no input" },
    { "double f(const double x[2], const int y[2])", "void g(const double *x, const int *y, double *dx)",
      NULL, NULL, NULL, "add --range y=" },
    { "double f(const double x[2], const int y[2])", "void g(const double *x, const int *y, int *dy)", NULL,
      "y=0:1", NULL, "has no gradient" },
    { "double f(const double x[2])", "void g(const double *x, double *dx)", NULL, "y=0:1", NULL,
      "no argument of that name" },
    { "double f(const double x[2])", "void g(const double *x, double *dx)", NULL, "x=3:1", NULL,
      "least and the largest" },
    { "double f(const double x[2])", "void g(const double *x, double *dx)", "n", NULL, NULL,
      "a name and a whole number" },
    { "double f(const double x[2])", "void g(const double *x, double *dx)", "n=2.5", NULL, NULL,
      "a name and a whole number" },
};

static void check_plan(const struct plan_case *c)
{
    struct plan *plan = calloc(1, sizeof *plan);
    struct plan_options o = { .size = c->size, .range = c->range, .map = c->map };
    char error[2 * ERROR_TEXT] = "";
    if (!plan) exit(1);
    int ok = plan_make(plan, c->loss, c->grad, &o, error);
    MUST(ok == !c->says, "%s with %s: %s", c->loss, c->grad, ok ? "should be refused" : error);
    MUST(!c->says || strstr(error, c->says), "%s with %s should say '%s', not: %s", c->loss, c->grad, c->says,
         error);
    plan_free(plan);
    free(plan);
}

int main(void)
{
    check_grammar();
    check_sizes();
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) check_plan(&plans[i]);
    if (!failed)
        printf("%zu prototypes accepted, %zu refused at their column, %zu plans\n",
               sizeof accepted / sizeof *accepted, sizeof refused / sizeof *refused,
               sizeof plans / sizeof *plans);
    return failed;
}
