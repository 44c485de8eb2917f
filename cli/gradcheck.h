/* gradcheck.h - what the files of `rungs gradcheck` share.
 *
 *   gradcheck.c          the verb: finds the subcommand
 *   gradcheck_words.c    the kinds of code; checks what words name
 *   gradcheck_options.c  options of all subcommands, help pages, the command that repeats a check
 *   gradcheck_guard.c    work in a child process: what it prints, how it ends; files
 *                        that must not stay behind
 *   gradcheck_elf.c      a shared object's machine and names, read without running it
 *   gradcheck_load.c     opens a shared object, in the child
 *   gradcheck_numbers.c  a file of numbers
 *   gradcheck_refusal.c  how a refusal ends
 *   gradcheck_subject.c  a subject is loaded, narrowed and checked in the child; --at: one element
 *   gradcheck_parts.c    --tensors: a flat input as the tensors that it is made of
 *   gradcheck_report.c   what the parent prints and writes;  gradcheck_tables.c gradcheck_charts.c
 *   gradcheck_so.c gradcheck_sig.c gradcheck_twin.c gradcheck_run.c    the subjects
 *   gradcheck_derived.c gradcheck_sampled.c    map, second, complex; sampled: gradcheck_derived.h
 *   gradcheck_cuda.c     cuda
 *   gradcheck_curves.c   vcurve and taylor
 *   gradcheck_selftest.c selftest
 *   gradcheck_batch.c    a file of problems: one table;  gradcheck_lines.c  reads it
 *   gradcheck_proto.c gradcheck_plan.c gradcheck_shim.c                 C prototypes become a gc_problem
 *   gradcheck_compile.c  runs the C compiler
 */
#ifndef RUNGS_GRADCHECK_H
#define RUNGS_GRADCHECK_H

#include "args.h"
#include "../gradcheck/gc.h"
#include "../base/error.h"
#include "gradcheck_guard.h"
#include "gradcheck_load.h"

/* ---- gradcheck_refusal.c ---- */

/* How a refusal ends, whose sentence is in an error text: EXIT_USAGE, or what a function here has set
 * beside its sentence. The functions that read a file of the user's set EXIT_INPUT, those that write
 * temporary files EXIT_OUTPUT. */
extern int gradcheck_refusal;

/* Sets it, and returns 0: return gradcheck_ends(EXIT_INPUT); */
int gradcheck_ends(int exit_code);

/* ---- gradcheck_options.c ---- */

/* A subcommand's page. Its options are its own, then the common ones. */
struct manual {
    const char *verb; /* "gradcheck so" */
    const char *brief;
    const char *synopsis; /* lines, each a command */
    const char *description;
    const char *examples;
    const struct option_row *options;
    int min_words, max_words;
    const char *exit_status; /* NULL: the one of all checks */
};

/* The common options, for all subcommands that check. */
struct settings {
    gc_options o;
    const char *json, *junit, *csv, *sarif, *source, *svg, *only, *at;
    const char *tensors; /* NULL: every input is one tensor */
    const char *out;     /* the folder of vcurve and taylor */
    int quiet;
};

/* Reads options and words as args_read does; fills s. -1: the program ends with *exit_code. */
int gradcheck_read(const struct manual *m, int argc, char **argv, const char **word, struct settings *s,
                   int *exit_code);

/* The same for a subcommand that has its own options alone. */
int gradcheck_read_own(const struct manual *m, int argc, char **argv, const char **word, int *exit_code);

/* Remembers the words of the whole command, for gradcheck_repeat. mode: "vcurve" or "taylor", which have
 * options of their own in place of the common ones; "": a check. */
void gradcheck_command(int argc, char **argv, const char *mode);

/* The command that repeats this check (words: a list that ends with NULL; NULL: what was typed), quoted for
 * the shell, narrowed to a tensor and an element if they are not NULL; static storage. */
const char *gradcheck_repeat(const struct settings *s, const char *const *words, const char *only,
                             const char *at);

/* "vcurve", "taylor" or "" */
const char *gradcheck_mode(void);

/* ---- gradcheck_elf.c ---- */

/* 1 if path is a shared object for this machine; else 0 with error set. Runs none of its code. */
int elf_is_library(const char *path, char *error);

