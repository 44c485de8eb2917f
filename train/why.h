/* why.h - how the functions of train/ fail: they return 0 and leave one sentence, without a full stop or a line
 * end, in a buffer of the caller's. */
#ifndef RUNGS_WHY_H
#define RUNGS_WHY_H

#include <stdio.h>

enum { WHY = 640 }; /* bytes; two long paths and some words fit */

/* return WHY_NOT(why, "%s is no IDX file", name); */
#define WHY_NOT(why, ...) (snprintf((why), WHY, __VA_ARGS__), 0)

#endif
