/* learn_words.c - what the words of rungs learn do; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/terminal.h"
#include "args.h"

static struct course *course;
static uint64_t seed;
static unsigned limit;
static int no_race, by_keys;

void learn_with(struct course *f, uint64_t of_inputs, unsigned seconds, int without_races)
{
    course = f, seed = of_inputs, limit = seconds, no_race = without_races;
}

void learn_by_keys(void)
{
    by_keys = 1;
}

static int refuse(int code, const char *error)
{
    return args_fail(code, "learn", "%s", error);
}

static int place(const struct exercise *e)
{
    return (int)(e - exercises());
}

/* "lesson 3: 2 of 6, 1 skipped" */
static void say_lesson(int lesson)
{
    int skipped, all, passed = course_passed(course, lesson, &skipped, &all);
    printf("lesson %d: %d of %d", lesson, passed, all);
    if (skipped) printf(", %d skipped", skipped);
}

/* Of the other lessons one line each, if only that one's exercises are wanted; 0: of all. */
static void list_lessons(int only)
{
    int lesson = 0;
    for (const struct exercise *e = exercises(); e->number; e++) {
        if (!exercise_is_of(e, course->lesson)) continue;
        if (exercise_lesson(e) != lesson) say_lesson(lesson = exercise_lesson(e)), putchar('\n');
        if (only && lesson != only) continue;
        char reading[READING_TEXT];
        int is_passed = course->passed[place(e)], is_skipped = course->skipped[place(e)];
        printf("  [%c] %-4s %-19s %3d min   %s\n",
               is_passed    ? 'x'
               : is_skipped ? '-'
                            : ' ',
               e->number, e->name, e->minutes, exercise_reading(e, reading));
    }
}

int learn_list_around(const struct exercise *e)
{
    int skipped, all, passed = course_passed(course, course->lesson, &skipped, &all);
    list_lessons(e ? exercise_lesson(e) : 0);
    printf("%d of %d passed", passed, all);
    if (skipped) printf(", %d skipped", skipped);
    printf("; the files are in %s\n", course->path);
    return EXIT_OK;
}

int learn_list(void)
{
    return learn_list_around(NULL);
}

/* Lines that begin with blanks are formulas and stay; others are a paragraph until an empty line. */
static void join_paragraphs(char *text)
{
    for (char *at = text; *at; at++)
        if (*at == '\n' && at > text && at[-1] != '\n' && at[1] && at[1] != '\n' && at[1] != ' ') {
            char *line = at;
            while (line > text && line[-1] != '\n') line--;
            if (*line != ' ') *at = ' ';
        }
}

/* of a rung: what it is raced with, and what its speed is worth, before anything is written */
static void put_race(const struct exercise *e)
{
    if (e->race)
        terminal_print(stdout, 0, "Raced at %s, once it is right, with the rung %s as the gate; %s.\n",
                       e->race, e->reach, points_formula);
}

static void put_about(const struct exercise *e)
{
    char *text = NULL, *behind_title;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    if (!f) return;
    exercise_put_about(f, e);
    if (!fclose(f) && (behind_title = strchr(text, '\n'))) {
        join_paragraphs(behind_title + 1);
        while (behind_title[1] == '\n') behind_title++;
        for (char *line = behind_title, *end; *line; line = end) {
            end = strchr(line + 1, '\n');
            if (!end) end = line + strlen(line);
            terminal_print(stdout, line[1] == ' ' ? 6 : 0, "%.*s", (int)(end - line), line);
        }
        putchar('\n');
    }
    free(text);
}

void learn_describe(const struct exercise *e, const char *file)
{
    int skipped, all, passed = course_passed(course, 0, &skipped, &all);
    terminal_print(stdout, 0, "%s %s   about %d minutes   ", e->number, e->name, e->minutes);
    say_lesson(exercise_lesson(e));
    printf(", course: %d of %d\n", passed, all);
    terminal_print(stdout, 0, "to read: %s read %d%s%s --section '%s'\n", args_program(), exercise_lesson(e),
                   e->page ? " " : "", e->page ? e->page : "", e->section);
    terminal_print(stdout, 0, "your file: %s\n", file);
    put_about(e);
    put_race(e);
}

int learn_show(const struct exercise *e)
{
    char file[FILE_PATH], error[ERROR_TEXT], reading[READING_TEXT];
    if (!course_file(course, e, file, error)) return refuse(EXIT_OUTPUT, error);
    printf("%s %s, about %d minutes; read %s\nfile: %s\n\n", e->number, e->name, e->minutes,
           exercise_reading(e, reading), file);
    fputs(exercise_start(e), stdout);
    if (e->race) putchar('\n');
    put_race(e);
    printf("\nWrite it there, then: %s learn check %s\n", args_program(), e->number);
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
        printf("      its grader rejects %d of %d wrong versions: %s learn matrix %s\n", rejected, all,
               args_program(), e->number);
    if (e->kind == EXERCISE_KERNEL)
        printf("      the wrong versions that its grader rejects: %s learn matrix %s\n", args_program(),
               e->number);
    const struct exercise *next = course_current(course);
    if (next && by_keys)
        printf("      n continues with %s %s\n", next->number, next->name);
    else if (next)
        printf("      next: %s %s, %s learn show %s\n", next->number, next->name, args_program(),
               next->number);
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
    terminal_put(stdout, 8, g.text);
    free(g.text);
    if (g.code) {
        if (by_keys)
            puts("      h gives a hint");
        else
            printf("      hint: %s learn hint %s\n", args_program(), e->number);
        return g.code;
    }
    course->passed[place(e)] = 1;
    if (!course_keep(course, error)) return refuse(EXIT_OUTPUT, error);
    say_passed(e);
    return EXIT_OK;
}

int learn_skip(int lesson)
{
    const struct exercise *e = exercise_skipping(lesson);
    char error[ERROR_TEXT];
    if (!e) return args_refuse("learn", "lesson %d has no exercise that skips the others", lesson);
    if (!course->passed[place(e)]) {
        int code = learn_check(e);
        if (code) {
            printf(
                "      passing %s %s skips the rest of lesson %d: %s learn show %s, then %s learn skip %d\n",
                e->number, e->name, lesson, args_program(), e->number, args_program(), lesson);
            return code;
        }
    }
    int n = course_skip(course, lesson);
    if (!course_keep(course, error)) return refuse(EXIT_OUTPUT, error);
    say_lesson(lesson);
    const struct exercise *next = course_current(course);
    printf("; skipped now: %d\n", n);
    if (next)
        printf("next: %s %s, %s learn show %s\n", next->number, next->name, args_program(), next->number);
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
    if (!course->passed[place(e)] && by_keys)
        return puts("the solution is shown once you have passed; h gives a hint"), EXIT_WRONG;
    if (!course->passed[place(e)])
        return args_fail(EXIT_WRONG, "learn",
                         "the solution of %s is shown once you have passed it; %s learn hint %s", e->number,
                         args_program(), e->number);
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
    printf("%s is as it was at first; what you had written is in %s/%s.old\n", e->number, course->path,
           e->file);
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
