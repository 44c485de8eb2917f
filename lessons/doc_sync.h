/* doc_sync.h - text that cannot drift: a lesson's pages, README.md, errata.md and whatever further .md files
 * its folder has, are regenerated from what they are about, and compared.
 *
 * A marker stands alone on a line; what follows it belongs to the marker:
 *
 *   <!-- code: reference/dense.c#dense_forward -->     a ```c fence: that function
 *                                                      (or table) with its comment;
 *                                                      without #name the whole file
 *   <!-- eq: mlp.fwd.z -->                             a ```math fence: the formula of
 *                                                      that id; its two sides are
 *                                                      evaluated, and every formula of the
 *                                                      lesson must be on one of its pages
 *   <!-- run: ./rungs lesson 1 | tol 1e-6 -->          a ```console fence: the command and what it prints
 *   <!-- table: rungs dense_forward 64x784x512 -->     a table: the ladder, with the
 *                                                      times measured in plots/data
 *   <!-- table: cuda dense_forward 4096x4096x4096 -->  the CUDA ladder, likewise; as it
 *                                                      stands where none is built
 *   <!-- table: sizes xent_with_gradient -->           nanoseconds per element at each shape of
 *                                                      the bench, one rung per column
 *   <!-- prediction: dense_forward 64x784x512 01_order / 00_naive: 7.2 to 8.8 times -->
 *                                                      a table: what was predicted, and for each machine of
 *                                                      plots/data whether it held; doc_sync_prediction.c has
 *                                                      more forms. One that failed says why, with evidence,
 *                                                      in the last cell of its row, which is kept
 *   <!-- figure: rate from ./rungs lesson 1 rate -->   an image: rate.csv is what the
 *                                                      command prints, rate.svg and
 *                                                      rate.png are what gnuplot makes of it with rate.gp
 *   <!-- numbers: ./rungs lesson 1 --> ... <!-- /numbers -->
 *                                                      in between, every number with a decimal point is one
 *                                                      that the command prints (rounded as shown)
 *
 *   <!-- of: Maths d6dfa59b -->                        in README.zh.md: which section of README.md this
 *                                                      translates, and its checksum (doc_sync_translation.c)
 *
 * Everywhere, arithmetic in $...$ must come out: where numbers stand on both sides of = or \approx, they are
 * equal up to rounding; a number with four decimals or more counts as rounded.
 *
 * After " | " run and figure say how numbers are compared; words and the number of lines must agree always:
 *   tol X       relative difference up to X         abs X    absolute difference up to X
 *   decades X   up to X powers of ten apart         exit N   the command ends with N instead of 0
 *   mask s,GB/s numbers followed by one of these units (timings) are not compared
 *
 * A command that ends with 77 cannot run here (data are missing, say): what rests on
 * it is skipped, and counted.
 *
 * A fence of c, math or console or a table of times without a marker is a problem, and so is what text_form
 * finds, a paragraph that predicts a quantity with no prediction marker below it (doc_sync_forecast.c), and a
 * term that is used before it is explained (doc_sync_terms.c).
 */
#ifndef RUNGS_TEXT_H
#define RUNGS_TEXT_H

#include <stddef.h>
#include <stdio.h>
#include "lesson.h"

/* The lesson itself has fixed headings and a fixed range of length; a further page has neither, but no
 * section of it is empty, and it is no longer than a lesson; errata are as long as they are. A translation,
 * README.zh.md, has the lesson's sections and markers, and says what the lesson says today. */
enum page_kind { PAGE_LESSON, PAGE_ERRATA, PAGE_TRANSLATION, PAGE_FURTHER };

