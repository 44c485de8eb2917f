/* why.h - how the functions of train/ fail: they return 0 and leave one sentence, without a full stop or a line
 * end, in a buffer of the caller's. */
#ifndef RUNGS_WHY_H
#define RUNGS_WHY_H

#include <stdarg.h>
#include <stdio.h>

enum { WHY = 640 }; /* bytes; two long paths and some words fit */

/* Writes the sentence into why, WHY bytes, and returns 0: return WHY_NOT(why, "%s is no IDX file", name); */
__attribute__((format(printf, 2, 3))) static inline int WHY_NOT(char *why, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(why, WHY, format, list);
    va_end(list);
    return 0;
}

#endif
