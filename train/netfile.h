/* netfile.h - network files: reading them, changing lines of them, and writing them out again. grammar.h
 * has the words.
 *
 * A file is at most NETFILE_BYTES long. What is wrong in it gets one sentence with the file's name, the
 * line and, for a word that nobody knows, the nearest known one.
 */
#ifndef RUNGS_NETFILE_H
#define RUNGS_NETFILE_H

#include "../base/error.h"
#include "grammar.h"
#include "shape.h"

enum {
    NETFILE_LINES = 96,
    NETFILE_BYTES = 1 << 16,
    NETFILE_NAME = 128,
    NETFILE_VALUE = 24,
    NETFILE_PATH = 200, /* of a user's own data */
    HIDDEN_MOST = 15
};

struct net_value {
    int is_given; /* 0: the grammar's standard value           */
    double number;
    struct shape shape;
    char text[NETFILE_PATH]; /* as it was written                         */
};

struct net_line {
    const struct word *word, *choice; /* choice: NULL if the word has none                          */
    int number;                       /* in the file; 0: not from there                             */
    struct net_value value[WORD_VALUES];
};

struct netfile {
    char name[NETFILE_NAME]; /* for sentences */
    int lines;
    struct net_line line[NETFILE_LINES];
};

/* Reads text of n bytes. 0 and a sentence if it is no network file. */
int netfile_parse(struct netfile *f, const char *name, const char *text, size_t n, char *error);

/* Reads the file of that path. */
int netfile_read(struct netfile *f, const char *path, char *error);

/* Changes a setting: `words` ("sgd lr=0.2") replaces what the file says after `word` ("optimizer"), or, if
 * the word is a key ("lr", "label-smoothing"), its value in the line that has it. 0 and a sentence, which
 * calls it --word. As in options, a word of two may be written with a minus: "early-stop" for early_stop. */
int netfile_set(struct netfile *f, const char *word, const char *words, char *error);

/* Replaces all layers but the last by dense layers of such widths ("512,256", or "none"), each with the
 * first activation that the file has behind a layer, or relu. */
int netfile_set_hidden(struct netfile *f, const char *widths, char *error);

/* Replaces all dropout of the file by a layer `dropout p=P` behind each hidden activation; P is 0: none. */
int netfile_set_dropout(struct netfile *f, const char *p, char *error);

/* The line of a setting, NULL if there is none; every setting of a parsed file has one. */
const struct net_line *netfile_line(const struct netfile *f, const char *word);

/* The number of a setting ("batch"), or of one of its keys */
double netfile_number(const struct netfile *f, const char *word);
double net_line_number(const struct net_line *line, const char *key);

/* Writes the file that would be read as f: one line each, without comments. text holds NETFILE_BYTES;
 * returns its length. */
size_t netfile_text(const struct netfile *f, char *text);

/* "dense 512"; text holds GRAMMAR_TEXT bytes */
const char *net_line_text(const struct net_line *line, char *text);

/* The first line of b that is not the same in a, or of a that b lacks; NULL if both say the same but for
 * `except` (a setting, or NULL). *other is its fellow, NULL if there is none. */
const struct net_line *netfile_difference(const struct netfile *a, const struct netfile *b,
                                          const char *except, const struct net_line **other);

#endif
