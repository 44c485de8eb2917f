/* learn_gates.c - the gates of functions: gradient, values, edges; see learn.h. Student's code runs in child
 * processes alone. */
#include "learn.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "../optimized/check.h"
#include "../optimized/gradients.h"
#include "gradcheck.h"
#include "with.h"

int submission_load(const struct submission *s, const struct op *op, any_fn **run, any_fn **run_f64,
                    char *error)
{
    if (s->mistake) {
        *run = s->mistake->run;
        if (run_f64) *run_f64 = s->mistake->run_f64;
        return 1;
    }
    void *library = library_open_as(s->library, s->shown, error);
    void *at = library ? library_symbol_as(library, s->library, s->shown, op->name, error) : NULL;
    *(void **)run = at; /* POSIX: a pointer of dlsym is a function's */
    if (!at || !run_f64) return at != NULL;
    library = library_open_as(s->library_f64, s->shown, error);
    at = library ? library_symbol_as(library, s->library_f64, s->shown, op->name, error) : NULL;
    *(void **)run_f64 = at;
    return at != NULL;
}

int gate_say_ending(const struct guard *g, const struct op *op, FILE *f)
{
    switch (g->end) {
    case GUARD_SIGNAL:
        fprintf(f, "%s crashes: signal %d (%s)\n", op->name, g->code, strsignal(g->code));
        break;
    case GUARD_EXIT: fprintf(f, "%s ends the process with exit code %d\n", op->name, g->code); break;
    case GUARD_LATE: fprintf(f, "%s still runs after %g s: an endless loop\n", op->name, g->seconds); break;
    default:
        fprintf(f, "cannot start a process to call %s: the system refused\n", op->name);
        return EXIT_RESOURCES;
    }
    return EXIT_WRONG;
}

/* ---- the gradient, in double ---- */

struct gradient_work {
    const struct submission *s;
    const struct op *op;
    int is_loaded;
    char error[ERROR_TEXT];
    gc_result result;
};

static void check_gradient_of(void *arg)
{
    struct gradient_work *w = arg;
    any_fn *run, *run_f64;
    w->is_loaded = submission_load(w->s, w->op, &run, &run_f64, w->error);
    if (!w->is_loaded) return;
    struct gradient *g = gradient_open_f64(w->op, run_f64, gradient_shape(w->op));
    gc_options o = gc_defaults();
    o.seed = w->s->seed, o.timeout_s = w->s->seconds;
    gc_result *r = gc_check(gradient_problem(g), &o);
    w->result = *r;
    gc_free(r);
    gradient_close(g);
}

/* "[2][3]" */
static void put_index(FILE *f, const gc_tensor_result *t, size_t k)
{
    size_t row = t->elements;
    for (int d = 0; d < t->nd; d++) {
        row /= t->dim[d];
        fprintf(f, "[%zu]", k / row);
        k %= row;
    }
}

static const gc_sample *sample_at(const gc_tensor_result *t, size_t index)
{
    for (int i = 0; i < t->samples; i++)
        if (t->sample[i].index == index) return &t->sample[i];
    return &t->worst;
}

static void say_wrong_tensor(const gc_tensor_result *t, FILE *f)
{
    const gc_sample *first = sample_at(t, t->first);
    fprintf(f, "d%s is wrong in %zu of %zu elements\n", t->name, t->wrong, t->looked);
    fprintf(f, "first wrong element  d%s", t->name);
    put_index(f, t, first->index);
    fprintf(f, "   yours %+.7e   expected %+.7e (measured, +- %.0e)\n", first->analytic, first->numeric,
            first->error_bar);
    if (*t->pattern) fprintf(f, "pattern: %s\n", t->pattern);
    if (*t->cause) fprintf(f, "%s\n", t->cause);
}

static int say_gradient(const gc_result *r, FILE *f)
{
    int said = 0;
    if (r->verdict == GC_PASS || r->verdict == GC_KINK) return EXIT_OK;
    for (int i = 0; i < r->ntensors; i++)
        if (r->tensor[i].wrong) say_wrong_tensor(&r->tensor[i], f), said = 1;
    for (int i = 0; i < r->ntensors && said; i++)
        if (r->tensor[i].checked && !r->tensor[i].wrong)
            fprintf(f, "d%s is right in %zu of %zu elements\n", r->tensor[i].name, r->tensor[i].looked,
                    r->tensor[i].looked);
    if (!said) fprintf(f, "%s\n", r->reason);
    return EXIT_WRONG;
}

int gate_gradient(const struct submission *s, const struct op *op, FILE *f)
{
    struct guard g = { .seconds = 2.0 * s->seconds };
    struct gradient_work *w = guard_shared(sizeof *w);
    int code = EXIT_RESOURCES;
    if (!w) {
        fprintf(f, "out of memory for the check of %s\n", op->name);
        return code;
    }
    w->s = s, w->op = op;
    guard_run(&g, check_gradient_of, w);
    if (g.end != GUARD_DONE)
        code = gate_say_ending(&g, op, f);
    else if (!w->is_loaded)
        code = EXIT_WRONG, fprintf(f, "%s\n", w->error);
    else
        code = say_gradient(&w->result, f);
    munmap(w, sizeof *w);
    return code;
}

/* ---- values, in float ---- */

static const struct submission *checked; /* by check_apart's child */

