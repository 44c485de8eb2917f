/* args.h - the command lines of all verbs: options from a table, --help with examples, clear refusals. */
#ifndef RUNGS_ARGS_H
#define RUNGS_ARGS_H

#include <stddef.h>

enum { EXIT_OK = 0, EXIT_WRONG = 1, EXIT_USAGE = 64, EXIT_SKIPPED = 77 };

enum option_kind { OPTION_FLAG, OPTION_INT, OPTION_REAL, OPTION_TEXT };

struct option_row {
    const char *name; /* "--epochs"                                                  */
    enum option_kind kind;
    void *value;      /* int *, int *, double *, const char **; holds the default    */
    double low, high; /* the accepted range of numbers, inclusive                    */
    const char *help; /* one line; the default is appended                           */
};

struct usage {
    const char *verb;                 /* "check"                                                 */
    const char *synopsis;             /* "check OP|all [options]"                                */
    const char *about;                /* what it does, a few lines                               */
    const char *examples;             /* lines, each a command                                   */
    const struct option_row *options; /* ends with name == NULL                      */
    int min_words, max_words;         /* how many words that are no options          */
};

struct verb {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb; returns the exit code */
    const char *brief;
};

extern const struct verb verbs[]; /* ends with name == NULL; in main.c, the one list */

/* Reads argv[1..] into the options' values and the remaining words into word[0..max_words-1]. Returns the number
 * of words, or -1 after having printed help or a sentence; then *exit_code says how the program ends. */
int args_read(const struct usage *u, int argc, char **argv, const char **word, int *exit_code);

/* The name nearest to `text` (edit distance at most 3) among n names `stride` bytes apart, or NULL. */
const char *args_nearest(const char *text, const char *const *first, size_t n, size_t stride);

/* The parts of a list "a,b,c": the text is copied to buffer and the start of each stored; returns how many, or -1 if
 * too many or too long. */
int args_split(const char *text, char *buffer, size_t room, const char **part, int max);

/* Prints "rungs VERB: sentence" to stderr and returns EXIT_USAGE. */
int args_refuse(const char *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
