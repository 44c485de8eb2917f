/* json.h - JSON for programs, written value by value: commas, line ends, escapes and NaN are taken care of.
 *
 * Text is UTF-8 whatever the bytes are (others become U+FFFD); a number that JSON cannot say
 * (NaN, infinities) is null.
 *
 *     struct json j = json_begin(out);
 *     json_object(&j, NULL);
 *     json_text(&j, "op", op->name);
 *     json_list(&j, "sizes");
 *     for (...) json_integer(&j, NULL, size[i]);
 *     json_end(&j);
 *     json_end(&j);
 */
#ifndef RUNGS_JSON_H
#define RUNGS_JSON_H

#include <stdio.h>

enum { JSON_DEEPEST = 16 };

struct json {
    FILE *out;
    int depth;                 /* objects and lists that are open           */
    char close[JSON_DEEPEST];  /* '}' or ']' of each                        */
    char filled[JSON_DEEPEST]; /* a value was written there: a comma is due */
    char inlined;              /* from this depth on all is on one line; 0: nothing is */
};

struct json json_begin(FILE *out);

/* key: the name in an object, NULL in a list or at the top. */
void json_object(struct json *j, const char *key);
void json_list(struct json *j, const char *key);

/* The next object or list that is opened stands on one line, with all in it. */
void json_on_one_line(struct json *j);

/* Closes what was opened last; behind the outermost comes a line end. */
void json_end(struct json *j);

void json_text(struct json *j, const char *key, const char *text); /* NULL: null */
void json_number(struct json *j, const char *key, double x);       /* ten digits */
void json_integer(struct json *j, const char *key, long long x);
void json_truth(struct json *j, const char *key, int x);

/* The bytes of the UTF-8 character at `text`, which ends with 0; 0 if there is none. */
int json_utf8_bytes(const unsigned char *text);

/* Only the quoted text. */
void json_put_text(FILE *out, const char *text);

#endif
