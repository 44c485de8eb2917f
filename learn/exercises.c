/* exercises.c - the exercises of all lessons as one list, in the order of the course; see learn.h. */
#include "lessons.h"

#include <stdlib.h>
#include <string.h>

#include "../base/error.h"

const char *const gate_names[GATES] = {
    [GATE_COMPILE] = "compile",   [GATE_GRADIENT] = "gradient", [GATE_PROPERTY] = "property",
    [GATE_VALUES] = "values",     [GATE_EDGES] = "edges",       [GATE_COUNTS] = "counts",
    [GATE_RACE] = "race",         [GATE_NUMBERS] = "numbers",   [GATE_STEPS] = "steps",
    [GATE_VERDICTS] = "verdicts", [GATE_CHECKERS] = "checkers", [GATE_TRAINING] = "training",
};

const char *const gate_about[GATES] = {
    [GATE_COMPILE] = "it compiles, with the declared functions",
    [GATE_GRADIENT] = "in double, every element agrees with differences and the complex step",
    [GATE_PROPERTY] = "it has the properties that every right function has",
    [GATE_VALUES] =
        "in float, every element agrees with our result in double, at many sizes; nothing else is touched",
    [GATE_EDGES] = "it is right at infinities, NaN and the ends of the range",
    [GATE_COUNTS] =
        "it needs no more instructions, loads, bytes or requests to memory than the exercise allows",
    [GATE_RACE] = "it is about as fast as a rung of ours, measured side by side",
    [GATE_NUMBERS] = "every number is right",
    [GATE_STEPS] = "after each of 20 steps every weight equals ours, bit for bit",
    [GATE_TRAINING] = "a network learns with it, resumes in the same bits, and classifies nine of ten images",
    [GATE_VERDICTS] = "it accuses every wrong version that it is called with, and no right one",
    [GATE_CHECKERS] =
        "in every order of its threads the emulator finds no race, nothing out of bounds, nothing unwritten",
};

const char *const count_names[COUNTS] = {
    [COUNT_INSTRUCTIONS] = "instructions per FLOP", [COUNT_PER_ELEMENT] = "instructions per element",
    [COUNT_LOADS] = "loads per multiply-add",       [COUNT_MULTIPLICATIONS] = "multiplications per product",
    [COUNT_MISSES] = "cache misses per 1000 FLOPs", [COUNT_BYTES] = "bytes per element"
};

const struct exercise *exercises(void)
{
    static const struct exercise *const lessons[] = { lesson_1, lesson_2, lesson_3, lesson_4,
                                                      lesson_5, lesson_6, lesson_7 };
    static struct exercise all[MOST_EXERCISES + 1];
    int n = 0;
    if (all->number) return all;
    for (size_t l = 0; l < sizeof lessons / sizeof *lessons; l++)
        for (const struct exercise *e = lessons[l]; e->number && n < MOST_EXERCISES; e++) all[n++] = *e;
    return all;
}

int exercise_lesson(const struct exercise *e)
{
    return (int)strtol(e->number, NULL, 10);
}

const char *exercise_reading(const struct exercise *e, char text[READING_TEXT])
{
    snprintf(text, READING_TEXT, "lesson %d, %s%s%s%s", exercise_lesson(e), e->page ? "page " : "",
             e->page ? e->page : "", e->page ? ", " : "", e->section);
    return text;
}

int exercise_is_of(const struct exercise *e, int lesson)
{
    return !lesson || exercise_lesson(e) == lesson;
}

const struct exercise *exercise_before(const struct exercise *e)
{
    static const char *const pairs[][2] = { { "pack_block", "register_tile" },
                                            { "muon_bill", "newton_schulz" } };
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        if (!strcmp(e->name, pairs[k][0])) return exercise_find(pairs[k][1]);
    return NULL;
}

const struct exercise *exercise_skipping(int lesson)
{
    static const char *const skipping[] = { "write_the_checker",  "own_exp",      "false_friends",
                                            "wrong_but_descends", "three_decays", "philox",
                                            "passes_yet_wrong" };
    const int lessons = sizeof skipping / sizeof *skipping;
    return lesson >= 1 && lesson <= lessons ? exercise_find(skipping[lesson - 1]) : NULL;
}

const struct exercise *exercise_find(const char *name)
{
    for (const struct exercise *e = exercises(); e->number; e++) {
        size_t n = strlen(e->number);
        if (!strcmp(name, e->number) || !strcmp(name, e->name)) return e;
        if (!strncmp(name, e->number, n) && name[n] == '_' && !strcmp(name + n + 1, e->name)) return e;
    }
    return NULL;
}

const struct op *exercise_op(const struct exercise *e, const struct op *op, int k)
{
    char error[ERROR_TEXT];
    if (k == 0) return op;
    return k <= MOST_SETS && e->set[k - 1] ? op_with(op, e->set[k - 1], error) : NULL;
}
