/* learn_functions.c - a submission of functions: compiled, loaded, then gate by gate; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../learn/judged.h"
#include "../optimized/gradients.h"
#include "gradcheck.h"
#include "gradcheck_compile.h"
#include "learn_remote.h"
#include "prototype.h"

static int is_gradient(const struct op *op)
{
    return op->kind != OP_STEP && gradient_known(op);
}

static int has_gate(const struct submission *s, const struct op *op, enum gate gate)
{
    if (s->exercise->network)
        return gate == GATE_TRAINING && op == exercise_op_find(s->exercise->function[0]);
    switch (gate) {
    case GATE_GRADIENT: return is_gradient(op) && (s->exercise->kind != EXERCISE_RUNG || s->mistake);
    case GATE_PROPERTY: return s->exercise->property != NULL;
    case GATE_EDGES: return s->exercise->edge != NULL;
    case GATE_COUNTS: return s->exercise->counted && !s->mistake;
    case GATE_RACE: return s->exercise->race && !s->mistake && !s->no_race;
    case GATE_NUMBERS:
        return s->exercise->answers && !s->mistake && op == exercise_op_find(s->exercise->function[0]);
    case GATE_VALUES: return 1;
    default: return 0;
    }
}

int functions_have_gate(const struct exercise *e, enum gate gate)
{
    const struct submission s = { .exercise = e };
    if (gate == GATE_COMPILE) return 1;
    for (int i = 0; i < MOST_FUNCTIONS && e->function[i]; i++)
        if (has_gate(&s, exercise_op_find(e->function[i]), gate)) return 1;
    return 0;
}

/* The gates of one function, in their order. EXIT_OK, or how the one failed that *gate then names. */
static int pass_function(const struct submission *s, const struct op *op, enum gate *gate, FILE *f)
{
    static const struct {
        enum gate gate;
        gate_fn *pass;
    } gates[] = { { GATE_NUMBERS, gate_numbers },   { GATE_GRADIENT, gate_gradient },
                  { GATE_PROPERTY, gate_property }, { GATE_VALUES, gate_values },
                  { GATE_EDGES, gate_edges },       { GATE_COUNTS, gate_counts },
                  { GATE_RACE, gate_race },         { GATE_TRAINING, gate_training } };
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        if (!has_gate(s, op, gates[i].gate)) continue;
        *gate = gates[i].gate;
        int code = gates[i].pass(s, op, f);
        if (code) return code;
    }
    return EXIT_OK;
}

/* all of them; *at is the one that failed */
static int pass_functions(const struct submission *s, enum gate *gate, const struct op **at, FILE *f)
{
    for (int i = 0; i < MOST_FUNCTIONS && s->exercise->function[i]; i++) {
        *at = exercise_op_find(s->exercise->function[i]);
        int code = pass_function(s, *at, gate, f);
        if (code) return code;
    }
    return EXIT_OK;
}

int functions_pass(struct submission *s, enum gate *gate, FILE *f)
{
    const char *name = s->exercise->network ? s->exercise->function[0] : s->mistake->op;
    return pass_function(s, exercise_op_find(name), gate, f);
}

/* the declarations that a submission must agree with, as a file; NULL with error set */
static const char *put_declarations(const struct exercise *e, char *error)
{
    char *text = NULL;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    if (!f) {
        error_set(error, "out of memory");
        return NULL;
    }
    fputs("#include <stdint.h>\n", f);
    if (e->judged) fprintf(f, "%s%s", learn_text("learn/channel.h"), learn_text(e->judged->header));
    for (int i = 0; i < MOST_FUNCTIONS && e->function[i] && !e->judged; i++)
        prototype_declare(f, exercise_op_find(e->function[i]), "real");
    const char *path = fclose(f) ? NULL : compile_put("declarations.h", text, error);
    free(text);
    return path;
}

/* As the suite compiles its own rungs: without them a compiler makes no vectors of comparisons and roots. */
#define VECTORS "-fno-trapping-math", "-fno-math-errno"