/* says in error that the file at path, called `shown` there, has no function of that
 * name, and which it has */
int elf_no_symbol(const char *path, const char *shown, const char *name, char *error);

/* ---- gradcheck_numbers.c ---- */

/* Reads exactly n numbers, separated by spaces, lines or commas; '#' begins a comment. 0 with error set. */
int numbers_read(const char *path, size_t n, double *x, char *error);

/* ---- gradcheck_subject.c ---- */

struct outcome;

/* What is checked. open fills problem (and twin), whose tensors it keeps in `in` and
 * `twin_in`; it runs in the child. */
struct subject {
    const char *verb; /* "gradcheck so" */
    char name[GC_NAME];
    const char *code; /* the file whose code runs, for messages */
    int (*open)(struct subject *s, char *error);
    gc_problem problem, twin; /* twin: in f32; without a forward if there is none */
    gc_tensor in[GC_MAX_TENSORS], out[GC_MAX_TENSORS], twin_in[GC_MAX_TENSORS], twin_out[GC_MAX_TENSORS];
    /* Moves on to the next of several things to check, 0 at their end; NULL: there is one. */
    int (*next)(struct subject *s, const struct settings *set);
    const char *const
        *command; /* the words, ending with NULL, that repeat this one; NULL: those that were typed */
    int whole;    /* a repetition cannot be narrowed to a tensor */
    /* what is printed before the results that are no PASS; NULL: every result is printed as it is */
    void (*headlines)(FILE *f, const struct subject *s, const struct outcome *out);
};

enum { OUTCOME_RESULTS = 4, OUTCOME_ROWS = 64 };

/* What the child hands to the parent, in shared memory. */
struct outcome {
    int opened;  /* the subject's code is loaded           */
    int refused; /* why says what the user can do about it */
    int ending;  /* and this how the program ends          */
    char reason[ERROR_TEXT];
    char stage[GC_TEXT]; /* of the check, while it runs */
    double done;         /* 0..1 */
    int results;
    gc_result result[OUTCOME_RESULTS];
    int vrows, trows;
    gc_vrow vrow[OUTCOME_ROWS];
    gc_taylor_row trow[OUTCOME_ROWS];
    double ladder_h, ladder_error;
    struct spoken said, cried; /* what the code wrote to stdout and stderr */
};

/* how a child works on a subject that is open; 0 with out->reason set: refused */
typedef int subject_work(struct subject *s, const struct settings *set, struct outcome *out);

/* Opens the subject in a child, narrows it to --only, and lets it work. NULL after a sentence, with
 * *exit_code. A crash is a result. */
struct outcome *subject_run(struct subject *s, const struct settings *set, subject_work *work,
                            int *exit_code);

/* keeps r in out and frees it */
void outcome_keep(struct outcome *out, gc_result *r);
/* the options for a check in a child that tells out how far it is */
gc_options outcome_options(const struct settings *set, struct outcome *out);

/* Leaves GC_GRAD to one input alone. 0 with error set if there is none of that name. */
int subject_narrow(struct subject *s, const char *name, char *error);

/* gradcheck_parts.c: makes the input with a gradient the tensors of this text ("W:16x8,b:16"). 0 with error
 * set. */
int subject_split(struct subject *s, const char *text, char *error);

/* r is what a check of these two functions of a shared object says. If they have another prototype than the
 * one assumed r becomes CONTRACT and says so. */
void mismatch_look(const struct subject *s, const char *loss, const char *grad, gc_result *r);
subject_work so_check_work;      /* the same, and a look at the prototype where that does not pass */
subject_work subject_check_work; /* gc_check, and a V curve of a failing tensor for --svg */
subject_work subject_at_work;    /* gradcheck_at.c: one element, with its V curve */

/* ---- gradcheck_report.c ---- */

/* 1: nothing but files, or JSON, is wanted on stdout */
int report_is_quiet(const struct settings *set);

/* Prints one outcome and draws its charts; returns the exit code that it alone would have. */
int report_print(const struct subject *s, const struct settings *set, struct outcome *out);

