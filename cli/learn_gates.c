/* learn_gates.c - the gates of functions: gradient, property, values, edges; see learn.h. Student's code runs
 * in child processes alone. */
#include "learn.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "../optimized/check.h"
#include "../optimized/gradients.h"
#include "../reference/philox.h"
#include "gradcheck.h"
#include "learn_remote.h"
#include "with.h"

/* The operation as the submission computes it: a mistake is called here, a student's function in its own
 * process. */
static const struct op *own_op(const struct submission *s, const struct op *op)
{
    return s->mistake ? op : remote_op(op);
}

static struct told *telling; /* in the child */

static void tell(const char *sentence)
{
    telling->failed = 1;
    error_set(telling->sentence, "%s", sentence);
}

int gate_run(struct guard *g, const char *name, void (*work)(void *), struct told *shared, FILE *f)
{
    telling = shared;
    remote_on_failure(tell);
    guard_run(g, work, shared);
    if (shared->failed) return fprintf(f, "%s %s\n", name, shared->sentence), EXIT_WRONG;
    return g->end == GUARD_DONE ? EXIT_OK : gate_say_ending(g, name, f);
}

static int run_gate(const struct submission *s, const struct op *op, void (*work)(void *),
                    struct told *shared, FILE *f)
{
    struct guard g = { .seconds = 4.0 * s->seconds };
    return gate_run(&g, op->name, work, shared, f);
}

int gate_say_ending(const struct guard *g, const char *name, FILE *f)
{
    switch (g->end) {
    case GUARD_SIGNAL: fprintf(f, "%s crashes: signal %d (%s)\n", name, g->code, strsignal(g->code)); break;
    case GUARD_EXIT: fprintf(f, "%s ends the process with exit code %d\n", name, g->code); break;
    case GUARD_LATE: fprintf(f, "%s still runs after %g s: an endless loop\n", name, g->seconds); break;
    default:
        fprintf(f, "cannot start a process to call %s: the system refused\n", name);
        return EXIT_RESOURCES;
    }
    return EXIT_WRONG;
}

/* ---- the gradient, in double ---- */

struct gradient_work {
    struct told told;
    const struct submission *s;
    const struct op *op;
    gc_result result;
};

/* in the place of a function that another process has */
static void unused(void)
{
}

static void check_gradient_of(void *arg)
{
    struct gradient_work *w = arg;
    int named[MAX_SIZES];
    const char *shape = w->s->exercise->shape;
    const int *size = shape && op_parse_shape(w->op, shape, named, NULL) ? named : gradient_shape(w->op);
    struct gradient *g =
        gradient_open_f64(own_op(w->s, w->op), w->s->mistake ? w->s->mistake->run_f64 : unused, size);
    gc_options o = gc_defaults();
    o.seed = w->s->seed, o.timeout_s = 3 * w->s->seconds,
    o.fork = 0; /* the student's process is apart already */
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
    struct gradient_work *w = guard_shared(sizeof *w);
    if (!w) return fprintf(f, "out of memory for the check of %s\n", op->name), EXIT_RESOURCES;
    w->s = s, w->op = op;
    int code = run_gate(s, op, check_gradient_of, &w->told, f);
    if (!code) code = say_gradient(&w->result, f);
    munmap(w, sizeof *w);
    return code;
}

/* ---- a property, in float ---- */

static const struct submission *calling;

/* A mistake is one function: the exercise's others are right then. */
static void call_own(const struct op *op, const int *size, void *const *buf)
{
    const struct mistake *m = calling->mistake;
    any_fn *run = !m ? unused : strcmp(m->op, op_base(op)->name) ? op->cpu->run : m->run;
    op_call(own_op(calling, op), run, size, buf);
}

struct property_work {
    struct told told;
    const struct submission *s;
    const struct op *op;
    int holds;
    char error[ERROR_TEXT];
};

static void check_property(void *arg)
{
    struct property_work *w = arg;
    calling = w->s;
    w->holds = w->s->exercise->property(w->op, call_own, w->error);
}

int gate_property(const struct submission *s, const struct op *op, FILE *f)
{
    struct property_work *w = guard_shared(sizeof *w);
    if (!w) return fprintf(f, "out of memory for the check of %s\n", op->name), EXIT_RESOURCES;
    w->s = s, w->op = op;
    int code = run_gate(s, op, check_property, &w->told, f);
    if (!code && !w->holds) code = EXIT_WRONG;
    if (*w->error) fprintf(f, "%s%s%s\n", code ? op->name : "", code ? ": " : "", w->error);
    munmap(w, sizeof *w);
    return code;
}

/* ---- values, in float ---- */

static const struct submission *checked; /* by check_apart's child */

static struct check check_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed)
{
    const struct rung own = { rung->name, checked->mistake ? checked->mistake->run : unused, NEED_NONE,
                              rung->idea };
    return check_rung_at(own_op(checked, op), &own, size, seed);
}

static void watch(void (*on_fault)(const char *sentence))
{
    with_watch(on_fault);
    remote_on_failure(on_fault);
}

static int say_check(const struct check *c, FILE *f)
{
    if (c->verdict == CHECK_PASS) return EXIT_OK;
    fprintf(f, "%s\n", c->reason);
    return c->verdict == CHECK_FAIL ? EXIT_WRONG : EXIT_RESOURCES;
}

