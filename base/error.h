/* error.h - how functions that can fail say why: they return 0 and leave one sentence, without a full stop or
 * a line end, in a buffer of the caller's; the caller decides who reads it. */
#ifndef RUNGS_ERROR_H
#define RUNGS_ERROR_H

enum { ERROR_TEXT = 640 }; /* bytes of such a buffer; two long paths and some words fit */

/* Writes the sentence into error, ERROR_TEXT bytes, and returns 0: return
 * error_set(error, "%s is empty", name); */
int error_set(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a '?' in place of each control character of the sentence: of one that quotes what a file has. */
void error_one_line(char *error);

#endif