static struct check check_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed)
{
    static any_fn *run;
    struct check result = { .shapes = 1, .verdict = CHECK_FAIL };
    char error[ERROR_TEXT];
    if (!run && !submission_load(checked, op_base(op), &run, NULL, error)) {
        snprintf(result.reason, sizeof result.reason, "%.300s", error);
        return result;
    }
    const struct rung own = { rung->name, run, NEED_NONE, rung->idea };
    return check_rung_at(op, &own, size, seed);
}

static int say_check(const struct check *c, FILE *f)
{
    if (c->verdict == CHECK_PASS) return EXIT_OK;
    fprintf(f, "%s\n", c->reason);
    return c->verdict == CHECK_FAIL ? EXIT_WRONG : EXIT_RESOURCES;
}

int gate_values(const struct submission *s, const struct op *op, FILE *f)
{
    static const struct check_way way = { with_watch, check_at };
    const struct rung own = { op->name, NULL, NEED_NONE, s->shown };
    const struct op *with;
    int code = EXIT_OK;
    checked = s;
    check_shape_seconds = s->seconds;
    for (int k = 0; !code && (with = exercise_op(s->exercise, op, k)); k++) {
        struct check c = check_apart(&way, with, &own, with->check_shapes, s->seed);
        code = say_check(&c, f);
        if (code && op_set(with)) fprintf(f, "there with %s\n", op_set(with));
    }
    return code;
}

/* ---- edges, in float ---- */

enum { MOST_EDGES = 32 };

struct edge_work {
    const struct submission *s;
    const struct op *op;
    int is_loaded, at; /* the first wrong edge, or -1 */
    char error[ERROR_TEXT];
    double input, yours, expected;
};

/* n copies of 1, in float and in double, but for the first argument: the edges themselves */
static void fill_edges(const struct exercise *e, const struct op *op, float (*x)[MOST_EDGES],
                       double (*wide)[MOST_EDGES])
{
    for (int a = 0; a < op->narg; a++)
        for (int k = 0; k < e->edges; k++) {
            x[a][k] = op->arg[a].access == ARG_OUT ? NAN : a ? 1 : e->edge[k];
            wide[a][k] = (double)x[a][k];
        }
}

static int is_right(double y, double expected, double bound)
{
    return y == expected || (isnan(y) && isnan(expected)) || fabs(y - expected) <= bound;
}

static void check_edges(void *arg)
{
    struct edge_work *w = arg;
    const struct exercise *e = w->s->exercise;
    const int rows[MAX_SIZES] = { 1, e->edges }, elements[MAX_SIZES] = { e->edges };
    const int *size = w->op->kind == OP_ROWS ? rows : elements;
    float x[MAX_ARGS][MOST_EDGES];
    double wide[MAX_ARGS][MOST_EDGES], bound[MOST_EDGES];
    void *buf[MAX_ARGS], *wide_buf[MAX_ARGS];
    any_fn *run;
    w->is_loaded = submission_load(w->s, w->op, &run, NULL, w->error);
    if (!w->is_loaded) return;
    fill_edges(e, w->op, x, wide);
    for (int a = 0; a < w->op->narg; a++) buf[a] = x[a], wide_buf[a] = wide[a];
    op_call(w->op, run, size, buf);
    op_f64(w->op, size, wide_buf);
    int out = w->op->narg - 1;
    op_bound(w->op, size, wide_buf, out, NEED_NONE, bound);
    w->at = -1;
    for (int k = 0; k < e->edges && w->at < 0; k++)
        if (!is_right((double)x[out][k], wide[out][k], bound[k])) {
            w->at = k;
            w->input = (double)e->edge[k], w->yours = (double)x[out][k], w->expected = wide[out][k];
        }
}

int gate_edges(const struct submission *s, const struct op *op, FILE *f)
{
    struct guard g = { .seconds = s->seconds };
    struct edge_work *w = guard_shared(sizeof *w);
    int code = EXIT_OK;
    if (!w) {
        fprintf(f, "out of memory for the check of %s\n", op->name);
        return EXIT_RESOURCES;
    }
    w->s = s, w->op = op;
    guard_run(&g, check_edges, w);
    if (g.end != GUARD_DONE)
        code = gate_say_ending(&g, op, f);
    else if (!w->is_loaded)
        code = EXIT_WRONG, fprintf(f, "%s\n", w->error);
    else if (w->at >= 0)
        code = EXIT_WRONG, fprintf(f, "%s: at %s = %.9g yours is %.9g, expected %.9g\n", op->name,
                                   op->arg[0].name, w->input, w->yours, w->expected);
    munmap(w, sizeof *w);
    return code;
}

/* ---- which mistake ---- */

struct match_work {
    const struct submission *s;
    const struct op *op;
    const struct mistake *found; /* into a table that parent and child share */
};

static void match(void *arg)
{
    struct match_work *w = arg;
    any_fn *run;
    char error[ERROR_TEXT];
    if (submission_load(w->s, w->op, &run, NULL, error)) w->found = mistake_match(w->s->exercise, w->op, run);
}

const struct mistake *gate_match(const struct submission *s, const struct op *op)
{
    struct guard g = { .seconds = s->seconds };
    struct match_work *w = guard_shared(sizeof *w);
    if (!w) return NULL;
    w->s = s, w->op = op;
    guard_run(&g, match, w);
    const struct mistake *found = g.end == GUARD_DONE ? w->found : NULL;
    munmap(w, sizeof *w);
    return found;
}
