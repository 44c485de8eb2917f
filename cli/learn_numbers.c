/* learn_numbers.c - a submission of numbers, "name = number" a line; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* the text after "name =", or "* prediction: name =" in a comment of C; NULL if there is no such line */
static const char *value_behind(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
        static const char prediction[] = "prediction: ";
        const char *at = line + strspn(line, " \t*");
        if (!strncmp(at, prediction, strlen(prediction))) at += strlen(prediction);
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
        return fprintf(f, "%s: write a number after '%s ='\n", a->name, a->name), EXIT_WRONG;
    if (answer_accepts(a, value)) {
        if (a->factor > 1) fprintf(f, "%-16s yours %.3g, computed %.3g\n", a->name, value, a->value);
        return EXIT_OK;
    }
    const struct slip *slip = answer_slip(a, value);
    if (slip) return fprintf(f, "%s: %.9g is %s\n", a->name, value, slip->about), EXIT_WRONG;
    if (answer_accepts(a, -value)) return fprintf(f, "%s: the sign is wrong\n", a->name), EXIT_WRONG;
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

/* Says the first number that is not right: those after it mostly follow from it. */
int grade_numbers(struct submission *s, enum gate *gate, FILE *f)
{
    char *text = read_text(submission_source(s), f);
    int code = text ? EXIT_OK : EXIT_INPUT, right = 0, all = 0;
    *gate = GATE_NUMBERS;
    for (const struct answer *a = s->exercise->answers(); text && a->name; a++) {
        int one = code ? EXIT_OK : grade_number(a, text, f);
        code = code ? code : one;
        right += !code, all++;
    }
    if (code && right == 1) fprintf(f, "the first of %d numbers is right\n", all);
    if (code && right > 1) fprintf(f, "the first %d of %d numbers are right\n", right, all);
    free(text);
    return code;
}

int gate_numbers(const struct submission *s, const struct op *op, FILE *f)
{
    enum gate gate;
    struct submission same = *s;
    (void)op;
    return grade_numbers(&same, &gate, f);
}

int numbers_reject(const struct exercise *e, const struct mistake *m, enum gate *gate)
{
    *gate = GATE_NUMBERS;
    for (const struct answer *a = e->answers(); a->name; a++)
        if (!strcmp(a->name, m->op)) return !answer_accepts(a, strtod(m->name, NULL));
    return 0;
}
