/* learn_pack.c - a hand-out for a class: the files of exercises, a page about each, a Makefile; nothing from
 * which a solution could be read. And what an autograder needs beside it; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "prototype.h"

enum { NAME = 300 };

/* ---- a page about an exercise ---- */

/* "1.3_dense_dw", the file without its ending */
static void stem_of(const struct exercise *e, char stem[NAME])
{
    snprintf(stem, NAME, "%.200s", e->file);
    char *dot = strrchr(stem, '.');
    if (dot) *dot = '\0';
}

static void put_gates(FILE *f, const struct exercise *e)
{
    fputs("\nIt must pass these gates, in this order:\n\n", f);
    for (int gate = 0; gate < GATES; gate++)
        if (grade_has_gate(e, (enum gate)gate)) fprintf(f, "- %s: %s\n", gate_names[gate], gate_about[gate]);
}

static void put_declarations(FILE *f, const struct exercise *e)
{
    int is_rung = e->kind == EXERCISE_RUNG;
    if (e->kind != EXERCISE_FUNCTIONS && !is_rung) return;
    fprintf(f, "\nIts functions%s:\n\n```c\n", is_rung ? "" : ", with `real` as float and as double");
    for (int k = 0; k < MOST_FUNCTIONS && e->function[k]; k++)
        prototype_declare(f, exercise_op_find(e->function[k]), is_rung ? "float" : "real");
    fputs("```\n", f);
}

static void put_page(FILE *f, const struct exercise *e)
{
    char reading[READING_TEXT];
    fprintf(f, "# %s %s\n\nAbout %d minutes. Read %s. You write in the file %s:\n\n```\n", e->number, e->name,
            e->minutes, exercise_reading(e, reading), e->file);
    exercise_put_about(f, e);
    fputs("```\n", f);
    put_declarations(f, e);
    put_gates(f, e);
    fprintf(f,
            "\n    make %s\n    rungs learn hint %s --dir .\n\nWhen it passes, you are told what it teaches, "
            "and `rungs learn solution %s --dir .` shows our solution.\n",
            e->number, e->number, e->number);
}

/* ---- what the folder begins with ---- */

static void put_readme(FILE *f, const struct pack_order *o)
{
    char stem[NAME], reading[READING_TEXT];
    fputs(
        "# Exercises\n\nWrite in the files, then grade one or go through all of them:\n\n"
        "    make 1.1        grades that file\n"
        "    make            shows the first one that you have not passed, and grades it whenever you save it\n"
        "    make list       what you have passed\n\n",
        f);
    if (o->source)
        fprintf(f,
                "They are graded by Rungs, which needs a C compiler: `git clone %s rungs`, and then "
                "`make RUNGS=rungs/rungs`.\n\n",
                o->source);
    else
        fputs("They are graded by Rungs: `make RUNGS=/path/to/rungs` if it is not on your PATH.\n\n", f);
    for (const struct exercise *e = NULL; (e = pack_next(o, e));)
        if (exercise_before(e))
            fprintf(f, "%s begins with a solution of %s: its file is not here, `make %s` makes it.\n\n",
                    e->number, exercise_before(e)->number, e->number);
    fputs("| exercise | minutes | where to read |\n|---|---|---|\n", f);
    for (const struct exercise *e = NULL; (e = pack_next(o, e));) {
        stem_of(e, stem);
        fprintf(f, "| [%s %s](%s.md) | %d | %s |\n", e->number, e->name, stem, e->minutes,
                exercise_reading(e, reading));
    }
}

static void put_makefile(FILE *f, const struct pack_order *o)
{
    fputs("# make: the first exercise that is not passed; make 1.1: grades one; make list\n"
          "RUNGS = rungs\nEXERCISES =",
          f);
    for (const struct exercise *e = NULL; (e = pack_next(o, e));) fprintf(f, " %s", e->number);
    fprintf(
        f,
        "\n\nlearn:\n\t@$(RUNGS) learn --dir . --lesson %d\nlist:\n\t@$(RUNGS) learn list --dir . --lesson %d\n"
        "$(EXERCISES):\n\t@$(RUNGS) learn check $@ --dir .\n.PHONY: learn list $(EXERCISES)\n",
        o->lesson, o->lesson);
}

