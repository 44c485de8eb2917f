/* learn.c - rungs learn: the exercises of the course, on a terminal or by single commands. */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn.h"

static const char *folder_path = "rungs-learn", *edit;
static const char *csv, *junit, *gradescope, *board, *out, *autograder, *source;
static int seed = 1, limit = GATE_SECONDS, no_race, lesson, anonymous;
static struct course course;

static int refuse(int code, const char *error)
{
    return args_fail(code, "learn", "%s", error);
}

static int list(const struct exercise *none)
{
    (void)none;
    return learn_list();
}

static int pack(const struct exercise *none)
{
    (void)none;
    if (!out)
        return args_refuse("learn", "name the folder of the hand-out: rungs learn pack --out exercises");
    return learn_pack(&(struct pack_order){ out, autograder, source, lesson, seed });
}

/* ---- the verb ---- */

static const struct word {
    const char *name;
    int (*run)(const struct exercise *e);
    enum {
        NO_EXERCISE,
        CURRENT,
        NAMED,
        ANY
    } exercise; /* what is meant if none is named: none, the current one, an error, all */
    const char *about;
} words[] = {
    { "list", list, NO_EXERCISE, "show all exercises, and which you have passed" },
    { "show", learn_show, CURRENT, "show what is to be done" },
    { "check", learn_check, CURRENT, "grade the file" },
    { "hint", learn_hint, CURRENT, "one more hint, of three" },
    { "solution", learn_solution, NAMED, "show the solution, once you have passed" },
    { "reset", learn_reset, NAMED, "begin again; what you had is kept as a second file" },
    { "matrix", learn_matrix, ANY, "show which wrong versions the grader rejects, and at which gate" },
    { "grade", NULL, NO_EXERCISE,
      "grade a folder of students' folders; their code can compute, and nothing else" },
    { "skip", NULL, NO_EXERCISE, "grade a lesson's harder exercise; once that is passed, skip the others" },
    { "pack", pack, NO_EXERCISE, "make a hand-out for a class, without solutions" },
    { 0 },
};

/* options of some words alone */
static const struct {
    const char *option, *word;
} options_of[] = {
    { "--csv", "grade" },       { "--junit", "grade" }, { "--gradescope", "grade" }, { "--board", "grade" },
    { "--anonymous", "grade" }, { "--out", "pack" },    { "--for", "pack" },         { "--source", "pack" },
};

static int options_fit(int argc, char **argv, const char *word)
{
    for (size_t k = 0; k < sizeof options_of / sizeof *options_of; k++)
        if (args_given(argc, argv, options_of[k].option) && strcmp(options_of[k].word, word))
            return args_refuse("learn", "%s belongs to rungs learn %s", options_of[k].option,
                               options_of[k].word);
    return EXIT_OK;
}

static const struct exercise *find(const char *name)
{
    const struct exercise *e = exercise_find(name);
    size_t n = 0;
    while (exercises()[n].number) n++;
    if (!e)
        args_unknown("learn", "there is no exercise", name,
                     (struct name_list){ &exercises()->name, n, sizeof(struct exercise) },
                     "`rungs learn list` shows them");
    return e;
}

static int run_word(const struct word *w, const char *name)
{
    const struct exercise *e = NULL;
    if (name && w->exercise == NO_EXERCISE) return args_refuse("learn", "unexpected argument '%s'", name);
    if (!name && w->exercise == NAMED)
        return args_refuse("learn", "name an exercise: rungs learn %s 1.3", w->name);
    if (name && !(e = find(name))) return EXIT_USAGE;
    if (!name && w->exercise == CURRENT && !(e = course_current(&course))) {
        puts("nothing is left: all exercises are passed or skipped; name one, or `rungs learn list`");
        return EXIT_OK;
    }
    return w->run(e);
}

/* Whoever is graded must not know the inputs. */
static int grade_class(const char *students)
{
    if (!students)
        return args_refuse("learn", "name the folder of the students' folders: rungs learn grade students");
    return class_grade(&(struct class_order){ .students = students,
                                              .lesson = lesson,
                                              .seed = (uint64_t)seed,
                                              .seconds = (unsigned)limit,
                                              .csv = csv,
                                              .junit = junit,
                                              .gradescope = gradescope,
                                              .board = board,
                                              .anonymous = anonymous });
}