/* Shapes that nobody knows who does not know the seed, behind the operation's own: small ones, and in each
 * one size that is larger. Windows have many sizes that multiply, and must fit. */
enum { MOST_SHAPES = 96, DRAWN = 4, DRAWN_FLOPS = 20000000 };

static int draw_size(const struct op *op, int i, uint64_t seed, uint64_t k)
{
    const int is_large = (int)(k % (uint64_t)op->nsize) == i;
    const unsigned below = op->kind == OP_WINDOW ? (is_large ? 40 : 6) : (is_large ? 3000 : 60);
    return op->size[i].derive ? 0 : op->size[i].least + (int)(philox_word(seed, k, (uint64_t)i) % below);
}

static void draw_shapes(const struct op *op, uint64_t seed, int shapes[MOST_SHAPES][MAX_SIZES])
{
    char error[ERROR_TEXT];
    int n = 0, drawn = 0;
    for (const int(*size)[MAX_SIZES] = op->check_shapes; **size && n < MOST_SHAPES - DRAWN - 1; size++, n++)
        memcpy(shapes[n], *size, sizeof *shapes);
    for (uint64_t k = 0; k < 400 && drawn < DRAWN; k++) {
        int *size = shapes[n];
        for (int i = 0; i < op->nsize; i++) size[i] = draw_size(op, i, seed, k);
        if (!op_legal_shape(op, size, error) || op->flops(size) > DRAWN_FLOPS) continue;
        n++, drawn++;
    }
    memset(shapes[n], 0, sizeof *shapes);
}

int gate_values(const struct submission *s, const struct op *op, FILE *f)
{
    static const struct check_way way = { watch, check_at };
    const struct rung own = { op->name, NULL, NEED_NONE, s->shown };
    const struct op *with;
    int code = EXIT_OK;
    static int shapes[MOST_SHAPES][MAX_SIZES];
    checked = s;
    draw_shapes(op, s->seed, shapes);
    check_shape_seconds = 2 * s->seconds; /* the student's process ends before */
    for (int k = 0; !code && (with = exercise_op(s->exercise, op, k)); k++) {
        struct check c = check_apart(&way, with, &own, (const int(*)[MAX_SIZES])shapes, s->seed);
        code = say_check(&c, f);
        if (code && op_set(with)) fprintf(f, "with %s\n", op_set(with));
    }
    return code;
}

/* ---- edges, in float ---- */

enum { MOST_EDGES = 32 };

struct edge_work {
    struct told told;
    const struct submission *s;
    const struct op *op;
    int at; /* the first wrong edge, or -1 */
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

/* a zero is exact: that is what edges are about */
static int is_right(double y, double expected, double bound)
{
    if (expected == 0) bound = 0;
    return y == expected || (isnan(y) && isnan(expected)) || fabs(y - expected) <= bound;
}

static void check_edges(void *arg)
{
    struct edge_work *w = arg;
    const struct exercise *e = w->s->exercise;
    const int nrows = e->edge_rows ? e->edge_rows : 1;
    const int rows[MAX_SIZES] = { nrows, e->edges / nrows }, elements[MAX_SIZES] = { e->edges };
    const int *size = w->op->kind == OP_ROWS ? rows : elements;
    float x[MAX_ARGS][MOST_EDGES];
    double wide[MAX_ARGS][MOST_EDGES], bound[MOST_EDGES];
    void *buf[MAX_ARGS], *wide_buf[MAX_ARGS];
    fill_edges(e, w->op, x, wide);
    for (int a = 0; a < w->op->narg; a++) buf[a] = x[a], wide_buf[a] = wide[a];
    calling = w->s;
    call_own(w->op, size, buf);
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
    struct edge_work *w = guard_shared(sizeof *w);
    if (!w) return fprintf(f, "out of memory for the check of %s\n", op->name), EXIT_RESOURCES;
    w->s = s, w->op = op;
    int code = run_gate(s, op, check_edges, &w->told, f);
    if (!code && w->at >= 0)
        code = EXIT_WRONG,
        fprintf(f, "%s: at %s = %.9g yours is %.9g, expected %.9g\n", op->name, op->arg[0].name, w->input,
                isnan(w->yours) ? (double)NAN : w->yours, w->expected);
    munmap(w, sizeof *w);
    return code;
}

/* ---- which mistake ---- */

struct match_work {
    struct told told;
    const struct submission *s;
    const struct op *op;
    const struct mistake *found; /* in a table that parent and child have alike */
};

static void match(void *arg)
{
    struct match_work *w = arg;
    calling = w->s;
    w->found = mistake_match(w->s->exercise, w->op, call_own);
}

const struct mistake *gate_match(const struct submission *s, const struct op *op)
{
    struct match_work *w = guard_shared(sizeof *w);
    FILE *nowhere = fopen("/dev/null", "w");
    const struct mistake *found = NULL;
    if (w && nowhere) {
        w->s = s, w->op = op;
        if (!run_gate(s, op, match, &w->told, nowhere)) found = w->found;
    }
    if (nowhere) fclose(nowhere);
    if (w) munmap(w, sizeof *w);
    return found;
}