/* compiles with `real` as float or as double; NULL with error set */
static const char *compile_as(const struct submission *s, const char *declarations, const char *real,
                              const char *name, char *error, size_t room)
{
    char type[40];
    snprintf(type, sizeof type, "-Dreal=%s", real);
    const char *const flags[] = { "-std=gnu11", "-O3",      VECTORS,      "-Wall", "-Wextra",
                                  type,         "-include", declarations, NULL };
    const char *to = guard_file(name);
    if (!s->is_stranger)
        return to && compile_library(submission_source(s), to, flags, error, room) ? to : NULL;
    /* the compiler's own start files run code when they are loaded */
    const char *const strangers[] = {
        "-std=gnu11", "-O3", VECTORS, "-Wall", "-Wextra", "-nostartfiles", NULL
    };
    const char *input = source_checked(s, real, error);
    return to && input && compile_library_from(input, submission_source(s), to, strangers, error, room)
               ? to
               : NULL;
}

/* in float, and but for a rung in double, too; what judges calls others, and in double */
static int compile_both(struct submission *s, const char *declarations, char *error, size_t room)
{
    s->declarations = declarations;
    if (s->exercise->judged)
        return (s->binary = compile_as(s, declarations, "double", "double.so", error, room)) != NULL;
    s->binary = compile_as(s, declarations, "float", "float.so", error, room);
    if (!s->binary || s->exercise->kind == EXERCISE_RUNG) return s->binary != NULL;
    s->binary_f64 = compile_as(s, declarations, "double", "double.so", error, room);
    return s->binary_f64 != NULL;
}

int submission_compile(struct submission *s, FILE *f)
{
    char error[2 * ERROR_TEXT] = "";
    if (s->is_stranger) compile_limit(20, (size_t)2 << 30);
    gradcheck_refusal = EXIT_OUTPUT;
    const char *declarations = guard_folder(error) ? put_declarations(s->exercise, error) : NULL;
    if (declarations) {
        gradcheck_refusal = EXIT_WRONG;
        int ok = compile_both(s, declarations, error, sizeof error);
        if (ok && *compile_said()) fprintf(f, "the compiler warns:\n%s", compile_said());
        if (ok) return EXIT_OK;
    }
    fprintf(f, "%s\n", error);
    return gradcheck_refusal;
}

int submission_load(const struct submission *s, const char *const *function, FILE *f)
{
    char error[ERROR_TEXT] = "";
    const struct remote_code code = { .shown = s->shown,
                                      .binary = s->binary,
                                      .binary_f64 = s->binary_f64,
                                      .function = function,
                                      .seconds = s->seconds,
                                      .is_judge = s->exercise->judged != NULL,
                                      .is_stranger = s->is_stranger };
    if (remote_open(&code, error)) return EXIT_OK;
    fprintf(f, "%s\n", error);
    return EXIT_WRONG;
}

/* A network has called all of the functions: any may be it. */
static void say_mistake(const struct submission *s, const struct op *op, FILE *f)
{
    const struct mistake *m = gate_match(s, op);
    for (int i = 1; s->exercise->network && !m && i < MOST_FUNCTIONS && s->exercise->function[i]; i++)
        m = gate_match(s, exercise_op_find(s->exercise->function[i]));
    if (m) fprintf(f, "this is the known mistake \"%s\": %s\n", m->name, m->about);
}

int grade_functions(struct submission *s, enum gate *gate, FILE *f)
{
    const struct op *at = NULL;
    *gate = GATE_COMPILE;
    int code = submission_compile(s, f);
    if (!code) code = submission_load(s, s->exercise->function, f);
    if (!code) code = pass_functions(s, gate, &at, f);
    if (!code && s->performance && s->exercise->race) speed_measure(s);
    if (at && code == EXIT_WRONG) say_mistake(s, at, f);
    remote_close();
    guard_remove_folder();
    return code;
}
