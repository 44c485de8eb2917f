/* nvcc_options.h - what a row of the table of nvcc's options (nvcc_table.c) says. */
#ifndef RUNGS_NVCC_OPTIONS_H
#define RUNGS_NVCC_OPTIONS_H

#include "nvcc.h"

/* What follows it, and whether that may be without a space, as in -O3; DIGITS: a number only, as in -m64. */
enum { PLAIN, VALUE, LIST, FOLLOWS = 3, JOINED = 4, DIGITS = 8 };

enum nvcc_effect {
    NOTHING,       /* of a GPU only */
    SET,           /* an int of the command becomes `number` */
    TEXT,          /* a text of the command becomes the value */
    PUT,           /* `as`, with the value behind it, goes to words of the command; "-include " is two */
    HOST,          /* what -Xcompiler takes */
    FILE_OF_WORDS, /* more of the command line */
    REFUSED        /* asks for code of a GPU */
};

struct nvcc_option {
    const char *name, *brief; /* one or two dashes stand before either */
    int takes;
    enum nvcc_effect effect;
    size_t at; /* in struct nvcc_command */
    int number;
    const char *as;
    const char *spelled, *help; /* for --help; NULL: in the row of another, or without effect */
};
extern const struct nvcc_option nvcc_options[]; /* ends with name == NULL */

#endif
