/* gradcheck_proto.h - reads a C prototype in which sizes stand in brackets:
 *
 *     double f(const double W[16,8], const double b[16], const double X[n,8], const int y[n], int n)
 *
 *     prototype = {storage} type name "(" [ "void" | argument {"," argument} ] ")" [";"]
 *     argument  = type {"*"} name { "[" {qualifier} size {"," size} "]" }
 *     type      = void, float, double, or an integer type, with const, volatile and restrict where C has them
 *     size      = + - * / and parentheses over whole numbers and names
 *
 * X[n,8] and X[n][8] are the same. The text may be anyone's: every input gives a prototype or a sentence.
 */
#ifndef RUNGS_GRADCHECK_PROTO_H
#define RUNGS_GRADCHECK_PROTO_H

#include <stddef.h>

enum { PROTO_ARGS = 24, PROTO_DIMS = 8, PROTO_NAME = 48, PROTO_SPELLING = 32, PROTO_TEXT = 4096 };

enum proto_type { PROTO_VOID, PROTO_FLOAT, PROTO_DOUBLE, PROTO_INT, PROTO_OTHER_INTEGER };

struct proto_arg {
    enum proto_type type;
    char spelling[PROTO_SPELLING]; /* "unsigned long" */
    char name[PROTO_NAME];
    int pointer, constant;
    int nd;              /* sizes in brackets */
    int dim[PROTO_DIMS]; /* where each begins in the text */
    int at;              /* where the name begins */
};

struct proto {
    const char *text; /* the caller's */
    enum proto_type type;
    char name[PROTO_NAME];
    int at;
    int args;
    struct proto_arg arg[PROTO_ARGS];
};

struct proto_error {
    int at; /* index into the text */
    char reason[200];
};

/* 1, or 0 with *error filled */
int proto_read(const char *text, struct proto *p, struct proto_error *error);

/* The value of a name; 0 if it has none. */
typedef int proto_lookup(void *ctx, const char *name, long long *value);

/* The size that begins at text[at], at least 1 and at most 2^40; 0 with *error filled. */
int proto_size(const char *text, int at, proto_lookup *lookup, void *ctx, size_t *size,
               struct proto_error *error);

/* Writes the text and a caret below its column: two lines, of printable characters, at most `room` bytes. */
void proto_point(const char *text, int at, char *lines, size_t room);

#endif
