/* learn_grade.c - a submission, gate by gate; see learn.h. */
#include "learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/gradients.h"
#include "args.h"
#include "gradcheck.h"
#include "gradcheck_compile.h"
#include "learn_remote.h"
#include "prototype.h"

/* ---- functions ---- */

static int is_gradient(const struct op *op)
{
    return op->kind != OP_STEP && gradient_known(op);
}

static int has_gate(const struct submission *s, const struct op *op, enum gate gate)
{
    switch (gate) {
    case GATE_GRADIENT: return is_gradient(op);
    case GATE_EDGES: return s->exercise->edge != NULL;
    case GATE_RACE: return s->exercise->race && !s->mistake && !s->no_race;
    default: return 1;
    }
}

/* The gates of one function, in their order. EXIT_OK, or how the one failed that *gate then names. */
static int pass_function(const struct submission *s, const struct op *op, enum gate *gate, FILE *f)
{
    static const struct {
        enum gate gate;
        gate_fn *pass;
    } gates[] = { { GATE_GRADIENT, gate_gradient },
                  { GATE_VALUES, gate_values },
                  { GATE_EDGES, gate_edges },
                  { GATE_RACE, gate_race } };
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
        *at = op_find(s->exercise->function[i]);
        int code = pass_function(s, *at, gate, f);
        if (code) return code;
    }
    return EXIT_OK;
}

int grade_rejects(const struct exercise *e, const struct mistake *m, enum gate *gate)
{
    const struct submission s = {
        .exercise = e, .shown = m->name, .mistake = m, .seed = 1, .seconds = GATE_SECONDS
    };
    FILE *nowhere = fopen("/dev/null", "w");
    int code = nowhere ? pass_function(&s, op_find(m->op), gate, nowhere) : EXIT_RESOURCES;
    if (nowhere) fclose(nowhere);
    return code == EXIT_WRONG;
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
    for (int i = 0; i < MOST_FUNCTIONS && e->function[i]; i++)
        prototype_declare(f, op_find(e->function[i]), "real");
    const char *path = fclose(f) ? NULL : compile_put("declarations.h", text, error);
    free(text);
    return path;
}

static const char *source_of(const struct submission *s)
{
    return s->source ? s->source : s->shown;
}

/* compiles with `real` as float or as double; NULL with error set */
static const char *compile_as(const struct submission *s, const char *declarations, const char *real,
                              const char *name, char *error, size_t room)
{
    char type[40];
    snprintf(type, sizeof type, "-Dreal=%s", real);
    const char *const flags[] = { "-std=gnu11", "-O3",      "-Wall",      "-Wextra",
                                  type,         "-include", declarations, NULL };
    const char *to = guard_file(name);
    if (!s->is_stranger) return to && compile_library(source_of(s), to, flags, error, room) ? to : NULL;
    /* the compiler's own start files run code when they are loaded */
    const char *const strangers[] = { "-std=gnu11", "-O3", "-Wall", "-Wextra", "-nostartfiles", NULL };
    const char *input = source_checked(source_of(s), s->shown, declarations, real, error);
    return to && input && compile_library_from(input, source_of(s), to, strangers, error, room) ? to : NULL;
}

/* in float, and but for a rung in double, too */
static int compile_both(struct submission *s, const char *declarations, char *error, size_t room)
{
    s->library = compile_as(s, declarations, "float", "float.so", error, room);
    if (!s->library || s->exercise->kind == EXERCISE_RUNG) return s->library != NULL;
    s->library_f64 = compile_as(s, declarations, "double", "double.so", error, room);
    return s->library_f64 != NULL;
}

static int compile(struct submission *s, FILE *f)
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

static int load(const struct submission *s, FILE *f)
{
    char error[ERROR_TEXT] = "";
    const struct remote_code code = { s->shown,   s->library,    s->library_f64, s->exercise->function,
                                      s->seconds, s->is_stranger };
    if (remote_open(&code, error)) return EXIT_OK;
    fprintf(f, "%s\n", error);
    return EXIT_WRONG;
}

static void say_mistake(const struct submission *s, const struct op *op, FILE *f)
{
    const struct mistake *m = gate_match(s, op);
    if (m) fprintf(f, "this is the known mistake \"%s\": %s\n", m->name, m->about);
}

