/* lesson_7.c - the exercises on convolutions; see learn.h. */
#include "lessons.h"

const struct exercise lesson_7[] = {
    { 0 },
};