struct text {
    const struct lesson *lesson;
    const char *path; /* of the page, below the repository's root, which is the working directory */
    int update;       /* 1: files of figures are written                                          */
    const char *data; /* the folder of measured CSV files                                         */
    FILE *report;     /* where problems go, one sentence each                                     */
    const char *page; /* the text itself                                                          */
    enum page_kind kind;
    const struct pages *pages; /* all pages of the lesson, on any of which its formulas may be; or NULL */
    int line;                  /* where we are                                                             */
    int problems;              /* differences from the truth: --update cures them                          */
    int faults;                /* what --update cannot cure                                                */
    int skipped;               /* what could not be compared here                                          */
};

/* Every problem of the page but those of its form, one line each on t->report; returns the page as
 * it should be (free it). */
char *text_refresh(struct text *t, const char *page);

/* The page with ```math fences as $$...$$, for parsers that know no such fences. */
char *text_dollars(const char *page);

/* ---- doc_sync_pages.c ---- */

struct page {
    char *name; /* "README.md", below the lesson's folder */
    char *text; /* NULL if it cannot be read              */
};

struct pages {
    int n;
    struct page *page; /* README.md first, even if there is none; then by name */
};

/* The .md files of the lesson's folder. */
struct pages pages_read(const struct lesson *l);
void pages_free(struct pages *p);

enum page_kind page_kind(const char *name);

/* ---- doc_sync_translation.c ---- */

/* A fault for each section that is no longer a translation of README.md's. */
void text_translation(struct text *t, const char *page);

/* ---- doc_sync_file.c ---- */

/* The whole file as a string, or NULL. */
char *text_read(const char *path);

/* Writes the file through a neighbour that is renamed, so that it is never half there; 0 if that failed. */
int text_write(const char *path, const char *content);

/* ---- doc_sync_report.c: for the makers below ---- */

void text_fault(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_problem(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The exit code of a command that cannot run here. text_skips: did it end with that, unexpectedly? Then says
 * so, with what it printed, and counts it. */
enum { TEXT_SKIPPED = 77 };
int text_skips(struct text *t, const char *command, int code, const char *printed);

struct tolerance {
    double relative, absolute, decades;
    int exit_code;
    char mask[80]; /* units, comma-separated */
};

/* Splits "command | tol 1e-6" in place; 0 if the options are not understood. */
int text_options(char *command, struct tolerance *tol);

/* What `sh -c command` prints on both its outputs (free it); the exit code comes back too. The same command
 * is run once only. NULL if it could not be run. */
char *text_command(const char *command, int *exit_code);

/* 1 if both agree: words exactly (however many blanks), numbers within tol; else the first
 * difference is in error. */
int text_same(const char *page, const char *truth, const struct tolerance *tol, char *error, size_t room);

/* How the line under a table starts that says where its numbers are from. */
#define TABLE_SOURCE "_Measured"

/* How a line that predicts starts. */
#define PREDICTION "<!-- prediction: "

/* Makers write the marker's body to out; 0 after a fault. */
int text_code(struct text *t, const char *args, FILE *out);
int text_table(struct text *t, const char *args, FILE *out);

/* Compares or, with t->update, writes the files of a figure; image is the line under the marker. */
void text_figure(struct text *t, char *args, const char *image);

/* The region between the numbers markers: are its numbers among those that the command prints? */
void text_numbers(struct text *t, const char *command, const char *region);

/* Finds the numbers of the line that have a decimal point and are not in `printed`, the
 * output of the command. */
void text_printed(struct text *t, const char *command, const char *printed, const char *line);

/* The table of n predictions, whose explanations come from the old one (free it); NULL after a fault. */
char *text_predictions(struct text *t, char **args, int n, const char *old);

/* Predictions without a marker. */
void text_forecasts(struct text *t, const char *page);

/* The arithmetic of a line. */
void text_sums(struct text *t, const char *line);

/* Terms that are used before they are explained. */
void text_terms(struct text *t, const char *page);

/* What needs no source: the headings and their order, none empty, 1,200 to 2,500 words of prose, the other
 * pages linked from the last section, terms explained, predictions with markers, inline formulas that
 * GitHub's Markdown leaves whole, links and images that exist. */
void text_form(struct text *t, const char *page);

#endif
