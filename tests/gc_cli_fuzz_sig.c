/* gc_cli_fuzz_sig.c - a million broken prototypes, the same ones every time: each becomes a plan, or
 * one sentence with a caret inside the text. Sanitizers see to the rest. argv[1]: how many (default
 * 60000, which takes seconds). */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli/gradcheck_plan.h"

enum { ROOM = 6000 };

static const char *const seeds[] = {
    "double f(const double W[16,8], const double b[16], const double X[n,8], const int y[n], int n)",
    "void f_grad(const double W[16,8], const double b[16], const double X[n,8], const int y[n], double "
    "dW[16,8], "
    "double *db, int n)",
    "void f(const float X[n][8], float Y[n,16], void *ctx, size_t n);",
    "void g(const float *X, const float *dY, float *dX, void *ctx, size_t n);",
    "double f(const double z[2*n+1,(m-1)/2], double lambda, double p[n], int n, int m)",
    "void g(const double *z, double lambda, const double *p, double *dz, double *dlambda, int n, int m)",
};

static const char *const tokens[] = {
    "const ", "double ", "float ", "int ", "void ", "long ",  "[",  "]",  "(",    ")",     ",",   "*",
    "n",      "0",       "[n]",    "[]",   "/",     "999999", "((", "dW", "+",    "-",     ";",   "\n",
    "\t",     "\377",    "%s%n",   "/*",   "*/",    "'",      "\"", "\\", "loss", "const", "[n,", " ",
};

static uint64_t state = 1;

static size_t below(size_t n)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17; /* xorshift64 */
    return (size_t)(state >> 11) % n;
}

/* room for m more bytes at `at` */
static int open_gap(char *text, size_t at, size_t m)
{
    size_t n = strlen(text);
    if (n + m >= ROOM) return 0;
    memmove(text + at + m, text + at, n - at + 1);
    return 1;
}

static void insert(char *text, size_t at, const char *what, size_t m)
{
    if (open_gap(text, at, m)) memcpy(text + at, what, m);
}

static void mutate(char *text)
{
    size_t n = strlen(text), at = below(n + 1), length;
    const char *token = tokens[below(sizeof tokens / sizeof *tokens)];
    char part[ROOM];
    switch (below(6)) {
    case 0: insert(text, at, token, strlen(token)); break;
    case 1: /* leave out */
        length = below(n - at + 1);
        memmove(text + at, text + at + length, n - at - length + 1);
        break;
    case 2: /* another byte, never 0 */
        if (at < n) text[at] = (char)(1 + below(255));
        break;
    case 3: /* twice */
        length = below(n - at + 1);
        memcpy(part, text + at, length);
        insert(text, at, part, length);
        break;
    case 4: text[at] = '\0'; break;
    default: /* a part of another */
        token = seeds[below(sizeof seeds / sizeof *seeds)];
        length = below(strlen(token)) + 1;
        insert(text, at, token, length);
    }
}

static void must(int holds, const char *what, const char *text)
{
    if (holds) return;
    printf("FAIL  %s: %s\n", what, text);
    exit(1);
}

static void check_error(const struct proto_error *error, const char *text)
{
    char lines[256];
    int newlines = 0;
    must(error->at >= 0 && (size_t)error->at <= strlen(text), "the caret is outside of the text", text);
    must(*error->reason && strlen(error->reason) < sizeof error->reason, "there is no sentence", text);
    proto_point(text, error->at, lines, sizeof lines);
    for (const char *p = lines; *p; p++) {
        newlines += *p == '\n';
        must(*p == '\n' || isprint((unsigned char)*p), "a terminal would obey this", text);
    }
    must(newlines == 1 && lines[strlen(lines) - 1] == '^', "the caret is missing", text);
}

static void check_plan(const char *loss, const char *grad, int *made)
{
    static struct plan plan;
    const struct plan_options o = { .size = "n=3,m=5", .range = strstr(loss, " y[") ? "y=0:7" : NULL };
    char error[2 * ERROR_TEXT] = "", *shim = NULL;
    size_t n = 0;
    if (!plan_make(&plan, loss, grad, &o, error)) {
        must(*error && strlen(error) < sizeof error, "there is no sentence", loss);
        plan_free(&plan);
        return;
    }
    must(plan.nin >= 1 && plan.nin <= GC_MAX_TENSORS && plan.nout >= 1 && plan.nout <= GC_MAX_TENSORS &&
             plan.ncache <= PROTO_ARGS,
         "a plan of too much", loss);
    FILE *f = open_memstream(&shim, &n);
    must(f && !shim_write(f, &plan), "the shim cannot be written", loss);
    fclose(f);
    must(n > 500 && strstr(shim, "gradcheck_problem"), "the shim is no problem", loss);
    free(shim);
    plan_free(&plan);
    ++*made;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 60000, read = 0;
    int made = 0;
    static char text[ROOM], other[ROOM];
    for (long i = 0; i < count; i++) {
        struct proto p;
        struct proto_error error = { 0 };
        size_t pair = 2 * below(sizeof seeds / sizeof *seeds / 2);
        snprintf(text, sizeof text, "%s", seeds[pair]);
        snprintf(other, sizeof other, "%s", seeds[pair + 1]);
        for (size_t k = 1 + below(3) / 2 * below(4); k > 0; k--) mutate(below(2) ? text : other);
        if (proto_read(text, &p, &error))
            read++;
        else
            check_error(&error, text);
        check_plan(text, other, &made);
    }
    printf("%ld texts, %ld of them prototypes; %d pairs were plans\n", count, read, made);
    must(read > count / 20 && read < count && made > count / 50, "too few, or too many, were understood", "");
    return 0;
}
