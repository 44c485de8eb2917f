/* grammar.h - the words of a network file: the one table that the parser (netfile.h), `rungs train --help`
 * and the options of `rungs train` are made from.
 *
 *     rungs-network 1
 *     # from a # on, a line is a comment
 *     input 1x28x28
 *     dense 512
 *     relu
 *     dense 10
 *     loss softmax_xent
 *     optimizer sgd lr=0.1
 *     data mnist
 *
 * A line is a word and its values: first the one that stands alone, if the word has one, then key=value in
 * any order. A value with blanks is in double quotes: data "./my data/iris.csv" label="the species". A word
 * that has choices (optimizer) is followed by one of them (sgd), which has the values.
 */
#ifndef RUNGS_GRAMMAR_H
#define RUNGS_GRAMMAR_H

#include "../base/nearest.h"

enum value_kind {
    VALUE_COUNT, /* a whole number                       */
    VALUE_REAL,  /* a number                             */
    VALUE_WORD,  /* one of some words: its number is its place among them, from 0 */
    VALUE_SHAPE, /* 784, or 1x28x28 (see shape.h)        */
    VALUE_DATA,  /* the name of a data set (see data.h), or the path of a user's own (see own.h) */
    VALUE_TEXT   /* any                                  */
};

struct value_rule {
    const char *name; /* the key, or what it is if it stands alone: "FEATURES"   */
    enum value_kind kind;
    double least, most;       /* of numbers, both inclusive                              */
    const char *standard;     /* its text where the file has none; NULL: it must be there */
    const char *const *words; /* of VALUE_WORD, ends with NULL */
};

enum word_place { PLACE_SETTING, PLACE_INPUT, PLACE_LAYER, PLACE_LOSS };

enum { WORD_VALUES = 8 };

struct layer_kind;
struct optimizer_kind;
struct schedule_kind;
struct split_kind;
struct start_kind;
struct scale_kind;

struct word {
    const char *name;
    enum word_place place;
    const char *about;                    /* one line                                                    */
    const struct word *choices;           /* ends with name == NULL; NULL: it has none                   */
    int has_alone;                        /* 1: the first value needs no key                             */
    struct value_rule value[WORD_VALUES]; /* ends with name == NULL, if there are fewer                  */
    const char *standard; /* the line's text after the word, if the file has no such line; NULL: see must */
    int must;             /* 1: every file has this line                                                 */

    /* What it stands for, at most one of them: */
    const struct layer_kind *layer;         /* layers.h    */
    const struct optimizer_kind *optimizer; /* optimizer.h */
    const struct schedule_kind *schedule;   /* schedule.h  */
    const struct split_kind *split;         /* split.h     */
    const struct start_kind *start;         /* start.h     */
    const struct scale_kind *scale;         /* scale.h     */
};

extern const struct word grammar[]; /* ends with name == NULL */

/* The word, or the choice, of that name; NULL if there is none. */
const struct word *grammar_find(const struct word *words, const char *name);

/* All of their names */
struct name_list grammar_names(const struct word *words);

/* How many values the word has. */
int grammar_values(const struct word *word);

/* "dense FEATURES", "sgd lr=X", "optimizer sgd|adam"; text must hold GRAMMAR_TEXT bytes */
enum { GRAMMAR_TEXT = 480 }; /* and so has every line: 8 values of 24 bytes with their keys, or a path */
const char *grammar_form(const struct word *word, char *text);

#endif
