/* args.h - the command lines of all verbs: options from a table, --help with examples, clear refusals. */
#ifndef RUNGS_ARGS_H
#define RUNGS_ARGS_H

#include <stddef.h>

#include "../base/exit_code.h"
#include "../base/nearest.h"

/* OPTION_FILE and OPTION_FOLDER are texts: where results go. They are refused before the work whose results
 * they are to hold, alike in every verb (base/file.h), and two of a command must not be the same file. */
enum option_kind { OPTION_FLAG, OPTION_INT, OPTION_REAL, OPTION_TEXT, OPTION_FILE, OPTION_FOLDER };

struct option_row {
    const char *name; /* "--epochs"                                                  */
    enum option_kind kind;
    void *value;      /* int *, int *, double *, const char ** for all texts; holds the default */
    double low, high; /* the accepted range of numbers, inclusive                    */
    const char *help; /* one line; the default is appended                           */
};

struct usage {
    const char *verb;                 /* "check"                                                 */
    const char *synopsis;             /* "check OP|all [options]"                                */
    const char *about;                /* what it does, a few lines                               */
    const char *examples;             /* lines, each a command                                   */
    const struct option_row *options; /* ends with name == NULL                      */
    int min_words, max_words;         /* how many words that are not options         */
};

struct verb {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb; returns the exit code */
    const char *brief;
};

extern const struct verb verbs[]; /* ends with name == NULL; in main.c, the one list */

/* Reads argv[1..] into the options' values and the remaining words into word[0..max_words-1]. A value follows
 * its option as the next word or after '='; after "--" all are words. Returns the number of words, or -1
 * after having printed help or a sentence; then *exit_code says how the program ends. */
int args_read(const struct usage *u, int argc, char **argv, const char **word, int *exit_code);

/* 1 if the user wrote this option, in either form */
int args_given(int argc, char **argv, const char *option);

/* 1 if the word is this option with its value: "--size=3" */
int args_joined(const char *word, const char *option);

/* Refuses a name: "LEAD 'TEXT'; did you mean ...?", or, if nothing is near, "LEAD 'TEXT'; HOW". LEAD is like
 * "there is no verb". EXIT_USAGE. */
int args_unknown(const char *verb, const char *lead, const char *text, struct name_list names,
                 const char *how);

/* The parts of a list "a,b,c": the text is copied to buffer and the start of each stored; returns how many,
 * or -1 if too many or too long. */
int args_split(const char *text, char *buffer, size_t room, const char **part, int max);

/* For help pages, in lines that fit the terminal: an option in a column of `room`, and a text
 * of several paragraphs. */
void args_print_option(const struct option_row *o, int margin, int room);
void args_print_text(int margin, const char *text);

/* Where the words come from that sentences are about from now on, "list.txt:3"; "": the command line. */
void args_place(const char *where);

/* How the user calls this program, for commands that are printed: the launcher says so in RUNGS_COMMAND. */
const char *args_program(void);

/* Prints "rungs VERB: sentence" to stderr and returns EXIT_USAGE; args_fail returns the code. */
int args_refuse(const char *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));
int args_fail(int code, const char *verb, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