/* NULL: the lesson of the current exercise */
static int skip(const char *text)
{
    const struct exercise *e = course_current(&course);
    char *end = NULL;
    long number = text ? strtol(text, &end, 10) : e ? exercise_lesson(e) : 0;
    if (text && (end == text || *end || number < 1 || number > 99))
        return args_refuse("learn", "'%s' is not the number of a lesson: rungs learn skip 3", text);
    if (!text && !e) return puts("there is nothing left to skip"), EXIT_OK;
    return learn_skip((int)number);
}

static int run_named(const char *name, const char *exercise)
{
    if (!strcmp(name, "skip")) return skip(exercise);
    if (!strcmp(name, "grade")) return grade_class(exercise);
    for (const struct word *w = words; w->name; w++)
        if (!strcmp(w->name, name)) return run_word(w, exercise);
    return args_unknown("learn", "there is no", name,
                        (struct name_list){ &words[0].name, sizeof words / sizeof *words - 1, sizeof *words },
                        "it takes list, show, check, hint, solution, reset, matrix, skip, grade or pack");
}

int verb_learn(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--dir", OPTION_FOLDER, &folder_path, 0, 0, "your folder" },
        { "--edit-cmd", OPTION_TEXT, &edit, 0, 0,
          "a command that opens the file; default: $EDITOR, on key e" },
        { "--limit", OPTION_INT, &limit, 1, 3600,
          "seconds for one shape, then it counts as an endless loop" },
        { "--csv", OPTION_FILE, &csv, 0, 0, "of grade: a line per student and exercise" },
        { "--junit", OPTION_FILE, &junit, 0, 0, "of grade: the same for build servers" },
        { "--gradescope", OPTION_FILE, &gradescope, 0, 0,
          "of grade: results.json, of the only student there" },
        { "--board", OPTION_FILE, &board, 0, 0,
          "of grade: a page of the class: speed, points and counts of its rungs" },
        { "--anonymous", OPTION_FLAG, &anonymous, 0, 0,
          "of grade: the board shows pseudonyms, which depend on --seed" },
        { "--for", OPTION_TEXT, &autograder, 0, 0,
          "of pack: also the files of an autograder, classroom (of GitHub) or gradescope" },
        { "--out", OPTION_FOLDER, &out, 0, 0, "of pack: the folder to make" },
        { "--source", OPTION_TEXT, &source, 0, 0, "of pack: the address from which Rungs is cloned" },
        { "--lesson", OPTION_INT, &lesson, 0, 7, "the exercises of one lesson; 0: all" },
        { "--no-race", OPTION_FLAG, &no_race, 0, 0, "leave out races: what is right passes, however slow" },
        { "--seed", OPTION_INT, &seed, 0, 1e9, "of the random inputs" },
        { 0 },
    };
    char about[1200], error[ERROR_TEXT];
    int n = snprintf(
        about, sizeof about,
        "The exercises of the course. Without a word it shows the first one that you have not passed,\n"
        "and grades it whenever you save the file. Or use single commands:\n\n");
    for (const struct word *w = words; w->name; w++)
        n += snprintf(about + n, sizeof about - (size_t)n, "  %-10s %s\n", w->name, w->about);
    const struct usage usage = {
        "learn",
        "learn [WORD [EXERCISE]] [options]",
        about,
        "  rungs learn\n  rungs learn list\n  rungs learn check 1.3\n  rungs learn hint dense_dw\n  rungs learn skip 1\n  rungs learn grade students --seed 2718 --csv marks.csv\n  rungs learn pack --out exercises\n",
        options,
        0,
        2,
    };
    const char *word[2] = { NULL, NULL };
    int code, given = args_read(&usage, argc, argv, word, &code);
    if (given < 0) return code;
    if ((code = options_fit(argc, argv, given ? word[0] : ""))) return code;
    if (!course_open(&course, folder_path, error)) return refuse(EXIT_OUTPUT, error);
    course.lesson = lesson;
    learn_with(&course, (uint64_t)seed, (unsigned)limit, no_race);
    if (!given) return screen_run(&course, edit);
    return run_named(word[0], given > 1 ? word[1] : NULL);
}
