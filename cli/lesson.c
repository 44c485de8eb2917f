/* lesson.c - rungs lesson: where a lesson's text is, its numbers, its programs, its formulas. */
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/terminal.h"
#include "../lessons/lesson.h"

static int check_formulas, seed = 1;

static void list_lessons(void)
{
    for (const struct lesson *l = lessons; l->number; l++) {
        terminal_print(stdout, 4, "%s  %s\n", l->number, l->title);
        for (const struct lesson_program *p = l->program; p->name; p++)
            terminal_print(stdout, 30, "    rungs lesson %d %-8s  %s\n", (int)strtol(l->number, NULL, 10),
                           p->name, p->about);
    }
}

static int refuse_lesson(const char *name)
{
    size_t n = 0;
    while (lessons[n].number) n++;
    return args_unknown("lesson", "there is no lesson", name,
                        (struct name_list){ &lessons[0].folder, n, sizeof *lessons },
                        "`rungs lesson` lists them");
}

static int run_program(const struct lesson *l, const char *name)
{
    for (const struct lesson_program *p = l->program; p->name; p++)
        if (!strcmp(p->name, name)) return p->run();
    size_t n = 0;
    while (l->program[n].name) n++;
    char lead[32];
    snprintf(lead, sizeof lead, "lesson %.8s has no program", l->number);
    return args_unknown("lesson", lead, name,
                        (struct name_list){ &l->program[0].name, n, sizeof *l->program },
                        "`rungs lesson` lists them");
}

int verb_lesson(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--check", OPTION_FLAG, &check_formulas, 0, 0,
          "evaluate both sides of every formula on random inputs" },
        { "--seed", OPTION_INT, &seed, 0, 1e9, "of those inputs" },
        { 0 },
    };
    const struct usage usage = {
        "lesson",
        "lesson [N [PROGRAM]] [--check]",
        "Computes a lesson's numbers and says where its text is; without N it lists the lessons and their "
        "programs.",
        "  rungs lesson\n  rungs lesson 1\n  rungs lesson 1 --check\n  rungs lesson 1 rate > rate.csv\n",
        options,
        0,
        2,
    };
    const char *word[2];
    char path[FILE_PATH];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    if (words == 0 && check_formulas)
        return args_refuse("lesson", "--check needs a lesson: rungs lesson 1 --check");
    if (words == 0) {
        list_lessons();
        return EXIT_OK;
    }
    const struct lesson *l = lesson_find(word[0]);
    if (!l) return refuse_lesson(word[0]);
    if (words == 2 && check_formulas)
        return args_refuse("lesson", "--check looks at the whole lesson; leave out '%s'", word[1]);
    if (check_formulas) return formulas_print(l, (uint64_t)seed) ? EXIT_WRONG : EXIT_OK;
    if (words == 2) return run_program(l, word[1]);
    code = l->program->run();
    printf("\nLesson %s, %s: %s\n", l->number, l->title,
           lesson_page_find(l, "README", path) ? path : "its text is in the source tree, folder lessons/");
    return code;
}
