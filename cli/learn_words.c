/* learn_words.c - what the words of rungs learn do; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>

#include "../base/terminal.h"
#include "args.h"

static struct course *course;
static uint64_t seed;
static unsigned limit;
static int no_race;

void learn_with(struct course *f, uint64_t of_inputs, unsigned seconds, int without_races)
{
    course = f, seed = of_inputs, limit = seconds, no_race = without_races;
}

static int refuse(int code, const char *error)
{
    return args_fail(code, "learn", "%s", error);
}

static int place(const struct exercise *e)
{
    return (int)(e - exercises());
}

int learn_list(void)
{
    int passed = 0, all = 0;
    for (const struct exercise *e = exercises(); e->number; e++) {
        if (!exercise_is_of(e, course->lesson)) continue;
        int done = course->passed[place(e)];
        passed += done, all++;
        printf("  %s %-4s %-16s %3d min   %s\n", done ? "[x]" : "[ ]", e->number, e->name, e->minutes,
               e->section);
    }
    printf("%d of %d passed; the files are in %s\n", passed, all, course->path);
    return EXIT_OK;
}

int learn_show(const struct exercise *e)
{
    char file[FILE_PATH], error[ERROR_TEXT];
    if (!course_file(course, e, file, error)) return refuse(EXIT_OUTPUT, error);
    printf("%s %s, about %d minutes; read %s\nfile: %s\n\n", e->number, e->name, e->minutes, e->section,
           file);
    fputs(exercise_start(e), stdout);
    printf("\nWrite it there, then: rungs learn check %s\n", e->number);
    return EXIT_OK;
}

/* how many wrong versions the grader of the exercise rejects; *all: of how many */
static int count_rejected(const struct exercise *e, int *all)
{
    int rejected = 0;
    enum gate gate;
    for (*all = 0; exercise_mistake(e, *all); ++*all)
        rejected += grade_rejects(e, exercise_mistake(e, *all), &gate);
    return rejected;
}

static void say_passed(const struct exercise *e)
{
    int all, rejected = count_rejected(e, &all);
    terminal_print(stdout, 6, "      %s\n", e->insight);
    if (all)
        printf("      its grader rejects %d of %d wrong versions: rungs learn matrix %s\n", rejected, all,
               e->number);
    if (e->kind == EXERCISE_KERNEL)
        printf("      what its grader makes of wrong versions: rungs learn matrix %s\n", e->number);
    const struct exercise *next = course_current(course);
    if (next)
        printf("      next: %s %s, rungs learn show %s\n", next->number, next->name, next->number);
    else
        puts("      that was the last one");
}

int learn_check(const struct exercise *e)
{
    char file[FILE_PATH], error[ERROR_TEXT];
    if (!course_file(course, e, file, error)) return refuse(EXIT_OUTPUT, error);
    char measured[FILE_PATH + 16];
    snprintf(measured, sizeof measured, "%s/counts.txt", course->path);
    struct grade g = grade_file((struct submission){ .exercise = e,
                                                     .shown = file,
                                                     .seed = seed,
                                                     .seconds = limit,
                                                     .measured = measured,
                                                     .no_race = no_race });
    if (!g.text) return refuse(EXIT_RESOURCES, "out of memory for the report");
    fputs(g.text, stdout);
    free(g.text);
    if (g.code) {
        printf("      hint: rungs learn hint %s\n", e->number);
        return g.code;
    }
    course->passed[place(e)] = 1;
    if (!course_keep(course, error)) return refuse(EXIT_OUTPUT, error);
    say_passed(e);
    return EXIT_OK;
}

int learn_hint(const struct exercise *e)
{
    char error[ERROR_TEXT];
    unsigned char *taken = &course->hints[place(e)];
    if (*taken < MOST_HINTS) ++*taken;
    for (int i = 0; i < *taken; i++) terminal_print(stdout, 6, "%d/%d   %s\n", i + 1, MOST_HINTS, e->hint[i]);
    return course_keep(course, error) ? EXIT_OK : refuse(EXIT_OUTPUT, error);
}

int learn_solution(const struct exercise *e)
{
    if (!course->passed[place(e)])
        return args_fail(EXIT_WRONG, "learn",
                         "the solution of %s is shown once you have passed it; rungs learn hint %s",
                         e->number, e->number);
    char *text = exercise_solution(e);
    if (!text) return refuse(EXIT_RESOURCES, "out of memory for the solution");
    fputs(text, stdout);
    free(text);
    return EXIT_OK;
}

int learn_reset(const struct exercise *e)
{
    char error[ERROR_TEXT];
    if (!course_reset(course, e, error)) return refuse(EXIT_OUTPUT, error);
    printf("%s is as it was; what you had written is in %s/%s.old\n", e->number, course->path, e->file);
    return EXIT_OK;
}

static int matrix_of(const struct exercise *e)
{
    int code = EXIT_OK;
    const struct mistake *m;
    if (e->kind == EXERCISE_KERNEL) return kernel_matrix(e);
    for (int k = 0; (m = exercise_mistake(e, k)); k++) {
        enum gate gate = GATE_COMPILE;
        int rejected = grade_rejects(e, m, &gate);
        printf("%-8s  %-4s %-18s %-22s %s\n", rejected ? "rejected" : "ACCEPTED", e->number, m->op, m->name,
               rejected ? gate_names[gate] : m->about);
        if (!rejected) code = EXIT_WRONG;
    }
    return code;
}

int learn_matrix(const struct exercise *only)
{
    int code = EXIT_OK;
    for (const struct exercise *e = exercises(); e->number; e++)
        if ((!only || e == only) && matrix_of(e)) code = EXIT_WRONG;
    return code;
}
