/* learn_class.h - what the files that grade a class share.
 *
 *   learn_class.c      the students' folders, graded one by one
 *   learn_reports.c    the marks as files
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
    char text[MARKS_TEXT];
};

/* ---- learn_reports.c ---- */

enum { REPORT_CSV, REPORT_JUNIT, REPORT_GRADESCOPE, REPORTS };

struct report {
    int is_wanted;
    struct file_out file;
    struct json json;
};

struct reports {
    struct report report[REPORTS];
};

/* Opens the files that the order names. 0 with error set, and then there is none. */
int reports_open(struct reports *r, const struct class_order *o, char *error);

/* The marks of one exercise; `student` is plain text of one line. */
void reports_put(struct reports *r, const char *student, const struct exercise *e, const struct marks *m);

/* Puts the files in their places. 0 with error set. */
int reports_keep(struct reports *r, char *error);
void reports_drop(struct reports *r);

#endif
