/* learn_class.h - what the files that grade a class share.
 *
 *   learn_class.c      the students' folders, graded one by one
 *   learn_namespaces.c   processes of their own, with learn_namespaces.h
 *   learn_reports.c    the marks as files
 *   learn_board.c      the same as a page
 *   learn_names.c      pseudonyms
 */
#ifndef RUNGS_CLI_LEARN_CLASS_H
#define RUNGS_CLI_LEARN_CLASS_H

#include "../base/json.h"
#include "learn.h"

enum { MARKS_NAME = 256, MARKS_TEXT = 4096 };

/* of a student's file */
struct marks {
    int is_there, code; /* code: EXIT_OK, EXIT_WRONG; else it could not be graded */
    enum gate gate;     /* where it failed                                        */
    double seconds;     /* that the grading took                                  */
    int lines;          /* of code                                                */
    struct performance performance;
    char text[MARKS_TEXT];
};

/* ---- learn_reports.c ---- */

enum { REPORT_CSV, REPORT_JUNIT, REPORT_GRADESCOPE, REPORT_BOARD, REPORTS };

struct report {
    int is_wanted;
    struct file_out file;
    struct json json;
    struct board *board;
};

struct reports {
    struct report report[REPORTS];
};

/* Opens the files that the order names. 0 with error set, and then there is none. */
int reports_open(struct reports *r, const struct class_order *o, char *error);

/* The marks of one exercise; `student` is plain text of one line, `on_board` the same or a pseudonym. */
void reports_put(struct reports *r, const char *student, const char *on_board, const struct exercise *e,
                 const struct marks *m);

/* Puts the files in their places. 0 with error set. */
int reports_keep(struct reports *r, char *error);
void reports_drop(struct reports *r);

/* ---- learn_board.c: a page of all students and exercises, complete at its end ---- */

/* text in HTML, or in XML */
void board_put_xml(FILE *f, const char *text);

void board_begin(struct report *r);
void board_put(struct report *r, const char *student, const struct exercise *e, const struct marks *m);
void board_end(struct report *r);
int board_is_complete(const struct report *r); /* 0: memory ran out */
void board_free(struct report *r);

/* ---- learn_names.c ---- */

/* "heron 17": the same for the same name and seed. It takes a millisecond, so that nobody finds out a seed by
 * trying all of them. */
enum { PSEUDONYM = 24 };
void pseudonym(uint64_t seed, const char *name, char pseudonym[PSEUDONYM]);

#endif
