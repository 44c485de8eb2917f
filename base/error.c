/* error.c - sentences about failures; see error.h. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int error_set(char *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error, ERROR_TEXT, format, list);
    va_end(list);
    return 0;
}

void error_one_line(char *error)
{
    for (; *error; error++)
        if ((unsigned char)*error < ' ' || *error == 127) *error = '?';
}