/* Writes the files of n outcomes; 0 if one of them could not be written. */
int report_files(const struct settings *set, struct outcome *const *out, int n);

/* Into its results: where the gradient is, by --source, else `file` (or NULL) and `line`. */
void report_place(const struct settings *set, const char *file, int line, struct outcome *out);

/* Into the result: the command that repeats it, at its worst element; long_one gets it where it does not fit,
 * else "". */
enum { REPEAT = 8192 };
void report_repeat(const struct subject *s, const struct settings *set, gc_result *r, char long_one[REPEAT]);

/* the exit code of two checks together */
int report_worse(int a, int b);

/* ---- gradcheck_tables.c, on stdout ---- */

/* the V curve; along: what the derivative is along */
void report_vtable(const struct outcome *out, const char *along);

/* the remainders of the Taylor expansion */
void report_ttable(const struct outcome *out);

/* ---- gradcheck_charts.c; each says on f where the pictures are, and returns 0 if they
 * could not be written ---- */

/* Makes the folder; 0 after a sentence. */
int report_folder(const char *verb, const char *dir);

int report_vcurve(FILE *f, const struct subject *s, const struct outcome *out, const char *dir,
                  const char *tensor);
int report_taylor(FILE *f, const struct subject *s, const struct outcome *out, const char *dir,
                  const char *title);

/* heat maps and scatter plots of the tensors that failed, and a V curve of the first, into set->svg */
int report_charts(FILE *f, const struct subject *s, const struct settings *set, const struct outcome *out,
                  const gc_result *r);

/* ---- the subjects ---- */

/* Reads the words (argv[0] is the verb, "gradcheck so") and fills the subject. -1, or
 * the program's exit code. */
typedef int subject_parse(int argc, char **argv, struct subject *s, struct settings *set);
subject_parse so_parse, sig_parse, twin_parse, map_parse, second_parse, complex_parse, sampled_parse,
    cuda_parse, run_parse;
subject_work twin_work, map_work, second_work, complex_work, sampled_work, cuda_work, run_work;

struct subject_kind {
    const char *name;
    subject_parse *parse;
    subject_work *work;
    const char *brief;
};

extern const struct subject_kind subject_kinds[];          /* ends with name == NULL; in gradcheck.c */
const struct subject_kind *subject_find(const char *name); /* NULL: there is none */

/* ---- gradcheck_words.c ---- */

struct subject_mode; /* gradcheck_curves.c */

/* what came out of everything that was checked */
struct outcomes {
    struct outcome **at;
    int n;
};

typedef int subject_print(const struct subject *s, const struct settings *set, struct outcome *out);

/* Checks what the words name (argv[0] is the kind's), once or each of several: printed, and added to `all`.
 * mode NULL: the check, printed by `print`; else the mode prints. The exit code; EXIT_USAGE or above after a
 * sentence. */
int subject_words(const struct subject_kind *kind, const struct subject_mode *mode, int argc, char **argv,
                  subject_print *print, struct settings *set, struct outcomes *all);

/* ---- gradcheck_batch.c ---- */

int batch_verb(int argc, char **argv);

/* ---- gradcheck_lines.c ---- */

/* A line of a file, cut into words as a shell does: quotes and backslashes, '#' begins a comment, a backslash
 * at its end goes on. */
struct line {
    int number; /* of its first line, from 1 */
    int words;
    char **word;    /* ends with NULL */
    char **command; /* the same behind "gradcheck", while it is checked and reported */
};

/* All lines of a file that have words */
struct lines {
    struct line *line;
    int count;
    char *text; /* their words */
};

/* 0 with error set ("4: a quote is not closed"), and gradcheck_refusal; lines_free is for both */
int lines_read(const char *path, struct lines *lines, char *error);
void lines_free(struct lines *lines);

/* ---- gradcheck_selftest.c ---- */

int selftest_verb(int argc, char **argv);

/* ---- gradcheck_curves.c ---- */

/* What is done with a subject instead of checking it. */
struct subject_mode {
    const char *name;
    subject_work *work;
    int (*print)(const struct subject *s, const struct settings *set, struct outcome *out);
    const char *brief, *help;
};

extern const struct subject_mode subject_modes[]; /* ends with name == NULL */

#endif
