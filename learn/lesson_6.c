/* lesson_6.c - the exercises on dropout; see learn.h. */
#include "lessons.h"

const struct exercise lesson_6[] = {
    { 0 },
};