static int grade_functions(struct submission *s, enum gate *gate, FILE *f)
{
    const struct op *at = NULL;
    *gate = GATE_COMPILE;
    int code = compile(s, f);
    if (!code) code = load(s, f);
    if (!code) code = pass_functions(s, gate, &at, f);
    if (at && code == EXIT_WRONG) say_mistake(s, at, f);
    remote_close();
    guard_remove_folder();
    return code;
}

/* ---- numbers ---- */

/* the text behind "name =", in the file's text; NULL if there is no such line */
static const char *value_behind(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
        const char *at = line + strspn(line, " \t");
        if (strncmp(at, name, n)) continue;
        at += n;
        at += strspn(at, " \t");
        if (*at == '=') return at + 1;
    }
    return NULL;
}

/* 1 if the line has one number and nothing else but a comment */
static int read_number(const char *at, double *value)
{
    char *end;
    at += strspn(at, " \t");
    *value = strtod(at, &end);
    if (end == at) return 0;
    end += strspn(end, " \t\r");
    return !*end || *end == '\n' || *end == '#';
}

static int grade_number(const struct answer *a, const char *text, FILE *f)
{
    const char *at = value_behind(text, a->name);
    double value;
    if (!at) return fprintf(f, "%s: the line '%s =' is missing\n", a->name, a->name), EXIT_WRONG;
    if (!read_number(at, &value))
        return fprintf(f, "%s: write a number behind '%s ='\n", a->name, a->name), EXIT_WRONG;
    if (fabs(value - a->value) <= a->tolerance) return EXIT_OK;
    if (fabs(value + a->value) <= a->tolerance)
        return fprintf(f, "%s: the sign is wrong\n", a->name), EXIT_WRONG;
    return fprintf(f, "%s: %.9g is not right\n", a->name, value), EXIT_WRONG;
}

/* a file of some kilobytes, whole; NULL after a sentence on f */
static char *read_text(const char *path, FILE *f)
{
    enum { MOST = 1 << 20 };
    FILE *file = fopen(path, "r");
    char *text = file ? malloc(MOST + 1) : NULL;
    size_t n = text ? fread(text, 1, MOST, file) : 0;
    if (!text || ferror(file)) {
        fprintf(f, "cannot read %s\n", path);
        free(text), text = NULL;
    } else {
        text[n] = '\0';
    }
    if (file) fclose(file);
    return text;
}

/* Says the first number that is not right: those behind it mostly follow from it. */
static int grade_numbers(const struct submission *s, enum gate *gate, FILE *f)
{
    char *text = read_text(source_of(s), f);
    int code = text ? EXIT_OK : EXIT_INPUT, right = 0, all = 0;
    *gate = GATE_NUMBERS;
    for (const struct answer *a = s->exercise->answers(); text && a->name; a++) {
        int one = code ? EXIT_OK : grade_number(a, text, f);
        code = code ? code : one;
        right += !code, all++;
    }
    if (text && code) fprintf(f, "the first %d of %d numbers are right\n", right, all);
    free(text);
    return code;
}

/* ---- both ---- */

/* every line of the text, set in */
static void put_indented(FILE *f, const char *text)
{
    for (int n; *text; text += n + (text[n] == '\n')) {
        n = (int)strcspn(text, "\n");
        fprintf(f, "      %.*s\n", n, text);
    }
}

struct grade grade_file(struct submission s)
{
    const struct exercise *e = s.exercise;
    struct grade g = { .code = EXIT_RESOURCES };
    char *details = NULL;
    size_t length;
    FILE *f = open_memstream(&details, &length);
    if (!f) return g;
    g.code = (e->kind == EXERCISE_NUMBERS ? grade_numbers(&s, &g.gate, f) : grade_functions(&s, &g.gate, f));
    if (fclose(f)) g.code = EXIT_RESOURCES;
    f = open_memstream(&g.text, &length);
    if (f) {
        if (g.code)
            fprintf(f, "FAIL  %s %s at the gate '%s'\n", e->number, e->name, gate_names[g.gate]);
        else
            fprintf(f, "PASS  %s %s\n", e->number, e->name);
        put_indented(f, details);
        fclose(f);
    }
    free(details);
    return g;
}