/* ---- the folder ---- */

static int put_exercise(const struct folder_out *pack, const struct exercise *e, char *error)
{
    char stem[NAME], page[NAME + 3];
    struct file_out f;
    stem_of(e, stem);
    snprintf(page, sizeof page, "%s.md", stem);
    if (!exercise_before(e)) { /* else it is made where the student works, and not before */
        if (!pack_begin(&f, pack, e->file, error)) return 0;
        fputs(exercise_start(e), f.out);
        if (!file_keep(&f, error)) return 0;
    }
    if (!pack_begin(&f, pack, page, error)) return 0;
    put_page(f.out, e);
    return file_keep(&f, error);
}

static int put_students(const struct folder_out *pack, const struct pack_order *o, char *error)
{
    for (const struct exercise *e = NULL; (e = pack_next(o, e));)
        if (!put_exercise(pack, e, error)) return 0;
    return pack_put(pack, "README.md", put_readme, o, error) &&
           pack_put(pack, "Makefile", put_makefile, o, error);
}

/* ---- for whom ---- */

static int put_for_classroom(const struct folder_out *pack, const struct pack_order *o, char *error)
{
    return put_students(pack, o, error) && pack_classroom(pack, o, error);
}

static const struct autograder {
    const char *name;
    int (*put)(const struct folder_out *pack, const struct pack_order *o, char *error);
    const char *has; /* said of the folder */
} autograders[] = {
    { "classroom", put_for_classroom,
      "the hand-out and .github/workflows/classroom.yml: make it the template repository of an assignment" },
    { "gradescope", pack_gradescope,
      "setup.sh and run_autograder: zip these files, not their folder, and upload them as the autograder" },
    { 0 },
};

static const struct autograder students = {
    NULL, put_students, "the exercises, a page about each and a Makefile; nothing in it gives a solution away"
};

/* A shell and YAML take it as one word. */
static int is_plain_word(const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/@._~+%=-";
    return *text && *text != '-' && *text != '~' && *text != '@' && *text != '%' &&
           !text[strspn(text, plain)];
}

static int write_pack(const struct pack_order *o, const struct autograder *a)
{
    char error[ERROR_TEXT];
    struct folder_out pack;
    if (!folder_open(&pack, o->out, error)) return args_fail(EXIT_OUTPUT, "learn", "%s", error);
    if (!a->put(&pack, o, error)) {
        pack_drop_classroom(&pack);
        folder_drop(&pack);
        return args_fail(EXIT_OUTPUT, "learn", "%s", error);
    }
    if (!folder_keep(&pack, error)) return args_fail(EXIT_OUTPUT, "learn", "%s", error);
    printf("%s has %s\n", o->out, a->has);
    return EXIT_OK;
}

int learn_pack(const struct pack_order *o)
{
    const struct autograder *a = autograders;
    if (!pack_next(o, NULL)) return args_refuse("learn", "there are no exercises of lesson %d", o->lesson);
    if (o->source && !is_plain_word(o->source))
        return args_refuse("learn", "--source '%s' is not an address that git clones from", o->source);
    if (!o->autograder) return write_pack(o, &students);
    while (a->name && strcmp(a->name, o->autograder)) a++;
    if (!a->name)
        return args_unknown("learn", "there is no autograder", o->autograder,
                            (struct name_list){ &autograders[0].name, 2, sizeof *a },
                            "--for takes classroom or gradescope");
    if (!o->source)
        return args_refuse("learn", "say from where %s clones Rungs: --source https://.../rungs.git",
                           a->name);
    return write_pack(o, a);
}
